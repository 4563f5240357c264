"""The card process as the kiosk holds it: started, listened to, spoken to, and ended at once whatever it does."""

from __future__ import annotations

import contextlib
import os
import select
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Final

from devices.drivers.pcsc_reader.frames import Framer, decode, encode
from devices.drivers.pcsc_reader.messages import FROM_CHILD
from devices.errors import Disconnected

if TYPE_CHECKING:
    from devices.drivers.pcsc_reader.messages import FromChild

_READ_AT_MOST: Final = 65536
_PACE: Final = 0.05
"""Seconds for which a full pipe is waited for before somebody is asked whether to go on."""


class CardProcess:
    """One process of `devices.drivers.pcsc_reader`, and the pipe to it."""

    def __init__(self, pattern: str, socket: str, trust: str) -> None:
        environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "LC_ALL") if name in os.environ}
        if socket:
            environment["PCSCLITE_CSOCK_NAME"] = socket
        # its complaints would be Python's, with what a card said in them: nobody hears them
        self._process = subprocess.Popen(  # noqa: S603 - ourselves, no shell
            [sys.executable, "-m", "devices.drivers.pcsc_reader", pattern, trust],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**environment, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONSAFEPATH": "1"},
            bufsize=0,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._to, self._from = self._process.stdin, self._process.stdout
        self._framer = Framer()
        self._heard: list[bytes] = []
        self._open = True

    @property
    def number(self) -> int:
        """Its process id, for a technician."""
        return self._process.pid

    def say(self, word: object) -> None:
        """Tell it something; it always listens, so that this waits for nobody.

        Raises:
            Disconnected: it is dead.
        """
        try:
            self._to.write(encode(word))
        except OSError as error:
            raise Disconnected from error

    def hear(self, timeout: float) -> FromChild | None:
        """The next thing it says within `timeout` seconds, or None.

        Raises:
            Disconnected: it is dead and has said all it had to.
            ProtocolError: it said nonsense.
        """
        deadline = time.monotonic() + timeout
        while not self._heard:
            if not self._open:
                raise Disconnected
            ready, _, _ = select.select([self._from], [], [], max(deadline - time.monotonic(), 0.0))
            if not ready:
                return None
            received = self._from.read(_READ_AT_MOST)
            if not received:
                raise Disconnected
            self._heard.extend(self._framer.feed(received))
        return decode(self._heard.pop(0), FROM_CHILD)

    def end(self) -> None:
        """End it, whatever it does; PC/SC then resets the card it had."""
        self._open = False
        with contextlib.suppress(OSError):
            self._process.kill()
        self._process.wait()
        for stream in (self._to, self._from):
            with contextlib.suppress(OSError):
                stream.close()
