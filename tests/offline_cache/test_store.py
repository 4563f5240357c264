"""The two files: how they are opened, grown, guarded, and what happens when they are damaged."""

from __future__ import annotations

import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import Literal

import apsw
import pytest

from central_office.contract.capacity import Resource
from central_office.contract.chain import command_hash
from offline_cache.database import (
    Database,
    DiskTrouble,
    FileBroken,
    FileMissing,
    FileTooNew,
    SQLiteTooOld,
    StoreBusy,
    require_safe_sqlite,
)
from offline_cache.migrations.ledger import LEDGER
from offline_cache.migrations.replica import REPLICA
from offline_cache.store import LedgerBroken, open_ledger, open_replica, open_replica_for_writing
from tests.offline_cache.clockwork import NOON
from tests.offline_cache.letters import PEPPER, visit

SETTINGS = {
    "synchronous": 3,
    "journal_mode": "wal",
    "wal_autocheckpoint": 200,
    "journal_size_limit": 4_194_304,
    "foreign_keys": 1,
    "trusted_schema": 0,
    "mmap_size": 0,
    "busy_timeout": 5000,
    "page_size": 4096,
}


@pytest.mark.parametrize("version", ["3.40.1", "3.51.2", "3.7.0"])
def test_a_sqlite_that_can_corrupt_files_is_refused_by_name(version: str, tmp_path: Path) -> None:
    with pytest.raises(SQLiteTooOld, match=version):
        Database(tmp_path / "ledger.db", LEDGER, sqlite_version=version)
    assert not (tmp_path / "ledger.db").exists()


@pytest.mark.parametrize("version", ["3.51.3", "3.54.1", "4.0.0"])
def test_a_sound_sqlite_is_taken(version: str) -> None:
    require_safe_sqlite(version)


def test_every_connection_has_the_settings_that_survive_a_power_cut(tmp_path: Path) -> None:
    database = Database(tmp_path / "ledger.db", LEDGER)
    seen: list[dict[str, object]] = []

    def look() -> None:
        seen.append({name: database.connection.pragma(name) for name in SETTINGS})

    look()
    other = threading.Thread(target=look)
    other.start()
    other.join()
    assert (
        seen
        == [
            {
                "synchronous": 3,
                "journal_mode": "wal",
                "wal_autocheckpoint": 200,
                "journal_size_limit": 4_194_304,
                "foreign_keys": 1,
                "trusted_schema": 0,
                "mmap_size": 0,
                "busy_timeout": 5000,
                "page_size": 4096,
            }
        ]
        * 2
    )
    database.close()


@pytest.mark.parametrize("shapes", [LEDGER, REPLICA])
def test_every_table_is_strict(shapes: tuple[str, ...], tmp_path: Path) -> None:
    database = Database(tmp_path / "some.db", shapes)
    tables = database.connection.execute("SELECT name, strict FROM pragma_table_list WHERE schema = 'main'").fetchall()
    assert {name for name, strict in tables if not strict} == {"sqlite_schema"}
    database.close()


def test_nobody_else_on_the_machine_can_read_the_files(tmp_path: Path) -> None:
    place = tmp_path / "kiosk"
    ledger = open_ledger(place / "ledger.db")
    ledger.outbox.put(visit())
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in place.iterdir()}
    assert modes == {"ledger.db": 0o600, "ledger.db-wal": 0o600, "ledger.db-shm": 0o600}
    ledger.close()


def test_a_ledger_of_the_first_shape_is_brought_up_to_date_and_keeps_its_commands(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    old = Database(path, LEDGER[:1])
    old.connection.execute(
        "INSERT INTO line (only, db, head, last, acked) VALUES (1, 'a name', 'a hash', 2, 1);"
        "INSERT INTO outbox (seq, id, at, command) VALUES (2, 'an id', '2026-11-01', '{}')"
    )
    old.close()
    ledger = open_ledger(path)
    assert ledger.outbox.waiting() == 1
    assert ledger.outbox.line().db == "a name"
    ledger.close()
    again = Database(path, LEDGER)
    assert again.connection.pragma("user_version") == len(LEDGER)
    again.close()


def test_a_shape_is_made_to_its_end_although_one_of_its_statements_answers(tmp_path: Path) -> None:
    shape = "PRAGMA secure_delete=ON; CREATE TABLE later (a INTEGER) STRICT"
    database = Database(tmp_path / "some.db", (shape,))
    assert database.connection.execute("SELECT count(*) FROM later").get == 0
    database.close()


def test_a_ledger_of_the_second_shape_keeps_everything_and_can_lend_and_scrub(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    first = open_ledger(path)
    first.outbox.put(visit(1))
    command = first.outbox.take(limit=1, room=100_000).commands[0]
    first.close()
    path.unlink()
    old = Database(path, LEDGER[:2])
    old.connection.execute(
        "INSERT INTO line (only, db, head, last, acked) VALUES (1, ?, ?, 1, 0)",
        ("00000000-0000-4000-8000-000000000001", command_hash(command)),
    )
    old.connection.execute(
        "INSERT INTO outbox (seq, id, at, command) VALUES (1, ?, ?, ?)",
        (command.id, command.at.isoformat(timespec="microseconds"), command.model_dump_json()),
    )
    old.close()
    ledger = open_ledger(path)
    assert ledger.outbox.take(limit=1, room=100_000).commands == (command,)
    assert ledger.outbox.put(visit(2)) == 2
    ledger.outbox.settle(2, [], durable=1)
    assert ledger.outbox.line().durable == 1
    assert ledger.leases.available(Resource(key="slots", day=NOON.date())) == 0
    with ledger.journal.effect("receipt.print") as effect:
        effect.done("printed")
    ledger.close()


def test_a_migration_that_fails_leaves_the_shape_before(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    Database(path, LEDGER[:1]).close()
    with pytest.raises(apsw.SQLError):
        Database(path, (LEDGER[0], "CREATE TABLE half (a INTEGER) STRICT; CREATE TABLE line (b INTEGER) STRICT"))
    after = Database(path, LEDGER[:1])
    assert after.connection.pragma("user_version") == 1
    assert after.connection.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'half'").get == 0
    after.close()


def test_a_ledger_of_a_newer_program_is_left_alone(tmp_path: Path) -> None:
    Database(tmp_path / "ledger.db", (*LEDGER, "CREATE TABLE later (a INTEGER) STRICT")).close()
    with pytest.raises(FileTooNew):
        open_ledger(tmp_path / "ledger.db")


def test_a_replica_of_a_newer_program_is_made_anew(tmp_path: Path) -> None:
    Database(tmp_path / "replica.db", (*REPLICA, "CREATE TABLE later (a INTEGER) STRICT")).close()
    writer = open_replica_for_writing(tmp_path / "replica.db", PEPPER)
    assert writer.as_of() is None
    writer.close()


def test_two_processes_may_open_a_new_ledger_at_the_same_moment(tmp_path: Path) -> None:
    code = "import sys, pathlib; from offline_cache.store import open_ledger; open_ledger(pathlib.Path(sys.argv[1]))"
    racers = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "ledger.db")]) for _ in range(4)]
    assert [racer.wait(30) for racer in racers] == [0] * 4


def test_a_damaged_ledger_is_reported_and_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    ledger = open_ledger(path)
    for _ in range(200):
        ledger.outbox.put(visit())
    ledger.close()
    damaged = bytearray(path.read_bytes())
    damaged[8192:12288] = b"\xa5" * 4096
    path.write_bytes(damaged)
    with pytest.raises(LedgerBroken) as caught:
        open_ledger(path)
    assert caught.value.path == path
    assert path.read_bytes() == damaged


@pytest.mark.parametrize(
    "rubbish", [b"this is no database, though it is long enough for one" * 100, b"SQLite format 3\0"]
)
def test_a_file_that_is_no_database_is_a_damaged_ledger(rubbish: bytes, tmp_path: Path) -> None:
    (tmp_path / "ledger.db").write_bytes(rubbish)
    with pytest.raises(LedgerBroken):
        open_ledger(tmp_path / "ledger.db")


def test_a_directory_that_cannot_be_written_is_a_trouble_of_the_disk(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DiskTrouble):
        open_ledger(tmp_path / "file" / "ledger.db")


def test_a_reader_never_makes_a_file(tmp_path: Path) -> None:
    replica = open_replica(tmp_path / "replica.db", PEPPER)
    assert replica.as_of() is None
    reader = Database(tmp_path / "replica.db", REPLICA, mode="reader")
    with pytest.raises(FileMissing), reader.reading():
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_reader_cannot_write(tmp_path: Path) -> None:
    Database(tmp_path / "replica.db", REPLICA).close()
    reader = Database(tmp_path / "replica.db", REPLICA, mode="reader")
    with pytest.raises(DiskTrouble), reader.writing() as connection:
        connection.execute("DELETE FROM documents")
    reader.close()


def test_a_transaction_that_someone_else_holds_is_a_busy_store_and_keeps_nothing(tmp_path: Path) -> None:
    holder = Database(tmp_path / "ledger.db", LEDGER)
    other = Database(tmp_path / "ledger.db", LEDGER)
    other.connection.set_busy_timeout(10)
    with holder.writing(), pytest.raises(StoreBusy), other.writing():
        pass
    holder.close()
    other.close()


def test_threads_that_write_at_the_same_time_wait_for_one_another_and_no_longer(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path / "ledger.db")
    troubles: list[Exception] = []

    def writes() -> None:
        try:
            for seconds in range(150):
                ledger.outbox.put(visit(seconds))
        except StoreBusy as trouble:
            troubles.append(trouble)

    writers = [threading.Thread(target=writes) for _ in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert troubles == []
    assert ledger.outbox.waiting() == 450
    ledger.close()


def test_the_kiosk_opens_its_store_without_network_or_heavy_libraries(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib\n"
        "from offline_cache.store import open_ledger, open_replica\n"
        "place = pathlib.Path(sys.argv[1])\n"
        "ledger = open_ledger(place / 'ledger.db')\n"
        "replica = open_replica(place / 'replica.db', bytes(32))\n"
        "ledger.outbox.waiting(), replica.as_of(), ledger.tries(bytes(32))\n"
        "print(sorted({'requests', 'pydantic', 'cryptography', 'ssl'} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True, timeout=30
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("mode", ["writer", "reader"])
def test_a_file_that_does_not_open_is_let_go_of_at_once_and_not_when_its_garbage_is_collected(
    tmp_path: Path, mode: Literal["writer", "reader"]
) -> None:
    path = tmp_path / "ledger.db"
    path.write_bytes(b"no database, " * 1000)
    with pytest.raises(FileBroken) as caught:
        _ = Database(path, ("CREATE TABLE a (b)",), mode=mode).connection
    held = [each.readlink() for each in Path("/proc/self/fd").iterdir() if each.exists()]
    assert path not in held
    assert caught.value.__traceback__ is not None, "what happened is still remembered"
