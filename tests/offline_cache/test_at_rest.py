"""What whoever takes the disk can read in the kiosk's files, and what a lost or wrong key does to the kiosk."""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import apsw
import pytest

from central_office.contract.stages import Stage
from offline_cache import at_rest
from offline_cache.at_rest import KEY_FILE, KeyMissing, KeyNeeded, KeyUnusable, open_disk
from offline_cache.database import Database, DiskTrouble, KeyDoesNotFit, StoreBusy
from offline_cache.disk import MACHINE, DiskKey, MachineDisk
from offline_cache.migrations.ledger import LEDGER
from offline_cache.store import open_ledger, open_replica, open_replica_for_writing
from tests.offline_cache.clockwork import NOON
from tests.offline_cache.letters import CHEAP, PEPPER, letter, row, visit
from tests.offline_cache.test_replica import snapshot

if TYPE_CHECKING:
    from pathlib import Path

    from offline_cache.disk import Disk


def fill(place: Path, disk: Disk, visits: int = 3) -> None:
    ledger = open_ledger(place / "ledger.db", disk=disk, clock=lambda: NOON)
    for seconds in range(visits):
        ledger.outbox.put(visit(seconds))
    ledger.close()


def waiting(place: Path, disk: Disk) -> int:
    ledger = open_ledger(place / "ledger.db", disk=disk)
    try:
        return ledger.outbox.waiting()
    finally:
        ledger.close()


def everything(place: Path) -> bytes:
    return b"".join(path.read_bytes() for path in place.iterdir() if path.name != KEY_FILE)


def test_the_first_start_makes_a_key_for_its_owner_alone(tmp_path: Path) -> None:
    disk = open_disk(tmp_path / "data", random=lambda size: bytes(range(size)))
    path = tmp_path / "data" / KEY_FILE
    assert disk.key is not None
    assert (disk.key.file, path.stat().st_mode & 0o777) == (path, 0o600)
    assert path.read_text().strip() == bytes(range(32)).hex()
    again = open_disk(tmp_path / "data")
    assert again.key is not None
    assert again.key.secret == bytes(range(32))


def test_neither_ledger_nor_replica_nor_their_logs_can_be_read_without_the_key(tmp_path: Path) -> None:
    disk = open_disk(tmp_path)
    ledger = open_ledger(tmp_path / "ledger.db", disk=disk)
    for seconds in range(50):
        ledger.outbox.put(visit(seconds))
    writer = open_replica_for_writing(tmp_path / "replica.db", PEPPER, disk=disk)
    snapshot(writer, row(1), row(2, Stage.READY_BOX))
    assert (tmp_path / "ledger.db-wal").stat().st_size > 4096
    stored = everything(tmp_path)
    for word in (
        b"visit.reported",
        b"document_status",
        b"CREATE TABLE",
        b"SQLite format",
        b"as_of",
        NOON.isoformat().encode(),
    ):
        assert word not in stored
    writer.close()
    ledger.close()
    reader = open_replica(tmp_path / "replica.db", PEPPER, disk=disk, cost=CHEAP)
    found = reader.document(letter(2))
    reader.close()
    assert found is not None
    assert found.stage is Stage.READY_BOX
    assert waiting(tmp_path, disk) == 50


def test_a_missing_key_is_told_and_no_empty_ledger_takes_the_place_of_the_closed_one(tmp_path: Path) -> None:
    fill(tmp_path, open_disk(tmp_path))
    kept = (tmp_path / KEY_FILE).read_bytes()
    before = (tmp_path / "ledger.db").read_bytes()
    (tmp_path / KEY_FILE).unlink()
    for _ in range(2):
        with pytest.raises(KeyMissing, match="Put the key file back"):
            open_disk(tmp_path)
    assert not (tmp_path / KEY_FILE).exists()
    assert (tmp_path / "ledger.db").read_bytes() == before
    (tmp_path / KEY_FILE).write_bytes(kept)
    assert waiting(tmp_path, open_disk(tmp_path)) == 3


def test_a_wrong_key_is_told_and_changes_nothing(tmp_path: Path) -> None:
    fill(tmp_path, open_disk(tmp_path))
    before = (tmp_path / "ledger.db").read_bytes()
    (tmp_path / "other.key").write_bytes(bytes(32))
    wrong = open_disk(tmp_path, key_file=tmp_path / "other.key")
    with pytest.raises(KeyDoesNotFit, match=r"other\.key.*Delete nothing"):
        open_ledger(tmp_path / "ledger.db", disk=wrong)
    with pytest.raises(KeyDoesNotFit):
        Database(tmp_path / "ledger.db", LEDGER, disk=wrong)
    assert (tmp_path / "ledger.db").read_bytes() == before
    assert waiting(tmp_path, open_disk(tmp_path)) == 3


def test_a_replica_under_another_key_comes_again_from_the_office(tmp_path: Path) -> None:
    old, new = (MachineDisk(DiskKey(bytes([byte]) * 32, tmp_path / "key")) for byte in (1, 2))
    for disk in (old, new):
        writer = open_replica_for_writing(tmp_path / "replica.db", PEPPER, disk=disk)
        assert writer.cursor().place == ""
        snapshot(writer, row(1))
        writer.close()


@pytest.mark.parametrize("content", [b"", b"short", b"z" * 64, b"0" * 62, bytes(33)])
def test_a_file_that_holds_no_key_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / KEY_FILE).write_bytes(content)
    with pytest.raises(KeyUnusable, match="32 bytes"):
        open_disk(tmp_path)


def test_a_key_may_be_sealed_as_bytes_or_as_digits(tmp_path: Path) -> None:
    (tmp_path / "bytes").write_bytes(bytes(range(32)))
    (tmp_path / "digits").write_text(bytes(range(32)).hex().upper() + "\n")
    fill(tmp_path, open_disk(tmp_path, key_file=tmp_path / "bytes"))
    assert waiting(tmp_path, open_disk(tmp_path, key_file=tmp_path / "digits")) == 3


def test_on_an_encrypted_partition_no_key_is_made_and_none_is_used(tmp_path: Path) -> None:
    disk = open_disk(tmp_path, encrypted_partition=True)
    fill(tmp_path, disk)
    assert disk is MACHINE
    assert not (tmp_path / KEY_FILE).exists()
    assert (tmp_path / "ledger.db").read_bytes().startswith(b"SQLite format 3")


def test_closed_files_are_not_taken_for_broken_ones_when_the_settings_change(tmp_path: Path) -> None:
    fill(tmp_path, open_disk(tmp_path))
    with pytest.raises(KeyNeeded, match=r"\[disk\] key"):
        open_disk(tmp_path, encrypted_partition=True)


def test_an_open_ledger_of_an_earlier_program_is_closed_once_with_all_that_is_in_it(tmp_path: Path) -> None:
    fill(tmp_path, MACHINE, visits=40)
    snapshot(writer := open_replica_for_writing(tmp_path / "replica.db", PEPPER), row(1))
    writer.close()
    for _ in range(2):
        disk = open_disk(tmp_path)
        assert waiting(tmp_path, disk) == 40
    assert (tmp_path / "ledger.db").stat().st_mode & 0o777 == 0o600
    assert not (tmp_path / "replica.db").exists()
    stored = everything(tmp_path)
    for word in (b"visit.reported", b"SQLite format"):
        assert word not in stored
    assert sorted(path.name for path in tmp_path.iterdir()) == [KEY_FILE, "disk.lock", "ledger.db"]


def test_a_crash_while_the_ledger_is_closed_leaves_the_open_one(tmp_path: Path) -> None:
    fill(tmp_path, MACHINE)
    (tmp_path / ".ledger.db.draft").write_bytes(b"half of a copy")
    assert waiting(tmp_path, open_disk(tmp_path)) == 3
    assert not (tmp_path / ".ledger.db.draft").exists()


def test_a_ledger_that_somebody_holds_open_is_not_replaced_under_him(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path / "ledger.db")
    ledger.outbox.put(visit())
    with pytest.raises(StoreBusy):
        open_disk(tmp_path)
    ledger.outbox.put(visit())
    ledger.close()
    assert waiting(tmp_path, open_disk(tmp_path)) == 2


def test_screen_and_courier_that_start_together_make_one_key(tmp_path: Path) -> None:
    fill(tmp_path, MACHINE)
    found: list[bytes] = []

    def start() -> None:
        disk = open_disk(tmp_path)
        assert disk.key is not None
        found.append(disk.key.secret)
        ledger = open_ledger(tmp_path / "ledger.db", disk=disk)
        ledger.outbox.put(visit())
        ledger.close()

    threads = [threading.Thread(target=start) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    assert len(set(found)) == 1
    assert waiting(tmp_path, open_disk(tmp_path)) == 9


def test_a_directory_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DiskTrouble):
        open_disk(tmp_path / "file" / "data")


def test_the_settings_that_survive_power_cuts_hold_with_a_key_too(tmp_path: Path) -> None:
    database = Database(tmp_path / "ledger.db", LEDGER, disk=open_disk(tmp_path))
    connection = database.connection
    assert connection.pragma("synchronous") == 3
    assert connection.pragma("journal_mode") == "wal"
    assert connection.pragma("cipher") == "chacha20"
    assert connection.pragma("page_size") == 4096
    database.close()


def test_a_ledger_killed_in_the_middle_of_its_work_opens_again_with_all_that_was_promised(tmp_path: Path) -> None:
    code = (
        "import os, pathlib, sys\n"
        "from offline_cache.at_rest import open_disk\n"
        "from offline_cache.store import open_ledger\n"
        "from tests.offline_cache.letters import visit\n"
        "place = pathlib.Path(sys.argv[1])\n"
        "ledger = open_ledger(place / 'ledger.db', disk=open_disk(place))\n"
        "for seconds in range(500):\n"
        "    ledger.outbox.put(visit(seconds))\n"
        "os.kill(os.getpid(), 9)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False, timeout=60)
    assert waiting(tmp_path, open_disk(tmp_path)) == 500


def test_the_key_slips_into_no_text(tmp_path: Path) -> None:
    disk = open_disk(tmp_path)
    assert disk.key is not None
    assert disk.key.secret.hex() not in repr(disk.key)
    assert at_rest.KEY_FILE in repr(disk.key)


def test_the_disk_beneath_sees_closed_pages_only(tmp_path: Path) -> None:
    watched = WatchedVfs()
    disk = WatchedDisk(DiskKey(bytes(range(32)), tmp_path / "key"))
    fill(tmp_path, disk, visits=30)
    assert waiting(tmp_path, disk) == 30
    watched.unregister()
    assert len(watched.written) > 30
    assert b"visit.reported" not in b"".join(watched.written)


class WatchedDisk(MachineDisk):
    """This machine's disk, but SQLite writes to it through `WatchedVfs`."""

    vfs = "watched"  # type: ignore[assignment,misc]


class WatchedVfs(apsw.VFS):
    """Writes down what is written."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        super().__init__("watched", base="unix")

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802
        return WatchedFile(name, flags, self.written)


class WatchedFile(apsw.VFSFile):
    """A file whose writes are written down."""

    def __init__(self, name: str | apsw.URIFilename | None, flags: list[int], written: list[bytes]) -> None:
        self._written = written
        super().__init__("unix", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        self._written.append(bytes(data))
        super().xWrite(data, offset)
