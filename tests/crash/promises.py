"""What a kiosk has promised so far, told apart from how its store keeps it, and whether rows keep these promises.

The model counts on its own: which commands were put, in which order, who missed how often, which documents the office
told. `Rows` is everything a file says, table by table; after a power cut they must be those of a moment of the life
before, and at each of those moments they were held against the model.
"""

from __future__ import annotations

import json
from copy import copy
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from central_office.contract.chain import GENESIS, command_hash
from central_office.contract.claims import LOOKUP_KEY_BYTES
from central_office.contract.messages import Command, Scrubbed
from offline_cache.stored_outbox import KEPT, NOBODYS_MATTER
from tests.offline_cache import letters

if TYPE_CHECKING:
    from datetime import datetime

    import apsw

    from central_office.contract.base import Message
    from central_office.contract.messages import DocumentRow
    from central_office.contract.stages import Stage

Rows = tuple[tuple[str, tuple[tuple[object, ...], ...]], ...]
"""Table by table, in the order of their names: all rows, in the order of their keys."""


def rows_of(connection: apsw.Connection) -> Rows:
    """Everything in the file but what is thrown away at the next opening: a half-built snapshot."""
    found = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").fetchall()
    names = [str(name) for (name,) in found]
    return tuple(
        (name, tuple(connection.execute(f'SELECT * FROM "{name}" ORDER BY 1, 2').fetchall()))
        for name in names
        if not name.endswith("_new")
    )


def bare(rows: Rows) -> Rows:
    """The same rows, or nothing at all if every table is empty: a file that is not there says as much."""
    return rows if any(found for _, found in rows) else ()


def table(rows: Rows, name: str) -> tuple[tuple[object, ...], ...]:
    """The rows of one table, none if it does not exist."""
    return dict(rows).get(name, ())


@dataclass
class Put:
    """One command that was put: all that its body says."""

    kind: str
    body: str
    at: datetime
    bare: bool = False
    """Whether its body is gone, because the office called it durable."""


def said(body: Message) -> str:
    """All that a body says, as one text."""
    return _canonical(body.model_dump(mode="json"))


class Broken(AssertionError):
    """A promise was broken; the text says which."""


@dataclass
class LedgerPromises:
    """What the ledger owes."""

    puts: list[Put] = field(default_factory=list)
    first: int = 1
    acked: int = 0
    durable: int = 0
    leases: set[tuple[object, ...]] = field(default_factory=set)
    draws: dict[int, int] = field(default_factory=dict)
    """By the number of a command: how many units it takes off a lease, as long as that is remembered."""
    effects: dict[int, tuple[str, str | None, datetime | None]] = field(default_factory=dict)
    """What was begun: its kind, its outcome and when it ended."""
    misses: dict[bytes, int] = field(default_factory=dict)
    """By the row's key; the kiosk's own row has the empty key."""

    @property
    def last(self) -> int:
        """The newest number given out."""
        return self.first + len(self.puts) - 1

    def copy(self) -> LedgerPromises:
        """The same promises, to go on from."""
        return replace(
            self,
            puts=[copy(put) for put in self.puts],
            misses=dict(self.misses),
            leases=set(self.leases),
            draws=dict(self.draws),
            effects=dict(self.effects),
        )

    def settle(self, ack: int, durable: int, leases: set[tuple[object, ...]] | None) -> None:
        """The office has everything up to `ack`, cannot lose what is up to `durable`, and lends so much."""
        self.acked = ack
        self.durable = durable
        for put in self.puts[: max(0, durable - self.first + 1)]:
            put.bare = True
        if leases is not None:
            self.leases = leases
            self.draws = {seq: units for seq, units in self.draws.items() if seq > durable}

    def renumber(self) -> None:
        """A new enrolment: what waits, or might be missed by an office that came back from a copy, begins at one."""
        waiting = [
            (seq, put)
            for seq, put in enumerate(self.puts, self.first)
            if not put.bare and (seq > self.acked or put.kind not in NOBODYS_MATTER)
        ]
        self.draws = {new: self.draws[old] for new, (old, _) in enumerate(waiting, 1) if old in self.draws}
        self.puts = [put for _, put in waiting]
        self.first = 1
        self.acked = self.durable = 0
        self.leases = set()

    def prune(self, now: datetime) -> None:
        """What is durable and old may go; only the oldest are, because the workload's clock runs forward."""
        while self.puts and self.puts[0].bare and self.first <= self.durable and self.puts[0].at < now - KEPT:
            self.puts.pop(0)
            self.first += 1

    def check(self, rows: Rows) -> None:
        """Hold rows against the promises.

        Raises:
            Broken: they do not keep one of them.
        """
        line = dict(zip(LINE, table(rows, "line")[0][: len(LINE)], strict=True))
        commands = [_command(str(row[3])) for row in table(rows, "outbox")]
        expected = [None if put.bare else put.body for put in self.puts]
        _demand([command.body for command in commands] == expected, "a command is missing, doubled or out of order")
        _demand([c.seq for c in commands] == list(range(self.first, self.last + 1)), "the numbers have a gap")
        _demand((line["last"], line["acked"]) == (self.last, self.acked), "the line counts otherwise")
        head = commands[0].prev if commands else None
        _demand(head is None or self.first > 1 or head == GENESIS, "the chain begins elsewhere")
        for command in commands:
            _demand(command.prev == head, "the chain is broken")
            head = command.hash
        _demand(head is None or line["head"] == head, "the head is not that of the last command")
        drawn = {row[0]: row[3] for row in table(rows, "draws")}
        _demand(drawn == self.draws, "what was drawn from a lease does not agree with what was promised")
        _demand(set(table(rows, "leases")) == self.leases, "a lease is not what the office said")
        effects = {row[0]: (row[1], row[4]) for row in table(rows, "effects")}
        _demand(effects == {key: one[:2] for key, one in self.effects.items()}, "an effect was forgotten or invented")
        counted = {row[0]: row[1] for row in table(rows, "tries")}
        _demand({key: counted.get(key, 0) for key in self.misses} == self.misses, "a miss was forgotten or invented")

    def lost_in(self, rows: Rows) -> int:
        """How many puts, effects and misses that were promised are not there."""
        there = {command.body for command in (_command(str(row[3])) for row in table(rows, "outbox"))}
        counted = {row[0]: int(str(row[1])) for row in table(rows, "tries")}
        missing = sum(put.body not in there for put in self.puts if not put.bare)
        missing += len(self.effects.keys() - {row[0] for row in table(rows, "effects")})
        return missing + sum(max(0, misses - counted.get(key, 0)) for key, misses in self.misses.items())


@dataclass
class ReplicaPromises:
    """What the office told so far: documents by their number in `letters`."""

    documents: dict[int, Stage] = field(default_factory=dict)
    place: str | None = None
    coming: dict[int, Stage] | None = None

    def copy(self) -> ReplicaPromises:
        """The same, to go on from."""
        coming = None if self.coming is None else dict(self.coming)
        return ReplicaPromises(dict(self.documents), self.place, coming)

    def check(self, rows: Rows) -> None:
        """Hold rows against what was told.

        Raises:
            Broken: rows, keys and cursor are not those of one moment.
        """
        sets = table(rows, "sets")
        _demand([row[3] for row in sets] == ([] if self.place is None else [self.place]), "the cursor is another")
        told = [row(which, stage) for which, stage in self.documents.items()]
        found = set(table(rows, "documents"))
        _demand(found == {(row.id, b"".join(row.slots), row.sealed) for row in told}, "rows and cursor do not agree")
        keys = {slot[:LOOKUP_KEY_BYTES]: row.id for row in told for slot in row.slots}
        _demand({one[0]: one[1] for one in table(rows, "keys")} == keys, "rows and keys do not agree")


LINE = ("only", "db", "device", "last", "head", "acked")


def _demand(kept: bool, promise: str) -> None:  # noqa: FBT001
    if not kept:
        raise Broken(promise)


def _canonical(body: dict[str, object]) -> str:
    return json.dumps(body, sort_keys=True)


class _Kept(NamedTuple):
    """What a row of the outbox says, with its body or without."""

    seq: int
    body: str | None
    prev: str
    hash: str


@cache
def _command(text: str) -> _Kept:
    if "body" not in json.loads(text):
        shell = Scrubbed.model_validate_json(text)
        return _Kept(shell.seq, None, shell.prev, shell.hash)
    command = Command.model_validate_json(text)
    return _Kept(command.seq, _canonical(command.body), command.prev, command_hash(command))


@cache
def row(which: int, stage: Stage) -> DocumentRow:
    """The row of a document; sealing takes its time, so each is sealed once."""
    return letters.row(which, stage)
