"""Files and folders that are the old or the new after a power cut, never half of one: the order of steps, in one place.

A name counts when its folder is synced, a file's content when the file is; a name given before the content is on the
disk can be the name of nothing. Each function here returns when what it made stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from offline_cache.disk import MACHINE

if TYPE_CHECKING:
    from pathlib import Path

    from offline_cache.disk import Disk


def write_durably(path: Path, content: bytes, *, disk: Disk = MACHINE) -> None:
    """Write a file for its owner alone, so that it is on the disk, whole, when this returns.

    Raises:
        OSError: the disk is full or refuses; the old content is still there.
    """
    draft = path.with_name(f".{path.name}.draft")
    disk.remove(draft)
    disk.make_file(draft)
    with disk.writing(draft, 0) as file:
        file.write(content)
    give_name(draft, path, disk=disk)


def give_name(draft: Path, path: Path, *, disk: Disk = MACHINE) -> None:
    """Let the finished file at `draft` be the one at `path`, in the same folder, from now on and after a power cut.

    Raises:
        OSError: the disk refuses; there is the old file at `path` or the new one.
    """
    disk.sync(draft)
    disk.rename(draft, path)
    disk.sync_names(path.parent)


def make_folder(folder: Path, *, disk: Disk = MACHINE) -> None:
    """Make `folder`, for its owner alone, and what is missing above it; their names are on the disk then.

    Raises:
        OSError: it is no folder, or the disk is full or refuses.
    """
    if disk.inode(folder) is not None:
        disk.make_folder(folder)  # says so if it is none
        return
    missing = [folder]
    while disk.inode(missing[-1].parent) is None:
        missing.append(missing[-1].parent)
    for above in reversed(missing):
        disk.make_folder(above)
        if above == folder:
            disk.close_to_others(folder)
        disk.sync_names(above.parent)
