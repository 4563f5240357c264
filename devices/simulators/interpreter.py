"""The printer's end of ESC/POS, without I/O: bytes in, things that happen on paper out.

Written from Epson's command reference, not from our driver: it knows commands that the driver never sends, and passes
over those it does not know as a printer does. Real-time commands are picked out of the stream by `RealTimeFilter`
first, because a printer obeys them even in the middle of other data.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

ESC, GS, FS, DLE = 0x1B, 0x1D, 0x1C, 0x10

LINE_SPACING: Final = 30
"""Dots from one line to the next, unless ESC 3 says otherwise."""

CODE_PAGES: Final = {
    0: "cp437", 2: "cp850", 3: "cp860", 4: "cp863", 5: "cp865", 13: "cp857", 14: "cp737", 15: "iso8859_7",
    16: "cp1252", 17: "cp866", 18: "cp852", 19: "cp858", 21: "cp874", 32: "cp720", 33: "cp775", 34: "cp855",
    35: "cp861", 36: "cp862", 37: "cp864", 38: "cp869", 39: "iso8859_2", 40: "iso8859_15", 44: "cp1125",
    45: "cp1250", 46: "cp1251", 47: "cp1253", 48: "cp1254", 49: "cp1255", 50: "cp1256", 51: "cp1257", 52: "cp1258",
}  # fmt: skip
"""n of ESC t n, to Python's name of the page."""


@dataclass(frozen=True)
class Style:
    """How letters look; `width` and `height` multiply the 12 x 24 dots of font A (9 x 17 of `small`, font B)."""

    bold: bool = False
    underline: bool = False
    inverse: bool = False
    small: bool = False
    width: int = 1
    height: int = 1


@dataclass(frozen=True)
class Row:
    """A line of text: pieces with their styles. `align` is 0 left, 1 centred, 2 right, here and below."""

    pieces: tuple[tuple[str, Style], ...]
    align: int
    spacing: int


@dataclass(frozen=True)
class Dots:
    """A picture: one bit a dot, rows padded to whole bytes, 1 is black."""

    width_bytes: int
    height: int
    bits: bytes
    align: int
    wide: int
    high: int


@dataclass(frozen=True)
class QrCode:
    """A code that the printer draws itself; `module` in dots, `level` 48 (L) to 51 (H)."""

    payload: bytes
    module: int
    level: int
    align: int


@dataclass(frozen=True)
class Feed:
    """Empty paper, in dots."""

    dots: int


@dataclass(frozen=True)
class Cut:
    """The blade."""

    partial: bool


@dataclass(frozen=True)
class StatusAsked:
    """GS r n: answer now that all before it is done."""

    n: int


Happening = Row | Dots | QrCode | Feed | Cut | StatusAsked

_ESC_ARGUMENTS: Final = {
    b"@": 0, b"2": 0, b"<": 0, b"L": 0, b"S": 0, b"a": 1, b"t": 1, b"!": 1, b"E": 1, b"G": 1, b"-": 1, b"M": 1,
    b"{": 1, b"R": 1, b"3": 1, b"d": 1, b"J": 1, b"V": 1, b" ": 1, b"=": 1, b"r": 1, b"e": 1, b"K": 1, b"T": 1,
    b"U": 1, b"$": 2, b"\\": 2, b"p": 3, b"c": 2,
}  # fmt: skip
_GS_ARGUMENTS: Final = {
    b"!": 1, b"B": 1, b"b": 1, b"a": 1, b"r": 1, b"I": 1, b"h": 1, b"w": 1, b"H": 1, b"f": 1, b"/": 1, b"L": 2,
    b"W": 2, b"P": 2, b"$": 2, b"\\": 2, b"T": 1, b":": 0,
}  # fmt: skip


class Interpreter:
    """Feed it bytes in any pieces."""

    def __init__(self) -> None:
        self._waiting = bytearray()
        self.clear()

    def clear(self) -> None:
        """Forget half a command and half a line, and stand as after switching on (ESC @)."""
        self._waiting.clear()
        self._initialise()

    def feed(self, data: bytes) -> list[Happening]:
        """What these bytes complete."""
        self._waiting += data
        happened: list[Happening] = []
        while self._waiting:
            taken, events = self._one(bytes(self._waiting[:8]))
            if taken == 0:
                break
            del self._waiting[:taken]
            happened += events
        return happened

    def _initialise(self) -> None:
        self._style = Style()
        self._align = 0
        self._page = "cp437"
        self._spacing = LINE_SPACING
        self._pieces: list[tuple[str, Style]] = []
        self._module, self._level, self._stored = 3, 48, b""

    def _one(self, head: bytes) -> tuple[int, list[Happening]]:
        """How many bytes the first thing in the buffer takes (0: wait for more), and what it does."""
        first = head[0]
        if first == ESC:
            return self._escape(head)
        if first == GS:
            return self._group(head)
        if first == FS:
            return (0, []) if len(head) < 2 else (2 if head[1:2] in b"&." else 3, [])
        if first == 0x0A:
            return 1, [self._line()]
        if first == 0x09:
            column = sum(len(text) for text, _ in self._pieces)
            self._pieces.append((" " * (8 - column % 8), self._style))
        elif first >= 0x20:
            self._pieces.append((bytes([first]).decode(self._page, "replace"), self._style))
        return 1, []

    def _line(self) -> Row:
        row = Row(tuple(self._pieces), self._align, self._spacing)
        self._pieces = []
        return row

    def _escape(self, head: bytes) -> tuple[int, list[Happening]]:
        if len(head) < 2:
            return 0, []
        verb = head[1:2]
        if verb == b"*":
            return self._column_picture(head)
        count = _ESC_ARGUMENTS.get(verb, 1)
        if len(head) < 2 + count:
            return 0, []
        n = head[2] if count else 0
        events: list[Happening] = []
        match verb:
            case b"@":
                self._initialise()
            case b"a":
                self._align = n % 48 if n % 48 < 3 else 0
            case b"t":
                self._page = CODE_PAGES.get(n, "cp437")
            case b"!":
                self._style = Style(
                    bold=bool(n & 0x08), underline=bool(n & 0x80), inverse=self._style.inverse, small=bool(n & 1),
                    width=2 if n & 0x20 else 1, height=2 if n & 0x10 else 1,
                )  # fmt: skip
            case b"E" | b"G":
                self._style = replace(self._style, bold=bool(n & 1))
            case b"-":
                self._style = replace(self._style, underline=n % 48 in (1, 2))
            case b"M":
                self._style = replace(self._style, small=n % 48 == 1)
            case b"3":
                self._spacing = n
            case b"2":
                self._spacing = LINE_SPACING
            case b"d":
                events = [*self._pending(), Feed(n * self._spacing)]
            case b"J":
                events = [*self._pending(), Feed(n)]
            case _:
                pass
        return 2 + count, events

    def _group(self, head: bytes) -> tuple[int, list[Happening]]:
        if len(head) < 2:
            return 0, []
        match head[1:2]:
            case b"(":
                return self._extended()
            case b"v":
                return self._raster()
            case b"V":
                return self._cut(head)
            case b"k":
                return self._barcode(head)
        count = _GS_ARGUMENTS.get(head[1:2], 1)
        if len(head) < 2 + count:
            return 0, []
        n = head[2] if count else 0
        events: list[Happening] = []
        match head[1:2]:
            case b"!":
                self._style = replace(self._style, width=(n >> 4 & 7) + 1, height=(n & 7) + 1)
            case b"B":
                self._style = replace(self._style, inverse=bool(n & 1))
            case b"r":
                events = [StatusAsked(n)]
            case _:
                pass
        return 2 + count, events

    def _cut(self, head: bytes) -> tuple[int, list[Happening]]:
        if len(head) < 3:
            return 0, []
        mode = head[2]
        if mode < 65:
            return 3, [*self._pending(), Cut(partial=mode in (1, 49))]
        if len(head) < 4:
            return 0, []
        # Function B feeds to the blade, and n dots more.
        return 4, [*self._pending(), Feed(4 * LINE_SPACING + head[3]), Cut(partial=mode == 66)]

    def _barcode(self, head: bytes) -> tuple[int, list[Happening]]:
        # One-dimensional codes are taken in and not drawn: no receipt of a kiosk carries one.
        if len(head) < 4:
            return 0, []
        if head[2] >= 65:
            size = 4 + head[3]
            return (size if len(self._waiting) >= size else 0), []
        end = self._waiting.find(0, 3)
        return (end + 1 if end >= 0 else 0), []

    def _raster(self) -> tuple[int, list[Happening]]:
        held = self._waiting
        if len(held) < 8:
            return 0, []
        mode, width, height = held[3], held[4] + 256 * held[5], held[6] + 256 * held[7]
        size = 8 + width * height
        if len(held) < size:
            return 0, []
        dots = Dots(width, height, bytes(held[8:size]), self._align, 2 if mode & 1 else 1, 2 if mode & 2 else 1)
        return size, [*self._pending(), dots]

    def _column_picture(self, head: bytes) -> tuple[int, list[Happening]]:
        if len(head) < 5:
            return 0, []
        size = 5 + (head[3] + 256 * head[4]) * (3 if head[2] >= 32 else 1)
        return (size if len(self._waiting) >= size else 0), []

    def _extended(self) -> tuple[int, list[Happening]]:
        held = self._waiting
        if len(held) < 5:
            return 0, []
        size = 5 + held[3] + 256 * held[4]
        if len(held) < size:
            return 0, []
        body = bytes(held[5:size])
        # GS ( k, cn 49: QR code. fn 65 model, 67 module size, 69 level, 80 store, 81 print.
        if held[2:3] == b"k" and len(body) >= 2 and body[0] == 49:
            match body[1]:
                case 67 if len(body) > 2:
                    self._module = body[2]
                case 69 if len(body) > 2:
                    self._level = body[2]
                case 80:
                    self._stored = body[3:]
                case 81 if self._stored:
                    return size, [*self._pending(), QrCode(self._stored, self._module, self._level, self._align)]
                case _:
                    pass
        return size, []

    def _pending(self) -> Iterator[Row]:
        if self._pieces:
            yield self._line()


@dataclass(frozen=True)
class RealTime:
    """A command obeyed at once: `verb` is 4 (status), 5 (recover) or 20 (pulse, power, clear), `n` its first byte."""

    verb: int
    n: int


class RealTimeFilter:
    """Takes real-time commands out of the stream, wherever they stand."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, data: bytes) -> tuple[bytes, list[RealTime]]:
        """The bytes that are left for the buffer, and the commands."""
        self._held += data
        left, commands = bytearray(), []
        while self._held:
            at = self._held.find(DLE)
            if at < 0:
                left += self._held
                self._held.clear()
                break
            left += self._held[:at]
            del self._held[:at]
            size = _real_time_size(self._held)
            if size is None:
                break
            if size == 0:
                left.append(self._held.pop(0))
                continue
            commands.append(RealTime(self._held[1], self._held[2]))
            del self._held[:size]
        return bytes(left), commands


def _real_time_size(held: bytes | bytearray) -> int | None:
    """The size of the command that begins here; 0 if it is none, None if more bytes are needed."""
    if len(held) < 2:
        return None
    if held[1] not in (4, 5, 20):
        return 0
    if len(held) < 3:
        return None
    if held[1] != 20:
        return 3
    # fn 1 pulse (m, t), fn 2 power off (a, b), fn 8 clear (seven fixed bytes), others take three.
    size = {1: 5, 2: 5, 8: 10}.get(held[2], 5)
    return size if len(held) >= size else None
