"""APDUs over a wire, without I/O: one after another over TCP, in acknowledged blocks on a serial line.

Both halves of a link are scripts (`devices.drivers.scripts`); whoever needs a packet runs them within his own.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final, Protocol

from devices.drivers.scripts import Listen, Send
from devices.drivers.zvt_terminal.frames import ACK, Apdu, Unblocking, apdu_in, block
from devices.errors import ProtocolError, Timeout

if TYPE_CHECKING:
    from devices.drivers.scripts import Script

SLICE: Final = 0.1
"""Seconds for which a link listens at most before it looks up: whoever waits may be told to stop."""

ACK_WITHIN: Final = 1.0
"""Seconds; a terminal acknowledges a block within milliseconds."""

_SENDS: Final = 3
_MOST_WAITING: Final = 64


class Link(Protocol):
    """Sends and receives packets; keeps what came and was not asked for yet."""

    def send(self, apdu: Apdu) -> Script[None]:
        """Send it.

        Raises:
            Timeout: the other side did not take it (serial lines only; over TCP nobody knows).
        """
        ...

    def receive(self, deadline: float) -> Script[tuple[Apdu | None, float]]:
        """The next packet, or None after one slice or at the deadline; and the time it is.

        Raises:
            ProtocolError: what came is no packet.
        """
        ...

    def forget(self) -> None:
        """Drop what came and was not asked for."""
        ...


class TcpLink:
    """Packets one after another."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def send(self, apdu: Apdu) -> Script[None]:
        """Send it."""
        yield Send(apdu.encode())

    def receive(self, deadline: float) -> Script[tuple[Apdu | None, float]]:
        """The next packet."""
        heard = yield Listen(0)
        self._buffer += heard.received
        until = min(deadline, heard.now + SLICE)
        while (found := apdu_in(self._buffer)) is None:
            if heard.now >= until:
                return None, heard.now
            heard = yield Listen(until - heard.now)
            self._buffer += heard.received
        apdu, size = found
        del self._buffer[:size]
        return apdu, heard.now

    def forget(self) -> None:
        """Drop what came."""
        self._buffer.clear()


class SerialLink:
    """Blocks, each acknowledged; one that is not is sent again, three times in all."""

    def __init__(self) -> None:
        self._unblocking = Unblocking()
        self._waiting: deque[bytes] = deque(maxlen=_MOST_WAITING)
        self._last = b""

    def send(self, apdu: Apdu) -> Script[None]:
        """Send it, until it is acknowledged."""
        data = block(apdu.encode())
        for _ in range(_SENDS):
            yield Send(data)
            if (yield from self._acknowledged()):
                return
        raise Timeout

    def receive(self, deadline: float) -> Script[tuple[Apdu | None, float]]:
        """The next packet."""
        heard = yield Listen(0)
        self._unblocking.feed(heard.received)
        until = min(deadline, heard.now + SLICE)
        while True:
            while (found := self._unblocking.next()) is not None:
                yield from self._take(found)
            if self._waiting:
                return _whole(self._waiting.popleft()), heard.now
            if heard.now >= until:
                return None, heard.now
            heard = yield Listen(until - heard.now)
            self._unblocking.feed(heard.received)

    def forget(self) -> None:
        """Drop what came."""
        self._unblocking.forget()
        self._waiting.clear()
        self._last = b""

    def _acknowledged(self) -> Script[bool]:
        heard = yield Listen(0)
        deadline = heard.now + ACK_WITHIN
        while True:
            self._unblocking.feed(heard.received)
            while (found := self._unblocking.next()) is not None:
                if isinstance(found, int):
                    return found == ACK
                if found and found == self._last:
                    # Our sign was lost, and its sender has not read what we say now: only the sign is wanted again.
                    yield Send(bytes([ACK]))
                    continue
                yield from self._take(found)
            if heard.now >= deadline:
                return False
            heard = yield Listen(deadline - heard.now)

    def _take(self, found: int | bytes) -> Script[None]:
        if isinstance(found, int):
            return
        yield Send(b"\x06" if found else b"\x15")
        if found:
            self._last = found
            self._waiting.append(found)


def _whole(data: bytes) -> Apdu:
    found = apdu_in(data)
    if found is None or found[1] != len(data):
        raise ProtocolError
    return found[0]
