"""What would help: the hint for a code that is in the picture and cannot be read, without I/O.

`seek` looks for the three nested squares in a QR code's corners (ISO/IEC 18004, 6.3.3) in a picture too poor to be
read; it sees a code that is too far away, blurred or half covered, which the reader does not even report.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from devices.roles import AimHint

if TYPE_CHECKING:
    from devices.drivers.opencv_camera.reading import Corners
    from devices.wires.camera_source import Pixels

_TOO_SMALL: Final = 0.14
"""A code narrower than this share of the picture's height has modules of about three pixels at 720 lines."""

_TOO_LARGE: Final = 0.92
_GLARE_LEVEL: Final = 250
_GLARE_CELLS: Final = 2
_BRIGHT_PAPER: Final = 72
"""Of 12 x 12 cells in and around a code, so many at least are wholly white where a lamp is mirrored, and so many at
most: if more are, the paper is merely bright. A sound code has dark modules in nearly every cell.
"""

_SEEK_WIDTH: Final = 640


def hint(grey: Pixels, corners: Corners) -> AimHint:
    """The hint for the code between `corners` that could not be read; no corners means that none is in view."""
    if not corners:
        return AimHint.SHOW_CODE
    height, width = grey.shape[:2]
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    left, right = max(min(xs), 0), min(max(xs), width)
    top, bottom = max(min(ys), 0), min(max(ys), height)
    if right - left < 8 or bottom - top < 8:
        return AimHint.CLOSER
    shorter, side = sorted((right - left, bottom - top))
    if side > 2 * shorter:
        side = shorter  # one corner was taken from elsewhere in the picture
    if side < _TOO_SMALL * height:
        return AimHint.CLOSER
    if side > _TOO_LARGE * height:
        return AimHint.FURTHER
    # Where glare hides a corner the box is drawn wrongly, so look around it as well.
    around = grey[max(top - side // 2, 0) : bottom + side // 2, max(left - side // 2, 0) : right + side // 2]
    white = cv2.resize((around >= _GLARE_LEVEL).astype(np.float32), (12, 12), interpolation=cv2.INTER_AREA)
    if _GLARE_CELLS <= int(np.count_nonzero(white > 0.95)) <= _BRIGHT_PAPER:
        return AimHint.LESS_GLARE
    return AimHint.HOLD_STILL


def seek(grey: Pixels) -> Corners:
    """The corners of the upright box around at least two finder patterns, or none."""
    height, width = grey.shape[:2]
    scale = _SEEK_WIDTH / width
    small = cv2.resize(grey, (_SEEK_WIDTH, round(height * scale)), interpolation=cv2.INTER_AREA)
    dark = cv2.adaptiveThreshold(small, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 25, 12)
    outlines, nesting = cv2.findContours(dark, cv2.RETR_TREE, cv2.CHAIN_APPROX_SIMPLE)
    if nesting is None:
        return ()
    finders = []
    for outer, (_, _, child, _) in enumerate(nesting[0]):
        # dark ring > light ring > dark heart, of about 7 x 7, 5 x 5 and 3 x 3 modules
        heart = nesting[0][child][2] if child >= 0 else -1
        if heart < 0:
            continue
        x, y, wide, high = cv2.boundingRect(outlines[outer])
        _, _, heart_wide, heart_high = cv2.boundingRect(outlines[heart])
        square = wide >= 6 and 0.6 < wide / high < 1.6
        if square and 0.2 < heart_wide / wide < 0.65 and 0.2 < heart_high / high < 0.65:
            finders.append((x, y, x + wide, y + high))
    if len(finders) < 2:
        return ()
    left, top = min(f[0] for f in finders), min(f[1] for f in finders)
    right, bottom = max(f[2] for f in finders), max(f[3] for f in finders)
    box = ((left, top), (right, top), (right, bottom), (left, bottom))
    return tuple((round(x / scale), round(y / scale)) for x, y in box)
