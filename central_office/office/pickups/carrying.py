"""What becomes of codes when a kiosk is enrolled anew: carried over to the same disk, or a matter for staff.

A kiosk that was enrolled anew with its old disk still says, by the tag, which list of pickups lies on that disk; the
marks of used codes lie beside it, so no code can open twice. Only a revoked kiosk of the same site is succeeded: that
somebody said so at the office is what a tag alone would not prove (decision 019).
"""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from central_office.contract.claims import COST
from central_office.contract.town import CollectTable
from central_office.office import desk
from central_office.office.models import DeskEntry, Kiosk, Pickup
from central_office.office.pickups.issuing import LIVE, heard_anew, row_as_sent, tag, tag_of_version

if TYPE_CHECKING:
    from datetime import datetime

    from central_office.contract.claims import Cost
    from central_office.office.models import Town


def take_over(kiosk: Kiosk, town: Town, known: str, at: datetime, *, cost: Cost = COST) -> int:
    """Let the codes of the kiosk whose list lies on this one's disk (`known`) go on here; how many.

    The row of `kiosk` is locked. Rows are made anew under this kiosk's pepper, which takes a moment for each.
    """
    if known in {"", tag(kiosk, town)}:
        return 0
    carried = 0
    stranded = Kiosk.objects.filter(state=Kiosk.State.REVOKED, site=kiosk.site, pickups__state__in=LIVE).distinct()
    for old in stranded:
        versions = range(old.pickups_version, 0, -1)
        if not any(known == tag_of_version(old, town, version) for version in versions):
            continue
        heard_anew(kiosk)
        today = at.astimezone(ZoneInfo(town.time_zone)).date()
        taken = set(Pickup.objects.filter(kiosk=kiosk, state__in=LIVE).values_list("compartment", flat=True))
        for pickup in Pickup.objects.filter(kiosk=old, state__in=LIVE).exclude(compartment__in=taken):
            pickup.kiosk, pickup.version = kiosk, kiosk.pickups_version
            if pickup.digits:
                table = CollectTable(**town.collect)
                pickup.row = row_as_sent(pickup, table, today, secrets.token_bytes, cost).model_dump_json()
            pickup.save()
            carried += 1
    return carried


def note_stranded(kiosk: Kiosk, at: datetime) -> None:
    """Tell clerks that documents lie in the compartments of a kiosk that was revoked."""
    documents = Pickup.objects.filter(kiosk=kiosk, state__in=LIVE).count()
    if documents:
        detail = json.dumps({"documents": documents})
        desk.put([desk.entry(DeskEntry.Kind.PICKUP, kiosk, kiosk.last_seq, at, "kiosk_replaced", detail)])
