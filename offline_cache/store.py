"""How the kiosk's two files are opened: `ledger.db`, never rebuilt, and `replica.db`, which the office sends again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid4

from central_office.contract.claims import COST
from offline_cache.clocks import Clock, RunningClock, system_clock, system_uptime
from offline_cache.database import Database, FileBroken
from offline_cache.disk import MACHINE
from offline_cache.migrations.ledger import LEDGER
from offline_cache.stored_outbox import StoredOutbox
from offline_cache.stored_replica import ReplicaWriter, StoredReplica
from offline_cache.stored_tries import StoredTries

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from central_office.contract.claims import Cost, Pepper
    from offline_cache.disk import Disk

LEDGER_FILE: Final = "ledger.db"
REPLICA_FILE: Final = "replica.db"


class LedgerBroken(FileBroken):
    """The ledger is damaged: the kiosk goes out of service, and a technician takes the file away for rescue."""


class Ledger:
    """What only this kiosk knows: its outbox and its tries, in one file."""

    def __init__(self, database: Database, *, clock: Clock, uptime: RunningClock, new_id: Callable[[], UUID]) -> None:
        self._database = database
        self._clock = clock
        self._uptime = uptime
        self.outbox = StoredOutbox(database, clock=clock, new_id=new_id)

    def tries(self, pepper: Pepper) -> StoredTries:
        """The counts of misses, kept under keys made with `pepper`."""
        return StoredTries(self._database, pepper=pepper, clock=self._clock, uptime=self._uptime)

    def close(self) -> None:
        """Close the file; no thread may be using it."""
        self._database.close()


def open_ledger(
    path: Path,
    *,
    clock: Clock = system_clock,
    uptime: RunningClock = system_uptime,
    new_id: Callable[[], UUID] = uuid4,
    disk: Disk = MACHINE,
) -> Ledger:
    """Open the ledger at `path`, make it if there is none, and bring an older one up to date.

    Raises:
        LedgerBroken: the file is damaged.
        SQLiteTooOld: this SQLite could damage it.
        FileTooNew: a newer program wrote it.
        DiskTrouble: the disk is full or refuses.
    """
    try:
        return Ledger(Database(path, LEDGER, disk=disk), clock=clock, uptime=uptime, new_id=new_id)
    except FileBroken as trouble:
        raise LedgerBroken(trouble.path, trouble.finding) from trouble


def open_replica(path: Path, pepper: Pepper, *, disk: Disk = MACHINE, cost: Cost = COST) -> StoredReplica:
    """Open the replica at `path` for reading; there need not be one yet, or it may be replaced at any time.

    `cost` is what the office sealed its rows with.

    Raises:
        SQLiteTooOld: this SQLite could damage it.
    """
    return StoredReplica(path, pepper, disk=disk, cost=cost)


def open_replica_for_writing(path: Path, pepper: Pepper, *, disk: Disk = MACHINE) -> ReplicaWriter:
    """Open the replica at `path` for the courier; a damaged one is thrown away and comes again from the office.

    Raises:
        SQLiteTooOld: this SQLite could damage it.
        DiskTrouble: the disk is full or refuses.
    """
    return ReplicaWriter(path, pepper, disk=disk)


def load_messages() -> None:
    """Load what reading and writing messages needs: a third of a second, so do it while nobody waits for an answer."""
    from central_office.contract import messages, sealing  # noqa: PLC0415  # that is the point

    assert messages.COMMANDS
    assert sealing.SealBroken
