"""A disk in memory, beneath the real SQLite and the real store, that remembers every step.

SQLite reaches it as a VFS. Names, content, syncs and directory syncs are this module's own, done as SQLite's `unix`
VFS does them; locks and the shared memory of the write-ahead log are those of the built-in `unix-excl` VFS, which keeps
that memory on the heap: each open database file stands on an empty anchor file for this purpose, and for no other. So
several connections share one database with the settings of the kiosk, `locking_mode=NORMAL` and all.

What is not here: the `-shm` file that the `unix` VFS maps. It need not survive; SQLite throws it away when the first
connection opens.
"""

from __future__ import annotations

import io
import itertools
import tempfile
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import apsw

from tests.crash.medium import FOLDER, Named, NamesSynced, Remains, Renamed, Resized, Synced, Unnamed, Written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from offline_cache.disk import DiskKey, Readable, Writable
    from tests.crash.medium import Step

_NEW_JOURNAL = apsw.SQLITE_OPEN_MAIN_JOURNAL | apsw.SQLITE_OPEN_SUPER_JOURNAL | apsw.SQLITE_OPEN_WAL
_disks = itertools.count()


class Anchors:
    """Empty files to lock, used again and again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._free: list[str] = []
        self._made = 0

    def take(self) -> str:
        """An anchor that nobody holds."""
        if self._free:
            return self._free.pop()
        self._made += 1
        path = self._folder / str(self._made)
        path.touch()
        return str(path)

    def give_back(self, anchor: str) -> None:
        """Let others have it."""
        self._free.append(anchor)


@contextmanager
def anchors() -> Iterator[Anchors]:
    """A place for anchors, in memory where the machine has such a place."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        yield Anchors(Path(folder))


class _File:
    """One file: its content now, and on what it is anchored while it is open as a database."""

    def __init__(self, number: int, content: bytes) -> None:
        self.number = number
        self.content = bytearray(content)
        self.anchor: str | None = None
        self.opened = 0


class RamDisk:
    """A disk with the given remains; implements `offline_cache.disk.Disk`. `steps` is all that was done to it.

    `careless` leaves out what the `unix` VFS does at the first sync of a new journal or log: to sync its directory.
    `forgetful` leaves out what the store asks for itself.
    """

    def __init__(
        self, anchors: Anchors, remains: Remains, *, careless: bool = False, key: DiskKey | None = None
    ) -> None:
        self.anchors = anchors
        self.careless = careless
        self.forgetful = False
        self.steps: list[Step] = []
        self.names: dict[str, int] = dict(remains.names)
        self._files = {number: _File(number, content) for number, content in remains.content.items()}
        self._next = max(self._files, default=FOLDER) + 1
        self._number = next(_disks)
        self._vfs = _idle.pop() if _idle else _Vfs(f"ram-{self._number}")
        self._vfs.disk = self
        self.key = key

    @property
    def vfs(self) -> str:
        return self._vfs.name

    def as_it_is(self) -> Remains:
        """What is on it while the power is on."""
        inodes = set(self.names.values()) - {FOLDER}
        return Remains(dict(self.names), {inode: bytes(self._files[inode].content) for inode in inodes})

    def throw_away(self) -> None:
        """Let another disk have the VFS; every connection must be closed."""
        _idle.append(self._vfs)

    def make_folder(self, path: Path) -> None:
        if str(path) not in self.names:
            self._name(str(path), FOLDER)

    def make_file(self, path: Path) -> None:
        if str(path) not in self.names:
            self.create(str(path))

    def close_to_others(self, folder: Path) -> None:
        assert self.names[str(folder)] == FOLDER

    def remove(self, path: Path) -> None:
        if str(path) in self.names:
            self.unlink(str(path))

    def sync_names(self, folder: Path) -> None:
        if not self.forgetful:
            self.steps.append(NamesSynced(str(folder)))

    def inode(self, path: Path) -> tuple[int, int] | None:
        if str(path) == "/":
            return (self._number, FOLDER)
        number = self.names.get(str(path))
        return None if number is None else (self._number, number)

    def closed_with(self, key: DiskKey) -> RamDisk:
        self.key = key
        return self

    def listing(self, folder: Path) -> list[str]:
        return sorted(path.rpartition("/")[2] for path in self.names if path.rpartition("/")[0] == str(folder))

    def size(self, path: Path) -> int:
        return len(self.file(str(path)).content) if str(path) in self.names else 0

    def read(self, path: Path) -> bytes:
        if str(path) not in self.names:
            raise FileNotFoundError(path)
        return bytes(self.file(str(path)).content)

    def reading(self, path: Path) -> AbstractContextManager[Readable]:
        return io.BytesIO(self.read(path))

    @contextmanager
    def writing(self, path: Path, start: int) -> Iterator[Writable]:
        file = self.file(str(path))
        if start != len(file.content):
            self.resize(file, start)
        yield _Growing(self, file)

    def sync(self, path: Path) -> None:
        if not self.forgetful:
            self.steps.append(Synced(self.names[str(path)]))

    def rename(self, old: Path, new: Path) -> None:
        number = self.names.pop(str(old))
        self.names[str(new)] = number
        self.steps.append(Renamed(str(old), str(new), number))

    def locked(self, path: Path, *, wait: bool) -> AbstractContextManager[None]:
        self.make_file(path)
        return nullcontext()

    def scribble(self, path: Path, offset: int, content: bytes) -> None:
        """Let the medium rot: the content changes, on it and now, without anybody having written."""
        number = self.names[str(path)]
        self.write(self._files[number], offset, content)
        self.steps.append(Synced(number))

    def file(self, path: str) -> _File:
        return self._files[self.names[path]]

    def create(self, path: str) -> None:
        number = self._next
        self._next += 1
        self._files[number] = _File(number, b"")
        self._name(path, number)

    def unlink(self, path: str) -> None:
        del self.names[path]
        self.steps.append(Unnamed(path))

    def write(self, file: _File, offset: int, content: bytes) -> None:
        if offset > len(file.content):
            file.content.extend(bytes(offset - len(file.content)))
        file.content[offset : offset + len(content)] = content
        self.steps.append(Written(file.number, offset, content))

    def resize(self, file: _File, size: int) -> None:
        if size > len(file.content):
            file.content.extend(bytes(size - len(file.content)))
        else:
            del file.content[size:]
        self.steps.append(Resized(file.number, size))

    def _name(self, path: str, number: int) -> None:
        self.names[path] = number
        self.steps.append(Named(path, number))


class _Growing:
    """A plain file that is written to its end."""

    def __init__(self, disk: RamDisk, file: _File) -> None:
        self._disk = disk
        self._file = file

    def write(self, content: bytes, /) -> None:
        self._disk.write(self._file, len(self._file.content), content)


class _Journal:
    """A log, a journal or a temporary file, open."""

    def __init__(self, disk: RamDisk, file: _File, path: str, *, new: bool, fleeting: bool) -> None:
        self._disk = disk
        self._file = file
        self._path = path
        self._new = new
        self._fleeting = fleeting

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802
        return bytes(self._file.content[offset : offset + amount])

    def xWrite(self, content: bytes, offset: int) -> None:  # noqa: N802
        self._disk.write(self._file, offset, content)

    def xTruncate(self, size: int) -> None:  # noqa: N802
        self._disk.resize(self._file, size)

    def xSync(self, flags: int) -> None:  # noqa: N802
        self._disk.steps.append(Synced(self._file.number))
        if self._new:
            # As `unix` does: the first sync of a new journal or log takes its name along.
            self._disk.steps.append(NamesSynced(self._path.rpartition("/")[0]))
            self._new = False

    def xFileSize(self) -> int:  # noqa: N802
        return len(self._file.content)

    def xFileControl(self, op: int, pointer: int) -> bool:  # noqa: N802
        return False

    def xLock(self, level: int) -> None:  # noqa: N802
        """Nobody locks these."""

    def xUnlock(self, level: int) -> None:  # noqa: N802
        """Nobody locks these."""

    def xCheckReservedLock(self) -> bool:  # noqa: N802
        return False

    def xSectorSize(self) -> int:  # noqa: N802
        return 4096

    def xDeviceCharacteristics(self) -> int:  # noqa: N802
        return int(apsw.SQLITE_IOCAP_POWERSAFE_OVERWRITE)

    def xClose(self) -> None:  # noqa: N802
        if self._fleeting and self._path in self._disk.names:
            self._disk.unlink(self._path)


class _Database(apsw.VFSFile):
    """A database file, open: content here, locks and shared memory on its anchor."""

    def __init__(self, disk: RamDisk, file: _File, flags: list[int]) -> None:
        if file.anchor is None:
            file.anchor = disk.anchors.take()
        super().__init__("unix-excl", file.anchor, flags)
        self._disk = disk
        self._file = file
        file.opened += 1

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802
        return bytes(self._file.content[offset : offset + amount])

    def xWrite(self, content: bytes, offset: int) -> None:  # noqa: N802
        self._disk.write(self._file, offset, content)

    def xTruncate(self, size: int) -> None:  # noqa: N802
        self._disk.resize(self._file, size)

    def xSync(self, flags: int) -> None:  # noqa: N802
        self._disk.steps.append(Synced(self._file.number))

    def xFileSize(self) -> int:  # noqa: N802
        return len(self._file.content)

    def xClose(self) -> None:  # noqa: N802
        super().xClose()
        self._file.opened -= 1
        if not self._file.opened and self._file.anchor is not None:
            self._disk.anchors.give_back(self._file.anchor)
            self._file.anchor = None


class _Vfs(apsw.VFS):
    """How SQLite reaches the disk."""

    disk: RamDisk

    def __init__(self, name: str) -> None:
        super().__init__(name, "unix-excl", maxpathname=512)
        self.name = name

    def xOpen(  # type: ignore[override]  # noqa: N802  # apsw takes any object that has the methods
        self, name: str | apsw.URIFilename | None, flags: list[int]
    ) -> _Database | _Journal:
        disk = self.disk
        fleeting = name is None or bool(flags[0] & apsw.SQLITE_OPEN_DELETEONCLOSE)
        path = "/temporary" if name is None else str(name.filename() if isinstance(name, apsw.URIFilename) else name)
        if path not in disk.names:
            if not flags[0] & apsw.SQLITE_OPEN_CREATE:
                raise apsw.CantOpenError(f"{path} is not there")
            disk.create(path)
        flags[1] = flags[0]
        file = disk.file(path)
        if flags[0] & apsw.SQLITE_OPEN_MAIN_DB:
            return _Database(disk, file, flags)
        new = bool(flags[0] & apsw.SQLITE_OPEN_CREATE and flags[0] & _NEW_JOURNAL) and not disk.careless
        return _Journal(disk, file, path, new=new, fleeting=fleeting)

    def xDelete(self, path: str, sync: bool) -> None:  # noqa: FBT001, N802
        if path not in self.disk.names:
            raise _no_such_file(path)
        self.disk.unlink(path)
        if sync:
            self.disk.steps.append(NamesSynced(path.rpartition("/")[0]))

    def xAccess(self, path: str, flags: int) -> bool:  # noqa: N802
        # As `unix` does: an empty file, asked whether it exists, does not.
        number = self.disk.names.get(path)
        if number is None:
            return False
        return flags != apsw.SQLITE_ACCESS_EXISTS or number == FOLDER or bool(self.disk.file(path).content)

    def xFullPathname(self, path: str) -> str:  # noqa: N802
        return path


_idle: list[_Vfs] = []
"""They stay registered: what encrypts puts itself above a VFS by its name, and is never told that it is gone."""


def _no_such_file(path: str) -> Exception:
    trouble: Exception = apsw.IOError(f"{path} is not there")
    trouble.extendedresult = apsw.SQLITE_IOERR_DELETE_NOENT  # type: ignore[attr-defined]
    return trouble
