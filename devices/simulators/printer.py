"""A receipt printer on a TCP port: buffer, mechanics, sensors and faults, and a tray where printed slips lie."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from devices.simulators.interpreter import Cut, Happening, Interpreter, RealTime, RealTimeFilter, Row, StatusAsked
from devices.simulators.listener import Listener
from devices.simulators.paper import DOTS_PER_MM, Pen, picture

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from PIL import Image

BUFFER: Final = 65536
"""Bytes the printer holds; then it stops taking more, as the real one does."""

_KEPT: Final = 30
"""Slips the tray remembers."""

_LONGEST_MM: Final = 3000
_CLEARED: Final = b"\x37\x25\x00"


class Paper(StrEnum):
    """What the two paper sensors see."""

    OK = "ok"
    NEAR_END = "near_end"
    OUT = "out"


@dataclass(frozen=True)
class Slip:
    """A piece of paper that came out; `complete` when the printer cut it, else somebody tore it off."""

    number: int
    complete: bool
    text: str
    png: bytes
    taken: bool = False


class Printer:
    """`speed` in millimetres a second; all methods may be called from any thread."""

    def __init__(self, port: int, speed: float, faces: Sequence[Path]) -> None:
        self._speed = speed
        self._pen = Pen(faces)
        self._changed = threading.Condition()
        self._buffer = bytearray()
        self._cleared = 0
        self._callers: list[socket.socket] = []
        self._paper = Paper.OK
        self._paper_left: float | None = None
        self._cover_open = False
        self._cutter_jams = False
        self._cutter_stuck = False
        self._silent = False
        self._ending = False
        self._strips: list[Image.Image] = []
        self._text: list[str] = []
        self._slips: list[Slip] = []
        self._count = 0
        self._interpreter = Interpreter()
        self._listener = Listener(port, self._take_bytes)
        self.port = self._listener.port
        self._engine = threading.Thread(target=self._print, name="printer", daemon=True)
        self._engine.start()

    # What a person does to it.

    def set_paper(self, paper: Paper) -> None:
        """Put paper in, or take it away; a slip half printed is torn off with the old roll."""
        with self._changed:
            self._paper, self._paper_left = paper, None
            self._tear_off()
            self._changed.notify_all()

    def set_paper_left(self, millimetres: float) -> None:
        """Let the roll end after so much more paper."""
        with self._changed:
            self._paper, self._paper_left = Paper.NEAR_END, millimetres
            self._changed.notify_all()

    def set_cover(self, *, opened: bool) -> None:
        """Open or close the cover; who opens it pulls out the slip in it."""
        with self._changed:
            self._cover_open = opened
            self._tear_off()
            self._changed.notify_all()

    def set_cutter(self, *, jams: bool) -> None:
        """Let the next cut jam, or free the blade."""
        with self._changed:
            self._cutter_jams = jams
            if not jams:
                self._cutter_stuck = False
            self._changed.notify_all()

    def set_silent(self, *, silent: bool) -> None:
        """Switch it off at its button, or on: its network port stays, but nobody answers and the buffer is lost."""
        with self._changed:
            self._silent = silent
            self._clear()
            self._tear_off()
            self._changed.notify_all()

    def plug(self) -> None:
        """Put the network cable in."""
        self._listener.open()

    def unplug(self) -> None:
        """Pull the network cable: it goes on printing what it has."""
        self._listener.close()

    def take(self) -> list[int]:
        """Take the paper away; returns the numbers of the slips that lay there."""
        with self._changed:
            taken = [slip.number for slip in self._slips if not slip.taken]
            self._slips = [replace(slip, taken=True) for slip in self._slips]
            return taken

    def slip(self, number: int) -> Slip | None:
        """A slip by its number."""
        with self._changed:
            return next((slip for slip in self._slips if slip.number == number), None)

    def state(self) -> Mapping[str, object]:
        """What the dock shows."""
        with self._changed:
            return {
                "plugged": self._listener.listening,
                "port": self.port,
                "paper": self._paper.value,
                "paper_left_mm": self._paper_left,
                "cover": "open" if self._cover_open else "closed",
                "cutter": "jammed" if self._cutter_jams else "ok",
                "silent": self._silent,
                "offline": self._stopped(),
                "receipts": [
                    {
                        "number": slip.number,
                        "complete": slip.complete,
                        "taken": slip.taken,
                        "text": slip.text,
                        "picture": f"/printer/receipts/{slip.number}.png",
                    }
                    for slip in self._slips
                ],
            }

    def close(self) -> None:
        """End."""
        with self._changed:
            self._ending = True
            self._changed.notify_all()
        self._listener.close()
        self._engine.join(5)

    # What it does by itself. Everything below that touches its state holds `_changed`.

    def _take_bytes(self, caller: socket.socket) -> None:
        real_time = RealTimeFilter()
        with self._changed:
            self._callers.append(caller)
        try:
            while received := caller.recv(4096):
                data, commands = real_time.feed(received)
                with self._changed:
                    if self._silent:
                        continue
                    for command in commands:
                        self._obey(command, caller)
                    while len(self._buffer) > BUFFER and not self._ending and self._listener.listening:
                        self._changed.wait(0.1)
                    self._buffer += data
                    self._changed.notify_all()
        finally:
            with self._changed:
                self._callers.remove(caller)

    def _obey(self, command: RealTime, caller: socket.socket) -> None:
        match command:
            case RealTime(4, n):
                _answer(caller, bytes([self._status(n)]))
            case RealTime(5, n) if n in (1, 2):
                if not self._cutter_jams:
                    self._cutter_stuck = False
                if n == 2:
                    self._clear()
            case RealTime(20, 8):
                self._clear()
                _answer(caller, _CLEARED)
            case _:
                pass

    def _status(self, n: int) -> int:
        status = 0x12
        match n:
            case 1:
                status |= 0x08 if self._stopped() else 0
            case 2:
                status |= 0x04 if self._cover_open else 0
                status |= 0x20 if self._paper is Paper.OUT else 0
                status |= 0x40 if self._cutter_stuck else 0
            case 3:
                status |= 0x08 if self._cutter_stuck else 0
            case 4:
                status |= 0x0C if self._paper is not Paper.OK else 0
                status |= 0x60 if self._paper is Paper.OUT else 0
            case _:
                pass
        return status

    def _stopped(self) -> bool:
        return self._cover_open or self._paper is Paper.OUT or self._cutter_stuck

    def _clear(self) -> None:
        self._buffer.clear()
        self._interpreter.clear()
        self._cleared += 1

    def _print(self) -> None:
        while True:
            with self._changed:
                while not self._ending and (not self._buffer or self._stopped() or self._silent):
                    self._changed.wait()
                if self._ending:
                    return
                piece = bytes(self._buffer[:256])
                del self._buffer[:256]
                self._changed.notify_all()
                happened = self._interpreter.feed(piece)
                era = self._cleared
            for happening in happened:
                if not self._let_happen(happening, era):
                    break

    def _let_happen(self, happening: Happening, era: int) -> bool:
        """Do one thing, waiting for the mechanics and for whoever must close the cover first; False when cleared."""
        with self._changed:
            while not self._ending and self._cleared == era and (self._stopped() or self._silent):
                self._changed.wait()
            if self._ending or self._cleared != era:
                return False
            match happening:
                case Cut():
                    self._cut()
                    return True
                case StatusAsked(n):
                    self._report(n)
                    return True
                case moved:
                    strip = self._pen.draw(moved)
                    self._strips.append(strip)
                    if isinstance(moved, Row):
                        self._text.append("".join(text for text, _ in moved.pieces))
            millimetres = strip.height / DOTS_PER_MM
            self._use_paper(millimetres)
            # The paper moves meanwhile; whoever opens the cover now, opens it in the middle.
            self._changed.wait_for(lambda: self._ending, millimetres / self._speed)
            return True

    def _use_paper(self, millimetres: float) -> None:
        if self._paper_left is not None:
            self._paper_left -= millimetres
            if self._paper_left <= 0:
                self._paper, self._paper_left = Paper.OUT, None
        if sum(strip.height for strip in self._strips) > _LONGEST_MM * DOTS_PER_MM:
            self._tear_off()

    def _cut(self) -> None:
        if self._cutter_jams:
            self._cutter_stuck = True
            return
        self._drop(complete=True)

    def _tear_off(self) -> None:
        if self._strips:
            self._drop(complete=False)

    def _drop(self, *, complete: bool) -> None:
        self._count += 1
        png = picture(self._strips, torn=not complete)
        self._slips = [*self._slips, Slip(self._count, complete, "\n".join(self._text), png)][-_KEPT:]
        self._strips, self._text = [], []

    def _report(self, n: int) -> None:
        if n in (1, 49):
            low = {Paper.OK: 0x00, Paper.NEAR_END: 0x03, Paper.OUT: 0x0F}[self._paper]
            for caller in self._callers:
                _answer(caller, bytes([low]))


def _answer(caller: socket.socket, data: bytes) -> None:
    with contextlib.suppress(OSError):
        caller.sendall(data)
