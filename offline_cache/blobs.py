"""Files from the office, kept under the digest of their content; and the configuration that names some of them.

A file is fetched in pieces that survive a broken line, looked through before it gets its name, and never changes under
that name. The configuration in use is one small pointer, moved when all that it names is here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from central_office.contract.messages import MAX_BLOB, Config
from logbook import say
from offline_cache.configuration import FOLDER, POINTER, digest_of
from offline_cache.database import DiskTrouble
from offline_cache.disk import MACHINE
from offline_cache.events import ConfigurationNew
from offline_cache.files import give_name, make_folder, write_durably
from offline_cache.line import NotUnderstood, Refused

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from offline_cache.carrier import Carrier
    from offline_cache.disk import Disk
    from offline_cache.line import FileStream

MAX_CONFIG: Final = 64 * 1024
"""Bytes of the configuration itself."""


def take_config(line: Carrier, data_dir: Path, digest: str, *, beat: Callable[[], None], disk: Disk = MACHINE) -> None:
    """Fetch the configuration and all that it names, and use it from now on; what is not named any more goes.

    Raises:
        LineError: not all of it came; the old one is still in use, the next try goes on.
        DiskTrouble: there is no room for it; the old one is still in use.
    """
    path = fetch(line, data_dir, digest, most=MAX_CONFIG, beat=beat, disk=disk)
    try:
        config = Config.model_validate_json(disk.read(path))
    except ValidationError as trouble:
        raise NotUnderstood("config_outside_the_contract") from trouble
    for ref in config.files.values():
        fetch(line, data_dir, ref.sha256, most=ref.size, beat=beat, disk=disk)
    folder = data_dir / FOLDER
    try:
        write_durably(folder / POINTER, digest.encode(), disk=disk)
        wanted = {POINTER, digest, *(ref.sha256 for ref in config.files.values())}
        for name in disk.listing(folder):
            if name not in wanted:
                disk.remove(folder / name)
    except OSError as trouble:
        raise DiskTrouble(trouble.strerror or "the configuration cannot be written") from trouble
    say(ConfigurationNew(len(config.files)))


def fetch(  # noqa: PLR0913  # what, from where, to where, and when to give up
    line: Carrier, data_dir: Path, digest: str, *, most: int, beat: Callable[[], None], disk: Disk = MACHINE
) -> Path:
    """Bring the file with this content here, going on where an earlier fetch broke off; where it lies.

    Raises:
        LineError: it did not come, not whole, or is another; the next try goes on or begins anew.
        DiskTrouble: there is no room for it.
    """
    folder = data_dir / FOLDER
    path, part = folder / digest, folder / f"{digest}.part"
    try:
        if disk.inode(path) is not None and digest_of(path, disk=disk) == digest:
            return path
        make_folder(folder, disk=disk)
        disk.make_file(part)
        have = disk.size(part)
        try:
            with line.blob(digest, have=have) as stream:
                _write(part, stream, digest, min(most, MAX_BLOB), beat, disk)
        except Refused as refusal:
            # 416: nothing is missing behind the part. It is the whole file, or longer than it.
            if refusal.status != 416:
                raise
        if digest_of(part, disk=disk) != digest:
            disk.remove(part)
            raise NotUnderstood("blob_damaged")
        give_name(part, path, disk=disk)
    except OSError as trouble:
        disk.remove(part)
        raise DiskTrouble(trouble.strerror or "the file cannot be written") from trouble
    return path


def _write(  # noqa: PLR0913, PLR0917  # `fetch`, apart for its length
    part: Path, stream: FileStream, digest: str, most: int, beat: Callable[[], None], disk: Disk
) -> None:
    if stream.sha256 != digest:
        raise NotUnderstood("blob_of_another_digest")
    size = stream.start
    with disk.writing(part, size) as file:
        for piece in stream.pieces:
            size += len(piece)
            if size > most:
                break
            file.write(piece)
            # What came is kept before anybody may break off: so each try gets further.
            beat()
    if size > most:
        disk.remove(part)
        raise NotUnderstood("blob_too_long")
