"""The desk: all that a service may touch, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from datetime import datetime
    from threading import Event

    from central_office.contract.messages import DeviceId
    from central_office.contract.town import Town
    from devices.dispensing import DispenserLayout
    from devices.noticeboard import Noticeboard
    from devices.roles import Device, Role
    from offline_cache.counts import Counts
    from offline_cache.journal import Journal
    from offline_cache.leases import Leases
    from offline_cache.orders import Orders
    from offline_cache.pickups import Pickups
    from offline_cache.replica import Replica
    from offline_cache.sales import Sales
    from offline_cache.staff import Staff
    from offline_cache.tries import Tries
    from screens.stage import Sighting
    from screens.steps import Step
    from screens.surroundings import Surroundings

A = TypeVar("A")
D = TypeVar("D", bound="Device")


class Citizen(Protocol):
    """Who stands there: asked one question at a time. `screens.stage.Stage` is this port."""

    def ask(self, step: Step[A], meanwhile: Callable[[], A | None] | None = None, every: float = 0.0) -> A:
        """Ask and wait; `meanwhile`, called every `every` seconds, may answer as well.

        Raises:
            Abandoned: the session is over.
        """
        ...

    def tell(self, step: Step[Any]) -> None:
        """Show without waiting."""
        ...

    def show_sighting(self, sighting: Sighting) -> None:
        """Show the camera's latest picture on the open page."""
        ...


class Devices(Protocol):
    """What is plugged in: lent for exclusive, typed use. `devices.supervisor.Supervisor` is this port."""

    def lease(self, role: Role[D]) -> AbstractContextManager[D]:
        """Lend a device, or raise `Unavailable(condition)`."""
        ...


@dataclass
class VisitNotes:
    """What the office is told of a visit: how it was made, never who made it."""

    claim: Literal["letter", "number", "card", "none"] = "none"
    goes_on: bool = False
    """The citizen has another matter: the visit goes back to home."""
    taken_away: set[Literal["receipt", "phone"]] = field(default_factory=set)
    card_laid: bool = False
    """An identity card lay on the reader, so that the farewell reminds of it; the office does not hear of it."""


@dataclass(frozen=True)
class Desk:
    """Where a service works. Personal data lives in the service's local variables and goes with them.

    `device` is the kiosk, as the office calls it; `now` is aware UTC; `cancel` is set when the session is abandoned and
    every device at work heeds it; `language` and `surroundings` are the citizen's at this moment. `columns` are those
    of this kiosk's dispenser, None without one. `ends_with_card`: a visit signed in by card ends when the card is taken
    out. Who lets the session's thread wait without a question calls `beat`.
    """

    citizen: Citizen
    devices: Devices
    noticeboard: Noticeboard
    device: DeviceId
    replica: Replica
    tries: Tries
    leases: Leases
    journal: Journal
    counts: Counts
    orders: Orders
    pickups: Pickups
    staff: Staff
    sales: Sales
    town: Town
    now: Callable[[], datetime]
    language: Callable[[], str]
    surroundings: Callable[[], Surroundings]
    stale_after_hours: float
    cancel: Event
    visit: VisitNotes
    columns: DispenserLayout | None = None
    ends_with_card: bool = False
    beat: Callable[[], None] = lambda: None
