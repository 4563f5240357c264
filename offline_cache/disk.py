"""What the store asks of the disk beside SQL: folders, empty files, and names that are surely on it.

A port, so that the tests can put a disk in its place whose power is cut at any of these steps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from offline_cache.files import sync_folder

if TYPE_CHECKING:
    from pathlib import Path


KEY_BYTES: Final = 32


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
        sync_folder(folder)

    def inode(self, path: Path) -> tuple[int, int] | None:
        """Which file is at `path`."""
        try:
            found = path.stat()
        except FileNotFoundError:
            return None
        return (found.st_dev, found.st_ino)


MACHINE: Final = MachineDisk()
