"""Draws the sample pages into pictures, to look at and to compare with.

    python -m tests.screens.pictures OUT_DIR [--only NAME]... [--format portrait] [--look light] [--language de]

`--only` takes the name of a sample or its beginning. Every option may be given more than once; without one, all of its
values are drawn. No display is needed.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from screens.entry import Entry
from screens.look import Colours, Format, Look, TextSize
from screens.present import present
from screens.show import Motion
from screens.steps import Home, Offer, ServiceKey
from screens.views import app
from screens.views.theme import PANELS
from tests.screens.samples import SAMPLES, entry_for, surroundings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from PIL.Image import Image

    from screens.pages import Page
    from screens.steps import Step

LOOKS: dict[str, Look] = {
    "light": Look(),
    "dark": Look(colours=Colours.DARK),
    "hc": Look(colours=Colours.HIGH_CONTRAST),
    "large": Look(text=TextSize.LARGE),
    "very_large": Look(text=TextSize.VERY_LARGE),
    "low_reach": Look(low_reach=True),
    "low_reach_hc": Look(low_reach=True, colours=Colours.HIGH_CONTRAST),
}
"""The looks that pages are drawn in, by name."""

BENEATH: Step[Any] = Home(tuple(Offer(key) for key in ServiceKey))
"""What lies beneath the sheets."""


def page_of(name: str, look: Look, entry: Entry | None = None) -> tuple[Page, Page | None]:
    """The sample's page, and the page beneath it if it is a sheet."""
    around = surroundings(look.language)
    page = present(SAMPLES[name], look, around, entry or entry_for(name))
    beneath = present(BENEATH, look, around, Entry()) if page.layout.value == "sheet" else None
    return page, beneath


def draw(page: Page, look: Look, form: Format, beneath: Page | None = None) -> Image:
    """The page as it stands on the panel, at rest."""
    from kivy.core.window import Window  # noqa: PLC0415 - opens a window without a screen
    from kivy.graphics import ClearBuffers, ClearColor, Fbo  # noqa: PLC0415
    from PIL import Image as Images  # noqa: PLC0415

    from screens.views.view import View  # noqa: PLC0415

    assert Window is not None
    panel = PANELS[form]
    canvas = Fbo(size=(panel.width, panel.height))
    with canvas:
        ClearColor(0, 0, 0, 1)
        ClearBuffers()
    view = View(canvas, form, press=lambda _: None, touched=lambda: False)
    view.resize(panel.width, panel.height)
    view.show(page, look, beneath, Motion.NONE, 0.0)
    canvas.draw()
    picture = Images.frombytes("RGBA", (panel.width, panel.height), canvas.pixels)
    view.wipe()
    return picture.transpose(Images.Transpose.FLIP_TOP_BOTTOM).convert("RGB")


def wanted(
    only: Sequence[str], forms: Sequence[Format], looks: Sequence[str], languages: Sequence[str]
) -> Iterator[tuple[str, str, Format, Look]]:
    """What is to be drawn: file name, sample, panel, look."""
    for name in SAMPLES:
        if only and not any(name == one or name.startswith(one) for one in only):
            continue
        for form in forms:
            for look in looks:
                for language in languages:
                    yield f"{name}-{form.value}-{look}-{language}", name, form, replace(LOOKS[look], language=language)


def without_a_screen() -> None:
    """Let Kivy draw without any display, and leave nothing in the home directory."""
    os.environ.setdefault("SDL_VIDEODRIVER", "offscreen")
    os.environ.setdefault("KIVY_HOME", tempfile.mkdtemp(prefix="kivy-"))
    app.prepare(Format.PORTRAIT, fullscreen=False, rotation=0)


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw what the command line asks for."""
    parser = argparse.ArgumentParser(description="Draw the sample pages into pictures.")
    parser.add_argument("directory", type=Path)
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--format", action="append", type=Format, choices=list(Format))
    parser.add_argument("--look", action="append", choices=list(LOOKS))
    parser.add_argument("--language", action="append", choices=["de", "en"])
    options = parser.parse_args(arguments)
    without_a_screen()
    options.directory.mkdir(parents=True, exist_ok=True)
    for file, name, form, look in wanted(
        options.only, options.format or list(Format), options.look or list(LOOKS), options.language or ["de", "en"]
    ):
        page, beneath = page_of(name, look)
        draw(page, look, form, beneath).save(options.directory / f"{file}.png")
        sys.stdout.write(f"{file}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
