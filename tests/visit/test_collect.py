"""Staff lays a card in and a citizen collects hers: real processes, clicks and boards, the cable cut and put back."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from screens.steps import EnterBirthDate, ServiceKey
from screens.steps_collect import AskPinLetter, Collected, EnterPickupCode
from screens.steps_staff import LoadDocuments, OnDuty, StaffPin, StaffTab, StaffWall
from tests.visit.town_hall import wait_until

if TYPE_CHECKING:
    from tests.visit.whole_town import WholeTown

pytestmark = pytest.mark.timeout(300)

GERMAN = (288, 1246)
END_SESSION = (986, 1825)
ADULTS = 2005
WEBER = OnDuty("Martina Weber", (StaffTab.LOAD, StaffTab.HAND_OVER, StaffTab.TAKE_BACK))
HER_PIN = "471100"
"""The demonstration's."""


def collect(hall: WholeTown, place: int, code: str, born: str) -> None:
    """Come, open the compartment with code and birthday, take the document, close the door, and go."""
    hall.enter(ServiceKey.COLLECT)
    hall.asked("EnterPickupCode")
    hall.type(EnterPickupCode(readable=True), code)
    hall.asked("EnterBirthDate")
    hall.type(EnterBirthDate(service=ServiceKey.COLLECT, by_card=True), born)
    if hall.one_of("AskPinLetter", "LockerOpen") == "AskPinLetter":
        hall.touch(AskPinLetter(), "has_come")
        hall.asked("LockerOpen")
    assert hall.open_doors() == [place]
    hall.dock("/wall", {"compartment": place, "door": "closed"})
    hall.asked("Collected")
    hall.touch(Collected(), "finish")
    hall.asked("Attract")


def test_the_code_opens_her_compartment_with_the_cable_cut_and_the_office_hears_of_it(hall: WholeTown) -> None:
    # A child's document is for the counter.
    place, code, born = next(one for one in hall.codes if int(one[2][4:]) < ADULTS)
    hall.dock("/line", {"cut": True})
    collect(hall, place, code, born)
    assert hall.pickups()[place] == "waiting", "the cable is cut"
    hall.dock("/line", {"cut": False})
    wait_until("the office hears of it", lambda: hall.pickups()[place] == "collected", 90)


def test_staff_lays_a_document_in_with_the_cable_cut_and_its_holder_collects_it(hall: WholeTown) -> None:
    document = next(
        one for one in hall.books("document") if one["stage"] == "arrived" and int(one["birth_date"][:4]) < ADULTS
    )
    card = next(
        one for one in json.loads((hall.letters / "letters.json").read_text("utf-8")) if "Weber" in one["title"]
    )
    year, month, day = document["birth_date"].split("-")
    hall.dock("/line", {"cut": True})
    hall.hold_the_shield()
    hall.dock("/scanner", {"letter": card["file"]})
    hall.asked("StaffPin")
    hall.type(StaffPin("Martina Weber"), HER_PIN)
    hall.asked("LoadDocuments")
    hall.clicks_after = len(hall.running["kiosk"].said())
    hall.dock("/scanner", {"text": document["reference"]})
    hall.asked("StaffDoor")
    (place,) = hall.open_doors()
    hall.dock("/wall", {"compartment": place, "door": "closed"})
    hall.asked("LoadDocuments")
    hall.touch(LoadDocuments(WEBER, StaffWall((), None, ()), 1, 2, readable=True), "end")
    hall.asked("Attract")
    assert place not in hall.pickups(), "the cable is cut"

    hall.dock("/line", {"cut": False})

    def message() -> str:
        if not hall.all_is_heard():
            return ""
        return "".join(one["message"] for one in hall.books("pickup") if one["compartment"] == place)

    wait_until("the office knows where it lies", lambda: place in hall.pickups(), 90)
    # Somebody else looks in: with the word of that visit the kiosk says what it knows.
    hall.tap(*GERMAN)
    hall.asked("Home")
    hall.tap(*END_SESSION)
    hall.asked("Attract")
    found = re.search(r"Abholcode: ([\d ]+)\.", wait_until("the message may go out", message, 120))
    assert found is not None
    hall.dock("/line", {"cut": True})
    collect(hall, place, found[1].replace(" ", ""), day + month + year)
    hall.dock("/line", {"cut": False})
    wait_until("the office hears of it", lambda: hall.pickups()[place] == "collected", 90)
    pickup = next(one["id"] for one in hall.books("pickup") if one["compartment"] == place)
    assert hall.told_of(pickup) == [
        "staff.signed_in", "pickup.loaded", "staff.signed_out", "pickup.opened", "pickup.collected",
    ]  # fmt: skip
    ends = [
        json.loads(one["body"])["how"] for one in hall.books("receivedcommand") if one["type"] == "staff.signed_out"
    ]
    assert ends == ["by_self"]
    assert next(one for one in hall.books("document") if one["id"] == document["id"])["stage"] == "handed_over"
