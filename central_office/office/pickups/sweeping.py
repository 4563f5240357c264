"""The deadline: what nobody collected goes back to the counter's list, and a message lies ready for its holder."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from central_office.contract.stages import Stage
from central_office.office import lifecycle
from central_office.office.models import Kiosk, Pickup
from central_office.office.pickups.issuing import LIVE, heard_anew

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from central_office.office.models import Town

BY = "Fristablauf"
"""Who moved it, in the document's history."""


def sweep(town: Town, now: datetime) -> int:
    """End every pickup whose last day is over; how many. Its kiosk opens it no more, with or without a line."""
    today = now.astimezone(ZoneInfo(town.time_zone)).date()
    due = Pickup.objects.filter(state__in=(Pickup.State.WAITING, Pickup.State.LOCKED), until__lt=today)
    swept = 0
    for pickup in due.select_related("document", "kiosk"):
        with transaction.atomic():
            heard_anew(pickup.kiosk)
            message = _back_to_the_counter(pickup, town, BY, now)
            ended = Pickup.objects.filter(pk=pickup.pk, state=pickup.state)
            swept += ended.update(
                state=Pickup.State.EXPIRED, ended_at=now, digits="", token="", row="", message=message
            )
    return swept


def take_back(pickup: Pickup, by: str, at: datetime) -> bool:
    """Note that staff emptied the compartment at the kiosk, in time or too late; False if it was ended before.

    The message that the document lies at the counter stays ready to be sent.
    """
    with transaction.atomic():
        heard_anew(pickup.kiosk)
        state, message = pickup.state, pickup.message if pickup.state == Pickup.State.EXPIRED else ""
        if state not in _STILL_IN:
            return False
        if pickup.document.at_stage is Stage.READY_BOX:
            message = _back_to_the_counter(pickup, lifecycle.the_town(), by, at)
        Pickup.objects.filter(pk=pickup.pk).update(
            state=Pickup.State.WITHDRAWN, ended_at=at, digits="", token="", row="", message=message
        )
    return True


_STILL_IN = frozenset(
    {
        Pickup.State.PLACED,
        Pickup.State.WAITING,
        Pickup.State.LOCKED,
        Pickup.State.OPENED,
        Pickup.State.EXPIRED,
        Pickup.State.FAILED,
    }
)


def _back_to_the_counter(pickup: Pickup, town: Town, by: str, at: datetime) -> str:
    """Move the document to the counter's list; what its holder is told, nothing if a colleague saw to it already."""
    try:
        document = lifecycle.move(pickup.document, Stage.RETURNED_TO_COUNTER, by, at)
    except (lifecycle.IllegalMove, lifecycle.MovedMeanwhile):
        return ""
    place = document.place.name if document.place else town.office
    return (
        f"{town.name}: Ihr Dokument {document.reference} liegt nicht mehr im Fach. "
        f"Sie bekommen es hier: {place}, bis {document.collect_until:%d.%m.%Y}."
    )


def take_out(pickup: Pickup, by: str, at: datetime) -> bool:
    """Note that the compartment was emptied, and its document lies at the counter; False if somebody was faster."""
    with transaction.atomic():
        ended = Pickup.objects.filter(pk=pickup.pk, state=pickup.state).update(
            state=Pickup.State.WITHDRAWN, ended_at=at, message=""
        )
        if not ended:
            return False
        if pickup.document.at_stage is Stage.READY_BOX:
            lifecycle.move(pickup.document, Stage.RETURNED_TO_COUNTER, by, at)
    return True


def to_take_out() -> QuerySet[Pickup]:
    """What staff has to take out: expired, failed, or of a revoked kiosk; what waits longest comes first."""
    due = Q(state__in=(Pickup.State.EXPIRED, Pickup.State.FAILED))
    gone = Q(state__in=LIVE, kiosk__state=Kiosk.State.REVOKED)
    return Pickup.objects.filter(due | gone).select_related("document", "kiosk")
