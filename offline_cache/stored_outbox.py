"""The outbox on disk: gap-free numbers, a hash chain, and what the office said to each command.

The kiosk's process puts; the courier takes batches and settles what the office acknowledged. A command's text is
written once and sent as it stands; it loses its body when the office calls it durable, and keeps its hash. No clock
has a part in this: a kiosk that wakes up a year ahead must not forget what an office may need again.
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
    from central_office.contract.capacity import Want
    from central_office.contract.messages import Command, DeviceId, Result, Scrubbed, Seq
    from offline_cache.clocks import Clock
    from offline_cache.database import Database

OUTLOOK_HOLDS: Final = timedelta(minutes=5)
"""So long what is free at the office, once heard, is not asked for again."""
MAX_COMMAND: Final = 16 * 1024
"""Bytes of one command as JSON: sixteen of the largest fill one request."""

KEPT: Final = timedelta(days=90)
"""How long the shell of a durable command stays: its number, identifier and hash."""

CONTACT_NOTED_EVERY: Final = timedelta(minutes=5)
"""How often a quiet line is worth a write to the disk."""

NOBODYS_MATTER: Final = ("visit.reported", "lease.return")
"""Commands that nobody misses, if an office loses them that had acknowledged them."""

_SCRUBBED_AT_ONCE: Final = 500


class OfficeAhead(Exception):
    """The office acknowledged commands that this ledger never gave out: the ledger is an older copy of itself."""

    def __init__(self, ack: int, last: int) -> None:
        super().__init__(f"the office has {ack} commands of this ledger, the ledger gave out {last}")
        self.ack = ack
        self.last = last


class OfficeBehind(Exception):
    """The office asks for commands that it called durable so long ago that even their shells are gone."""

    def __init__(self, ack: int, first: int) -> None:
        super().__init__(f"the office has {ack} commands of this ledger, which begins at {first}")
        self.ack = ack
        self.first = first


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
    durable: int = 0


@dataclass(frozen=True)
class Batch:
    """What one request carries: the number of the attempt, its commands, and how many wait behind them.

    `acked` and `last` are the newest numbers acknowledged and given out when the batch was taken. `scrubbed` are
    commands that lost their bodies, `want` what the kiosk would like to hold, `life` the office's at the last answer,
    `pickups`, `leases` and `staff` the tags of those lists, `outlook` whether what else is free was heard too long ago.
    """

    db: str
    attempt: int
    commands: tuple[Command, ...]
    waiting: int
    acked: int
    last: int
    scrubbed: tuple[Scrubbed, ...] = ()
    want: tuple[Want, ...] = ()
    life: str = ""
    pickups: str = ""
    leases: str = ""
    staff: str = ""
    outlook: bool = True

    @property
    def size(self) -> int:
        """How many commands travel, with or without their bodies."""
        return len(self.commands) + len(self.scrubbed)


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
        with self._database.writing() as connection:
            return self.put_within(connection, body)

    def put_within(self, connection: apsw.Connection, body: Message) -> Seq:
        """Keep `body` in a transaction of the ledger that does something else as well: both are kept, or neither.

        Raises:
            TypeError, ValueError: as `put`; the caller's transaction must come to nothing then.
        """
        # Not at the top: this costs a third of a second, and the kiosk wants its first picture before that.
        from central_office.contract.messages import COMMANDS, Command, CommandId, Seq  # noqa: PLC0415

        names = {kind: name for name, kind in COMMANDS.items()}
        if type(body) not in names:
            raise TypeError(f"{type(body).__name__} is no command of the contract")
        word, version = names[type(body)]
        last, head = connection.execute("SELECT last, head FROM line").get
        command = Command(
            seq=last + 1,
            id=CommandId(str(self._new_id())),
            type=word,
            tv=version,
            at=self._clock(),
            body=body.model_dump(mode="json"),
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
            row = connection.execute(
                "SELECT db, device, last, acked, attempt, last_contact, trouble, durable FROM line"
            ).get
        contact = None if row[5] is None else datetime.fromisoformat(row[5])
        return Line(row[0], row[1], row[2], row[3], row[4], contact, row[6], row[7])

    def quiet(self) -> bool:
        """Whether there is nothing to tell the office and nothing to ask of it."""
        with self._database.reading() as connection:
            return bool(connection.execute("SELECT last = acked AND NOT EXISTS (SELECT 1 FROM wishes) FROM line").get)

    def wishes(self) -> bool:
        """Whether the kiosk would like to hold more than it does, and nobody asked the office yet."""
        with self._database.reading() as connection:
            return bool(connection.execute("SELECT EXISTS (SELECT 1 FROM wishes)").get)

    def speak_as(self, device: DeviceId, *, anew: bool = False) -> None:
        """Number for `device` from now on; `anew`: it was enrolled a moment ago, perhaps under the name it had.

        (An office that came back from a copy gives a name once more that it gave since.) An office counts each device
        from one. So after a new enrolment the unacknowledged commands are numbered anew, in a database of a new name,
        in one transaction; their identifiers stay. So are those that were acknowledged and are not durable yet, except
        statistics: the office may have come back from a copy that lacks them, and nobody will ask for them under the
        old name any more. Leases end with the key they were given to.
        """
        from central_office.contract.messages import Command  # noqa: PLC0415

        with self._database.writing() as connection:
            known, acked = connection.execute("SELECT device, acked FROM line").get
            if known is None:
                connection.execute("UPDATE line SET device = ?", (device,))
            if known is None or (known == device and not anew):
                return
            rows = connection.execute(
                "SELECT command, key, day, units FROM outbox LEFT JOIN draws USING (seq)"
                " WHERE NOT scrubbed AND (seq > ? OR json_extract(command, '$.type') NOT IN (?, ?)) ORDER BY seq",
                (acked, *NOBODYS_MATTER),
            ).fetchall()
            connection.execute("DELETE FROM outbox; DELETE FROM draws; DELETE FROM leases; DELETE FROM wishes")
            head = GENESIS
            for seq, (text, key, day, units) in enumerate(rows, start=1):
                if key is not None:
                    connection.execute("INSERT INTO draws VALUES (?, ?, ?, ?)", (seq, key, day, units))
                command = Command.model_validate_json(str(text)).model_copy(update={"seq": seq, "prev": head})
                _insert(connection, command, command.model_dump_json())
                head = command_hash(command)
            connection.execute(
                "UPDATE line SET device = ?, db = ?, last = ?, head = ?, acked = 0, durable = 0, life = '',"
                " leases_tag = ''",
                (device, str(self._new_id()), len(rows), head),
            )

    def take(self, *, limit: int, room: int) -> Batch:
        """The next commands in order, at most `limit` and `room` bytes of JSON, under a new attempt's number.

        Raises:
            OfficeBehind: the office wants what nobody has any more.
        """
        from central_office.contract.capacity import MAX_WANTS, Resource, Want  # noqa: PLC0415
        from central_office.contract.messages import Command, Scrubbed  # noqa: PLC0415

        with self._database.writing() as connection:
            connection.execute("UPDATE line SET attempt = attempt + 1")
            db, attempt, last, acked, life, pickups, leases, staff, heard = connection.execute(
                "SELECT db, attempt, last, acked, life, pickups, leases_tag, staff,"
                " (SELECT min(heard) FROM outlook) FROM line"
            ).get
            rows = connection.execute(
                "SELECT seq, command, scrubbed FROM outbox WHERE seq > ? ORDER BY seq LIMIT ?", (acked, limit)
            ).fetchall()
            wishes = connection.execute("SELECT key, day, units FROM wishes LIMIT ?", (MAX_WANTS,)).fetchall()
        if rows and rows[0][0] != acked + 1:
            raise OfficeBehind(acked, int(str(rows[0][0])))
        commands: list[Command] = []
        scrubbed: list[Scrubbed] = []
        for _, text, bare in rows:
            room -= len(str(text).encode()) + 1
            if room < 0 and (commands or scrubbed):
                break
            if bare:
                scrubbed.append(Scrubbed.model_validate_json(str(text)))
            else:
                commands.append(Command.model_validate_json(str(text)))
        return Batch(
            db=db,
            attempt=attempt,
            commands=tuple(commands),
            waiting=last - acked - len(commands) - len(scrubbed),
            acked=acked,
            last=last,
            scrubbed=tuple(scrubbed),
            want=tuple(Want(resource=Resource(key=key, day=day), units=units) for key, day, units in wishes),
            life=life,
            pickups=pickups,
            leases=leases,
            staff=staff,
            outlook=heard is None or not timedelta() <= self._clock() - datetime.fromisoformat(heard) < OUTLOOK_HOLDS,
        )

    def settle(self, ack: int, results: Iterable[Result], durable: int = 0) -> None:
        """Note that the office has everything up to `ack`, and what became of each command.

        A smaller `ack` than before means an office restored from a backup: what it forgot is sent again. Commands up
        to `durable` lose their bodies: the office cannot lose them any more.

        Raises:
            OfficeAhead: `ack` is beyond the last number given out; nothing was changed.
        """
        with self._database.writing() as connection:
            self.settle_within(connection, ack, results, durable)

    def settle_within(self, connection: apsw.Connection, ack: int, results: Iterable[Result], durable: int) -> None:
        """As `settle`, in a transaction of the ledger that does something else as well."""
        last = connection.execute("SELECT last FROM line").get
        if ack > last:
            raise OfficeAhead(ack, last)
        durable = min(durable, ack)
        connection.execute(
            "UPDATE line SET acked = ?, durable = ?, last_contact = ?, trouble = NULL",
            (ack, durable, self._clock().isoformat()),
        )
        connection.executemany(
            "UPDATE outbox SET result = ?, code = ? WHERE seq = ?",
            [(result.r, result.code, result.seq) for result in results if result.seq <= ack],
        )
        _scrub(connection, durable)

    def heard(self) -> None:
        """Note that the office had nothing to say; seldom, so that a quiet line does not wear the disk out."""
        line, now = self.line(), self._clock()
        old = line.last_contact is None or abs(now - line.last_contact) >= CONTACT_NOTED_EVERY
        if old or line.trouble is not None:
            with self._database.writing() as connection:
                connection.execute("UPDATE line SET last_contact = ?, trouble = NULL", (now.isoformat(),))

    def troubled(self, word: str) -> None:
        """Keep for technicians why the last attempt failed; `word` says nothing of any citizen."""
        if self.line().trouble != word:
            with self._database.writing() as connection:
                connection.execute("UPDATE line SET trouble = ?", (word,))

    def prune(self) -> int:
        """Forget the shells of durable commands older than 90 days; how many that were."""
        with self._database.writing() as connection:
            connection.execute(
                "DELETE FROM outbox WHERE scrubbed AND seq <= (SELECT durable FROM line) AND at < ?",
                ((self._clock() - KEPT).isoformat(timespec="microseconds"),),
            )
            return connection.changes()


def _scrub(connection: apsw.Connection, durable: int) -> None:
    """Take the bodies off what will not be asked for again; a long arrears goes piece by piece."""
    from central_office.contract.messages import Command, Scrubbed  # noqa: PLC0415

    rows = connection.execute(
        "SELECT seq, command FROM outbox WHERE seq <= ? AND NOT scrubbed ORDER BY seq LIMIT ?",
        (durable, _SCRUBBED_AT_ONCE),
    ).fetchall()
    for seq, text in rows:
        command = Command.model_validate_json(str(text))
        shell = Scrubbed(
            seq=command.seq,
            id=command.id,
            type=command.type,
            tv=command.tv,
            at=command.at,
            hash=command_hash(command),
            prev=command.prev,
        )
        connection.execute("UPDATE outbox SET scrubbed = 1, command = ? WHERE seq = ?", (shell.model_dump_json(), seq))


def _insert(connection: apsw.Connection, command: Command, text: str) -> None:
    # Every moment is UTC and of one form, so that texts compare as moments do.
    moment = command.at.isoformat(timespec="microseconds")
    connection.execute(
        "INSERT INTO outbox (seq, id, at, command) VALUES (?, ?, ?, ?)", (command.seq, command.id, moment, text)
    )
