"""A citizen signs in with a German card: the eID service asks, and her answers go to it from the kiosk's own pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from devices.conditions import Ready
from devices.errors import Cancelled, Disconnected
from devices.identity_cards import CardKind, OpensWith, Proven, Recognised
from devices.online_ausweis import (
    CanWanted,
    CardLeft,
    CardWanted,
    EidNotActivated,
    GivenUp,
    Identified,
    NewPinWanted,
    Pad,
    PadWanted,
    PinBlocked,
    PinWanted,
    Refusal,
    ServiceRefused,
    Wish,
)
from devices.roles import CARD_READER, ONLINE_AUSWEIS
from kiosk_app.outcomes import Outcome
from kiosk_app.services.by_card import holder_by_card
from kiosk_app.services.by_online_ausweis import AusweisTalk
from kiosk_app.services.document_status import document_status
from screens.stage import Abandoned, Ending
from screens.steps import BACK, ChooseWay, Retry, ServiceKey, ShowNotFound, Way
from screens.steps_card import (
    AllowReading,
    CardEnd,
    CardEnds,
    CardProblem,
    EnterCan,
    EnterNewPin,
    EnterPin,
    OnPad,
    PlaceCard,
    Placed,
    ReadingCard,
    Stage,
    TakeCardBack,
    TypeOnReader,
)
from tests.kiosk_app.at_the_reader import CardCitizen, Reader, card, holder
from tests.kiosk_app.rehearsal import Rehearsal, ScriptedCitizen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from threading import Event

    from devices.conditions import Condition
    from devices.online_ausweis import ChangePinOutcome, IdentifyOutcome, Talk
    from screens.steps import Step

STATUS = ServiceKey.DOCUMENT_STATUS
WISH = Wish((), "Stadt Musterstadt", "https://eid.example", "Issuer", "Auskunft  über\nDokumente " + "x" * 200, None)
PIN = "471108"


def never() -> bool:
    return False


def at_once() -> bool:
    return True


class Client:
    """An eID client without a wire: does what it is told in turn, a function of the talk each."""

    def __init__(self, *turns: Callable[[Talk], IdentifyOutcome]) -> None:
        self.turns = list(turns)
        self.typed: list[object] = []

    def identify(self, talk: Talk, cancel: Event) -> IdentifyOutcome:
        assert not cancel.is_set()
        return self.turns.pop(0)(talk)

    def change_pin(self, talk: Talk, cancel: Event) -> ChangePinOutcome:
        raise AssertionError((talk, cancel))

    def condition(self) -> Condition:
        return Ready()

    def lent(self) -> None:
        """A card that lies there counts."""

    def close(self) -> None:
        """Nothing to close."""


def ends(outcome: IdentifyOutcome) -> Callable[[Talk], IdentifyOutcome]:
    return lambda _: outcome


@pytest.fixture
def rehearsal(tmp_path: Path) -> Iterator[Rehearsal]:
    rehearsal = Rehearsal(tmp_path)
    yield rehearsal
    rehearsal.close()


def signs_in(
    rehearsal: Rehearsal, client: Client, *script: tuple[type[Step[Any]], object]
) -> tuple[object, ScriptedCitizen]:
    rehearsal.cupboard.put(ONLINE_AUSWEIS, client)
    citizen = ScriptedCitizen(list(script))
    told = holder_by_card(rehearsal.desk(citizen), STATUS)
    assert citizen.finished()
    return told, citizen


def test_she_allows_places_her_card_types_her_pin_and_is_known(rehearsal: Rehearsal) -> None:
    def turn(talk: Talk) -> IdentifyOutcome:
        assert talk.want_card(CardWanted.NONE_THERE, at_once)
        assert talk.allow(WISH, never)
        assert talk.pin(PinWanted((6,), 3), never) == PIN
        assert talk.work(at_once)
        return Identified(holder())

    told, citizen = signs_in(
        rehearsal, Client(turn), (PlaceCard, None), (AllowReading, True), (EnterPin, PIN), (ReadingCard, None)
    )
    assert told == holder()
    allowed = citizen.asked[1]
    assert isinstance(allowed, AllowReading)
    assert allowed.asked_by == "Stadt Musterstadt"
    assert allowed.purpose.startswith("Auskunft über Dokumente x")
    assert len(allowed.purpose) == 120
    assert citizen.asked[3] == ReadingCard(Stage.READING)
    assert PIN not in repr(citizen.asked)


def test_a_pin_that_was_not_the_cards_is_asked_again_and_before_the_last_try_the_six_digits(
    rehearsal: Rehearsal,
) -> None:
    def turn(talk: Talk) -> IdentifyOutcome:
        assert talk.pin(PinWanted((6,), 2, refused=True), never) == "111111"
        assert talk.can(CanWanted(), never) == "000000"
        assert talk.can(CanWanted(refused=True), never) == "500540"
        assert talk.pin(PinWanted((6,), 1, refused=True), never) == PIN
        return Identified(holder())

    _, citizen = signs_in(
        rehearsal, Client(turn), (EnterPin, "111111"), (EnterCan, "000000"), (EnterCan, "500540"), (EnterPin, PIN)
    )
    assert citizen.asked == [
        EnterPin((6,), 2, refused=True),
        EnterCan(before_pin=True),
        EnterCan(refused=True, before_pin=True),
        EnterPin((6,), 1, refused=True),
    ]


def test_what_is_typed_on_the_reader_is_only_pointed_at(rehearsal: Rehearsal) -> None:
    def turn(talk: Talk) -> IdentifyOutcome:
        assert talk.type_on_reader(PadWanted(Pad.PIN, 3), at_once)
        assert not talk.type_on_reader(PadWanted(Pad.CAN, None), never)
        return GivenUp()

    told, citizen = signs_in(rehearsal, Client(turn), (TypeOnReader, None), (TypeOnReader, BACK))
    assert told == BACK
    assert citizen.asked == [TypeOnReader(OnPad.PIN, 3), TypeOnReader(OnPad.CAN)]


@pytest.mark.parametrize(
    ("step", "gives_up"),
    [
        ((AllowReading, False), lambda talk: talk.allow(WISH, never)),
        ((PlaceCard, BACK), lambda talk: talk.want_card(CardWanted.NONE_THERE, never)),
        ((PlaceCard, Placed.NOT_WITH_ME), lambda talk: talk.want_card(CardWanted.NONE_THERE, never)),
        ((EnterPin, BACK), lambda talk: talk.pin(PinWanted((6,), None), never)),
        ((EnterCan, BACK), lambda talk: talk.can(CanWanted(), never)),
        ((ReadingCard, BACK), lambda talk: talk.work(never)),
        ((EnterNewPin, BACK), lambda talk: talk.new_pin(NewPinWanted(), never)),
    ],
)
def test_who_gives_up_is_back_at_the_ways(
    rehearsal: Rehearsal, step: tuple[type[Step[Any]], object], gives_up: Callable[[Talk], object]
) -> None:
    def turn(talk: Talk) -> IdentifyOutcome:
        assert not gives_up(talk)
        return GivenUp()

    assert signs_in(rehearsal, Client(turn), step)[0] == BACK


def test_a_question_that_answers_itself_is_no_answer_of_hers(rehearsal: Rehearsal) -> None:
    def turn(talk: Talk) -> IdentifyOutcome:
        assert talk.allow(WISH, at_once)
        assert talk.pin(PinWanted((6,), None), at_once) == ""
        assert talk.new_pin(NewPinWanted(), at_once) == ""
        return CardLeft()

    client = Client(turn, ends(GivenUp()))
    assert signs_in(rehearsal, client, (AllowReading, None), (EnterPin, None), (EnterNewPin, None))[0] == BACK


def test_a_card_taken_too_early_is_asked_for_once_more_and_the_page_says_why(rehearsal: Rehearsal) -> None:
    def turn(talk: Talk) -> IdentifyOutcome:
        talk.want_card(CardWanted.NONE_THERE, at_once)
        talk.want_card(CardWanted.ANOTHER_KIND, at_once)
        talk.want_card(CardWanted.NONE_THERE, at_once)
        return Identified(holder())

    _, citizen = signs_in(
        rehearsal, Client(ends(CardLeft()), turn), (PlaceCard, None), (PlaceCard, None), (PlaceCard, None)
    )
    assert [step.problem for step in citizen.asked if isinstance(step, PlaceCard)] == [
        CardProblem.LEFT,
        CardProblem.NOT_IDENTITY,
        None,
    ]


@pytest.mark.parametrize(
    ("step", "asks", "laid"),
    [
        ((PlaceCard, None), lambda talk: talk.want_card(CardWanted.NONE_THERE, at_once), True),
        ((PlaceCard, BACK), lambda talk: talk.want_card(CardWanted.ANOTHER_KIND, never), True),
        ((EnterPin, BACK), lambda talk: talk.pin(PinWanted((6,), None), never), True),
        ((EnterCan, BACK), lambda talk: talk.can(CanWanted(), never), True),
        ((TypeOnReader, BACK), lambda talk: talk.type_on_reader(PadWanted(Pad.PIN, 3), never), True),
        ((PlaceCard, Placed.NOT_WITH_ME), lambda talk: talk.want_card(CardWanted.NONE_THERE, never), False),
        ((AllowReading, False), lambda talk: talk.allow(WISH, never), False),
    ],
)
def test_a_card_that_lay_on_the_reader_is_reminded_of_and_one_she_does_not_have_is_not(
    rehearsal: Rehearsal, step: tuple[type[Step[Any]], object], asks: Callable[[Talk], object], *, laid: bool
) -> None:
    def turn(talk: Talk) -> IdentifyOutcome:
        asks(talk)
        return GivenUp()

    rehearsal.cupboard.put(ONLINE_AUSWEIS, Client(turn))
    desk = rehearsal.desk(ScriptedCitizen([step]))
    holder_by_card(desk, STATUS)
    assert desk.visit.card_laid is laid


def test_a_pin_of_her_own_is_typed_twice_until_both_are_the_same(rehearsal: Rehearsal) -> None:
    script = [
        (EnterNewPin, "123456"),
        (EnterNewPin, "123465"),
        (EnterNewPin, PIN),
        (EnterNewPin, BACK),
        (EnterNewPin, PIN),
        (EnterNewPin, PIN),
    ]
    citizen = ScriptedCitizen(list(script))
    assert AusweisTalk(rehearsal.desk(citizen), STATUS).new_pin(NewPinWanted(), never) == PIN
    assert citizen.asked == [
        EnterNewPin(),
        EnterNewPin(again=True),
        EnterNewPin(differed=True),
        EnterNewPin(again=True),
        EnterNewPin(),
        EnterNewPin(again=True),
    ]


@pytest.mark.parametrize(
    ("outcome", "why"),
    [
        (PinBlocked(), CardEnd.PIN_BLOCKED),
        (PinBlocked(for_good=True), CardEnd.PIN_BLOCKED),
        (EidNotActivated(), CardEnd.SWITCHED_OFF),
        (ServiceRefused(Refusal.CARD_REFUSED), CardEnd.REFUSED),
        (ServiceRefused(Refusal.NO_SERVICE), CardEnd.NO_SERVICE),
        (ServiceRefused(Refusal.ASKS_TOO_MUCH), CardEnd.NO_SERVICE),
        (Identified(holder(Proven.PRINT_HELD)), CardEnd.NOT_PROVEN),
    ],
)
def test_an_end_without_a_name_is_said_kindly(rehearsal: Rehearsal, outcome: IdentifyOutcome, why: CardEnd) -> None:
    told, citizen = signs_in(rehearsal, Client(ends(outcome)), (CardEnds, Retry.FINISH))
    assert told is Outcome.NOT_FOUND
    assert citizen.asked == [CardEnds(why)]


@pytest.mark.parametrize("error", [Disconnected(), Cancelled()])
def test_a_client_that_ends_leads_back_to_the_ways(rehearsal: Rehearsal, error: Exception) -> None:
    def turn(_: Talk) -> IdentifyOutcome:
        raise error

    assert signs_in(rehearsal, Client(turn))[0] == BACK


def test_ending_the_session_in_the_middle_lets_go_of_the_client(rehearsal: Rehearsal) -> None:
    def turn(talk: Talk) -> IdentifyOutcome:
        talk.pin(PinWanted((6,), 3), never)
        raise AssertionError("the client went on without a citizen")

    with pytest.raises(Abandoned):
        signs_in(rehearsal, Client(turn), (EnterPin, Abandoned(Ending.BY_CITIZEN)))


def test_a_german_card_on_the_common_reader_is_handed_to_the_client_which_asks_for_nothing_twice(
    rehearsal: Rehearsal,
) -> None:
    german = Recognised(CardKind.DE_ONLINE_AUSWEIS, (OpensWith.PIN,), (CardKind.ICAO_EMRTD,))
    rehearsal.cupboard.put(CARD_READER, Reader(card(1)).does(german))
    rehearsal.cupboard.put(ONLINE_AUSWEIS, Client(ends(Identified(holder()))))
    citizen = CardCitizen([(PlaceCard, None)])
    assert holder_by_card(rehearsal.desk(citizen), STATUS) == holder()
    assert citizen.finished()


def test_where_only_the_client_sees_the_card_she_is_asked_once_to_take_it_back(rehearsal: Rehearsal) -> None:
    rehearsal.office_sends()
    rehearsal.cupboard.put(ONLINE_AUSWEIS, Client(ends(Identified(holder()))))
    script = [(ChooseWay, Way.CARD), (TakeCardBack, False), (ShowNotFound, Retry.FINISH)]
    citizen = ScriptedCitizen(list(script))
    assert document_status(rehearsal.desk(citizen)) is Outcome.NOT_FOUND
    assert citizen.finished()
