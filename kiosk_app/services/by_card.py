"""Whose card is this? The identity card on the reader, its print typed where it needs that, and what it proved.

What was typed and what the card said lives in the local variables and the one object of a call here, and goes with it.
"""

from __future__ import annotations

import contextlib
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from devices.card_reading import CardIn, CardTrouble, CardUnreadable, NoCard, NotDone
from devices.conditions import Ready
from devices.errors import TransportError, Unavailable
from devices.identity_cards import (
    READ_HOLDER,
    RECOGNISE,
    AskHolder,
    CardExpired,
    CardKind,
    CardRefused,
    Holder,
    NotAnIdentityCard,
    OpensWith,
    Print,
    PrintRefused,
    Proven,
    Pseudonym,
    Recognise,
    Recognised,
)
from devices.roles import CARD_READER, ONLINE_AUSWEIS
from kiosk_app.card_work import work_shown
from kiosk_app.services.by_online_ausweis import holder_by_online_ausweis
from kiosk_app.services.card_pages import ask_day, card_ends
from kiosk_app.typed_days import birth_date_of, day_of
from screens.steps import BACK, Back, Changed, ServiceKey
from screens.steps_card import (
    CardEnd,
    CardProblem,
    EnterCan,
    EnterCardBirthDate,
    EnterCardExpiry,
    EnterCardNumber,
    PlaceCard,
    Placed,
    PrintInstead,
    Stage,
    TakeCardBack,
    WhichCard,
)

if TYPE_CHECKING:
    from types import TracebackType

    from devices.card_reading import CardReader, Presence
    from devices.noticeboard import Noticeboard
    from kiosk_app.desk import Desk
    from kiosk_app.outcomes import Outcome

_WAIT: Final = 0.2
"""Seconds in which the reader waits for a card before the page looks for an answer of the citizen's."""

_SETTLES: Final = 0.25
"""Seconds for which a card may say nothing while it slides into its place."""

_ENOUGH: Final = frozenset({Proven.DATA_SIGNED, Proven.CHIP_GENUINE})
"""Less is anybody's invention: whoever typed the print may have made the card."""

_PROBLEMS: Final = {
    CardTrouble.LEFT: CardProblem.LEFT,
    CardTrouble.MUTE: CardProblem.MUTE,
    CardTrouble.BUSY: CardProblem.BUSY,
    CardTrouble.NOT_UNDERSTOOD: CardProblem.DAMAGED,
}


def card_way_open(noticeboard: Noticeboard) -> bool | None:
    """Whether identity cards can be read now; None if this kiosk has nothing to read them with."""
    roles = (CARD_READER, ONLINE_AUSWEIS)
    if not any(role.name in noticeboard.latest() for role in roles):
        return None
    return any(isinstance(noticeboard.of(role), Ready) for role in roles)


def holder_by_card(desk: Desk, service: ServiceKey = ServiceKey.DOCUMENT_STATUS) -> Holder | Back | Outcome:
    """Have the citizen place her card, and read whose it is: at least signed by the state that issued it.

    Back: she wants another way, or the reader is gone; an outcome: that was all. German cards that only a service with
    a certificate may read go by `holder_by_online_ausweis`.
    """
    told: Holder | Back | Outcome | _Online = _Online()
    if isinstance(desk.noticeboard.of(CARD_READER), Ready):
        try:
            with desk.devices.lease(CARD_READER) as reader:
                told = _AtTheReader(desk, reader, service).holder()
        except (Unavailable, TransportError):
            return BACK  # the page of the ways says that cards cannot be read now
    if isinstance(told, _Online):  # the client may have the same reader, which is let go by now
        told = holder_by_online_ausweis(desk, service)
    if isinstance(told, Holder) and told.proven not in _ENOUGH:
        return card_ends(desk, CardEnd.NOT_PROVEN, service)
    return told


def card_back(desk: Desk, service: ServiceKey = ServiceKey.DOCUMENT_STATUS, *, last: bool = False) -> None:
    """Ask to take the card off the reader, if one lies there; goes on when it is gone, or at a touch.

    Where cards are read by the eID client alone nobody sees whether it lies there: then it is asked for once.
    """
    with CardWatch(desk) as watch:
        if watch.blind and not last:
            desk.citizen.ask(TakeCardBack(service))
        elif not watch.away():
            desk.citizen.ask(TakeCardBack(service, last=last), meanwhile=watch.taken, every=watch.every)


class CardWatch:
    """Looks at whether the card of who is signed in is still there; lost from sight, it counts as gone."""

    every: Final = 0.2
    """Seconds between looks."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._lease = ExitStack()
        self._reader: CardReader | None = None

    def __enter__(self) -> Self:
        with contextlib.suppress(Unavailable):
            self._reader = self._lease.enter_context(self._desk.devices.lease(CARD_READER))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lease.close()

    @property
    def blind(self) -> bool:
        """Whether there is no reader to look at."""
        return self._reader is None

    def away(self) -> bool:
        """Whether no card is there."""
        try:
            return self._reader is None or isinstance(self._reader.presence(), NoCard)
        except TransportError:
            return True

    def taken(self) -> bool | None:
        """Tells when the card is away."""
        return True if self.away() else None

    def gone(self) -> Changed | None:
        """Tells when the visit is over because the card is away; never where the card was given back before."""
        return Changed() if self._desk.ends_with_card and not self.blind and self.away() else None


@dataclass(frozen=True)
class _Online:
    """The card tells nothing without a service's certificate, and the kiosk has that service."""


@dataclass(frozen=True)
class _Anew:
    """Another card was placed, or none: from the beginning, saying why."""

    problem: CardProblem | None = None


class _AtTheReader:
    """One citizen at the reader, until it is known whose card it is or that it will not be known."""

    def __init__(self, desk: Desk, reader: CardReader, service: ServiceKey) -> None:
        self._desk = desk
        self._reader = reader
        self._service = service
        self._seen: Presence = NoCard()
        self._spent: int | None = None
        """The insertion of a card that has to be taken off before a card counts again."""
        self._atr = b""

    def holder(self) -> Holder | Back | Outcome | _Online:
        """Whose card it is."""
        problem: CardProblem | None = None
        while True:
            if self._place(problem) is not Placed.HERE:
                return BACK
            told = work_shown(
                self._desk, self._reader, RECOGNISE, Recognise(), service=self._service, begin=Stage.FOUND
            )
            match told:
                case Back():
                    return BACK
                case NotDone(trouble=trouble):
                    problem = self._put_aside(_PROBLEMS[trouble])
                case NotAnIdentityCard():
                    problem = self._put_aside(CardProblem.NOT_IDENTITY)
                case Recognised():
                    read = self._read(told)
                    if not isinstance(read, _Anew):
                        return read
                    problem = read.problem

    def _read(self, card: Recognised) -> Holder | Back | Outcome | _Online | _Anew:
        kind, ways = card.kind, card.opens_with
        if kind is CardKind.DE_ONLINE_AUSWEIS:
            if isinstance(self._desk.noticeboard.of(ONLINE_AUSWEIS), Ready):
                return _Online()
            # Unlike an identity card of the same make, a residence permit can be read like a passport.
            permit = CardKind.ICAO_EMRTD in card.also and self._desk.citizen.ask(WhichCard(self._service))
            if isinstance(permit, Back):
                return BACK
            if not permit:
                fitted = ONLINE_AUSWEIS.name in self._desk.noticeboard.latest()
                return card_ends(self._desk, CardEnd.NO_SERVICE if fitted else CardEnd.OTHER_WAY, self._service)
            kind, ways = CardKind.ICAO_EMRTD, (OpensWith.CAN, OpensWith.MRZ)
        prints = _Prints(self._desk, self._service, ways)
        problem: CardProblem | None = None
        while True:
            printed = prints.ask() if problem is None else prints.last
            if isinstance(printed, Back):
                return BACK
            if (missing := self._still_here(problem)) is not None:
                return missing
            told = work_shown(
                self._desk,
                self._reader,
                READ_HOLDER,
                AskHolder(kind, printed),
                service=self._service,
                begin=Stage.OPENING,
            )
            match told:
                case Back() | Holder():
                    return told
                case PrintRefused(tries_left=tries_left):
                    if not prints.needed:
                        return card_ends(self._desk, CardEnd.REFUSED, self._service)
                    prints.refused, prints.tries_left, problem = True, tries_left, None
                case NotDone(trouble=trouble):
                    problem = self._put_aside(_PROBLEMS[trouble])
                case CardExpired():
                    return card_ends(self._desk, CardEnd.EXPIRED, self._service)
                case CardRefused():
                    return card_ends(self._desk, CardEnd.REFUSED, self._service)
                case Pseudonym():
                    return card_ends(self._desk, CardEnd.TELLS_TOO_LITTLE, self._service)

    def _still_here(self, problem: CardProblem | None) -> Back | _Anew | None:
        """Have the same card on the reader: it may have been taken off to look at its print."""
        there = self._reader.presence()
        if problem is None and isinstance(there, CardIn) and there.atr == self._atr:
            return None
        before = self._atr
        if self._place(problem, again=problem is None) is not Placed.HERE:
            return BACK
        return None if self._atr == before else _Anew()

    def _put_aside(self, problem: CardProblem) -> CardProblem:
        """The card that lies there has to be taken off and placed anew."""
        there = self._reader.presence()
        self._spent = None if isinstance(there, NoCard) else there.insertion
        return problem

    def _place(self, problem: CardProblem | None, *, again: bool = False) -> Placed | Back:
        """Wait for a card, and remember which it is."""
        self._seen = NoCard()
        while True:
            step = PlaceCard(self._service, problem, again)
            answer = self._desk.citizen.ask(step, meanwhile=self._look)
            if answer is not Placed.UNREADABLE:
                return answer
            problem = CardProblem.UNREADABLE

    def _look(self) -> Placed | None:
        """What has become of the reader since the last look."""
        desk, reader = self._desk, self._reader
        try:
            there = reader.next_presence(self._seen, _WAIT, desk.cancel)
            if isinstance(there, CardUnreadable) and there != self._seen:
                there = reader.next_presence(there, _SETTLES, desk.cancel)
        except TransportError:
            return Placed.READER_GONE
        if there == self._seen:
            return None
        self._seen = there
        desk.visit.card_laid |= not isinstance(there, NoCard)
        match there:
            case CardIn(insertion=insertion, atr=atr) if insertion != self._spent:
                self._atr = atr
                return Placed.HERE
            case CardUnreadable(insertion=insertion) if insertion != self._spent:
                self._spent = insertion
                return Placed.UNREADABLE
            case _:
                return None


class _Prints:
    """What opens the card, as far as she has to type it; `last` is what she typed, empty where nothing is needed."""

    def __init__(self, desk: Desk, service: ServiceKey, ways: tuple[OpensWith, ...]) -> None:
        self._desk = desk
        self._service = service
        self._can = OpensWith.CAN in ways
        self._mrz = OpensWith.MRZ in ways
        self._by_mrz = not self._can or ways[0] is OpensWith.MRZ
        self.needed = bool(ways) and ways[0] is not OpensWith.NOTHING
        self.refused = False
        self.tries_left: int | None = None
        self.last = Print()

    def ask(self) -> Print | Back:
        """Have it typed; six digits, or number and both days where the card has none or she finds none."""
        if not self.needed:
            return self.last
        while True:
            printed = self._number_and_days() if self._by_mrz else self._digits()
            if isinstance(printed, Print):
                self.last = printed
                return printed
            if isinstance(printed, Back):
                if not (self._by_mrz and self._can):
                    return BACK
                self._by_mrz = False
            else:
                self._by_mrz = True
            self.refused, self.tries_left = False, None

    def _digits(self) -> Print | PrintInstead | Back:
        step = EnterCan(self.refused, self.tries_left, by_print=self._mrz, service=self._service)
        answer = self._desk.citizen.ask(step)
        if isinstance(answer, str):
            return Print(can=answer)
        return PrintInstead.NO_DIGITS if isinstance(answer, PrintInstead) else BACK

    def _number_and_days(self) -> Print | Back:
        ask, service = self._desk.citizen.ask, self._service
        while True:
            number = ask(EnterCardNumber(self.refused, service))
            if isinstance(number, Back):
                return BACK
            while True:
                birth = ask_day(self._desk, lambda problem: EnterCardBirthDate(problem, service), birth_date_of)
                if isinstance(birth, Back):
                    break
                expiry = ask_day(
                    self._desk, lambda problem: EnterCardExpiry(problem, service), lambda typed, _: day_of(typed)
                )
                if not isinstance(expiry, Back):
                    return Print(number=number, birth_date=birth, expiry=expiry)
