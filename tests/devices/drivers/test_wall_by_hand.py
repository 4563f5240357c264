"""A wall whose board and clocks are turned by hand, for what needs a moment of its own."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from devices.conditions import Ready, Soon
from devices.drivers.locker_wall.verbs import GAP, MAX_AGE, BoardsWall
from devices.drivers.locker_wall.vigil import ASKED_FOR, MAX_INCIDENTS, Vigil
from devices.drivers.locker_wall.wiring import Channel, Wiring
from devices.errors import Cancelled, Disconnected
from devices.roles import BoardSilent, Door, Mishap, OpenCommand, Opened, StillClosed, TooLate
from devices.walls import Compartment, Rectangle, Size, WallLayout
from devices.wires.address import TcpAddress

if TYPE_CHECKING:
    from collections.abc import Callable

    from devices.roles import OpenOutcome

NOON = datetime(2026, 6, 16, 12, 0, tzinfo=UTC)
PULSE = 0.4


@dataclass
class Time:
    """Seconds of a steady clock, and the time of day; a clock that is set moves only the second."""

    seconds: float = 0.0
    day: datetime = NOON

    def pass_(self, seconds: float) -> None:
        self.seconds += seconds
        self.day += timedelta(seconds=seconds)


@dataclass
class HandBoard:
    """A board of two locks that does what the test says; every word with it takes a little time."""

    time: Time
    awake: bool = True
    closed: list[bool] = field(default_factory=lambda: [True, True])
    opens: bool = True
    said: list[str] = field(default_factory=list)
    then: Callable[[], None] | None = None

    def greet(self) -> bool:
        self._word("greet")
        return self.awake

    def release(self, lock: int) -> None:
        self._word(f"release {lock}")
        if self.opens:
            self.closed[lock] = False

    def contacts(self) -> tuple[bool, ...] | None:
        self._word("contacts")
        return tuple(self.closed) if self.awake else None

    def _word(self, said: str) -> None:
        self.said.append(said)
        self.time.pass_(0.05)
        if self.then is not None:
            self.then()


class Cable:
    """A line that nobody speaks on directly."""

    closed = False

    def read(self, at_most: int, timeout: float) -> bytes:
        return b""

    def write(self, data: bytes, timeout: float) -> None:
        pass

    def drain(self) -> None:
        pass

    def close(self) -> None:
        self.closed = True


class Patience(threading.Event):
    """A visit that goes on: waiting lets the hand-turned time pass."""

    def __init__(self, time: Time) -> None:
        super().__init__()
        self.time = time

    def wait(self, timeout: float | None = None) -> bool:
        self.time.pass_(timeout or 0.0)
        return self.is_set()


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def patience(time: Time) -> Patience:
    return Patience(time)


@pytest.fixture
def hand_board(time: Time) -> HandBoard:
    return HandBoard(time)


@pytest.fixture
def wall(time: Time, hand_board: HandBoard) -> BoardsWall:
    compartments = tuple(Compartment(n, Size.SMALL, Rectangle(0, 400 * n, 300, 300)) for n in (1, 2))
    wiring = Wiring(
        TcpAddress("boards", 4001),
        WallLayout(compartments),
        {1: Channel(1, 0, 0), 2: Channel(1, 1, 1)},
        closed_reads=True,
        left_open_after=60,
    )
    return BoardsWall(Cable(), wiring, {1: hand_board}, pulse=PULSE, clock=lambda: time.seconds, now=lambda: time.day)


def test_a_command_that_grew_old_behind_another_lock_is_refused(
    wall: BoardsWall, hand_board: HandBoard, time: Time, patience: Patience
) -> None:
    assert wall.open(OpenCommand(1, time.day), patience) == Opened()
    nearly_late = OpenCommand(2, time.day - timedelta(seconds=MAX_AGE - GAP))
    assert wall.open(nearly_late, patience) == TooLate()
    assert "release 1" not in hand_board.said
    assert wall.open(OpenCommand(2, time.day), patience) == Opened()


def test_no_clock_that_was_set_makes_an_old_command_young(wall: BoardsWall, time: Time, patience: Patience) -> None:
    command = OpenCommand(1, time.day)
    time.day -= timedelta(hours=1)
    assert wall.open(command, patience) == TooLate()


def test_locks_wait_for_each_other_by_the_supplys_measure(
    wall: BoardsWall, hand_board: HandBoard, time: Time, patience: Patience
) -> None:
    released: list[float] = []
    hand_board.then = lambda: released.append(time.seconds) if "release" in hand_board.said[-1] else None
    for number in (1, 2):
        wall.open(OpenCommand(number, time.day), patience)
    assert released[1] - released[0] >= PULSE + GAP - 0.05


def test_a_board_that_dies_after_the_command_leaves_the_door_unknown(
    wall: BoardsWall, hand_board: HandBoard, time: Time, patience: Patience
) -> None:
    def die() -> None:
        hand_board.awake = "release 0" not in hand_board.said

    hand_board.then = die
    assert wall.open(OpenCommand(1, time.day), patience) == BoardSilent(sent=True)
    assert hand_board.said.count("release 0") == 1


def test_a_line_pulled_after_the_command_leaves_the_door_unknown(
    wall: BoardsWall, hand_board: HandBoard, time: Time, patience: Patience
) -> None:
    def pull() -> None:
        if "release 0" in hand_board.said:
            raise Disconnected

    hand_board.then = pull
    assert wall.open(OpenCommand(1, time.day), patience) == BoardSilent(sent=True)


def test_a_line_pulled_before_the_command_is_told_as_such(
    wall: BoardsWall, hand_board: HandBoard, time: Time, patience: Patience
) -> None:
    def pull() -> None:
        raise Disconnected

    hand_board.then = pull
    with pytest.raises(Disconnected):
        wall.open(OpenCommand(1, time.day), patience)


def test_a_citizen_who_ends_while_the_contact_is_read_opens_nothing(
    wall: BoardsWall, hand_board: HandBoard, time: Time, patience: Patience
) -> None:
    hand_board.then = patience.set
    with pytest.raises(Cancelled):
        wall.open(OpenCommand(1, time.day), patience)
    assert not any("release" in said for said in hand_board.said)


def test_a_board_is_made_safe_before_it_is_told_anything_else(
    wall: BoardsWall, hand_board: HandBoard, time: Time, patience: Patience
) -> None:
    wall.open(OpenCommand(1, time.day), patience)
    assert hand_board.said[0] == "greet"
    hand_board.awake = False
    assert wall.door(1, patience) is Door.UNKNOWN
    hand_board.awake = True
    hand_board.said.clear()
    time.pass_(1)
    wall.open(OpenCommand(2, time.day), patience)
    assert hand_board.said[0] == "greet"


def test_a_silent_board_keeps_nobody_waiting_at_every_look(
    wall: BoardsWall, hand_board: HandBoard, time: Time, patience: Patience
) -> None:
    hand_board.awake = False
    wall.doors(patience)
    hand_board.said.clear()
    wall.doors(patience)
    assert hand_board.said == []
    time.pass_(5)
    wall.doors(patience)
    assert hand_board.said == ["greet"]


def test_a_relay_board_without_inputs_still_opens_its_locks(
    wall: BoardsWall, hand_board: HandBoard, time: Time, patience: Patience
) -> None:
    hand_board.closed = []
    hand_board.opens = False
    assert wall.open(OpenCommand(1, time.day), patience) == BoardSilent(sent=True)
    assert "release 0" in hand_board.said


def test_a_door_left_open_is_told_once_and_warns_until_it_is_shut(
    wall: BoardsWall, hand_board: HandBoard, time: Time, patience: Patience
) -> None:
    outcome: OpenOutcome = wall.open(OpenCommand(1, time.day), patience)
    assert outcome == Opened()
    for _ in range(3):
        time.pass_(61)
        assert wall.condition() == Ready(Soon.DOOR_LEFT_OPEN)
    (incident,) = wall.take_incidents()
    assert (incident.mishap, incident.compartment) == (Mishap.LEFT_OPEN, 1)
    assert incident.seen > NOON
    hand_board.closed[0] = True
    assert wall.condition() == Ready()


def test_a_stuck_lock_is_waited_for_no_longer_than_it_can_take(
    wall: BoardsWall, hand_board: HandBoard, time: Time, patience: Patience
) -> None:
    hand_board.opens = False
    began = time.seconds
    assert wall.open(OpenCommand(1, time.day), patience) == StillClosed()
    assert time.seconds - began < 1.5


def test_a_door_that_is_pulled_long_after_its_lock_was_released_was_not_asked_for() -> None:
    vigil = Vigil([1, 2], left_open_after=600)
    for number in (1, 2):
        vigil.saw(number, Door.CLOSED, 0, NOON)
        vigil.asked(number, 0)
    assert vigil.saw(1, Door.OPEN, ASKED_FOR, NOON) == ()
    (incident,) = vigil.saw(2, Door.OPEN, ASKED_FOR + 1, NOON)
    assert incident.mishap is Mishap.OPENED_UNASKED
    assert vigil.soon(board_silent=True) is Soon.DOOR_OPENED_UNASKED
    assert vigil.take() == (incident,)
    assert vigil.take() == ()
    assert vigil.soon(board_silent=True) is Soon.LOCKER_BOARD_SILENT
    assert vigil.soon(board_silent=False) is None


def test_a_door_that_flutters_all_night_does_not_fill_the_memory() -> None:
    vigil = Vigil([1], left_open_after=600)
    for second in range(2 * MAX_INCIDENTS + 200):
        vigil.saw(1, Door.OPEN if second % 2 else Door.CLOSED, second, NOON)
    assert len(vigil.take()) == MAX_INCIDENTS
