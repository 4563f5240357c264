"""A citizen orders a pickup, moves it and calls it off with the cable cut: real processes, pixels and clicks."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import numpy as np
import pytest
import zxingcpp

from central_office.contract.bulky import beside, read_waste
from central_office.contract.bulky_codes import OrderCode, order_number
from central_office.contract.bulky_days import DayOffer, DayState, eligible_days
from central_office.contract.bulky_orders import OrderState
from central_office.contract.town import read_town
from screens.steps import ServiceKey
from screens.steps_bulky import BulkyStart, ChooseDay, Told
from screens.steps_bulky_mine import ConfirmCancel, ConfirmMove, EnterChangeCode, EnterOrderNumber, ShowOrder, Wish
from tests.screens.samples_bulky import BOOKED, MINE, RULES, pieces
from tests.visit.town_hall import BETWEEN_KEYS, PAGE_CAME_IN, TOWN, wait_until

if TYPE_CHECKING:
    from tests.visit.whole_town import WholeTown

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

pytestmark = pytest.mark.timeout(300)


def begin(hall: WholeTown) -> None:
    """Touch the language and the tile of bulky waste."""
    hall.enter(ServiceKey.BULKY_WASTE)
    hall.asked("BulkyStart")


def find_again(hall: WholeTown, code: OrderCode) -> None:
    """Say "I have an order", and type what the slip says."""
    hall.touch(BulkyStart(), "mine")
    hall.asked("EnterOrderNumber")
    hall.type(EnterOrderNumber(), code.number.characters)
    hall.asked("EnterChangeCode")
    hall.type(EnterChangeCode(), code.code)
    hall.asked("ShowOrder")


def shown(day: date, state: OrderState = OrderState.BOOKED) -> ShowOrder:
    """The page of her order, as far as its keys depend on it."""
    order = MINE.order.model_copy(update={"day": day, "state": state})
    return replace(MINE, order=order, items=pieces(sofa=1))


def choose(hall: WholeTown, day: date, besides: date | None = None) -> None:
    """Touch the day on the calendar, on the month's own page; `besides` is not on offer."""
    rules, zone = read_waste(beside(TOWN)), read_town(TOWN).zone
    south, today = rules.district[2], datetime.now(UTC).astimezone(zone).date()
    days = {**eligible_days(rules, south, today, express=True), **eligible_days(rules, south, today)}
    offered = tuple(DayOffer(one, DayState.FREE, 3, firm=True) for one in days if one != besides)
    months = sorted({(one.day.year, one.day.month) for one in offered})
    page, month = ChooseDay(offered, south.days, rules.timing.put_out_until), months.index((day.year, day.month))
    for part in range(month):
        hall.touch(page, "later", part=part)
    hall.touch(page, f"day_{day}", part=month)


def order_for(hall: WholeTown, day: date) -> OrderCode:
    """Order a sofa's pickup, as a citizen does who takes the slip along; what the slip says."""
    begin(hall)
    hall.tap(*NEW_ORDER)
    hall.asked("EnterStreet")
    for place, letter in enumerate("LINDENS"):
        hall.tap(*KEYS[letter], after=BETWEEN_KEYS if place else PAGE_CAME_IN)
    hall.tap(*FIRST_STREET)
    hall.asked("EnterHouse")
    hall.tap(*ONE)
    hall.tap(*FOUR, after=BETWEEN_KEYS)
    for page in ("ShowRules", "ChooseItems"):
        hall.tap(*(CONTINUE if page == "ShowRules" else (837, 1636)))
        hall.asked(page)
    hall.tap(*MORE_SOFAS)
    hall.tap(*CONTINUE)
    hall.asked("ChooseDay")
    choose(hall, day)
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


def move_and_call_off(hall: WholeTown, code: OrderCode, day: date, later: date) -> None:
    """Come back with the slip, move the pickup, think again, and call it off."""
    begin(hall)
    find_again(hall, code)
    hall.touch(shown(day), Wish.MOVE)
    hall.asked("ChooseDay")
    choose(hall, later, besides=day)
    hall.tap(*CONTINUE)
    hall.asked("ConfirmMove")
    hall.touch(ConfirmMove(RULES, day, later), "move")
    hall.asked("ShowBooked")
    (entry,) = zxingcpp.read_barcodes(np.asarray(hall.settled()))
    assert f"DTSTART:{later:%Y%m%d}" in entry.text
    hall.touch(replace(BOOKED, told=Told.MOVED), "else")
    hall.chooses(ServiceKey.BULKY_WASTE)
    hall.asked("BulkyStart")
    find_again(hall, code)
    hall.touch(shown(later), Wish.CANCEL)
    hall.asked("ConfirmCancel")
    hall.touch(ConfirmCancel(later, pieces(sofa=1)), "call_off")
    hall.asked("ShowOrder")
    hall.touch(shown(later, OrderState.CANCELLED), Wish.FINISH)
    hall.asked("Farewell")


def test_a_pickup_is_ordered_moved_and_called_off_with_the_cable_cut_and_the_office_hears_of_it(
    hall: WholeTown,
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
