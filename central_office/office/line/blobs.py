"""Files known by their content: what kiosks are configured with, and whatever else never changes under its name."""

from __future__ import annotations

import os
import re
from hashlib import sha256
from typing import TYPE_CHECKING

from central_office.contract.messages import MAX_BLOB, BlobRef, Config
from central_office.office.line.snapshot import Snapshot
from central_office.office.models import Town

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class TooLarge(ValueError):
    """A blob has at most 64 MiB."""


def keep(folder: Path, content: bytes) -> BlobRef:
    """Put the content into `folder` under its own name, on the disk and not on its way.

    Raises:
        TooLarge: nobody would fetch it.
    """
    if len(content) > MAX_BLOB:
        raise TooLarge(f"{len(content)} bytes; {MAX_BLOB} are allowed")
    ref = BlobRef(sha256=sha256(content).hexdigest(), size=len(content))
    path = folder / ref.sha256
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = folder / f".{os.urandom(8).hex()}.draft"
        with draft.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    return ref


def kept(folder: Path, digest: str) -> Snapshot | None:
    """The blob with this digest, if the office has it."""
    if not re.fullmatch(r"[0-9a-f]{64}", digest) or not (folder / digest).is_file():
        return None
    return Snapshot(folder / digest, digest)


def publish(folder: Path, files: Mapping[str, bytes]) -> str:
    """Let every kiosk use these files from now on; the digest of the configuration that names them.

    Raises:
        TooLarge: one of them is.
        pydantic.ValidationError: a name is no word.
        Town.DoesNotExist: there is no town yet.
    """
    config = Config(files={name: keep(folder, content) for name, content in files.items()})
    digest = keep(folder, config.model_dump_json().encode()).sha256
    town = Town.objects.get()
    town.config = digest
    town.save(update_fields=["config"])
    return digest
