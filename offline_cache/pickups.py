"""What waits in this kiosk's compartments, and the codes that open them: each once, also across a power cut."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from offline_cache.journal import Effect

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from datetime import date

    from central_office.contract.pickup_code import PickupCode
    from central_office.contract.pickups import Contents, PickupId

OPENING: Final = "pickup.open"
"""The kind under which the journal knows a compartment that is being opened."""

SPARED: Final = "spared"
"""The outcome of an opening that ended before anything was sent to the lock."""


@dataclass(frozen=True)
class Waiting:
    """A document that the code opens: where it lies and, said to nobody else, what it is."""

    pickup: PickupId
    compartment: int
    contents: Contents

    def __repr__(self) -> str:
        # Who collects what is nobody's matter: it must not slip into a log.
        return f"Waiting({self.compartment})"


class Opening(Effect, Protocol):
    """A compartment that is about to be opened; its code is used."""

    def spare(self) -> None:
        """Nothing was sent to the lock, and nothing will be: the code is good again, and the office is told.

        All of it on disk when this returns. Only who knows that no command went out may say so.

        Raises:
            RuntimeError: its end was told already.
        """
        ...


class AlreadyUsed(Exception):
    """The code of this pickup was used before; its compartment is not opened again."""


class Pickups(Protocol):
    """The office's list of what waits here, and this kiosk's own memory of what was tried and used."""

    def waiting(self, code: PickupCode, birth_date: date | None, today: date) -> tuple[Waiting, ...]:
        """What the code opens today, lowest compartment first; nothing, in the same time, whatever is wrong with it."""
        ...

    def selected(self, code: PickupCode) -> tuple[PickupId, ...]:
        """What the public part of the code finds here, whether the rest fits or not."""
        ...

    def missed(self, code: PickupCode) -> None:
        """Count a wrong guess durably; the fifth at one pickup locks it until the office gives out another code."""
        ...

    def opening(self, waiting: Waiting, *, pin_letter: bool = False) -> AbstractContextManager[Opening]:
        """Use the code up: used, told to the office and begun in the journal, all on disk when the block begins.

        Raises:
            AlreadyUsed: it was used before; the block is not entered.
            EndedWithoutOutcome: the block came to its end and never called `done`.
        """
        ...
