"""A QR code out of grey pictures: one is read plainly, the next by one step of a preprocessing ladder, in rotation.

Each step rescues codes that the plain reading misses: shade and dim phones (gamma), uneven light (CLAHE), small or
blurred print (enlarging), a code so near that its grain shows (halving), glare and dim screens (a global threshold),
thin or faded print (erosion), light codes on a phone's dark background (inverting). One reading a picture keeps the
cost low and constant; a code held well is read in one of two pictures, and at 30 pictures a second the whole ladder has
been climbed within half a second.
The dear steps work on the middle of the picture, or around the place where a code was just seen but not read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
import zxingcpp

if TYPE_CHECKING:
    from collections.abc import Callable

    from devices.wires.camera_source import Pixels

MAX_CODE: Final = 512
"""Bytes of a code that are handed on; whoever gets so many knows that it is nobody's letter."""

Corners = tuple[tuple[int, int], ...]
"""Four corners in pixels of the grey picture, or none."""


@dataclass(frozen=True)
class Found:
    """A code in the picture: its bytes if it could be read, and where it is."""

    code: bytes | None
    corners: Corners


@dataclass(frozen=True)
class Region:
    """A part of the picture: left, top, right, bottom in pixels."""

    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True)
class Step:
    """One step of the ladder; `share` is the part of width and height it looks at, `scale` how much it enlarges."""

    name: str
    share: float
    scale: float
    prepare: Callable[[Pixels], Pixels]
    binarizer: zxingcpp.Binarizer = zxingcpp.Binarizer.LocalAverage


_GAMMA: Final = np.round(255 * (np.arange(256) / 255) ** 0.4).astype(np.uint8)
_EROSION: Final = np.ones((3, 3), np.uint8)
_CLAHE: Final = cv2.createCLAHE(clipLimit=3.0, tileGridSize=(8, 8))


def _enlarged(scale: float) -> Callable[[Pixels], Pixels]:
    def enlarge(grey: Pixels) -> Pixels:
        return np.asarray(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR), np.uint8)

    return enlarge


def _halved(grey: Pixels) -> Pixels:
    return np.asarray(cv2.resize(grey, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)


LADDER: Final = (
    Step("gamma", 0.75, 1.0, lambda grey: np.asarray(cv2.LUT(grey, _GAMMA), np.uint8)),
    Step("clahe", 0.4, 1.0, lambda grey: np.asarray(_CLAHE.apply(grey), np.uint8)),
    Step("larger", 0.5, 1.5, _enlarged(1.5)),
    Step("half", 1.0, 0.5, _halved),
    Step("global", 1.0, 1.0, lambda grey: grey, zxingcpp.Binarizer.GlobalHistogram),
    Step("erode", 0.75, 1.0, lambda grey: np.asarray(cv2.erode(grey, _EROSION), np.uint8)),
    Step("double", 0.35, 2.0, _enlarged(2.0)),
    Step("inverse", 0.75, 1.0, lambda grey: np.asarray(cv2.bitwise_not(grey), np.uint8)),
)


class Reader:
    """Reads picture after picture and remembers where a code was seen but not read."""

    def __init__(self) -> None:
        self._plainly = True
        self._next_step = 0
        self._suspect: tuple[int, int] | None = None

    def forget(self) -> None:
        """Begin anew, for the next lease."""
        self._plainly = True
        self._next_step = 0
        self._suspect = None

    def read(self, grey: Pixels) -> Found | None:
        """Read one picture, plainly or by the ladder's next step; None when there is no trace of a code."""
        plainly, self._plainly = self._plainly, not self._plainly
        if plainly:
            found = self.plain(grey)
            if found is not None and found.code is None:
                xs, ys = [x for x, _ in found.corners], [y for _, y in found.corners]
                self._suspect = (sum(xs) // len(xs), sum(ys) // len(ys))
            return found
        found = self.climb(grey, LADDER[self._next_step])
        self._next_step = (self._next_step + 1) % len(LADDER)
        if self._next_step == 0:
            self._suspect = None
        return found

    def plain(self, grey: Pixels) -> Found | None:
        """The reading without any preparation."""
        return _largest(_zxing(grey, zxingcpp.Binarizer.LocalAverage), 0, 0, 1.0)

    def climb(self, grey: Pixels, step: Step) -> Found | None:
        """One step of the ladder."""
        region = self._region(grey, step.share)
        part = grey[region.top : region.bottom, region.left : region.right]
        found = _largest(_zxing(step.prepare(part), step.binarizer), region.left, region.top, step.scale)
        # Of a halved picture only a code that was read counts: smaller ones leave traces in the wrong places.
        return None if found is not None and found.code is None and step.scale < 1 else found

    def _region(self, grey: Pixels, share: float) -> Region:
        height, width = grey.shape[:2]
        wide, high = int(width * share), int(height * share)
        x, y = self._suspect or (width // 2, height // 2)
        left = min(max(x - wide // 2, 0), width - wide)
        top = min(max(y - high // 2, 0), height - high)
        return Region(left, top, left + wide, top + high)


def _zxing(grey: Pixels, binarizer: zxingcpp.Binarizer) -> list[zxingcpp.Barcode]:
    # All formats would cost thirteen times as much; `text` is never touched, because a stranger's bytes need not be
    # text; with errors returned, a code that is there but cannot be read still says where it is.
    return list(
        zxingcpp.read_barcodes(
            np.ascontiguousarray(grey),
            formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode),
            binarizer=binarizer,
            try_invert=False,  # a step of the ladder: in every picture it would cost a quarter of the time,
            try_downscale=False,  # and this a third
            return_errors=True,
        )
    )


def _largest(barcodes: list[zxingcpp.Barcode], left: int, top: int, scale: float) -> Found | None:
    found = [
        Found(
            bytes(barcode.bytes)[:MAX_CODE] if barcode.valid and barcode.bytes else None,
            tuple(
                (left + round(point.x / scale), top + round(point.y / scale))
                for point in (
                    barcode.position.top_left,
                    barcode.position.top_right,
                    barcode.position.bottom_right,
                    barcode.position.bottom_left,
                )
            ),
        )
        for barcode in barcodes
    ]
    return max(found, key=lambda one: (one.code is not None, _area(one.corners)), default=None)


def _area(corners: Corners) -> float:
    return abs(float(cv2.contourArea(np.array(corners, np.int32))))
