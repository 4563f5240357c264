"""Until when a pickup can be changed, what is owed afterwards, and which early days cost something."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from central_office.contract.bulky import OrderKind, WasteRules, beside, read_waste
from central_office.contract.bulky_days import changeable, changeable_until, offers, owed_after_move
from central_office.contract.town import read_town

TOWN_FILE = Path(__file__).resolve().parents[3] / "town" / "musterstadt.toml"
RULES = read_waste(beside(TOWN_FILE))
ZONE = read_town(TOWN_FILE).zone
WEDNESDAY = date(2026, 6, 24)
NOON_BEFORE = datetime(2026, 6, 22, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(("later", "possible"), [(-60, True), (0, True), (1, False), (60, False)])
def test_the_cut_off_is_a_minute_of_the_towns_clock(later: int, possible: bool) -> None:  # noqa: FBT001 - a table
    assert changeable_until(RULES, WEDNESDAY, ZONE) == NOON_BEFORE
    assert changeable(RULES, WEDNESDAY, ZONE, NOON_BEFORE + timedelta(seconds=later)) is possible


@pytest.mark.parametrize(
    ("cents", "express", "owed"),
    [(0, False, 0), (3500, False, 3500), (3000, True, 0), (6500, True, 3500), (1000, True, 0)],
)
def test_what_is_owed_after_a_move_is_never_less_than_nothing(cents: int, express: bool, owed: int) -> None:  # noqa: FBT001
    assert owed_after_move(RULES, WEDNESDAY, cents, express=express) == owed
    assert owed_after_move(RULES, WEDNESDAY, cents, express=express, early=3000) == owed + 3000, "to an early day"


def test_early_days_are_on_offer_where_the_town_has_a_price_for_them() -> None:
    today, district = date(2026, 6, 16), RULES.district[2]

    def early(rules: WasteRules = RULES) -> list[tuple[date, int | None]]:
        found = offers(
            rules, district, OrderKind.BULKY, 3, today,
            held=lambda _: 10, known=lambda _: 0, express=True,
        )  # fmt: skip
        return [(one.day, one.express) for one in found]

    days = early()
    assert days
    assert all(date(2026, 6, 18) <= day < date(2026, 6, 23) and fee == 3000 for day, fee in days)
    assert early(replace(RULES, fee=())) == []
    assert early(replace(RULES, timing=replace(RULES.timing, express_days=0))) == []
