"""Who is at work on this data directory: any number of commands, or a restore alone.

A restore puts another database in the place of `office.db`; whoever had the old one open would write into a file that
nobody reads again. The system lets go of the lock when the process ends, however it ends.
"""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

LOCK_FILE: Final = "office.lock"


class Occupied(RuntimeError):
    """Somebody is at work who cannot be joined; the sentence says what to do."""


def join(data: Path) -> None:
    """Be at work on `data` until this process and all its children end.

    Raises:
        Occupied: it is being restored.
        OSError: the directory cannot be used.
    """
    if not _locked(data, fcntl.LOCK_SH):
        raise Occupied(f"{data} is being restored from a backup. Wait for that to end.")


def alone(data: Path) -> None:
    """Be the only one at work on `data` until this process ends.

    Raises:
        Occupied: an office, or one of its commands, is at work.
        OSError: the directory cannot be used.
    """
    if not _locked(data, fcntl.LOCK_EX):
        raise Occupied(f"An office is at work on {data}. Stop it first.")


def _locked(data: Path, how: int) -> bool:
    descriptor = os.open(data / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return False
    return True  # never closed: the lock is this process's for as long as it lives
