"""What kiosks say about compartments, applied: inside the transaction that counts their commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from central_office.contract.messages import DeviceId
from central_office.contract.pickups import (
    LockerIncident,
    PickupCollected,
    PickupFailed,
    PickupGuessing,
    PickupLoaded,
    PickupLocked,
    PickupOpened,
    PickupSpared,
)
from central_office.contract.stages import Stage
from central_office.office import desk, lifecycle
from central_office.office.employees import deeds
from central_office.office.events import ManyCodesMissed
from central_office.office.models import DeskEntry, Pickup
from central_office.office.pickups.finding import document_with
from central_office.office.pickups.issuing import LIVE, CannotBeDeposited, Into, heard_anew, issue
from logbook import say

if TYPE_CHECKING:
    from datetime import datetime

    from central_office.office.models import Document, Kiosk

Speech = (
    PickupLoaded
    | PickupOpened
    | PickupSpared
    | PickupCollected
    | PickupFailed
    | PickupLocked
    | PickupGuessing
    | LockerIncident
)


def apply(kiosk: Kiosk, body: Speech, seq: int, at: datetime) -> str:
    """Do what the kiosk said; empty, or the code with which the office rejects it. The kiosk's row is locked."""
    match body:
        case LockerIncident():
            _lay(DeskEntry.Kind.LOCKER, kiosk, seq, at, body.mishap, body)
            return ""
        case PickupGuessing():
            _lay(DeskEntry.Kind.PICKUP, kiosk, seq, at, "many_misses", body)
            say(ManyCodesMissed(DeviceId(kiosk.pk), body.misses))
            return ""
        case PickupLoaded():
            return _load(kiosk, body, seq, at)
        case _:
            pickup = Pickup.objects.filter(pk=body.pickup, kiosk=kiosk).select_related("document").first()
            if pickup is None:
                return "unknown_pickup"
            _go_on(kiosk, pickup, body, seq, at)
            return ""


def _load(kiosk: Kiosk, body: PickupLoaded, seq: int, at: datetime) -> str:
    document = document_with(body.document)
    if body.employee:
        deeds.note(
            deeds.Told(kiosk, seq, at),
            body.employee,
            "pickup.loaded",
            compartment=body.compartment,
            document=document,
        )
    code = _issue(kiosk, body, document, at)
    if code and body.employee:
        # Something lies there that the books do not have there: nothing else is laid in until somebody looked.
        deeds.mark(kiosk, body.compartment, code, deeds.name_of(body.employee), at)
    return code


def _issue(kiosk: Kiosk, body: PickupLoaded, document: Document | None, at: datetime) -> str:
    if Pickup.objects.filter(pk=body.pickup).exists():
        return "pickup_known"
    if document is None:
        return "unknown_document"
    by = f"{deeds.name_of(body.employee)}, {kiosk.site}" if body.employee else kiosk.site
    try:
        issue(document, Into(kiosk, body.compartment, by, body.reach, body.pickup, body.employee), at)
    except CannotBeDeposited as problem:
        return problem.code
    return ""


def _go_on(
    kiosk: Kiosk,
    pickup: Pickup,
    body: PickupOpened | PickupSpared | PickupCollected | PickupFailed | PickupLocked,
    seq: int,
    at: datetime,
) -> None:
    match body:
        case PickupOpened():
            pickup.state = Pickup.State.OPENED
        case PickupSpared():
            if pickup.state == Pickup.State.OPENED:
                pickup.state = Pickup.State.WAITING
        case PickupCollected():
            pickup.state, pickup.how, pickup.ended_at = Pickup.State.COLLECTED, body.how, at
            if not _hand_over(kiosk, pickup, at):
                _lay(DeskEntry.Kind.PICKUP, kiosk, seq, at, "moved_before", body)
            if body.how == "left_open":
                _lay(DeskEntry.Kind.LOCKER, kiosk, seq, at, "left_open", body)
        case PickupFailed():
            pickup.state, pickup.how, pickup.ended_at = Pickup.State.FAILED, body.why, at
            _lay(DeskEntry.Kind.PICKUP, kiosk, seq, at, body.why, body)
        case PickupLocked():
            if pickup.state == Pickup.State.WAITING:
                pickup.state = Pickup.State.LOCKED
            _lay(DeskEntry.Kind.PICKUP, kiosk, seq, at, "guessed", body)
    pickup.message = ""
    if pickup.state not in LIVE:
        pickup.digits = pickup.token = pickup.row = ""
    pickup.save()
    heard_anew(kiosk)


def _hand_over(kiosk: Kiosk, pickup: Pickup, at: datetime) -> bool:
    """Note that the citizen has it; False if a colleague moved the document elsewhere meanwhile."""
    try:
        lifecycle.move(pickup.document, Stage.HANDED_OVER, kiosk.site, at)
    except (lifecycle.IllegalMove, lifecycle.MovedMeanwhile):
        return False
    return True


def _lay(kind: DeskEntry.Kind, kiosk: Kiosk, seq: int, at: datetime, code: str, body: Speech) -> None:  # noqa: PLR0913, PLR0917 - all of one matter
    desk.put([desk.entry(kind, kiosk, seq, at, code, body.model_dump_json())])
