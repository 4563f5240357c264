"""The drawing looks as it did when someone last looked: compared with committed pictures, with a small tolerance."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from PIL import Image, ImageChops

from tests.screens.views.reference import DIRECTORY, REFERENCES

if TYPE_CHECKING:
    from pathlib import Path

CLEARLY = 64
"""A difference in a colour channel that one sees; the committed pictures have 256 colours."""
FEW = 0.0008
"""The share of pixels that may differ clearly: another renderer smooths corners a little differently."""


def difference(one: Image.Image, other: Image.Image) -> float:
    """The share of pixels that differ clearly."""
    channels = ImageChops.difference(one, other.convert("RGB")).split()
    most = ImageChops.lighter(ImageChops.lighter(channels[0], channels[1]), channels[2])
    counts = most.histogram()
    return sum(counts[CLEARLY:]) / (one.width * one.height)


@pytest.fixture(scope="module")
def drawn_now(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pictures as a fresh process draws them: Kivy's fonts keep traces of what was drawn before."""
    directory = tmp_path_factory.mktemp("drawn")
    subprocess.run([sys.executable, "-m", "tests.screens.views.reference", str(directory)], check=True)
    return directory


@pytest.mark.parametrize("name", REFERENCES)
def test_the_page_looks_as_it_did(name: str, drawn_now: Path) -> None:
    with Image.open(drawn_now / f"{name}.png") as now, Image.open(DIRECTORY / f"{name}.png") as then:
        changed = difference(now.convert("RGB"), then)
        assert changed <= FEW, f"see {drawn_now}/{name}.png; if it is right, run tests.screens.views.reference"


def test_a_moved_key_is_noticed() -> None:
    with Image.open(DIRECTORY / "02-home.png") as then:
        now = then.convert("RGB")
        moved = now.copy()
        moved.paste(now.crop((48, 640, 528, 876)), (48, 636))
        assert difference(moved, then) > FEW
