"""Counters in `ledger.db`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from offline_cache.database import Database


class StoredCounts:
    """The counters; implements `offline_cache.counts.Counts`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def following(self, name: str, least: int = 0) -> int:
        """The next number of counter `name`, at least `least`; it is spent, synced, when this returns.

        Raises:
            DiskTrouble: the disk is full or refuses; nothing was given out.
        """
        with self._database.writing() as connection:
            last = connection.execute("SELECT last FROM counts WHERE name = ?", (name,)).get
            number = least if last is None else max(int(last) + 1, least)
            connection.execute(
                "INSERT INTO counts VALUES (?, ?) ON CONFLICT DO UPDATE SET last = excluded.last", (name, number)
            )
        return number
