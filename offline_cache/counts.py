"""Numbers that are given out once."""

from __future__ import annotations

from typing import Protocol


class Counts(Protocol):
    """Counters on the kiosk's disk; whatever was given out is never given out again."""

    def following(self, name: str, least: int = 0) -> int:
        """The next number of counter `name`, at least `least`; it is spent, synced, when this returns."""
        ...
