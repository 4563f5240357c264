"""What one camera picture costs at 720p besides capture: `python -m tests.bench.bench_camera` prints table rows.

"read" is the reader with its ladder step, "picture" the conversion for the screen. Pictures come from the simulator's
scene: an empty lobby, a sheet with text but no code, a letter's code held well, and one that cannot be read.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace

import cv2
import numpy as np
import qrcode
from PIL import Image, ImageDraw

from devices.drivers.opencv_camera.verbs import Eye, shown
from devices.simulators.scene import Pixels, Subject, View, compose, exposure, subject

PICTURES = 140
CODE = "BT1:09999999:ABCDEFGHIJKLMNOPQRSTUVWXYZ:AB"


def sheet(code: str | None) -> Subject:
    """A page of text, with a code or without."""
    page = Image.new("RGB", (1240, 1754), "white")
    pen = ImageDraw.Draw(page)
    for row in range(40):
        pen.text((120, 520 + 28 * row), "Sehr geehrte Frau Beispiel, Ihr Ausweis wurde beantragt. " * 2, "black")
    if code is not None:
        made = qrcode.QRCode(box_size=8, border=4)
        made.add_data(code)
        page.paste(made.make_image().get_image().convert("RGB"), (820, 120))
    return subject(np.asarray(cv2.cvtColor(np.asarray(page), cv2.COLOR_RGB2BGR), np.uint8))


def scenes() -> dict[str, list[Pixels]]:
    """Some frames of each scene."""
    plain = View()
    held = {
        "empty": (None, plain),
        "text, no code": (sheet(None), plain),
        "code held well": (sheet(CODE), plain),
        "code blurred": (sheet(CODE), replace(plain, zoom=0.5, blur=6.0)),
    }
    frames = {}
    for name, (what, view) in held.items():
        still = compose(what, view)
        frames[name] = [exposure(still, view, np.random.default_rng(take)) for take in range(7)]
    return frames


def main() -> None:
    """Print a row for each scene: median and 95th percentile in milliseconds."""
    cv2.setNumThreads(1)
    out = sys.stdout
    out.write("| camera loop, 1280x720 | grey | read: median | mean | p95 | picture for the screen |\n")
    out.write("|---|---|---|---|---|---|\n")
    for name, frames in scenes().items():
        eye = Eye()
        grey_ms, read_ms, shown_ms = [], [], []
        for count in range(PICTURES):
            frame = frames[count % len(frames)]
            begun = time.perf_counter()
            grey = np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), np.uint8)
            greyed = time.perf_counter()
            eye.see(grey)
            read = time.perf_counter()
            shown(frame, mirror=True)
            done = time.perf_counter()
            grey_ms.append((greyed - begun) * 1000)
            read_ms.append((read - greyed) * 1000)
            shown_ms.append((done - read) * 1000)
        median, mean, p95 = np.median(read_ms), np.mean(read_ms), np.percentile(read_ms, 95)
        out.write(
            f"| {name} | {np.median(grey_ms):.1f} ms | {median:.1f} ms | {mean:.1f} ms | {p95:.1f} ms "
            f"| {np.median(shown_ms):.1f} ms |\n"
        )


if __name__ == "__main__":
    main()
