"""The other side of a websocket (RFC 6455) for one small simulator: the handshake, and messages of text."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator, Mapping
    from typing import BinaryIO

_LONGEST: Final = 65_536
_LINES: Final = 64
_MAGIC: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
"""RFC 6455, 1.3."""
_TEXT, _CLOSE, _PING = 0x1, 0x8, 0x9


@dataclass(frozen=True)
class Request:
    """The head of an HTTP request."""

    path: str
    headers: Mapping[str, str]


def request(stream: BinaryIO) -> Request | None:
    """The head of a request; None if it is none."""
    words = stream.readline(_LONGEST).decode("latin-1").split()
    headers: dict[str, str] = {}
    for _ in range(_LINES):
        line = stream.readline(_LONGEST).decode("latin-1").strip()
        if not line:
            break
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    return Request(words[1], headers) if len(words) == 3 and words[0] == "GET" else None


def answer(status: str, body: bytes = b"", kind: str = "application/json") -> bytes:
    """A whole HTTP answer."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return head.encode("ascii") + body


def welcome(key: str) -> bytes:
    """The answer that makes a websocket of a connection."""
    accepted = base64.b64encode(hashlib.sha1(key.encode("ascii") + _MAGIC, usedforsecurity=False).digest())
    head = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
    return head + accepted + b"\r\n\r\n"


def said(message: Mapping[str, Any]) -> bytes:
    """A message as a frame."""
    octets = json.dumps(message).encode("utf-8")
    length = bytes((len(octets),)) if len(octets) < 126 else b"\x7e" + len(octets).to_bytes(2, "big")
    return bytes((0x80 | _TEXT,)) + length + octets


def heard(connection: socket.socket, stream: BinaryIO) -> Iterator[Mapping[str, Any]]:
    """The messages of a client until it closes; what is none ends them too."""
    while len(head := stream.read(2)) == 2:
        kind, length = head[0] & 0x0F, head[1] & 0x7F
        if length >= 126:
            length = int.from_bytes(stream.read(2 if length == 126 else 8), "big")
        if length > _LONGEST or not head[1] & 0x80:  # a client must mask what it says
            return
        mask = stream.read(4)
        octets = bytes(octet ^ mask[at % 4] for at, octet in enumerate(stream.read(length)))
        if kind == _PING:
            connection.sendall(bytes((0x8A, len(octets))) + octets)
        elif kind == _TEXT:
            try:
                message = json.loads(octets)
            except ValueError:
                return
            if not isinstance(message, dict):
                return
            yield message
        elif kind == _CLOSE:
            return
