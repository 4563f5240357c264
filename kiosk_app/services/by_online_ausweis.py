"""Whose German card is this? Read by the municipality's eID service with its certificate and the citizen's PIN.

The PIN goes from the page to the driver and is kept by neither; what the service told lives in the caller's variables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar, cast

from devices.errors import Cancelled, TransportError, Unavailable
from devices.online_ausweis import (
    CardLeft,
    CardWanted,
    EidNotActivated,
    GivenUp,
    Identified,
    Pad,
    PinBlocked,
    Refusal,
    ServiceRefused,
)
from devices.roles import ONLINE_AUSWEIS
from kiosk_app.services.card_pages import card_ends
from screens.steps import BACK, Back, Changed
from screens.steps_card import (
    AllowReading,
    CardEnd,
    CardProblem,
    EnterCan,
    EnterNewPin,
    EnterPin,
    OnPad,
    PlaceCard,
    Placed,
    ReadingCard,
    Stage,
    TypeOnReader,
)

if TYPE_CHECKING:
    from devices.identity_cards import Holder
    from devices.online_ausweis import CanWanted, NewPinWanted, Over, PadWanted, PinWanted, Wish
    from kiosk_app.desk import Desk
    from kiosk_app.outcomes import Outcome
    from screens.steps import ServiceKey, Step

A = TypeVar("A")

_LOOK_EVERY: Final = 0.1
"""Seconds between looks at whether a question has answered itself."""

_LONGEST: Final = 120
"""Characters of a certificate's words that are shown."""

_ON_PAD: Final = {Pad.PIN: OnPad.PIN, Pad.CAN: OnPad.CAN, Pad.NEW_PIN: OnPad.NEW_PIN}


def holder_by_online_ausweis(desk: Desk, service: ServiceKey) -> Holder | Back | Outcome:
    """Have the eID service read the card; Back: she gave up, or it cannot be reached now."""
    talk = AusweisTalk(desk, service)
    while True:
        try:
            with desk.devices.lease(ONLINE_AUSWEIS) as ausweis:
                told = ausweis.identify(talk, desk.cancel)
        except (Unavailable, TransportError, Cancelled):
            return BACK  # the next page is that of the ways; a session that is over ends there
        match told:
            case Identified(holder=holder):
                return holder
            case GivenUp():
                return BACK
            case CardLeft():
                talk.problem = CardProblem.LEFT
            case PinBlocked():
                return card_ends(desk, CardEnd.PIN_BLOCKED, service)
            case EidNotActivated():
                return card_ends(desk, CardEnd.SWITCHED_OFF, service)
            case ServiceRefused(refusal=Refusal.CARD_REFUSED):
                return card_ends(desk, CardEnd.REFUSED, service)
            case ServiceRefused():
                return card_ends(desk, CardEnd.NO_SERVICE, service)


class AusweisTalk:
    """What the reading asks the citizen, as pages; implements `devices.online_ausweis.Talk`.

    `problem`: why the card is asked for once more. `new_pin_said`: a new PIN went to the client.
    """

    def __init__(self, desk: Desk, service: ServiceKey) -> None:
        self._desk = desk
        self._service = service
        self.problem: CardProblem | None = None
        self.new_pin_said = False

    def allow(self, wish: Wish, over: Over) -> bool:
        """Who asks, and for what."""
        answer = self._ask(AllowReading(_short(wish.service), _short(wish.purpose), self._service), over)
        return answer is not False

    def want_card(self, wanted: CardWanted, over: Over) -> bool:
        """Ask for the card; what lies there of another kind has to be taken off first."""
        problem, self.problem = self.problem, None
        if wanted is CardWanted.ANOTHER_KIND:
            problem = CardProblem.NOT_IDENTITY

        def here() -> Placed | None:
            return Placed.HERE if over() else None

        visit, step = self._desk.visit, PlaceCard(self._service, problem)
        visit.card_laid |= wanted is CardWanted.ANOTHER_KIND
        placed = self._desk.citizen.ask(step, meanwhile=here, every=_LOOK_EVERY) is Placed.HERE
        visit.card_laid |= placed
        return placed

    def work(self, over: Over) -> bool:
        """Show that the card is being read."""
        return not isinstance(self._ask(ReadingCard(Stage.READING, self._service), over), Back)

    def type_on_reader(self, wanted: PadWanted, over: Over) -> bool:
        """Point at the reader's keys."""
        self._desk.visit.card_laid = True
        self.new_pin_said |= wanted.what is Pad.NEW_PIN
        step = TypeOnReader(_ON_PAD[wanted.what], wanted.tries_left, wanted.refused, self._service)
        return not isinstance(self._ask(step, over), Back)

    def pin(self, wanted: PinWanted, over: Over) -> str | None:
        """Have the PIN typed."""
        self._desk.visit.card_laid = True
        return _typed(self._ask(EnterPin(wanted.lengths, wanted.tries_left, wanted.refused, self._service), over))

    def can(self, wanted: CanWanted, over: Over) -> str | None:
        """Have the six digits typed that the last try of the PIN needs."""
        self._desk.visit.card_laid = True
        step = EnterCan(refused=wanted.refused, before_pin=True, service=self._service)
        return _typed(self._ask(step, over))

    def new_pin(self, wanted: NewPinWanted, over: Over) -> str | None:
        """Have a PIN typed twice, until both are the same."""
        del wanted  # there is nothing in it to show
        differed = False
        while True:
            first = _typed(self._ask(EnterNewPin(differed=differed, service=self._service), over))
            if not first:
                return first
            second = _typed(self._ask(EnterNewPin(again=True, service=self._service), over))
            if second in {first, ""}:
                self.new_pin_said |= bool(second)
                return second
            differed = second is not None

    def _ask(self, step: Step[A], over: Over) -> A:
        def answered() -> A | None:
            return cast("A", Changed()) if over() else None  # each of these steps may answer itself

        return self._desk.citizen.ask(step, meanwhile=answered, every=_LOOK_EVERY)


def _typed(answer: object) -> str | None:
    """What was typed; nothing where the question answered itself, None where she goes back."""
    if isinstance(answer, str):
        return answer
    return "" if isinstance(answer, Changed) else None


def _short(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
