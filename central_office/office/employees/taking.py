"""What kiosks say that staff did, applied: inside the transaction that counts their commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from central_office.contract.staff import (
    CompartmentMarked,
    CompartmentOpened,
    LoadingUnclear,
    PickupConfirmed,
    PickupHandedOver,
    PickupTakenOut,
    StaffSignedIn,
    StaffSignedOut,
)
from central_office.contract.stages import Stage
from central_office.office import desk, lifecycle
from central_office.office.employees import deeds
from central_office.office.employees.deeds import Told, name_of, note
from central_office.office.models import DeskEntry, Pickup
from central_office.office.pickups import issuing, sweeping
from central_office.office.pickups.finding import document_with

if TYPE_CHECKING:
    from datetime import datetime

    from central_office.office.models import Kiosk

Speech = (
    StaffSignedIn
    | StaffSignedOut
    | PickupConfirmed
    | PickupHandedOver
    | PickupTakenOut
    | LoadingUnclear
    | CompartmentOpened
    | CompartmentMarked
)


def apply(kiosk: Kiosk, body: Speech, seq: int, at: datetime) -> str:
    """Do what the kiosk said; empty, or the code with which the office rejects it. The kiosk's row is locked."""
    told = Told(kiosk, seq, at)
    match body:
        case StaffSignedIn():
            note(told, body.employee, "staff.signed_in", detail="card" if body.with_card else "number")
        case StaffSignedOut():
            note(told, body.employee, "staff.signed_out", detail=body.how)
        case CompartmentOpened():
            detail = body.reason.value + (f": {body.note}" if body.note else "")
            note(told, body.employee, "compartment.opened", compartment=body.compartment, detail=detail)
        case CompartmentMarked():
            _mark(told, body)
        case LoadingUnclear():
            _unclear(told, body)
        case PickupConfirmed() | PickupHandedOver() | PickupTakenOut():
            return _of_pickup(told, body)
    return ""


def _mark(told: Told, body: CompartmentMarked) -> None:
    if body.in_order:
        deeds.unmark(told.kiosk, body.compartment)
    else:
        deeds.mark(told.kiosk, body.compartment, "by_staff", name_of(body.employee), told.at)
        _lay(told, DeskEntry.Kind.LOCKER, "out_of_order", body)
    word = "in_order" if body.in_order else "out_of_order"
    note(told, body.employee, "compartment.marked", compartment=body.compartment, detail=word)


def _unclear(told: Told, body: LoadingUnclear) -> None:
    document = document_with(body.document)
    note(told, body.employee, "loading.unclear", compartment=body.compartment, document=document, detail=body.why)
    deeds.mark(told.kiosk, body.compartment, "loading_unclear", name_of(body.employee), told.at)
    _lay(told, DeskEntry.Kind.PICKUP, "loading_unclear", body)


def _of_pickup(told: Told, body: PickupConfirmed | PickupHandedOver | PickupTakenOut) -> str:
    pickup = Pickup.objects.filter(pk=body.pickup, kiosk=told.kiosk).select_related("document").first()
    if pickup is None:
        return "unknown_pickup"
    pickup.kiosk = told.kiosk  # its version of the list counts in this transaction
    by, place, detail = name_of(body.employee), pickup.compartment, ""
    match body:
        case PickupConfirmed():
            kind = "pickup.confirmed"
            if body.employee == pickup.laid_by:
                return "same_employee"
            try:
                issuing.confirm(pickup, by, told.at)
            except issuing.CannotBeDeposited as problem:
                return problem.code
        case PickupHandedOver():
            kind, detail = "pickup.handed_over", f"{body.collector}, {body.old_document}"
            _hand_over(told, pickup, body, by)
        case PickupTakenOut():
            kind = "pickup.taken_out"
            if not sweeping.take_back(pickup, by, told.at):
                _lay(told, DeskEntry.Kind.PICKUP, "moved_before", body)
    note(told, body.employee, kind, compartment=place, document=pickup.document, detail=detail)
    return ""


def _hand_over(told: Told, pickup: Pickup, body: PickupHandedOver, by: str) -> None:
    pickup.state, pickup.how, pickup.ended_at = Pickup.State.COLLECTED, body.how, told.at
    pickup.message = pickup.digits = pickup.token = pickup.row = ""
    pickup.save()
    issuing.heard_anew(told.kiosk)
    try:
        lifecycle.move(pickup.document, Stage.HANDED_OVER, by, told.at)
    except (lifecycle.IllegalMove, lifecycle.MovedMeanwhile):
        _lay(told, DeskEntry.Kind.PICKUP, "moved_before", body)
    if body.how == "left_open":
        _lay(told, DeskEntry.Kind.LOCKER, "left_open", body)


def _lay(told: Told, kind: DeskEntry.Kind, code: str, body: Speech) -> None:
    desk.put([desk.entry(kind, told.kiosk, told.seq, told.at, code, body.model_dump_json())])
