"""A citizen collects her card: real processes, clicks and boards, with the line to the office cut and put back."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from screens.entry import Entry
from screens.look import Format, Look
from screens.present import present
from screens.steps import EnterBirthDate, Home, Offer, ServiceKey
from screens.steps_collect import AskPinLetter, EnterPickupCode
from screens.views.arrange import arrange
from tests.screens.pictures import without_a_screen
from tests.screens.samples import surroundings
from tests.visit.town_hall import TownHall, missing_tools, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from screens.steps import Step

pytestmark = [
    pytest.mark.skipif(bool(missing_tools()), reason=f"not installed: {', '.join(missing_tools())}"),
    pytest.mark.timeout(300),
]

SERVICES = (ServiceKey.DOCUMENT_STATUS, ServiceKey.COLLECT)
GERMAN = (288, 1246)
ADULTS = 2005


class HallWithLockers(TownHall):
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

    def pickups(self) -> dict[int, str]:
        """What the office knows of each compartment."""
        said = self.command("office", "manage", *self._office_data(), "dumpdata", "office.pickup")
        return {row["fields"]["compartment"]: row["fields"]["state"] for row in json.loads(said)}

    def one_of(self, *steps: str) -> str:
        """Wait until the kiosk shows one of these steps; which."""
        said = self.running["kiosk"].said
        shown = lambda: next((step for step in steps if f"shown {step}\n" in said()[self.clicks_after :]), "")  # noqa: E731
        return str(wait_until(f"the kiosk shows one of {steps}", shown))

    def touch(self, step: Step[Any], name: str, typed: str = "") -> None:
        """Touch the key of that name where the page has it."""
        page = present(step, Look(language="de"), surroundings("de"), Entry(text=typed))
        scene = arrange(page, Look(language="de"), Format.PORTRAIT)
        spot = next(target.rect for target in scene.targets if target.name == name)
        self.tap(spot.mid_x, spot.mid_y)

    def type(self, step: Step[Any], digits: str) -> None:
        """Type digits one by one, and go on."""
        for place, digit in enumerate(digits):
            self.touch(step, f"key_{digit}", digits[:place])
        self.touch(step, "continue", digits)


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[HallWithLockers]:
    # Pages are arranged here too, to know where their keys are; Kivy measures words only beside an open window.
    without_a_screen()
    from kivy.core.window import Window  # noqa: PLC0415

    assert Window is not None
    made = HallWithLockers(tmp_path)
    try:
        made.open()
        yield made
    finally:
        made.close()


def test_the_code_opens_her_compartment_with_the_cable_cut_and_the_office_hears_of_it(hall: HallWithLockers) -> None:
    # A child's document is for the counter.
    place, code, born = next(one for one in hall.codes if int(one[2][4:]) < ADULTS)
    hall.dock("/line", {"cut": True})
    hall.tap(*GERMAN)
    hall.asked("Home")
    hall.touch(Home(tuple(Offer(one) for one in SERVICES)), ServiceKey.COLLECT.value)
    hall.asked("EnterPickupCode")
    hall.type(EnterPickupCode(readable=True), code)
    hall.asked("EnterBirthDate")
    hall.type(EnterBirthDate(service=ServiceKey.COLLECT), born)
    if hall.one_of("AskPinLetter", "LockerOpen") == "AskPinLetter":
        hall.touch(AskPinLetter(), "has_come")
        hall.asked("LockerOpen")
    doors = {each["number"]: each for each in hall.dock("/state")["wall"]["compartments"]}
    assert doors[place]["door"] == "open"
    hall.dock("/wall", {"compartment": place, "door": "closed"})
    hall.asked("Collected")
    assert hall.pickups()[place] == "waiting", "the cable is cut"
    hall.dock("/line", {"cut": False})
    wait_until("the office hears of it", lambda: hall.pickups()[place] == "collected", 90)
