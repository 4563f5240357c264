"""What the kiosk asks of the disk beside SQL: folders, plain files, and when they are surely on it.

A port, so that the tests can put a disk in its place whose power is cut at any of these steps. In which order the steps
must go, so that a power cut leaves the old or the new, is told in `files`.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path


KEY_BYTES: Final = 32


class LockHeld(Exception):
    """Another process holds the lock; `process` is its number, if it could be read."""

    def __init__(self, process: int | None) -> None:
        super().__init__(process)
        self.process = process


class Readable(Protocol):
    """A file that is read from its beginning on."""

    def read(self, size: int, /) -> bytes:
        """The next bytes, at most `size`; none at the end."""
        ...


class Writable(Protocol):
    """A file that grows."""

    def write(self, content: bytes, /) -> object:
        """Put `content` behind what is there."""
        ...


class Disk(Protocol):
    """Where the files lie; every method may raise OSError."""

    @property
    def vfs(self) -> str | None:
        """The name under which SQLite reaches this disk; None is the machine's own."""
        ...

    @property
    def key(self) -> DiskKey | None:
        """What SQLite closes its files with; None leaves them open."""
        ...

    def make_folder(self, path: Path) -> None:
        """Make one folder; it need not be missing, its parent must be there."""
        ...

    def make_file(self, path: Path) -> None:
        """Make an empty file for its owner alone; one that is there keeps its content."""
        ...

    def close_to_others(self, folder: Path) -> None:
        """Let nobody but its owner look into `folder`."""
        ...

    def remove(self, path: Path) -> None:
        """Remove a file; it need not be there."""
        ...

    def sync_names(self, folder: Path) -> None:
        """Return when the names in `folder`, made and removed, are on the disk and not on their way."""
        ...

    def inode(self, path: Path) -> tuple[int, int] | None:
        """Which file is at `path`; None if there is nothing."""
        ...

    def closed_with(self, key: DiskKey) -> Disk:
        """This disk, with SQLite's files on it closed with `key`."""
        ...

    def listing(self, folder: Path) -> list[str]:
        """The names in `folder`, sorted; none if it is not there."""
        ...

    def size(self, path: Path) -> int:
        """How many bytes the file at `path` has; 0 if it is not there."""
        ...

    def read(self, path: Path) -> bytes:
        """All that is in a file; raises FileNotFoundError if it is not there."""
        ...

    def reading(self, path: Path) -> AbstractContextManager[Readable]:
        """Open a file to be read piece by piece; raises FileNotFoundError if it is not there."""
        ...

    def writing(self, path: Path, start: int) -> AbstractContextManager[Writable]:
        """Cut an existing file off at `start` and write on from there; nothing is synced."""
        ...

    def sync(self, path: Path) -> None:
        """Return when the content of the file at `path` is on the disk."""
        ...

    def rename(self, old: Path, new: Path) -> None:
        """Give a file another name in the same folder, and take that name from whatever had it; all at once."""
        ...

    def locked(self, path: Path, *, wait: bool) -> AbstractContextManager[None]:
        """Be the only process that holds the lock at `path`; the system lets go when the process ends, however.

        Raises:
            LockHeld: another holds it, and `wait` is not set.
        """
        ...


class DiskKey:
    """32 bytes, and the file they were read from."""

    def __init__(self, secret: bytes, file: Path) -> None:
        if len(secret) != KEY_BYTES:
            raise ValueError(f"a disk's key has {KEY_BYTES} bytes")
        self.secret = secret
        self.file = file

    def __repr__(self) -> str:
        # It must not slip into a log.
        return f"DiskKey(…, {self.file})"


class MachineDisk:
    """The disk of this machine; with a `key`, SQLite's files on it are closed."""

    vfs: Final = None

    def __init__(self, key: DiskKey | None = None) -> None:
        self.key = key

    def make_folder(self, path: Path) -> None:
        """Make one folder."""
        path.mkdir(exist_ok=True)

    def make_file(self, path: Path) -> None:
        """Make an empty file for its owner alone."""
        path.touch(mode=0o600)
        path.chmod(0o600)

    def close_to_others(self, folder: Path) -> None:
        """Let nobody but its owner look into `folder`."""
        folder.chmod(0o700)

    def remove(self, path: Path) -> None:
        """Remove a file."""
        path.unlink(missing_ok=True)

    def sync_names(self, folder: Path) -> None:
        """Sync the directory."""
        _sync(folder, os.O_RDONLY | os.O_DIRECTORY)

    def inode(self, path: Path) -> tuple[int, int] | None:
        """Which file is at `path`."""
        try:
            found = path.stat()
        except FileNotFoundError:
            return None
        return (found.st_dev, found.st_ino)

    def closed_with(self, key: DiskKey) -> MachineDisk:
        """The same disk with a key."""
        return MachineDisk(key)

    def listing(self, folder: Path) -> list[str]:
        """The names in `folder`, sorted."""
        try:
            return sorted(one.name for one in folder.iterdir())
        except FileNotFoundError:
            return []

    def size(self, path: Path) -> int:
        """How many bytes the file has."""
        try:
            return path.stat().st_size
        except FileNotFoundError:
            return 0

    def read(self, path: Path) -> bytes:
        """All that is in a file."""
        return path.read_bytes()

    def reading(self, path: Path) -> AbstractContextManager[Readable]:
        """Open a file to be read."""
        return path.open("rb")

    @contextmanager
    def writing(self, path: Path, start: int) -> Iterator[Writable]:
        """Open a file to be written on from `start`."""
        with path.open("r+b") as file:
            file.seek(start)
            file.truncate()
            yield file

    def sync(self, path: Path) -> None:
        """Sync the file."""
        _sync(path, os.O_RDONLY)

    def rename(self, old: Path, new: Path) -> None:
        """Rename, over what is there."""
        old.replace(new)

    @contextmanager
    def locked(self, path: Path, *, wait: bool) -> Iterator[None]:
        """Lock a file, and leave this process' number in it."""
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                text = os.read(descriptor, 20)
                raise LockHeld(int(text) if text.isdigit() else None) from None
            os.truncate(descriptor, 0)
            os.write(descriptor, str(os.getpid()).encode())
            yield
        finally:
            os.close(descriptor)


def _sync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


MACHINE: Final = MachineDisk()
