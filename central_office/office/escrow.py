"""Escrow: units move between the office, the kiosks' leases and citizens' promises, and never become more.

All of it happens under locks: the kiosk's row first (its caller holds it), then the rows of resources in one order.
The office alone raises a lease; a kiosk's commands lower it. A promise that finds no unit is kept all the same, as
`UNPLACED`, and goes to the staff's desk: the citizen was told yes, so a person must see to it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import F

from central_office.contract import capacity as words
from central_office.contract.capacity import LeaseReturned, ReservationCancelled, ReservationMade
from central_office.office.capacity import Lease, Reservation, Resource
from central_office.office.models import Kiosk, Town

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from central_office.contract.base import Message

HELD_AT_MOST = 20
"""Units of one resource that a kiosk gets for the asking."""

Drawing = ReservationMade | ReservationCancelled | LeaseReturned
DRAWINGS = frozenset({"reservation.made", "reservation.cancelled", "lease.return"})
"""What they are called on the line."""


class NotEnough(ValueError):
    """The capacity cannot become smaller than what is promised and leased; `taken` says how much that is."""

    def __init__(self, taken: int) -> None:
        super().__init__(f"{taken} units are promised or with kiosks")
        self.taken = taken


class NobodyKnows(NotEnough):
    """The capacity cannot shrink now: the database was restored, and some kiosk has not told what it promised."""

    def __init__(self, offered: int, silent: int) -> None:
        super().__init__(offered)
        self.args = (f"after the restore {silent} kiosks have not told yet what they promised",)


def open_day(key: str, day: date, capacity: int, spare: int = 2) -> Resource:
    """Offer `capacity` units of `key` on `day`, or change what is offered.

    Raises:
        NotEnough: fewer than are promised or leased already.
        NobodyKnows: fewer than before, and the office does not know yet what is promised.
    """
    with transaction.atomic():
        found = Resource.objects.select_for_update().filter(key=key, day=day).first()
        if found is None:
            return Resource.objects.create(key=key, day=day, capacity=capacity, spare=spare)
        if found.promised + found.leased > capacity:
            raise NotEnough(found.promised + found.leased)
        if capacity < found.capacity and (town := Town.objects.first()) and (silent := recovering(town)):
            raise NobodyKnows(found.capacity, len(silent))
        found.capacity, found.spare = capacity, spare
        found.save()
        return found


def recovering(town: Town) -> list[str]:
    """The kiosks that have not spoken since the database was restored; until they have, no lease is raised.

    Each may have promised what this database has forgotten that it lent.
    """
    return list(
        Kiosk.objects.exclude(state=Kiosk.State.REVOKED).exclude(confirmed=town.epoch).values_list("pk", flat=True)
    )


def forget_leases() -> None:
    """After a restore: nobody holds anything, as far as this database can know. Belongs into a transaction."""
    Lease.objects.all().delete()
    Resource.objects.exclude(leased=0).update(leased=0)


def release(kiosk: Kiosk) -> int:
    """Take back what a revoked kiosk holds; how many units. The caller's transaction holds the kiosk's row."""
    units = 0
    leases = {lease.resource_id: lease for lease in Lease.objects.filter(kiosk=kiosk)}
    for resource in Resource.objects.select_for_update().filter(pk__in=leases).order_by("pk"):
        Resource.objects.filter(pk=resource.pk).update(leased=F("leased") - leases[resource.pk].units)
        units += leases[resource.pk].units
    Lease.objects.filter(kiosk=kiosk).delete()
    return units


def hold(key: str, day: date, units: int, reservation: str, at: datetime) -> bool:
    """The office itself promises something; False if not so much is free. Belongs into a transaction.

    Raises:
        NobodyKnows: after a restore what seems free may be promised.
    """
    if (town := Town.objects.first()) and (silent := recovering(town)):
        raise NobodyKnows(0, len(silent))
    resource = Resource.objects.select_for_update().filter(key=key, day=day).first()
    if resource is None or resource.free < units:
        return False
    Resource.objects.filter(pk=resource.pk).update(promised=F("promised") + units)
    Reservation.objects.create(id=reservation, kiosk=None, resource=resource, units=units, made_at=at)
    return True


def free(reservation: str) -> None:
    """A colleague calls a promise off: its units are the office's again. Belongs into a transaction."""
    known = Reservation.objects.filter(pk=reservation).first()
    if known is None:
        return
    resource = Resource.objects.select_for_update().get(pk=known.resource_id)
    # What the first look saw may have changed before the lock.
    if Reservation.objects.filter(pk=reservation, state=Reservation.State.HELD).update(
        state=Reservation.State.CANCELLED
    ):
        Resource.objects.filter(pk=resource.pk).update(promised=F("promised") - known.units)


@dataclass
class Books:
    """One kiosk's leases and the resources they are of, locked; `save` writes what changed."""

    kiosk: Kiosk
    resources: dict[tuple[str, date], Resource] = field(default_factory=dict)
    leases: dict[int, Lease] = field(default_factory=dict)
    reservations: dict[str, Reservation] = field(default_factory=dict)
    unplaced: list[str] = field(default_factory=list)
    _new: dict[str, Reservation] = field(default_factory=dict)
    _touched: set[int] = field(default_factory=set)
    _cancelled: list[Reservation] = field(default_factory=list)

    def apply(self, body: Drawing, at: datetime) -> str:
        """Do what the kiosk did; empty, or the code with which the office rejects it."""
        match body:
            case ReservationMade():
                return self._make(body, at)
            case ReservationCancelled(reservation=name):
                return self._cancel(str(name))
            case LeaseReturned(resource=wanted, units=units):
                resource = self.resources.get((wanted.key, wanted.day))
                if resource is None:
                    return "unknown_resource"
                self._lower(resource, units)
                return ""

    def top_up(self, wants: Iterable[words.Want], today: date) -> None:
        """Raise the leases towards the spare and what is wanted, as far as there is something free."""
        wanted = {(want.resource.key, want.resource.day): want.units for want in wants}
        for place, resource in self.resources.items():
            if resource.day < today:
                continue
            lease = self._lease(resource)
            goal = min(max(resource.spare, wanted.get(place, 0)), HELD_AT_MOST)
            more = min(goal - lease.units, resource.free)
            if more > 0:
                self.kiosk.leases_version += 1
                lease.units += more
                resource.leased += more
                self._touched.add(resource.pk)

    def save(self) -> None:
        """Write what changed; the database refuses what would be too much."""
        for resource in self.resources.values():
            if resource.pk in self._touched:
                resource.save(update_fields=["promised", "leased"])
                if (lease := self.leases.get(resource.pk)) is not None:
                    lease.save()
        Reservation.objects.bulk_create(self._new.values())
        Reservation.objects.bulk_update(self._cancelled, ["state"])
        self._new, self._cancelled = {}, []
        self._touched.clear()

    def _make(self, body: ReservationMade, at: datetime) -> str:
        resource = self.resources.get((body.resource.key, body.resource.day))
        if resource is None:
            return "unknown_resource"
        known = self.reservations.get(body.reservation)
        if known is not None:
            # A kiosk that was enrolled anew tells again what its old self may have told already.
            return "" if (known.resource_id, known.units) == (resource.pk, body.units) else "reservation_known"
        from_lease = min(self._lease(resource).units, body.units)
        state = Reservation.State.HELD
        if body.units - from_lease <= resource.free:
            self._lower(resource, from_lease)
            resource.promised += body.units
            self._touched.add(resource.pk)
        else:
            state = Reservation.State.UNPLACED
            self.unplaced.append(body.reservation)
        made = Reservation(
            id=body.reservation, kiosk=self.kiosk, resource=resource, units=body.units, state=state, made_at=at
        )
        self._new[made.pk] = self.reservations[made.pk] = made
        return ""

    def _cancel(self, name: str) -> str:
        known = self.reservations.get(name)
        if known is None:
            return "unknown_reservation"
        if known.state == Reservation.State.HELD:
            resource = next(one for one in self.resources.values() if one.pk == known.resource_id)
            resource.promised -= known.units
            self._touched.add(resource.pk)
        known.state = Reservation.State.CANCELLED
        if name not in self._new:
            self._cancelled.append(known)
        return ""

    def _lower(self, resource: Resource, units: int) -> None:
        """Take units off the lease; after a restore it may hold fewer than the kiosk gives back."""
        lease = self._lease(resource)
        units = min(units, lease.units)
        lease.units -= units
        resource.leased -= units
        self._touched.add(resource.pk)

    def _lease(self, resource: Resource) -> Lease:
        found = self.leases.get(resource.pk)
        if found is None:
            found = self.leases[resource.pk] = Lease(kiosk=self.kiosk, resource=resource, units=0)
        return found


def drawings(bodies: Iterable[Message | None]) -> list[Drawing]:
    """The commands among `bodies` that concern capacity."""
    return [body for body in bodies if isinstance(body, ReservationMade | ReservationCancelled | LeaseReturned)]


def open_books(kiosk: Kiosk, bodies: Sequence[Drawing], also: Sequence[int] = ()) -> Books:
    """Lock every resource that `bodies` or `also` name, in one order, and read this kiosk's leases of them."""
    if not bodies and not also:
        return Books(kiosk)
    named = {(body.resource.key, body.resource.day) for body in bodies if not isinstance(body, ReservationCancelled)}
    reservations = {
        one.pk: one
        for one in Reservation.objects.filter(
            pk__in=[body.reservation for body in bodies if not isinstance(body, LeaseReturned)]
        )
    }
    keys = set(also) | {one.resource_id for one in reservations.values()}
    if named:
        candidates = Resource.objects.filter(key__in={key for key, _ in named}, day__in={day for _, day in named})
        keys |= {pk for pk, key, day in candidates.values_list("pk", "key", "day") if (key, day) in named}
    if not keys:
        return Books(kiosk)
    locked = list(Resource.objects.select_for_update().filter(pk__in=keys).order_by("pk"))
    return Books(
        kiosk,
        {(one.key, one.day): one for one in locked},
        {one.resource_id: one for one in Lease.objects.filter(kiosk=kiosk, resource__in=locked)},
        reservations,
    )


def today(town: Town, at: datetime) -> date:
    """The service day it is in the town."""
    return at.astimezone(ZoneInfo(town.time_zone)).date()


def lend(kiosk: Kiosk, of: Sequence[int], wants: Sequence[words.Want], town: Town, at: datetime) -> None:
    """Raise the kiosk's leases of what is `lacking`, unless the database was restored and somebody is silent since.

    The caller's transaction holds the kiosk's row.
    """
    if recovering(town):
        return
    books = open_books(kiosk, (), of)
    books.top_up(wants, today(town, at))
    books.save()
    kiosk.save(update_fields=["leases_version"])


def lacking(kiosk: Kiosk, wants: Iterable[words.Want], town: Town, at: datetime) -> list[int]:
    """The resources of which the kiosk holds fewer units than it should, and something is free."""
    # Written out: every request of every kiosk asks this, and composing it would cost more than all the rest of it.
    wanted = [(want.resource.key, want.resource.day, min(want.units, HELD_AT_MOST)) for want in wants]
    more = " OR (r.key = %s AND r.day = %s AND coalesce(l.units, 0) < %s)" * len(wanted)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.id FROM office_resource r "  # noqa: S608 - nothing but marks is put in
            "LEFT JOIN office_lease l ON l.resource_id = r.id AND l.kiosk_id = %s "
            "WHERE r.day >= %s AND r.capacity - r.promised - r.leased > 0 "
            f"AND ((coalesce(l.units, 0) < r.spare AND coalesce(l.units, 0) < %s){more})",
            [kiosk.pk, today(town, at), HELD_AT_MOST, *(value for want in wanted for value in want)],
        )
        return [number for (number,) in cursor.fetchall()]


@lru_cache(maxsize=4096)
def _named(key: str, day: date) -> words.Resource:
    """The resource in the contract's words: every kiosk is told of the same few hundred, every time."""
    return words.Resource(key=key, day=day)


def leases_tag(kiosk: Kiosk, town: Town) -> str:
    """Stands for all that the kiosk holds, in this life of the database."""
    return sha256(f"{town.epoch} {kiosk.pk} {kiosk.leases_version}".encode()).hexdigest()[:32]


def leases(kiosk: Kiosk, town: Town, at: datetime) -> tuple[words.Lease, ...]:
    """All that a kiosk holds from today on, as of its last command; its caller holds its row."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.key, r.day, l.units FROM office_lease l JOIN office_resource r ON r.id = l.resource_id "
            "WHERE l.kiosk_id = %s AND r.day >= %s ORDER BY r.day, r.key",
            [kiosk.pk, today(town, at)],
        )
        return tuple(
            words.Lease(resource=_named(key, day), granted=units, as_of=kiosk.last_seq)
            for key, day, units in cursor.fetchmany(words.MAX_LEASES)
        )
