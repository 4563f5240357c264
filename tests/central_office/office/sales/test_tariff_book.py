"""Prices in the office's books: set from a later day on, taken back before it comes, never changed afterwards."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from central_office.contract.tables import BadSettings
from central_office.contract.tariff import price
from central_office.office.models import TariffFile, TariffPrice
from central_office.office.sales.tariff_book import (
    PriceRefused,
    forget,
    set_price,
    take_in,
    tariff_of,
    withdraw_price,
)
from tests.central_office.conftest import MORNING
from tests.central_office.office.sales.conftest import TARIFF_FILE

if TYPE_CHECKING:
    from central_office.contract.tariff import Tariff
    from central_office.office.models import Town

TODAY = date(2026, 6, 16)
TOMORROW = TODAY + timedelta(days=1)
FILE = TARIFF_FILE.read_text(encoding="utf-8")


def costs(town: Town, day: date, key: str = "residual") -> int | None:
    tariff = tariff_of(town)
    assert tariff is not None
    product = tariff.named(key)
    assert product is not None
    return price(tariff, product, day)


def loads(town: Town, text: str) -> Tariff:
    return take_in(town, text, bytes(32), MORNING)


def test_a_price_counts_from_its_day_on(town: Town, tariff: Tariff) -> None:
    set_price(town, "residual", TOMORROW, 399, "Weber", MORNING)
    assert (costs(town, TODAY), costs(town, TOMORROW), costs(town, date(2027, 1, 1))) == (350, 399, 370)


@pytest.mark.parametrize("day", [TODAY, date(2026, 1, 1), date(2026, 6, 1)])
def test_nobody_changes_what_counts_or_counted(town: Town, tariff: Tariff, day: date) -> None:
    with pytest.raises(PriceRefused, match="too_late"):
        set_price(town, "residual", day, 1, "Weber", MORNING)
    begun = TariffPrice.objects.get(product="residual", valid_from=date(2026, 1, 1))
    with pytest.raises(PriceRefused, match="too_late"):
        withdraw_price(town, begun.pk, MORNING)
    assert costs(town, TODAY) == 350


def test_late_in_the_evening_it_is_tomorrow_in_the_town_already(town: Town, tariff: Tariff) -> None:
    with pytest.raises(PriceRefused, match="too_late"):
        set_price(town, "residual", TOMORROW, 399, "Weber", MORNING.replace(hour=22, minute=30))


def test_a_price_that_has_not_begun_is_set_anew_or_taken_back(town: Town, tariff: Tariff) -> None:
    set_price(town, "bio", TOMORROW, 333, "Weber", MORNING)
    set_price(town, "bio", TOMORROW, 320, "Weber", MORNING)
    row = TariffPrice.objects.get(product="bio", valid_from=TOMORROW)
    assert (row.cents, row.set_by) == (320, "Weber")
    assert withdraw_price(town, row.pk, MORNING).cents == 320
    assert costs(town, TOMORROW, "bio") == 300
    with pytest.raises(PriceRefused, match="no_such_price"):
        withdraw_price(town, row.pk, MORNING)


@pytest.mark.parametrize("product", ["gold", "nappy"])
def test_what_is_not_sold_has_no_price(town: Town, tariff: Tariff, product: str) -> None:
    with pytest.raises(PriceRefused, match="not_sold"):
        set_price(town, product, TOMORROW, 1, "Weber", MORNING)


def test_a_town_without_a_tariff_sells_nothing(town: Town, tariff: Tariff) -> None:
    forget(town)
    assert tariff_of(town) is None
    with pytest.raises(PriceRefused, match="not_sold"):
        set_price(town, "residual", TOMORROW, 1, "Weber", MORNING)


def test_the_file_is_loaded_again_and_what_staff_set_stays(town: Town, tariff: Tariff) -> None:
    set_price(town, "residual", TOMORROW, 399, "Weber", MORNING)
    loads(town, FILE.replace("Restabfallsack", "Müllsack"))
    assert costs(town, TOMORROW) == 399
    named = tariff_of(town)
    assert named is not None
    assert named.product[0].name == "Müllsack"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("cents = 350", "cents = 1"), "price that has begun stays"),
        (("[[price]]", '[[price]]\nproduct = "bio"\nvalid_from = 2026-05-01\ncents = 1\n\n[[price]]'), "a later day"),
    ],
)
def test_a_file_that_would_change_the_past_is_refused_whole(
    town: Town, tariff: Tariff, change: tuple[str, str], problem: str
) -> None:
    with pytest.raises(BadSettings, match=problem):
        loads(town, FILE.replace("Restabfallsack", "Müllsack").replace(*change, 1))
    assert TariffFile.objects.get().text == FILE


def test_a_file_changes_a_price_to_come_unless_staff_set_it(town: Town, tariff: Tariff) -> None:
    loads(town, FILE.replace("cents = 370", "cents = 365"))
    assert costs(town, date(2027, 1, 1)) == 365
    set_price(town, "residual", date(2027, 1, 1), 380, "Weber", MORNING)
    with pytest.raises(BadSettings, match="staff set"):
        loads(town, FILE)
    assert costs(town, date(2027, 1, 1)) == 380


def test_what_the_file_no_longer_names_is_no_longer_sold_and_its_prices_wait(town: Town, tariff: Tariff) -> None:
    loads(town, FILE.replace('key = "bio"', 'key = "organic"').replace('product = "bio"', 'product = "organic"'))
    assert costs(town, TODAY, "organic") == 300
    loads(town, FILE)
    assert costs(town, TODAY, "bio") == 300


def test_a_broken_file_is_named(town: Town) -> None:
    with pytest.raises(BadSettings, match="TOML"):
        loads(town, "[[[")


def test_there_is_an_end_to_prices(town: Town, tariff: Tariff) -> None:
    for ahead in range(1, 398):
        TariffPrice.objects.create(product="bio", valid_from=TODAY + timedelta(days=ahead), cents=ahead, set_at=MORNING)
    with pytest.raises(PriceRefused, match="no_price"):
        set_price(town, "bio", TODAY + timedelta(days=500), 1, "Weber", MORNING)
