"""Streets as citizens type them, and the district of a house number."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central_office.contract.addresses import (
    AddressBook,
    Ambiguous,
    Located,
    NoSuchHouse,
    Street,
    address_book,
    folded,
    read_streets,
)
from central_office.contract.bulky import streets_beside
from central_office.contract.tables import BadSettings
from central_office.contract.town import StreetTable, read_town

TOWN = Path(__file__).parents[3] / "town" / "musterstadt.toml"
BOOK = address_book(read_town(TOWN), streets_beside(TOWN))


def names(text: str, limit: int = 6) -> list[str]:
    return [str(street) for street in BOOK.search(text, limit).streets]


def test_the_street_files_of_the_demonstration_town_are_one_book() -> None:
    assert len(BOOK) > 50


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Linden", "Lindenallee"),
        ("lindenstr", "Lindenstraße"),
        ("Lindenstrasse", "Lindenstraße"),
        ("LINDENSTR.", "Lindenstraße"),
        ("Lindnestr", "Lindenstraße"),
        ("Muehlweg", "Mühlweg"),
        ("muhlweg", "Mühlweg"),
        ("Mülweg", "Mühlweg"),
        ("Hafen", "Am Hafen"),
        ("stadtmauer", "An der Stadtmauer"),
        ("Gohtestr", "Goethestraße"),
        ("Peterslienweg", "Petersilienweg"),
        ("berlinerstrase", "Berliner Straße"),
        ("Talstra", "Talstraße"),
        ("Talstraß", "Talstraße"),
    ],
)
def test_a_street_is_found_as_people_type_it(typed: str, meant: str) -> None:
    assert meant in names(typed)


def test_the_exact_name_comes_first() -> None:
    assert names("Hauptstraße")[0] == "Hauptstraße"
    assert BOOK.search("Hauptstraße").sure


def test_two_streets_of_one_name_are_told_apart_by_their_part_of_town() -> None:
    assert names("Dorfstraße") == ["Dorfstraße (Altdorf)", "Dorfstraße (Hinterweiler)"]


def test_a_street_that_there_is_not_is_not_guessed() -> None:
    assert names("Kurfürstendamm") == []
    assert not BOOK.search("Kurfürstendamm").sure
    assert names("") == []
    assert names("?!") == []


def test_more_than_fit_on_the_page_are_announced() -> None:
    found = BOOK.search("a", limit=3)
    assert len(found.streets) == 3
    assert found.more


@given(st.text(max_size=100))
def test_whatever_is_typed_is_answered(text: str) -> None:
    found = BOOK.search(text)
    assert len(found.streets) == len(set(found.streets)) <= 6
    BOOK.locate(Street("Hauptstraße"), text)


@given(st.sampled_from(BOOK.streets), st.integers(3, 12))
def test_each_beginning_of_a_street_leads_to_it(street: Street, length: int) -> None:
    assert street in BOOK.search(street.name[:length], limit=60).streets


@pytest.mark.parametrize(
    ("street", "house", "district"),
    [
        ("Bahnhofstraße", "1", "Mitte"),
        ("Bahnhofstraße", "60", "Mitte"),
        ("Bahnhofstraße", "60 b", "Mitte"),
        ("Bahnhofstraße", "61", "Nord"),
        ("Bahnhofstraße", "14-16", "Mitte"),
        ("Bahnhofstraße", "14/2", "Mitte"),
        ("Am Mühlbach", "27", "Nord"),
        ("Am Mühlbach", "28", "Mitte"),
        ("An der Stadtmauer", "30c", "Mitte"),
        ("Mühlweg", "4", "Nord"),
    ],
)
def test_the_district_of_a_house(street: str, house: str, district: str) -> None:
    found = BOOK.locate(Street(street), house)
    assert isinstance(found, Located)
    assert found.district == district


def test_a_street_without_numbers_in_the_file_is_said_to_be_unchecked() -> None:
    for street, checked in (("Mühlweg", False), ("Bahnhofstraße", True)):
        found = BOOK.locate(Street(street), "4")
        assert isinstance(found, Located)
        assert found.checked is checked


@pytest.mark.parametrize(
    ("street", "house", "readable"),
    [
        ("Bahnhofstraße", "141", True),
        ("An der Stadtmauer", "30", True),
        ("An der Stadtmauer", "30g", True),
        ("Dorfstraße", "1", True),
        ("Bahnhofstraße", "", False),
        ("Bahnhofstraße", "am Ende", False),
        ("Bahnhofstraße", "12345", False),
    ],
)
def test_a_house_that_there_is_not_is_said_not_guessed(street: str, house: str, *, readable: bool) -> None:
    found = BOOK.locate(Street(street), house)
    assert isinstance(found, NoSuchHouse)
    assert found.readable is readable


def test_a_house_across_a_border_asks_for_the_district() -> None:
    found = BOOK.locate(Street("Bahnhofstraße"), "59-61")
    assert isinstance(found, Ambiguous)
    assert found.districts == ("Mitte", "Nord")


def test_the_rest_of_a_street_belongs_to_its_entry_without_numbers() -> None:
    book = AddressBook([StreetTable("Allee", "Nord", "1-9"), StreetTable("Allee", "Süd")])
    found = [book.locate(Street("Allee"), house) for house in ("9", "10")]
    assert [one.district for one in found if isinstance(one, Located)] == ["Nord", "Süd"]


def test_folding_forgets_what_people_write_in_different_ways() -> None:
    assert folded("Große Äcker-Straße 1") == folded("GROSSE AECKER STRASSE 1") == "grosseackerstrasse1"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("street;numbers\nWeg;1\n", '"district" is missing'),
        ("street;district\n;Nord\n", "line 2"),
        ("street;district\n" + "x" * 81 + ";Nord\n", "longer than 80"),
    ],
)
def test_a_slip_in_the_file_of_streets_is_told(text: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "streets.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadSettings, match=says):
        read_streets(path)


def test_house_numbers_that_cannot_be_understood_are_told_with_their_street() -> None:
    with pytest.raises(BadSettings, match=r"Weg: .*left side"):
        AddressBook([StreetTable("Weg", "Nord", "left side")])


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="no such file"):
        read_streets(tmp_path / "none.csv")
    assert len(address_book(read_town(TOWN), tmp_path / "none.csv")) < len(BOOK)
