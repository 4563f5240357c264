"""A wall of lockers at the other end of a pseudo-terminal: its doors, its boards, and noise on their line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from devices.simulators.doors import TERMINAL, Doors, Says, wall_of_columns, wall_on_one_board
from devices.simulators.kerong_boards import KerongBoards
from devices.simulators.modbus_boards import ModbusBoards
from devices.simulators.pseudo_line import PseudoLine
from devices.simulators.settings import Boards

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from random import Random


_BAUD: Final = {Boards.MODBUS: 9600, Boards.KERONG: 19200}


class Wall:
    """All methods may be called from any thread.

    `rng` decides what noise does to which packet; `baud` is the line's speed, the boards' own unless given.
    """

    def __init__(self, link: Path, kind: Boards, rng: Random, baud: int | None = None) -> None:
        self.kind = kind
        self._baud = baud or _BAUD[kind]
        self._rng = rng
        self._noise = 0.0
        self.doors = Doors(wall_of_columns() if kind is Boards.MODBUS else wall_on_one_board())
        self._modbus = ModbusBoards(self.doors) if kind is Boards.MODBUS else None
        answer: Callable[[bytes], bytes] = (self._modbus or KerongBoards(self.doors)).answer
        self._boards_answer = answer
        self._line = PseudoLine(link, self._baud, self._answer)

    # What a person does to it.

    def set_open(self, number: int, *, opened: bool) -> None:
        """Push a door shut, or pull it open by force."""
        self.doors.set_open(number, opened=opened)

    def stick(self, number: int, *, stuck: bool) -> None:
        """Let a lock stick, or free it."""
        self.doors.stick(number, stuck=stuck)

    def lie(self, number: int, says: Says) -> None:
        """Let a contact say always the same, or the truth again."""
        self.doors.lie(number, says)

    def silence(self, board: int, *, silent: bool) -> None:
        """Take a board's power away, or give it back."""
        self.doors.kill(board, dead=silent)

    def set_noise(self, share: float) -> None:
        """Spoil this share of the packets on the line, from 0 to 1."""
        self._noise = share

    def link_inputs(self, board: int) -> None:
        """Set a relay board as some leave the factory: each input switches its relay."""
        if self._modbus is not None:
            self._modbus.link(board)

    def relays(self, board: int) -> tuple[bool, ...]:
        """Which relays of a relay board are on, as its lamps show."""
        return self._modbus.lamps(board) if self._modbus is not None else ()

    def plug(self) -> None:
        """Put the line's plug in."""
        self._line.plug()

    def unplug(self) -> None:
        """Pull the line's plug."""
        self._line.unplug()

    def state(self) -> Mapping[str, object]:
        """What the dock shows."""
        return {
            "plugged": self._line.plugged,
            "path": str(self._line.link),
            "driver": self.kind.value,
            "noise": self._noise,
            "terminal": {"left": TERMINAL[0], "width": TERMINAL[1]},
            "boards": [{"board": board, "silent": not self.doors.alive(board)} for board in self.doors.boards],
            "compartments": self.doors.state(),
        }

    def rig(self) -> str:
        """Its table in a rig file."""
        rows = "\n".join(
            f'  {{ number = {each.number}, size = "small", left = {each.left}, bottom = {each.bottom}, '
            f"width = {each.width}, height = {each.height}, board = {each.board}, lock = {each.lock} }},"
            for each in self.doors.fitted
        )
        return f"""[locker_wall]
driver = "{self.kind}"
address = {json.dumps(f"serial://{self._line.link}?baud={self._baud}")}
terminal_left = {TERMINAL[0]}
terminal_width = {TERMINAL[1]}
compartments = [
{rows}
]
"""

    def close(self) -> None:
        """Take the line down."""
        self._line.unplug()

    # What the line does.

    def _answer(self, data: bytes) -> bytes:
        # Either way may be spoilt; a board that understood a command whose answer is spoilt has obeyed it.
        return self._spoilt(self._boards_answer(self._spoilt(data)))

    def _spoilt(self, packet: bytes) -> bytes:
        if not packet or self._rng.random() >= self._noise:
            return packet
        at = self._rng.randrange(len(packet))
        match self._rng.randrange(4):
            case 0:
                return self._rng.randbytes(self._rng.randrange(1, 9)) + packet
            case 1:
                return packet[:at] + bytes([packet[at] ^ 1 << self._rng.randrange(8)]) + packet[at + 1 :]
            case 2:
                return packet[:at] + packet[at + 1 :]
            case _:
                return packet[:at]
