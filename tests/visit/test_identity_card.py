"""A citizen signs in with her German card, and another sets the PIN of a new one: real processes, clicks, and wires."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from screens.steps import ChooseWay, ServiceKey, Way
from screens.steps_card import AllowReading, EnterNewPin, EnterPin, TakeCardBack
from screens.steps_pin import BeginOwnPin, OwnPinSet
from tests.visit.town_hall import wait_until

if TYPE_CHECKING:
    from tests.visit.whole_town import WholeTown

pytestmark = pytest.mark.timeout(300)

WAYS = ChooseWay((Way.CARD, Way.LETTER, Way.NUMBER))
ASKED_BY, PURPOSE = "Stadt Musterstadt", "Anmeldung am Bürgerterminal"
HER_PIN, NOT_HERS, LETTER_PIN, NEW_PIN = "123456", "123457", "12345", "900917"
END_SESSION = (986, 1825)


def test_her_card_and_pin_find_both_her_documents_with_the_cable_cut_and_leave_no_word_behind(hall: WholeTown) -> None:
    hall.dock("/line", {"cut": True})
    hall.enter(ServiceKey.DOCUMENT_STATUS)
    hall.asked("ChooseWay")
    hall.touch(WAYS, "card")
    hall.asked("AllowReading")
    hall.touch(AllowReading(ASKED_BY, PURPOSE), "yes")
    hall.asked("PlaceCard")
    hall.clicks_after = len(hall.running["kiosk"].said())
    hall.dock("/ausweis", {"card": "hers"})
    hall.asked("EnterPin")
    hall.type(EnterPin((6,), 3), NOT_HERS)
    hall.asked("EnterPin")
    assert hall.dock("/state")["ausweis"]["tries"] == 2
    hall.type(EnterPin((6,), 2, refused=True), HER_PIN)
    hall.asked("TakeCardBack")
    hall.dock("/ausweis", {"card": "none"})
    hall.touch(TakeCardBack(), "go_on")
    hall.asked("ChooseMyDocument")
    hall.tap(*END_SESSION)
    hall.asked("Attract")
    said = "".join(hall.running[name].said() for name in ("kiosk", "courier", "office")).lower()
    assert not [word for word in ("mustermann", "erika", "1964", HER_PIN, NOT_HERS) if word in said]
    before = len(hall.visits())
    hall.dock("/line", {"cut": False})
    wait_until("the visit is at the office", lambda: len(hall.visits()) > before, 90)
    assert hall.visits()[-1]["claim"] == "card"


def test_who_has_only_the_letter_sets_a_pin_of_her_own(hall: WholeTown) -> None:
    hall.enter(ServiceKey.OWN_PIN)
    hall.asked("BeginOwnPin")
    hall.touch(BeginOwnPin(), "begin")
    hall.asked("PlaceCard")
    hall.clicks_after = len(hall.running["kiosk"].said())
    hall.dock("/ausweis", {"card": "fresh"})
    hall.asked("EnterPin")
    hall.type(EnterPin((5, 6), 3, service=ServiceKey.OWN_PIN), LETTER_PIN)
    hall.asked("EnterNewPin")
    hall.type(EnterNewPin(service=ServiceKey.OWN_PIN), NEW_PIN)
    hall.asked("EnterNewPin")
    hall.type(EnterNewPin(again=True, service=ServiceKey.OWN_PIN), NEW_PIN)
    hall.asked("OwnPinSet")
    assert hall.dock("/state")["ausweis"]["pin"] == NEW_PIN
    hall.touch(OwnPinSet(), "finish")
    hall.asked("Attract")
    said = hall.running["kiosk"].said()
    assert NEW_PIN not in said
    assert LETTER_PIN not in said
