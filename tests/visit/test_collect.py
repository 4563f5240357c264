"""Staff lays a card in and a citizen collects hers: real processes, clicks and boards, the cable cut and put back."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from screens.steps import EnterBirthDate, Home, Offer, ServiceKey
from screens.steps_collect import AskPinLetter, Collected, EnterPickupCode
from screens.steps_staff import LoadDocuments, OnDuty, StaffPin, StaffTab, StaffWall
from tests.visit.named_keys import HallOfNamedKeys
from tests.visit.town_hall import missing_tools, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [
    pytest.mark.skipif(bool(missing_tools()), reason=f"not installed: {', '.join(missing_tools())}"),
    pytest.mark.timeout(300),
]

SERVICES = (ServiceKey.DOCUMENT_STATUS, ServiceKey.COLLECT)
GERMAN = (288, 1246)
END_SESSION = (986, 1825)
ADULTS = 2005
WEBER = OnDuty("Martina Weber", (StaffTab.LOAD, StaffTab.HAND_OVER, StaffTab.TAKE_BACK))
HER_PIN = "471100"
"""The demonstration's."""


class HallWithLockers(HallOfNamedKeys):
    """A town hall where the demonstration's documents wait in the wall."""

    codes: list[tuple[int, str, str]]

    def start_courier(self) -> None:
        """Its first word brings the codes along."""
        self.codes = self.deposit()
        super().start_courier()

    def deposit(self) -> list[tuple[int, str, str]]:
        """Let the office give out codes: compartment, digits, birthday."""
        said = self.command("office", "manage", *self._office_data(), "deposit", "--demonstration")
        found = re.findall(r"^ *(\d+) .*Abholcode: ([\d ]+)\..*\((\d\d)\.(\d\d)\.(\d{4})\)$", said, re.MULTILINE)
        return [(int(place), code.replace(" ", ""), day + month + year) for place, code, day, month, year in found]

    def books(self, of: str) -> list[dict[str, Any]]:
        """What the office has written down, read beside it: asking a process of its own each time takes long."""
        file = (self.folder / "office" / "office.db").as_uri()
        with closing(sqlite3.connect(f"{file}?mode=ro", uri=True, timeout=60)) as books:
            books.row_factory = sqlite3.Row
            return [dict(row) for row in books.execute(f"SELECT * FROM office_{of}")]

    def pickups(self) -> dict[int, str]:
        """What the office knows of each compartment."""
        return {row["compartment"]: row["state"] for row in self.books("pickup")}

    def told_of(self, pickup: str) -> list[str]:
        """What the kiosk told the office of one pickup and of staff, in its order."""
        commands = sorted(self.books("receivedcommand"), key=lambda row: int(row["seq"]))
        assert all(row["result"] == "ok" for row in commands), commands
        return [row["type"] for row in commands if row["type"].startswith("staff.") or pickup in row["body"]]

    def all_is_heard(self) -> bool:
        """Whether the kiosk has said that it knows its pickups."""
        (kiosk,) = self.books("kiosk")
        return bool(kiosk["pickups_heard"] == kiosk["pickups_version"])

    def open_doors(self) -> list[int]:
        """The compartments that stand open."""
        return [one["number"] for one in self.dock("/state")["wall"]["compartments"] if one["door"] == "open"]

    def collect(self, place: int, code: str, born: str) -> None:
        """Come, open the compartment with code and birthday, take the document, close the door, and go."""
        self.tap(*GERMAN)
        self.asked("Home")
        self.touch(Home(tuple(Offer(one) for one in SERVICES)), ServiceKey.COLLECT.value)
        self.asked("EnterPickupCode")
        self.type(EnterPickupCode(readable=True), code)
        self.asked("EnterBirthDate")
        self.type(EnterBirthDate(service=ServiceKey.COLLECT), born)
        if self.one_of("AskPinLetter", "LockerOpen") == "AskPinLetter":
            self.touch(AskPinLetter(), "has_come")
            self.asked("LockerOpen")
        assert self.open_doors() == [place]
        self.dock("/wall", {"compartment": place, "door": "closed"})
        self.asked("Collected")
        self.touch(Collected(), "finish")
        self.asked("Attract")


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HallWithLockers]:
    made = HallWithLockers(tmp_path_factory.mktemp("lockers"))
    try:
        made.open()
        yield made
    finally:
        made.close()


@pytest.fixture(autouse=True)
def line_is_mended(hall: HallWithLockers) -> Iterator[None]:
    yield
    hall.dock("/line", {"cut": False})


def test_the_code_opens_her_compartment_with_the_cable_cut_and_the_office_hears_of_it(hall: HallWithLockers) -> None:
    # A child's document is for the counter.
    place, code, born = next(one for one in hall.codes if int(one[2][4:]) < ADULTS)
    hall.dock("/line", {"cut": True})
    hall.collect(place, code, born)
    assert hall.pickups()[place] == "waiting", "the cable is cut"
    hall.dock("/line", {"cut": False})
    wait_until("the office hears of it", lambda: hall.pickups()[place] == "collected", 90)


def test_staff_lays_a_document_in_with_the_cable_cut_and_its_holder_collects_it(hall: HallWithLockers) -> None:
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
    hall.collect(place, found[1].replace(" ", ""), day + month + year)
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
