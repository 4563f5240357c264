"""What a receipt says, before any printer: lines in one language, drawn by whoever prints them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Title:
    """A large, bold, centred line."""

    text: str


@dataclass(frozen=True)
class Text:
    """A paragraph; wrapped by the printer's width."""

    text: str
    bold: bool = False
    centred: bool = False


@dataclass(frozen=True)
class Pair:
    """A label at the left and its value at the right, on one line if they fit."""

    label: str
    value: str


@dataclass(frozen=True)
class Rule:
    """A line across the paper."""


@dataclass(frozen=True)
class Gap:
    """An empty line."""


@dataclass(frozen=True)
class Qr:
    """A QR code, centred; at least 25 mm wide on 80 mm paper."""

    payload: str


Line = Title | Text | Pair | Rule | Gap | Qr


@dataclass(frozen=True)
class Receipt:
    """One slip of paper from top to cut."""

    lines: tuple[Line, ...]
