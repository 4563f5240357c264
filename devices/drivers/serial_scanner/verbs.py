"""A serial scanner as the rest of the kiosk sees it."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING

from devices.conditions import Condition, Ready
from devices.drivers.serial_scanner.frames import GAP, CodeFramer
from devices.errors import Cancelled

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

    from devices.wires.byte_wire import ByteWire

_READ_AT_MOST = 4096


class SerialScanner:
    """Hands over what the scanner reads, code by code."""

    def __init__(self, wire: ByteWire, clock: Callable[[], float] = time.monotonic) -> None:
        self._wire = wire
        self._clock = clock
        self._framer = CodeFramer()
        # One read may hold several codes; a scanner that floods does not grow our memory.
        self._waiting: deque[bytes] = deque(maxlen=8)

    def condition(self) -> Condition:
        """Ready while its line is there; a scanner by itself answers no questions."""
        # Between leases nobody listens, so reading is dropping; on a line that is gone it raises.
        self._wire.drain()
        return Ready()

    def lent(self) -> None:
        """Drop what was scanned before the lease."""
        self._wire.drain()
        self._framer.forget()
        self._waiting.clear()

    def scan(self, timeout: float, cancel: Event) -> bytes | None:
        """The next code, or None after `timeout` seconds; 0 takes what has come and does not wait."""
        deadline = self._clock() + timeout
        left = timeout
        while True:
            if cancel.is_set():
                raise Cancelled
            if self._waiting:
                return self._waiting.popleft()
            if left < 0:
                return None
            received = self._wire.read(_READ_AT_MOST, min(left, GAP))
            self._waiting.extend(self._framer.feed(received, self._clock()))
            left = deadline - self._clock()

    def close(self) -> None:
        """Let go of the line."""
        self._wire.close()
