"""What the kiosk has to tell the office: numbered without a gap, chained, and on disk when it says so."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from central_office.contract.capacity import Lease, ReservationCancelled, ReservationId, Resource
from central_office.contract.chain import GENESIS, command_hash
from central_office.contract.documents import Place
from central_office.contract.messages import Command, DeviceId, Result, SyncAnswer, VisitReported
from offline_cache.database import Database
from offline_cache.migrations.ledger import LEDGER
from offline_cache.store import Ledger, open_ledger
from offline_cache.stored_outbox import OfficeAhead, OfficeBehind
from tests.offline_cache.clockwork import NOON, Clockwork
from tests.offline_cache.letters import visit

if TYPE_CHECKING:
    from pathlib import Path

    from offline_cache.outbox import Outbox

ALL = {"limit": 100, "room": 200_000}


def rows(tmp_path: Path) -> list[tuple[object, ...]]:
    database = Database(tmp_path / "ledger.db", LEDGER)
    try:
        return database.connection.execute("SELECT seq, result, code FROM outbox ORDER BY seq").fetchall()
    finally:
        database.close()


def test_commands_are_numbered_chained_and_stamped(ledger: Ledger) -> None:
    outbox: Outbox = ledger.outbox
    assert [outbox.put(visit(seconds)) for seconds in range(3)] == [1, 2, 3]
    batch = ledger.outbox.take(**ALL)
    assert [command.seq for command in batch.commands] == [1, 2, 3]
    assert len({UUID(command.id) for command in batch.commands}) == 3
    assert {(command.type, command.tv, command.at) for command in batch.commands} == {("visit.reported", 2, NOON)}
    chain = [GENESIS, *(command_hash(command) for command in batch.commands)]
    assert [command.prev for command in batch.commands] == chain[:3]
    assert VisitReported.model_validate(batch.commands[1].body) == visit(1)


def test_a_message_that_is_no_command_is_refused_and_takes_no_number(ledger: Ledger) -> None:
    class Own(VisitReported):
        """Looks like a command, but the contract does not list it."""

    for stranger in (Place(key="hall", name="Town hall"), Own.model_validate(visit().model_dump())):
        with pytest.raises(TypeError, match="no command of the contract"):
            ledger.outbox.put(stranger)
    assert ledger.outbox.put(visit()) == 1


def test_a_message_too_large_to_send_is_refused_and_takes_no_number(ledger: Ledger) -> None:
    bloated = VisitReported.model_validate({**visit().model_dump(), "later": "x" * 20_000})
    with pytest.raises(ValueError, match="bytes"):
        ledger.outbox.put(bloated)
    assert ledger.outbox.waiting() == 0
    assert ledger.outbox.put(visit()) == 1


def test_fields_of_a_later_version_travel_along(ledger: Ledger) -> None:
    ledger.outbox.put(VisitReported.model_validate({**visit().model_dump(), "later": [1, 2]}))
    assert ledger.outbox.take(**ALL).commands[0].body["later"] == [1, 2]


def test_a_request_carries_what_fits_and_says_how_many_wait_behind(ledger: Ledger) -> None:
    for seconds in range(10):
        ledger.outbox.put(visit(seconds))
    few = ledger.outbox.take(limit=4, room=200_000)
    assert (len(few.commands), few.waiting) == (4, 6)
    size = len(few.commands[0].model_dump_json())
    tight = ledger.outbox.take(limit=100, room=2 * size + 10)
    assert (len(tight.commands), tight.waiting) == (2, 8)
    one = ledger.outbox.take(limit=100, room=1)
    assert (len(one.commands), one.waiting) == (1, 9)


def test_every_attempt_has_a_number_of_its_own_even_after_a_restart(tmp_path: Path) -> None:
    first = open_ledger(tmp_path / "ledger.db")
    assert [first.outbox.take(**ALL).attempt for _ in range(2)] == [1, 2]
    first.close()
    second = open_ledger(tmp_path / "ledger.db")
    assert second.outbox.take(**ALL).attempt == 3
    second.close()


def test_a_command_sent_twice_is_the_same_to_the_last_character(ledger: Ledger, clockwork: Clockwork) -> None:
    ledger.outbox.put(visit())
    first = ledger.outbox.take(**ALL)
    clockwork.passes(timedelta(hours=1))
    second = ledger.outbox.take(**ALL)
    assert first.commands[0].model_dump_json() == second.commands[0].model_dump_json()
    assert first.db == second.db


def test_an_acknowledgement_is_kept_with_what_became_of_each_command(ledger: Ledger, tmp_path: Path) -> None:
    for seconds in range(3):
        ledger.outbox.put(visit(seconds))
    ledger.outbox.troubled("unreachable")
    assert ledger.outbox.line().trouble == "unreachable"
    ledger.outbox.settle(2, [Result(seq=1, r="ok"), Result(seq=2, r="rejected", code="unknown_type")])
    assert ledger.outbox.waiting() == 1
    assert rows(tmp_path) == [(1, "ok", None), (2, "rejected", "unknown_type"), (3, None, None)]
    line = ledger.outbox.line()
    assert (line.acked, line.last, line.last_contact, line.trouble) == (2, 3, NOON, None)


def test_an_office_restored_from_a_backup_is_told_again(ledger: Ledger) -> None:
    for seconds in range(5):
        ledger.outbox.put(visit(seconds))
    ledger.outbox.settle(5, [])
    ledger.outbox.settle(2, [])
    assert [command.seq for command in ledger.outbox.take(**ALL).commands] == [3, 4, 5]


def test_an_office_that_knows_more_than_was_sent_is_an_alarm_and_loses_nothing(ledger: Ledger) -> None:
    ledger.outbox.put(visit())
    with pytest.raises(OfficeAhead):
        ledger.outbox.settle(7, [])
    assert ledger.outbox.waiting() == 1


def test_a_new_enrolment_numbers_what_waits_from_one_and_forgets_nothing(ledger: Ledger) -> None:
    ledger.outbox.speak_as(DeviceId("old"))
    for seconds in range(4):
        ledger.outbox.put(visit(seconds))
    ledger.outbox.settle(2, [])
    before = ledger.outbox.take(**ALL)
    ledger.outbox.speak_as(DeviceId("old"))
    assert ledger.outbox.take(**ALL).commands == before.commands
    ledger.outbox.speak_as(DeviceId("new"))
    after = ledger.outbox.take(**ALL)
    assert after.db != before.db
    assert after.attempt > before.attempt
    assert [command.id for command in after.commands] == [command.id for command in before.commands]
    assert [command.body for command in after.commands] == [command.body for command in before.commands]
    assert [command.seq for command in after.commands] == [1, 2]
    assert [command.prev for command in after.commands] == [GENESIS, command_hash(after.commands[0])]
    assert ledger.outbox.put(visit()) == 3
    assert ledger.outbox.take(**ALL).commands[2].prev == command_hash(after.commands[1])


def test_named_fleet_358_a_new_enrolment_tells_again_what_no_copy_of_the_office_has(ledger: Ledger) -> None:
    """The office came back from a copy without these promises, and the kiosk got a new key before it heard of that."""
    ledger.outbox.speak_as(DeviceId("old"))
    for number in range(3):
        ledger.outbox.put(ReservationCancelled(reservation=ReservationId(f"r-{number}")))
        ledger.outbox.put(visit(number))
    ledger.outbox.settle(5, [], durable=2)
    ledger.outbox.speak_as(DeviceId("new"))
    again = ledger.outbox.take(**ALL).commands
    assert [command.body.get("reservation") for command in again] == ["r-1", "r-2", None]
    assert [command.seq for command in again] == [1, 2, 3]


def test_a_new_enrolment_under_the_old_name_is_a_new_enrolment(ledger: Ledger) -> None:
    """An office that came back from a copy forgot the kiosk's last enrolment, and gives it the same name once more."""
    ledger.outbox.speak_as(DeviceId("MS-04"))
    ledger.outbox.put(visit())
    before = ledger.outbox.take(**ALL)
    lent = Lease(resource=Resource(key="slots", day=NOON.date()), granted=3, as_of=1)
    ledger.settle(before, SyncAnswer(attempt=before.attempt, ack=0, as_of=NOON, leases=(lent,), changes={}))
    assert ledger.leases.available(lent.resource) == 3
    ledger.outbox.speak_as(DeviceId("MS-04"), anew=True)
    after = ledger.outbox.take(**ALL)
    assert after.db != before.db
    assert [command.id for command in after.commands] == [command.id for command in before.commands]
    assert ledger.leases.available(lent.resource) == 0, "they were lent to the key it had"


def test_a_body_goes_only_when_the_office_cannot_lose_it_any_more(ledger: Ledger, tmp_path: Path) -> None:
    for seconds in (71717, 72727, 73737):
        ledger.outbox.put(visit(seconds))
    hashes = [command_hash(command) for command in ledger.outbox.take(**ALL).commands]
    ledger.outbox.settle(3, [], durable=2)
    ledger.outbox.settle(0, [])
    batch = ledger.outbox.take(**ALL)
    assert [shell.hash for shell in batch.scrubbed] == hashes[:2]
    assert [command.seq for command in batch.commands] == [3]
    assert (batch.size, batch.waiting) == (3, 0)
    assert batch.commands[0].prev == batch.scrubbed[1].hash
    database = Database(tmp_path / "ledger.db", LEDGER)
    database.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    on_disk = b"".join(path.read_bytes() for path in tmp_path.glob("ledger.db*"))
    assert (b"71717" in on_disk, b"73737" in on_disk) == (False, True)


def test_what_is_not_acknowledged_keeps_its_body_whatever_is_called_durable(ledger: Ledger) -> None:
    for seconds in range(3):
        ledger.outbox.put(visit(seconds))
    ledger.outbox.settle(1, [], durable=3)
    assert [command.seq for command in ledger.outbox.take(**ALL).commands] == [2, 3]


def test_a_clock_that_jumps_a_year_takes_nothing_that_the_office_may_need_again(
    ledger: Ledger, clockwork: Clockwork, tmp_path: Path
) -> None:
    for seconds in range(3):
        ledger.outbox.put(visit(seconds))
    ledger.outbox.settle(2, [], durable=1)
    for days in (400, -800):
        clockwork.is_set(timedelta(days=days))
        ledger.outbox.prune()
    assert [row[0] for row in rows(tmp_path)] == [2, 3]
    ledger.outbox.settle(1, [])
    assert [command.seq for command in ledger.outbox.take(**ALL).commands] == [2, 3]
    assert ledger.outbox.put(visit()) == 4


def test_an_office_older_than_anything_kept_is_told_so(ledger: Ledger, clockwork: Clockwork) -> None:
    for seconds in range(3):
        ledger.outbox.put(visit(seconds))
    ledger.outbox.settle(3, [], durable=2)
    clockwork.passes(timedelta(days=91))
    assert ledger.outbox.prune() == 2
    ledger.outbox.settle(0, [])
    with pytest.raises(OfficeBehind):
        ledger.outbox.take(**ALL)


def test_a_quiet_line_does_not_wear_the_disk_out(ledger: Ledger, clockwork: Clockwork) -> None:
    ledger.outbox.settle(0, [])
    clockwork.passes(timedelta(seconds=15))
    ledger.outbox.heard()
    assert ledger.outbox.line().last_contact == NOON
    clockwork.passes(timedelta(minutes=5))
    ledger.outbox.heard()
    assert ledger.outbox.line().last_contact == clockwork.now()


def test_a_visit_is_on_disk_when_put_returns_even_if_the_process_dies_at_once(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys, pathlib\n"
        "from offline_cache.store import open_ledger\n"
        "from tests.offline_cache.letters import visit\n"
        "ledger = open_ledger(pathlib.Path(sys.argv[1]))\n"
        "for seconds in range(20):\n"
        "    print(ledger.outbox.put(visit(seconds)), flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "ledger.db")],
        stdout=subprocess.PIPE,
        check=False,
        timeout=30,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.returncode == -signal.SIGKILL
    promised = [int(line) for line in done.stdout.split()]
    ledger = open_ledger(tmp_path / "ledger.db")
    assert [command.seq for command in ledger.outbox.take(**ALL).commands] == promised == list(range(1, 21))
    ledger.close()


def test_what_is_on_disk_is_what_is_sent(ledger: Ledger, tmp_path: Path) -> None:
    ledger.outbox.put(visit())
    database = Database(tmp_path / "ledger.db", LEDGER)
    text = database.connection.execute("SELECT command FROM outbox").get
    database.close()
    assert Command.model_validate_json(text) == ledger.outbox.take(**ALL).commands[0]
    assert set(json.loads(text)) == {"seq", "id", "type", "tv", "at", "body", "prev"}
