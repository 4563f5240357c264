"""The disk in memory: the real SQLite on it, with the kiosk's own settings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from offline_cache.database import NEVER_LOST, REBUILDABLE, Database
from offline_cache.disk import Disk, MachineDisk
from offline_cache.files import give_name, make_folder, write_durably
from tests.crash.medium import FOLDER, NamesSynced, Remains, Synced, Unnamed
from tests.crash.ram_disk import RamDisk

if TYPE_CHECKING:
    from tests.crash.ram_disk import Anchors

PLACE = Path("/d/kiosk.db")
SHAPE = ("CREATE TABLE words (word TEXT) STRICT",)


def test_two_connections_share_one_database_with_the_settings_of_the_kiosk(place: Anchors) -> None:
    disk = RamDisk(place, Remains({"/d": FOLDER}))
    one, other = Database(PLACE, SHAPE, disk=disk), Database(PLACE, SHAPE, disk=disk)
    for number in range(400):
        with (one if number % 2 else other).writing() as connection:
            connection.execute("INSERT INTO words VALUES (?)", (f"word {number}" * 40,))
    for database in (one, other):
        with database.reading() as connection:
            assert connection.execute("SELECT count(*) FROM words").get == 400
            assert connection.pragma("journal_mode") == "wal"
            assert connection.pragma("locking_mode") == "normal"
            assert connection.pragma("synchronous") == 3
    assert disk.file(str(PLACE)).content, "a log of that length was written back"
    one.close()
    other.close()
    disk.throw_away()


def test_a_disk_in_memory_holds_byte_for_byte_what_the_machines_disk_holds(place: Anchors, tmp_path: Path) -> None:
    def written(path: Path, disk: Disk) -> None:
        database = Database(path, SHAPE, disk=disk)
        for number in range(50):
            with database.writing() as connection:
                connection.execute("INSERT INTO words VALUES (?)", (f"word {number}" * 40,))
        database.close()

    disk = RamDisk(place, Remains({"/d": FOLDER}))
    written(PLACE, disk)
    written(tmp_path / "kiosk.db", MachineDisk())
    assert bytes(disk.file(str(PLACE)).content) == (tmp_path / "kiosk.db").read_bytes()
    assert set(disk.names) == {"/d", str(PLACE)}
    disk.throw_away()


def test_plain_files_are_on_a_disk_in_memory_what_they_are_on_the_machines_disk(place: Anchors, tmp_path: Path) -> None:
    def done(folder: Path, disk: Disk) -> list[object]:
        make_folder(folder / "new", disk=disk)
        path, other = folder / "new" / "word", folder / "new" / "other"
        seen: list[object] = [disk.size(path), disk.inode(path), disk.listing(folder / "none")]
        write_durably(path, b"first", disk=disk)
        disk.make_file(other)
        for start, text in ((0, b"long"), (2, b"st"), (4, b"er")):
            with disk.writing(other, start) as file:
                file.write(text)
        with disk.locked(folder / "lock", wait=False), disk.reading(other) as reading:
            seen += [disk.listing(folder), reading.read(3), reading.read(9), reading.read(9)]
        seen += [disk.listing(path.parent), disk.read(path), disk.size(other)]
        give_name(other, path, disk=disk)
        seen += [disk.listing(path.parent), disk.read(path)]
        with pytest.raises(FileNotFoundError):
            disk.read(other)
        with pytest.raises(FileNotFoundError):
            disk.reading(other)
        return seen

    disk = RamDisk(place, Remains({"/d": FOLDER}))
    assert done(Path("/d"), disk) == done(tmp_path, MachineDisk())
    disk.throw_away()


def test_a_transaction_costs_one_sync_in_the_ledger_and_none_in_the_replica(place: Anchors) -> None:
    for settings, syncs in ((NEVER_LOST, 1), (REBUILDABLE, 0)):
        disk = RamDisk(place, Remains({"/d": FOLDER}))
        database = Database(PLACE, SHAPE, disk=disk, settings=settings)
        with database.writing() as connection:
            connection.execute("INSERT INTO words VALUES ('first')")
        before = len(disk.steps)
        with database.writing() as connection:
            connection.execute("INSERT INTO words VALUES ('second')")
        assert sum(isinstance(step, Synced) for step in disk.steps[before:]) == syncs
        database.close()
        disk.throw_away()


def test_the_journal_that_the_switch_to_a_log_deletes_is_gone_from_the_directory_for_good(place: Anchors) -> None:
    disk = RamDisk(place, Remains({"/d": FOLDER}))
    Database(PLACE, SHAPE, disk=disk).close()
    deleted = disk.steps.index(Unnamed(f"{PLACE}-journal"))
    assert disk.steps[deleted + 1] == NamesSynced("/d")
    disk.throw_away()


def test_what_is_on_it_can_be_opened_on_another(place: Anchors) -> None:
    disk = RamDisk(place, Remains({"/d": FOLDER}))
    database = Database(PLACE, SHAPE, disk=disk)
    with database.writing() as connection:
        connection.execute("INSERT INTO words VALUES ('kept')")
    copy = RamDisk(place, disk.as_it_is())
    again = Database(PLACE, SHAPE, disk=copy)
    with again.reading() as connection:
        assert connection.execute("SELECT word FROM words").get == "kept"
    for one in (database, again):
        one.close()
    disk.throw_away()
    copy.throw_away()
