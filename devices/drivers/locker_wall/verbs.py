"""A wall of lockers as the rest of the kiosk sees it, whatever boards release its locks."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Protocol

from devices.conditions import Condition, Need, NeedsStaff, Ready
from devices.drivers.locker_wall.vigil import Vigil
from devices.errors import Cancelled, TransportError
from devices.events import DoorIncident, LockerBoardBack, LockerBoardFell
from devices.roles import BoardSilent, Door, Mishap, Opened, OpenOutcome, StillClosed, TooLate
from logbook import say, word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from threading import Event

    from devices.drivers.locker_wall.wiring import Channel, Wiring
    from devices.roles import Incident, OpenCommand
    from devices.walls import WallLayout
    from devices.wires.byte_wire import ByteWire

MAX_AGE: Final = 10.0
"""Seconds after which a command is not carried out any more: somebody else may stand there."""

MAX_AHEAD: Final = 1.0
"""Seconds that a command may seem to come from the future; more, and a clock was set in between."""

GAP: Final = 0.2
"""Seconds between two pulses: the supply of a wall feeds one coil at a time."""

_READ_BACK: Final = 0.5
"""Seconds after the pulse in which the contact may still change."""

_LOOK: Final = 0.2
"""Seconds after which a look asks no further board; the last one asked may take a third of a second more."""

_GREET: Final = 1.0
_TRY_AGAIN: Final = 2.0
"""Seconds after which a silent board is asked again."""

_BETWEEN_READS: Final = 0.03


class LockBoard(Protocol):
    """A board with locks and contacts, both counted from 0; each verb takes at most a third of a second.

    Each may raise `TransportError`: the line failed.
    """

    def greet(self) -> bool:
        """Make the board safe: no lock is released by it any more. False when it is silent."""
        ...

    def release(self, lock: int) -> None:
        """Let the board release a lock for its pulse; sent once, heard or not."""
        ...

    def contacts(self) -> tuple[bool, ...] | None:
        """What every contact reads, as far as the board has any; None when it is silent."""
        ...


class _Board:
    """A board and whether it answers; a board that answers again is made safe before anything else."""

    def __init__(self, number: int, board: LockBoard) -> None:
        self.number = number
        self.board = board
        self.awake: bool | None = None
        self.again_at = float("-inf")


class BoardsWall:
    """Releases locks and believes contacts only as far as one can.

    `pulse` is the time in seconds for which a board releases a lock; `clock` counts seconds steadily, `now` is aware
    UTC and judges how old a command is.
    """

    def __init__(  # noqa: PLR0913  its line and boards, and the times that tests turn by hand
        self,
        wire: ByteWire,
        wiring: Wiring,
        boards: Mapping[int, LockBoard],
        *,
        pulse: float,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._wire = wire
        self._wiring = wiring
        self._boards = {number: _Board(number, board) for number, board in boards.items()}
        self._pulse = pulse
        self._clock = clock
        self._now = now
        self._vigil = Vigil(wiring.channels, wiring.left_open_after)
        self._free_at = float("-inf")
        self._next_look = 0

    @property
    def layout(self) -> WallLayout:
        """The wall as it stands."""
        return self._wiring.layout

    def greet(self) -> None:
        """Make every board that answers safe; those not reached within a second are, before anything else is asked."""
        deadline = self._clock() + _GREET
        for board in self._boards.values():
            if self._clock() < deadline:
                self._wake(board)

    def condition(self) -> Condition:
        """Look at as many boards as time allows, beginning where the last look ended."""
        deadline = self._clock() + _LOOK
        order = list(self._boards.values())
        order = order[self._next_look :] + order[: self._next_look]
        for board in order:
            self._read_board(board)
            self._next_look = (self._next_look + 1) % len(order)
            if self._clock() >= deadline:
                break
        if all(board.awake is False for board in order):
            return NeedsStaff(Need.SWITCH_ON)
        return Ready(self._vigil.soon(board_silent=any(board.awake is False for board in order)))

    def lent(self) -> None:
        """Nothing is kept between leases but what the doors did."""

    def open(self, command: OpenCommand, cancel: Event) -> OpenOutcome:
        """Release a lock and read its contact back."""
        number = command.compartment
        channel = self._channel(number)
        board = self._boards[channel.board]
        if cancel.is_set() or cancel.wait(max(0.0, self._free_at - self._clock())):
            raise Cancelled
        if not self._wake(board):
            return BoardSilent(sent=False)
        before = self._read_board(board)[number]
        if not board.awake:
            return BoardSilent(sent=False)
        if cancel.is_set():
            raise Cancelled
        if not -MAX_AHEAD <= (self._now() - command.issued).total_seconds() <= MAX_AGE:
            return TooLate()
        if before is Door.OPEN:
            # It does not keep the lock from being released: a contact that lies would lock the document in for ever.
            self._say(self._vigil.doubt(number, Mishap.CONTACT_SAID_OPEN, self._now()))
        self._vigil.asked(number, self._clock())
        self._free_at = self._clock() + self._pulse + GAP
        try:
            board.board.release(channel.lock)
            after = self._read_back(board, number)
        except TransportError:
            # The supervisor finds out at its next look; what counts here is that the command had gone out.
            return BoardSilent(sent=True)
        match after:
            case Door.OPEN:
                return Opened(moved=before is Door.CLOSED)
            case Door.CLOSED:
                self._say(self._vigil.doubt(number, Mishap.STAYED_CLOSED, self._now()))
                return StillClosed()
            case Door.UNKNOWN:
                return BoardSilent(sent=True)

    def doors(self, cancel: Event) -> Mapping[int, Door]:
        """Read every contact now."""
        found: dict[int, Door] = {}
        for board in self._boards.values():
            if cancel.is_set():
                raise Cancelled
            found |= self._read_board(board)
        return {number: found[number] for number in self._wiring.channels}

    def door(self, compartment: int, cancel: Event) -> Door:
        """Read one contact now."""
        board = self._boards[self._channel(compartment).board]
        if cancel.is_set():
            raise Cancelled
        return self._read_board(board)[compartment]

    def take_incidents(self) -> tuple[Incident, ...]:
        """What happened since this was last called."""
        return self._vigil.take()

    def close(self) -> None:
        """Let go of the line; a pulse that runs is ended by its board."""
        self._wire.close()

    def _channel(self, number: int) -> Channel:
        channel = self._wiring.channels.get(number)
        if channel is None:
            raise ValueError(f"this wall has no compartment {number}")
        return channel

    def _read_back(self, board: _Board, number: int) -> Door:
        """The contact, as soon as it says open, or what it says when it had time enough to do so."""
        deadline = self._clock() + self._pulse + _READ_BACK
        while True:
            contacts = board.board.contacts()
            door = self._told(board, contacts)[number]
            if door is Door.OPEN or self._clock() >= deadline:
                if contacts is None:
                    self._fell(board)
                return door
            time.sleep(_BETWEEN_READS)

    def _read_board(self, board: _Board) -> dict[int, Door]:
        """The contacts of one board; a silent one is asked only now and then, because silence takes time."""
        awake = board.awake or (self._clock() >= board.again_at and self._wake(board))
        contacts = board.board.contacts() if awake else None
        if awake and contacts is None:
            self._fell(board)
        return self._told(board, contacts)

    def _told(self, board: _Board, contacts: tuple[bool, ...] | None) -> dict[int, Door]:
        """What the contacts of one board say about its doors."""
        told: dict[int, Door] = {}
        for number, channel in self._wiring.channels.items():
            if channel.board != board.number:
                continue
            told[number] = Door.UNKNOWN
            if contacts is not None and channel.contact < len(contacts):
                closed = contacts[channel.contact] is self._wiring.closed_reads
                told[number] = Door.CLOSED if closed else Door.OPEN
            self._say(self._vigil.saw(number, told[number], self._clock(), self._now()))
        return told

    def _wake(self, board: _Board) -> bool:
        """Whether the board answers; one that did not answer before is made safe first."""
        if board.awake:
            return True
        if not board.board.greet():
            self._fell(board)
            return False
        if board.awake is False:
            say(LockerBoardBack(board.number))
        board.awake = True
        return True

    def _fell(self, board: _Board) -> None:
        if board.awake is not False:
            say(LockerBoardFell(board.number))
        board.awake = False
        board.again_at = self._clock() + _TRY_AGAIN

    def _say(self, incidents: Iterable[Incident]) -> None:
        for incident in incidents:
            say(DoorIncident(word(incident.mishap), incident.compartment))
