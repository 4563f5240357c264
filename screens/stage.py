"""The crossing between the session thread, which asks, and the main thread, which shows and answers.

One question is open at a time. The session thread blocks in `ask`; the main thread sees the question in `current`,
answers it with `answer`, or ends the session with `abandon`. Nothing else of the visit crosses between threads.
"""

from __future__ import annotations

import itertools
from enum import StrEnum
from threading import Condition, Event
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from central_office.contract.values import value
from logbook import say
from screens.events import Asked

if TYPE_CHECKING:
    from collections.abc import Callable

    from screens.steps import Step

A = TypeVar("A")


BEAT_SECONDS = 5.0


class Ending(StrEnum):
    """Why a session ended before its service was done."""

    BY_CITIZEN = "by_citizen"
    IDLE = "idle"
    SHUTDOWN = "shutdown"
    POWER = "power"
    """The battery that carries the kiosk ends."""


class Abandoned(BaseException):
    """The session is over: whatever runs must let go at once. Not an `Exception`, so that no service swallows it."""

    def __init__(self, ending: Ending) -> None:
        super().__init__(ending)
        self.ending = ending


@value
class Question(Generic[A]):
    """An asked step; `number` tells a late answer from a present one. `open` False: told, no answer expected."""

    number: int
    step: Step[A]
    open: bool


@value
class Sighting:
    """The camera's latest picture for the page to draw: 3 bytes a pixel, rows from the top.

    `hint` names an aiming hint. `corners`: the found code's corners in picture pixels.
    Only the latest is kept, and none after the question.
    """

    width: int
    height: int
    rgb: bytes
    hint: str
    corners: tuple[tuple[int, int], ...] = ()


class Stage:
    """Where the visit asks and the citizen answers; safe to use from both threads."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._numbers = itertools.count(1)
        self._current: Question[object] | None = None
        self._answer: tuple[object] | None = None
        self._ending: Ending | None = None
        self._sighting: Sighting | None = None
        self.beat: Callable[[], None] = _no_beat
        """Called by the session thread at least every few seconds while it waits: it is alive."""
        self.cancel = Event()
        """Set when the session is abandoned; devices at work look at it."""

    # The session thread's side

    def begin(self) -> None:
        """Forget how the last session ended; questions may be asked again."""
        with self._changed:
            if self._ending is not Ending.SHUTDOWN:
                self._ending = None
                self.cancel.clear()

    def ask(self, step: Step[A], meanwhile: Callable[[], A | None] | None = None, every: float = 0.0) -> A:
        """Show `step` and wait for its answer; `meanwhile` is called every `every` seconds and may answer as well.

        Raises:
            Abandoned: the session ended while the question was open, or before.
        """
        self._show(step, is_open=True)
        say(Asked(type(step)))
        try:
            while True:
                with self._changed:
                    self._raise_if_abandoned()
                    if self._answer is None and (meanwhile is None or every > 0):
                        self._changed.wait(BEAT_SECONDS if meanwhile is None else min(every, BEAT_SECONDS))
                        self._raise_if_abandoned()
                    if self._answer is not None:
                        return cast("A", self._answer[0])
                self.beat()
                try:
                    found = meanwhile() if meanwhile is not None else None
                except Exception:
                    # The end of a session interrupts devices at work; that must not hide how it ended.
                    self._raise_if_abandoned()
                    raise
                if found is not None:
                    return found
        finally:
            with self._changed:
                self._sighting = None
                if self._current is not None and self._current.open:
                    self._current = Question(self._current.number, self._current.step, open=False)

    def tell(self, step: Step[Any]) -> None:
        """Show `step` without waiting.

        Raises:
            Abandoned: the session is over.
        """
        with self._changed:
            self._raise_if_abandoned()
        self._show(step, is_open=False)

    def show_sighting(self, sighting: Sighting) -> None:
        """Give the page of the open question the camera's latest picture."""
        with self._changed:
            self._sighting = sighting

    @property
    def ending(self) -> Ending | None:
        """How the session was abandoned; None while it goes on."""
        return self._ending

    # The main thread's side

    @property
    def current(self) -> Question[object] | None:
        """What is to be shown now; None before the first question."""
        return self._current

    def take_sighting(self) -> Sighting | None:
        """The latest picture, once."""
        with self._changed:
            sighting, self._sighting = self._sighting, None
            return sighting

    def answer(self, number: int, value: object) -> bool:
        """Answer question `number`; False if it is no longer open, as when two touches came at once."""
        with self._changed:
            current = self._current
            if current is None or not current.open or current.number != number or self._answer is not None:
                return False
            self._answer = (value,)
            self._changed.notify_all()
            return True

    def abandon(self, ending: Ending) -> None:
        """End the session: the open question and every later one raise `Abandoned` until the next `begin`."""
        with self._changed:
            if self._ending is None or ending is Ending.SHUTDOWN:
                self._ending = ending
            self.cancel.set()
            self._changed.notify_all()

    def _show(self, step: Step[A], *, is_open: bool) -> None:
        with self._changed:
            self._answer = None
            self._current = cast("Question[object]", Question(next(self._numbers), step, open=is_open))

    def _raise_if_abandoned(self) -> None:
        if self._ending is not None:
            raise Abandoned(self._ending)


def _no_beat() -> None:
    """Nobody listens."""
