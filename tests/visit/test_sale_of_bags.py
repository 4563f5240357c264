"""Staff fills the dispenser and a citizen buys two bags by card: real processes, clicks, terminal and motors."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from screens.steps import ServiceKey, SlipState
from screens.steps_bags import ChooseBags, TakeBags
from screens.steps_staff import FillColumn, LoadDocuments, OnDuty, RefillBags, StaffPin, StaffTab, StaffWall
from tests.screens.samples_bags import CODE, GARDEN, NOTE, RESIDUAL
from tests.visit.town_hall import wait_until

if TYPE_CHECKING:
    from tests.visit.whole_town import WholeTown

pytestmark = pytest.mark.timeout(300)

WEBER = OnDuty("Martina Weber", (StaffTab.LOAD, StaffTab.HAND_OVER, StaffTab.TAKE_BACK, StaffTab.REFILL))
HER_PIN = "471100"
"""The demonstration's."""
COLUMNS = tuple(FillColumn(number, None, "", 2026, 0, 1, 12) for number in range(1, 5))
"""The demonstration's dispenser, as far as the keys of its page depend on it."""


def slips(hall: WholeTown) -> list[str]:
    return [one["text"] for one in hall.dock("/state")["printer"]["receipts"]]


def test_staff_fills_up_and_a_citizen_buys_two_bags(hall: WholeTown) -> None:
    card = next(
        one for one in json.loads((hall.letters / "letters.json").read_text("utf-8")) if "Weber" in one["title"]
    )
    hall.hold_the_shield()
    hall.dock("/scanner", {"letter": card["file"]})
    hall.asked("StaffPin")
    hall.type(StaffPin("Martina Weber"), HER_PIN)
    hall.asked("LoadDocuments")
    hall.touch(LoadDocuments(WEBER, StaffWall((), None, ()), 0, 2, readable=True), "refill")
    hall.asked("RefillBags")
    for key in ("more_1", "more_1", "save"):
        hall.touch(RefillBags(WEBER, COLUMNS), key)
        hall.asked("RefillBags")
    hall.touch(RefillBags(WEBER, COLUMNS), "end")
    hall.asked("Attract")

    hall.enter(ServiceKey.BAGS)
    hall.asked("ChooseBags")
    page = ChooseBags((RESIDUAL, GARDEN), (1, 0), note=NOTE)
    for _ in range(2):
        hall.touch(page, f"more_{RESIDUAL.key}")
        hall.asked("ChooseBags")
    hall.touch(page, "pay")
    hall.asked("PayByCard")
    hall.dock("/terminal", {"card": "girocard"})
    hall.asked("BagsComing")
    hall.asked("TakeBags")
    chosen = ((RESIDUAL, 2),)
    hall.touch(TakeBags(chosen, chosen, 700, "", CODE, SlipState.OFFERED), "print")
    # A slip of the citizen before may come out late.
    wait_until("her receipt came out", lambda: [text for text in slips(hall) if "7,00 €" in text])
    hall.touch(TakeBags(chosen, chosen, 700, "", CODE, SlipState.PRINTED), "finish")
    hall.asked("Farewell")
    assert hall.dock("/dispenser/take", {})["taken"] == [1, 1]

    def sold() -> list[dict[str, object]]:
        commands = hall.books("receivedcommand ORDER BY seq")
        return [json.loads(one["body"]) for one in commands if one["type"] == "sale.ended" and one["result"] == "ok"]

    (sale,) = wait_until("the office has the sale", sold, 90)
    assert (sale["ending"], sale["charged"], sale["asked"]) == ("paid", 700, 700)
