"""Once a day, in `office serve`: look at what came since the last digest, lay findings on the desk, sign the day.

Once a week it looks at all that is kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import DatabaseError, connection

from central_office.office import desk
from central_office.office.audit.chains import Point, Walk, heads_of
from central_office.office.audit.signing import ClockRanAway, KeyBroken, make_missing, missing_days, signing_key
from central_office.office.events import AuditFailed, DaysMissing, DigestDamaged, DigestSigned, EvidenceFound
from central_office.office.models import DailyDigest, DeskEntry, Kiosk, Town
from central_office.office.pickups.sweeping import sweep
from logbook import place_of, say

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path
    from threading import Event

REST_SECONDS = 60.0
"""Between two looks at the calendar."""
AFTER_TROUBLE_SECONDS = 600.0
SUNDAY = 6
"""After it the whole of every chain is looked at: twenty thousand commands take about a second."""


def look(at: datetime, *, whole: bool = False) -> int:
    """Walk along what every kiosk sent since the last digest, or along all that is kept; how many matters are new.

    A digest that was changed since it was signed is said, and stops nothing.
    """
    digests = DailyDigest.objects.order_by("day")
    last = digests.last()
    if last is not None and last.sound_digest is None:
        say(DigestDamaged())
        whole = True
    signed = heads_of(filter(None, (row.sound_digest for row in digests.iterator()))) if whole else {}
    heads = {} if last is None or whole else last.heads
    laid = 0
    for kiosk in Kiosk.objects.order_by("pk"):
        walk = Walk(kiosk, signed.get(kiosk.pk, {}))
        if head := heads.get(kiosk.pk):
            walk.start, walk.logs = Point(head.seq, head.hash), dict(head.logs)
        kinds = DeskEntry.Kind
        found = [desk.entry(kinds(one.kind), kiosk, one.seq, at) for one in walk.findings() if one.kind in kinds.values]
        known = set(DeskEntry.objects.filter(kiosk=kiosk).values_list("kind", "seq")) if found else set()
        new = [one for one in found if (one.kind, one.seq) not in known]
        desk.put(new)
        laid += len(new)
    return laid


def day_by_day(data: Path, at: datetime) -> None:
    """Do what is due now; nothing, if the last day that is over has its digest.

    Raises:
        ClockRanAway, KeyBroken: a person must look; nothing was signed.
        OSError: the disk refuses.
        DatabaseError: the database is away.
    """
    days = missing_days(at)
    if not days:
        return
    # First the look: should this process end in between, it is done again.
    laid = look(at, whole=any(day.weekday() == SUNDAY for day in days))
    if laid:
        say(EvidenceFound(laid))
    made = make_missing(signing_key(data), at)
    if made:
        say(DigestSigned(DailyDigest.objects.count()))


def keep_watch(stop: Event, data: Path, now: Callable[[], datetime]) -> None:
    """Look at the calendar until `stop` is set; whatever goes wrong is said and tried again.

    What waited in a compartment beyond its last day goes back to the counter, unless the clock ran away.
    """
    while not stop.is_set():
        rest = REST_SECONDS
        try:
            day_by_day(data, now())
            if (town := Town.objects.first()) is not None:
                sweep(town, now())
        except ClockRanAway as missing:
            say(DaysMissing(missing.days))
            rest = AFTER_TROUBLE_SECONDS
        except (KeyBroken, OSError, DatabaseError) as trouble:
            say(AuditFailed(type(trouble), place_of(trouble)))
            connection.close()
            rest = AFTER_TROUBLE_SECONDS
        stop.wait(rest)
    connection.close()
