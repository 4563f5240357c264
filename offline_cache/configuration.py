"""Which configuration of the office is in use, read without any library: the kiosk wants its first picture soon."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from logbook import say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FOLDER: Final = "blobs"
POINTER: Final = "configuration"
"""The file that holds the digest of the configuration in use."""


def in_use(data_dir: Path) -> str | None:
    """The digest of the configuration in use, or None before the first."""
    try:
        text = (data_dir / FOLDER / POINTER).read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return None
    return text if len(text) == 64 else None


def configured(data_dir: Path) -> Mapping[str, Path]:
    """The files of the configuration in use by their names; empty before the first, or if one of them is damaged."""
    digest = in_use(data_dir)
    if digest is None:
        return {}
    folder = data_dir / FOLDER
    try:
        config = json.loads((folder / digest).read_bytes())
        found = {str(name): folder / str(ref["sha256"]) for name, ref in config["files"].items()}
        sound = all(digest_of(path) == path.name for path in (folder / digest, *found.values()))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        sound = False
    if not sound:
        from offline_cache.events import ConfigurationDamaged  # noqa: PLC0415 - seldom needed, never before the first frame

        say(ConfigurationDamaged())
        # Without its pointer it is fetched again: what is sound of it stays.
        (folder / POINTER).unlink(missing_ok=True)
        return {}
    return found


def digest_of(path: Path) -> str:
    """The SHA-256 of a file's content, in hexadecimal.

    Raises:
        OSError: it cannot be read.
    """
    digest = sha256()
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()
