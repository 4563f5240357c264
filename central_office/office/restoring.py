"""The office comes back from a copy, which is checked and put in the place of `office.db`, in a new life.

What must not be done by hand: a log (`office.db-wal`, `office.db-journal`) of the old database beside the copy would be
played into it, and
the same copy restored twice would wake up in the same life, so that kiosks would not notice the second time.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from central_office.office import durability

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path


class RestoreFailed(RuntimeError):
    """Everything is as it was; the sentence says why."""


@dataclass(frozen=True)
class Restored:
    """What was put in place: how far it heard each kiosk that counts, and which published configuration it names.

    `aside` is where the database went that was there before, None if there was none.
    """

    epoch: str
    heard: Mapping[str, int]
    config: str
    aside: Path | None


def restore(copy: Path, database: Path, at: datetime) -> Restored:
    """Put `copy` in the place of `database`, and begin a new life; nobody else may be at work on it.

    Killed halfway it is begun again: until the last step the copy lies beside, after it everything is in place.

    Raises:
        RestoreFailed: the copy is none, is damaged, or the disk refuses.
    """
    draft = database.with_name(f".{database.name}.draft")
    for tail in ("-wal", "-journal"):
        if copy.with_name(copy.name + tail).exists():
            raise RestoreFailed(f"{copy} is an open database, not a copy: {copy.name}{tail} lies beside it.")
    try:
        database.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft.unlink(missing_ok=True)
        draft.touch(mode=0o600)
        shutil.copyfile(copy, draft)
        epoch = durability.new_epoch()
        durability.wake(draft, epoch)
        heard, config = _read(draft)
        with draft.open("rb") as written:
            os.fsync(written.fileno())
        aside = _put_aside(database, at)
        draft.replace(database)
        durability.sync_folder(database.parent)
    except durability.BackupFailed as damaged:
        raise RestoreFailed(f"{copy}: the copy is damaged ({damaged}).") from damaged
    except sqlite3.Error as strange:
        raise RestoreFailed(f"{copy} is no copy of an office of this version ({strange}).") from strange
    except OSError as trouble:
        raise RestoreFailed(f"{trouble.filename}: {trouble.strerror}.") from trouble
    finally:
        draft.unlink(missing_ok=True)
    return Restored(epoch, heard, config, aside)


def _read(draft: Path) -> tuple[dict[str, int], str]:
    with closing(sqlite3.connect(draft)) as found:
        heard = dict(found.execute("SELECT id, last_seq FROM office_kiosk WHERE state <> 'revoked' ORDER BY id"))
        towns = found.execute("SELECT config FROM office_town").fetchall()
    return heard, str(towns[0][0]) if towns else ""


def _put_aside(database: Path, at: datetime) -> Path | None:
    """Keep what is there, its log with it: a person may want to look what the copy lacks."""
    aside = database.with_name(f"{database.name}.before-{at:%Y%m%dT%H%M%S.%fZ}")
    kept = None
    # The file first: what is killed after it leaves a log without a file, which SQLite throws away.
    if database.exists():
        database.rename(aside)
        kept = aside
    for tail in ("-wal", "-shm", "-journal"):
        beside = database.with_name(database.name + tail)
        if beside.exists():
            beside.rename(aside.with_name(aside.name + tail))
    return kept
