"""How the kiosk's two files are opened: `ledger.db`, never rebuilt, and `replica.db`, which the office sends again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid4

from central_office.contract.claims import COST
from offline_cache.clocks import Clock, RunningClock, system_clock, system_uptime
from offline_cache.database import NEVER_LOST, Database, FileBroken, KeyDoesNotFit
from offline_cache.disk import MACHINE
from offline_cache.migrations.ledger import LEDGER
from offline_cache.stored_counts import StoredCounts
from offline_cache.stored_journal import StoredJournal
from offline_cache.stored_leases import StoredLeases
from offline_cache.stored_orders import StoredOrders, hear_key_within
from offline_cache.stored_outbox import StoredOutbox
from offline_cache.stored_pickups import StoredPickups, settle_pickups_within
from offline_cache.stored_replica import ReplicaWriter, StoredReplica
from offline_cache.stored_sales import StoredSales
from offline_cache.stored_staff import StoredStaff, settle_staff_within
from offline_cache.stored_till import StoredTill
from offline_cache.stored_tries import StoredTries

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from central_office.contract.claims import Cost, Pepper
    from central_office.contract.messages import SyncAnswer
    from offline_cache.disk import Disk
    from offline_cache.stored_outbox import Batch

LEDGER_FILE: Final = "ledger.db"
REPLICA_FILE: Final = "replica.db"

LEDGER_SETTINGS: Final = (*NEVER_LOST, "PRAGMA secure_delete=ON")
"""What is scrubbed is overwritten, not only unlinked from its table."""


class LedgerBroken(FileBroken):
    """The ledger is damaged: the kiosk goes out of service, and a technician takes the file away for rescue."""


class StaleAnswer(Exception):
    """An answer to an earlier attempt, delayed or replayed: what it says was true then."""


class Ledger:
    """What only this kiosk knows, in one file: its outbox, its leases, its journal and its tries."""

    def __init__(self, database: Database, *, clock: Clock, uptime: RunningClock, new_id: Callable[[], UUID]) -> None:
        self._database = database
        self._clock = clock
        self._uptime = uptime
        self.outbox = StoredOutbox(database, clock=clock, new_id=new_id)
        self.leases = StoredLeases(database, self.outbox, new_id=new_id)
        self.counts = StoredCounts(database)
        self.orders = StoredOrders(database, self.outbox)
        self.journal = StoredJournal(database, self.outbox, clock=clock)
        self.sales = StoredSales(database, self.outbox, clock=clock, new_id=new_id)
        self.till = StoredTill(database, self.outbox, clock=clock)

    def settle(self, batch: Batch, answer: SyncAnswer) -> None:
        """Take in what the office answered to `batch`: acknowledgement, what is durable, what it lends; all or nothing.

        Raises:
            StaleAnswer: it answers another attempt; nothing was changed.
            OfficeAhead: it acknowledges what was never given out; nothing was changed.
        """
        if answer.attempt != batch.attempt:
            raise StaleAnswer
        with self._database.writing() as connection:
            self.outbox.settle_within(connection, answer.ack, answer.results, answer.durable)
            settle_pickups_within(connection, answer.pickups)
            settle_staff_within(connection, answer.staff)
            self.leases.settle_within(connection, answer.leases, batch.want, answer.life, answer.leases_tag)
            self.leases.look_out_within(connection, answer.outlook, self._clock())
            hear_key_within(connection, answer.office_key)

    def tries(self, pepper: Pepper) -> StoredTries:
        """The counts of misses, kept under keys made with `pepper`."""
        return StoredTries(self._database, pepper=pepper, clock=self._clock, uptime=self._uptime)

    def pickups(self, pepper: Pepper, *, cost: Cost = COST) -> StoredPickups:
        """What waits in this kiosk's compartments; `cost` is what the office made their codes with."""
        return StoredPickups(self._database, self.outbox, self.journal, clock=self._clock, pepper=pepper, cost=cost)

    def staff(self, pepper: Pepper, *, cost: Cost = COST) -> StoredStaff:
        """Who may sign in here; `cost` is what the office made their PINs' secrets with."""
        return StoredStaff(self._database, self.outbox, self.journal, pepper=pepper, cost=cost)

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
        KeyDoesNotFit: the disk's key is not this file's.
        SQLiteTooOld: this SQLite could damage it.
        FileTooNew: a newer program wrote it.
        DiskTrouble: the disk is full or refuses.
    """
    try:
        return Ledger(
            Database(path, LEDGER, settings=LEDGER_SETTINGS, disk=disk), clock=clock, uptime=uptime, new_id=new_id
        )
    except KeyDoesNotFit:
        raise
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
    assert sealing.unseal.__name__
