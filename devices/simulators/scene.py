"""What the camera sees: a sheet or a phone held before it in a lobby, with the light and the hand of the day."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
import zxingcpp

Pixels = npt.NDArray[np.uint8]
Levels = npt.NDArray[np.float32]

WIDTH: Final = 1280
HEIGHT: Final = 720

_CODE_SHARE: Final = 0.42
_SHEET_SHARE: Final = 0.92
_SWAY: Final = 3
_COARSE: Final = 4
"""Light changes slowly: it is reckoned at a quarter of the resolution."""


@dataclass(frozen=True)
class View:
    """How it is held and lit.

    `zoom` 1 shows a code at 42 % of the picture's height, a sheet without code whole; `x`, `y` move by shares of the
    picture; `turn` and `tilt` in degrees; `blur` and `noise` in pixels and levels (standard deviations); `shade`,
    `glare` and `dim` from 0 to 1.
    """

    zoom: float = 1.0
    x: float = 0.0
    y: float = 0.0
    turn: float = -4.0
    tilt: float = 10.0
    blur: float = 0.7
    noise: float = 4.0
    shade: float = 0.2
    glare: float = 0.0
    dim: float = 0.0


@dataclass(frozen=True, eq=False)
class Subject:
    """What is held up: its picture, and where in it the camera should look (a code, if it has one)."""

    picture: Pixels
    centre: tuple[float, float]
    shown_height: float
    """The height, in the subject's pixels, that fills `_CODE_SHARE` of the view."""


def subject(picture: Pixels) -> Subject:
    """Hold up a picture, its code before the camera."""
    height, width = picture.shape[:2]
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    qr_only = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    codes = zxingcpp.read_barcodes(np.ascontiguousarray(grey), formats=qr_only)
    if not codes:
        return Subject(picture, (width / 2, height / 2), height * _CODE_SHARE / _SHEET_SHARE)
    corners = codes[0].position
    points = [corners.top_left, corners.top_right, corners.bottom_right, corners.bottom_left]
    xs, ys = [point.x for point in points], [point.y for point in points]
    return Subject(picture, (sum(xs) / 4, sum(ys) / 4), max(max(ys) - min(ys), max(xs) - min(xs)))


@lru_cache(maxsize=1)
def lobby() -> Pixels:
    """The background: a lobby out of focus."""
    rng = np.random.default_rng(5)
    columns, rows = np.meshgrid(np.linspace(0, 1, WIDTH), np.linspace(0, 1, HEIGHT))
    light = 150 - 60 * rows + 25 * np.cos(columns * 5)
    picture = np.stack([light * 0.98, light * 0.96, light], axis=-1)
    for _ in range(9):
        x, y, size = rng.uniform(0, WIDTH), rng.uniform(0, HEIGHT * 0.7), rng.uniform(40, 160)
        colour = rng.uniform(60, 230, 3)
        near = np.exp(-(((columns * WIDTH - x) ** 2 + (rows * HEIGHT - y) ** 2) / (2 * size**2)))[..., None]
        picture = picture * (1 - 0.6 * near) + colour * 0.6 * near
    blurred = cv2.GaussianBlur(np.clip(picture, 0, 255).astype(np.uint8), (0, 0), 12)
    return np.asarray(blurred, np.uint8)


def compose(held: Subject | None, view: View) -> Pixels:
    """One still picture without noise, `_SWAY` pixels larger than the view on each side."""
    size = (WIDTH + 2 * _SWAY, HEIGHT + 2 * _SWAY)
    picture = np.asarray(cv2.resize(lobby(), size), np.uint8)
    if held is not None:
        placing = _placing(held, view, size)
        # Half a sheet's worth of pixels is thrown away when it is held far off: smooth first, or it flickers.
        shrink = abs(float(np.linalg.det(placing[:2, :2]))) ** 0.5
        smooth = held.picture if shrink > 0.7 else cv2.GaussianBlur(held.picture, (0, 0), 0.45 / max(shrink, 0.05))
        mask = np.asarray(cv2.warpPerspective(np.full(held.picture.shape[:2], 255, np.uint8), placing, size), np.uint8)
        picture = _shadowed(picture, mask)
        # Paper throws back nine tenths of the light.
        paper = cv2.warpPerspective(cv2.convertScaleAbs(smooth, alpha=0.93), placing, size, flags=cv2.INTER_LINEAR)
        picture = np.where(mask[..., None] > 127, paper, picture)
    return _lit(picture, view)


def exposure(still: Pixels, view: View, rng: np.random.Generator) -> Pixels:
    """One frame of the still picture: the hand sways a little, the sensor is noisy."""
    x, y = rng.integers(0, 2 * _SWAY + 1, 2)
    frame = still[y : y + HEIGHT, x : x + WIDTH]
    if view.noise <= 0:
        return np.ascontiguousarray(frame)
    noise = rng.normal(0, view.noise, (HEIGHT // 2, WIDTH // 2)).astype(np.float32)
    grain = np.asarray(cv2.resize(noise, (WIDTH, HEIGHT)), np.float32)
    return np.asarray(np.clip(frame + grain[..., None], 0, 255), np.uint8)


def _placing(held: Subject, view: View, size: tuple[int, int]) -> npt.NDArray[np.float64]:
    """The homography from the subject's pixels to the view's: scale, turn, tilt away from the camera, move."""
    scale = max(view.zoom, 0.05) * _CODE_SHARE * HEIGHT / held.shown_height
    turn, tilt = np.radians(view.turn), np.radians(view.tilt)
    to_origin = np.array([[1, 0, -held.centre[0]], [0, 1, -held.centre[1]], [0, 0, 1]])
    turned = np.array([[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]])
    scaled = np.diag([scale, scale, 1.0])
    # A camera whose focal length is one and a half picture widths, looking at a plane tilted about its middle line.
    focal = 1.5 * WIDTH
    tilted = np.array([[1, 0, 0], [0, np.cos(tilt), 0], [0, np.sin(tilt) / focal, 1]])
    moved = np.array([[1, 0, size[0] / 2 + view.x * WIDTH], [0, 1, size[1] / 2 + view.y * HEIGHT], [0, 0, 1]])
    return np.asarray(moved @ tilted @ scaled @ turned @ to_origin, np.float64)


def _shadowed(picture: Pixels, mask: Pixels) -> Pixels:
    """The picture with the soft shadow that the sheet under `mask` throws."""
    height, width = mask.shape
    small = cv2.resize(mask, (width // _COARSE, height // _COARSE), interpolation=cv2.INTER_AREA)
    moved = np.roll(small, (14 // _COARSE, 8 // _COARSE), (0, 1))
    light = 1 - 0.45 / 255 * cv2.GaussianBlur(moved.astype(np.float32), (0, 0), 16 / _COARSE)
    return _multiplied(picture, light, None)


def _lit(picture: Pixels, view: View) -> Pixels:
    height, width = picture.shape[:2]
    columns, rows = np.meshgrid(
        np.linspace(-1, 1, width // _COARSE, dtype=np.float32), np.linspace(-1, 1, height // _COARSE, dtype=np.float32)
    )
    light, added = np.ones_like(columns), np.zeros_like(columns)
    if view.shade > 0:
        # The edge of somebody's shadow runs slantwise through the middle.
        light -= view.shade * 0.85 / (1 + np.exp(-(columns * 0.9 + rows * 0.5) * 9))
    if view.glare > 0:
        x, y = view.x * 2 + 0.1, view.y * 2 - 0.12
        added += 700 * view.glare * np.exp(-(((columns - x) * 1.78) ** 2 + (rows - y) ** 2) / 0.06)
    light *= 1 - 0.92 * view.dim
    added += 6 * view.dim - 0.92 * view.dim * added
    lit = _multiplied(picture, light, added)
    return lit if view.blur <= 0 else np.asarray(cv2.GaussianBlur(lit, (0, 0), view.blur), np.uint8)


def _multiplied(picture: Pixels, light: Levels, added: Levels | None) -> Pixels:
    """The picture times `light` plus `added`, both coarse maps without colour."""
    size = (picture.shape[1], picture.shape[0])
    product = cv2.multiply(picture, cv2.merge([cv2.resize(light, size)] * 3), dtype=cv2.CV_32F)
    if added is not None and added.any():
        product = cv2.add(product, cv2.merge([cv2.resize(added, size)] * 3))
    return np.asarray(cv2.convertScaleAbs(product), np.uint8)
