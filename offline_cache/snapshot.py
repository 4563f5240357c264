"""A whole set from the office: fetched in pieces that survive a broken line, checked, then swapped in at once.

The name of a half-fetched file carries the digest of the whole, so nothing else needs to remember what it is a part
of. Only a file with that digest is unpacked, and every row of it must fit the contract before the old rows go.
"""

from __future__ import annotations

import gc
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from pydantic import TypeAdapter, ValidationError

from central_office.contract.messages import DocumentRow, SnapshotEnd
from offline_cache.configuration import digest_of
from offline_cache.database import DiskTrouble
from offline_cache.disk import MACHINE
from offline_cache.line import NotUnderstood, Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from offline_cache.carrier import Carrier
    from offline_cache.disk import Disk
    from offline_cache.line import FileStream
    from offline_cache.stored_replica import ReplicaWriter

MAX_SNAPSHOT: Final = 256 * 1024 * 1024
"""Bytes of a snapshot as it travels; 400,000 documents fit."""
MAX_ROW: Final = 32 * 1024
_PIECE: Final = 512 * 1024
_UNPACKED: Final = 4 * 1024 * 1024

_ROWS: Final = TypeAdapter(tuple[DocumentRow, ...])


def fetch(  # noqa: PLR0913  # what, from where, to where, and when to give up
    line: Carrier, folder: Path, name: str, epoch: str, *, beat: Callable[[], None], disk: Disk = MACHINE
) -> Path:
    """Bring the snapshot of set `name` into `folder`, going on where an earlier fetch broke off.

    `beat` is called between pieces and may raise to give up; what came so far is kept.

    Raises:
        LineError: it did not come, not whole, or not as promised; the next try goes on or begins anew.
        DiskTrouble: there is no room for it.
    """
    old = _part(folder, name, disk)
    have = disk.size(old) if old else 0
    try:
        with line.snapshot(name, epoch, have=have, digest=_digest(old)) as stream:
            part = folder / f"snapshot-{name}-{stream.sha256}.part"
            if old not in {None, part}:
                discard(folder, name, disk=disk)
            _write(part, stream, beat, disk)
    except Refused as refusal:
        if refusal.status != 416 or old is None:
            raise
        # Nothing is missing behind the part: it is the whole file, or longer than it.
        part = old
    except (NotUnderstood, DiskTrouble):
        # What is of no use must not take the room that the ledger needs.
        discard(folder, name, disk=disk)
        raise
    if digest_of(part, disk=disk) != _digest(part):
        discard(folder, name, disk=disk)
        raise NotUnderstood("snapshot_damaged")
    return part


def apply(
    path: Path, epoch: str, replica: ReplicaWriter, *, beat: Callable[[], None], disk: Disk = MACHINE
) -> SnapshotEnd:
    """Let the rows in the file at `path` take the place of the replica's.

    Raises:
        NotUnderstood: a row, the last line or their number is not what the contract says; the old rows stay.
        DiskTrouble: the disk is full; the old rows stay.
    """
    replica.begin_snapshot()
    with _uncollected():
        count, last = _fill(path, replica, beat, disk)
    try:
        end = SnapshotEnd.model_validate_json(last)
    except ValidationError as trouble:
        raise NotUnderstood("snapshot_without_end") from trouble
    if end.rows != count or end.epoch != epoch:
        raise NotUnderstood("snapshot_does_not_add_up")
    replica.finish_snapshot(end)
    return end


def discard(folder: Path, name: str, *, disk: Disk = MACHINE) -> None:
    """Forget what was fetched of set `name`."""
    for part in _parts(folder, name, disk):
        disk.remove(part)


def _fill(path: Path, replica: ReplicaWriter, beat: Callable[[], None], disk: Disk) -> tuple[int, bytes]:
    """Put all rows into the new tables; how many they are, and the line behind them."""
    count = 0
    last = b""
    for lines in _batches(path, disk):
        beat()
        # The file's last line is no row, and which line is the last shows only at the end.
        *texts, last = [line for line in (last, *lines) if line] or [b""]
        try:
            rows = _ROWS.validate_json(b"[" + b",".join(texts) + b"]")
        except ValidationError as trouble:
            raise NotUnderstood("snapshot_outside_the_contract") from trouble
        replica.add_to_snapshot(rows)
        count += len(rows)
    return count, last


@contextmanager
def _uncollected() -> Iterator[None]:
    """No search for cycles: rows have none, and to look through them again and again takes a third of the time."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


def _parts(folder: Path, name: str, disk: Disk) -> list[Path]:
    mine = (one for one in disk.listing(folder) if one.startswith(f"snapshot-{name}-"))
    return [folder / one for one in mine if one.endswith(".part")]


def _part(folder: Path, name: str, disk: Disk) -> Path | None:
    parts = _parts(folder, name, disk)
    if len(parts) > 1:
        discard(folder, name, disk=disk)
        return None
    return parts[0] if parts else None


def _digest(part: Path | None) -> str | None:
    return None if part is None else part.stem.rsplit("-", 1)[1]


def _write(part: Path, stream: FileStream, beat: Callable[[], None], disk: Disk) -> None:
    size = stream.start
    try:
        disk.make_file(part)
        with disk.writing(part, size) as file:
            for piece in stream.pieces:
                size += len(piece)
                if size > MAX_SNAPSHOT:
                    raise NotUnderstood("snapshot_too_long")
                file.write(piece)
                # What came is kept before anybody may break off: so each try gets further.
                beat()
    except OSError as trouble:
        raise DiskTrouble(trouble.strerror or "the snapshot cannot be written") from trouble


def _batches(path: Path, disk: Disk) -> Iterator[list[bytes]]:
    """The lines of the packed file, some thousands at a time, never more than a few MiB in memory."""
    unpacking = zlib.decompressobj(wbits=31)
    rest = b""
    with disk.reading(path) as file:
        while piece := unpacking.unconsumed_tail or file.read(_PIECE):
            try:
                unpacked = unpacking.decompress(piece, _UNPACKED)
            except zlib.error as trouble:
                raise NotUnderstood("snapshot_not_packed_as_agreed") from trouble
            if unpacking.unused_data:
                raise NotUnderstood("snapshot_not_packed_as_agreed")
            *lines, rest = (rest + unpacked).split(b"\n")
            if max(map(len, (*lines, rest))) > MAX_ROW:
                raise NotUnderstood("snapshot_row_too_long")
            yield lines
    if not unpacking.eof:
        raise NotUnderstood("snapshot_not_packed_as_agreed")
    yield [rest]
