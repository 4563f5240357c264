"""A code scanner at the other end of a pseudo-terminal, published as a link so that a rig file can name it."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from typing import TYPE_CHECKING, Final

from devices.simulators.pseudo_line import Ends, plug_in, pull_out

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MAX_SENT: Final = 8192
"""Bytes one scan may send; more than the driver takes, so that its bounds can be tried."""

_BYTE_GAP: Final = 0.002


class Scanner:
    """Sends codes as a scanner does: unasked, ended by CR unless told otherwise."""

    def __init__(self, link: Path) -> None:
        self._link = link
        self._lock = threading.Lock()
        self._ends: Ends | None = None
        self._scans = 0
        self.plug()

    @property
    def plugged(self) -> bool:
        """Whether the line is there."""
        return self._ends is not None

    def plug(self) -> None:
        """Appear: a new pseudo-terminal under the same link."""
        with self._lock:
            if self._ends is not None:
                return
            self._ends = plug_in(self._link)

    def unplug(self) -> None:
        """Vanish: whoever reads gets an error, and the link is gone."""
        with self._lock:
            ends, self._ends = self._ends, None
            if ends is not None:
                pull_out(self._link, ends)

    def send(self, code: bytes, *, terminator: bytes = b"\r", one_by_one: bool = False) -> bool:
        """Scan a code; False when unplugged, or when nobody has read for so long that the line is full."""
        sent = code[:MAX_SENT] + terminator
        with self._lock:
            if self._ends is None:
                return False
            self._scans += 1
            try:
                if not one_by_one:
                    return self._write(sent)
                for byte in sent:
                    if not self._write(bytes([byte])):
                        return False
                    time.sleep(_BYTE_GAP)
            except BlockingIOError:
                return False
            return True

    def state(self) -> Mapping[str, object]:
        """What the dock shows."""
        return {"plugged": self.plugged, "path": str(self._link), "scans": self._scans}

    def close(self) -> None:
        """Take the line down."""
        with contextlib.suppress(OSError):
            self.unplug()

    def _write(self, data: bytes) -> bool:
        if self._ends is None:
            return False
        rest = memoryview(data)
        # A pseudo-terminal takes about four thousand bytes before someone has to read.
        give_up = time.monotonic() + 1.0
        while rest:
            try:
                rest = rest[os.write(self._ends[0], rest) :]
            except BlockingIOError:
                if time.monotonic() > give_up:
                    return False
                time.sleep(_BYTE_GAP)
        return True
