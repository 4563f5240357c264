"""A serial line by a pseudo-terminal, published as a link so that a rig file can name it."""

from __future__ import annotations

import contextlib
import os
import select
import threading
import time
import tty
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Ends = tuple[int, int]
"""Ours and theirs; theirs stays open here too, so that the line is there while nobody listens."""

_TURNAROUND: Final = 0.004
"""Seconds that a small controller takes from the end of a question to the beginning of its answer."""


def plug_in(link: Path) -> Ends:
    """A new pseudo-terminal under the link."""
    ours, theirs = os.openpty()
    # Without this the terminal would echo and turn CR into LF.
    tty.setraw(theirs)
    os.set_blocking(ours, False)
    fresh = link.with_name(f"{link.name}.new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(os.ttyname(theirs))
    fresh.replace(link)
    return ours, theirs


def pull_out(link: Path, ends: Ends) -> None:
    """Let it vanish: whoever reads gets an error, and the link is gone."""
    link.unlink(missing_ok=True)
    for end in ends:
        os.close(end)


class PseudoLine:
    """A line with somebody at its end who answers: `answer` is handed what came and returns what goes back.

    Bytes take the time they take on a wire of `baud`; a pseudo-terminal by itself would carry them at once.
    """

    def __init__(self, link: Path, baud: int, answer: Callable[[bytes], bytes]) -> None:
        self.link = link
        self._byte_lasts = 10 / baud
        self._answer = answer
        self._lock = threading.Lock()
        self._listening: tuple[Ends, threading.Thread, threading.Event] | None = None
        self.plug()

    @property
    def plugged(self) -> bool:
        """Whether the line is there."""
        return self._listening is not None

    def plug(self) -> None:
        """Put the plug in: a new terminal under the same link."""
        with self._lock:
            if self._listening is not None:
                return
            ends, pulled = plug_in(self.link), threading.Event()
            thread = threading.Thread(target=self._listen, args=(ends[0], pulled), name="line", daemon=True)
            self._listening = (ends, thread, pulled)
            thread.start()

    def unplug(self) -> None:
        """Pull the plug; returns when nobody answers any more."""
        with self._lock:
            if self._listening is None:
                return
            (ends, thread, pulled), self._listening = self._listening, None
            pulled.set()
            # Wakes the thread, which waits for a byte from the other side.
            with contextlib.suppress(OSError):
                os.write(ends[1], b"\0")
            thread.join(5)
            pull_out(self.link, ends)

    def _listen(self, ours: int, pulled: threading.Event) -> None:
        while not pulled.is_set():
            select.select([ours], [], [])
            if pulled.is_set():
                return
            try:
                heard = os.read(ours, 4096)
            except OSError:
                return
            back = self._answer(heard)
            if back:
                pulled.wait(len(heard) * self._byte_lasts + _TURNAROUND)
                self._say(ours, back, pulled)

    def _say(self, ours: int, back: bytes, pulled: threading.Event) -> None:
        begun = time.monotonic()
        sent = 0
        while sent < len(back) and not pulled.is_set():
            # As many as have arrived by now; a machine that is slow for a moment catches up.
            due = min(len(back), max(sent + 1, int((time.monotonic() - begun) / self._byte_lasts)))
            pulled.wait(max(0.0, begun + due * self._byte_lasts - time.monotonic()))
            try:
                sent += os.write(ours, back[sent:due])
            except OSError:
                # Nobody has read for so long that the line is full, or it is gone.
                return
