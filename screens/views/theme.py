"""The design tokens: colours of the themes, sizes of type in the text sizes, measures of the panels."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from central_office.contract.values import value
from screens.assets import TOKENS
from screens.look import Format, TextSize

if TYPE_CHECKING:
    from screens.look import Colours

Rgba = tuple[float, float, float, float]

REGULAR: Final = "regular"
MEDIUM: Final = "medium"
SEMIBOLD: Final = "semibold"
MONO: Final = "mono"
MONO_BOLD: Final = "mono-bold"
OUTLINED: Final = "icon"
FILLED: Final = "icon-filled"


@cache
def _tokens() -> dict[str, dict[str, str]]:
    themes: dict[str, dict[str, str]] = json.loads(TOKENS.read_text("utf-8"))
    return themes


@cache
def colour(theme: Colours, token: str) -> Rgba:
    """The token's colour, or the colour written as `#RRGGBB` or `#RRGGBBAA`.

    Raises:
        KeyError: there is no such token.
    """
    code = token if token.startswith("#") else _tokens()[theme.value][token]
    parts = [int(code[i : i + 2], 16) / 255 for i in range(1, len(code), 2)]
    return (parts[0], parts[1], parts[2], parts[3] if len(parts) > 3 else 1.0)


STAFF_COLOURS: Final = {
    "hero": "#5B007E",
    "hero-muted": "#E9D3F4",
    "action": "#7E01A8",
    "action-edge": "#3A0054",
    "action-pressed": "#6E0095",
    "sel": "#F8F1FC",
    "face-pressed": "#F2E6F9",
}
"""What staff mode draws instead of the light theme's tokens."""


class Style(NamedTuple):
    """A role of type: pixels of the letters, pixels from line to line, cut."""

    size: int
    line: int
    face: str = REGULAR

    def cut(self, face: str) -> Style:
        """The same size in another cut."""
        return Style(self.size, self.line, face)


@value
class Styles:
    """The roles of type in one text size (board README, section 3)."""

    heading: Style
    title: Style
    tile: Style
    button: Style
    label: Style
    body: Style
    small: Style
    caption: Style
    bar: Style
    icon: float
    """How much icons grow."""


_NORMAL: Final = Styles(
    heading=Style(56, 64, SEMIBOLD),
    title=Style(40, 48, SEMIBOLD),
    tile=Style(36, 42, SEMIBOLD),
    button=Style(36, 40, SEMIBOLD),
    label=Style(34, 40, SEMIBOLD),
    body=Style(32, 44),
    small=Style(28, 38),
    caption=Style(26, 32),
    bar=Style(26, 32, MEDIUM),
    icon=1.0,
)
_LARGE: Final = Styles(
    heading=Style(72, 78, SEMIBOLD),
    title=Style(60, 68, SEMIBOLD),
    tile=Style(50, 56, SEMIBOLD),
    button=Style(50, 56, SEMIBOLD),
    label=Style(48, 54, SEMIBOLD),
    body=Style(48, 58),
    small=Style(42, 48),
    caption=Style(36, 40),
    bar=Style(34, 40, MEDIUM),
    icon=1.38,
)
_VERY_LARGE: Final = Styles(
    heading=Style(72, 78, SEMIBOLD),
    title=Style(66, 74, SEMIBOLD),
    tile=Style(56, 62, SEMIBOLD),
    button=Style(54, 60, SEMIBOLD),
    label=Style(54, 60, SEMIBOLD),
    body=Style(56, 66),
    small=Style(48, 54),
    caption=Style(40, 46),
    bar=Style(36, 42, MEDIUM),
    icon=1.5,
)
_LARGE_LOW: Final = Styles(
    heading=Style(62, 68, SEMIBOLD),
    title=Style(48, 54, SEMIBOLD),
    tile=Style(44, 50, SEMIBOLD),
    button=Style(44, 50, SEMIBOLD),
    label=Style(42, 48, SEMIBOLD),
    body=Style(40, 50),
    small=Style(36, 42),
    caption=Style(32, 38),
    bar=Style(28, 36, MEDIUM),
    icon=1.2,
)
_VERY_LARGE_LOW: Final = Styles(
    heading=Style(64, 70, SEMIBOLD),
    title=Style(50, 58, SEMIBOLD),
    tile=Style(48, 54, SEMIBOLD),
    button=Style(46, 52, SEMIBOLD),
    label=Style(46, 52, SEMIBOLD),
    body=Style(44, 54),
    small=Style(40, 46),
    caption=Style(34, 40),
    bar=Style(28, 36, MEDIUM),
    icon=1.3,
)
_LARGE_SMALL: Final = Styles(
    heading=Style(54, 60, SEMIBOLD),
    title=Style(44, 50, SEMIBOLD),
    tile=Style(38, 44, SEMIBOLD),
    button=Style(38, 44, SEMIBOLD),
    label=Style(38, 44, SEMIBOLD),
    body=Style(38, 48),
    small=Style(34, 40),
    caption=Style(30, 36),
    bar=Style(26, 32, MEDIUM),
    icon=1.15,
)
_VERY_LARGE_SMALL: Final = Styles(
    heading=Style(56, 62, SEMIBOLD),
    title=Style(46, 52, SEMIBOLD),
    tile=Style(42, 48, SEMIBOLD),
    button=Style(40, 46, SEMIBOLD),
    label=Style(42, 48, SEMIBOLD),
    body=Style(42, 50),
    small=Style(38, 44),
    caption=Style(32, 38),
    bar=Style(26, 32, MEDIUM),
    icon=1.25,
)
_STYLES: Final = {
    Format.PORTRAIT: {TextSize.NORMAL: _NORMAL, TextSize.LARGE: _LARGE, TextSize.VERY_LARGE: _VERY_LARGE},
    # where there is less height or width, large text grows less: nothing may be lost, and nothing scrolls
    Format.LANDSCAPE: {TextSize.NORMAL: _NORMAL, TextSize.LARGE: _LARGE_LOW, TextSize.VERY_LARGE: _VERY_LARGE_LOW},
    Format.SMALL: {TextSize.NORMAL: _NORMAL, TextSize.LARGE: _LARGE_SMALL, TextSize.VERY_LARGE: _VERY_LARGE_SMALL},
}


def styles(text: TextSize, form: Format) -> Styles:
    """The roles of type in that text size on that panel."""
    return _STYLES[form][text]


@value
class Panel:
    """The measures of one panel (board README, section 6), in its own pixels."""

    width: int
    height: int
    margin: int
    header: int
    bar: int
    edge: int
    touch_from: int
    """Nothing touchable above."""
    gap: int
    action: int
    """Height of the keys of the action row."""
    below_action: int
    """From the lower end of their edge to the bar."""


PANELS: Final = {
    Format.PORTRAIT: Panel(1080, 1920, 48, 120, 184, 8, 640, 24, 120, 32),
    Format.LANDSCAPE: Panel(1920, 1080, 48, 104, 144, 8, 360, 24, 120, 24),
    Format.SMALL: Panel(720, 1280, 24, 88, 128, 6, 427, 16, 112, 16),
}

LOW_REACH_FROM: Final = 1280
"""In low reach everything touchable lies below, on the portrait panel."""
