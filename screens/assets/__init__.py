"""Fonts, colour tokens and pictures of the screens, found by name wherever the package is installed."""

from __future__ import annotations

from pathlib import Path
from typing import Final

ASSETS: Final = Path(__file__).parent
FONTS: Final = ASSETS / "fonts"
PICTURES: Final = ASSETS / "pictures"
TOKENS: Final = ASSETS / "tokens.json"


def picture(name: str) -> Path:
    """The drawing called `name`, as PNG; see README.md beside this file for names and sizes.

    Raises:
        FileNotFoundError: there is no such picture.
    """
    path = PICTURES / f"{name}.png"
    if not path.is_file():
        raise FileNotFoundError(path)
    return path
