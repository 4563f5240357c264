"""The staff's desk: what programs could not settle alone, until a person says what was done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from central_office.office.models import DeskEntry
from central_office.office.roles import StaffRole

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.db.models import QuerySet

    from central_office.office.models import Kiosk

WHO: dict[str, StaffRole] = {
    DeskEntry.Kind.REJECTED: StaffRole.TECHNICIAN,
    DeskEntry.Kind.UNSETTLED: StaffRole.TECHNICIAN,
    DeskEntry.Kind.UNPLACED: StaffRole.CLERK,
    DeskEntry.Kind.FORK: StaffRole.TECHNICIAN,
    DeskEntry.Kind.CHAIN: StaffRole.TECHNICIAN,
    DeskEntry.Kind.LATE: StaffRole.CLERK,
    DeskEntry.Kind.GAP: StaffRole.TECHNICIAN,
    DeskEntry.Kind.ALTERED: StaffRole.TECHNICIAN,
    DeskEntry.Kind.LOG: StaffRole.TECHNICIAN,
    DeskEntry.Kind.ORDER: StaffRole.CLERK,
    DeskEntry.Kind.QUOTA: StaffRole.CLERK,
    DeskEntry.Kind.VOUCHER: StaffRole.CLERK,
    DeskEntry.Kind.PICKUP: StaffRole.CLERK,
    DeskEntry.Kind.LOCKER: StaffRole.TECHNICIAN,
    DeskEntry.Kind.SALE: StaffRole.CLERK,
    DeskEntry.Kind.TILL: StaffRole.CLERK,
    DeskEntry.Kind.STOCK: StaffRole.CLERK,
}
"""Who sees to what: promises are a citizen's matter, everything else is a machine's."""


class AlreadyDone(RuntimeError):
    """A colleague saw to it first."""


def entry(  # noqa: PLR0913, PLR0917 - what there is to say about one matter
    kind: DeskEntry.Kind, kiosk: Kiosk, seq: int, at: datetime, code: str = "", detail: str = ""
) -> DeskEntry:
    """One matter, not yet on the desk; `detail` is JSON as ASCII text."""
    return DeskEntry(kind=kind, kiosk=kiosk, seq=seq, code=code, detail=detail, role=WHO[kind].value, at=at)


def put(entries: Iterable[DeskEntry]) -> None:
    """Lay the matters on the desk; one that lies there already is not laid twice."""
    DeskEntry.objects.bulk_create(entries, ignore_conflicts=True)


def waiting_for(roles: Iterable[StaffRole]) -> QuerySet[DeskEntry]:
    """What somebody with these roles has to see to."""
    return DeskEntry.objects.filter(done_at=None, role__in=[role.value for role in roles])


def close(entry: DeskEntry, by: str, how: str, at: datetime) -> None:
    """Write down what was done about it.

    Raises:
        AlreadyDone: a colleague was faster; nothing was changed.
    """
    if not DeskEntry.objects.filter(pk=entry.pk, done_at=None).update(done_at=at, done_by=by, done_how=how[:400]):
        raise AlreadyDone
