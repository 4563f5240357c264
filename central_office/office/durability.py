"""Which commands survive the loss of the office's machine, so that kiosks may drop the bodies they keep.

`durable = "backup"` (the default): a command is durable once it is in a copy that was finished, checked and put down.
Until then every kiosk keeps its commands, and refills an office that was restored from an older copy.
`durable = "committed"`: whoever runs a synchronous standby or mirrored storage says that a commit is never lost.
What the office received more than 90 days ago counts as durable by its own clock: no kiosk keeps bodies for ever.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import DatabaseError, connection, transaction
from django.db.models import Max

from central_office.office import escrow
from central_office.office.models import Change, Kiosk, ReceivedCommand, Town

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

KEPT_AT_KIOSKS = timedelta(days=90)
COMMITTED = "committed"
BACKUP = "backup"
POLICIES = frozenset({COMMITTED, BACKUP})


class BackupFailed(RuntimeError):
    """There is no new copy; the sentence says why."""


def durable(kiosk: Kiosk, policy: str) -> int:
    """The last command of this kiosk that will not be lost."""
    return kiosk.last_seq if policy == COMMITTED else min(kiosk.durable_seq, kiosk.last_seq)


def mark() -> dict[str, int]:
    """How far each kiosk was heard: taken before a backup begins, confirmed once it is safe."""
    return dict(Kiosk.objects.values_list("pk", "last_seq"))


def confirm(marked: Mapping[str, int]) -> None:
    """What `mark` saw is in a copy that is safe now."""
    with transaction.atomic():
        for kiosk in Kiosk.objects.select_for_update().filter(pk__in=marked).order_by("pk"):
            seq = min(marked[kiosk.pk], kiosk.last_seq)
            Kiosk.objects.filter(pk=kiosk.pk, durable_seq__lt=seq).update(durable_seq=seq)


def age(now: datetime) -> None:
    """Call durable what the office has had for 90 days."""
    old = ReceivedCommand.objects.filter(received_at__lt=now - KEPT_AT_KIOSKS)
    confirm(dict(old.order_by().values_list("kiosk").annotate(Max("seq"))))


def begin_new_life(epoch: str | None = None) -> str:
    """After a restore: cursors are void, and nobody holds a lease until every kiosk has spoken; the new epoch.

    The log of changes goes, for nobody has a cursor into it any more: its transaction numbers may be those of another
    PostgreSQL server, far above what this one counts.

    Raises:
        Town.DoesNotExist: there is no town yet.
    """
    epoch = epoch or new_epoch()
    with transaction.atomic():
        town = Town.objects.select_for_update().get()
        town.epoch, town.pruned_xid, town.pruned_id = epoch, 0, 0
        town.save(update_fields=["epoch", "pruned_xid", "pruned_id"])
        Change.objects.all().delete()
        escrow.forget_leases()
    return epoch


def new_epoch() -> str:
    """A name for a life of the database that no other life had."""
    return f"e{secrets.token_hex(4)}"


def back_up(to: Path, epoch: str | None = None) -> dict[str, int]:
    """Put a checked copy of the SQLite database at `to`, and tell kiosks what it holds; how far each was heard.

    The copy wakes up in a life of its own, so that it cannot be mistaken for the office it was made from.

    Raises:
        BackupFailed: this office runs on PostgreSQL, the copy is damaged, or the disk refuses.
    """
    if connection.vendor != "sqlite":
        raise BackupFailed("This office runs on PostgreSQL: back it up with its own tools, between mark and confirm.")
    draft = to.with_name(f".{to.name}.draft")
    try:
        draft.unlink(missing_ok=True)
        draft.touch(mode=0o600)  # SQLite fills an empty file; nobody else may read it meanwhile
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(draft)])
        marked = wake(draft, epoch or new_epoch())
        with draft.open("rb") as written:
            os.fsync(written.fileno())
        draft.replace(to)
        sync_folder(to.parent)
    except (DatabaseError, sqlite3.Error) as trouble:  # a full disk, as SQLite tells it
        raise BackupFailed(f"{to}: {trouble}.") from trouble
    except OSError as trouble:
        raise BackupFailed(f"{to}: {trouble.strerror}.") from trouble
    finally:
        draft.unlink(missing_ok=True)
    confirm(marked)
    return marked


def sync_folder(folder: Path) -> None:
    """What was renamed in the folder has its new name after a power cut too."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def wake(copy: Path, epoch: str) -> dict[str, int]:
    """Check the copy, begin its own life in it, and read how far it heard each kiosk.

    Raises:
        BackupFailed: it is damaged.
        sqlite3.Error: it is no office's database.
    """
    with closing(sqlite3.connect(copy, isolation_level=None)) as found:
        finding = found.execute("PRAGMA quick_check(1)").fetchone()[0]
        if finding != "ok":
            raise BackupFailed(f"{copy.name}: {finding}.")
        found.execute("BEGIN IMMEDIATE")
        found.execute("UPDATE office_town SET epoch = ?", (epoch,))
        found.execute("DELETE FROM office_lease")
        found.execute("UPDATE office_resource SET leased = 0")
        found.execute("COMMIT")
        return dict(found.execute("SELECT id, last_seq FROM office_kiosk").fetchall())
