"""How one sees from outside that a process does its work."""

from __future__ import annotations

import http.client
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path

LOOPBACK = "127.0.0.1"
ANSWER_SECONDS = 5.0


class Ready(Protocol):
    """A look from outside."""

    def __call__(self) -> bool:
        """Say whether the process does its work by now."""
        ...


@dataclass(frozen=True)
class PortAnswers:
    """Someone accepts connections on this port of this machine."""

    port: int

    def __call__(self) -> bool:
        """Connect and hang up."""
        try:
            with socket.create_connection((LOOPBACK, self.port), timeout=ANSWER_SECONDS):
                return True
        except OSError:
            return False


@dataclass(frozen=True)
class PageAnswers:
    """A page is served without a server error."""

    port: int
    path: str = "/"

    def __call__(self) -> bool:
        """Ask for the page once."""
        line = http.client.HTTPConnection(LOOPBACK, self.port, timeout=ANSWER_SECONDS)
        try:
            line.request("GET", self.path)
            return line.getresponse().status < http.HTTPStatus.INTERNAL_SERVER_ERROR
        except (OSError, http.client.HTTPException):
            return False
        finally:
            line.close()


@dataclass(frozen=True)
class FileExists:
    """A file or socket has appeared."""

    path: Path

    def __call__(self) -> bool:
        """Look for it."""
        return self.path.exists()


class Notified:
    """The process says itself that it is ready, as it would to systemd (sd_notify(3)), at a socket of ours.

    Call it as long as the process runs: whoever talks to a socket that nobody reads gets stuck.
    """

    def __init__(self, address: Path) -> None:
        self._ready = False
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.settimeout(0)
        self._socket.bind(str(address))

    def __call__(self) -> bool:
        """Hear everything that was said by now."""
        while True:
            try:
                said = self._socket.recv(4096)
            except BlockingIOError:
                return self._ready
            self._ready = self._ready or b"READY=1" in said.split(b"\n")

    def close(self) -> None:
        """Stop listening."""
        self._socket.close()


def at_once() -> bool:
    """Wait for nothing: its work can't be seen from outside, and a fall is noticed later."""
    return True


def is_taken(port: int) -> bool:
    """Say whether a port of this machine is in use; a connection that is just being closed does not count."""
    with socket.socket() as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((LOOPBACK, port))
        except OSError:
            return True
        return False
