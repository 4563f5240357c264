"""KERONG CU48 boards on a line: releasing a lock is not answered, the status question is."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from devices.simulators.doors import Doors

PULSE: Final = 0.5
"""Seconds for which the board releases a lock."""

_ALL: Final = 0x30
_ALL_BOARDS: Final = 0x0A
_SILENCE: Final = 0.05


class KerongBoards:
    """Hears every packet on the line and answers for the boards that have power."""

    def __init__(self, doors: Doors, clock: Callable[[], float] = time.monotonic) -> None:
        self._doors = doors
        self._clock = clock
        self._heard = b""
        self._heard_at = 0.0

    def answer(self, data: bytes) -> bytes:
        """What the boards say to these bytes."""
        now = self._clock()
        if now - self._heard_at > _SILENCE:
            self._heard = b""
        self._heard, self._heard_at = self._heard + data, now
        said = b""
        while len(self._heard) >= 6:
            packet = self._heard[:6]
            if packet[0] == 0x02 and packet[4] == 0x03 and sum(packet[:5]) & 0xFF == packet[5]:
                self._heard = self._heard[6:]
                said += self._obey(packet[1], packet[2], packet[3])
            else:
                self._heard = self._heard[1:]
        return said

    def _obey(self, asked: int, lock: int, command: int) -> bytes:
        said = b""
        for board in self._doors.boards if asked == _ALL_BOARDS else (asked,):
            if board not in self._doors.boards or not self._doors.alive(board):
                continue
            match command:
                case 0x50:
                    said += self._status(board)
                case 0x51:
                    for each in range(_ALL) if lock == _ALL else (lock,):
                        self._doors.energise(board, each + 1, PULSE)
                case _:
                    pass
        return said

    def _status(self, board: int) -> bytes:
        bits = sum(self._doors.contact_closed(board, lock + 1) << lock for lock in range(_ALL))
        said = bytes((0x02, board, 0x00, 0x65)) + bits.to_bytes(6, "little") + b"\x03"
        return said + bytes((sum(said) & 0xFF,))
