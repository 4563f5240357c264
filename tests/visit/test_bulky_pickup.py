"""A citizen orders a pickup, moves it and calls it off with the cable cut: real processes, pixels and clicks."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import zxingcpp

from central_office.contract.bulky import beside, read_waste, streets_beside
from central_office.contract.bulky_codes import OrderCode, order_number
from central_office.contract.bulky_days import eligible_days
from central_office.contract.bulky_orders import OrderState
from central_office.contract.town import read_town
from screens.steps_bulky import BulkyStart, Told
from screens.steps_bulky_mine import ConfirmCancel, ConfirmMove, EnterChangeCode, EnterOrderNumber, ShowOrder, Wish
from tests.screens.samples_bulky import BOOKED, MINE, RULES, pieces
from tests.visit.named_keys import HallOfNamedKeys
from tests.visit.town_hall import TOWN, missing_tools, wait_until

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


class HallWithLorries(HallOfNamedKeys):
    """A town hall whose town has rules of bulky waste."""

    def load_town(self) -> None:
        for lies in (beside, streets_beside):
            shutil.copy(lies(TOWN), lies(self.town))
        super().load_town()

    def orders(self) -> list[dict[str, Any]]:
        """What the office knows of orders that a kiosk took."""
        said = self.command("office", "manage", *self._office_data(), "dumpdata", "office.bulkyorder")
        return [row["fields"] for row in json.loads(said) if row["fields"]["name"] == "A"]

    def promised(self) -> dict[str, int]:
        """How many units of the south the office has promised, by day."""
        said = json.loads(self.command("office", "manage", *self._office_data(), "dumpdata", "office.resource"))
        return {row["fields"]["day"]: row["fields"]["promised"] for row in said if row["fields"]["key"] == "bulky.sued"}

    def steps(self) -> list[str]:
        """What happened to orders since the town was loaded, in the office's order."""
        said = json.loads(self.command("office", "manage", *self._office_data(), "dumpdata", "office.orderstep"))
        return [row["fields"]["what"] for row in said if row["fields"]["by"] == "MS-01"]

    def begin(self) -> None:
        """Touch the language and the tile of bulky waste."""
        self.tap(*DEUTSCH)
        self.asked("Home")
        self.tap(*BULKY_TILE)
        self.asked("BulkyStart")

    def find_again(self, code: OrderCode) -> None:
        """Say "I have an order", and type what the slip says."""
        self.touch(BulkyStart(), "mine")
        self.asked("EnterOrderNumber")
        self.type(EnterOrderNumber(), code.number.characters)
        self.asked("EnterChangeCode")
        self.type(EnterChangeCode(), code.code)
        self.asked("ShowOrder")


def shown(day: date, state: OrderState = OrderState.BOOKED) -> ShowOrder:
    """The page of her order, as far as its keys depend on it."""
    order = MINE.order.model_copy(update={"day": day, "state": state})
    return replace(MINE, order=order, items=pieces(sofa=1))


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


def order_for(hall: HallWithLorries, day: date) -> OrderCode:
    """Order a sofa's pickup, as a citizen does who takes the slip along; what the slip says."""
    hall.begin()
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
    (entry,) = zxingcpp.read_barcodes(np.asarray(hall.settled()))
    assert f"DTSTART:{day:%Y%m%d}" in entry.text

    hall.tap(*PRINT)
    (slip,) = wait_until("a slip came out", hall.receipts)
    text = next(one["text"] for one in hall.dock("/state")["printer"]["receipts"] if one["number"] == slip)
    number, code = re.search(r"BW (\w{4} \w{4})", text), re.search(r"code\s+(\d{3} \d{3})\b", text)
    assert number is not None, text
    assert code is not None, text
    hall.tap(*FINISH)
    hall.asked("Farewell")
    return OrderCode(order_number(number[1].replace(" ", "")), code[1].replace(" ", ""))


def move_and_call_off(hall: HallWithLorries, code: OrderCode, day: date, later: date) -> None:
    """Come back with the slip, move the pickup, think again, and call it off."""
    hall.begin()
    hall.find_again(code)
    hall.touch(shown(day), Wish.MOVE)
    hall.asked("ChooseDay")
    hall.tap(*spot_of(later))
    hall.tap(*CONTINUE)
    hall.asked("ConfirmMove")
    hall.touch(ConfirmMove(RULES, day, later), "move")
    hall.asked("ShowBooked")
    (entry,) = zxingcpp.read_barcodes(np.asarray(hall.settled()))
    assert f"DTSTART:{later:%Y%m%d}" in entry.text
    hall.touch(replace(BOOKED, told=Told.MOVED), "else")
    hall.asked("Home")
    hall.tap(*BULKY_TILE)
    hall.asked("BulkyStart")
    hall.find_again(code)
    hall.touch(shown(later), Wish.CANCEL)
    hall.asked("ConfirmCancel")
    hall.touch(ConfirmCancel(later, pieces(sofa=1)), "call_off")
    hall.asked("ShowOrder")
    hall.touch(shown(later, OrderState.CANCELLED), Wish.FINISH)
    hall.asked("Farewell")


def test_a_pickup_is_ordered_moved_and_called_off_with_the_cable_cut_and_the_office_hears_of_it(
    hall: HallWithLorries,
) -> None:
    rules, town = read_waste(beside(TOWN)), read_town(TOWN)
    south = rules.district[2]
    day, later, *_ = eligible_days(rules, south, datetime.now(UTC).astimezone(town.zone).date())
    before = hall.promised()
    hall.dock("/line", {"cut": True})
    code = order_for(hall, day)
    assert hall.orders() == []
    hall.dock("/line", {"cut": False})
    (order,) = wait_until("the order is at the office", hall.orders, 120)
    assert (order["street"], order["house"], order["day"]) == ("Lindenstraße", "14", day.isoformat())
    assert (order["placed"], order["units"], order["items"]) == (True, 3, {"sofa": 1})

    hall.asked("Attract")
    hall.dock("/line", {"cut": True})
    move_and_call_off(hall, code, day, later)
    assert [(one["state"], one["day"]) for one in hall.orders()] == [("booked", day.isoformat())], "the cable is cut"
    hall.dock("/line", {"cut": False})
    wait_until("the office knows that it is called off", lambda: hall.orders()[0]["state"] == "cancelled", 120)
    assert [(one["day"], one["revision"]) for one in hall.orders()] == [(later.isoformat(), 3)]
    assert hall.promised() == before
    assert hall.steps() == ["booked", "changed", "cancelled"]
