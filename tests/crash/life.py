"""A kiosk's life from power on to power off: the real store code at work on a disk in memory, act after act.

Two ledgers are open at once, the kiosk's and the courier's, and the replica's writer and reader, as in the two
processes of a kiosk. After each act the life notes a `Moment`: how many steps the disk had done when the act returned,
what the files said, and what was promised by then. An act is one transaction at most, or changes no row of a file that
was there, so that a power cut finds the rows before it or the rows after it.

Long, because it has an act for everything that a kiosk does to its disk, and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from central_office.contract.capacity import Lease, LeaseReturned, ReservationMade, Resource
from central_office.contract.chain import GENESIS, command_hash
from central_office.contract.messages import (
    COMMANDS,
    Changes,
    Command,
    CommandId,
    DeviceId,
    EffectUnsettled,
    Result,
    SnapshotEnd,
    SyncAnswer,
)
from central_office.contract.stages import Stage
from offline_cache.database import NEVER_LOST, REBUILDABLE, Database
from offline_cache.journal import Settled, Undecided, Unfinished
from offline_cache.leases import Promised
from offline_cache.migrations.ledger import LEDGER
from offline_cache.migrations.replica import REPLICA
from offline_cache.store import Ledger, open_ledger, open_replica, open_replica_for_writing
from offline_cache.stored_journal import KEPT, UNSETTLED
from tests.crash.promises import LedgerPromises, Put, ReplicaPromises, Rows, bare, row, rows_of, said
from tests.offline_cache.clockwork import NOON, Clockwork
from tests.offline_cache.letters import PEPPER, letter, number, row_name, status, visit

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from random import Random

    from central_office.contract.base import Message
    from central_office.contract.claims import TypedNumber
    from central_office.contract.messages import VisitReported
    from offline_cache.stored_outbox import Batch
    from offline_cache.stored_replica import ReplicaWriter, StoredReplica
    from tests.crash.ram_disk import RamDisk

_QUARTER = timedelta(days=91)
_SECOND = timedelta(seconds=1)
SLOTS = Resource(key="neutral", day=NOON.date())
_DOCUMENTS = 12
"""How many documents the office knows: few, so that rows are often replaced."""

FOLDER = Path("/var/kiosk")
LEDGER_PATH = FOLDER / "ledger.db"
REPLICA_PATH = FOLDER / "replica.db"
STAGES = list(Stage)

KINDS = {kind: name for (name, _), kind in COMMANDS.items()}

Settings = tuple[str, ...]


@dataclass(frozen=True)
class Moment:
    """How things stood when an act had returned, `steps` steps into the life."""

    steps: int
    ledger: Rows | None
    """None: there is no ledger yet."""
    promised: LedgerPromises
    replica: Rows
    told: ReplicaPromises
    floor: int
    """The first moment to which the replica may fall back: all before was synced when it was closed in peace."""
    wall: datetime
    """What the clock on the wall said."""
    past: tuple[Rows, ...]
    """What the replica said in earlier lives since it was last synced: what a cut took may come back after the next.

    A log without a sync may keep newer transactions behind a hole. When the kiosk starts again and happens to fill the
    hole with the very same bytes, the sums fit again, and so do the transactions behind it. They are whole.
    """
    spoilt: bool
    """Whether the replica is no longer fit to be opened, so that opening it makes it empty."""


@dataclass
class Numbers:
    """What is never used twice in a history: visits, documents, places of the cursor."""

    mark: int = 0
    place: int = 0
    claims: int = 0


def store_opener(settings: Settings = NEVER_LOST) -> Callable[[RamDisk, Clockwork, Random], Ledger]:
    """How the ledger is opened: as the kiosk does, or with other settings, to see what they are worth."""

    def as_the_kiosk_does(disk: RamDisk, clock: Clockwork, rng: Random) -> Ledger:
        return open_ledger(LEDGER_PATH, clock=clock.now, uptime=clock.uptime, new_id=ids(rng), disk=disk)

    def otherwise(disk: RamDisk, clock: Clockwork, rng: Random) -> Ledger:
        database = Database(LEDGER_PATH, LEDGER, settings=settings, disk=disk)
        return Ledger(database, clock=clock.now, uptime=clock.uptime, new_id=ids(rng))

    return as_the_kiosk_does if settings is NEVER_LOST else otherwise


def ids(rng: Random) -> Callable[[], UUID]:
    """Identifiers from a seed."""
    return lambda: UUID(int=rng.getrandbits(128), version=4)


class Life:
    """One life; `moments` grows with each act, the first is the moment before it."""

    def __init__(  # noqa: PLR0917  # a life is born into all of this
        self,
        disk: RamDisk,
        clock: Clockwork,
        rng: Random,
        numbers: Numbers,
        before: Moment,
        opened: Callable[[RamDisk, Clockwork, Random], Ledger],
    ) -> None:
        self.disk = disk
        self.clock = clock
        self.rng = rng
        self.numbers = numbers
        self.moments = [before]
        self._opened = opened
        self._promised = before.promised.copy()
        self._told = before.told.copy()
        self._told.coming = None
        self._floor = 0
        self._spoilt = before.spoilt
        self.kiosk: Ledger | None = None
        self.courier: Ledger | None = None
        self.writer: ReplicaWriter | None = None
        self.reader: StoredReplica | None = None
        self._batch: Batch | None = None

    # power on and off

    def finds_its_folder(self) -> None:
        """Another program made the folder a moment ago, and synced nothing."""
        self.disk.make_folder(FOLDER)
        self._note()

    def starts(self) -> None:
        """Open everything, as the two processes do."""
        self.starts_ledger()
        self._opens_replica()

    def starts_ledger(self) -> None:
        """Open the ledger in both processes."""
        self.kiosk = self._opened(self.disk, self.clock, self.rng)
        self._note()
        self.settles_effects()
        self.courier = self._opened(self.disk, self.clock, self.rng)
        self._note()

    def ends(self) -> None:
        """Close everything in peace, the kiosk first."""
        assert self.kiosk is not None
        assert self.courier is not None
        self.kiosk.close()
        self._note()
        self.courier.close()
        self.kiosk = self.courier = None
        self._note()
        self.closes_replica()

    def is_forgotten(self) -> None:
        """The processes are dead: let go of what they held."""
        for one in (self.kiosk, self.courier, self.reader, self.writer):
            if one is not None:
                one.close()
        self.disk.throw_away()

    def restarts(self) -> None:
        """Close in peace and open again."""
        self.ends()
        self.starts()

    def courier_restarts(self) -> None:
        """Only one of the two processes goes and comes."""
        assert self.courier is not None
        self.courier.close()
        self.courier = self._opened(self.disk, self.clock, self.rng)
        self._note()

    # the ledger

    def puts(self) -> None:
        """A visit came to its end."""
        assert self.kiosk is not None
        body = self._visit()
        self._putting(body)
        assert self.kiosk.outbox.put(body) == self._promised.last
        self._note()

    def takes(self) -> None:
        """The courier begins a round."""
        assert self.courier is not None
        self._batch = self.courier.outbox.take(limit=self.rng.choice((1, 5, 100)), room=200_000)
        self._note()

    def settles(self) -> None:
        """The office answers: it has all of the last batch, or some, or was restored and has less than before."""
        assert self.courier is not None
        if self._batch is None:
            return
        promised = self._promised
        had = promised.acked
        least = had if self.rng.random() < 0.8 else max(promised.first - 1, had - 3)
        ack = self.rng.randint(least, max(least, min(self._batch.acked + self._batch.size, promised.last)))
        results = [
            Result(seq=seq, r="rejected", code="unknown_type") if seq % 7 == 0 else Result(seq=seq, r="ok")
            for seq in range(had + 1, ack + 1)
        ]
        durable = self.rng.randint(0, ack) if self.rng.random() < 0.5 else min(promised.durable, ack)
        granted = self.rng.choice((None, 3, 8))
        leases = None if granted is None else (Lease(resource=SLOTS, granted=granted, as_of=ack),)
        answer = SyncAnswer(
            attempt=self._batch.attempt,
            ack=ack,
            as_of=self.clock.now(),
            results=tuple(results),
            durable=durable,
            life="one",
            leases=leases,
            changes={},
        )
        self.courier.settle(self._batch, answer)
        self._batch = None
        promised.settle(ack, durable, None if granted is None else {(SLOTS.key, SLOTS.day.isoformat(), granted, ack)})
        self._note()

    def wants(self) -> None:
        """The kiosk would like to hold more."""
        assert self.kiosk is not None
        self.kiosk.leases.want(SLOTS, self.rng.randint(1, 9))
        self._note()

    def promises_a_slot(self) -> None:
        """A citizen is promised something of which there is only so much, if this kiosk holds any."""
        assert self.kiosk is not None
        found = self.kiosk.leases.promise(SLOTS, 1)
        if isinstance(found, Promised):
            self._putting(ReservationMade(reservation=found.reservation, resource=SLOTS, units=1), units=1)
        self._note()

    def gives_slots_back(self) -> None:
        """What is not needed goes back to the office."""
        assert self.kiosk is not None
        units = self.kiosk.leases.give_back(SLOTS, 2)
        if units:
            self._putting(LeaseReturned(resource=SLOTS, units=units), units=units)
        self._note()

    def does_something(self) -> None:
        """Something is done in the world that cannot be taken back: intent, then outcome and report."""
        assert self.kiosk is not None
        effects = self._promised.effects
        for old in [key for key, (_, _, ended) in effects.items() if ended and ended < self.clock.now() - KEPT]:
            del effects[old]
        number = max(effects, default=0) + 1
        with self.kiosk.journal.effect("drop", {"bay": number}) as effect:
            effects[number] = ("drop", None, None)
            self._note()
            body = self._visit()
            effect.done("dropped", body)
        self._ended(number, "dropped", body)

    def settles_effects(self) -> None:
        """What a cut left unfinished is asked about, or laid before a person."""
        assert self.kiosk is not None
        ended: list[tuple[int, str, Message | None]] = []

        def asked(one: Unfinished) -> Settled | Undecided:
            for end in ended:
                self._ended(*end)
            ended.clear()
            if one.number % 2:
                ended.append((one.number, "found", None))
                return Settled("found")
            report = EffectUnsettled(
                effect=one.number, kind=one.kind, began=one.began, why="no_answer", detail=dict(one.detail)
            )
            ended.append((one.number, UNSETTLED, report))
            return Undecided("no_answer")

        self.kiosk.journal.settle({"drop": asked})
        for end in ended:
            self._ended(*end)

    def is_troubled(self) -> None:
        """A round failed."""
        assert self.courier is not None
        self.courier.outbox.troubled(self.rng.choice(("timeout", "refused", "no_route")))
        self._note()

    def enrols_anew(self) -> None:
        """The kiosk speaks as another device from now on."""
        assert self.courier is not None
        known = self.courier.outbox.line().device
        self.courier.outbox.speak_as(DeviceId(f"device-{self.rng.getrandbits(32)}"))
        if known is not None:
            self._promised.renumber()
        self._batch = None
        self._note()

    def prunes(self) -> None:
        """A quarter of a year has gone by."""
        assert self.courier is not None
        self.clock.is_set(_QUARTER)
        # After so long, who missed when is forgotten at the next boot; others miss from now on.
        self._promised.misses.clear()
        self.numbers.claims += 10
        self.courier.outbox.prune()
        self._promised.prune(self.clock.now())
        self._note()

    def misses(self) -> None:
        """A citizen guesses wrong."""
        assert self.kiosk is not None
        claim = self._claim()
        tries = self.kiosk.tries(PEPPER)
        tries.missed(claim)
        who = tries._who(claim)
        self._promised.misses[who] = self._promised.misses.get(who, 0) + 1
        if b"" in self._promised.misses:
            self._promised.misses[b""] += 1
        self._note()

    def hits(self) -> None:
        """A citizen guesses right: the kiosk's own count begins anew."""
        assert self.kiosk is not None
        self.kiosk.tries(PEPPER).hit(self._claim())
        self._promised.misses[b""] = 0
        self._note()

    def looks_at_tries(self) -> None:
        """A citizen is about to guess; after a boot this credits the time the machine was off."""
        assert self.kiosk is not None
        self.kiosk.tries(PEPPER).state(self._claim())
        self._note()

    def waits(self) -> None:
        """Some seconds pass."""
        self.clock.passes(_SECOND * self.rng.randint(1, 60))

    # the replica

    def applies(self) -> None:
        """An answer with rows, tombstones and a cursor."""
        assert self.writer is not None
        gone = [which for which in self._told.documents if self.rng.random() < 0.1]
        up = {which: stage for which, stage in self._news(0, 6).items() if which not in gone}
        changes = Changes(
            epoch="e1",
            to=self._place(),
            up=tuple(row(*one) for one in up.items()),
            gone=tuple(row_name(which) for which in gone),
            more=self.rng.random() < 0.2,
        )
        self.writer.apply(changes, self.clock.now())
        for which in gone:
            self._told.documents.pop(which)
        self._told.documents |= up
        self._told.place = changes.to
        self._note()

    def hears_nothing_new(self) -> None:
        """An answer without a change."""
        assert self.writer is not None
        self.writer.still_complete(self.clock.now())
        self._note()

    def is_sent_back(self) -> None:
        """The office wants to send a snapshot."""
        assert self.writer is not None
        self.writer.start_over()
        if self._told.place is not None:
            self._told.place = ""
        self._note()

    def begins_snapshot(self) -> None:
        """A snapshot has come; its rows go beside the old ones."""
        assert self.writer is not None
        self.writer.begin_snapshot()
        self._told.coming = {}
        self._note()

    def adds_to_snapshot(self) -> None:
        """Some rows of it."""
        assert self.writer is not None
        if self._told.coming is None:
            self.begins_snapshot()
        assert self._told.coming is not None
        rows = self._news(1, 8)
        self.writer.add_to_snapshot([row(*one) for one in rows.items()])
        self._told.coming |= rows
        self._note()

    def finishes_snapshot(self) -> None:
        """The new rows take the place of the old."""
        assert self.writer is not None
        if self._told.coming is None:
            return
        place = self._place()
        end = SnapshotEnd(rows=len(self._told.coming), epoch="e1", to=place, as_of=self.clock.now())
        self.writer.finish_snapshot(end)
        self._told.documents = self._told.coming
        self._told.coming = None
        self._told.place = place
        self._note()

    def is_read(self) -> None:
        """A citizen asks; the answer is what the office told."""
        assert self.reader is not None
        if self.reader.as_of() is None:
            return
        which = self.rng.randrange(_DOCUMENTS)
        stage = self._told.documents.get(which)
        assert self.reader.document(letter(which)) == (None if stage is None else status(which, stage))

    def drops_replica(self) -> None:
        """The courier throws the replica away, because a reader found it damaged."""
        assert self.writer is not None
        self._spoilt = True
        self.writer.drop()
        self._begins_replica_anew()

    def replica_rots(self) -> None:
        """The medium loses a page of the replica; the courier finds it when it starts."""
        assert self.writer is not None
        self.closes_replica()
        self._spoilt = True
        self.disk.scribble(REPLICA_PATH, 0, b"rotten" * 20)
        self._note()
        self._opens_replica()

    def newer_program_was_here(self) -> None:
        """An update gave the replica a newer shape and other rows, and was taken back; perhaps a reader looks on."""
        assert self.writer is not None
        assert self.reader is not None
        if self.rng.random() < 0.5:
            self.closes_replica()
        else:
            self.writer.close()
            self.writer = None
        self._spoilt = True
        newer = Database(REPLICA_PATH, (*REPLICA, "CREATE TABLE later (a INTEGER) STRICT"), disk=self.disk)
        for _ in range(2):
            with newer.writing() as connection:
                connection.execute("UPDATE sets SET cursor = cursor || '+'; DELETE FROM keys; DELETE FROM documents")
        newer.close()
        self._note()
        if self.reader is not None:
            self.reader.close()
        self._opens_replica()

    def _opens_replica(self) -> None:
        self.writer = open_replica_for_writing(REPLICA_PATH, PEPPER, disk=self.disk)
        self.reader = open_replica(REPLICA_PATH, PEPPER, disk=self.disk)
        if self._spoilt:
            self._begins_replica_anew()
        else:
            self._note()

    def closes_replica(self) -> None:
        """Close the replica in peace: what it says now is synced."""
        assert self.writer is not None
        assert self.reader is not None
        self._told.coming = None
        self.reader.close()
        self.writer.close()
        self.writer = self.reader = None
        self._floor = len(self.moments)
        self._note()

    def _begins_replica_anew(self) -> None:
        self._told = ReplicaPromises()
        self._spoilt = False
        self._note()

    # an old program's ledger

    def had_an_old_program(self, shape: int, rows_after: Callable[[], Rows]) -> None:
        """Make a ledger of an older shape, with commands in it; `rows_after` is what the new program makes of it."""
        database = Database(LEDGER_PATH, LEDGER[:shape], disk=self.disk)
        head = GENESIS
        with database.writing() as connection:
            name = str(ids(self.rng)())
            connection.execute("INSERT INTO line (only, db, head) VALUES (1, ?, ?)", (name, GENESIS))
        self._note(rows_after())
        for seq in range(1, 4):
            body = self._visit()
            command = Command(
                seq=seq,
                id=CommandId(str(ids(self.rng)())),
                type="visit.reported",
                tv=1,
                at=self.clock.now(),
                body=body.model_dump(mode="json"),
                prev=head,
            )
            head = command_hash(command)
            with database.writing() as connection:
                connection.execute(
                    "INSERT INTO outbox (seq, id, at, command) VALUES (?, ?, ?, ?)",
                    (seq, command.id, command.at.isoformat(timespec="microseconds"), command.model_dump_json()),
                )
                connection.execute("UPDATE line SET last = ?, head = ?", (seq, head))
            self._putting(body)
            self._note(rows_after())
        database.close()
        self._note(rows_after())

    def had_an_old_replica(self, shape: int) -> None:
        """Make a replica of an older shape, whose rows nobody wants any more: they were not sealed."""
        database = Database(REPLICA_PATH, REPLICA[:shape], settings=REBUILDABLE, disk=self.disk)
        self._spoilt = True
        for which in range(8):
            with database.writing() as connection:
                connection.execute(
                    "INSERT INTO documents VALUES (?, ?, ?)", (str(which), b"key", "for all to read" * 40)
                )
                connection.execute("INSERT INTO keys VALUES (?, ?)", (bytes([which]) * 16, str(which)))
                connection.execute("INSERT OR REPLACE INTO sets VALUES ('docs', x'00', 'e1', 'e1.1', NULL)")
            self._note()
        database.close()
        self._note()

    def _note(self, ledger: Rows | None = None) -> None:
        last = self.moments[-1]
        speaker = self.kiosk or self.courier
        ledger = ledger or (last.ledger if speaker is None else _said(speaker._database))
        replica = last.replica
        if self._spoilt:
            replica = ()
        elif self.writer is not None:
            replica = bare(_said(self.writer._database))
        if ledger is not None and ledger != last.ledger:
            self._promised.check(ledger)
        if replica != last.replica and not self._spoilt:
            self._told.check(replica)
        moment = Moment(
            len(self.disk.steps),
            ledger,
            self._promised.copy(),
            replica,
            ReplicaPromises() if self._spoilt else self._told.copy(),
            self._floor,
            self.clock.now(),
            () if self._floor else last.past,
            self._spoilt,
        )
        self.moments.append(moment)

    def _ended(self, number: int, outcome: str, report: Message | None) -> None:
        kind, _, _ = self._promised.effects[number]
        self._promised.effects[number] = (kind, outcome, self.clock.now())
        if report is not None:
            self._putting(report)
        self._note()

    def _visit(self) -> VisitReported:
        self.numbers.mark += 1
        return visit(self.numbers.mark)

    def _putting(self, body: Message, units: int = 0) -> None:
        self._promised.puts.append(Put(KINDS[type(body)], said(body), self.clock.now()))
        if units:
            self._promised.draws[self._promised.last] = units

    def _claim(self) -> TypedNumber:
        return number(self.numbers.claims + self.rng.randrange(3))

    def _news(self, least: int, most: int) -> dict[int, Stage]:
        return {self.rng.randrange(_DOCUMENTS): self.rng.choice(STAGES) for _ in range(self.rng.randint(least, most))}

    def _place(self) -> str:
        self.numbers.place += 1
        return f"e1.{self.numbers.place}"


def _said(database: Database) -> Rows:
    with database.reading() as connection:
        return rows_of(connection)


FIRST_MOMENT = Moment(0, None, LedgerPromises(misses={b"": 0}), (), ReplicaPromises(), 0, NOON, (), spoilt=False)
"""An empty disk."""
