"""How this citizen wants the screen: language, size, colours, reach. Forgotten when the session ends."""

from __future__ import annotations

from enum import StrEnum

from central_office.contract.values import value


class TextSize(StrEnum):
    """Body text of 32, 48 or 56 pixels at 1080 pixels' width."""

    NORMAL = "normal"
    LARGE = "large"
    VERY_LARGE = "very_large"


class Colours(StrEnum):
    """The three themes of the design tokens."""

    LIGHT = "light"
    DARK = "dark"
    HIGH_CONTRAST = "hc"


class Speed(StrEnum):
    """How fast pages are read aloud."""

    SLOW = "slow"
    NORMAL = "normal"
    FAST = "fast"


class Format(StrEnum):
    """The three panels the screens are drawn for."""

    PORTRAIT = "portrait"
    """1080 x 1920, 27 inch."""
    LANDSCAPE = "landscape"
    """1920 x 1080."""
    SMALL = "small"
    """720 x 1280, 7 inch."""


@value
class Look:
    """The citizen's choices; `language` is a tag of the wording catalogues (`de`, `en`)."""

    language: str = "de"
    text: TextSize = TextSize.NORMAL
    colours: Colours = Colours.LIGHT
    low_reach: bool = False
    speed: Speed = Speed.NORMAL
    reduced_motion: bool = False

    @property
    def still(self) -> bool:
        """Whether nothing may move: by wish, and always in high contrast."""
        return self.reduced_motion or self.colours is Colours.HIGH_CONTRAST
