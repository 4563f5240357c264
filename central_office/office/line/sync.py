"""One sync of one kiosk: its commands are applied exactly once, and it hears what changed and what it holds."""

from __future__ import annotations

import json
import secrets
from hashlib import sha256
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from central_office.contract.claims import Pepper
from central_office.contract.documents import DocumentId
from central_office.contract.messages import Changes, DeviceId, SyncAnswer, SyncRequest
from central_office.contract.sealed_row import SLOTS
from central_office.contract.sealing import row_id
from central_office.office import changes, desk, durability, escrow
from central_office.office.bulky import rules, travelling
from central_office.office.employees import travelling as employees
from central_office.office.events import ForkFound
from central_office.office.line import row_shapes, rows
from central_office.office.line.applying import Fork, take
from central_office.office.line.refusals import Refused
from central_office.office.line.upcasting import VOCABULARY, Vocabulary
from central_office.office.models import DeskEntry, Document, Kiosk
from central_office.office.pickups import carrying, issuing
from central_office.office.travelling import row
from logbook import say

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime
    from uuid import UUID

    from central_office.contract.capacity import Lease
    from central_office.contract.messages import DocumentRow
    from central_office.office.models import Town

POLL_SECONDS = 15
"""When a kiosk with nothing to say comes again."""

SEEN_EVERY = 60
"""Seconds after which a poll is worth writing down that the kiosk is there."""

LATE_KEPT = 200
"""How much a revoked kiosk may lay on the desk: its key may be in other hands."""

_HEARD = (
    "state", "database", "last_seq", "head", "chain_broken_at", "waiting", "clock", "clock_ahead", "confirmed",
    "last_seen", "leases_version", "pickups_heard",
)  # fmt: skip
"""What a request changes of a kiosk's row."""
_HIGHEST = 2**31 - 1
"""What a column of the kiosk's row can hold; a kiosk may say any number."""
_FURTHEST = 2**31
"""How far ahead of what was heard a revoked kiosk's commands are believed: a number, too, may be anything."""
_NOBODYS_MATTER = frozenset({"visit.reported", "lease.return", "log.head"})
_REVOKED = "This kiosk was revoked. A technician enrols it with a new ticket."
_FORKED = (
    "Two machines speak with this kiosk's key, or its memory was replaced by an old copy. "
    "Revoke it at the console and enrol the right machine anew."
)


def sync(  # noqa: PLR0913, PLR0917 - the parts that a simulation holds in its own hand
    kiosk: Kiosk,
    request: SyncRequest,
    town: Town,
    at: datetime,
    policy: str = durability.BACKUP,
    vocabulary: Vocabulary = VOCABULARY,
    random: Callable[[int], bytes] = secrets.token_bytes,
) -> SyncAnswer:
    """Take the kiosk's commands, and say what changed.

    Raises:
        Refused: the kiosk was revoked meanwhile, or it is not the only one with its key.
    """
    if kiosk.state == Kiosk.State.REVOKED:
        _keep_for_a_person(kiosk, request, at)
        raise Refused(401, "unknown_kiosk", _REVOKED)
    # Before the transaction, in which SQLite lets nobody else write: stretching takes its time.
    made = carrying.make_rows(kiosk, town, request.pickups, at, random=random)
    with transaction.atomic():
        kiosk = _locked(kiosk)
        if kiosk.state == Kiosk.State.REVOKED:
            raise Refused(401, "unknown_kiosk", _REVOKED)
        issuing.note_heard(kiosk, town, request.pickups)
        frozen = kiosk.state == Kiosk.State.FORKED
        if request.pickups and request.pickups != issuing.tag(kiosk, town):
            carrying.take_over(kiosk, town, request.pickups, at, made, random=random)
        taken = Fork(kiosk.last_seq) if frozen else take(kiosk, request, at, vocabulary)
        if isinstance(taken, Fork):
            kiosk.state = Kiosk.State.FORKED
            if not frozen:
                desk.put([desk.entry(DeskEntry.Kind.FORK, kiosk, taken.seq, at)])
        else:
            kiosk.waiting = min(request.waiting, _HIGHEST)
            kiosk.clock = request.clock
            kiosk.clock_ahead = max(-_HIGHEST, min(_HIGHEST, round((request.at - at).total_seconds())))
            if request.life == town.epoch and not request.waiting:
                # It heard what this database believes it holds, and nothing it did before waits any more.
                kiosk.confirmed = town.epoch
            if request.life == town.epoch and _beyond_a_gap(kiosk, request):
                # An office that came back from a backup misses commands too, but hears of them in its own life again.
                desk.put([desk.entry(DeskEntry.Kind.GAP, kiosk, kiosk.last_seq + 1, at)])
        kiosk.last_seen = at
        rows.update(kiosk, _HEARD)
        lacking = [] if isinstance(taken, Fork) else escrow.lacking(kiosk, request.want, town, at)
        leases = None if isinstance(taken, Fork) or lacking else _leases(kiosk, request, town, at)
    if isinstance(taken, Fork):
        say(ForkFound(DeviceId(kiosk.pk), taken.seq))
        raise Refused(409, "fork", _FORKED)
    if lacking:
        with transaction.atomic():
            # Locked again: what the leases are and after which command belongs together.
            kiosk = _locked(kiosk)
            if kiosk.state != Kiosk.State.ACTIVE:
                raise Refused(401, "unknown_kiosk", _REVOKED)
            escrow.lend(kiosk, lacking, request.want, town, at)
            leases = _leases(kiosk, request, town, at)
    docs, reached = _changes(kiosk, request.cursors.get("docs", ""), town, min(request.slots, SLOTS))
    office_key = rules.voucher_key(town)
    waiting = issuing.news(kiosk, town, request.pickups)
    today = at.astimezone(ZoneInfo(town.time_zone)).date()
    return SyncAnswer(
        attempt=request.attempt,
        ack=kiosk.last_seq,
        as_of=at,
        results=tuple(taken),
        changes={"docs": docs},
        retry_after=0 if docs.more or request.waiting else POLL_SECONDS,
        durable=durability.durable(kiosk, policy),
        life=town.epoch,
        leases=leases,
        leases_tag=escrow.leases_tag(kiosk, town),
        config=town.config or None,
        new_key=kiosk.key_wanted,
        # Not to be polled with as long as the kiosk did not say that it has its codes: messages wait for that.
        tag="" if waiting else tag_of(kiosk, town, reached, policy),
        outlook=rules.outlook(town, at) if office_key and request.outlook else None,
        office_key=office_key,
        pickups=waiting,
        staff=employees.news(kiosk, town, request.staff, today),
    )


def poll(kiosk: Kiosk, tag: str, town: Town, at: datetime, policy: str = durability.BACKUP) -> bool:
    """Whether there is nothing new for the kiosk since the answer that carried `tag`.

    Leases are raised by a sync alone, so a kiosk must not live on polls; what changes from day to day can wait for it.
    """
    if kiosk.state != Kiosk.State.ACTIVE:
        return False
    if kiosk.last_seen is None or abs((at - kiosk.last_seen).total_seconds()) >= SEEN_EVERY:
        note_seen(kiosk, at)
    return tag == tag_of(kiosk, town, changes.head(town), policy)


def note_seen(kiosk: Kiosk, at: datetime) -> None:
    """Write down that the kiosk is there."""
    Kiosk.objects.filter(pk=kiosk.pk).update(last_seen=at)


def tag_of(kiosk: Kiosk, town: Town, docs: changes.Cursor | None, policy: str) -> str:
    """Stands for all that this kiosk could be told: as long as it is the same, there is nothing to tell."""
    told = (
        kiosk.last_seq,
        durability.durable(kiosk, policy),
        town.epoch,
        "" if docs is None else str(docs),
        town.config,
        kiosk.key_wanted,
        kiosk.pickups_version,
        town.staff_version,
    )
    return sha256(repr(told).encode()).hexdigest()[:32]


def _rows(kiosk: Kiosk, town: Town, changed: Collection[UUID], slots: int) -> tuple[DocumentRow, ...]:
    documents = Document.objects.filter(pk__in=changed)
    return (*(row(document, kiosk, town, slots) for document in documents), *travelling.rows(kiosk, changed, slots))


def _beyond_a_gap(kiosk: Kiosk, request: SyncRequest) -> bool:
    told = [one.seq for one in request.commands] + [one.seq for one in request.scrubbed]
    return max(told, default=0) > kiosk.last_seq


def _locked(kiosk: Kiosk) -> Kiosk:
    """The kiosk's row as it is now, nobody else's until the transaction ends."""
    # SQLite has no such lock and needs none: there a transaction has the whole database to itself.
    lock = "FOR UPDATE" if connection.features.has_select_for_update else ""
    found = rows.instance(Kiosk, f"WHERE id = %s {lock}", [kiosk.pk])
    if found is None:
        raise Kiosk.DoesNotExist(kiosk.pk)
    return found


def _leases(kiosk: Kiosk, request: SyncRequest, town: Town, at: datetime) -> tuple[Lease, ...] | None:
    """What the kiosk holds; None if it has that already."""
    return None if request.leases == escrow.leases_tag(kiosk, town) else escrow.leases(kiosk, town, at)


def _keep_for_a_person(kiosk: Kiosk, request: SyncRequest, at: datetime) -> None:
    """A revoked kiosk may have promised something: nothing is booked, but somebody is told."""
    room = LATE_KEPT - DeskEntry.objects.filter(kiosk=kiosk, kind=DeskEntry.Kind.LATE).count()
    late = [
        one
        for one in request.commands
        if one.type not in _NOBODYS_MATTER and kiosk.last_seq < one.seq <= kiosk.last_seq + _FURTHEST
    ]
    desk.put(
        desk.entry(DeskEntry.Kind.LATE, kiosk, one.seq, at, one.type, json.dumps(one.body))
        for one in late[: max(room, 0)]
    )


def _changes(kiosk: Kiosk, cursor: str, town: Town, slots: int) -> tuple[Changes, changes.Cursor | None]:
    """What the kiosk is told, in rows of so many slots, and how far it has come by that."""
    epoch = row_shapes.epoch_of(town, slots)
    parsed = row_shapes.heard(cursor, town, slots)
    if parsed is None:
        return Changes(epoch=epoch, to="", snapshot=True), None
    step = changes.since(parsed)
    # Deleted between the log's line and this look: its tombstone comes with the next step.
    told = Changes(
        epoch=epoch,
        to=row_shapes.told(step.to, town, slots),
        more=step.more,
        up=_rows(kiosk, town, step.changed, slots) if step.changed else (),
        gone=tuple(row_id(Pepper(bytes(kiosk.pepper)), DocumentId(str(document))) for document in step.gone),
    )
    return told, step.to
