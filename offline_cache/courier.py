"""The courier: the one process with a network. It carries the outbox to the office and brings the replica up to date.

A round that fails is repeated after a pause drawn between nothing and a bound that doubles each time ("full jitter"),
so that a fleet does not knock in step. Logs hold counts and words, never what a citizen asked.
"""

from __future__ import annotations

import random
import signal
import threading
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import requests

from logbook import Word, say, word
from offline_cache import blobs, configuration, rotation, telemetry
from offline_cache import identity as identities
from offline_cache.attesting import Attesting
from offline_cache.breaker import Breaker
from offline_cache.clocks import Clock, RunningClock, system_clock, system_uptime
from offline_cache.database import DiskTrouble, FileBroken, StoreError
from offline_cache.disk import MACHINE, LockHeld
from offline_cache.events import (
    EndedEarly,
    ErrandFailed,
    RoundFailed,
    RoundFailedAgain,
    RoundsBegin,
    RoundsEnd,
    TroubleNotNoted,
)
from offline_cache.files import make_folder
from offline_cache.line import LineError, OfficeLine, Refused, Signer
from offline_cache.round_trip import ClockQuality, CommandsFirst, RoundTrip
from offline_cache.store import (
    LEDGER_FILE,
    REPLICA_FILE,
    Ledger,
    LedgerBroken,
    open_ledger,
    open_replica_for_writing,
)
from offline_cache.stored_outbox import OfficeAhead, OfficeBehind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from offline_cache.carrier import Carrier
    from offline_cache.disk import Disk
    from offline_cache.identity import Identity

LOCK_FILE: Final = "courier.lock"
_PRUNE_EVERY: Final = timedelta(days=1)
_LOUD_FAILURES: Final = 3


class CourierAlreadyRuns(Exception):
    """Another process serves this data directory; `process` is its number, if it could be read."""

    def __init__(self, process: int | None) -> None:
        who = "another process" if process is None else f"process {process}"
        super().__init__(f"a courier already serves this kiosk ({who}); there can be only one")
        self.process = process


def clock_quality() -> ClockQuality:
    """How far this machine's date can be trusted, as far as the system says."""
    if Path("/run/systemd/timesync/synchronized").exists():
        return "ntp"
    return "rtc" if Path("/dev/rtc0").exists() else "unsure"


@dataclass(frozen=True)
class Pace:
    """How fast the courier knocks, in seconds: first and longest pause after failures, and how often it looks up.

    The longest leaves room for one answer that never comes and for what waits: five minutes after a line healed, all
    has arrived.
    """

    first: float = 2.0
    longest: float = 240.0
    tick: float = 0.5


@dataclass(frozen=True)
class Surroundings:
    """Time and chance, and how a session with a network is had; `beat` is called between any two steps."""

    clock: Clock = system_clock
    uptime: RunningClock = system_uptime
    ticks: Callable[[], float] = time.monotonic
    quality: Callable[[], ClockQuality] = clock_quality
    rng: random.Random = field(default_factory=random.SystemRandom)
    session: Callable[[], requests.Session] = requests.Session
    beat: Callable[[], None] = lambda: None


class _Stopped(BaseException):
    """Raised by a signal or between two steps; every step can be left at any time."""


def run(
    data_dir: Path,
    *,
    stop: threading.Event,
    pace: Pace | None = None,
    surroundings: Surroundings | None = None,
    disk: Disk = MACHINE,
) -> None:
    """Serve the kiosk in `data_dir` until `stop` is set.

    Raises:
        NotEnrolled, IdentityBroken: there is no office to speak to.
        CourierAlreadyRuns: there can be only one.
        LedgerBroken: the ledger needs a technician.
        SQLiteTooOld, FileTooNew, DiskTrouble: the store cannot be opened.
        AddressRefused, UntrustedOffice: the office's address or its CA file cannot be used.
    """
    around = surroundings or Surroundings()
    identity = identities.load(data_dir, disk=disk)

    def beat() -> None:
        around.beat()
        if stop.is_set():
            raise _Stopped

    with only_courier(data_dir, disk=disk), around.session() as session:
        ledger = open_ledger(data_dir / LEDGER_FILE, clock=around.clock, uptime=around.uptime, disk=disk)
        replica = open_replica_for_writing(data_dir / REPLICA_FILE, identity.pepper, disk=disk)
        try:
            ledger.outbox.speak_as(identity.device)
            line = line_of(identity, session=session, clock=around.clock, ticks=around.ticks, disk=disk)
            trip = RoundTrip(
                line, ledger, replica, data_dir, clock=around.clock, quality=around.quality, beat=beat, disk=disk
            )
            say(RoundsBegin(identity.device))
            rounds = _Rounds(trip, ledger, pace or Pace(), around, stop, beat)
            rounds.beside = Errands(identity, data_dir, line, trip, ledger, around, beat, disk=disk)
            rounds.walk()
        except _Stopped:
            say(RoundsEnd())
        finally:
            replica.close()
            ledger.close()


def run_until_signalled(data_dir: Path, *, pace: Pace | None = None, disk: Disk = MACHINE) -> None:
    """Serve the kiosk in `data_dir` until SIGTERM or SIGINT; for the main thread of a process of its own.

    Raises:
        As `run`.
    """

    def leave(_number: int, _frame: FrameType | None) -> None:
        # Not only a flag: a request may wait half a minute for its answer. Every step can be left at any time.
        raise _Stopped

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, leave)
    try:
        run(data_dir, stop=threading.Event(), pace=pace, disk=disk)
    except _Stopped:
        say(EndedEarly())


def line_of(
    identity: Identity,
    *,
    session: requests.Session,
    clock: Clock,
    ticks: Callable[[], float] = time.monotonic,
    disk: Disk = MACHINE,
) -> OfficeLine:
    """The line on which `identity` speaks to its office."""
    signer = Signer(identity.device, identities.signing_key(identity, disk=disk), clock)
    return OfficeLine(identity.office, session=session, signer=signer, ca_file=identity.ca_file, ticks=ticks)


@contextmanager
def only_courier(data_dir: Path, *, disk: Disk = MACHINE) -> Iterator[None]:
    """Be the only one who speaks for the kiosk in `data_dir`; the system lets go when the process ends, however.

    Raises:
        CourierAlreadyRuns: another process is.
        DiskTrouble: the directory cannot be used.
    """
    with ExitStack() as held:
        try:
            make_folder(data_dir, disk=disk)
            held.enter_context(disk.locked(data_dir / LOCK_FILE, wait=False))
        except OSError as trouble:
            raise DiskTrouble(f"{LOCK_FILE}: {trouble.strerror}") from trouble
        except LockHeld as other:
            raise CourierAlreadyRuns(other.process) from None
        yield


class Errands:
    """What is done beside the rounds and must never hold them up: a new key, the configuration, telemetry, logs.

    Each has a breaker of its own. `go` is called after a round that went well.
    """

    def __init__(  # noqa: PLR0913, PLR0917  # the parts of one kiosk's way to its office
        self,
        identity: Identity,
        data_dir: Path,
        line: Carrier,
        trip: RoundTrip,
        ledger: Ledger,
        around: Surroundings,
        beat: Callable[[], None],
        *,
        disk: Disk = MACHINE,
    ) -> None:
        self._disk = disk
        self.identity = identity
        self._data_dir = data_dir
        self._line = line
        self._trip = trip
        self._ledger = ledger
        self._around = around
        self._beat = beat
        self._key, self._config, self._health = (Breaker(around.ticks, around.rng) for _ in range(3))
        self._told = float("-inf")
        self._logs = Breaker(around.ticks, around.rng)
        self._attesting = Attesting(data_dir, ledger.outbox, around.ticks)

    def go(self) -> None:
        """Do what is due, unless commands wait."""
        if not self._ledger.outbox.quiet():
            return
        if self._trip.new_key_wanted:
            self._try(self._key, self._rotate)
        wanted = self._trip.config
        if wanted is not None and wanted != configuration.in_use(self._data_dir, disk=self._disk):
            self._try(self._config, self._configure)
        if self._around.ticks() - self._told >= telemetry.EVERY:
            self._try(self._health, self._tell)
        if self._attesting.due():
            self._try(self._logs, self._attesting.tell)

    def not_known(self) -> None:
        """The office does not know our key: perhaps it knows the one before."""
        self._try(self._key, self._introduce)

    def _try(self, breaker: Breaker, errand: Callable[[], None]) -> None:
        if not breaker.closed():
            return
        try:
            errand()
        except CommandsFirst:
            return  # what matters more goes first; the errand comes round again
        except (LineError, StoreError, OSError) as trouble:
            breaker.failed()
            say(ErrandFailed(_sayable(trouble)))
        else:
            breaker.succeeded()

    def _rotate(self) -> None:
        self.identity = rotation.rotate(self._data_dir, self.identity, self._line, self._around.clock, disk=self._disk)
        self._trip.new_key_wanted = False

    def _introduce(self) -> None:
        rotation.introduce_again(self.identity, self._line, self._around.clock, disk=self._disk)

    def _configure(self) -> None:
        if self._trip.config is not None:
            blobs.take_config(
                self._line, self._data_dir, self._trip.config, beat=self._unless_commands_wait, disk=self._disk
            )

    def _unless_commands_wait(self) -> None:
        self._beat()
        if not self._ledger.outbox.quiet():
            raise CommandsFirst

    def _tell(self) -> None:
        self._told = self._around.ticks()
        machine = telemetry.Machine(
            self._data_dir, self._ledger, self._around.clock, self._around.uptime, self._around.quality()
        )
        self._line.telemetry(telemetry.gather(machine))


class _Rounds:
    """Round after round, with the pauses between them."""

    def __init__(  # noqa: PLR0913, PLR0917  # the loop of `run`, apart for its length
        self,
        trip: RoundTrip,
        ledger: Ledger,
        pace: Pace,
        around: Surroundings,
        stop: threading.Event,
        beat: Callable[[], None],
    ) -> None:
        self._trip = trip
        self._outbox = ledger.outbox
        self._pace = pace
        self._around = around
        self._stop = stop
        self._beat = beat
        self._failures = 0
        self._pruned: datetime | None = None
        self.beside: Errands | None = None

    def walk(self) -> None:
        while True:
            self._beat()
            began = self._around.ticks()
            try:
                self._prune()
                wait = self._trip.go()
                self._failures = 0
                if self.beside is not None:
                    self.beside.go()
            except FileBroken as trouble:
                raise LedgerBroken(trouble.path, trouble.finding) from trouble
            except (LineError, StoreError, OfficeAhead, OfficeBehind) as trouble:
                wait = self._after(trouble)
            self._rest(wait, not_before=began + self._pace.first if self._failures else began)

    def _prune(self) -> None:
        now = self._around.clock()
        if self._pruned is None or abs(now - self._pruned) >= _PRUNE_EVERY:
            self._outbox.prune()
            self._pruned = now

    def _after(self, trouble: LineError | StoreError | OfficeAhead | OfficeBehind) -> float:
        """How long to rest after `trouble`; it is noted for technicians."""
        bound = min(self._pace.longest, self._pace.first * 2.0 ** min(self._failures, 30))
        wait = self._around.rng.uniform(0, bound)
        if isinstance(trouble, Refused) and trouble.retry_after is not None:
            wait = max(wait, float(trouble.retry_after))
        self._failures += 1
        # The first failures of a row tell the story; a kiosk without a cable need not fill its log with the rest.
        failed = RoundFailed if self._failures <= _LOUD_FAILURES else RoundFailedAgain
        say(failed(_sayable(trouble), wait))
        if self.beside is not None and isinstance(trouble, Refused) and trouble.code == "signature":
            self.beside.not_known()
        try:
            self._outbox.troubled(trouble.word if isinstance(trouble, LineError) else type(trouble).__name__)
        except StoreError as worse:
            say(TroubleNotNoted(type(worse)))
        return wait

    def _rest(self, wait: float, *, not_before: float) -> None:
        """Wait, but not while a new command lies in the outbox and `not_before` has come."""
        ticks = self._around.ticks
        until = ticks() + wait
        while (left := until - ticks()) > 0:
            self._stop.wait(min(self._pace.tick, left))
            self._beat()
            if ticks() >= not_before and self._something_new():
                return

    def _something_new(self) -> bool:
        try:
            return self._outbox.line().last != self._trip.last_taken or self._outbox.wishes()
        except FileBroken as trouble:
            raise LedgerBroken(trouble.path, trouble.finding) from trouble
        except StoreError:
            return False


def _sayable(trouble: Exception) -> Word | type[object]:
    return word(trouble.word) if isinstance(trouble, LineError) else type(trouble)
