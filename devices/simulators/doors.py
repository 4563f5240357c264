"""The mechanics of a wall of lockers: doors, locks, contacts and what a person does to them. No protocol, no line."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

OPENS_AFTER: Final = 0.06
"""Seconds from the coil to the contact: a bolt moves, a spring pushes the door."""

TERMINAL: Final = (640, 400)
"""Left edge and width of the terminal in the wall, in millimetres."""

_COLUMNS: Final = (0, 320, 1060, 1380, 1700)
_ROWS: Final = (1580, 1340, 1100, 860, 620, 380, 140)
_WIDTH: Final = 300
_HEIGHT: Final = 220


class Says(StrEnum):
    """What a contact says: the truth, or always the same."""

    TRUTH = "truth"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True)
class Fitted:
    """A compartment, and where its lock is wired; `lock` counts from 1, as the rig file does."""

    number: int
    left: int
    bottom: int
    width: int
    height: int
    board: int
    lock: int


def wall_of_columns() -> tuple[Fitted, ...]:
    """The demonstration's wall: 35 compartments in five columns, each column on a board of its own."""
    places = [(column, row) for column in range(len(_COLUMNS)) for row in range(len(_ROWS))]
    return tuple(
        Fitted(number, _COLUMNS[column], _ROWS[row], _WIDTH, _HEIGHT, column + 1, row + 1)
        for number, (column, row) in enumerate(places, 1)
    )


def wall_on_one_board() -> tuple[Fitted, ...]:
    """The same wall with all its locks on one board of 48."""
    return tuple(
        Fitted(each.number, each.left, each.bottom, each.width, each.height, 0, each.number)
        for each in wall_of_columns()
    )


@dataclass
class _Door:
    fitted: Fitted
    shut: bool = True
    stuck: bool = False
    says: Says = Says.TRUTH
    opens_at: float | None = None
    coil_on_at: float | None = None
    coil_off_at: float = float("-inf")
    pulses: list[tuple[float, float]] = field(default_factory=list)


class Doors:
    """All doors of a wall; may be used from any thread. `clock` counts seconds steadily."""

    def __init__(self, fitted: Sequence[Fitted], clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.RLock()
        self._doors = {each.number: _Door(each) for each in fitted}
        self._wired = {(each.board, each.lock): each.number for each in fitted}
        self._dead: set[int] = set()
        self.fitted = tuple(fitted)
        self.numbers = tuple(self._doors)
        self.boards = tuple(sorted({each.board for each in fitted}))

    # What a person does.

    def set_open(self, number: int, *, opened: bool) -> None:
        """Push a door shut, or pull it open whatever its lock says."""
        with self._lock:
            self._settle(door := self._doors[number])
            door.shut, door.opens_at = not opened, None

    def stick(self, number: int, *, stuck: bool) -> None:
        """Let a lock's bolt stick, or free it."""
        with self._lock:
            self._doors[number].stuck = stuck

    def lie(self, number: int, says: Says) -> None:
        """Let a contact say always the same, or the truth again."""
        with self._lock:
            self._doors[number].says = says

    def kill(self, board: int, *, dead: bool) -> None:
        """Take a board's power away, or give it back: its coils fall off."""
        with self._lock:
            if board not in self.boards:
                raise KeyError(board)
            (self._dead.add if dead else self._dead.discard)(board)
            for door in self._doors.values():
                if dead and door.fitted.board == board:
                    self._settle(door)
                    self._coil_off(door, self._clock())

    def is_open(self, number: int) -> bool:
        """Whether a door is open, whatever its contact says."""
        with self._lock:
            self._settle(door := self._doors[number])
            return not door.shut

    def pulses(self, number: int) -> tuple[tuple[float, float], ...]:
        """When each pulse of a lock's coil began and ended, by the clock; one that still runs is not there yet."""
        with self._lock:
            self._settle(door := self._doors[number])
            return tuple(door.pulses)

    # What boards do.

    def alive(self, board: int) -> bool:
        """Whether a board has power."""
        return board not in self._dead

    def coil(self, board: int, lock: int) -> bool:
        """Whether a coil has current now."""
        with self._lock:
            door = self._at(board, lock)
            return door is not None and door.coil_on_at is not None

    def energise(self, board: int, lock: int, seconds: float) -> None:
        """Switch a coil on for so long; for ever, if that is what the board was told."""
        with self._lock:
            if (door := self._at(board, lock)) is None:
                return
            now = self._clock()
            if door.coil_on_at is None:
                door.coil_on_at = now
            door.coil_off_at = now + seconds
            if not door.stuck and door.shut:
                door.opens_at = now + OPENS_AFTER

    def release_current(self, board: int, lock: int) -> None:
        """Switch a coil off."""
        with self._lock:
            if (door := self._at(board, lock)) is not None:
                self._coil_off(door, self._clock())

    def contact_closed(self, board: int, lock: int) -> bool:
        """What the contact says; an input that nothing is wired to reads open."""
        with self._lock:
            door = self._at(board, lock)
            if door is None:
                return False
            return door.shut if door.says is Says.TRUTH else door.says is Says.CLOSED

    def state(self) -> list[Mapping[str, object]]:
        """Every compartment, for the dock."""
        with self._lock:
            found: list[Mapping[str, object]] = []
            for door in self._doors.values():
                self._settle(door)
                found.append(
                    {
                        "number": door.fitted.number,
                        "left": door.fitted.left,
                        "bottom": door.fitted.bottom,
                        "width": door.fitted.width,
                        "height": door.fitted.height,
                        "board": door.fitted.board,
                        "door": "closed" if door.shut else "open",
                        "lock": "stuck" if door.stuck else "ok",
                        "contact": door.says.value,
                        "coil": door.coil_on_at is not None,
                        "pulses": len(door.pulses),
                    }
                )
            return found

    def _at(self, board: int, lock: int) -> _Door | None:
        number = self._wired.get((board, lock))
        if number is None:
            return None
        self._settle(door := self._doors[number])
        return door

    def _settle(self, door: _Door) -> None:
        """Let happen what was due since somebody last looked."""
        now = self._clock()
        if door.opens_at is not None and door.opens_at <= now:
            door.shut, door.opens_at = False, None
        if now >= door.coil_off_at:
            self._coil_off(door, door.coil_off_at)

    def _coil_off(self, door: _Door, at: float) -> None:
        if door.coil_on_at is not None:
            door.pulses.append((door.coil_on_at, at))
            door.coil_on_at = None
