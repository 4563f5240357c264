"""QR codes: their modules, and how large they must be drawn to be read by a phone at arm's length."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from screens.views.scene import Rect

LEAST_MODULE = 5
"""Pixels of a module at least (board README, section 5)."""
USUAL_SIDE = 203
QUIET = 4
"""Modules of white around the code."""


@lru_cache(maxsize=2)
def modules(text: str) -> tuple[tuple[bool, ...], ...]:
    """The modules of the QR code for `text`, without quiet zone; medium error correction."""
    from qrcode import QRCode  # noqa: PLC0415 - 20 ms that only pages with a code should cost
    from qrcode.constants import ERROR_CORRECT_M  # noqa: PLC0415

    code = QRCode(error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(text)
    code.make(fit=True)
    return tuple(tuple(bool(module) for module in row) for row in code.get_matrix())


def module_size(text: str, side: int = USUAL_SIDE) -> int:
    """Pixels of a module in a code about `side` pixels wide: whole ones, so that all modules are equal."""
    return max(LEAST_MODULE, side // len(modules(text)))


def symbol(text: str, frame: Rect, side: int = USUAL_SIDE) -> Rect:
    """The code in the middle of its white frame, in whole pixels a module."""
    size = module_size(text, side) * len(modules(text))
    return frame.centred(size, size)


def frame_side(text: str, side: int = USUAL_SIDE) -> int:
    """How wide the white frame must be for code and quiet zone."""
    return module_size(text, side) * (len(modules(text)) + 2 * QUIET)


def warm() -> None:
    """Load the encoder, so that the first page with a code need not."""
    modules("warm")
    wipe()


def wipe() -> None:
    """Forget every code."""
    modules.cache_clear()
