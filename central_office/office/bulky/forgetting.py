"""Names and addresses of orders are deleted some weeks after the pickup, households' counts after their year."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from central_office.office import changes, escrow
from central_office.office.bulky.rules import rules_of
from central_office.office.models import BulkyOrder, DeskEntry, Household, ReceivedCommand, Town

if TYPE_CHECKING:
    from datetime import datetime

FORGOTTEN = "forgotten"
"""The code of a command whose body was deleted for the citizen's sake; its hash and number stay."""
WITH_ADDRESS = "bulky.ordered"

_AT_ONCE = 2000
_KEEP_DAYS = 30


def forget(now: datetime) -> int:
    """Delete name, address and telephone of orders past their time, here and at every kiosk; how many orders."""
    town = Town.objects.first()
    if town is None:
        return 0
    rules = rules_of(town)
    today = escrow.today(town, now)
    before = today - timedelta(days=_KEEP_DAYS if rules is None else rules.keep_days)
    with transaction.atomic():
        past = list(
            BulkyOrder.objects.select_for_update()
            .filter(forgotten_at=None, day__lt=before)
            .order_by("number")[:_AT_ONCE]
        )
        for order in past:
            order.street = order.house = order.name = order.phone = order.note = order.key = ""
            order.forgotten_at = now
            ReceivedCommand.objects.filter(kiosk_id=order.kiosk_id, seq=order.seq, type=WITH_ADDRESS).update(
                body="{}", extra="", code=FORGOTTEN
            )
        fields = ["street", "house", "name", "phone", "note", "key", "forgotten_at"]
        BulkyOrder.objects.bulk_update(past, fields)
        # What a revoked kiosk told stays until somebody saw to it: the citizen may wait for a call.
        DeskEntry.objects.filter(
            kind=DeskEntry.Kind.LATE, code=WITH_ADDRESS, at__lt=now - (today - before), done_at__isnull=False
        ).update(detail="")
        # A household's free pickups count by calendar year; orders reach into the next.
        old = list(Household.objects.filter(newest__lt=today.year).order_by("key")[:_AT_ONCE])
        Household.objects.filter(pk__in=[one.pk for one in old]).delete()
        changes.note([one.pk for one in (*past, *old)], now, gone=True)
    return len(past)
