"""A citizen orders a pickup with the cable cut: real processes, pixels and clicks, and the office hears of it."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import zxingcpp

from central_office.contract.bulky import beside, read_waste, streets_beside
from central_office.contract.bulky_days import eligible_days
from central_office.contract.town import read_town
from tests.visit.town_hall import TOWN, TownHall, missing_tools, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DEUTSCH = (288, 1246)
BULKY_TILE = (540, 1504)
NEW_ORDER = (540, 770)
KEYS = {"L": (477, 1076), "I": (102, 1076), "N": (727, 1076), "D": (477, 948), "E": (602, 948), "S": (352, 1204)}
FIRST_STREET = (290, 690)
ONE, FOUR = (102, 890), (477, 890)
CONTINUE = (678, 1636)
MORE_SOFAS = (288, 748)
LETTER_A = (102, 890)
AGREE = (540, 1384)
PRINT = (540, 1468)
FINISH = (741, 1636)

pytestmark = [
    pytest.mark.skipif(bool(missing_tools()), reason=f"not installed: {', '.join(missing_tools())}"),
    pytest.mark.timeout(300),
]


class HallWithLorries(TownHall):
    """A town hall whose town has rules of bulky waste."""

    def load_town(self) -> None:
        for lies in (beside, streets_beside):
            shutil.copy(lies(TOWN), lies(self.town))
        super().load_town()

    def orders(self) -> list[dict[str, Any]]:
        """What the office knows of orders that a kiosk took."""
        said = self.command("office", "manage", *self._office_data(), "dumpdata", "office.bulkyorder")
        return [row["fields"] for row in json.loads(said) if row["fields"]["name"] == "A"]


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[HallWithLorries]:
    made = HallWithLorries(tmp_path)
    try:
        made.open()
        yield made
    finally:
        made.close()


def spot_of(day: date) -> tuple[int, int]:
    """Where a day of the first month lies on the calendar."""
    first = day.replace(day=1)
    place = first.weekday() + day.day - 1
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    weeks = -(-(first.weekday() + (following - first).days) // 7)
    pitch = min(140, (1576 - 24 - 814) // weeks)
    return round(48 + place % 7 * 1000 / 7) + 63, 814 + place // 7 * pitch + (pitch - 24) // 2


def test_a_pickup_ordered_with_the_cable_cut_is_promised_and_reaches_the_office(hall: HallWithLorries) -> None:
    rules, zone = read_waste(beside(TOWN)), read_town(TOWN).zone
    south = rules.district[2]
    day = next(iter(eligible_days(rules, south, datetime.now(UTC).astimezone(zone).date())))
    hall.dock("/line", {"cut": True})
    hall.tap(*DEUTSCH)
    hall.asked("Home")
    hall.tap(*BULKY_TILE)
    hall.asked("BulkyStart")
    hall.tap(*NEW_ORDER)
    hall.asked("EnterStreet")
    for letter in "LINDENS":
        hall.tap(*KEYS[letter])
    hall.tap(*FIRST_STREET)
    hall.asked("EnterHouse")
    hall.tap(*ONE)
    hall.tap(*FOUR)
    for page in ("ShowRules", "ChooseItems"):
        hall.tap(*(CONTINUE if page == "ShowRules" else (837, 1636)))
        hall.asked(page)
    hall.tap(*MORE_SOFAS)
    hall.tap(*CONTINUE)
    hall.asked("ChooseDay")
    hall.tap(*spot_of(day))
    hall.tap(*CONTINUE)
    hall.asked("EnterName")
    hall.tap(*LETTER_A)
    for page in ("EnterPhone", "ReviewOrder"):
        hall.tap(*CONTINUE)
        hall.asked(page)
    hall.tap(*AGREE)
    hall.tap(*CONTINUE)
    hall.asked("ShowBooked")
    (code,) = zxingcpp.read_barcodes(np.asarray(hall.settled()))
    assert f"DTSTART:{day:%Y%m%d}" in code.text

    hall.tap(*PRINT)
    wait_until("a slip came out", hall.receipts)
    assert hall.orders() == []
    hall.tap(*FINISH)
    hall.asked("Farewell")
    hall.dock("/line", {"cut": False})
    (order,) = wait_until("the order is at the office", hall.orders, 120)
    assert (order["street"], order["house"], order["day"]) == ("Lindenstraße", "14", day.isoformat())
    assert (order["placed"], order["units"], order["items"]) == (True, 3, {"sofa": 1})
