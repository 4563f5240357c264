"""The journal on disk: intent in one transaction, outcome (and what the office is told of it) in another."""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from logbook import say, word
from offline_cache.events import EffectSettled, EffectUndecided, SettlerFailed
from offline_cache.journal import EndedWithoutOutcome, Settled, Undecided, Unfinished

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import apsw

    from central_office.contract.base import Message
    from offline_cache.clocks import Clock
    from offline_cache.database import Database
    from offline_cache.journal import Detail, Settler
    from offline_cache.stored_outbox import StoredOutbox

MAX_DETAIL: Final = 2048
"""Bytes of an effect's detail as JSON."""

KEPT: Final = timedelta(days=90)
"""How long a finished effect stays for technicians; a clock that jumps costs no more than this memory."""

UNSETTLED: Final = "unsettled"
"""The outcome of an effect that was handed to a person."""


class StoredEffect:
    """One row; implements `offline_cache.journal.Effect`."""

    def __init__(self, journal: StoredJournal, number: int) -> None:
        self._journal = journal
        self.number = number
        self.ended = False

    def done(self, outcome: str, report: Message | None = None) -> None:
        """It has come to this end; on disk, together with what the office is told of it, when this returns."""
        if self.ended:
            raise RuntimeError("this effect's end was told already")
        self._journal.finish(self.number, outcome, report)
        self.ended = True


class StoredJournal:
    """The effects in `ledger.db`; implements `offline_cache.journal.Journal`."""

    def __init__(self, database: Database, outbox: StoredOutbox, *, clock: Clock) -> None:
        self._database = database
        self._outbox = outbox
        self._clock = clock

    @contextmanager
    def effect(self, kind: str, detail: Detail | None = None) -> Iterator[StoredEffect]:
        """Begin something that cannot be taken back; the intent is on disk, synced, when the block begins.

        Raises:
            EndedWithoutOutcome: the block came to its end and never called `done`.
            ValueError: the detail is more than a line.
            DiskTrouble: the disk is full or refuses; the block was not entered.
        """
        with self._database.writing() as connection:
            number = self.begin_within(connection, kind, detail)
        with self.going_on(number, kind) as effect:
            yield effect

    def begin_within(self, connection: apsw.Connection, kind: str, detail: Detail | None = None) -> int:
        """Write the intent in a transaction of the ledger that does something else as well; the effect's number.

        Raises:
            ValueError: the detail is more than a line.
        """
        text = json.dumps(dict(detail or {}))
        if len(text) > MAX_DETAIL:
            raise ValueError(f"a detail of {len(text)} bytes; {MAX_DETAIL} are allowed")
        now = self._clock()
        connection.execute("DELETE FROM effects WHERE outcome IS NOT NULL AND ended < ?", (_text(now - KEPT),))
        number = connection.execute(
            "INSERT INTO effects (kind, detail, began) VALUES (?, ?, ?) RETURNING effect", (kind, text, _text(now))
        ).get
        return int(number)

    @contextmanager
    def going_on(self, number: int, kind: str) -> Iterator[StoredEffect]:
        """The block of an effect whose intent is on disk already.

        Raises:
            EndedWithoutOutcome: the block came to its end and never called `done`.
        """
        effect = StoredEffect(self, number)
        # No `finally`: whatever leaves the block by an exception leaves the effect unfinished, which is the truth.
        yield effect
        if not effect.ended:
            raise EndedWithoutOutcome(kind)

    def unfinished(self) -> tuple[Unfinished, ...]:
        """What was begun and has no end yet, oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT effect, kind, detail, began FROM effects WHERE outcome IS NULL ORDER BY effect"
            ).fetchall()
        return tuple(
            Unfinished(int(str(number)), str(kind), json.loads(str(detail)), datetime.fromisoformat(str(began)))
            for number, kind, detail, began in rows
        )

    def settle(self, settlers: Mapping[str, Settler]) -> int:
        """Find out about everything unfinished, or hand it to a person; how much that was."""
        from central_office.contract.messages import EffectUnsettled  # noqa: PLC0415 - after the first picture

        waiting = self.unfinished()
        for one in waiting:
            found = _ask(settlers.get(one.kind), one)
            if isinstance(found, Settled):
                self.finish(one.number, found.outcome, found.report)
                say(EffectSettled(one.number, word(one.kind), word(found.outcome)))
            else:
                report = EffectUnsettled(
                    effect=one.number, kind=one.kind, began=one.began, why=found.why, detail=dict(one.detail)
                )
                self.finish(one.number, UNSETTLED, report)
                say(EffectUndecided(one.number, word(one.kind), word(found.why)))
        return len(waiting)

    def finish(self, number: int, outcome: str, report: Message | None) -> None:
        """Write the end of an effect, and what the office is told of it, in one transaction.

        Raises:
            RuntimeError: it has another end already.
        """
        with self._database.writing() as connection:
            self.finish_within(connection, number, outcome)
            if report is not None:
                self._outbox.put_within(connection, report)

    def finish_within(self, connection: apsw.Connection, number: int, outcome: str) -> None:
        """Write the end of an effect in a transaction of the ledger that does something else as well.

        Raises:
            RuntimeError: it has another end already.
        """
        connection.execute(
            "UPDATE effects SET outcome = ?, ended = ? WHERE effect = ? AND outcome IS NULL",
            (outcome, _text(self._clock()), number),
        )
        if connection.changes() != 1:
            raise RuntimeError("this effect's end was told already")


def _ask(settler: Settler | None, one: Unfinished) -> Settled | Undecided:
    if settler is None:
        return Undecided("no_settler")
    try:
        return settler(one)
    except Exception as error:  # noqa: BLE001 - a settler that fails has not decided, and a person must be told
        # No message: it may hold what a device said.
        say(SettlerFailed(word(one.kind), type(error)))
        return Undecided("settler_failed")


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds")
