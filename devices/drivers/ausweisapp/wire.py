"""The line to the client: JSON over a websocket on this machine (RFC 6455), by websocket-client."""

from __future__ import annotations

import contextlib
import math
import select
import socket
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import websocket

from devices.drivers.ausweisapp.sdk import LONGEST
from devices.errors import Disconnected, ProtocolError, Timeout
from devices.rig import RigError

if TYPE_CHECKING:
    from collections.abc import Iterator

CONNECT_WITHIN: Final = 1.0
"""Seconds; it is a process on this machine."""
SAY_WITHIN: Final = 0.2
_WHOLE: Final = 0.3
"""Seconds in which the rest of a message comes, once it has begun."""
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_PORT: Final = 24727
"""AusweisApp's own (TR-03124-1, 2.1)."""


@dataclass(frozen=True)
class ClientAddress:
    """Where the client listens."""

    url: str
    host: str
    port: int


def parse_client(text: object) -> ClientAddress:
    """Read the address of the rig file.

    Raises:
        RigError: not a websocket on this machine: PINs go over it in the clear.
    """
    wrong = RigError(
        f"online_ausweis: address must be ws://127.0.0.1:{_PORT}/eID-Kernel, on this machine, not {text!r}"
    )
    if not isinstance(text, str):
        raise wrong
    try:
        parts = urlsplit(text)
        port = parts.port or _PORT
    except ValueError:
        raise wrong from None
    if parts.scheme != "ws" or parts.hostname not in _LOOPBACK or parts.username or parts.query or parts.fragment:
        raise wrong
    return ClientAddress(text, parts.hostname, port)


class _Bounded(socket.socket):
    """A socket that takes in no more than one message's worth, and in no more than so many seconds, once `fresh`."""

    room = LONGEST
    until = math.inf

    def fresh(self, seconds: float) -> None:
        self.room, self.until = LONGEST, time.monotonic() + seconds

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        if self.room <= 0:
            raise ProtocolError
        left = self.until - time.monotonic()
        if left <= 0:  # a byte now and then would be waited for without end
            raise TimeoutError
        self.settimeout(left)
        received = super().recv(min(size, self.room), flags)
        self.room -= len(received)
        return received


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except websocket.WebSocketTimeoutException as error:
        raise Timeout from error
    except (websocket.WebSocketPayloadException, websocket.WebSocketProtocolException) as error:
        raise ProtocolError from error
    except (websocket.WebSocketException, OSError) as error:  # refused, or busy with somebody else (429)
        raise Disconnected from error


class SdkWire:
    """One connection; the client serves one at a time."""

    def __init__(self, address: ClientAddress) -> None:
        with _translated():
            family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
            self._socket = _Bounded(family, socket.SOCK_STREAM)
            try:
                self._socket.settimeout(CONNECT_WITHIN)
                self._socket.fresh(CONNECT_WITHIN)
                self._socket.connect((address.host, address.port))
                self._websocket = websocket.WebSocket(enable_multithread=False)
                self._websocket.connect(  # type: ignore[no-untyped-call] # its own types are half done
                    address.url,
                    socket=self._socket,
                    suppress_origin=True,
                    redirect_limit=0,
                    header=["User-Agent: citizen-kiosk"],
                )
            except BaseException:
                self._socket.close()
                raise

    def say(self, text: str) -> None:
        """Send a message.

        Raises:
            TransportError: nobody takes it.
        """
        with _translated():
            self._websocket.settimeout(SAY_WITHIN)
            self._websocket.send(text)

    def hear(self, timeout: float) -> str | None:
        """The next message; None if none begins within `timeout` seconds.

        Raises:
            TransportError: the client ended, or stopped in the middle of a message.
            ProtocolError: what came is no message, or too long for one.
        """
        with _translated():
            try:
                readable, _, _ = select.select((self._socket,), (), (), timeout)
            except ValueError:  # closed
                raise Disconnected from None
            if not readable:
                return None
            self._socket.fresh(_WHOLE)
            kind, octets = self._websocket.recv_data(control_frame=True)
        if kind in (websocket.ABNF.OPCODE_PING, websocket.ABNF.OPCODE_PONG):
            return None
        if kind == websocket.ABNF.OPCODE_CLOSE:
            raise Disconnected
        if kind != websocket.ABNF.OPCODE_TEXT:
            raise ProtocolError
        try:
            return bytes(octets).decode("utf-8")
        except UnicodeDecodeError:
            raise ProtocolError from None

    def close(self) -> None:
        """Let go; never raises."""
        with contextlib.suppress(OSError):
            self._socket.close()
