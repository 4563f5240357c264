"""What the office forgets, and when: run by `office manage tidy`, and at every start of the server."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib.sessions.models import Session

from central_office.contract.stages import NEXT_STAGES, Stage
from central_office.office import changes, durability
from central_office.office.audit import forgetting
from central_office.office.bulky import rules
from central_office.office.bulky.forgetting import forget as forget_orders
from central_office.office.lifecycle import forget
from central_office.office.line.keys import ask_for_new
from central_office.office.models import (
    Attempt,
    DeskEntry,
    Document,
    EnrolmentToken,
    Reservation,
    Resource,
    Town,
)
from central_office.office.pickups.sweeping import sweep

if TYPE_CHECKING:
    from datetime import datetime

FINISHED_DOCUMENTS = timedelta(days=90)
CHANGES = timedelta(days=90)
COMMANDS = timedelta(days=365)
DESK_ENTRIES = timedelta(days=365)
PROMISES = timedelta(days=365)
TICKETS = timedelta(days=30)
ATTEMPTS = timedelta(days=1)


def tidy(now: datetime) -> dict[str, int]:
    """Forget what is past its time; how many of each kind."""
    ends = [stage.value for stage in Stage if not NEXT_STAGES[stage] or stage is Stage.CANCELLED]
    finished = list(Document.objects.filter(stage__in=ends, stage_since__lt=now - FINISHED_DOCUMENTS)[:10_000])
    if finished:
        forget(finished, now)
    town = Town.objects.first()
    durability.age(now)
    if town is not None:
        rules.open_new_days(town, now)
        sweep(town, now)
    return {
        "documents": len(finished),
        "addresses": forget_orders(now),
        "changes": changes.prune(town, now - CHANGES) if town else 0,
        # Exactly once needs the kiosk's integer alone: old results may go, with the visits they brought.
        "commands": forgetting.forget_commands(now - COMMANDS),
        "tickets": EnrolmentToken.objects.filter(expires_at__lt=now - TICKETS).delete()[0],
        # A session remembers what somebody searched for.
        "sessions": Session.objects.filter(expire_date__lt=now).delete()[0],
        "desk entries": DeskEntry.objects.filter(done_at__lt=now - DESK_ENTRIES).delete()[0],
        "promises": Reservation.objects.filter(resource__day__lt=(now - PROMISES).date()).delete()[0],
        "service days": Resource.objects.filter(day__lt=(now - PROMISES).date()).delete()[0],
        "keys asked for": ask_for_new(now),
        "attempts": Attempt.objects.filter(at__lt=now - ATTEMPTS).delete()[0],
    }
