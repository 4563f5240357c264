"""Leases on disk: what the office granted as of one of our commands, less what we did since then.

A grant is never counted down. It stays as the office said it, with the number of the command it knew of; every promise
and return is a draw under its command's own number. So an answer that was long on its way, or an office that came back
from a backup, is met by plain subtraction: available = granted - draws after `as_of`.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from offline_cache.leases import NoneLeft, Promised

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from uuid import UUID

    import apsw

    from central_office.contract.base import Message
    from central_office.contract.capacity import Lease, Outlook, ReservationId, Resource, Want
    from offline_cache.database import Database
    from offline_cache.stored_outbox import StoredOutbox


class StoredLeases:
    """The leases in `ledger.db`; implements `offline_cache.leases.Leases`."""

    def __init__(self, database: Database, outbox: StoredOutbox, *, new_id: Callable[[], UUID]) -> None:
        self._database = database
        self._outbox = outbox
        self._new_id = new_id

    def available(self, resource: Resource) -> int:
        """How many units can be promised now, without anybody being asked."""
        with self._database.reading() as connection:
            return _available(connection, resource)

    def promise(
        self, resource: Resource, units: int, *, also: Callable[[ReservationId], Message] | None = None
    ) -> Promised | NoneLeft:
        """Promise units to a citizen; promise and report are on disk, synced, when this returns, or neither is.

        Raises:
            ValueError: less than one unit.
            TypeError: `also` makes a message that is no command.
            DiskTrouble: the disk is full or refuses; nothing was promised.
        """
        from central_office.contract.capacity import ReservationId, ReservationMade  # noqa: PLC0415

        if units < 1:
            raise ValueError("a promise is of one unit at least")
        with self._database.writing() as connection:
            left = _available(connection, resource)
            if left < units:
                return NoneLeft(left)
            reservation = ReservationId(str(self._new_id()))
            self._draw(
                connection, resource, units, ReservationMade(reservation=reservation, resource=resource, units=units)
            )
            if also is not None:
                self._outbox.put_within(connection, also(reservation))
        return Promised(reservation)

    def cancel(self, reservation: ReservationId) -> None:
        """Take a promise back; its units go to the office, not to this kiosk's lease."""
        from central_office.contract.capacity import ReservationCancelled  # noqa: PLC0415

        self._outbox.put(ReservationCancelled(reservation=reservation))

    def give_back(self, resource: Resource, units: int) -> int:
        """Give back what is not needed here, at most what is available; how many units that were."""
        from central_office.contract.capacity import LeaseReturned  # noqa: PLC0415

        with self._database.writing() as connection:
            units = min(units, _available(connection, resource))
            if units > 0:
                self._draw(connection, resource, units, LeaseReturned(resource=resource, units=units))
        return max(units, 0)

    def outlook(self, resource: Resource, since: datetime) -> int:
        """How many units besides these were free at the office, by what it said not before `since`; 0 if it did not."""
        with self._database.reading() as connection:
            row = connection.execute("SELECT first, free, heard FROM outlook WHERE key = ?", (resource.key,)).get
        if row is None or datetime.fromisoformat(row[2]) < since:
            return 0
        free = row[1].split()
        at = (resource.day - date.fromisoformat(row[0])).days
        return int(free[at]) if 0 <= at < len(free) else 0

    def want(self, resource: Resource, units: int) -> None:
        """Ask the office to let this kiosk hold so many; the courier asks with its next word, if there is a line."""
        with self._database.writing() as connection:
            connection.execute(
                "INSERT INTO wishes VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET units = excluded.units",
                (resource.key, resource.day.isoformat(), units),
            )

    def settle_within(
        self, connection: apsw.Connection, leases: Iterable[Lease] | None, asked: Iterable[Want], life: str, tag: str
    ) -> None:
        """Take in what the office says this kiosk holds: all of it, or nothing new (None)."""
        connection.executemany(
            "DELETE FROM wishes WHERE key = ? AND day = ? AND units = ?",
            [(want.resource.key, want.resource.day.isoformat(), want.units) for want in asked],
        )
        if leases is None:
            return
        connection.execute("UPDATE line SET life = ?, leases_tag = ?; DELETE FROM leases", (life, tag))
        connection.executemany(
            "INSERT OR REPLACE INTO leases VALUES (?, ?, ?, ?)",
            [
                (lease.resource.key, lease.resource.day.isoformat(), min(lease.granted, _MOST), lease.as_of)
                for lease in leases
            ],
        )
        # What the office cannot forget any more need not be held against it.
        connection.execute("DELETE FROM draws WHERE seq <= (SELECT durable FROM line)")

    def look_out_within(self, connection: apsw.Connection, outlooks: Iterable[Outlook] | None, heard: datetime) -> None:
        """Take in what else is free at the office: all of it, or nothing was said (None)."""
        if outlooks is None:
            return
        connection.execute("DELETE FROM outlook")
        connection.executemany(
            "INSERT OR REPLACE INTO outlook VALUES (?, ?, ?, ?)",
            [(one.key, one.first.isoformat(), " ".join(map(str, one.free)), heard.isoformat()) for one in outlooks],
        )

    def _draw(self, connection: apsw.Connection, resource: Resource, units: int, report: Message) -> None:
        seq = self._outbox.put_within(connection, report)
        connection.execute(
            "INSERT INTO draws VALUES (?, ?, ?, ?)", (seq, resource.key, resource.day.isoformat(), units)
        )


_MOST = 2**31


def _available(connection: apsw.Connection, resource: Resource) -> int:
    left = connection.execute(
        "SELECT granted - ifnull((SELECT sum(units) FROM draws WHERE draws.key = leases.key"
        " AND draws.day = leases.day AND seq > as_of), 0) FROM leases WHERE key = ? AND day = ?",
        (resource.key, resource.day.isoformat()),
    ).get
    return max(0, int(left or 0))
