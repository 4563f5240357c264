"""A receipt as a picture: what the interpreter said happened, drawn dot by dot on 80 mm paper, and cut."""

from __future__ import annotations

import io
import random
from typing import TYPE_CHECKING, Final

import qrcode
from PIL import Image, ImageChops, ImageDraw, ImageFont, ImageOps
from qrcode.exceptions import DataOverflowError

from devices.simulators.interpreter import Cut, Dots, Feed, Happening, QrCode, Row, StatusAsked, Style

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

WIDTH: Final = 576
"""Dots across: 72 mm of the 80 mm paper, at 8 dots a millimetre."""

DOTS_PER_MM: Final = 8
MARGIN: Final = 32

_PAPER: Final = (250, 248, 243)
_INK: Final = (38, 36, 44)
_LEVELS: Final = {
    48: qrcode.constants.ERROR_CORRECT_L,
    49: qrcode.constants.ERROR_CORRECT_M,
    50: qrcode.constants.ERROR_CORRECT_Q,
    51: qrcode.constants.ERROR_CORRECT_H,
}
_SHORTEST: Final = 120

_Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


class Pen:
    """Draws what happens; a letter is drawn in the first of the faces that has it, in a cell of the printer's size."""

    def __init__(self, faces: Sequence[Path]) -> None:
        # A monospaced face whose letters are 0.6 em wide fills the 12 dots of font A at 20 pixels.
        self._faces: list[_Font] = [ImageFont.truetype(str(face), 20) for face in faces] or [ImageFont.load_default(20)]

    def height(self, happening: Happening) -> int:
        """How many dots of paper it moves."""
        match happening:
            case Row(pieces, _, spacing):
                return max([spacing, *((style.height * 24 + 6) for text, style in pieces if text)])
            case Feed(dots):
                return dots
            case Dots(_, height, _, _, _, high):
                return height * high
            case QrCode():
                return self.draw(happening).height
            case Cut() | StatusAsked():
                return 0

    def draw(self, happening: Row | Dots | QrCode | Feed) -> Image.Image:
        """Ink on a strip of the paper's width: 255 is ink, 0 is paper."""
        match happening:
            case Row(pieces, align, _):
                strip = Image.new("L", (WIDTH, self.height(happening)))
                ink = _side_by_side([self._text(text, style) for text, style in pieces if text], strip.height)
                strip.paste(ink, (_indent(ink.width, align), 0))
                return strip
            case Feed(dots):
                return Image.new("L", (WIDTH, dots))
            case Dots(width_bytes, height, bits, align, wide, high):
                if not width_bytes or not height:
                    return Image.new("L", (WIDTH, 0))
                dots_picture = Image.frombytes("1", (width_bytes * 8, height), bits).convert("L")
                ink = dots_picture.resize((width_bytes * 8 * wide, height * high), Image.Resampling.NEAREST)
                return _placed(ink, align)
            case QrCode(payload, module, level, align):
                code = qrcode.QRCode(
                    border=0,
                    box_size=max(module, 1),
                    error_correction=_LEVELS.get(level, qrcode.constants.ERROR_CORRECT_L),
                )
                code.add_data(payload)
                try:
                    code.make(fit=True)
                except (ValueError, DataOverflowError):
                    # Too much for any code: a printer prints nothing then.
                    return Image.new("L", (WIDTH, 0))
                ink = ImageOps.invert(code.make_image().get_image().convert("L"))
                return _placed(ink, align)

    def _text(self, text: str, style: Style) -> Image.Image:
        cell, line = (9, 17) if style.small else (12, 24)
        ink = Image.new("L", (cell * len(text), line + 6))
        canvas = ImageDraw.Draw(ink)
        for column, letter in enumerate(text):
            if letter == "─":
                # The printer's own line-drawing letters meet their neighbours.
                canvas.line((column * cell, line // 2, (column + 1) * cell, line // 2), 255, 2)
            elif letter.isprintable():
                face = next((face for face in self._faces if _has(face, letter)), self._faces[-1])
                left = column * cell + max(0, round((cell - face.getlength(letter)) / 2))
                canvas.text((left, 0), letter, 255, font=face)
                if style.bold:
                    canvas.text((left + 1, 0), letter, 255, font=face)
        if style.underline:
            canvas.line((0, line + 2, ink.width, line + 2), 255, 2)
        ink = ink.resize((ink.width * style.width, ink.height * style.height), Image.Resampling.LANCZOS)
        return ImageOps.invert(ink) if style.inverse else ink


def _has(face: _Font, letter: str) -> bool:
    """Whether the face draws the letter otherwise than one that no face has (a private one)."""
    return letter.isspace() or bytes(face.getmask(letter)) != bytes(face.getmask("\ue123"))


def picture(strips: Sequence[Image.Image], *, torn: bool) -> bytes:
    """The slip as PNG: the strips one under the other, cut clean at the end or torn off."""
    height = max(sum(strip.height for strip in strips), _SHORTEST)
    ink = Image.new("L", (WIDTH, height))
    top = 0
    for strip in strips:
        ink.paste(strip, (0, top))
        top += strip.height
    slip = Image.new("RGB", (WIDTH + 2 * MARGIN, height + 2 * MARGIN), _PAPER)
    slip.paste(Image.new("RGB", ink.size, _INK), (MARGIN, MARGIN), ink)
    slip = ImageChops.multiply(slip, _curl(slip.size))
    cut = _edge(slip.size, torn=torn)
    slip.putalpha(cut)
    file = io.BytesIO()
    slip.save(file, "PNG")
    return file.getvalue()


def _curl(size: tuple[int, int]) -> Image.Image:
    """The soft shade of paper that comes off a roll: darker towards its sides."""
    shade = Image.new("L", (64, 1))
    for x in range(64):
        away = abs(x - 31.5) / 31.5
        shade.putpixel((x, 0), round(255 - 14 * away**3))
    return shade.resize(size, Image.Resampling.BICUBIC).convert("RGB")


def _edge(size: tuple[int, int], *, torn: bool) -> Image.Image:
    """Opacity: the toothed edge of the cutter at both ends, or a ragged lower end where somebody tore it."""
    width, height = size
    opacity = Image.new("L", size, 255)
    canvas = ImageDraw.Draw(opacity)
    for x in range(0, width, 8):
        canvas.polygon([(x, 0), (x + 8, 0), (x + 4, 5)], 0)
        if not torn:
            canvas.polygon([(x, height), (x + 8, height), (x + 4, height - 5)], 0)
    if torn:
        # The same tear every time: two pictures of one receipt must be equal.
        ragged = random.Random(7)  # noqa: S311  decoration
        edge = [(x, height - 4 - ragged.randrange(16)) for x in range(0, width + 12, 12)]
        canvas.polygon([*edge, (width + 12, height + 1), (-1, height + 1)], 0)
    return opacity


def _indent(width: int, align: int) -> int:
    return max(0, (WIDTH - width) * align // 2)


def _placed(ink: Image.Image, align: int) -> Image.Image:
    strip = Image.new("L", (WIDTH, ink.height))
    strip.paste(ink, (_indent(ink.width, align), 0))
    return strip


def _side_by_side(pieces: Sequence[Image.Image], height: int) -> Image.Image:
    row = Image.new("L", (max(sum(piece.width for piece in pieces), 1), height))
    left = 0
    for piece in pieces:
        # Letters of different heights stand on one line.
        row.paste(piece, (left, height - piece.height))
        left += piece.width
    return row
