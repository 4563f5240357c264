"""The pickups of this kiosk on disk: the office's list, swapped as a whole, and marks that no list ever clears.

They lie in the ledger, not in the replica: that a code is used, what the office is told and what the journal begins
must be one transaction. Marks are kept for good: an office that came back from a backup may list a used pickup again.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from central_office.contract.claims import COST
from offline_cache.pickups import OPENING, SPARED, AlreadyUsed, Waiting

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    import apsw

    from central_office.contract.base import Message
    from central_office.contract.claims import Cost, Pepper
    from central_office.contract.pickup_code import PickupCode
    from central_office.contract.pickups import PickupId, PickupRow, Pickups
    from offline_cache.clocks import Clock
    from offline_cache.database import Database
    from offline_cache.stored_journal import StoredEffect, StoredJournal
    from offline_cache.stored_outbox import StoredOutbox

_LIVE: Final = (
    "ifnull((SELECT used OR misses >= ? FROM pickup_marks WHERE pickup_marks.pickup = pickups.pickup), 0) = 0"
)


_HOUR: Final = 3600
_MISSES: Final = "pickup.misses"
"""The counter of codes that opened nothing; `pickup.missed.N` is when the latest ones were, in seconds since 1970."""


class _Opening:
    """One opening; implements `offline_cache.pickups.Opening`."""

    def __init__(self, pickups: StoredPickups, effect: StoredEffect, waiting: Waiting) -> None:
        self._pickups = pickups
        self._effect = effect
        self._waiting = waiting

    def done(self, outcome: str, report: Message | None = None) -> None:
        """It has come to this end; on disk, together with what the office is told of it, when this returns."""
        self._effect.done(outcome, report)

    def spare(self) -> None:
        """Nothing was sent to the lock, and nothing will be: the code is good again, and the office is told."""
        self._pickups.spare(self._effect, self._waiting)


class StoredPickups:
    """The pickups in `ledger.db`; implements `offline_cache.pickups.Pickups`."""

    def __init__(  # noqa: PLR0913  # what a pickup is kept in, and what makes its keys
        self,
        database: Database,
        outbox: StoredOutbox,
        journal: StoredJournal,
        *,
        clock: Clock,
        pepper: Pepper,
        cost: Cost = COST,
    ) -> None:
        self._database = database
        self._outbox = outbox
        self._journal = journal
        self._clock = clock
        self._pepper = pepper
        self._cost = cost

    def waiting(self, code: PickupCode, birth_date: date | None, today: date) -> tuple[Waiting, ...]:
        """What the code opens today, lowest compartment first; nothing, in the same time, whatever is wrong with it."""
        from central_office.contract.pickup_code import FREE_MISSES, SALT_BYTES, opened, stretched  # noqa: PLC0415
        from central_office.contract.pickups import PickupRow, unseal_contents  # noqa: PLC0415

        with self._database.reading() as connection:
            texts = connection.execute(
                f"SELECT row FROM pickups WHERE selector = ? AND until >= ? AND {_LIVE} ORDER BY compartment",  # noqa: S608
                (code.selector, today.isoformat(), FREE_MISSES),
            ).fetchall()
        rows = [PickupRow.model_validate_json(str(text)) for (text,) in texts]
        # Once for each salt, and once where there is none: whoever measures learns nothing.
        guesses = {
            salt: stretched(self._pepper, code, birth_date, salt, cost=self._cost)
            for salt in {row.salt for row in rows} or {bytes(SALT_BYTES)}
        }
        found = []
        for row in rows:
            key = opened(row.typed if code.digits else row.shown, guesses[row.salt])
            contents = None if key is None else unseal_contents(row, key)
            if contents is not None:
                found.append(Waiting(row.pickup, row.compartment, contents))
        return tuple(found)

    def selected(self, code: PickupCode) -> tuple[PickupId, ...]:
        """What the public part of the code finds here, whether the rest fits or not."""
        from central_office.contract.pickups import PickupId  # noqa: PLC0415

        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT pickup FROM pickups WHERE selector = ? ORDER BY compartment", (code.selector,)
            ).fetchall()
        return tuple(PickupId(str(pickup)) for (pickup,) in rows)

    def missed(self, code: PickupCode) -> None:
        """Count a wrong guess durably; the fifth at one pickup locks it until the office gives out another code.

        Twenty within an hour, at whatever codes, are told to the office, and counted anew.
        """
        from central_office.contract.pickup_code import FREE_MISSES  # noqa: PLC0415
        from central_office.contract.pickups import PickupId, PickupLocked  # noqa: PLC0415

        with self._database.writing() as connection:
            self._count_within(connection)
            rows = connection.execute("SELECT pickup FROM pickups WHERE selector = ?", (code.selector,)).fetchall()
            for (pickup,) in rows:
                misses = connection.execute(
                    "INSERT INTO pickup_marks (pickup, misses) VALUES (?, 1)"
                    " ON CONFLICT DO UPDATE SET misses = misses + 1 RETURNING misses",
                    (pickup,),
                ).get
                if misses == FREE_MISSES:
                    self._outbox.put_within(connection, PickupLocked(pickup=PickupId(str(pickup))))

    @contextmanager
    def opening(self, waiting: Waiting, *, pin_letter: bool = False) -> Iterator[_Opening]:
        """Use the code up: used, told to the office and begun in the journal, all on disk when the block begins.

        Raises:
            AlreadyUsed: it was used before; the block is not entered.
            EndedWithoutOutcome: the block came to its end and never called `done`.
        """
        from central_office.contract.pickups import PickupOpened  # noqa: PLC0415

        with self._database.writing() as connection:
            connection.execute(
                "INSERT INTO pickup_marks (pickup, used) VALUES (?, 1)"
                " ON CONFLICT DO UPDATE SET used = 1 WHERE used = 0",
                (waiting.pickup,),
            )
            if connection.changes() != 1:
                raise AlreadyUsed
            self._outbox.put_within(
                connection,
                PickupOpened(pickup=waiting.pickup, compartment=waiting.compartment, pin_letter=pin_letter),
            )
            number = self._journal.begin_within(
                connection, OPENING, {"pickup": waiting.pickup, "compartment": waiting.compartment}
            )
        with self._journal.going_on(number, OPENING) as effect:
            yield _Opening(self, effect, waiting)

    def spare(self, effect: StoredEffect, waiting: Waiting) -> None:
        """Make a used code good again whose lock nobody touched: mark, journal and report in one transaction.

        Raises:
            RuntimeError: this opening's end was told already.
        """
        from central_office.contract.pickups import PickupSpared  # noqa: PLC0415

        with self._database.writing() as connection:
            self._journal.finish_within(connection, effect.number, SPARED)
            connection.execute("UPDATE pickup_marks SET used = 0 WHERE pickup = ?", (waiting.pickup,))
            self._outbox.put_within(connection, PickupSpared(pickup=waiting.pickup))
        effect.ended = True

    def _count_within(self, connection: apsw.Connection) -> None:
        from central_office.contract.pickups import ALERT_MISSES, PickupGuessing  # noqa: PLC0415

        now = int(self._clock().timestamp())
        number = connection.execute(
            "INSERT INTO counts VALUES (?, 1) ON CONFLICT DO UPDATE SET last = last + 1 RETURNING last", (_MISSES,)
        ).get
        connection.execute(
            "INSERT INTO counts VALUES (?, ?) ON CONFLICT DO UPDATE SET last = excluded.last",
            (f"pickup.missed.{number % ALERT_MISSES}", now),
        )
        # The place that the next one will take holds the oldest of the last twenty, this one among them.
        oldest = connection.execute(
            "SELECT last FROM counts WHERE name = ?", (f"pickup.missed.{(number + 1) % ALERT_MISSES}",)
        ).get
        if oldest is None or abs(now - oldest) >= _HOUR:
            return
        since = datetime.fromtimestamp(oldest, UTC)
        self._outbox.put_within(connection, PickupGuessing(misses=ALERT_MISSES, since=since))
        connection.execute("DELETE FROM counts WHERE name LIKE 'pickup.missed.%'")


def settle_pickups_within(connection: apsw.Connection, pickups: Pickups | None) -> None:
    """Let the office's list take the place of the old one; None: nothing was said."""
    if pickups is None:
        return
    connection.execute("UPDATE line SET pickups = ?; DELETE FROM pickups", (pickups.tag,))
    connection.executemany(
        "INSERT OR REPLACE INTO pickups VALUES (?, ?, ?, ?, ?)", [_kept(row) for row in pickups.rows]
    )


def _kept(row: PickupRow) -> tuple[str, str, int, str, str]:
    return row.pickup, row.selector, row.compartment, row.until.isoformat(), row.model_dump_json()
