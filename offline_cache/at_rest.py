"""How the kiosk's files lie on its disk: closed with a key, unless the whole partition is.

The key is 32 random bytes in a file of its own, made at the first start. What that is worth depends on where the file
lies: an appliance seals it (so that only this machine, started as it should be, can read it), see docs/security.md.

A ledger that an earlier program left open is closed once; an open replica is thrown away, the office sends it again.
"""

from __future__ import annotations

import os
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import apsw

from offline_cache.database import BUSY_MS, DiskTrouble, FileBroken, StoreBusy, StoreError, cipher_vfs, connect
from offline_cache.disk import KEY_BYTES, MACHINE, Disk, DiskKey
from offline_cache.files import give_name, make_folder, write_durably
from offline_cache.store import LEDGER_FILE, REPLICA_FILE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

KEY_FILE: Final = "disk.key"
"""Where the key lies below the kiosk's data, if nobody says otherwise."""

_LOCK_FILE: Final = "disk.lock"
_OPEN_FILE: Final = b"SQLite format 3\0"


class KeyMissing(StoreError):
    """There are closed files, but not the key to them; no new one is made, because it would not open them."""

    def __init__(self, ledger: Path, key_file: Path) -> None:
        super().__init__(
            f"{ledger.name} is encrypted, and its key {key_file} is not there. Put the key file back (from where the "
            "appliance seals it, or from the copy kept with the machine's papers). Only if it is lost for good: keep "
            f"{ledger.name} for rescue in another place, revoke the kiosk at the office and enrol it anew"
        )


class KeyUnusable(StoreError):
    """The key's file cannot be read, or holds no key."""

    def __init__(self, key_file: Path, problem: str) -> None:
        super().__init__(
            f"{key_file}: {problem}; expected are {KEY_BYTES} bytes, or {2 * KEY_BYTES} hexadecimal digits"
        )


class KeyNeeded(StoreError):
    """The files are encrypted with a key, but the settings say that the partition is."""

    def __init__(self, ledger: Path) -> None:
        super().__init__(
            f"{ledger.name} is encrypted with a key file, but kiosk.toml says [disk] encrypted_partition: "
            "say [disk] key instead, with the path of that file"
        )


def open_disk(
    data_dir: Path,
    *,
    key_file: Path | None = None,
    encrypted_partition: bool = False,
    random: Callable[[int], bytes] = os.urandom,
    disk: Disk = MACHINE,
) -> Disk:
    """The disk on which the files in `data_dir` lie, or will lie; makes its key if there is none, and none is missed.

    Raises:
        KeyMissing, KeyUnusable, KeyNeeded: the files cannot be opened; the sentence says what to do.
        DiskTrouble: the directory cannot be used.
        FileBroken: an open ledger that should be closed is damaged.
        StoreBusy: another program holds it open.
    """
    ledger = data_dir / LEDGER_FILE
    with _alone(data_dir, disk):
        if encrypted_partition:
            if _is_closed(ledger, disk):
                raise KeyNeeded(ledger)
            return disk
        path = key_file or data_dir / KEY_FILE
        key = _read(path, disk)
        if key is None:
            if _is_closed(ledger, disk):
                raise KeyMissing(ledger, path)
            key = _make(path, random, disk)
        closed = disk.closed_with(key)
        if _is_open(data_dir / REPLICA_FILE, disk):
            for name in (REPLICA_FILE, f"{REPLICA_FILE}-wal", f"{REPLICA_FILE}-shm"):
                disk.remove(data_dir / name)
        if _is_open(ledger, disk):
            _close(ledger, closed, key)
        return closed


@contextmanager
def _alone(data_dir: Path, disk: Disk) -> Iterator[None]:
    """One process at a time: two that start together must not make two keys."""
    with ExitStack() as held:
        try:
            make_folder(data_dir, disk=disk)
            held.enter_context(disk.locked(data_dir / _LOCK_FILE, wait=True))
        except OSError as trouble:
            raise DiskTrouble(f"{data_dir}: {trouble.strerror}") from trouble
        yield


def _beginning(path: Path, disk: Disk) -> bytes:
    try:
        with disk.reading(path) as file:
            return file.read(len(_OPEN_FILE))
    except FileNotFoundError:
        return b""
    except OSError as trouble:
        raise DiskTrouble(f"{path.name}: {trouble.strerror}") from trouble


def _is_open(path: Path, disk: Disk) -> bool:
    return _beginning(path, disk) == _OPEN_FILE


def _is_closed(path: Path, disk: Disk) -> bool:
    return _beginning(path, disk) not in {b"", _OPEN_FILE}


def _read(path: Path, disk: Disk) -> DiskKey | None:
    try:
        content = disk.read(path)
    except FileNotFoundError:
        return None
    except OSError as trouble:
        raise KeyUnusable(path, trouble.strerror or "it cannot be read") from None
    if len(content) != KEY_BYTES:
        try:
            content = bytes.fromhex(content.decode("ascii"))
        except ValueError:
            raise KeyUnusable(path, "it holds no key") from None
    if len(content) != KEY_BYTES:
        raise KeyUnusable(path, "it holds no key")
    return DiskKey(content, path)


def _make(path: Path, random: Callable[[int], bytes], disk: Disk) -> DiskKey:
    key = DiskKey(random(KEY_BYTES), path)
    try:
        write_durably(path, key.secret.hex().encode() + b"\n", disk=disk)
    except OSError as trouble:
        raise DiskTrouble(f"the disk's key cannot be made at {path}: {trouble.strerror}") from trouble
    return key


def _close(ledger: Path, disk: Disk, key: DiskKey) -> None:
    """Put a closed copy in the place of an open ledger; a power cut leaves the one or the other, whole."""
    draft = ledger.with_name(f".{ledger.name}.draft")
    try:
        disk.remove(draft)
        flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_URI
        old = apsw.Connection(str(ledger), flags=flags, vfs=cipher_vfs(disk))
        try:
            old.set_busy_timeout(BUSY_MS)
            # Takes in the log, and fails if somebody else has the file open.
            if old.execute("PRAGMA journal_mode=DELETE").get != "delete":
                raise StoreBusy("the ledger is held open by another program")
            address = f"file:{quote(str(draft.absolute()))}?cipher=chacha20&key=raw:{key.secret.hex()}"
            old.execute("VACUUM INTO ?", (address,))
        finally:
            old.close()
        disk.make_file(draft)  # it is there; this takes it from other users
        new = connect(draft, disk)
        try:
            finding = new.execute("PRAGMA integrity_check(1)").get
        finally:
            new.close()
        if finding != "ok":
            raise FileBroken(ledger, str(finding))
        # The log and the journal of the open ledger were deleted: they must not come back beside the closed one.
        disk.sync_names(ledger.parent)
        give_name(draft, ledger, disk=disk)
    except (apsw.CorruptError, apsw.NotADBError) as trouble:
        raise FileBroken(ledger, str(trouble)) from trouble
    except (apsw.BusyError, apsw.LockedError) as trouble:
        raise StoreBusy(str(trouble)) from trouble
    except (apsw.Error, OSError) as trouble:
        raise DiskTrouble(f"the ledger cannot be closed with its key: {trouble}") from trouble
