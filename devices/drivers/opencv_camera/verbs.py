"""A camera as the rest of the kiosk sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from devices.conditions import Condition, Ready
from devices.drivers.opencv_camera.aiming import hint, seek
from devices.drivers.opencv_camera.reading import LADDER, Found, Reader
from devices.errors import Cancelled
from devices.roles import AimHint, Picture, Sight

if TYPE_CHECKING:
    from threading import Event

    from devices.drivers.opencv_camera.reading import Corners
    from devices.wires.camera_source import CameraSource, Pixels

_FRAME_TIMEOUT: Final = 0.2
_SHOWN_WIDTH: Final = 640
_ROUND: Final = 2 * len(LADDER)
"""Pictures in which the whole ladder is climbed."""
_HINT_LASTS: Final = 2 * _ROUND
"""Pictures for which a hint stays up after a code was last seen, so that the text does not flicker."""


class OpencvCamera:
    """Takes pictures, reads them, and says what would help."""

    def __init__(self, source: CameraSource, *, mirror: bool) -> None:
        self._source = source
        self._mirror = mirror
        self._eye = Eye()

    def condition(self) -> Condition:
        """Ready while the camera is there; no picture is taken for it."""
        self._source.probe()
        return Ready()

    def lent(self) -> None:
        """Start the camera; drop its newest picture and what was seen before the lease."""
        self._source.begin()
        self._eye = Eye()

    def look(self, cancel: Event) -> Sight | None:
        """Take the next picture and try to read it."""
        if cancel.is_set():
            raise Cancelled
        pixels = self._source.newest(_FRAME_TIMEOUT)
        if cancel.is_set():
            raise Cancelled
        if pixels is None:
            return None
        grey = pixels if pixels.ndim == 2 else np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), np.uint8)
        found, advice = self._eye.see(grey)
        picture = shown(pixels, mirror=self._mirror)
        corners = _in_picture(found.corners, pixels, picture, mirror=self._mirror) if found is not None else ()
        return Sight(picture, found.code if found is not None else None, advice, corners)

    def close(self) -> None:
        """Let go of the camera."""
        self._source.close()


class Eye:
    """Reads picture after picture and gives one steady hint; no I/O."""

    def __init__(self) -> None:
        self._reader = Reader()
        self._count = 0
        self._advice = AimHint.SHOW_CODE
        self._advice_age = 0

    def see(self, grey: Pixels) -> tuple[Found | None, AimHint]:
        """What is in the picture, and the hint for whoever holds it there."""
        # Once a round a picture is also looked at for a code that is too poor to be read.
        self._count = (self._count + 1) % (_ROUND + 1)
        found = self._reader.plain(grey) if self._count == 0 else self._reader.read(grey)
        if found is not None and found.code is not None:
            self._advice, self._advice_age = AimHint.NONE, 0
            return found, AimHint.NONE
        if found is None and self._count == 0 and (corners := seek(grey)):
            found = Found(None, corners)
        if found is not None:
            self._advice, self._advice_age = hint(grey, found.corners), 0
        else:
            self._advice_age += 1
            if self._advice_age > _HINT_LASTS or self._advice is AimHint.NONE:
                self._advice = AimHint.SHOW_CODE
        return found, self._advice


def shown(pixels: Pixels, *, mirror: bool) -> Picture:
    """The picture for the citizen to aim by: about 640 pixels wide, red first, turned over if `mirror`."""
    height, width = pixels.shape[:2]
    if width > _SHOWN_WIDTH:
        size = (_SHOWN_WIDTH, round(height * _SHOWN_WIDTH / width))
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    order = cv2.COLOR_GRAY2RGB if pixels.ndim == 2 else cv2.COLOR_BGR2RGB
    rgb = cv2.cvtColor(pixels, order)
    if mirror:
        rgb = cv2.flip(rgb, 1)
    return Picture(rgb.shape[1], rgb.shape[0], rgb.tobytes())


def _in_picture(corners: Corners, pixels: Pixels, picture: Picture, *, mirror: bool) -> Corners:
    scale = picture.width / pixels.shape[1]
    scaled = tuple((round(x * scale), round(y * scale)) for x, y in corners)
    return tuple((picture.width - 1 - x, y) for x, y in scaled) if mirror else scaled
