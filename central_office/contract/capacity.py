"""Bounded capacity, and how a kiosk may promise some of it while nobody else can be asked.

The office lends a kiosk a number of units of a resource (a day's collection slots, a quota): a lease. Only the office
raises a lease, only the kiosk lowers it, by a promise to a citizen or by giving units back; both are commands and thus
ordered. A lease says after which command it was counted (`as_of`), so the kiosk takes off whatever it did since then.
No clock is asked: a lease ends with its service day, which the office calls, or with the kiosk's key.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, NewType

from pydantic import Field, StringConstraints

from central_office.contract.base import Message, Word

ReservationId = NewType("ReservationId", str)
"""The kiosk's identifier of a promise (UUID text)."""

MAX_UNITS = 1000
MAX_LEASES = 400
"""Resources in one answer: a year of days, with room."""
MAX_WANTS = 16
MAX_OUTLOOKS = 64
MAX_OUTLOOK_DAYS = 400

Units = Annotated[int, Field(ge=1, le=MAX_UNITS)]
_Reservation = Annotated[ReservationId, StringConstraints(pattern=r"^[0-9A-Za-z-]{1,64}$")]


class Resource(Message):
    """Something there is only so much of, on one service day."""

    key: Word
    day: date

    def __str__(self) -> str:
        return f"{self.key} {self.day}"


class Want(Message):
    """The kiosk would like to hold this many units of a resource; said twice, it means the same."""

    resource: Resource
    units: Units


class Lease(Message):
    """How many units a kiosk held when the office had applied its command `as_of` (and none after)."""

    resource: Resource
    granted: Annotated[int, Field(ge=0)]
    as_of: Annotated[int, Field(ge=0)]


class Outlook(Message):
    """How many units of a key were free at the office, neither promised nor lent, on each day from `first` on.

    Good for saying free, few or full; never for a promise, which needs a lease. Days that are not offered have 0.
    """

    key: Word
    first: date
    free: Annotated[tuple[Annotated[int, Field(ge=0)], ...], Field(max_length=MAX_OUTLOOK_DAYS)]

    def on(self, day: date) -> int:
        """Units free on a day; 0 for a day that it does not speak of."""
        at = (day - self.first).days
        return self.free[at] if 0 <= at < len(self.free) else 0


class ReservationMade(Message):
    """A citizen was promised `units` (`reservation.made`, version 1); takes them off the kiosk's lease."""

    reservation: _Reservation
    resource: Resource
    units: Units


class ReservationCancelled(Message):
    """A promise was taken back (`reservation.cancelled`, version 1); its units are the office's again."""

    reservation: _Reservation


class LeaseReturned(Message):
    """The kiosk gives back units that it did not promise (`lease.return`, version 1)."""

    resource: Resource
    units: Units
