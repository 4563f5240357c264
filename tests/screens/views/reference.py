"""The pictures that the drawing is compared with: the design board's pages, one of each kind.

python -m tests.screens.views.reference [DIRECTORY]     # draw them anew, after looking at what changed
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image as Images

from screens.look import Format
from tests.screens.pictures import draw, without_a_screen
from tests.screens.views import board_pages

if TYPE_CHECKING:
    from PIL.Image import Image

    from screens.look import Look
    from screens.pages import Page

DIRECTORY = Path(__file__).parent / "reference"

Drawing = tuple["Page", "Look", Format, "Page | None"]

REFERENCES: dict[str, Drawing] = {
    "01-attract": (board_pages.attract(), board_pages.LOOK, Format.PORTRAIT, None),
    "02-home": (board_pages.home(), board_pages.LOOK, Format.PORTRAIT, None),
    "03-identify": (board_pages.identify(), board_pages.LOOK, Format.PORTRAIT, None),
    "04b-digits": (board_pages.digits(), board_pages.LOOK, Format.PORTRAIT, None),
    "05-status": (board_pages.status(), board_pages.LOOK, Format.PORTRAIT, None),
    "16-idle": (board_pages.idle(), board_pages.LOOK, Format.PORTRAIT, None),
    "17a-out-of-service": (board_pages.out_of_service(), board_pages.DARK, Format.PORTRAIT, None),
    "20b-status-high-contrast": (
        board_pages.status(on="contrast"),
        board_pages.HIGH_CONTRAST,
        Format.PORTRAIT,
        None,
    ),
    "20c-status-large-text": (board_pages.status(), board_pages.LARGE, Format.PORTRAIT, None),
    "20f-status-landscape": (board_pages.status(), board_pages.LOOK, Format.LANDSCAPE, None),
    "20g-home-small": (board_pages.home(), board_pages.LOOK, Format.SMALL, None),
    "20h-collect-low-reach": (board_pages.collect(short=True), board_pages.LOW, Format.PORTRAIT, None),
    "23-settings": (board_pages.settings(), board_pages.LOOK, Format.PORTRAIT, board_pages.home()),
}


def drawn(name: str) -> Image:
    """The page as it is drawn now."""
    page, look, form, beneath = REFERENCES[name]
    return draw(page, look, form, beneath)


def small(picture: Image) -> Image:
    """The same picture in its 256 most frequent colours: grounds stay exact, smoothed edges nearly so."""
    parts = np.asarray(picture).reshape(-1, 3).astype(np.uint32)
    packed, which, counts = np.unique(
        parts[:, 0] << 16 | parts[:, 1] << 8 | parts[:, 2], return_inverse=True, return_counts=True
    )
    colours = np.stack((packed >> 16, packed >> 8 & 255, packed & 255), axis=1).astype(np.int32)
    palette = colours[np.argsort(counts)[::-1][:256]]
    nearest = [((palette - colour) ** 2).sum(axis=1).argmin() for colour in colours]
    indices = np.array(nearest, np.uint8)[which.reshape(-1)]
    made = Images.frombytes("P", picture.size, indices.tobytes())
    made.putpalette(palette.astype(np.uint8).tobytes())
    return made


def main(into: Path) -> int:
    """Write every reference picture anew."""
    without_a_screen()
    into.mkdir(exist_ok=True)
    for name in REFERENCES:
        small(drawn(name)).save(into / f"{name}.png", optimize=True)
        sys.stdout.write(f"{name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else DIRECTORY))
