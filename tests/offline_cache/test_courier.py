"""The courier as a process: its pace, its lock, its end, and what is left when it is killed or the disk is full."""

from __future__ import annotations

import logging
import os
import random
import resource
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Self

import pytest

from central_office.contract.chain import GENESIS, command_hash
from central_office.contract.stages import Stage
from offline_cache import courier
from offline_cache.courier import CourierAlreadyRuns, Pace, Surroundings, only_courier
from offline_cache.database import Database
from offline_cache.identity import NotEnrolled
from offline_cache.migrations.ledger import LEDGER
from offline_cache.store import LEDGER_FILE, REPLICA_FILE, LedgerBroken, open_ledger, open_replica
from tests.offline_cache.clockwork import NOON
from tests.offline_cache.kiosk_at_work import PATIENCE, comes_true, enrolled_at
from tests.offline_cache.letters import CHEAP, PEPPER, claims, document, letter, number, opened, row, row_name, visit
from tests.offline_cache.office_double import OfficeDouble, Reply, cut_line, lost, saying, torn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

BRISK = Pace(first=0.01, longest=0.05, tick=0.005)


@pytest.fixture
def office() -> Iterator[OfficeDouble]:
    with OfficeDouble().open() as office:
        yield office


@pytest.fixture
def place(office: OfficeDouble, tmp_path: Path) -> Path:
    enrolled_at(office, tmp_path / "kiosk")
    return tmp_path / "kiosk"


class Running:
    """A courier in a thread of the test."""

    def __init__(self, place: Path, pace: Pace = BRISK, surroundings: Surroundings | None = None) -> None:
        self.stop = threading.Event()
        self.ended_by: Exception | None = None
        self._arguments = (place, pace, surroundings)
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self._thread.join()

    def _run(self) -> None:
        place, pace, surroundings = self._arguments
        try:
            courier.run(place, stop=self.stop, pace=pace, surroundings=surroundings)
        except Exception as trouble:  # noqa: BLE001  # the test looks at it
            self.ended_by = trouble


def process(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )


RUN = (
    "import logging, pathlib, sys\n"
    "from offline_cache import courier\n"
    "logging.basicConfig(level='INFO', stream=sys.stderr)\n"
    "courier.run_until_signalled(pathlib.Path(sys.argv[1]))\n"
)


def test_a_visit_reaches_the_office_long_before_the_next_round_is_due(office: OfficeDouble, place: Path) -> None:
    office.retry_after = 3600
    ledger = open_ledger(place / LEDGER_FILE)
    with Running(place):
        assert comes_true(lambda: ledger.outbox.line().last_contact is not None)
        ledger.outbox.put(visit(7))
        assert comes_true(lambda: ledger.outbox.waiting() == 0)
    assert len(office.applied) == 1
    ledger.close()


def test_when_the_cable_is_back_everything_arrives_in_order(office: OfficeDouble, place: Path) -> None:
    ledger = open_ledger(place / LEDGER_FILE)
    for seconds in range(5):
        ledger.outbox.put(visit(seconds))
    office.next(*[cut_line] * 6)
    with Running(place):
        assert comes_true(lambda: ledger.outbox.waiting() == 0)
    assert [command.seq for command in office.applied] == [1, 2, 3, 4, 5]
    assert ledger.outbox.line().trouble is None
    ledger.close()


def test_pauses_grow_but_are_drawn_by_lot_and_bounded(office: OfficeDouble, place: Path) -> None:
    class Dice(random.Random):
        bounds: list[float] = []  # noqa: RUF012  # one pair of dice

        def uniform(self, a: float, b: float) -> float:
            assert a == 0
            self.bounds.append(b)
            return 0.0

    office.next(*[cut_line] * 12)
    with Running(place, Pace(first=2.0, longest=300.0, tick=0.001), Surroundings(rng=Dice())):
        assert comes_true(lambda: len(Dice.bounds) >= 12)
    assert Dice.bounds[:12] == [2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 300.0, 300.0, 300.0, 300.0]


def test_the_offices_wish_for_a_pause_is_stronger_than_the_lot(
    office: OfficeDouble, place: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    office.next(saying(b"", 503, Retry_After="1000"))
    with Running(place):
        assert comes_true(lambda: "begins in 1000.0 s" in caplog.text)
    assert office.seen == office.seen[:1]


def test_answers_that_nobody_understands_do_not_end_the_courier(office: OfficeDouble, place: Path) -> None:
    office.next(
        saying(b"\0" * 50),
        saying(b"[]"),
        saying(b'{"attempt": []}'),
        saying(b"null", 500),
        torn(3),
        lost,
        saying(b"", 204),
        saying(b"x", 200, Content_Length="0"),
        saying(b"", 301, Location="http://[broken"),
    )
    ledger = open_ledger(place / LEDGER_FILE)
    ledger.outbox.put(visit())
    with Running(place) as running:
        assert comes_true(lambda: ledger.outbox.waiting() == 0)
        assert comes_true(lambda: not office.mishaps)
    assert running.ended_by is None
    assert len(office.applied) == 1
    ledger.close()


def test_technicians_read_in_the_ledger_why_the_line_is_silent(office: OfficeDouble, place: Path) -> None:
    office.revoked = True
    ledger = open_ledger(place / LEDGER_FILE)
    with Running(place):
        assert comes_true(lambda: ledger.outbox.line().trouble == "unknown_kiosk")
    ledger.close()


def test_nothing_of_a_citizen_stands_in_the_log(
    office: OfficeDouble, place: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    office.change(*(row(which) for which in range(20)))
    ledger = open_ledger(place / LEDGER_FILE)
    ledger.outbox.put(visit())
    with Running(place):
        assert comes_true(lambda: ledger.outbox.waiting() == 0)
        office.change(row(3, Stage.ARRIVED), row_name(4))
        office.next(saying(row(5).model_dump_json().encode()))
        ledger.outbox.put(visit())
        assert comes_true(lambda: ledger.outbox.waiting() == 0)
    ledger.close()
    said = caplog.text
    assert "took 1 commands" in said
    for which in range(20):
        assert number(which).number.characters not in said
        assert document(which) not in said
        assert row_name(which).hex() not in said


def test_a_kiosk_that_is_not_enrolled_has_no_courier(tmp_path: Path) -> None:
    with pytest.raises(NotEnrolled):
        courier.run(tmp_path, stop=threading.Event())


def test_there_is_only_one_courier_and_the_second_says_who_the_first_is(place: Path) -> None:
    with Running(place):
        assert comes_true(lambda: (place / "courier.lock").exists() and (place / "courier.lock").read_text() != "")
        second = process("-c", RUN, str(place))
        _, said = second.communicate(timeout=PATIENCE)
    assert second.returncode == 1
    assert said.strip().endswith(f"a courier already serves this kiosk (process {os.getpid()}); there can be only one")


def test_the_lock_is_free_as_soon_as_its_holder_is_gone(place: Path) -> None:
    with only_courier(place), pytest.raises(CourierAlreadyRuns):
        courier.run(place, stop=threading.Event())
    stop = threading.Event()
    stop.set()
    courier.run(place, stop=stop)


def test_a_damaged_ledger_ends_the_courier_with_its_name(place: Path) -> None:
    (place / LEDGER_FILE).write_bytes(b"no database" * 500)
    for extra in ("-wal", "-shm"):
        (place / f"{LEDGER_FILE}{extra}").unlink(missing_ok=True)
    with pytest.raises(LedgerBroken):
        courier.run(place, stop=threading.Event())


def test_sigterm_ends_the_courier_at_once_though_an_answer_is_awaited(office: OfficeDouble, place: Path) -> None:
    asked = threading.Event()
    over = threading.Event()

    def silent(_work: Callable[[], Reply]) -> None:
        asked.set()
        over.wait(PATIENCE)

    office.next(silent)
    running = process("-c", RUN, str(place))
    assert asked.wait(PATIENCE)
    running.send_signal(signal.SIGTERM)
    _, said = running.communicate(timeout=PATIENCE)
    over.set()
    assert running.returncode == 0
    assert "The courier ends its rounds." in said
    assert "Traceback" not in said


def test_a_courier_killed_between_any_two_steps_loses_and_doubles_nothing(office: OfficeDouble, place: Path) -> None:
    office.retry_after = 0
    office.change(*(row(which) for which in range(60)))
    lives = 70
    turn = 0

    def sync(work: Callable[[], Reply]) -> Reply:
        # The town works on: every request finds other documents, and now and then a cursor is too old.
        nonlocal turn
        turn += 1
        office.change(row(turn % 80, Stage.ARRIVED), row_name((turn + 40) % 80))
        if turn % 7 == 0:
            office.oldest_cursor = len(office.log)
        return work()

    office.next(*[sync] * 3000)
    dying = process("-m", "tests.offline_cache.dying_courier", str(place), str(lives))
    _, said = dying.communicate(timeout=100)
    assert dying.returncode == 0, said
    office.mishaps.clear()
    ledger = open_ledger(place / LEDGER_FILE)
    with Running(place):
        assert comes_true(lambda: ledger.outbox.waiting() == 0 and _whole(office, place))
    line = ledger.outbox.line()
    ledger.close()
    assert [command.seq for command in office.applied] == list(range(1, line.last + 1))
    chain = [GENESIS, *(command_hash(command) for command in office.applied)]
    assert [command.prev for command in office.applied] == chain[:-1]
    # Two visits a life, but for the lives that ended before or while they put them.
    assert line.last >= 2 * lives - 6
    assert len({command.id for command in office.applied}) == line.last


def _whole(office: OfficeDouble, place: Path) -> bool:
    replica = open_replica(place / REPLICA_FILE, PEPPER, cost=CHEAP)
    try:
        if replica.as_of() is None:
            return False
        with office.lock:
            there = office.documents()
        for which in range(80):
            row = there.get(row_name(which))
            expected = None if row is None else opened(row, which)
            found = [replica.document(claim) for claim in claims(which)]
            if found != [expected] * 2:
                return False
        return True
    finally:
        replica.close()


NARROW = (
    "import pathlib, resource, sys\n"
    "from offline_cache.database import DiskTrouble\n"
    "from offline_cache.store import open_ledger\n"
    "from tests.offline_cache.letters import visit\n"
    "ledger = open_ledger(pathlib.Path(sys.argv[1]))\n"
    "resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))\n"
    "try:\n"
    "    while True:\n"
    "        print(ledger.outbox.put(visit()), flush=True)\n"
    "except DiskTrouble:\n"
    "    print('full', ledger.outbox.waiting(), flush=True)\n"
)


def test_a_full_disk_is_said_and_what_was_promised_is_kept(tmp_path: Path) -> None:
    narrow = process("-c", NARROW, str(tmp_path / LEDGER_FILE))
    said, errors = narrow.communicate(timeout=60)
    assert narrow.returncode == 0, errors
    *promised, last = said.splitlines()
    assert last == f"full {len(promised)}"
    ledger = open_ledger(tmp_path / LEDGER_FILE)
    assert ledger.outbox.waiting() == len(promised)
    assert ledger.outbox.put(visit()) == len(promised) + 1
    batch = ledger.outbox.take(limit=100, room=200_000)
    assert [command.seq for command in batch.commands] == list(range(1, len(batch.commands) + 1))
    ledger.close()


NARROW_COURIER = (
    "import logging, pathlib, resource, sys\n"
    "from offline_cache import courier\n"
    "logging.basicConfig(level='INFO', stream=sys.stderr)\n"
    "resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)\n"
    "courier.run_until_signalled(pathlib.Path(sys.argv[1]), pace=courier.Pace(0.01, 0.02, 0.01))\n"
)


@pytest.mark.parametrize("limit", [100_000, 400_000])
def test_a_snapshot_that_finds_no_room_leaves_the_old_rows_and_comes_when_there_is_room(
    limit: int, office: OfficeDouble, place: Path
) -> None:
    office.change(row(1))
    ledger = open_ledger(place / LEDGER_FILE)
    with Running(place):
        assert comes_true(lambda: _stage(place, 1) is Stage.APPLIED)
    office.epoch, office.log = "e2", [row(1, Stage.ARRIVED), *(row(which) for which in range(2, 3000))]
    narrow = process("-c", NARROW_COURIER, str(place), str(limit))
    try:
        assert comes_true(lambda: ledger.outbox.line().trouble == "DiskTrouble")
        assert _stage(place, 1) is Stage.APPLIED
    finally:
        narrow.terminate()
        narrow.communicate(timeout=PATIENCE)
    assert narrow.returncode == 0
    with Running(place):
        assert comes_true(lambda: _stage(place, 1) is Stage.ARRIVED)
    assert _stage(place, 2999) is Stage.APPLIED
    ledger.close()


def _stage(place: Path, which: int) -> Stage | None:
    replica = open_replica(place / REPLICA_FILE, PEPPER, cost=CHEAP)
    try:
        found = replica.document(letter(which)) if replica.as_of() is not None else None
        return None if found is None else found.stage
    finally:
        replica.close()


def test_old_visits_are_forgotten_while_the_courier_goes_its_rounds(office: OfficeDouble, place: Path) -> None:
    office.durable = 1
    ledger = open_ledger(place / LEDGER_FILE, clock=lambda: NOON.replace(year=2020))
    ledger.outbox.put(visit())
    with Running(place):
        assert comes_true(lambda: ledger.outbox.waiting() == 0)
    ledger.close()
    with Running(place):
        assert comes_true(lambda: _commands(place) == 0)
    assert len(office.applied) == 1


def _commands(place: Path) -> int:
    database = Database(place / LEDGER_FILE, LEDGER)
    try:
        return int(database.connection.execute("SELECT count(*) FROM outbox").get)
    finally:
        database.close()


def test_the_limits_of_these_stories_do_not_leak() -> None:
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY
