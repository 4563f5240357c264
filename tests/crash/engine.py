"""Cuts the power, lets the kiosk start again, and looks whether it kept what it had promised.

A life is recorded once. For each cut the medium is brought to that step, the remains are chosen, and the real store
code opens them: what it finds must be what the files said when the last act had returned, or, if an act was under way,
what they said after it. The replica may fall back further, because the office sends it again, but only to a moment
that was, never to a mixture. Then the kiosk goes on: it puts one more command. Some cuts are followed by another one
while the kiosk starts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

import apsw

from offline_cache.database import StoreError
from offline_cache.store import open_replica_for_writing
from tests.crash.life import LEDGER_PATH, REPLICA_PATH, Life, Moment, Numbers, store_opener
from tests.crash.medium import Medium, Unnamed
from tests.crash.promises import Rows, bare, rows_of, table
from tests.crash.ram_disk import RamDisk
from tests.offline_cache.clockwork import Clockwork
from tests.offline_cache.letters import PEPPER, visit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from offline_cache.disk import DiskKey
    from offline_cache.store import Ledger
    from tests.crash.medium import Flaw, Remains, Step
    from tests.crash.ram_disk import Anchors

Files = tuple[tuple[str, bytes], ...]
Known = dict[Files, tuple[Rows, bool]]
"""What the store found in files, and whether it put them away.

Files that are byte for byte what they were after an earlier cut are not opened anew.
"""

_REMEMBERED = 24
_GOES_ON = 0.25
"""The share of cuts after which the kiosk also puts one more command."""
_AFTERWARDS = 80_000
"""The mark of what is put after a cut, which no visit of a life has."""


@dataclass(frozen=True)
class Mishap:
    """What was found after a cut that must not be found."""

    seed: str
    step: int
    flaw: Flaw
    word: str
    lost: int
    corrupt: bool

    def __str__(self) -> str:
        return f"seed {self.seed}, cut at step {self.step}, {self.flaw.name.lower()} medium: {self.word}"


@dataclass
class Tally:
    """What came out."""

    cuts: int = 0
    promises: int = 0
    """Puts and misses that had been promised when the power failed, over all cuts."""
    steps: int = 0
    mishaps: list[Mishap] = field(default_factory=list)

    @property
    def lost(self) -> int:
        """Promises that were not kept, over all cuts."""
        return sum(mishap.lost for mishap in self.mishaps)

    @property
    def corrupt(self) -> int:
        """Cuts after which a file was damaged."""
        return sum(mishap.corrupt for mishap in self.mishaps)

    def add(self, other: Tally) -> None:
        """Count the other's in."""
        self.cuts += other.cuts
        self.promises += other.promises
        self.steps += other.steps
        self.mishaps += other.mishaps


@dataclass
class Aftermath:
    """What the kiosk found when it started after a cut."""

    ledger: Rows
    replica: Rows
    replica_put_away: bool
    steps: list[Step]
    """What starting did to the disk, without what came afterwards."""


class Engine:
    """Cuts the power of lives; `opened` is how the ledger is opened, `careless` and `key` as in `RamDisk`."""

    def __init__(
        self,
        anchors: Anchors,
        flaw: Flaw,
        opened: Callable[[RamDisk, Clockwork, Random], Ledger] | None = None,
        *,
        careless: bool = False,
        key: DiskKey | None = None,
    ) -> None:
        self.anchors = anchors
        self._careless = careless
        self._key = key
        self.flaw = flaw
        self.opened = opened or store_opener()
        self.tally = Tally()

    def live(  # noqa: PLR0917  # as `Life`
        self,
        remains: Remains,
        before: Moment,
        rng: Random,
        numbers: Numbers,
        clock: Clockwork,
        story: Callable[[Life], None],
    ) -> Life:
        """Let a kiosk with these remains live through a story; it is over, and nothing is held any more."""
        life = Life(self._disk(remains), clock, rng, numbers, before, self.opened)
        try:
            story(life)
        finally:
            # What closing does to the disk is after the life.
            steps = list(life.disk.steps)
            life.is_forgotten()
            life.disk.steps = steps
        self.tally.steps += len(steps)
        return life

    def cut(
        self, life: Life, remains: Remains, where: Iterable[int], seed: str, *, again: float = 0.2
    ) -> list[tuple[Remains, Moment]]:
        """Cut the power of a life that began with `remains` at each step of `where`, in rising order.

        Each choice is made by `seed` and the step alone. After a share `again` of the cuts the power fails once more
        while the kiosk starts. Handed back is what each cut left, with the moment at which the kiosk found itself, if
        it found itself.
        """
        medium = Medium(remains, self.flaw)
        done = 0
        now = 0
        known: Known = {}
        left = []
        for step in where:
            while done < step:
                medium.obey(life.disk.steps[done])
                done += 1
            while now + 1 < len(life.moments) and life.moments[now + 1].steps <= step:
                now += 1
            rng = Random(f"{seed}/{step}")
            found = medium.after_the_cut(rng)
            at = self._examine(life, now, found, f"{seed}/{step}", step, rng, known, again=rng.random() < again)
            if at is not None:
                left.append((found, at))
        return left

    def _disk(self, remains: Remains) -> RamDisk:
        return RamDisk(self.anchors, remains, careless=self._careless, key=self._key)

    def broke_down(self, seed: str, trouble: Exception) -> None:
        """Note that a life with what an earlier cut left did not go well."""
        self._report(seed, 0, f"while it went on, {type(trouble).__name__}: {trouble}", 0, corrupt=True)

    def aftermath(self, remains: Remains, rng: Random, boot: int, known: Known | None = None) -> Aftermath:
        """Start the real store on `remains` and look at everything; `known` is what was seen on such remains before.

        Raises:
            StoreError, apsw.Error, AssertionError, ValueError: something is damaged.
        """
        known = {} if known is None else known
        ledger_files, replica_files = _files(remains, LEDGER_PATH), _files(remains, REPLICA_PATH)
        disk = self._disk(remains)
        try:
            if ledger_files not in known:
                known[ledger_files] = (self._start_ledger(disk, rng, boot), False)
            if replica_files not in known:
                known[replica_files] = (_start_replica(disk), Unnamed(str(REPLICA_PATH)) in disk.steps)
        finally:
            disk.throw_away()
        (ledger, _), (replica, put_away) = known[ledger_files], known[replica_files]
        while len(known) > _REMEMBERED:
            del known[next(iter(known))]
        return Aftermath(ledger, replica, put_away, disk.steps)

    def _start_ledger(self, disk: RamDisk, rng: Random, boot: int) -> Rows:
        clock = Clockwork()
        clock.boot = boot
        ledger = self.opened(disk, clock, rng)
        try:
            with ledger._database.reading() as connection:
                rows = rows_of(connection)
                sound = connection.execute("PRAGMA integrity_check(1)").get
            assert sound == "ok", f"the ledger is damaged: {sound}"
            done = len(disk.steps)
            if rng.random() < _GOES_ON:
                seq = ledger.outbox.put(visit(_AFTERWARDS))
                assert seq == ledger.outbox.line().last, "the next number is not the next"
        finally:
            ledger.close()
        # What came after the start is no part of it: the power may fail during the start only.
        del disk.steps[done:]
        return rows

    def _examine(  # noqa: PLR0917  # one cut, apart for its length
        self,
        life: Life,
        now: int,
        remains: Remains,
        seed: str,
        step: int,
        rng: Random,
        known: Known | None,
        *,
        again: bool,
    ) -> Moment | None:
        self.tally.cuts += 1
        moment = life.moments[now]
        promised = moment.promised
        self.tally.promises += len(promised.puts) + sum(promised.misses.values())
        try:
            after = self.aftermath(remains, rng, life.clock.boot + 1, None if again else known)
        except (StoreError, apsw.Error, AssertionError, ValueError) as trouble:
            word = f"{type(trouble).__name__}: {trouble}"
            self._report(seed, step, word, len(promised.puts), corrupt=True)
            return None
        at = self._judge(life, now, after, seed, step)
        if at is not None and again and after.steps:
            # The power fails once more while the kiosk starts; what was promised is the same.
            medium = Medium(remains, self.flaw)
            for done in after.steps[: rng.randint(1, len(after.steps))]:
                medium.obey(done)
            self._examine(life, now, medium.after_the_cut(rng), f"{seed}+", step, rng, None, again=False)
        return at

    def _judge(self, life: Life, now: int, after: Aftermath, seed: str, step: int) -> Moment | None:
        possible = life.moments[now : now + 2]
        ledger_at = next((moment for moment in possible if _same(after.ledger, moment.ledger)), None)
        if ledger_at is None:
            try:
                lost = life.moments[now].promised.lost_in(after.ledger)
            except ValueError:
                self._report(seed, step, "the ledger says what nobody said", 0, corrupt=True)
            else:
                self._report(seed, step, "the ledger is not what it was", lost)
        floor = life.moments[now].floor
        fit = life.moments[floor : now + 2]
        replica_at = next((moment for moment in reversed(fit) if moment.replica == after.replica), None)
        if replica_at is None and after.replica not in life.moments[now].past:
            self._report(seed, step, "the replica is of no moment that was", 0, corrupt=True)
            return None
        if after.replica_put_away and all(moment.replica and not moment.spoilt for moment in possible):
            self._report(seed, step, "the replica had to be put away", 0, corrupt=True)
        if ledger_at is None or replica_at is None:
            # Of an earlier life: nobody remembers what was told then, so that no life goes on from here.
            return None
        past = (*life.moments[now].past, *(moment.replica for moment in fit))
        return Moment(
            steps=0,
            ledger=ledger_at.ledger,
            promised=ledger_at.promised,
            replica=replica_at.replica,
            told=replica_at.told,
            floor=0,
            wall=ledger_at.wall,
            past=past,
            spoilt=False,
        )

    def _report(self, seed: str, step: int, word: str, lost: int, *, corrupt: bool = False) -> None:
        self.tally.mishaps.append(Mishap(seed, step, self.flaw, word, lost, corrupt))


def _files(remains: Remains, path: Path) -> Files:
    """A database and what belongs to it, as it lies there."""
    return (
        (str(path), b""),
        *(
            (name, remains.content[inode])
            for name, inode in sorted(remains.names.items())
            if name.startswith(str(path))
        ),
    )


def _start_replica(disk: RamDisk) -> Rows:
    writer = open_replica_for_writing(REPLICA_PATH, PEPPER, disk=disk)
    try:
        with writer._database.reading() as connection:
            rows = bare(rows_of(connection))
            sound = connection.execute("PRAGMA integrity_check(1)").get
        assert sound == "ok", f"the replica is damaged: {sound}"
    finally:
        done = len(disk.steps)
        writer.close()
        del disk.steps[done:]
    return rows


def _same(found: Rows, expected: Rows | None) -> bool:
    if expected is None:
        # The ledger was not there or was being made: any that has given nothing out is as good.
        line = table(found, "line")
        return len(line) == 1 and line[0][3] == 0 and not table(found, "outbox") and not table(found, "tries")
    return found == expected
