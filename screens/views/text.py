"""Text: which font draws which script, how wide it is, where it breaks."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kivy.core.text import Label as CoreLabel

from screens.assets import FONTS
from screens.views import theme
from screens.views.scene import Rect, Words

if TYPE_CHECKING:
    from screens.views.theme import Style

_FILES: Final = {
    theme.REGULAR: "FiraSans-Regular.ttf",
    theme.MEDIUM: "FiraSans-Medium.ttf",
    theme.SEMIBOLD: "FiraSans-SemiBold.ttf",
    theme.MONO: "FiraMono-500.ttf",
    theme.MONO_BOLD: "FiraMono-700.ttf",
    theme.OUTLINED: "MaterialSymbolsRounded-500-fill0.ttf",
    theme.FILLED: "MaterialSymbolsRounded-500-fill1.ttf",
}
_ARABIC_FILES: Final = {
    theme.REGULAR: "NotoSansArabic_400Regular.ttf",
    theme.MEDIUM: "NotoSansArabic_500Medium.ttf",
    theme.SEMIBOLD: "NotoSansArabic_600SemiBold.ttf",
}
_ARABIC: Final = re.compile("[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff]")
_INVISIBLE: Final = str.maketrans(
    dict.fromkeys([0x00AD, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
)


def _label(face: str, size: int, *, arabic: bool) -> Any:  # noqa: ANN401 - Kivy is untyped
    shaping = {"font_direction": "rtl", "font_script_name": "Arab"} if arabic else {}
    file = _ARABIC_FILES[face] if arabic else _FILES[face]
    return CoreLabel(font_name=str(FONTS / file), font_size=size, font_hinting=None, **shaping)


KEPT_OPEN: Final = 64
"""How many fonts Kivy keeps open; with one more it closes the one it opened first (text_sdl2, `_get_font`)."""
_rulers: Final[dict[tuple[str, int, bool], Any]] = {}
"""A ruler for each font that Kivy has open, in the order in which it opened them."""


def _ruler(face: str, size: int, *, arabic: bool) -> Any:  # noqa: ANN401 - Kivy is untyped
    """A label that only measures and never holds a text of a page.

    Kivy switches the hinting of a font off when it first draws with it, and until then its glyphs have hinted widths:
    so a sign that no page uses is drawn first, and again when Kivy has closed the font in between. Every font is opened
    here, which keeps the two orders the same.
    """
    font = (face, size, arabic)
    ruler = _rulers.get(font)
    if ruler is None:
        ruler = _rulers[font] = _label(face, size, arabic=arabic)
        ruler.text = "\u00a4"
        ruler.refresh()
        ruler.texture.bind()  # draws: until then the texture is only promised
        if len(_rulers) > KEPT_OPEN:
            del _rulers[next(iter(_rulers))]
    return ruler


def is_arabic(text: str) -> bool:
    """Whether the text needs the Arabic font and runs from the right."""
    return _ARABIC.search(text) is not None


def visible(text: str) -> str:
    """The text without marks that only steer breaking and direction."""
    return text.translate(_INVISIBLE)


def label(text: str, face: str, size: int) -> Any:  # noqa: ANN401 - Kivy is untyped
    """A new label of Kivy's for such a text, ready to be given the text."""
    arabic = is_arabic(text) and face in _ARABIC_FILES
    _ruler(face, size, arabic=arabic)
    return _label(face, size, arabic=arabic)


@lru_cache(maxsize=2048)
def measure(text: str, face: str, size: int) -> tuple[int, int]:
    """Width and height in pixels of one line."""
    shown = visible(text)
    if not shown:
        return (0, size)
    ruler = _ruler(face, size, arabic=is_arabic(shown) and face in _ARABIC_FILES)
    width, height = ruler.get_extents(shown)
    return (int(width), int(height))


@lru_cache(maxsize=96)
def ascent(face: str, size: int) -> int:
    """Pixels from the top of a text's texture to its baseline."""
    return int(_ruler(face, size, arabic=False).get_ascent())


def wipe() -> None:
    """Forget every measured text."""
    measure.cache_clear()
    _wrap.cache_clear()


class Run(NamedTuple):
    """A stretch of text in one cut."""

    text: str
    face: str


class Line(NamedTuple):
    """A line of a paragraph: its runs and its width."""

    runs: tuple[Run, ...]
    width: int


def wrap(runs: tuple[Run, ...], size: int, width: int) -> tuple[Line, ...]:
    """Break text into lines at spaces and, if a word alone is too wide, at its soft hyphens."""
    return _wrap(runs, size, width)


@lru_cache(maxsize=1024)
def _wrap(runs: tuple[Run, ...], size: int, width: int) -> tuple[Line, ...]:
    lines: list[Line] = []
    line: list[Run] = []
    before = 0
    for run in runs:
        for piece in _PIECES.findall(run.text):
            if piece == "\n":
                lines.append(_ended(line, size))
                line, before = [], 0
                continue
            joins = bool(line) and line[-1].face == run.face
            joined = line[-1].text + piece if joins else piece
            taken = before if joins else before + (measure(line[-1].text, line[-1].face, size)[0] if line else 0)
            room = width - taken
            if line and not _sticks(line[-1]) and measure(joined.rstrip(" "), run.face, size)[0] > room:
                lines.append(_ended(line, size))
                line, taken, joins, joined = [], 0, False, piece
            while not line and measure(joined.rstrip(" "), run.face, size)[0] > width:
                cut = _hyphenated(Run(joined, run.face), size, width)
                if cut is None:
                    break
                lines.append(_ended([cut[0]], size))
                joined = cut[1].text
            if joins:
                line[-1] = Run(joined, run.face)
            else:
                line.append(Run(joined, run.face))
            before = taken
    if line:
        lines.append(_ended(line, size))
    return tuple(lines)


_PIECES: Final = re.compile(r"\n|[^ \n]+ *| +")


def _ended(line: list[Run], size: int) -> Line:
    if line:
        line = [*line[:-1], Run(line[-1].text.rstrip(" "), line[-1].face)]
    return Line(tuple(line), sum(measure(run.text, run.face, size)[0] for run in line))


def _sticks(run: Run) -> bool:
    return not run.text.endswith((" ", "-", "\u2013"))


def _hyphenated(word: Run, size: int, width: int) -> tuple[Run, Run] | None:
    pieces = word.text.split("\u00ad")
    for keep in range(len(pieces) - 1, 0, -1):
        head = "".join(pieces[:keep]) + "-"
        if measure(head, word.face, size)[0] <= width:
            return Run(head, word.face), Run("\u00ad".join(pieces[keep:]), word.face)
    return None


def balanced(runs: tuple[Run, ...], size: int, width: int) -> tuple[Line, ...]:
    """Break into as few lines as `wrap`, of about the same length."""
    lines = wrap(runs, size, width)
    low, high = max((line.width for line in lines), default=0) // 2, width
    while high - low > 4 and len(lines) > 1:
        middle = (low + high) // 2
        tried = wrap(runs, size, middle)
        if len(tried) == len(lines) and all(line.width <= middle for line in tried):
            high = middle
        else:
            low = middle
    return wrap(runs, size, high)


def lay(lines: tuple[Line, ...], style: Style, colour: str, at: Rect, align: str = "left") -> list[Words]:
    """The lines as words to draw, from the top of `at`; each line box is `style.line` high."""
    laid: list[Words] = []
    for number, line in enumerate(lines):
        top = at.y + number * style.line
        x = at.x
        if align == "centre":
            x += (at.w - line.width) // 2
        elif align == "right":
            x += at.w - line.width
        room = Rect(at.x, top, at.w, style.line)
        for run in line.runs:
            width, height = measure(run.text, run.face, style.size)
            y = top + _lift(run, style)
            laid.append(Words(Rect(x, y, width, height), visible(run.text), run.face, style.size, colour, room))
            x += width
    return laid


def _lift(run: Run, style: Style) -> int:
    """How far below the line's top the texture begins, so that the baseline lies where a browser puts it."""
    if is_arabic(run.text):
        return round((style.line - measure(run.text, run.face, style.size)[1]) / 2)
    baseline = (style.line - 1.2 * style.size) / 2 + 0.935 * style.size
    return math.floor(baseline - ascent(run.face, style.size) + 0.3)


def paragraph(  # noqa: PLR0913 - all of a paragraph
    text: str, style: Style, colour: str, at: Rect, align: str = "left", *, even: bool = False
) -> tuple[list[Words], int]:
    """A wrapped text in the width of `at`, and the y below its last line."""
    lines = (balanced if even else wrap)((Run(text, style.face),), style.size, at.w)
    return lay(lines, style, colour, at, align), at.y + len(lines) * style.line


def icon(character: str, size: int, colour: str, at: Rect, *, filled: bool = False) -> Words:
    """A pictogram in the middle of `at`."""
    face = theme.FILLED if filled else theme.OUTLINED
    width, height = measure(character, face, size)
    rect = at.centred(width, height)
    return Words(rect, character, face, size, colour)
