"""The whole `docs` set for one kiosk, as a file it can fetch in pieces.

The file is made when a kiosk begins to fetch it and kept until it begins anew, so that a resumed fetch meets the same
bytes. Its rows are sealed for that kiosk.
"""

from __future__ import annotations

import os
import re
import zlib
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from central_office.contract.messages import SnapshotEnd
from central_office.contract.sealed_row import SLOTS
from central_office.office import changes
from central_office.office.line import row_shapes
from central_office.office.travelling import all_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

    from central_office.office.models import Kiosk, Town

_CHUNK = 64 * 1024


@dataclass(frozen=True)
class Snapshot:
    """A file and the SHA-256 of its bytes."""

    path: Path
    sha256: str

    @property
    def size(self) -> int:
        """Its length in bytes."""
        return self.path.stat().st_size

    def piece(self, start: int, stop: int) -> Iterator[bytes]:
        """The bytes from `start` up to, not including, `stop`."""
        with self.path.open("rb") as file:
            file.seek(start)
            left = stop - start
            while left > 0 and (chunk := file.read(min(_CHUNK, left))):
                left -= len(chunk)
                yield chunk


def kept(folder: Path, kiosk: Kiosk, town: Town, digest: str, slots: int = SLOTS) -> Snapshot | None:
    """The snapshot of this life of the database that this kiosk began to fetch, if it is still there."""
    if not re.fullmatch(r"[0-9a-f]{64}", digest):
        return None
    path = _path(folder, kiosk, row_shapes.epoch_of(town, slots), digest)
    return Snapshot(path, digest) if path.exists() else None


def make(folder: Path, kiosk: Kiosk, town: Town, at: datetime, slots: int = SLOTS) -> Snapshot:
    """Write a new snapshot of rows of so many slots and drop the kiosk's older ones."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = folder / f"{kiosk.pk}.{os.urandom(8).hex()}.draft"
    digest = sha256()
    try:
        with draft.open("xb") as packed:
            for piece in _packed(_lines(kiosk, town, at, slots)):
                digest.update(piece)
                packed.write(piece)
        for old in folder.glob(f"{kiosk.pk}.*.ndjson.gz"):
            old.unlink(missing_ok=True)
        snapshot = Snapshot(
            _path(folder, kiosk, row_shapes.epoch_of(town, slots), digest.hexdigest()), digest.hexdigest()
        )
        draft.replace(snapshot.path)
    finally:
        draft.unlink(missing_ok=True)
    return snapshot


def _path(folder: Path, kiosk: Kiosk, epoch: str, digest: str) -> Path:
    # The epoch too: an office that was restored must not go on sending what it wrote before.
    return folder / f"{kiosk.pk}.{epoch}.{digest}.ndjson.gz"


def _packed(lines: Iterable[bytes]) -> Iterator[bytes]:
    """As gzip. Sealed rows never repeat: to look for repetitions takes five times as long and finds none."""
    packing = zlib.compressobj(level=1, wbits=31, strategy=zlib.Z_HUFFMAN_ONLY)
    for line in lines:
        if piece := packing.compress(line):
            yield piece
    yield packing.flush()


def _lines(kiosk: Kiosk, town: Town, at: datetime, slots: int) -> Iterator[bytes]:
    # The cursor is read first: what changes while we write is sent again as a change, which does no harm.
    to = changes.head(town)
    count = 0
    for line in all_lines(kiosk, town, slots):
        count += 1
        yield line
    end = SnapshotEnd(rows=count, epoch=row_shapes.epoch_of(town, slots), to=row_shapes.told(to, town, slots), as_of=at)
    yield end.model_dump_json().encode() + b"\n"
