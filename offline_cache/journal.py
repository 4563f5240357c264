"""What the kiosk does in the world and cannot take back: written down before, and again when its end is known.

    with journal.effect("receipt.print", {"lines": 14}) as effect:
        outcome = printer.print_receipt(...)
        effect.done("printed")

The intent is on disk before the block begins. A block that ends without `done`, by whatever way, leaves the effect
unfinished: nobody knows what became of it. It is never repeated. Before the next citizen is served, the settler of its
kind asks whoever can know (the driver's own enquiry); if that cannot tell either, a person is asked, at the office.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from datetime import datetime

    from central_office.contract.base import Message

Detail = Mapping[str, "str | int | bool | None"]
"""Words and numbers that a settler or a technician needs; nothing of any citizen."""


class EndedWithoutOutcome(RuntimeError):
    """A block began an effect and did not say how it ended: a mistake in the program, never in the world."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"the effect {kind} ended without an outcome")
        self.kind = kind


class Effect(Protocol):
    """Something that is being done."""

    def done(self, outcome: str, report: Message | None = None) -> None:
        """It has come to this end; on disk, together with what the office is told of it, when this returns.

        Raises:
            RuntimeError: its end was told already.
        """
        ...


@dataclass(frozen=True)
class Unfinished:
    """An effect that was begun, and nobody knows its end."""

    number: int
    kind: str
    detail: Detail
    began: datetime


@dataclass(frozen=True)
class Settled:
    """It is known now how it ended; `report` is what the office is told of it."""

    outcome: str
    report: Message | None = None


@dataclass(frozen=True)
class Undecided:
    """Nobody can tell; a person must look. `why` is a word for them."""

    why: str


Settler = Callable[[Unfinished], Settled | Undecided]
"""Asks, and never does it again."""


class Journal(Protocol):
    """What was begun, and how it ended."""

    def effect(self, kind: str, detail: Detail | None = None) -> AbstractContextManager[Effect]:
        """Begin something that cannot be taken back; the intent is on disk, synced, when the block begins.

        Raises:
            EndedWithoutOutcome: the block came to its end and never called `done`.
        """
        ...

    def unfinished(self) -> tuple[Unfinished, ...]:
        """What was begun and has no end yet, oldest first."""
        ...

    def settle(self, settlers: Mapping[str, Settler]) -> int:
        """Find out about everything unfinished, or hand it to a person; how much that was.

        Nothing is unfinished afterwards. To be called while no effect is under way.
        """
        ...
