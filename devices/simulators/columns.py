"""The mechanics of a bag dispenser: spirals, motors, sensors and what a person does to them. No protocol, no line."""

from __future__ import annotations

import math
import threading
import time
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

BOARD: Final = 1
"""The board that everything is wired to."""

DROP_INPUT: Final = 8

_CAM: Final = 0.12
"""The part of a turn in which the home sensor reads home."""

_FALLS_AT: Final = 0.9
_SHAKEN_LOOSE_AT: Final = 0.3
"""Where in a turn a bag falls, and where in the next one a bag falls that hung."""

_STICKS_AT: Final = 0.4
HELD: Final = 0.3
"""Seconds for which the drop sensor's signal lasts, unless it is told otherwise."""

_SECOND_AFTER: Final = 0.55
"""Seconds after the first bag in which the second of a double drop falls."""

LOW: Final = 3


class Motor(StrEnum):
    """What a motor does: it runs, does not move at all, or sticks within a turn."""

    RUNS = "runs"
    STUCK = "stuck"
    STICKS_HALFWAY = "sticks_halfway"


class Falls(StrEnum):
    """How bags fall: one a turn, two at once, or only when half a turn more shakes them loose."""

    ONE = "one"
    TWO = "two"
    HANGS = "hangs"


class Reads(StrEnum):
    """What a sensor says: the truth, or always the same."""

    TRUTH = "truth"
    ON = "on"
    OFF = "off"


@dataclass(frozen=True)
class Spiral:
    """A column; `channel` is its relay and its home input, counted from 1, `low` its low-stock input."""

    number: int
    article: str
    year: int
    capacity: int
    channel: int
    low: int | None = None


def demonstration() -> tuple[Spiral, ...]:
    """The demonstration's dispenser: two columns of one article, one each of two others."""
    return (
        Spiral(1, "residual-60", 2026, 12, channel=1, low=5),
        Spiral(2, "residual-60", 2026, 12, channel=2),
        Spiral(3, "nappy", 2026, 10, channel=3),
        Spiral(4, "yellow", 2026, 10, channel=4),
    )


@dataclass
class _Column:
    spiral: Spiral
    stock: int
    place: float = 0.02
    """Turns since it was put up."""
    motor: Motor = Motor.RUNS
    falls: Falls = Falls.ONE
    home: Reads = Reads.TRUTH
    hanging: bool = False
    settled_at: float = 0.0
    on: bool = False
    off_at: float = float("-inf")
    starts: int = 0


@dataclass
class _Chute:
    sensor: Reads = Reads.TRUTH
    fallen: list[tuple[float, int]] = field(default_factory=list)
    """When each bag fell, and out of which column; a double drop's second one may be to come."""
    taken: int = 0


class Columns:
    """All columns of a dispenser; may be used from any thread.

    `turn` and `held` (of the drop sensor's signal) are in seconds; `clock` counts them steadily.
    """

    def __init__(
        self,
        spirals: Sequence[Spiral],
        turn: float = 3.0,
        clock: Callable[[], float] = time.monotonic,
        held: float = HELD,
    ) -> None:
        self.held = held
        self._turn = turn
        self._clock = clock
        self._lock = threading.RLock()
        self._columns = {each.number: _Column(each, each.capacity, settled_at=clock()) for each in spirals}
        self._chute = _Chute()
        self._dead = False
        self.spirals = tuple(spirals)
        self.numbers = tuple(self._columns)
        self.boards = (BOARD,)

    # What a person does.

    def refill(self, number: int, stock: int) -> None:
        """Put bags in, or take some out; the motor stands at home again."""
        with self._lock:
            self._settle()
            column = self._columns[number]
            column.stock, column.hanging, column.place = stock, False, 0.02

    def break_motor(self, number: int, motor: Motor) -> None:
        """Let a motor stick, or free it."""
        with self._lock:
            self._settle()
            self._columns[number].motor = motor

    def let_fall(self, number: int, falls: Falls) -> None:
        """How a column's bags fall."""
        with self._lock:
            self._settle()
            self._columns[number].falls = falls

    def break_home(self, number: int, reads: Reads) -> None:
        """Let a home sensor say always the same, or the truth again."""
        with self._lock:
            self._columns[number].home = reads

    def break_drop(self, reads: Reads) -> None:
        """Let the drop sensor say always the same, or the truth again."""
        with self._lock:
            self._chute.sensor = reads

    def kill(self, *, dead: bool) -> None:
        """Take the board's power away, or give it back: its motors stop."""
        with self._lock:
            self._settle()
            self._dead = dead
            for column in self._columns.values():
                column.on = column.on and not dead

    def take(self) -> tuple[int, ...]:
        """Take the bags out of the tray: the columns that they came from."""
        with self._lock:
            lying = self._lying()
            self._chute.taken += len(lying)
            return lying

    def starts(self, number: int) -> int:
        """How often a motor was switched on."""
        return self._columns[number].starts

    def state(self) -> Mapping[str, object]:
        """Everything, for the dock."""
        with self._lock:
            self._settle()
            return {
                "drop": self._chute.sensor.value,
                "silent": self._dead,
                "tray": self._lying(),
                "columns": [
                    {
                        "number": each.spiral.number,
                        "article": each.spiral.article,
                        "year": each.spiral.year,
                        "capacity": each.spiral.capacity,
                        "stock": each.stock,
                        "motor": each.motor.value,
                        "falls": each.falls.value,
                        "home": each.home.value,
                        "at_home": each.place % 1 < _CAM,
                        "turning": each.on,
                    }
                    for each in self._columns.values()
                ],
            }

    # What boards do.

    def alive(self, board: int) -> bool:
        """Whether the board has power."""
        return board == BOARD and not self._dead

    def coil(self, board: int, lock: int) -> bool:
        """Whether a motor's relay is on."""
        with self._lock:
            self._settle()
            return any(each.on for each in self._at(board, lock))

    def energise(self, board: int, lock: int, seconds: float) -> None:
        """Switch a motor on for so long."""
        with self._lock:
            self._settle()
            for column in self._at(board, lock):
                column.starts += not column.on
                column.on, column.off_at = True, self._clock() + seconds

    def release_current(self, board: int, lock: int) -> None:
        """Switch a motor off."""
        with self._lock:
            self._settle()
            for column in self._at(board, lock):
                column.on = False

    def contact_closed(self, board: int, lock: int) -> bool:
        """What an input reads: the drop sensor's, a home sensor's or a low-stock sensor's; others read off."""
        with self._lock:
            self._settle()
            now = self._clock()
            if board == BOARD and lock == DROP_INPUT:
                return _said(self._chute.sensor, any(0 <= now - at < self.held for at, _ in self._chute.fallen))
            for column in self._at(board, lock):
                return _said(column.home, column.place % 1 < _CAM)
            return any(each.spiral.low == lock and each.stock <= LOW for each in self._columns.values())

    def _at(self, board: int, channel: int) -> list[_Column]:
        return [each for each in self._columns.values() if board == BOARD and each.spiral.channel == channel]

    def _lying(self) -> tuple[int, ...]:
        self._settle()
        return tuple(number for at, number in self._chute.fallen if at <= self._clock())[self._chute.taken :]

    def _settle(self) -> None:
        """Let happen what was due since somebody last looked."""
        now = self._clock()
        for column in self._columns.values():
            if column.on:
                self._run(column, column.settled_at, min(now, column.off_at))
                column.on = now < column.off_at
            column.settled_at = now
        self._chute.fallen.sort()

    def _run(self, column: _Column, since: float, until: float) -> None:
        begun = column.place
        ended = begun + max(0.0, until - since) / self._turn
        if column.motor is Motor.STUCK:
            return
        if column.motor is Motor.STICKS_HALFWAY:
            ended = min(ended, max(begun, math.floor(begun) + _STICKS_AT))
        marks = (whole + part for whole in range(int(begun), int(ended) + 1) for part in (_SHAKEN_LOOSE_AT, _FALLS_AT))
        for mark in marks:
            if begun < mark <= ended:
                self._pass(column, mark, since + (mark - begun) * self._turn)
        column.place = ended

    def _pass(self, column: _Column, mark: float, at: float) -> None:
        if mark % 1 < _FALLS_AT - 0.1:
            if column.hanging:
                column.hanging = False
                self._fall(column, at)
        elif column.falls is Falls.HANGS and column.stock and not column.hanging:
            column.hanging = True
        else:
            self._fall(column, at)
            if column.falls is Falls.TWO:
                self._fall(column, at + _SECOND_AFTER)

    def _fall(self, column: _Column, at: float) -> None:
        if column.stock:
            column.stock -= 1
            self._chute.fallen.append((at, column.spiral.number))


def _said(reads: Reads, truth: bool) -> bool:  # noqa: FBT001  what is so, beside what is said
    return truth if reads is Reads.TRUTH else reads is Reads.ON
