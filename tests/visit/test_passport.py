"""A citizen signs in with her passport at a real pcscd: pulled too early, laid in again, and her document is found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from central_office.contract.mrz_names import mrz_name
from devices.cards.mrz import MrzKey
from screens.steps import ChooseWay, ServiceKey, Way
from screens.steps_card import EnterCan
from tests.cards.readers import SECOND_READER
from tests.devices.cards.issuing import ZONE, Country, card
from tests.visit.with_reader import card_readers_at

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cards.readers import Readers
    from tests.visit.whole_town import WholeTown

pytestmark = pytest.mark.timeout(300)

WAYS = ChooseWay((Way.CARD, Way.LETTER, Way.NUMBER))
COUNTRY = Country.new()
CAN = "500540"
BREAKS_OFF = "22"
"""The command during which the passport is pulled: it has been opened by then, and not yet read."""
END_SESSION = (986, 1825)


@pytest.fixture
def readers(hall: WholeTown, tmp_path: Path) -> Iterator[Readers]:
    with card_readers_at(hall, tmp_path, COUNTRY) as readers:
        yield readers


def a_holder(hall: WholeTown) -> dict[str, Any]:
    """A document of somebody whose name every machine-readable zone spells as she does."""
    return next(
        one
        for one in hall.books("document")
        if one["holder"].replace(", ", "").isascii() and one["stage"] == "in_production"
    )


def test_a_passport_that_was_pulled_too_early_finds_its_holders_document_when_it_lies_there_again(
    hall: WholeTown, readers: Readers
) -> None:
    document = a_holder(hall)
    family_name, given_names = document["holder"].split(", ")
    passport = card(
        COUNTRY,
        key=MrzKey(ZONE.number, document["birth_date"].replace("-", "")[2:], ZONE.expiry),
        name=mrz_name(family_name, given_names),
    )
    hall.enter(ServiceKey.DOCUMENT_STATUS)
    hall.asked("ChooseWay")
    hall.touch(WAYS, "card")
    hall.asked("PlaceCard")
    hall.clicks_after = len(hall.running["kiosk"].said())
    readers.play(passport, "--die-after", BREAKS_OFF)
    hall.asked("EnterCan")
    hall.type(EnterCan(by_print=True), CAN)
    hall.asked("PlaceCard")
    hall.clicks_after = len(hall.running["kiosk"].said())
    again = readers.play(passport, reader=SECOND_READER)
    hall.asked("TakeCardBack")
    again.pull()
    found = hall.one_of("ShowStatus", "ChooseMyDocument")
    hall.tap(*END_SESSION)
    hall.asked("Attract")
    assert found
    said = hall.running["kiosk"].said()
    assert family_name not in said
    assert CAN not in said
