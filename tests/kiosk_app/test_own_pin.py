"""A citizen sets a PIN of her own: with the letter's digits, and through all that may come between."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from devices.conditions import Ready
from devices.errors import Cancelled, Disconnected
from devices.noticeboard import Noticeboard
from devices.online_ausweis import (
    CardLeft,
    CardWanted,
    EidNotActivated,
    GivenUp,
    NewPinWanted,
    Pad,
    PadWanted,
    PinBlocked,
    PinChanged,
    PinWanted,
    Refusal,
    ServiceRefused,
)
from devices.roles import CARD_READER, ONLINE_AUSWEIS
from kiosk_app.outcomes import Outcome
from kiosk_app.services.own_pin import own_pin, own_pin_hindrance
from screens.stage import Abandoned, Ending
from screens.steps import BACK, Back, ExplainUnavailable, Reason, Retry, ServiceKey
from screens.steps_card import (
    CardEnd,
    CardEnds,
    CardProblem,
    EnterNewPin,
    EnterPin,
    OnPad,
    PlaceCard,
    Placed,
    ReadingCard,
    TakeCardBack,
    TypeOnReader,
)
from screens.steps_pin import BeginOwnPin, OwnPinSet, OwnPinUnsure
from tests.kiosk_app.at_the_reader import Reader, card
from tests.kiosk_app.rehearsal import Rehearsal, ScriptedCitizen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from threading import Event

    from devices.conditions import Condition
    from devices.online_ausweis import ChangePinOutcome, IdentifyOutcome, Talk
    from screens.steps import Step

LETTER, NEW = "12345", "471108"
BEGIN = (BeginOwnPin, True)
TYPES_NEW = ((EnterNewPin, NEW), (EnterNewPin, NEW))


def never() -> bool:
    return False


def at_once() -> bool:
    return True


class Client:
    """An eID client without a wire that changes PINs: a function of the talk for each time it is asked."""

    def __init__(self, *turns: Callable[[Talk], ChangePinOutcome]) -> None:
        self.turns = list(turns)

    def identify(self, talk: Talk, cancel: Event) -> IdentifyOutcome:
        raise AssertionError((talk, cancel))

    def change_pin(self, talk: Talk, cancel: Event) -> ChangePinOutcome:
        assert not cancel.is_set()
        return self.turns.pop(0)(talk)

    def condition(self) -> Condition:
        return Ready()

    def lent(self) -> None:
        """A card that lies there counts."""

    def close(self) -> None:
        """Nothing to close."""


def ends(outcome: ChangePinOutcome) -> Callable[[Talk], ChangePinOutcome]:
    return lambda _: outcome


def after_new_pin(outcome: ChangePinOutcome | Exception) -> Callable[[Talk], ChangePinOutcome]:
    def turn(talk: Talk) -> ChangePinOutcome:
        assert talk.new_pin(NewPinWanted(), never) == NEW
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return turn


@pytest.fixture
def rehearsal(tmp_path: Path) -> Iterator[Rehearsal]:
    rehearsal = Rehearsal(tmp_path)
    yield rehearsal
    rehearsal.close()


def sets(
    rehearsal: Rehearsal, client: Client, *script: tuple[type[Step[Any]], object]
) -> tuple[Outcome | Back, ScriptedCitizen]:
    rehearsal.cupboard.put(ONLINE_AUSWEIS, client)
    citizen = ScriptedCitizen(list(script))
    outcome = own_pin(rehearsal.desk(citizen))
    assert citizen.finished()
    return outcome, citizen


def test_with_the_digits_of_the_letter_she_sets_a_pin_of_her_own(rehearsal: Rehearsal) -> None:
    def turn(talk: Talk) -> ChangePinOutcome:
        assert talk.want_card(CardWanted.NONE_THERE, at_once)
        assert talk.pin(PinWanted((5, 6), None), never) == LETTER
        assert talk.new_pin(NewPinWanted(), never) == NEW
        assert talk.work(at_once)
        return PinChanged()

    outcome, citizen = sets(
        rehearsal,
        Client(turn),
        BEGIN,
        (PlaceCard, None),
        (EnterPin, LETTER),
        *TYPES_NEW,
        (ReadingCard, None),
        (OwnPinSet, None),
    )
    assert outcome is Outcome.ANSWERED
    assert citizen.asked[1] == PlaceCard(ServiceKey.OWN_PIN)
    assert citizen.asked[2] == EnterPin((5, 6), service=ServiceKey.OWN_PIN)
    assert NEW not in repr(citizen.asked)
    assert LETTER not in repr(citizen.asked)


def test_a_card_that_still_lies_on_the_common_reader_is_asked_to_be_taken_in_the_end(rehearsal: Rehearsal) -> None:
    rehearsal.cupboard.put(CARD_READER, Reader(card(1)))
    _, citizen = sets(rehearsal, Client(ends(PinChanged())), BEGIN, (OwnPinSet, None), (TakeCardBack, False))
    assert citizen.asked[-1] == TakeCardBack(ServiceKey.OWN_PIN, last=True)


def test_who_does_not_begin_is_back_at_home(rehearsal: Rehearsal) -> None:
    assert sets(rehearsal, Client(), (BeginOwnPin, BACK))[0] == BACK


def test_who_gives_up_half_way_reads_again_what_is_needed(rehearsal: Rehearsal) -> None:
    def turn(talk: Talk) -> ChangePinOutcome:
        assert not talk.want_card(CardWanted.NONE_THERE, never)
        return GivenUp()

    script = (BEGIN, (PlaceCard, Placed.NOT_WITH_ME), (BeginOwnPin, BACK))
    assert sets(rehearsal, Client(turn), *script)[0] == BACK


def test_a_card_taken_before_the_new_pin_is_asked_for_once_more(rehearsal: Rehearsal) -> None:
    def turn(talk: Talk) -> ChangePinOutcome:
        talk.want_card(CardWanted.NONE_THERE, at_once)
        return PinChanged()

    _, citizen = sets(rehearsal, Client(ends(CardLeft()), turn), BEGIN, (PlaceCard, None), (OwnPinSet, None))
    assert citizen.asked[1] == PlaceCard(ServiceKey.OWN_PIN, CardProblem.LEFT)


@pytest.mark.parametrize("mishap", [CardLeft(pin_unsure=True), Disconnected()])
def test_a_card_or_client_lost_while_the_new_pin_is_on_its_way_leaves_nobody_believing_in_one_of_the_two(
    rehearsal: Rehearsal, mishap: CardLeft | Exception
) -> None:
    client = Client(after_new_pin(mishap), ends(PinChanged()))
    outcome, _ = sets(rehearsal, client, BEGIN, *TYPES_NEW, (OwnPinUnsure, Retry.AGAIN), (OwnPinSet, None))
    assert outcome is Outcome.ANSWERED


def test_who_leaves_it_unsure_was_told_so(rehearsal: Rehearsal) -> None:
    client = Client(after_new_pin(CardLeft(pin_unsure=True)))
    assert sets(rehearsal, client, BEGIN, *TYPES_NEW, (OwnPinUnsure, Retry.FINISH))[0] is Outcome.NOT_FOUND


def test_a_new_pin_typed_on_the_reader_makes_it_unsure_as_well(rehearsal: Rehearsal) -> None:
    def turn(talk: Talk) -> ChangePinOutcome:
        talk.type_on_reader(PadWanted(Pad.NEW_PIN, None), at_once)
        raise Disconnected

    _, citizen = sets(rehearsal, Client(turn), BEGIN, (TypeOnReader, None), (OwnPinUnsure, Retry.FINISH))
    assert citizen.asked[1] == TypeOnReader(OnPad.NEW_PIN, service=ServiceKey.OWN_PIN)


def test_an_earlier_new_pin_makes_a_later_mishap_no_more_unsure_than_it_is(rehearsal: Rehearsal) -> None:
    def gone(_: Talk) -> ChangePinOutcome:
        raise Disconnected

    client = Client(after_new_pin(CardLeft(pin_unsure=True)), gone)
    script = (BEGIN, *TYPES_NEW, (OwnPinUnsure, Retry.AGAIN), (ExplainUnavailable, BACK), (BeginOwnPin, BACK))
    assert sets(rehearsal, client, *script)[0] == BACK


def test_a_client_that_ends_before_the_new_pin_is_told_and_leads_back(rehearsal: Rehearsal) -> None:
    def turn(talk: Talk) -> ChangePinOutcome:
        talk.pin(PinWanted((5, 6), 3), never)
        raise Disconnected

    script = (BEGIN, (EnterPin, LETTER), (ExplainUnavailable, BACK), (BeginOwnPin, BACK))
    outcome, citizen = sets(rehearsal, Client(turn), *script)
    assert outcome == BACK
    assert citizen.asked[2] == ExplainUnavailable(ServiceKey.OWN_PIN, Reason.NO_CARD_READER)


def test_a_session_that_is_over_asks_for_nothing_more(rehearsal: Rehearsal) -> None:
    def turn(_: Talk) -> ChangePinOutcome:
        raise Cancelled

    with pytest.raises(Abandoned):
        sets(rehearsal, Client(turn), BEGIN, (BeginOwnPin, Abandoned(Ending.IDLE)))


@pytest.mark.parametrize(
    ("outcome", "why"),
    [
        (PinBlocked(), CardEnd.PIN_BLOCKED),
        (EidNotActivated(), CardEnd.SWITCHED_OFF),
        (ServiceRefused(Refusal.CARD_REFUSED), CardEnd.REFUSED),
    ],
)
def test_an_end_without_a_pin_is_said_kindly_and_no_other_way_is_promised(
    rehearsal: Rehearsal, outcome: ChangePinOutcome, why: CardEnd
) -> None:
    told, citizen = sets(rehearsal, Client(ends(outcome)), BEGIN, (CardEnds, Retry.FINISH))
    assert told is Outcome.NOT_FOUND
    assert citizen.asked[-1] == CardEnds(why, ServiceKey.OWN_PIN)


def test_without_the_client_the_home_page_says_that_cards_cannot_be_read() -> None:
    board = Noticeboard()
    assert own_pin_hindrance(board) is Reason.NO_CARD_READER
    board.pin({ONLINE_AUSWEIS.name: Ready()})
    assert own_pin_hindrance(board) is None
