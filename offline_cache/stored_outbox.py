"""The outbox on disk: gap-free numbers, a hash chain, and what the office said to each command.

The kiosk's process puts; the courier takes batches and settles what the office acknowledged. A command's text is
written once and sent as it stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from central_office.contract.chain import GENESIS, command_hash

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from uuid import UUID

    import apsw

    from central_office.contract.base import Message
    from central_office.contract.messages import Command, DeviceId, Result, Seq
    from offline_cache.clocks import Clock
    from offline_cache.database import Database

MAX_COMMAND: Final = 16 * 1024
"""Bytes of one command as JSON: sixteen of the largest fill one request."""

KEPT: Final = timedelta(days=90)
"""How long an acknowledged command stays, so that an office restored from a backup can be told again."""


class OfficeAhead(Exception):
    """The office acknowledged commands that this ledger never gave out: the ledger is an older copy of itself."""

    def __init__(self, ack: int, last: int) -> None:
        super().__init__(f"the office has {ack} commands of this ledger, the ledger gave out {last}")
        self.ack = ack
        self.last = last


@dataclass(frozen=True)
class Line:
    """How it stands between this kiosk and the office; `trouble` is a word for technicians, None when all is well."""

    db: str
    device: str | None
    last: int
    acked: int
    attempt: int
    last_contact: datetime | None
    trouble: str | None


@dataclass(frozen=True)
class Batch:
    """What one request carries: the number of the attempt, its commands, and how many wait behind them.

    `acked` and `last` are the newest numbers acknowledged and given out when the batch was taken.
    """

    db: str
    attempt: int
    commands: tuple[Command, ...]
    waiting: int
    acked: int
    last: int


class StoredOutbox:
    """The outbox in `ledger.db`; implements `offline_cache.outbox.Outbox`."""

    def __init__(self, database: Database, *, clock: Clock, new_id: Callable[[], UUID]) -> None:
        self._database = database
        self._clock = clock
        self._new_id = new_id
        with database.reading() as connection:
            named = connection.execute("SELECT count(*) FROM line").get
        if not named:
            with database.writing() as connection:
                connection.execute(
                    "INSERT OR IGNORE INTO line (only, db, head) VALUES (1, ?, ?)", (str(new_id()), GENESIS)
                )

    def put(self, body: Message) -> Seq:
        """Keep `body` for the office; it is on disk, synced, when this returns.

        Raises:
            TypeError: a message that `contract.messages.COMMANDS` does not list.
            ValueError: a message too large to be sent.
            DiskTrouble: the disk is full or refuses; nothing was kept.
        """
        # Not at the top: this costs a third of a second, and the kiosk wants its first picture before that.
        from central_office.contract.messages import COMMANDS, Command, CommandId, Seq  # noqa: PLC0415

        names = {kind: name for name, kind in COMMANDS.items()}
        if type(body) not in names:
            raise TypeError(f"{type(body).__name__} is no command of the contract")
        word, version = names[type(body)]
        content = body.model_dump(mode="json")
        with self._database.writing() as connection:
            last, head = connection.execute("SELECT last, head FROM line").get
            command = Command(
                seq=last + 1,
                id=CommandId(str(self._new_id())),
                type=word,
                tv=version,
                at=self._clock(),
                body=content,
                prev=head,
            )
            text = command.model_dump_json()
            if (size := len(text.encode())) > MAX_COMMAND:
                raise ValueError(f"a command of {size} bytes; {MAX_COMMAND} are allowed")
            _insert(connection, command, text)
            connection.execute("UPDATE line SET last = ?, head = ?", (command.seq, command_hash(command)))
        return Seq(command.seq)

    def waiting(self) -> int:
        """How many commands the office has not acknowledged yet."""
        with self._database.reading() as connection:
            return int(connection.execute("SELECT last - acked FROM line").get)

    def line(self) -> Line:
        """How it stands between this kiosk and the office."""
        with self._database.reading() as connection:
            row = connection.execute("SELECT db, device, last, acked, attempt, last_contact, trouble FROM line").get
        contact = None if row[5] is None else datetime.fromisoformat(row[5])
        return Line(row[0], row[1], row[2], row[3], row[4], contact, row[6])

    def speak_as(self, device: DeviceId) -> None:
        """Number for `device` from now on.

        An office counts each device from one. So after a new enrolment the unacknowledged commands are numbered anew,
        in a database of a new name, in one transaction; their identifiers stay. What the old enrolment's office
        acknowledged is not told to the new one.
        """
        from central_office.contract.messages import Command  # noqa: PLC0415

        with self._database.writing() as connection:
            known, acked = connection.execute("SELECT device, acked FROM line").get
            if known is None:
                connection.execute("UPDATE line SET device = ?", (device,))
            if known is None or known == device:
                return
            rows = connection.execute("SELECT command FROM outbox WHERE seq > ? ORDER BY seq", (acked,)).fetchall()
            connection.execute("DELETE FROM outbox")
            head = GENESIS
            for seq, (text,) in enumerate(rows, start=1):
                command = Command.model_validate_json(str(text)).model_copy(update={"seq": seq, "prev": head})
                _insert(connection, command, command.model_dump_json())
                head = command_hash(command)
            connection.execute(
                "UPDATE line SET device = ?, db = ?, last = ?, head = ?, acked = 0",
                (device, str(self._new_id()), len(rows), head),
            )

    def take(self, *, limit: int, room: int) -> Batch:
        """The next commands in order, at most `limit` and `room` bytes of JSON, under a new attempt's number."""
        from central_office.contract.messages import Command  # noqa: PLC0415

        with self._database.writing() as connection:
            connection.execute("UPDATE line SET attempt = attempt + 1")
            db, attempt, last, acked = connection.execute("SELECT db, attempt, last, acked FROM line").get
            rows = connection.execute(
                "SELECT command FROM outbox WHERE seq > ? ORDER BY seq LIMIT ?", (acked, limit)
            ).fetchall()
        commands: list[Command] = []
        for text in (str(row[0]) for row in rows):
            room -= len(text.encode()) + 1
            if room < 0 and commands:
                break
            commands.append(Command.model_validate_json(text))
        return Batch(db, attempt, tuple(commands), last - acked - len(commands), acked, last)

    def settle(self, ack: int, results: Iterable[Result]) -> None:
        """Note that the office has everything up to `ack`, and what became of each command.

        A smaller `ack` than before means an office restored from a backup: what it forgot is sent again.

        Raises:
            OfficeAhead: `ack` is beyond the last number given out; nothing was changed.
        """
        with self._database.writing() as connection:
            last = connection.execute("SELECT last FROM line").get
            if ack > last:
                raise OfficeAhead(ack, last)
            connection.execute(
                "UPDATE line SET acked = ?, last_contact = ?, trouble = NULL", (ack, self._clock().isoformat())
            )
            connection.executemany(
                "UPDATE outbox SET result = ?, code = ? WHERE seq = ?",
                [(result.r, result.code, result.seq) for result in results if result.seq <= ack],
            )

    def troubled(self, word: str) -> None:
        """Keep for technicians why the last attempt failed; `word` says nothing of any citizen."""
        if self.line().trouble != word:
            with self._database.writing() as connection:
                connection.execute("UPDATE line SET trouble = ?", (word,))

    def prune(self) -> int:
        """Forget what the office acknowledged and is older than 90 days; how many commands that were."""
        with self._database.writing() as connection:
            connection.execute(
                "DELETE FROM outbox WHERE seq <= (SELECT acked FROM line) AND at < ?",
                ((self._clock() - KEPT).isoformat(timespec="microseconds"),),
            )
            return connection.changes()


def _insert(connection: apsw.Connection, command: Command, text: str) -> None:
    # Every moment is UTC and of one form, so that texts compare as moments do.
    moment = command.at.isoformat(timespec="microseconds")
    connection.execute(
        "INSERT INTO outbox (seq, id, at, command) VALUES (?, ?, ?, ?)", (command.seq, command.id, moment, text)
    )
