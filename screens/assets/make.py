"""Make the PNG pictures from the SVG drawings, and cut the icon fonts down to the pictograms in use.

For developers, after a drawing, `Icon` or a size changed; needs `rsvg-convert` (Debian: librsvg2-bin) and, for the icon
fonts, `pyftsubset` (Debian: fonttools):

    python -m screens.assets.make                       # pictures
    python -m screens.assets.make --symbols DIRECTORY   # icon fonts, from the complete ones in DIRECTORY
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from screens.assets import ASSETS, FONTS, PICTURES
from screens.icons import Icon

DRAWINGS: Final = ASSETS / "illustrations"

SYMBOL_FONTS: Final = ("MaterialSymbolsRounded-500-fill0.ttf", "MaterialSymbolsRounded-500-fill1.ttf")

SIZES: Final = {
    # the town, as wide as the panel
    "town-hero-portrait": ("town-hero", 1080),
    "town-hero-small": ("town-hero", 720),
    "town-hero-landscape": ("town-hero-landscape", 1920),
    "town-hero-low-reach": ("town-hero-low-reach", 1080),
    "town-attract-portrait": ("town-attract", 1080),
    "town-attract-small": ("town-attract", 720),
    "town-attract-landscape": ("town-attract-landscape", 1920),
    # the same without clouds and boat, which drift as pictures of their own behind and before it
    "town-attract-bare-portrait": ("town-attract-bare", 1080),
    "town-attract-bare-small": ("town-attract-bare", 720),
    "town-attract-bare-landscape": ("town-attract-bare-landscape", 1920),
    "cloud": ("cloud", 117),
    "boat": ("boat", 104),
    # beside a heading, and what is drawn into the 272 x 208 chip of an option
    "letter-qr": ("letter-qr", 383),
    "letter-qr-option": ("letter-qr", 164),
    "letter-code": ("letter-code", 314),
    "letter-number": ("letter-number", 314),
    "number": ("number", 495),
    "number-option": ("number", 232),
    "eid-card": ("eid-card", 428),
    "eid-card-option": ("eid-card", 232),
    "eid-card-can": ("eid-card-can", 428),
    "passport-number": ("passport-number", 314),
    "kiosk-off": ("kiosk-off", 283),
    "truck": ("truck", 427),
    "truck-option": ("truck", 232),
    # bags, the card machine (its display is written on), the machine for bags
    "bag-grey": ("bag-grey", 176),
    "bag-brown": ("bag-brown", 176),
    "bag-yellow": ("bag-yellow", 176),
    "pay": ("pay-blank", 480),
    "dispense-run": ("dispense-run", 984),
    "dispense-take": ("dispense-take", 984),
    # the reader of identity cards: waiting, reading, a card the wrong way round, and to be taken back
    "reader-wait": ("reader-wait", 984),
    "reader-read": ("reader-read", 984),
    "reader-turn": ("reader-turn", 984),
    "reader-take": ("reader-take", 984),
    # the town's shield in the header
    "mark": ("mark", 64),
    "mark-hc": ("mark-hc", 64),
}
"""Picture: (drawing, width in pixels); every picture outside the town exists at twice the size too, as NAME-2x."""

_CLOUD: Final = re.compile(
    r'<rect x="(?:250|1420|760|40)" y="(?:150|120|96|90)"[^>]*fill="#1537A1"[^>]*/>(?:<circle[^>]*fill="#1537A1" />){2}'
)
_BOAT: Final = re.compile(r'<path d="M330 424h104.*?#FFE12F" />', re.DOTALL)


def main() -> None:
    """Make what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--symbols", type=Path, help="cut the icon fonts from the complete ones in this directory")
    symbols: Path | None = parser.parse_args().symbols
    if symbols is None:
        _make_pictures()
    else:
        _cut_symbols(symbols)


def _make_pictures() -> None:
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as directory:
        drawings = Path(directory)
        for drawing in DRAWINGS.glob("*.svg"):
            (drawings / drawing.name).write_text(drawing.read_text("utf-8"), "utf-8")
        _write_layers(drawings)
        fonts = drawings / "fonts.conf"
        fonts.write_text(f"<fontconfig><dir>{FONTS}</dir><cachedir>{directory}/cache</cachedir></fontconfig>", "utf-8")
        for name, (drawing_name, width) in SIZES.items():
            _render(drawings / f"{drawing_name}.svg", PICTURES / f"{name}.png", width, fonts)
            if not name.startswith("town"):
                _render(drawings / f"{drawing_name}.svg", PICTURES / f"{name}-2x.png", 2 * width, fonts)


def _render(drawing: Path, picture: Path, width: int, fonts: Path) -> None:
    subprocess.run(  # noqa: S603  our own drawings
        ["rsvg-convert", "--width", str(width), "--keep-aspect-ratio", "--output", str(picture), str(drawing)],  # noqa: S607  found on PATH
        check=True,
        env=os.environ | {"FONTCONFIG_FILE": str(fonts)},
    )


def _write_layers(drawings: Path) -> None:
    hero = (drawings / "town-hero.svg").read_text("utf-8")
    attract = (drawings / "town-attract.svg").read_text("utf-8")
    bare_hero = _BOAT.sub("", _CLOUD.sub("", hero))
    pay = (drawings / "pay.svg").read_text("utf-8")
    (drawings / "pay-blank.svg").write_text(re.sub(r"<text.*?</text>", "", pay, flags=re.DOTALL), "utf-8")
    boat = _BOAT.search(hero)
    cloud = next(_CLOUD.finditer(hero))
    if boat is None:
        raise ValueError("town-hero.svg has no boat")
    (drawings / "town-attract-bare.svg").write_text(_CLOUD.sub("", attract), "utf-8")
    # With low reach the portrait's upper part is free: the town comes closer.
    (drawings / "town-hero-low-reach.svg").write_text(
        attract.replace('width="1110" height="482" viewBox="330 -10 1110 482"', 'viewBox="418 -10 933 482"'), "utf-8"
    )
    # On the wide panel the town stands at the right; its river and hills run on to the edges.
    for name, scene, width, left, height in (
        ("town-hero-landscape", hero, 984, 704, 340),
        ("town-attract-landscape", hero, 1200, 660, 400),
        ("town-attract-bare-landscape", bare_hero, 1200, 660, 400),
    ):
        scene_height = width * 490 / 1640
        placed = scene.replace(
            '<svg xmlns="http://www.w3.org/2000/svg" width="1640" height="490"',
            f'<svg x="{left}" y="{height - scene_height:.2f}" width="{width}" height="{scene_height:.2f}" '
            'overflow="visible"',
            1,
        )
        (drawings / f"{name}.svg").write_text(_around(f"0 0 1920 {height}", placed), "utf-8")
    (drawings / "cloud.svg").write_text(_around("250 106 150 80", cloud.group()), "utf-8")
    (drawings / "boat.svg").write_text(_around("328 382 108 70", boat.group()), "utf-8")


def _around(view_box: str, content: str) -> str:
    _, _, width, height = view_box.split()
    size = f'width="{width}" height="{height}" viewBox="{view_box}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{content}</svg>'


def _cut_symbols(complete: Path) -> None:
    points = ",".join(f"{ord(icon):x}" for icon in Icon)
    for font in SYMBOL_FONTS:
        subprocess.run(  # noqa: S603  the developer's own fonts
            [  # noqa: S607  found on PATH
                "pyftsubset",
                str(complete / font),
                f"--unicodes={points}",
                "--layout-features=",
                "--no-layout-closure",
                "--name-IDs=*",
                f"--output-file={FONTS / font}",
            ],
            check=True,
        )


if __name__ == "__main__":
    main()
