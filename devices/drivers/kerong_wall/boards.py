"""One KERONG board on its line, as a board of locks."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from devices.drivers.kerong_wall import exchange
from devices.drivers.scripts import run

if TYPE_CHECKING:
    from collections.abc import Callable

    from devices.drivers.kerong_wall.frames import Codes
    from devices.wires.byte_wire import ByteWire

_WRITE_WITHIN: Final = 0.3


class KerongBoard:
    """48 locks whose hooks are their contacts."""

    def __init__(self, wire: ByteWire, board: int, codes: Codes, clock: Callable[[], float] = time.monotonic) -> None:
        self._wire = wire
        self._board = board
        self._codes = codes
        self._clock = clock

    def greet(self) -> bool:
        """Ask whether it is there; it holds no lock released by itself."""
        return self.contacts() is not None

    def release(self, lock: int) -> None:
        """Release a lock; whether the board heard it, the hook tells."""
        run(exchange.release(self._board, lock, self._codes, self._clock()), self._wire, self._clock, _WRITE_WITHIN)

    def contacts(self) -> tuple[bool, ...] | None:
        """What the hooks read: 1 is locked, unless wired the other way round."""
        script = exchange.ask_locks(self._board, self._codes, self._clock())
        return run(script, self._wire, self._clock, _WRITE_WITHIN)
