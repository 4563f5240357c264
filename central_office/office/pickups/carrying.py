"""What becomes of codes when a kiosk is enrolled anew: carried over to the same disk, or a matter for staff.

A kiosk that was enrolled anew with its old disk still says, by the tag, which list of pickups lies on that disk; the
marks of used codes lie beside it, so no code can open twice. Only a revoked kiosk of the same site is succeeded: that
somebody said so at the office is what a tag alone would not prove (decision 019).
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from central_office.contract.claims import COST
from central_office.contract.town import CollectTable
from central_office.office import desk
from central_office.office.models import DeskEntry, Kiosk, Pickup
from central_office.office.pickups.issuing import LIVE, heard_anew, row_as_sent, tag, tag_of_version

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date, datetime

    from central_office.contract.claims import Cost
    from central_office.office.models import Town


@dataclass(frozen=True)
class Made:
    """A row that was made for a pickup, and all that it was made of."""

    of: tuple[object, ...]
    row: str


def make_rows(  # noqa: PLR0913 - chance and cost are handed in
    kiosk: Kiosk,
    town: Town,
    known: str,
    at: datetime,
    *,
    random: Callable[[int], bytes] = secrets.token_bytes,
    cost: Cost = COST,
) -> dict[str, Made]:
    """Make anew, under this kiosk's pepper, the rows of the codes that it will take over; by their pickups.

    Takes `cost` twice for each: seconds for a full wall, so it belongs before the transaction in which nobody else can
    write.
    """
    table, today = CollectTable(**town.collect), _today(town, at)
    made = {}
    for old in _left_behind(kiosk, town, known):
        for pickup in _carried(old, kiosk):
            if pickup.digits:
                pickup.kiosk = kiosk
                made[str(pickup.pk)] = Made(
                    _made_of(pickup, town, today), row_as_sent(pickup, table, today, random, cost).model_dump_json()
                )
    return made


def take_over(  # noqa: PLR0913 - same
    kiosk: Kiosk,
    town: Town,
    known: str,
    at: datetime,
    made: Mapping[str, Made],
    *,
    random: Callable[[int], bytes] = secrets.token_bytes,
    cost: Cost = COST,
) -> int:
    """Let the codes of the kiosk whose list lies on this one's disk (`known`) go on here; how many.

    The row of `kiosk` is locked. `made` is from `make_rows`; only what was changed in between is made once more.
    """
    carried, today = 0, _today(town, at)
    for old in _left_behind(kiosk, town, known):
        heard_anew(kiosk)
        for pickup in _carried(old, kiosk):
            pickup.kiosk, pickup.version = kiosk, kiosk.pickups_version
            if pickup.digits:
                ready = made.get(str(pickup.pk))
                if ready is None or ready.of != _made_of(pickup, town, today):
                    table = CollectTable(**town.collect)
                    pickup.row = row_as_sent(pickup, table, today, random, cost).model_dump_json()
                else:
                    pickup.row = ready.row
            pickup.save()
            carried += 1
    return carried


def _left_behind(kiosk: Kiosk, town: Town, known: str) -> list[Kiosk]:
    """The revoked kiosks of the same site whose list is the one that this kiosk knows."""
    if known in {"", tag(kiosk, town)}:
        return []
    stranded = Kiosk.objects.filter(state=Kiosk.State.REVOKED, site=kiosk.site, pickups__state__in=LIVE).distinct()
    return [
        old
        for old in stranded
        if any(known == tag_of_version(old, town, version) for version in range(old.pickups_version, 0, -1))
    ]


def _carried(old: Kiosk, kiosk: Kiosk) -> list[Pickup]:
    taken = set(Pickup.objects.filter(kiosk=kiosk, state__in=LIVE).values_list("compartment", flat=True))
    live = Pickup.objects.filter(kiosk=old, state__in=LIVE).exclude(compartment__in=taken)
    return list(live.select_related("document").order_by("id"))


def _made_of(pickup: Pickup, town: Town, today: date) -> tuple[object, ...]:
    """All that `row_as_sent` looks at; the pickup is this kiosk's already."""
    document = pickup.document
    return (
        pickup.selector, pickup.digits, pickup.token, bytes(pickup.salt), pickup.compartment, pickup.until,
        pickup.reach, document.kind, document.birth_date, bytes(pickup.kiosk.pepper), repr(town.collect), today,
    )  # fmt: skip


def _today(town: Town, at: datetime) -> date:
    return at.astimezone(ZoneInfo(town.time_zone)).date()


def note_stranded(kiosk: Kiosk, at: datetime) -> None:
    """Tell clerks that documents lie in the compartments of a kiosk that was revoked."""
    documents = Pickup.objects.filter(kiosk=kiosk, state__in=LIVE).count()
    if documents:
        detail = json.dumps({"documents": documents})
        desk.put([desk.entry(DeskEntry.Kind.PICKUP, kiosk, kiosk.last_seq, at, "kiosk_replaced", detail)])
