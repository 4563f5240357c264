"""A citizen signs in with a card that is really read: through pcscd, the card process, and the service's own pages."""

from __future__ import annotations

import time
from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from central_office.contract.claims import CardHolder, TypedNumber
from central_office.contract.document_number import DocumentNumber
from central_office.contract.letter_code import LetterCode
from central_office.contract.mrz_names import mrz_name
from devices.card_reading import CardReader, NoCard
from devices.drivers.pcsc_reader import PCSC_READER
from devices.errors import TransportError
from devices.roles import CARD_READER
from kiosk_app.outcomes import Outcome
from kiosk_app.services.document_status import document_status
from screens.stage import Abandoned, Ending
from screens.steps import BACK, ChooseWay, ShowStatus, StatusChoice, Way
from screens.steps_card import CardProblem, EnterCan, PlaceCard, ReadingCard, Stage, TakeCardBack
from tests.cards.readers import SECOND_READER, Readers
from tests.devices.cards.issuing import Country, card
from tests.kiosk_app.at_the_reader import CardCitizen
from tests.kiosk_app.rehearsal import TOWN, Rehearsal, ready_card

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from screens.steps import Step

PATIENCE = 20.0
COUNTRY = Country.new()
ANNA = CardHolder(mrz_name("Eriksson", "Anna Maria"), date(1974, 8, 12))
CLAIMS = (LetterCode(TOWN.key, b"0123456789abcdef"), TypedNumber(DocumentNumber("L01X00T47"), ANNA.birth_date))
CAN = "500540"
Script = list[tuple[type["Step[Any]"], object]]
DIGITS: Script = [(ChooseWay, Way.CARD), (PlaceCard, None), (EnterCan, CAN)]


@pytest.fixture(scope="module")
def readers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Readers]:
    with Readers(tmp_path_factory.mktemp("cards") / "pcscd") as running:
        yield running


@pytest.fixture(scope="module")
def only_device(readers: Readers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CardReader]:
    trust = tmp_path_factory.mktemp("trust")
    (trust / "icao").mkdir()
    (trust / "icao" / "root.crt").write_bytes(COUNTRY.authority_certificate)
    give_up = time.monotonic() + PATIENCE
    while True:
        try:
            device = PCSC_READER.open({"socket": str(readers.socket), "trust": str(trust)})
            break
        except TransportError:
            if time.monotonic() > give_up:
                raise
    with closing(device):
        yield device


@pytest.fixture
def device(readers: Readers, only_device: CardReader) -> Iterator[CardReader]:
    yield only_device
    readers.empty()
    give_up = time.monotonic() + PATIENCE
    while only_device.presence() != NoCard():
        assert time.monotonic() < give_up
        time.sleep(0.01)


@pytest.fixture
def rehearsal(tmp_path: Path, device: CardReader) -> Iterator[Rehearsal]:
    rehearsal = Rehearsal(tmp_path)
    rehearsal.office_sends((ready_card(), CLAIMS), holder=ANNA)
    rehearsal.cupboard.put(CARD_READER, device)
    yield rehearsal
    rehearsal.close()


class Visitor(CardCitizen):
    """Does something with her hands when she is asked for the card."""

    def __init__(self, script: Script, hands: Callable[[PlaceCard], object]) -> None:
        super().__init__(script)
        self._hands = hands

    def ask(self, step, meanwhile=None, every=0.0):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
        if isinstance(step, PlaceCard):
            self._hands(step)
        return super().ask(step, meanwhile, every)


def test_a_card_laid_on_the_reader_and_its_digits_show_the_document(rehearsal: Rehearsal, readers: Readers) -> None:
    script: Script = [*DIGITS, (TakeCardBack, True), (ShowStatus, StatusChoice.FINISH), (TakeCardBack, True)]
    citizen = Visitor(script, lambda _: readers.play(card(COUNTRY)))
    assert document_status(rehearsal.desk(citizen)) is Outcome.ANSWERED
    assert citizen.finished()
    shown = next(step for step in citizen.asked if isinstance(step, ShowStatus))
    assert shown.document == ready_card()
    assert citizen.read[0] == ReadingCard(Stage.FOUND)


def test_digits_of_another_card_open_nothing_and_the_right_ones_do_afterwards(
    rehearsal: Rehearsal, readers: Readers
) -> None:
    script: Script = [*DIGITS[:2], (EnterCan, "500541"), (EnterCan, CAN), (TakeCardBack, True)]
    citizen = Visitor([*script, (ShowStatus, BACK), (ChooseWay, BACK)], lambda _: readers.play(card(COUNTRY)))
    assert document_status(rehearsal.desk(citizen)) == BACK
    assert citizen.asked[3] == EnterCan(refused=True, by_print=True)


def test_a_card_pulled_while_reading_is_placed_again_and_then_shows_the_document(
    rehearsal: Rehearsal, readers: Readers
) -> None:
    def place(step: PlaceCard) -> None:
        readers.empty()
        if step.problem is None:
            # In the other reader: a virtual one sometimes sees no card any more after one that broke off in a command.
            readers.play(card(COUNTRY), "--die-after", "30", reader=SECOND_READER)
        else:
            readers.play(card(COUNTRY))

    script: Script = [
        *DIGITS,
        (PlaceCard, None),
        (TakeCardBack, True),
        (ShowStatus, StatusChoice.FINISH),
        (TakeCardBack, True),
    ]
    citizen = Visitor(script, place)
    assert document_status(rehearsal.desk(citizen)) is Outcome.ANSWERED
    assert [step.problem for step in citizen.asked if isinstance(step, PlaceCard)] == [None, CardProblem.LEFT]


class Leaves(Visitor):
    """Ends the session when the page says that her card is being read."""

    def ask(self, step, meanwhile=None, every=0.0):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
        if isinstance(step, ReadingCard) and step.stage is Stage.READING:
            raise Abandoned(Ending.BY_CITIZEN)
        return super().ask(step, meanwhile, every)  # type: ignore[no-untyped-call]


def test_a_card_that_falls_silent_does_not_keep_a_visit_that_ends(rehearsal: Rehearsal, readers: Readers) -> None:
    citizen = Leaves(DIGITS, lambda _: readers.play(card(COUNTRY), "--mute-after", "30"))
    with pytest.raises(Abandoned):
        document_status(rehearsal.desk(citizen))
    assert citizen.finished()
