"""Which configuration of the office is in use, read without any library: the kiosk wants its first picture soon."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from logbook import say
from offline_cache.disk import MACHINE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from offline_cache.disk import Disk

FOLDER: Final = "blobs"
POINTER: Final = "configuration"
"""The file that holds the digest of the configuration in use."""


def in_use(data_dir: Path, *, disk: Disk = MACHINE) -> str | None:
    """The digest of the configuration in use, or None before the first."""
    try:
        text = disk.read(data_dir / FOLDER / POINTER).decode("ascii").strip()
    except (OSError, ValueError):
        return None
    return text if len(text) == 64 else None


def configured(data_dir: Path, *, disk: Disk = MACHINE) -> Mapping[str, Path]:
    """The files of the configuration in use by their names; empty before the first, or if one of them is damaged."""
    digest = in_use(data_dir, disk=disk)
    if digest is None:
        return {}
    folder = data_dir / FOLDER
    try:
        config = json.loads(disk.read(folder / digest))
        found = {str(name): folder / str(ref["sha256"]) for name, ref in config["files"].items()}
        sound = all(digest_of(path, disk=disk) == path.name for path in (folder / digest, *found.values()))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        sound = False
    if not sound:
        from offline_cache.events import ConfigurationDamaged  # noqa: PLC0415 - seldom needed, never before the first frame

        say(ConfigurationDamaged())
        # Without its pointer it is fetched again: what is sound of it stays.
        disk.remove(folder / POINTER)
        return {}
    return found


def digest_of(path: Path, *, disk: Disk = MACHINE) -> str:
    """The SHA-256 of a file's content, in hexadecimal.

    Raises:
        OSError: it cannot be read.
    """
    from hashlib import sha256  # noqa: PLC0415 - loads OpenSSL, and most machines need it after the first frame only

    digest = sha256()
    with disk.reading(path) as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()
