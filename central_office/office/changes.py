"""The log of what changed in the `docs` set, read by kiosks from a cursor on.

A cursor is `<epoch>.<xid>.<id>`. SQLite has one writer, so ids appear in the order in which they are committed and
`xid` is 0. On PostgreSQL a plain sequence would lose rows: a transaction that took a low id may commit after a reader
passed it. There every row carries its transaction's number, and a reader stops below the oldest transaction that still
runs (`pg_snapshot_xmin`); whatever lies below is complete.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection, models
from django.db.models import Func, Q

from central_office.contract.messages import MAX_CHANGES
from central_office.office.models import Change, Town

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models.expressions import Combinable
    from django.db.models.sql.compiler import SQLCompiler


class _CurrentTransaction(Func):
    """The number of the running transaction, 0 where there is one writer only."""

    template = "0"
    output_field = models.BigIntegerField()

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[str | int, ...]]:
        """PostgreSQL's own number, which it never gives twice."""
        return super().as_sql(compiler, connection, template="pg_current_xact_id()::text::bigint")


class _OldestRunning(Func):
    """PostgreSQL alone: the oldest transaction that has not come to its end."""

    template = "pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
    output_field = models.BigIntegerField()


@dataclass(frozen=True, order=True)
class Cursor:
    """How far a kiosk has read."""

    epoch: str
    xid: int
    id: int

    def __str__(self) -> str:
        return f"{self.epoch}.{self.xid}.{self.id}"


@dataclass(frozen=True)
class Step:
    """What a reader gets: which documents to look at anew, which are gone, how far this reached, whether more waits."""

    changed: tuple[UUID, ...]
    gone: tuple[UUID, ...]
    to: Cursor
    more: bool


def note(documents: Iterable[UUID], at: datetime, *, gone: bool = False) -> None:
    """Write down that these documents changed; belongs into the transaction that changes them."""
    xid: Combinable = _CurrentTransaction()
    Change.objects.bulk_create(
        [Change(xid=xid, document=document, gone=gone, at=at) for document in documents], batch_size=500
    )


def parse(text: str, town: Town) -> Cursor | None:
    """The cursor that a kiosk sent; None if it is empty, of another epoch, or older than the log."""
    parts = text.split(".")
    if len(parts) != 3 or parts[0] != town.epoch or not all(part.isascii() and part.isdigit() for part in parts[1:]):
        return None
    cursor = Cursor(parts[0], int(parts[1]), int(parts[2]))
    pruned = Cursor(town.epoch, town.pruned_xid, town.pruned_id)
    return cursor if pruned <= cursor and max(cursor.xid, cursor.id) < 2**63 else None


def head(town: Town) -> Cursor:
    """The cursor behind everything that is complete now."""
    with connection.cursor() as cursor:
        cursor.execute(newest())
        return behind(cursor.fetchone(), town)


def newest() -> str:
    """The statement that finds the number pair of the newest step that is complete, if the log has one."""
    # Written out: every poll of every kiosk asks this.
    complete = f"WHERE xid < {_OldestRunning.template}" if connection.vendor == "postgresql" else ""
    return f"SELECT xid, id FROM office_change {complete} ORDER BY xid DESC, id DESC LIMIT 1"  # noqa: S608


def behind(step: tuple[int, int] | None, town: Town) -> Cursor:
    """The cursor behind that step; without one, behind what was pruned."""
    return Cursor(town.epoch, *(step or (town.pruned_xid, town.pruned_id)))


def since(cursor: Cursor, limit: int = MAX_CHANGES) -> Step:
    """What changed behind `cursor`, at most `limit` steps; a document that changed twice is named once."""
    # Written out: every request of every kiosk asks this, and mostly there is nothing.
    complete = f"AND xid < {_OldestRunning.template}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as asked:
        asked.execute(
            "SELECT xid, id, document, gone FROM office_change WHERE (xid, id) > (%s, %s) "  # noqa: S608
            f"{complete} ORDER BY xid, id LIMIT %s",
            [cursor.xid, cursor.id, limit + 1],
        )
        rows = [(xid, number, _uuid(document), gone) for xid, number, document, gone in asked.fetchall()]
    taken = rows[:limit]
    latest = {document: gone for _, _, document, gone in taken}
    to = Cursor(cursor.epoch, taken[-1][0], taken[-1][1]) if taken else cursor
    return Step(
        changed=tuple(document for document, gone in latest.items() if not gone),
        gone=tuple(document for document, gone in latest.items() if gone),
        to=to,
        more=len(rows) > limit,
    )


def prune(town: Town, before: datetime) -> int:
    """Drop steps older than `before`; kiosks with an older cursor will be told to fetch a snapshot."""
    last = _complete().filter(at__lt=before).order_by("-xid", "-id").values_list("xid", "id").first()
    if last is None:
        return 0
    Town.objects.filter(pk=town.pk).update(pruned_xid=last[0], pruned_id=last[1])
    old = Change.objects.filter(Q(xid__lt=last[0]) | Q(xid=last[0], id__lte=last[1]))
    return old.delete()[0]


def _uuid(column: UUID | str) -> UUID:
    """A document's name; SQLite keeps it as text."""
    return UUID(column) if isinstance(column, str) else column


def _complete() -> models.QuerySet[Change]:
    if connection.vendor == "postgresql":
        return Change.objects.filter(xid__lt=_OldestRunning())
    return Change.objects.all()
