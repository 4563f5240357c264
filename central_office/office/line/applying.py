"""A kiosk's commands, applied in order and exactly once.

The whole rule of exactly once is one integer, `Kiosk.last_seq`, moved in the transaction that applies the commands:
what is not above it was applied and gets its stored result again; the next one is applied; behind a gap nothing is.
The same number with another content means two machines with one key: the kiosk is frozen and nobody is believed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction

from central_office.contract.capacity import ReservationMade
from central_office.contract.chain import command_hash
from central_office.contract.messages import Command, EffectUnsettled, Result, Scrubbed, VisitReported
from central_office.office import desk, escrow
from central_office.office.bulky import taking
from central_office.office.bulky.forgetting import FORGOTTEN
from central_office.office.employees import taking as employees
from central_office.office.line import rows
from central_office.office.line.upcasting import VOCABULARY, Vocabulary
from central_office.office.models import DeskEntry, ReceivedCommand, Visit
from central_office.office.pickups import taking as pickups
from central_office.office.sales import taking as sales

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from central_office.contract.base import Message
    from central_office.contract.messages import SyncRequest
    from central_office.office.models import Kiosk


_COMMAND = (
    "kiosk_id", "seq", "command", "hash", "type", "tv", "at", "received_at", "result", "code", "body", "prev", "extra",
)  # fmt: skip
_VISIT = ("command_id", "kiosk_id", "service", "outcome", "began", "seconds", "language", "claim", "taken_away")
_json = json.JSONEncoder(separators=(",", ":")).encode


@dataclass(frozen=True)
class Fork:
    """The kiosk's story differs from the one the office knows."""

    seq: int


@dataclass(frozen=True)
class _Judged:
    """A command as it will be stored: what it says if it is sound, else why it is rejected."""

    command: Command | Scrubbed
    hash: str
    text: str
    body: Message | None
    code: str = ""

    @property
    def extra(self) -> str:
        """What a newer kiosk says besides, so that the hash can be made again."""
        return json.dumps(self.command.model_extra) if self.command.model_extra else ""


def take(kiosk: Kiosk, request: SyncRequest, at: datetime, vocabulary: Vocabulary = VOCABULARY) -> list[Result] | Fork:
    """Apply what is new, in order; `kiosk` is locked and will be saved by the caller."""
    if kiosk.database and kiosk.database != request.db:
        return Fork(kiosk.last_seq)
    kiosk.database = request.db
    arrived: list[Command | Scrubbed] = sorted((*request.commands, *request.scrubbed), key=lambda one: one.seq)
    again = [one.seq for one in arrived if one.seq <= kiosk.last_seq]
    stored = {one.seq: one for one in ReceivedCommand.objects.filter(kiosk=kiosk, seq__in=again)} if again else {}
    results: list[Result] = []
    fresh: dict[int, _Judged] = {}
    last, head = kiosk.last_seq, kiosk.head
    for one in arrived:
        digest = one.hash if isinstance(one, Scrubbed) else command_hash(one)
        if one.seq <= kiosk.last_seq:
            known = stored.get(one.seq)  # None: pruned after its time; the integer alone decides
            if known and (known.command != one.id or known.hash != digest):
                return Fork(one.seq)
            if known:
                # What was deleted for a citizen's sake had been taken all the same.
                results.append(_result(known.seq, "" if known.code == FORGOTTEN else known.code))
        elif one.seq in fresh:
            if fresh[one.seq].hash != digest:
                return Fork(one.seq)
        elif one.seq == last + 1:
            if one.prev != head and kiosk.chain_broken_at is None:
                # Evidence for staff, no reason to lose a command.
                kiosk.chain_broken_at = one.seq
                desk.put([desk.entry(DeskEntry.Kind.CHAIN, kiosk, one.seq, at)])
            fresh[one.seq] = _judge(one, digest, vocabulary)
            last, head = one.seq, digest
        else:
            break
    written = _apply(kiosk, list(fresh.values()), at)
    results += [_result(one.command.seq, one.code) for one in written]
    kiosk.last_seq, kiosk.head = last, head
    if any(one.command.type in escrow.DRAWINGS for one in written):
        # The kiosk has taken these off what it holds; even if they were rejected, it needs to hear what is left.
        kiosk.leases_version += 1
    return results


def _judge(command: Command | Scrubbed, digest: str, vocabulary: Vocabulary) -> _Judged:
    """Whether the command is one the office understands."""
    if isinstance(command, Scrubbed):
        return _Judged(command, digest, "{}", None, "scrubbed")
    text = _json(command.body)
    read = vocabulary.read(command.type, command.tv, command.body, text)
    return _Judged(command, digest, text, None, read) if isinstance(read, str) else _Judged(command, digest, text, read)


def _apply(kiosk: Kiosk, judged: list[_Judged], at: datetime) -> list[_Judged]:
    """Apply all at once; if the database refuses one, apply one by one and reject that one.

    Whatever is not about a command (a lost connection, a full disk, a deadlock) is raised: nothing was applied then,
    and the kiosk tells it again.
    """
    # Every lock of the batch in one order: two kiosks that go one by one could wait for one another.
    bodies = [one.body for one in judged]
    speeches = taking.speeches(bodies)
    orders = taking.open_orders(kiosk, speeches)
    escrow.open_books(kiosk, [*escrow.drawings(bodies), *orders.drawings])
    if speeches:
        taking.lock_households(orders, speeches)
    try:
        with transaction.atomic():
            return _write(kiosk, judged, at)
    except (OperationalError, InterfaceError):
        raise
    except DatabaseError:
        written = []
        for one in judged:
            try:
                with transaction.atomic():
                    written += _write(kiosk, [one], at)
            except (OperationalError, InterfaceError):
                raise
            except DatabaseError:
                written += _write(kiosk, [replace(one, body=None, code="not_applicable")], at)
        return written


def _write(kiosk: Kiosk, judged: list[_Judged], at: datetime) -> list[_Judged]:
    if not judged:
        return []
    judged, unplaced = _move_units(kiosk, judged, at)
    judged = [_of_machines(kiosk, one, at) for one in judged]
    moment = rows.stored()
    received_at = moment(at)
    rows.insert(
        ReceivedCommand,
        _COMMAND,
        [
            (
                kiosk.pk, one.command.seq, one.command.id, one.hash, one.command.type, one.command.tv,
                moment(one.command.at), received_at, "rejected" if one.code else "ok", one.code,
                one.text, one.command.prev, one.extra,
            )
            for one in judged
        ],
    )  # fmt: skip
    visits = [(one.command.seq, one.body) for one in judged if isinstance(one.body, VisitReported)]
    if visits:
        kept = _numbers(kiosk, judged)
        rows.insert(
            Visit,
            _VISIT,
            [
                (
                    kept[seq], kiosk.pk, visit.service, visit.outcome, moment(visit.began), visit.seconds,
                    visit.language, visit.claim, _json(visit.taken_away),
                )
                for seq, visit in visits
            ],
        )  # fmt: skip
    _lay_on_the_desk(kiosk, judged, unplaced, at)
    return judged


def _of_machines(kiosk: Kiosk, one: _Judged, at: datetime) -> _Judged:
    """Let what is said about compartments, bags and money come true; as it was, or rejected."""
    code, seq = "", one.command.seq
    if isinstance(one.body, pickups.Speech):
        code = pickups.apply(kiosk, one.body, seq, at)
    elif isinstance(one.body, employees.Speech):
        code = employees.apply(kiosk, one.body, seq, at)
    elif isinstance(one.body, sales.Speech):
        code = sales.apply(kiosk, one.body, seq, at)
    return replace(one, body=None, code=code) if code else one


def _numbers(kiosk: Kiosk, judged: list[_Judged]) -> dict[int, int]:
    """What the database calls the commands just kept."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seq, id FROM office_receivedcommand WHERE kiosk_id = %s AND seq BETWEEN %s AND %s",
            [kiosk.pk, judged[0].command.seq, judged[-1].command.seq],
        )
        return dict(cursor.fetchall())


def _move_units(kiosk: Kiosk, judged: list[_Judged], at: datetime) -> tuple[list[_Judged], set[str]]:
    """Let promises and returns move their units; what became of the commands, and the promises without a place."""
    drawings = escrow.drawings(one.body for one in judged)
    speeches = taking.speeches(one.body for one in judged)
    if not drawings and not speeches:
        return judged, set()
    orders = taking.open_orders(kiosk, speeches)
    books = escrow.open_books(kiosk, [*drawings, *orders.drawings])
    if speeches:
        taking.lock_households(orders, speeches)
    moved = []
    for one in judged:
        code = ""
        if isinstance(one.body, escrow.Drawing):
            code = books.apply(one.body, at)
        elif isinstance(one.body, taking.Speech):
            code = orders.apply(one.body, books, one.command.seq, at)
        moved.append(replace(one, body=None, code=code) if code else one)
    books.save()
    orders.save(at)
    return moved, set(books.unplaced)


def _lay_on_the_desk(kiosk: Kiosk, judged: Iterable[_Judged], unplaced: set[str], at: datetime) -> None:
    entries = []
    for one in judged:
        seq = one.command.seq
        if one.code:
            entries.append(desk.entry(DeskEntry.Kind.REJECTED, kiosk, seq, at, one.code))
        elif isinstance(one.body, EffectUnsettled):
            entries.append(desk.entry(DeskEntry.Kind.UNSETTLED, kiosk, seq, at, one.body.kind, one.text))
        elif isinstance(one.body, ReservationMade) and one.body.reservation in unplaced:
            entries.append(desk.entry(DeskEntry.Kind.UNPLACED, kiosk, seq, at, one.body.resource.key, one.text))
    if entries:
        desk.put(entries)


def _result(seq: int, code: str) -> Result:
    r: Literal["ok", "rejected"] = "rejected" if code else "ok"
    return Result(seq=seq, r=r, code=code or None)
