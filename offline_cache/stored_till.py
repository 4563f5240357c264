"""The day of the till in `ledger.db`: what the terminal's end of day should come to."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from offline_cache.sales import DAY_FIRST, SaleId, TillDay

if TYPE_CHECKING:
    import apsw

    from central_office.contract.base import Message
    from offline_cache.clocks import Clock
    from offline_cache.database import Database
    from offline_cache.stored_outbox import StoredOutbox

_DOUBTFUL: Final = "(charged IS NULL OR ending IN ('unclear', 'unpaid'))"


class StoredTill:
    """The till in the ledger; implements `offline_cache.sales.TillBook`."""

    def __init__(self, database: Database, outbox: StoredOutbox, *, clock: Clock) -> None:
        self._database = database
        self._outbox = outbox
        self._clock = clock

    def day(self) -> TillDay:
        """What the terminal should say of the day."""
        with self._database.reading() as connection:
            return _day_within(connection, None)

    def closed(self) -> datetime | None:
        """When the day was last closed; None: never."""
        with self._database.reading() as connection:
            closed = connection.execute("SELECT closed FROM till").get
        return None if closed is None else datetime.fromisoformat(str(closed))

    def closing(self) -> TillDay | None:
        """The day whose closing was begun and has no end; None when there is none."""
        with self._database.reading() as connection:
            upto = connection.execute("SELECT closing FROM till").get
            return None if upto is None else _day_within(connection, int(upto))

    def close(self, upto: int) -> None:
        """The terminal is about to be told to close the day."""
        with self._database.writing() as connection:
            connection.execute("UPDATE till SET closing = ? WHERE closing IS NULL", (upto,))
            if connection.changes() != 1:
                raise RuntimeError("no day is being closed, or one is already")

    def ended(self, report: Message | None) -> None:
        """The day is closed, and this is told to the office; None: the terminal said that it did not close it."""
        with self._database.writing() as connection:
            if report is None:
                connection.execute("UPDATE till SET closing = NULL WHERE closing IS NOT NULL")
            else:
                connection.execute(
                    "UPDATE till SET upto = closing, closing = NULL, closed = ? WHERE closing IS NOT NULL",
                    (self._clock().isoformat(timespec="microseconds"),),
                )
            if connection.changes() != 1:
                raise RuntimeError("no day is being closed, or one is already")
            if report is not None:
                self._outbox.put_within(connection, report)


def _day_within(connection: apsw.Connection, upto: int | None) -> TillDay:
    newest = upto if upto is not None else int(connection.execute("SELECT ifnull(max(number), 0) FROM sales").get)
    since = int(connection.execute("SELECT upto FROM till").get)
    amount, count = connection.execute(
        "SELECT ifnull(sum(charged), 0), count(*) FROM sales WHERE number > ? AND number <= ? AND charged > 0",
        (since, newest),
    ).get
    doubtful = connection.execute(
        f"SELECT sale FROM sales WHERE number > ? AND number <= ? AND {_DOUBTFUL} ORDER BY number",  # noqa: S608
        (since, newest),
    ).fetchall()
    first, terminal = connection.execute(
        "SELECT min(began), ifnull(max(terminal), '') FROM sales WHERE number > ? AND number <= ? AND asked > 0",
        (since, newest),
    ).get
    asked_for = connection.execute(
        "SELECT EXISTS (SELECT 1 FROM sales WHERE number > ? AND number <= ? AND why = ?)", (since, newest, DAY_FIRST)
    ).get
    return TillDay(
        int(amount),
        int(count),
        tuple(SaleId(str(sale)) for (sale,) in doubtful),
        newest,
        None if first is None else datetime.fromisoformat(str(first)),
        str(terminal),
        bool(asked_for),
    )
