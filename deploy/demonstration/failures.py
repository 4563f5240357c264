"""Why a demonstration does not begin, or ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class CannotStart(Exception):
    """Something outside the demonstration stands in its way; the sentences say what, and what to do."""


class Ended(Exception):
    """Someone wants the demonstration to end."""


class PartFailed(Exception):
    """A process did not come up, or did not do its one task."""

    def __init__(self, name: str, what: str, last_words: str, log: Path) -> None:
        super().__init__(name, what)
        self.name = name
        self.what = what
        self.last_words = last_words
        self.log = log

    def __str__(self) -> str:
        """Put it into words, with the last lines of its log."""
        return "\n".join(
            line for line in (f"{self.name} {self.what}.", self.last_words, f"All it said: {self.log}") if line
        )
