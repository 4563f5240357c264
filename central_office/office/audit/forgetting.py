"""What may be forgotten without losing the evidence: commands up to a head that a digest signed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from central_office.office.models import DailyDigest, ReceivedCommand

if TYPE_CHECKING:
    from datetime import datetime


def forget_commands(before: datetime) -> int:
    """Delete commands that were received before that moment, with what they brought; how many rows that were.

    Each chain goes on from a head that was signed, so that it can still be verified: what no digest covers stays.
    """
    last = DailyDigest.objects.filter(day__lt=before.date()).order_by("-day").first()
    heads = [] if last is None else last.heads.values()
    return sum(ReceivedCommand.objects.filter(kiosk=head.device, seq__lte=head.seq).delete()[0] for head in heads)
