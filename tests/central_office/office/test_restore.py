"""`office manage restore`: what must not be done by hand, and what it refuses."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.core.management import call_command

from central_office.office import changes, durability, occupancy, restoring
from central_office.office.models import Change, Document, Town
from tests.central_office.conftest import DATABASE
from tests.central_office.office.test_command import office, serving

if TYPE_CHECKING:
    from tests.central_office.conftest import HandClock

NOON = datetime(2026, 6, 16, 12, 0, tzinfo=UTC)
on_sqlite = pytest.mark.skipif(bool(DATABASE), reason="PostgreSQL has tools of its own")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of a small office."""
    data, copy = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("elsewhere") / "copy.db"
    made = office("demo", "--letters", tmp_path_factory.mktemp("letters"), "--documents", "3", data=data)
    assert made.returncode == 0, made.stderr
    if not DATABASE:
        assert office("manage", "backup", copy, data=data).returncode == 0
    return copy


def epoch(database: Path) -> str:
    with closing(sqlite3.connect(database)) as found:
        return str(found.execute("SELECT epoch FROM office_town").fetchone()[0])


@on_sqlite
def test_the_log_of_a_killed_office_is_not_played_into_the_copy(copy: Path, tmp_path: Path) -> None:
    database = tmp_path / "office.db"
    restoring.restore(copy, database, NOON)
    write = (
        "import os, sqlite3, sys\n"
        "c = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "c.execute('PRAGMA journal_mode=WAL')\n"
        "c.execute(\"UPDATE office_town SET name = 'after the backup'\")\n"
        "os._exit(9)\n"
    )
    subprocess.run([sys.executable, "-c", write, str(database)], check=False)
    assert database.with_name("office.db-wal").stat().st_size > 0
    done = restoring.restore(copy, database, NOON.replace(hour=13))
    assert not database.with_name("office.db-wal").exists()
    with closing(sqlite3.connect(database)) as found:
        assert found.execute("SELECT name FROM office_town").fetchone()[0] == "Musterstadt"
        assert found.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    # What was there can still be looked at, with all that its log held.
    assert done.aside is not None
    with closing(sqlite3.connect(done.aside)) as found:
        assert found.execute("SELECT name FROM office_town").fetchone()[0] == "after the backup"


@on_sqlite
def test_the_same_copy_restored_twice_begins_two_lives(copy: Path, tmp_path: Path) -> None:
    database = tmp_path / "office.db"
    first = restoring.restore(copy, database, NOON)
    second = restoring.restore(copy, database, NOON.replace(hour=13))
    assert len({first.epoch, second.epoch, epoch(copy)}) == 3
    assert epoch(database) == second.epoch


@on_sqlite
def test_an_office_that_serves_is_not_restored_under_its_feet(copy: Path, tmp_path: Path) -> None:
    restoring.restore(copy, tmp_path / "office.db", NOON)
    before = epoch(tmp_path / "office.db")
    with serving(tmp_path):
        refused = office("manage", "restore", copy, data=tmp_path)
        assert refused.returncode == 1
        assert "Stop it first" in refused.stderr
        assert epoch(tmp_path / "office.db") == before
    done = office("manage", "restore", copy, data=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Start the office" in done.stdout


@on_sqlite
def test_nothing_is_done_while_it_is_restored(copy: Path, tmp_path: Path) -> None:
    restoring.restore(copy, tmp_path / "office.db", NOON)
    hold = (
        "import sys\nfrom pathlib import Path\nfrom central_office.office import occupancy\n"
        "occupancy.alone(Path(sys.argv[1]))\nprint('alone', flush=True)\ninput()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(tmp_path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path(__file__).parents[3],
    ) as restoring_process:  # fmt: skip
        assert restoring_process.stdout is not None
        assert restoring_process.stdout.readline()
        waits = office("manage", "tidy", data=tmp_path)
        restoring_process.communicate(b"\n")
    assert (waits.returncode, "being restored" in waits.stderr) == (1, True)


@on_sqlite
@pytest.mark.parametrize("kind", ["text", "nothing in it", "another database", "open", "torn", "missing"])
def test_what_is_no_copy_changes_nothing(copy: Path, tmp_path: Path, kind: str) -> None:
    database, wrong = tmp_path / "office.db", tmp_path / "wrong.db"
    restoring.restore(copy, database, NOON)
    before = database.read_bytes()
    match kind:
        case "text":
            wrong.write_text("no database")
        case "nothing in it":
            wrong.touch()
        case "another database":
            with closing(sqlite3.connect(wrong)) as other:
                other.execute("CREATE TABLE office_shoes (size)")
        case "open":
            wrong.write_bytes(copy.read_bytes())
            (tmp_path / "wrong.db-wal").touch()
        case "torn":
            wrong.write_bytes(copy.read_bytes()[: copy.stat().st_size // 2])
    with pytest.raises(restoring.RestoreFailed):
        restoring.restore(wrong, database, NOON)
    assert database.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith((".", "office"))) == ["office.db"]


@pytest.mark.skipif(not DATABASE, reason="SQLite is restored by this command")
def test_postgresql_is_restored_by_its_own_tools(tmp_path: Path) -> None:
    refused = office("manage", "restore", tmp_path / "copy.db", data=tmp_path)
    assert (refused.returncode, "new_epoch" in refused.stderr) == (1, True)


def test_a_backup_onto_a_folder_is_told_in_one_sentence(town: Town, tmp_path: Path) -> None:
    with pytest.raises(durability.BackupFailed):
        durability.back_up(tmp_path)


def test_a_new_life_begins_with_an_empty_log_of_changes(town: Town, passport: Document, clock: HandClock) -> None:
    """Its transaction numbers may be another server's, far above what this one counts: no change would be heard."""
    Change.objects.update(xid=2**40)
    Town.objects.update(pruned_xid=2**40, pruned_id=7)
    call_command("new_epoch", verbosity=0)
    town.refresh_from_db()
    head = changes.head(town)
    assert (Change.objects.count(), head.xid, head.id) == (0, 0, 0)
    changes.note([passport.pk], clock())
    assert changes.since(head).changed == (passport.pk,)


def test_two_may_work_beside_one_another(tmp_path: Path) -> None:
    occupancy.join(tmp_path)
    occupancy.join(tmp_path)
    with pytest.raises(occupancy.Occupied, match="Stop it first"):
        occupancy.alone(tmp_path)
