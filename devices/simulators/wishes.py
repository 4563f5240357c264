"""What is asked of the dock: read out of a JSON object, or refused with a sentence."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection, Mapping
from dataclasses import fields, replace
from typing import Any, Final

from devices.simulators.scene import View

_VIEW_LIMITS: Final = {
    "zoom": (0.1, 4.0), "x": (-0.5, 0.5), "y": (-0.5, 0.5), "turn": (-180.0, 180.0), "tilt": (-70.0, 70.0),
    "blur": (0.0, 12.0), "noise": (0.0, 60.0), "shade": (0.0, 1.0), "glare": (0.0, 1.0), "dim": (0.0, 1.0),
}  # fmt: skip

Wish = Mapping[str, Any]


class Refused(Exception):
    """A request that cannot be done; `status` and a sentence for whoever sent it."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


def known(wish: Wish, *keys: str) -> None:
    """Refuse keys that nobody knows."""
    if unknown := sorted(set(wish) - set(keys)):
        raise Refused(400, f"unknown: {', '.join(unknown)}; known are {', '.join(keys)}")


def flag(wish: Wish, key: str) -> bool | None:
    """True or false under `key`; None without it."""
    value = wish.get(key)
    if value is not None and not isinstance(value, bool):
        raise Refused(400, f"{key} must be true or false")
    return value


def text(wish: Wish, key: str) -> str:
    """The text under `key`."""
    if not isinstance(value := wish[key], str):
        raise Refused(400, f"{key} must be text")
    return value


def content(wish: Wish, key: str) -> bytes:
    """The bytes under `key`, written in base 64."""
    try:
        return base64.b64decode(text(wish, key), validate=True)
    except (binascii.Error, ValueError):
        raise Refused(400, f"{key} must be base 64") from None


def one_of(wish: Wish, key: str, *allowed: str) -> str:
    """The word under `key`, which must be allowed."""
    if (value := wish[key]) not in allowed:
        raise Refused(400, f"{key} must be one of {', '.join(allowed)}")
    return str(value)


def one_known(wish: Wish, key: str, known_ones: Collection[int]) -> int:
    """A number under `key` that is one of the known ones."""
    value = wish.get(key)
    if isinstance(value, bool) or not isinstance(value, int) or value not in known_ones:
        raise Refused(404, f"there is no {key} {value!r}")
    return value


def number(value: object, key: str, low: float, high: float) -> float:
    """A number between two others; `key` is what it is called."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise Refused(400, f"{key} must be a number from {low} to {high}")
    return float(value)


def view(old: View, wish: object) -> View:
    """The old view with what is wished differently."""
    if not isinstance(wish, dict):
        raise Refused(400, "view must be an object")
    known(wish, *(each.name for each in fields(View)))
    return replace(old, **{key: number(value, key, *_VIEW_LIMITS[key]) for key, value in wish.items()})
