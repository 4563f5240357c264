"""One SQLite file, opened the way flash memory and power cuts demand, through apsw's own SQLite.

Settings: `synchronous=EXTRA` is set before `journal_mode=WAL`, because the switch to WAL deletes a journal, and a file
system that does not order directory operations may bring that journal back after a power cut (EXTRA syncs the
directory). Files are for their owner alone (0600), the directory too (0700). One connection per thread.

With a key, every page of the file and of its log is closed with ChaCha20-Poly1305 (SQLite3 Multiple Ciphers, in apsw's
own SQLite), beneath all of the above: page, log and index keep their places, so what is known of crashes holds. The key
is used as it is (`raw:`), without the slow derivation that a password would need.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Literal

import apsw

from offline_cache.disk import MACHINE
from offline_cache.files import make_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from offline_cache.disk import Disk

OLDEST_SAFE: Final = (3, 51, 3)
"""Older SQLite can corrupt a WAL database that two connections share (the "WAL-reset" bug, fixed in 3.51.3)."""

BUSY_MS: Final = 5000
NEVER_LOST: Final = (
    "PRAGMA synchronous=EXTRA",
    "PRAGMA journal_mode=WAL",
    "PRAGMA wal_autocheckpoint=200",
    "PRAGMA journal_size_limit=4194304",
    "PRAGMA foreign_keys=ON",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA mmap_size=0",
)
"""What is committed is on the disk, also when power fails the next moment."""

REBUILDABLE: Final = (*NEVER_LOST, "PRAGMA synchronous=NORMAL")
"""A power cut may take the newest transactions, whole ones: for a file that somebody else can send again.

Another cut, soon after, may bring them back, whole as well.
"""


class StoreError(Exception):
    """Something is wrong with what the kiosk keeps on its disk."""


class SQLiteTooOld(StoreError):
    """The SQLite in use can corrupt files; `found` is its version."""

    def __init__(self, found: str) -> None:
        super().__init__(f"SQLite {found} can corrupt files; {'.'.join(map(str, OLDEST_SAFE))} or newer is needed")
        self.found = found


class FileBroken(StoreError):
    """The file at `path` is damaged; `finding` is what SQLite says about it."""

    def __init__(self, path: Path, finding: str) -> None:
        super().__init__(f"{path.name} is damaged: {finding}")
        self.path = path
        self.finding = finding


class KeyDoesNotFit(FileBroken):
    """The file at `path` does not open with the key; nothing was changed."""

    def __init__(self, path: Path, key_file: Path) -> None:
        super().__init__(path, "it does not open with the disk's key")
        self.key_file = key_file

    def __str__(self) -> str:
        return (
            f"{self.path.name} does not open with the key in {self.key_file}: that is another kiosk's key, or the file "
            "is damaged. Put back the key file that belongs to this kiosk (it was made at its first start); without "
            "it nobody can read what is in the file. Delete nothing"
        )


class FileTooNew(StoreError):
    """The file at `path` was written by a newer version of the kiosk's program."""

    def __init__(self, path: Path, version: int, known: int) -> None:
        super().__init__(f"{path.name} has shape {version}, this program knows shapes up to {known}")
        self.path = path
        self.version = version


class FileMissing(StoreError):
    """There is no usable file at `path` yet."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path.name} is not there yet")
        self.path = path


class DiskTrouble(StoreError):
    """The disk is full or refuses; nothing of the transaction was kept."""


class StoreBusy(StoreError):
    """Another process held the file for longer than five seconds."""


def require_safe_sqlite(version: str) -> None:
    """Refuse a SQLite that can corrupt files.

    Raises:
        SQLiteTooOld: `version` is older than 3.51.3.
    """
    if tuple(int(part) for part in version.split(".")[:3]) < OLDEST_SAFE:
        raise SQLiteTooOld(version)


class Database:
    """One file, with one connection for each thread that asks.

    A `writer` creates and migrates the file; a `reader` does neither, cannot write, and notices when the file was
    replaced by another. `settings` are a writer's, in their order. `disk` is where the file lies.

    Raises:
        SQLiteTooOld, FileBroken, FileTooNew, FileMissing, DiskTrouble: on opening.
    """

    def __init__(  # noqa: PLR0913  # two that every file has; the rest is for the replica and for tests
        self,
        path: Path,
        migrations: tuple[str, ...],
        *,
        mode: Literal["writer", "reader"] = "writer",
        settings: tuple[str, ...] = NEVER_LOST,
        disk: Disk = MACHINE,
        sqlite_version: str | None = None,
    ) -> None:
        require_safe_sqlite(sqlite_version or apsw.sqlite_lib_version())
        self.path = path
        self._migrations = migrations
        self._writer = mode == "writer"
        self._settings = settings
        self._disk = disk
        self._mine = threading.local()
        self._all: list[apsw.Connection] = []
        self._lock = threading.Lock()
        if self._writer:
            self._make_private()
            try:
                with self.translated():
                    self._migrate()
                    self._check()
            except StoreError:
                self.close()
                raise

    @property
    def connection(self) -> apsw.Connection:
        """This thread's connection, opened at its first use."""
        found: tuple[apsw.Connection, tuple[int, int]] | None = getattr(self._mine, "found", None)
        if found is not None:
            if self._writer or found[1] == self._inode():
                return found[0]
            found[0].close()
            with self._lock:
                self._all.remove(found[0])
            del self._mine.found
        with self.translated():
            inode = self._inode()
            connection = self._open()
        self._mine.found = (connection, inode)
        with self._lock:
            self._all.append(connection)
        return connection

    @contextmanager
    def reading(self) -> Iterator[apsw.Connection]:
        """This thread's connection, for questions."""
        with self.translated():
            yield self.connection

    @contextmanager
    def writing(self) -> Iterator[apsw.Connection]:
        """One transaction: all of it is on disk afterwards, or none.

        Within another one of this thread it is a part of that: undone alone if it fails, kept when the whole is.
        """
        connection = self.connection
        with self.translated(), connection if connection.in_transaction else _transaction(connection):
            yield connection

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Turn SQLite's exceptions into the store's, once."""
        try:
            yield
        except apsw.NotADBError as trouble:
            if (key := self._disk.key) is not None:
                raise KeyDoesNotFit(self.path, key.file) from trouble
            raise FileBroken(self.path, str(trouble)) from trouble
        except (apsw.CorruptError, apsw.FormatError) as trouble:
            raise FileBroken(self.path, str(trouble)) from trouble
        except apsw.CantOpenError as trouble:
            raise (DiskTrouble(str(trouble)) if self._writer else FileMissing(self.path)) from trouble
        except (apsw.FullError, apsw.IOError, apsw.ReadOnlyError, apsw.NoMemError) as trouble:
            raise DiskTrouble(str(trouble)) from trouble
        except (apsw.BusyError, apsw.LockedError, apsw.ProtocolError) as trouble:
            raise StoreBusy(str(trouble)) from trouble

    def close(self) -> None:
        """Close every thread's connection; no thread may be using one."""
        with self._lock:
            for connection in self._all:
                connection.close()
            self._all.clear()
        self._mine = threading.local()

    def let_go(self) -> None:
        """Close this thread's connection: for a thread that comes to its end before the program does."""
        found: tuple[apsw.Connection, tuple[int, int]] | None = getattr(self._mine, "found", None)
        if found is not None:
            del self._mine.found
            with self._lock:
                self._all.remove(found[0])
            found[0].close()

    def _open(self) -> apsw.Connection:
        connection = connect(self.path, self._disk)
        try:
            self._set(connection)
        except BaseException:
            # Now, and not when its garbage is collected: closing writes, too.
            connection.close()
            raise
        return connection

    def _set(self, connection: apsw.Connection) -> None:
        if self._writer:
            for setting in self._settings:
                connection.execute(setting)
            return
        # A reader whose file was replaced must not tidy away the log of the new one.
        connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        for setting in ("PRAGMA query_only=ON", "PRAGMA trusted_schema=OFF", "PRAGMA mmap_size=0"):
            connection.execute(setting)
        if connection.pragma("user_version") != len(self._migrations):
            raise FileMissing(self.path)

    def _inode(self) -> tuple[int, int]:
        found = self._disk.inode(self.path)
        if found is None:
            raise FileMissing(self.path)
        return found

    def _make_private(self) -> None:
        try:
            folder = self.path.parent
            make_folder(folder, disk=self._disk)
            self._disk.close_to_others(folder)
            new = self._disk.inode(self.path) is None
            # SQLite gives its log and its index the rights of the file itself.
            self._disk.make_file(self.path)
            if new:
                # SQLite syncs the folder that holds the file, not the one that holds the folder; and who made that
                # may not have synced it either. Without its name, after a power cut, the whole folder is gone.
                self._disk.sync_names(folder.parent)
        except OSError as trouble:
            raise DiskTrouble(str(trouble)) from trouble

    def _migrate(self) -> None:
        connection = self.connection
        found = int(connection.pragma("user_version"))
        if found > len(self._migrations):
            raise FileTooNew(self.path, found, len(self._migrations))
        for number, statements in enumerate(self._migrations[found:], start=found + 1):
            with _transaction(connection):
                # Asked again inside: another process may have opened the file at the same moment.
                if int(connection.pragma("user_version")) < number:
                    # To its end: apsw pauses at the first row, and a PRAGMA may answer with one.
                    connection.execute(statements).fetchall()
                    connection.execute(f"PRAGMA user_version={number}")

    def _check(self) -> None:
        finding = self.connection.execute("PRAGMA quick_check(1)").get
        if finding != "ok":
            raise FileBroken(self.path, str(finding))


def connect(path: Path, disk: Disk) -> apsw.Connection:
    """Open an existing file on `disk`, with its key; whether the key fits shows at the first question."""
    vfs = disk.vfs if disk.key is None else cipher_vfs(disk)
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE, vfs=vfs)
    connection.set_busy_timeout(BUSY_MS)
    if disk.key is not None:
        connection.execute("PRAGMA cipher='chacha20'")
        connection.execute(f"PRAGMA key='raw:{disk.key.secret.hex()}'")
    return connection


def cipher_vfs(disk: Disk) -> str | None:
    """The name of the layer that can encrypt, above `disk`; above the machine's own it is there anyway."""
    return None if disk.vfs is None else f"multipleciphers-{disk.vfs}"


@contextmanager
def _transaction(connection: apsw.Connection) -> Iterator[None]:
    # Not apsw's own `with connection`: it waits for the write lock without letting other threads run, so that the
    # thread which holds the lock cannot finish, and both stand still until the time-out (seen with apsw 3.54.1).
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # SQLite may have rolled back by itself, after a full disk for example.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
