"""A TCP connection used as a wire of bytes, as a network printer offers it on port 9100."""

from __future__ import annotations

import contextlib
import socket
import time
from typing import TYPE_CHECKING

from devices.errors import Disconnected, Timeout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CONNECT_TIMEOUT = 1.0
"""Seconds; devices stand in the same room, and the watch thread waits meanwhile."""


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Disconnected from error


class TcpLine:
    """One connection; the operating system probes it when it is quiet, so that a pulled cable is noticed."""

    def __init__(self, host: str, port: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        with _translated():
            self._socket = socket.create_connection((host, port), CONNECT_TIMEOUT)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 5)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 2)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3)

    def read(self, at_most: int, timeout: float) -> bytes:
        """Whatever arrives first."""
        with _translated():
            self._socket.settimeout(timeout)
            try:
                received = self._socket.recv(at_most)
            except (TimeoutError, BlockingIOError):
                return b""
        if not received:
            raise Disconnected
        return received

    def write(self, data: bytes, timeout: float) -> None:
        """Hand over all of `data`."""
        deadline = self._clock() + timeout
        rest = memoryview(data)
        with _translated():
            while rest:
                left = deadline - self._clock()
                if left <= 0:
                    raise Timeout
                self._socket.settimeout(left)
                try:
                    rest = rest[self._socket.send(rest) :]
                except TimeoutError as error:
                    raise Timeout from error

    def drain(self) -> None:
        """Throw away what has arrived and was not read."""
        while self.read(4096, 0):
            pass

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()
