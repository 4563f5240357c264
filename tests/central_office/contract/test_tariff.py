"""The town's tariff: what is sold, what it costs from which day on, and which bags are good."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from central_office.contract.tables import BadSettings, read_table
from central_office.contract.tariff import (
    FeeNote,
    Pack,
    Picture,
    Price,
    Product,
    Tariff,
    price,
    read_tariff,
    sold_on,
    tariff_beside,
    tariff_year,
    written,
    years_of,
)

TOWN = Path(__file__).parents[3] / "town" / "musterstadt.toml"
TARIFF = read_tariff(tariff_beside(TOWN))
RESIDUAL = TARIFF.product[0]
SUMMER, NEW_YEAR = date(2026, 6, 16), date(2027, 1, 1)
_LINE = some.text(some.characters(exclude_categories=("C", "Z"), include_characters=" "), max_size=60)


def again(tariff: Tariff) -> Tariff:
    return read_table(Tariff, tomllib.loads(written(tariff)), "written")


def test_musterstadt_sells_two_kinds_of_bags_and_gives_two_away() -> None:
    assert [(one.key, one.free, price(TARIFF, one, SUMMER)) for one in sold_on(TARIFF, SUMMER)] == [
        ("residual", False, 350),
        ("bio", False, 300),
        ("nappy", True, 0),
        ("yellow", True, 0),
    ]
    assert TARIFF.named("bio") is TARIFF.holding("bio-120")
    assert TARIFF.named("gold") is TARIFF.holding("gold") is None


def test_a_new_price_counts_from_its_first_minute_on_and_never_before() -> None:
    assert price(TARIFF, RESIDUAL, NEW_YEAR - timedelta(days=1)) == 350
    assert price(TARIFF, RESIDUAL, NEW_YEAR) == 370


def test_what_has_no_price_yet_is_not_sold() -> None:
    assert price(TARIFF, RESIDUAL, date(2025, 12, 31)) is None
    assert [one.key for one in sold_on(TARIFF, date(2025, 12, 31))] == ["nappy", "yellow"]


def test_last_year_s_bags_are_not_sold_but_nappy_bags_are_given_out_whatever_their_year() -> None:
    lying = [2027, 2026, 2026, 2025]
    assert years_of(RESIDUAL, SUMMER, lying) == (2026,)
    assert years_of(RESIDUAL, NEW_YEAR, lying) == (2027,)
    nappy = TARIFF.named("nappy")
    assert nappy is not None
    assert years_of(nappy, SUMMER, lying) == (2025, 2026, 2027), "the oldest first"
    assert tariff_year(NEW_YEAR) == 2027


def test_a_citizen_reads_her_own_language_and_english_where_there_is_no_other() -> None:
    note = TARIFF.fee_note
    assert (RESIDUAL.called("de"), RESIDUAL.called("en")) == ("Restabfallsack", "Residual waste bag")
    assert RESIDUAL.called("ar") == RESIDUAL.called("en")
    assert "Umsatzsteuer" in note.says("de")
    assert "value added tax" in note.says("en")
    assert (note.titled("de"), note.titled("tr")) == ("Gebührenquittung", "Receipt for a fee")
    assert "Abholung" in note.page("de")
    assert Product("a", "Sack", "a", 10, size="Rolle").sized("en") == "Rolle"
    assert FeeNote(text_en="").says("en") == FeeNote().text


def test_what_the_office_writes_reads_as_the_same_tariff() -> None:
    assert again(TARIFF) == TARIFF


@given(_LINE, _LINE, some.sampled_from(Picture), some.integers(1, 999_999), some.dates(SUMMER, date(2199, 12, 31)))
def test_any_words_and_prices_survive_being_written(
    name: str, size: str, picture: Picture, cents: int, day: date
) -> None:
    product = Product("bag", name or "x", "bag", 60, size=size, picture=picture, dated=cents % 2 == 0)
    prices = (Price("bag", day, cents),)
    tariff = Tariff((product,), prices, FeeNote(text=name))
    assert again(tariff) == tariff


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("litres = 60", "litres = 0"), "litres"),
        (('key = "bio"', 'key = "residual"'), "there twice"),
        (('key = "bio"', 'key = "Bio!"'), "no key"),
        (('article = "bio-120"', 'article = "residual-60"'), "a column would not know"),
        (('article = "bio-120"', 'article = "-"'), "article"),
        (('product = "bio"', 'product = "gold"'), "no such product"),
        (('product = "bio"', 'product = "nappy"'), "no such product"),
        (("2027-01-01", "2026-01-01"), "twice"),
        (("cents = 300", "cents = 0"), "cents"),
        (("cents = 300", "cents = 3.5"), "int"),
        (("valid_from = 2027-01-01", "valid_from = 1027-01-01"), "valid_from"),
        (('picture = "brown"', 'picture = "pink"'), "pink"),
        (('name_en = "Organic', 'name_de = "Organic'), "name_en"),
        (('text = "Gebühr', 'text = "\\u0007Gebühr'), "one line"),
    ],
)
def test_a_mistake_in_the_file_is_named(tmp_path: Path, change: tuple[str, str], problem: str) -> None:
    text = tariff_beside(TOWN).read_text(encoding="utf-8")
    assert change[0] in text
    path = tmp_path / "x-tariff.toml"
    path.write_text(text.replace(*change), encoding="utf-8")
    with pytest.raises(BadSettings, match=problem):
        read_tariff(path)


def test_a_town_has_not_hundreds_of_products() -> None:
    many = tuple(Product(f"p{at}", "x", f"a{at}", 10) for at in range(13))
    for products in (many, ()):
        with pytest.raises(ValueError, match="products"):
            Tariff(products)


def test_a_pack_says_whose_bags_are_in_it_and_stays_in_what_is_written() -> None:
    found = TARIFF.packed("4099999000604")
    assert found is not None
    assert (found[0].key, found[1].pieces) == ("residual", 5)
    assert TARIFF.packed("4") is None
    assert again(TARIFF) == TARIFF


def test_a_tariff_without_packs_is_one_that_earlier_kiosks_read() -> None:
    plain = Tariff((Product("residual", "Sack", "residual-60", 60),))
    assert "packs" not in written(plain)


@pytest.mark.parametrize(("code", "pieces"), [("abc", 5), ("4099 999", 5), ("4099999000604", 0), ("x" * 41, 5)])
def test_a_pack_that_cannot_be_is_refused(code: str, pieces: int) -> None:
    with pytest.raises(ValueError, match="pack"):
        Pack(code, pieces)


def test_one_code_on_two_packs_is_refused() -> None:
    packs = (Pack("4099999000604", 5),)
    with pytest.raises(ValueError, match="twice"):
        Tariff((Product("a", "A", "a-1", 60, packs=packs), Product("b", "B", "b-1", 60, packs=packs)))
