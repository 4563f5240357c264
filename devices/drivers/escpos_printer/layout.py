"""A receipt as the printer's bytes, without I/O; python-escpos knows the commands and code pages.

Latin text goes out in code page 1252 (umlauts, the euro sign, quotation marks) and, where that lacks a letter, in
another page of the printer's profile. Text that runs from right to left or is in no page is drawn as a picture.
"""

from __future__ import annotations

import shutil
import textwrap
import unicodedata
from typing import TYPE_CHECKING, Any, Final

import qrcode
from escpos import capabilities
from escpos.printer import Dummy
from PIL import Image, ImageDraw, ImageFont

from devices.drivers.escpos_printer.frames import QUIET, REAL_TIME_HEADS
from devices.receipts import Gap, Line, Pair, Qr, Receipt, Rule, Text, Title

if TYPE_CHECKING:
    from pathlib import Path

# python-escpos leaves a cache of its printer table in a new temporary directory at every start and never reads it back.
shutil.rmtree(capabilities.pickle_dir, ignore_errors=True)

PIECE: Final = 512
"""Bytes after which the printer is asked how it is, if a command ends there: a small printer's buffer holds 4096."""

DOTS_PER_COLUMN: Final = 12
"""Font A is 12 dots wide, at 203 dots an inch on nearly every receipt printer."""

_DOTS_PER_MM: Final = 8
_QR_MM: Final = 25
_QR_LEVEL: Final = 1
"""M: 15 % of a code may be unreadable; paper in a purse gets creased."""

_PICTURE_TEXT_HEIGHT: Final = 24
_RIGHT_TO_LEFT: Final = ("R", "AL", "AN")


def job(receipt: Receipt, columns: int, profile: str, picture_font: Path | None) -> tuple[bytes, ...]:
    """All bytes of one receipt, from the initialisation to the cut, in pieces that end where a command ends.

    Between two pieces the printer can be asked how it is; within a command it would take the question for data.

    Text in no code page is drawn with `picture_font`; without one its letters come out as question marks.
    """
    layout = _Layout(columns, profile, picture_font)
    for line in receipt.lines:
        layout.add(line)
    return layout.finish()


def profiles() -> list[str]:
    """The printers that python-escpos has a table for."""
    return sorted(capabilities.CAPABILITIES["profiles"])


class _Layout:
    def __init__(self, columns: int, profile: str, picture_font: Path | None) -> None:
        self._columns = columns
        self._font = picture_font
        self._escpos: Any = Dummy(profile=profile)
        self._encoder = self._escpos.magic.encoder
        self._pages = tuple(self._encoder.codepages)
        # python-escpos tries the pages it used before first; so this one is tried before 437, which lacks the euro.
        if "CP1252" in self._pages:
            self._encoder.used_encodings.add("CP1252")
        self._escpos.hw("INIT")
        self._pieces = [self._taken() + QUIET]

    def add(self, line: Line) -> None:
        """Lay out one line of the receipt."""
        match line:
            case Title(text):
                self._words(text, self._columns // 2, align="center", bold=True, double_height=True, double_width=True)
            case Text(text, bold, centred):
                self._words(text, self._columns, align="center" if centred else "left", bold=bold)
            case Pair(label, value):
                self._pair(_printable(label), _printable(value))
            case Rule():
                self._escpos.text("─" * self._columns + "\n")
            case Gap():
                self._escpos.text("\n")
            case Qr(payload):
                self._qr(_printable(payload))
        self._end_piece(self._taken())

    def finish(self) -> tuple[bytes, ...]:
        """Feed the paper past the blade and cut, leaving a bridge so that the slip does not fall."""
        self._escpos.cut(mode="PART")
        self._end_piece(self._taken())
        return tuple(self._pieces)

    def _end_piece(self, piece: bytes) -> None:
        # Short lines travel together.
        if len(self._pieces[-1]) + len(piece) <= PIECE:
            self._pieces[-1] += piece
        else:
            self._pieces.append(piece)

    def _taken(self) -> bytes:
        taken = bytes(self._escpos.output)
        self._escpos.clear()
        return taken

    def _words(self, text: str, columns: int, **style: bool | str) -> None:
        self._escpos.set(**style)
        for paragraph in text.split("\n"):
            clean = _printable(paragraph)
            if self._needs_picture(clean):
                self._picture(clean, bold=bool(style.get("bold")))
                continue
            for row in textwrap.wrap(self._spelt(clean), columns) or [""]:
                self._escpos.text(row + "\n")
        self._escpos.set_with_default()

    def _pair(self, label: str, value: str) -> None:
        if self._needs_picture(label + value):
            self._picture(f"{label} {value}", bold=False)
            return
        label, value = self._spelt(label), self._spelt(value)
        if len(label) + 1 + len(value) <= self._columns:
            self._escpos.text(label + value.rjust(self._columns - len(label)) + "\n")
        else:
            for row in textwrap.wrap(label, self._columns):
                self._escpos.text(row + "\n")
            for row in textwrap.wrap(value, self._columns - 2):
                self._escpos.text(row.rjust(self._columns) + "\n")

    def _qr(self, payload: str) -> None:
        code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M)
        code.add_data(payload)
        code.make(fit=True)
        modules = code.modules_count
        width = self._columns * DOTS_PER_COLUMN
        # Rounded up to at least 25 mm, but never wider than the paper with its quiet zone.
        size = max(1, min(16, -(-_QR_MM * _DOTS_PER_MM // modules), width // (modules + 8)))
        # A line above and below is the quiet zone that readers need, four modules wide.
        self._escpos.text("\n")
        self._escpos.set(align="center")
        self._escpos.qr(payload, ec=_QR_LEVEL, size=size, native=True)
        self._escpos.text("\n")
        self._escpos.set_with_default()

    def _needs_picture(self, text: str) -> bool:
        if self._font is None:
            return False
        from_right = any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in text)
        return from_right or not all(map(self._has, text))

    def _spelt(self, text: str) -> str:
        """The text with a question mark for each letter that is in no page; python-escpos would send others' bytes."""
        return "".join(character if self._has(character) else "?" for character in text)

    def _has(self, character: str) -> bool:
        return any(self._encoder.can_encode(page, character) for page in self._pages)

    def _picture(self, text: str, *, bold: bool) -> None:
        font = ImageFont.truetype(str(self._font), _PICTURE_TEXT_HEIGHT)
        width = self._columns * DOTS_PER_COLUMN
        right_to_left = any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in text)
        for row in _rows(text, font, width):
            picture = Image.new("L", (width, _PICTURE_TEXT_HEIGHT + 12), 255)
            at = (width, 2) if right_to_left else (0, 2)
            ImageDraw.Draw(picture).text(
                at, row, 0, font=font, anchor="ra" if right_to_left else "la", stroke_width=1 if bold else 0
            )
            self._end_piece(self._taken())
            self._escpos.image(picture)
            self._end_piece(_harmless(self._taken()))


def _rows(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    rows = [""]
    for word in text.split(" "):
        longer = f"{rows[-1]} {word}".strip()
        if rows[-1] and font.getlength(longer) > width:
            rows.append(word)
        else:
            rows[-1] = longer
    return rows


def _harmless(picture: bytes) -> bytes:
    """A picture's bytes without any that a printer would obey; what changes is one dot."""
    for head in REAL_TIME_HEADS:
        picture = picture.replace(head, b"\x11" + head[1:])
    return picture


def _printable(text: str) -> str:
    """Text without control characters: what a stranger wrote must not steer the printer."""
    composed = unicodedata.normalize("NFC", text).replace("\t", " ")
    return "".join(
        character for character in composed if unicodedata.category(character) not in ("Cc", "Cs", "Co", "Cn")
    )
