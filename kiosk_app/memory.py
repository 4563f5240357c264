"""The kiosk's disk, opened as soon as it can be: enrolled, readable, sound; until then a fault says what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk_app.conductor import Fault, Memory
from kiosk_app.events import DiskUnusable, IdentityUnusable, NotEnrolledYet
from logbook import Event, say

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from kiosk_app.settings import DiskTable

NOT_ENROLLED = "E-01"
IDENTITY_BROKEN = "E-02"
DISK_BROKEN = "D-01"


class Disk:
    """Opens ledger and replica below `data`; asked again and again by the conductor while there is a fault."""

    def __init__(self, data: Path, now: Callable[[], datetime], table: DiskTable) -> None:
        self._data = data
        self._table = table
        self._now = now
        self._memory: Memory | None = None
        self._fault: Fault | None = None

    def memory(self) -> Memory | None:
        """What services read and write; None while there is a fault."""
        return self._memory

    def fault(self) -> Fault | None:
        """Why there is no memory; tries to open it first."""
        if self._memory is None:
            self._open()
        return self._fault if self._memory is None else None

    def _open(self) -> None:
        from offline_cache.at_rest import open_disk  # noqa: PLC0415 - apsw is loaded after the first frame
        from offline_cache.database import StoreError  # noqa: PLC0415
        from offline_cache.identity import IdentityBroken, NotEnrolled, load  # noqa: PLC0415
        from offline_cache.store import LEDGER_FILE, REPLICA_FILE, open_ledger, open_replica  # noqa: PLC0415

        try:
            identity = load(self._data)
            disk = open_disk(self._data, key_file=self._table.key, encrypted_partition=self._table.encrypted_partition)
            ledger = open_ledger(self._data / LEDGER_FILE, disk=disk)
            replica = open_replica(self._data / REPLICA_FILE, identity.pepper, disk=disk)
        except NotEnrolled:
            self._note(NOT_ENROLLED, NotEnrolledYet())
        except IdentityBroken as error:
            self._note(IDENTITY_BROKEN, IdentityUnusable(error))
        except StoreError as error:
            self._note(DISK_BROKEN, DiskUnusable(error))
        else:
            self._memory = Memory(
                device=identity.device,
                replica=replica,
                outbox=ledger.outbox,
                tries=ledger.tries(identity.pepper),
                leases=ledger.leases,
                journal=ledger.journal,
                pickups=ledger.pickups(identity.pepper),
                staff=ledger.staff(identity.pepper),
                sales=ledger.sales,
                till=ledger.till,
                counts=ledger.counts,
                orders=ledger.orders,
            )

    def _note(self, code: str, event: Event) -> None:
        if self._fault is None or self._fault.code != code:
            say(event)
            self._fault = Fault(code, self._now())
