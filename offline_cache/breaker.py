"""Gives up for a while on something that failed, so that what matters more is not held up by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Callable


class Breaker:
    """Closed while things go well; after each failure open for a time drawn below a bound that doubles.

    `ticks` is a clock that only runs forward; `first` and `longest` are the bounds in seconds.
    """

    def __init__(
        self, ticks: Callable[[], float], rng: random.Random, *, first: float = 30.0, longest: float = 3600.0
    ) -> None:
        self._ticks = ticks
        self._rng = rng
        self._first = first
        self._longest = longest
        self._failures = 0
        self._until = float("-inf")

    def closed(self) -> bool:
        """Whether it is worth a try now."""
        return self._ticks() >= self._until

    def failed(self) -> None:
        """It was not."""
        bound = min(self._longest, self._first * 2.0 ** min(self._failures, 30))
        # Never at once: the half above keeps a broken thing from being tried with every round.
        self._until = self._ticks() + self._rng.uniform(bound / 2, bound)
        self._failures += 1

    def succeeded(self) -> None:
        """It was."""
        self._failures = 0
        self._until = float("-inf")
