"""Tells the service manager that the kiosk lives: only while every thread gets on with its work (sd_notify(3))."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

OVERDUE_SECONDS = 20.0
"""A thread that did not beat for so long is stuck: no wait in the program takes longer than half of this."""


class Watchdog:
    """Feeds the service manager's watchdog from the main thread."""

    def __init__(self, address: str | None, clock: Callable[[], float]) -> None:
        self._address = address
        self._clock = clock
        self._beats: dict[str, float] = {}

    def beat(self, thread: str) -> None:
        """`thread` is alive now; it is watched from its first beat on."""
        self._beats[thread] = self._clock()

    def overdue(self) -> tuple[str, ...]:
        """The threads that should have beaten long ago."""
        now = self._clock()
        return tuple(name for name, at in self._beats.items() if now - at > OVERDUE_SECONDS)

    def ready(self) -> None:
        """The first frame is drawn."""
        self._say("READY=1")

    def feed(self) -> None:
        """Say that all is well, if it is."""
        if not self.overdue():
            self._say("WATCHDOG=1")

    def _say(self, words: str) -> None:
        if not self._address:
            return
        import socket  # noqa: PLC0415 - seldom needed, never before the first frame

        name = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            try:
                line.sendto(words.encode(), name)
            except OSError:
                return  # without a service manager at the other end nobody wants to know


def address_of_service_manager() -> str | None:
    """Where the service manager listens, if one started us."""
    return os.environ.get("NOTIFY_SOCKET")
