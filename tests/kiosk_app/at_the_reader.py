"""A card reader without a wire, and a citizen whose card lies on it: for visits whose mishaps are played by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar, cast

from devices.card_reading import CardIn, NoCard
from devices.conditions import Ready
from devices.errors import Cancelled, Disconnected
from devices.identity_cards import CardKind, Holder, OpensWith, Proven, Recognised
from screens.steps_card import ReadingCard
from tests.kiosk_app.rehearsal import ScriptedCitizen

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

    from devices.card_reading import Job, NotDone, Presence
    from devices.conditions import Condition
    from screens.steps import Step

A = TypeVar("A")
R = TypeVar("R")
O = TypeVar("O")  # noqa: E741

ATR = b"\x3b\x88"
CAN = "483920"
PASSPORT = Recognised(CardKind.ICAO_EMRTD, (OpensWith.CAN, OpensWith.MRZ))
"""As a card with PACE is recognised."""


@dataclass(frozen=True)
class Then:
    """What lies in the reader from then on: before a job's answer if it stands before it, else after the last one."""

    there: Presence | Exception


class Blocks:
    """A card that never answers: only `cancel` ends the work with it."""


class Reader:
    """Shows one presence after the other, the last for ever; answers jobs in turn, and notes their requests."""

    def __init__(self, *there: Presence | Exception) -> None:
        self.there: list[Presence | Exception] = list(there) or [card(1)]
        self.answers: list[object] = []
        self.asked: list[object] = []
        self.comes_back: list[Presence] = []
        """What lies there after a card was taken, in turn."""
        self.later: list[Presence] = []
        """What lies there after the first job, in turn."""
        self.steps = ("card_found", "opening", "reading", "proving", "of_no_interest")
        self.pause = 0.0
        """Seconds between two steps of a job."""
        self.stopped = 0

    def does(self, *answers: object) -> Reader:
        """Answer the next jobs so; see `Then`."""
        self.answers += answers
        return self

    def presence(self) -> Presence:
        there = self.there[0] if len(self.there) == 1 else self.there.pop(0)
        if isinstance(there, Exception):
            raise there
        return there

    def next_presence(self, known: Presence, timeout: float, cancel: Event) -> Presence:
        assert timeout >= 0
        if cancel.is_set():
            raise Cancelled
        if self.there[0] == known and len(self.there) > 1:
            self.there.pop(0)
        there = self.there[0]
        if isinstance(there, Exception):
            raise there
        return there

    def work(
        self,
        job: Job[R, O],
        request: R,
        cancel: Event,
        tell: Callable[[str], None] = lambda _: None,
    ) -> O | NotDone:
        self.asked.append(request)
        for step in self.steps:
            tell(step)
            cancel.wait(self.pause)
        self.there += self.later
        self.later = []
        answer = self._next()
        if isinstance(answer, Then):
            self.there = [answer.there, *self.comes_back]
            self.comes_back = []
            answer = self._next()
        if len(self.answers) == 1 and isinstance(last := self.answers[0], Then):
            self.there += [last.there]
            self.answers.clear()
        if isinstance(answer, Blocks):
            cancel.wait()
            self.stopped += 1
            raise Cancelled
        if isinstance(answer, Exception):
            raise answer
        return cast("O", answer)

    def _next(self) -> object:
        return self.answers.pop(0)

    def condition(self) -> Condition:
        return Ready()

    def lent(self) -> None:
        """A card that lies there counts."""

    def close(self) -> None:
        """Nothing to close."""


class CardCitizen(ScriptedCitizen):
    """Waits while the card is read, unless `stops` says what she touches meanwhile."""

    def __init__(self, script: list[tuple[type[Step[Any]], object]], stops: object = None) -> None:
        super().__init__(script)
        self.read: list[ReadingCard] = []
        self._stops = stops

    def ask(self, step: Step[A], meanwhile: Callable[[], A | None] | None = None, every: float = 0.0) -> A:
        if not isinstance(step, ReadingCard):
            return super().ask(step, meanwhile, every)
        assert meanwhile is not None
        self.read.append(step)
        if isinstance(self._stops, BaseException):
            raise self._stops
        if self._stops is not None:
            return cast("A", self._stops)
        for _ in range(10_000):
            if (found := meanwhile()) is not None:
                return found
        raise AssertionError("the reading does not end")


def card(insertion: int, atr: bytes = ATR) -> CardIn:
    """A card, put in as the so-manieth."""
    return CardIn(insertion, atr)


def holder(
    proven: Proven = Proven.CHIP_GENUINE,
    family: str = "Mustermann",
    given: str = "Erika",
    **changes: Any,  # noqa: ANN401
) -> Holder:
    """Whose card it is; invented."""
    facts = {"birth_date": date(1964, 8, 12), **changes}
    return Holder(CardKind.ICAO_EMRTD, proven, family, given, **facts)


UNPLUGGED = Disconnected()
TAKEN = Then(NoCard())
UNPLUGGED_NOW = Then(UNPLUGGED)
