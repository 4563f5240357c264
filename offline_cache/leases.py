"""Capacity that the office lent: what of it may be promised to a citizen while nobody can be asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from central_office.contract.base import Message
    from central_office.contract.capacity import ReservationId, Resource


@dataclass(frozen=True)
class Promised:
    """The citizen has it, whatever happens to the line or the plug."""

    reservation: ReservationId


@dataclass(frozen=True)
class NoneLeft:
    """Not so many are left here; `available` are."""

    available: int


class Leases(Protocol):
    """What the office lent to this kiosk; it alone raises a lease, the kiosk alone lowers it. No clock is asked."""

    def available(self, resource: Resource) -> int:
        """How many units can be promised now, without anybody being asked."""
        ...

    def promise(
        self, resource: Resource, units: int, *, also: Callable[[ReservationId], Message] | None = None
    ) -> Promised | NoneLeft:
        """Promise units to a citizen; promise and report are on disk, synced, when this returns, or neither is.

        `also` makes one more command of the same promise, such as the order it was made for; kept with it, or not.
        """
        ...

    def cancel(self, reservation: ReservationId) -> None:
        """Take a promise back; its units go to the office, not to this kiosk's lease."""
        ...

    def give_back(self, resource: Resource, units: int) -> int:
        """Give back what is not needed here, at most what is available; how many units that were."""
        ...

    def outlook(self, resource: Resource, since: datetime) -> int:
        """How many units besides these were free at the office, by what it said not before `since`; 0 if it did not.

        Good for telling what could be asked for with `want`, never for a promise.
        """
        ...

    def want(self, resource: Resource, units: int) -> None:
        """Ask the office to let this kiosk hold so many; the courier asks with its next word, if there is a line."""
        ...
