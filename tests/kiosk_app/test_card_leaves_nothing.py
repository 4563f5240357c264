"""What is left in the kiosk when a citizen has signed in with her card and gone: nothing of her."""

from __future__ import annotations

import gc
import threading
from datetime import UTC, date, datetime
from types import BuiltinFunctionType, CodeType, FrameType, FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from central_office.contract.claims import CardHolder, TypedNumber
from central_office.contract.document_number import DocumentNumber
from central_office.contract.letter_code import LetterCode
from central_office.contract.mrz_names import mrz_name
from devices.roles import CARD_READER
from kiosk_app.services.document_status import document_status
from screens.look import Look
from screens.pages import Answer, EndSession, Submit, TypeCharacter
from screens.present import present
from screens.show import IdleRules, Show
from screens.stage import Ending
from screens.steps import BACK, Attract, Begin, Farewell, ServiceKey, Way
from screens.surroundings import OtherPlace, Surroundings
from tests.kiosk_app.at_the_reader import PASSPORT, Reader, card, holder
from tests.kiosk_app.lobby import Lobby
from tests.kiosk_app.rehearsal import TOWN, ready_card

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

CAN = "483920"
ERIKA = CardHolder(mrz_name("Mustermann", "Erika"), date(1964, 8, 12))
CLAIMS = (LetterCode(TOWN.key, b"0123456789abcdef"), TypedNumber(DocumentNumber("L01X00T47"), ERIKA.birth_date))
SECRETS = (CAN, "Mustermann", "MUSTERMANN", "Erika", "1964-08-12", "4711-0815")


class Glass:
    """The panel of a kiosk, touched by hand."""

    def __init__(self, lobby: Lobby) -> None:
        around = Surroundings("Musterstadt", "MS-01", datetime(2026, 6, 16, 10, tzinfo=UTC), OtherPlace("", "", None))
        self._stage = lobby.stage
        self.show = Show(
            lobby.stage,
            present,
            lambda _: around,
            opening=Attract((ServiceKey.DOCUMENT_STATUS,)),
            look=Look(),
            idle=IdleRules(),
            clock=lambda: 0.0,
        )

    def sees(self, name: str) -> None:
        for _ in range(3000):
            question = self._stage.current
            self.show.tick()
            asked = question is not None and question.open and type(question.step).__name__ == name
            if asked and self.show.page.step == name:
                return
            threading.Event().wait(0.005)
        pytest.fail(f"{name} was not shown, but {self.show.page.step}")

    def touches(self, step: str, value: object) -> None:
        self.sees(step)
        self.show.press(Answer(value))

    def types(self, step: str, text: str) -> None:
        self.sees(step)
        for character in text:
            self.show.press(TypeCharacter(character))
        self.show.press(Submit())


@pytest.fixture
def lobby(tmp_path: Path) -> Iterator[Lobby]:
    lobby = Lobby(tmp_path, document_status)
    lobby.rehearsal.office_sends((ready_card(), CLAIMS), holder=ERIKA)
    yield lobby
    lobby.close()


def signed_in(lobby: Lobby) -> Glass:
    """Erika has come as far as the answer."""
    lobby.rehearsal.cupboard.put(CARD_READER, Reader(card(1)).does(PASSPORT, holder()))
    glass = Glass(lobby)
    glass.touches("Attract", Begin("de"))
    glass.touches("Home", ServiceKey.DOCUMENT_STATUS)
    glass.touches("ChooseWay", Way.CARD)
    glass.types("EnterCan", CAN)
    glass.touches("TakeCardBack", False)  # noqa: FBT003  what the key answers
    glass.sees("ShowStatus")
    return glass


def texts_in(*roots: object) -> Iterable[str]:
    """Every text that can be reached from there, as the garbage collector sees it."""
    seen: set[int] = set()
    todo: list[Any] = [*roots]
    skipped = (type, ModuleType, FunctionType, BuiltinFunctionType, CodeType, FrameType, threading.Thread)
    while todo:
        one = todo.pop()
        if id(one) in seen or isinstance(one, skipped):
            continue
        seen.add(id(one))
        if isinstance(one, str):
            yield one
        todo += gc.get_referents(one)


def test_the_panel_holds_nothing_of_her_when_she_has_gone(lobby: Lobby) -> None:
    glass = signed_in(lobby)
    glass.show.press(EndSession())
    glass.touches("Farewell", None)
    glass.sees("Attract")
    for text in texts_in(glass.show, lobby.stage):
        for secret in SECRETS:
            assert secret not in text


@pytest.mark.parametrize("ending", [Ending.BY_CITIZEN, Ending.IDLE])
def test_who_leaves_in_a_hurry_is_reminded_of_her_card_and_whoever_comes_next_of_none(
    lobby: Lobby, ending: Ending
) -> None:
    glass = signed_in(lobby)
    lobby.stage.abandon(ending)
    glass.sees("Farewell")
    assert lobby.sees(Farewell) == Farewell(by_itself=ending is Ending.IDLE, card=True)
    glass.touches("Farewell", None)
    glass.touches("Attract", Begin("de"))
    glass.touches("Home", ServiceKey.DOCUMENT_STATUS)
    glass.sees("ChooseWay")
    glass.show.press(EndSession())
    assert lobby.sees(Farewell) == Farewell()


def test_a_card_of_the_service_before_is_reminded_of_though_the_next_one_wanted_none(lobby: Lobby) -> None:
    lobby.rehearsal.cupboard.put(CARD_READER, Reader(card(1)).does(PASSPORT))
    glass = Glass(lobby)
    glass.touches("Attract", Begin("de"))
    glass.touches("Home", ServiceKey.DOCUMENT_STATUS)
    glass.touches("ChooseWay", Way.CARD)
    glass.touches("EnterCan", BACK)
    glass.touches("ChooseWay", BACK)
    glass.touches("Home", ServiceKey.DOCUMENT_STATUS)
    glass.sees("ChooseWay")
    glass.show.press(EndSession())
    assert lobby.sees(Farewell) == Farewell(card=True)


def test_even_while_the_answer_is_shown_her_digits_are_gone(lobby: Lobby) -> None:
    glass = signed_in(lobby)
    assert not [text for text in texts_in(glass.show, lobby.stage) if CAN in text]
    assert [text for text in texts_in(glass.show) if "4711-0815" in text], "the answer is looked through, too"


def test_the_office_hears_that_somebody_came_with_a_card_and_nothing_more(
    lobby: Lobby, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    glass = signed_in(lobby)
    glass.show.press(EndSession())
    glass.touches("Farewell", None)
    glass.sees("Attract")
    (told,) = lobby.reported()
    assert told["claim"] == "card"
    said = f"{told} {caplog.text} {[vars(record) for record in caplog.records]}"
    assert "asked" in said
    for secret in SECRETS:
        assert secret not in said
