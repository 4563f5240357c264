"""The terminal's end of its wire: a TCP connection, or a pseudo-terminal whose bytes take their time."""

from __future__ import annotations

import os
import select
import socket
import time
from typing import TYPE_CHECKING, Final, Protocol

from devices.drivers.zvt_terminal.frames import ACK, Apdu, Unblocking, apdu_in, block
from devices.errors import ProtocolError

if TYPE_CHECKING:
    from collections.abc import Callable

_SENDS: Final = 3
_ACK_WITHIN: Final = 1.0
_BITS: Final = 11
"""A start bit, eight of data and two stop bits."""


class Ear(Protocol):
    """One conversation with whoever is at the other end; every method raises `OSError` when it is over."""

    def say(self, apdu: Apdu, *, half: bool = False) -> None:
        """Say a packet, or only the first half of it."""
        ...

    def hear(self, within: float) -> Apdu | None:
        """The next packet; None when none came in time."""
        ...


class TcpEar:
    """A TCP connection."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = bytearray()

    def say(self, apdu: Apdu, *, half: bool = False) -> None:
        """Say a packet."""
        data = apdu.encode()
        self._connection.settimeout(5)
        self._connection.sendall(data[: len(data) // 2] if half else data)

    def hear(self, within: float) -> Apdu | None:
        """The next packet."""
        deadline = time.monotonic() + within
        while (found := _apdu(self._buffer)) is None:
            self._connection.settimeout(max(0.001, deadline - time.monotonic()))
            try:
                received = self._connection.recv(4096)
            except TimeoutError:
                return None
            if not received:
                raise ConnectionResetError
            self._buffer += received
        apdu, size = found
        del self._buffer[:size]
        return apdu


class PtyEar:
    """A pseudo-terminal; `baud` paces both ways, 0 lets the bytes through at once."""

    def __init__(self, ours: int, baud: int, gone: Callable[[], bool]) -> None:
        self._ours = ours
        self._byte_lasts = _BITS / baud if baud else 0.0
        self._gone = gone
        self._unblocking = Unblocking()
        self._waiting: list[bytes] = []
        self.carried = 0
        """Bytes either way, for who reckons the time on the wire."""

    def say(self, apdu: Apdu, *, half: bool = False) -> None:
        """Say a packet, until it is acknowledged."""
        data = block(apdu.encode())
        for _ in range(_SENDS):
            self._write(data[: len(data) // 2] if half else data)
            half = False
            if self._acknowledged():
                return

    def hear(self, within: float) -> Apdu | None:
        """The next packet."""
        deadline = time.monotonic() + within
        self._take_blocks()
        while not self._waiting:
            if time.monotonic() >= deadline:
                return None
            self._listen(deadline - time.monotonic())
            self._take_blocks()
        found = _apdu(self._waiting.pop(0))
        return found[0] if found is not None else None

    def _acknowledged(self) -> bool:
        deadline = time.monotonic() + _ACK_WITHIN
        while time.monotonic() < deadline:
            while (found := self._unblocking.next()) is not None:
                if isinstance(found, int):
                    return found == ACK
                self._acknowledge(found)
            self._listen(deadline - time.monotonic())
        return False

    def _take_blocks(self) -> None:
        while (found := self._unblocking.next()) is not None:
            if isinstance(found, bytes):
                self._acknowledge(found)

    def _acknowledge(self, found: bytes) -> None:
        self._write(b"\x06" if found else b"\x15")
        if found:
            self._waiting.append(found)

    def _listen(self, within: float) -> None:
        deadline = time.monotonic() + within
        while True:
            if self._gone():
                raise ConnectionResetError
            # In short steps: a plug that is pulled wakes nobody.
            if select.select([self._ours], [], [], max(0.0, min(0.05, deadline - time.monotonic())))[0]:
                received = os.read(self._ours, 4096)
                self.carried += len(received)
                time.sleep(len(received) * self._byte_lasts)
                self._unblocking.feed(received)
                return
            if time.monotonic() >= deadline:
                return

    def _write(self, data: bytes) -> None:
        begun, sent = time.monotonic(), 0
        self.carried += len(data)
        while sent < len(data):
            if self._gone():
                raise ConnectionResetError
            due = len(data)
            if self._byte_lasts:
                due = min(due, max(sent + 1, int((time.monotonic() - begun) / self._byte_lasts)))
                time.sleep(max(0.0, begun + due * self._byte_lasts - time.monotonic()))
            try:
                sent += os.write(self._ours, data[sent:due])
            except BlockingIOError:
                time.sleep(0.01)


def _apdu(data: bytes | bytearray) -> tuple[Apdu, int] | None:
    try:
        return apdu_in(data)
    except ProtocolError:
        raise ConnectionResetError from None
