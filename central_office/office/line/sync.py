"""One sync of one kiosk: its commands are applied exactly once, and it hears what changed.

The whole rule of exactly once is one integer, `Kiosk.last_seq`, moved in the transaction that applies the commands:
what is not above it was applied and gets its stored result again; the next one is applied; behind a gap nothing is.
The same number with another content means two machines with one key: the kiosk is frozen and nobody is believed.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from django.db import DatabaseError, transaction
from pydantic import ValidationError

from central_office.contract.chain import command_hash
from central_office.contract.documents import DocumentId
from central_office.contract.messages import (
    COMMANDS,
    Changes,
    Command,
    Result,
    SyncAnswer,
    SyncRequest,
    VisitReported,
)
from central_office.office import changes
from central_office.office.line.refusals import Refused
from central_office.office.models import Document, Kiosk, ReceivedCommand, Visit
from central_office.office.travelling import row

if TYPE_CHECKING:
    from datetime import datetime

    from central_office.contract.base import Message
    from central_office.office.models import Town

POLL_SECONDS = 15
"""When a kiosk with nothing to say comes again."""

_FORKED = (
    "Two machines speak with this kiosk's key, or its memory was replaced by an old copy. "
    "Revoke it at the console and enrol the right machine anew."
)
log = logging.getLogger("office.line")


@dataclass(frozen=True)
class _Fork:
    """The kiosk's story differs from the one the office knows."""

    seq: int


@dataclass(frozen=True)
class _Judged:
    """A command as it will be stored: what it says if it is sound, else why it is rejected."""

    command: Command
    hash: str
    body: Message | None
    code: str = ""


def sync(kiosk: Kiosk, request: SyncRequest, town: Town, at: datetime) -> SyncAnswer:
    """Take the kiosk's commands, and say what changed.

    Raises:
        Refused: the kiosk was revoked meanwhile, or it is not the only one with its key.
    """
    with transaction.atomic():
        kiosk = Kiosk.objects.select_for_update().get(pk=kiosk.pk)
        if kiosk.state == Kiosk.State.REVOKED:
            raise Refused(401, "unknown_kiosk", "This kiosk was revoked. A technician enrols it with a new ticket.")
        taken = _Fork(kiosk.last_seq) if kiosk.state == Kiosk.State.FORKED else _take(kiosk, request, at)
        if isinstance(taken, _Fork):
            kiosk.state = Kiosk.State.FORKED
        else:
            kiosk.waiting = request.waiting
            kiosk.clock = request.clock
            kiosk.clock_ahead = max(-(2**31), min(2**31 - 1, round((request.at - at).total_seconds())))
        kiosk.last_seen = at
        kiosk.save()
    if isinstance(taken, _Fork):
        log.warning("kiosk %s: fork at command %s", kiosk.pk, taken.seq)
        raise Refused(409, "fork", _FORKED)
    docs = _changes(kiosk, request.cursors.get("docs", ""), town)
    return SyncAnswer(
        attempt=request.attempt,
        ack=kiosk.last_seq,
        as_of=at,
        results=tuple(taken),
        changes={"docs": docs},
        retry_after=0 if docs.more or request.waiting else POLL_SECONDS,
    )


def _take(kiosk: Kiosk, request: SyncRequest, at: datetime) -> list[Result] | _Fork:
    """Apply what is new, in order; `kiosk` is locked and will be saved by the caller."""
    if kiosk.database and kiosk.database != request.db:
        return _Fork(kiosk.last_seq)
    kiosk.database = request.db
    commands = sorted(request.commands, key=lambda command: command.seq)
    hashes = [command_hash(command) for command in commands]
    stored = {
        one.seq: one
        for one in ReceivedCommand.objects.filter(
            kiosk=kiosk, seq__in=[command.seq for command in commands if command.seq <= kiosk.last_seq]
        )
    }
    results: list[Result] = []
    fresh: dict[int, _Judged] = {}
    last, head = kiosk.last_seq, kiosk.head
    for command, digest in zip(commands, hashes, strict=True):
        if command.seq <= kiosk.last_seq:
            known = stored.get(command.seq)  # None: pruned after 90 days; the integer alone decides
            if known and (known.command != command.id or known.hash != digest):
                return _Fork(command.seq)
            if known:
                results.append(_result(known.seq, known.code))
        elif command.seq in fresh:
            if fresh[command.seq].hash != digest:
                return _Fork(command.seq)
        elif command.seq == last + 1:
            if command.prev != head and kiosk.chain_broken_at is None:
                # Evidence for staff, no reason to lose a command.
                kiosk.chain_broken_at = command.seq
            fresh[command.seq] = _judge(command, digest)
            last, head = command.seq, digest
        else:
            break
    written = _apply(kiosk, list(fresh.values()), at)
    results += [_result(one.seq, one.code) for one in written]
    kiosk.last_seq, kiosk.head = last, head
    return results


def _judge(command: Command, digest: str) -> _Judged:
    """Whether the command is one the office understands."""
    message = COMMANDS.get((command.type, command.tv))
    if message is None:
        known = any(name == command.type for name, _ in COMMANDS)
        return _Judged(command, digest, None, "unknown_version" if known else "unknown_type")
    try:
        return _Judged(command, digest, message.model_validate_json(json.dumps(command.body)))
    except ValidationError:
        return _Judged(command, digest, None, "invalid_body")


def _apply(kiosk: Kiosk, judged: list[_Judged], at: datetime) -> list[ReceivedCommand]:
    """Apply all at once; if the database refuses one, apply one by one and reject that one."""
    try:
        with transaction.atomic():
            return _write(kiosk, judged, at)
    except DatabaseError:
        written = []
        for one in judged:
            try:
                with transaction.atomic():
                    written += _write(kiosk, [one], at)
            except DatabaseError:
                written += _write(kiosk, [_Judged(one.command, one.hash, None, "not_applicable")], at)
        return written


def _write(kiosk: Kiosk, judged: list[_Judged], at: datetime) -> list[ReceivedCommand]:
    written = ReceivedCommand.objects.bulk_create(
        [
            ReceivedCommand(
                kiosk=kiosk,
                seq=one.command.seq,
                command=one.command.id,
                hash=one.hash,
                type=one.command.type,
                tv=one.command.tv,
                at=one.command.at,
                received_at=at,
                result="rejected" if one.code else "ok",
                code=one.code,
                body=json.dumps(one.command.body, separators=(",", ":")),
            )
            for one in judged
        ]
    )
    Visit.objects.bulk_create(
        [
            Visit(
                command=stored,
                kiosk=kiosk,
                service=visit.service,
                outcome=visit.outcome,
                began=visit.began,
                seconds=visit.seconds,
                language=visit.language,
                claim=visit.claim,
                taken_away=list(visit.taken_away),
            )
            for stored, one in zip(written, judged, strict=True)
            if isinstance(visit := one.body, VisitReported)
        ]
    )
    return written


def _result(seq: int, code: str) -> Result:
    r: Literal["ok", "rejected"] = "rejected" if code else "ok"
    return Result(seq=seq, r=r, code=code or None)


def _changes(kiosk: Kiosk, cursor: str, town: Town) -> Changes:
    parsed = changes.parse(cursor, town)
    if parsed is None:
        return Changes(epoch=town.epoch, to="", snapshot=True)
    step = changes.since(parsed)
    # Deleted between the log's line and this look: its tombstone comes with the next step.
    return Changes(
        epoch=town.epoch,
        to=str(step.to),
        more=step.more,
        up=tuple(row(document, kiosk, town) for document in Document.objects.filter(pk__in=step.changed)),
        gone=tuple(DocumentId(str(document)) for document in step.gone),
    )
