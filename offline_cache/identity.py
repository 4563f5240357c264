"""Who this kiosk is to the office: kept so that a power cut leaves the old identity or the new one, never half of one.

`identity.json` names the key's file and the pinned CA; both are written before it, and the rename of `identity.json`
is the moment it counts. All files are for their owner alone. Reading it needs no cryptography: the kiosk's process
only wants the pepper and the town; the courier alone loads the key.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final, cast

from central_office.contract.claims import PEPPER_BYTES, Pepper
from central_office.contract.letter_code import TownKey
from offline_cache.database import StoreError
from offline_cache.disk import MACHINE
from offline_cache.files import make_folder, write_durably

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from central_office.contract.messages import DeviceId
    from offline_cache.disk import Disk

FOLDER: Final = "identity"
_FILE: Final = "identity.json"
_PENDING_KEY: Final = "key.pending.pem"
_SHAPE: Final = 1


class NotEnrolled(Exception):
    """No office knows this kiosk yet."""


class IdentityBroken(StoreError):
    """The identity on disk cannot be used; `problem` says why, without its content."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"{path.name}: {problem}")
        self.path = path
        self.problem = problem


@dataclass(frozen=True)
class Identity:
    """What the office gave this kiosk at enrolment, and where its key and the pinned CA are."""

    device: DeviceId
    town: TownKey
    site: str
    pepper: Pepper
    office: str
    fingerprint: str
    key_file: Path
    ca_file: Path | None = None
    previous_key_file: Path | None = None

    def __repr__(self) -> str:
        # The pepper must not slip into a log.
        return f"Identity({self.device}, {self.fingerprint})"


def load(data_dir: Path, *, disk: Disk = MACHINE) -> Identity:
    """The identity kept in `data_dir`.

    Raises:
        NotEnrolled: there is none.
        IdentityBroken: it cannot be read.
    """
    path = data_dir / FOLDER / _FILE
    try:
        kept = json.loads(disk.read(path))
        if kept["shape"] != _SHAPE:
            raise IdentityBroken(path, f"shape {kept['shape']!r} is not known")
        pepper = base64.b64decode(kept["pepper"], validate=True)
        if len(pepper) != PEPPER_BYTES:
            raise IdentityBroken(path, "the pepper has a wrong length")
        return Identity(
            device=cast("DeviceId", str(kept["device"])),
            town=TownKey(str(kept["town"])),
            site=str(kept["site"]),
            pepper=Pepper(pepper),
            office=str(kept["office"]),
            fingerprint=str(kept["fingerprint"]),
            key_file=path.with_name(str(kept["key_file"])),
            ca_file=None if kept["ca_file"] is None else path.with_name(str(kept["ca_file"])),
            previous_key_file=None if kept.get("previous") is None else path.with_name(str(kept["previous"])),
        )
    except FileNotFoundError:
        raise NotEnrolled from None
    except OSError as trouble:
        raise IdentityBroken(path, trouble.strerror or "cannot be read") from trouble
    except (ValueError, KeyError, TypeError, binascii.Error):
        raise IdentityBroken(path, "it is not what was written") from None


def signing_key(identity: Identity, *, disk: Disk = MACHINE) -> Ed25519PrivateKey:
    """The kiosk's own key.

    Raises:
        IdentityBroken: the file is missing or holds no such key.
    """
    return read_key(identity.key_file, disk=disk)


def pending_key(data_dir: Path, *, disk: Disk = MACHINE) -> Ed25519PrivateKey:
    """The key to enrol with: made on this machine, and kept before the office hears of it.

    If the office's answer got lost, the same ticket with the same key gets the answer again.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    path = _private_folder(data_dir, disk) / _PENDING_KEY
    if disk.inode(path) is not None:
        try:
            return read_key(path, disk=disk)
        except IdentityBroken:
            disk.remove(path)
    key = Ed25519PrivateKey.generate()
    _write(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), disk)
    return key


def forget_pending_key(data_dir: Path, *, disk: Disk = MACHINE) -> None:
    """Make the next enrolment use a new key."""
    disk.remove(data_dir / FOLDER / _PENDING_KEY)


def keep_ca(data_dir: Path, certificates: bytes, *, disk: Disk = MACHINE) -> Path:
    """Keep the pinned CA's certificates (PEM) beside the identity."""
    path = _private_folder(data_dir, disk) / f"ca-{sha256(certificates).hexdigest()[:16]}.pem"
    _write(path, certificates, disk)
    return path


def key_file_for(data_dir: Path, fingerprint: str) -> Path:
    """Where the key with this fingerprint is kept once it is enrolled."""
    return data_dir / FOLDER / f"key-{fingerprint}.pem"


def save(data_dir: Path, identity: Identity, *, disk: Disk = MACHINE) -> None:
    """Make the pending key this kiosk's key and `identity` its identity, all or nothing."""
    folder = _private_folder(data_dir, disk)
    pending = folder / _PENDING_KEY
    _write(identity.key_file, disk.read(pending), disk)
    kept = {
        "shape": _SHAPE,
        "device": identity.device,
        "town": identity.town,
        "site": identity.site,
        "pepper": base64.b64encode(identity.pepper).decode(),
        "office": identity.office,
        "fingerprint": identity.fingerprint,
        "key_file": identity.key_file.name,
        "ca_file": None if identity.ca_file is None else identity.ca_file.name,
        "previous": None if identity.previous_key_file is None else identity.previous_key_file.name,
    }
    _write(folder / _FILE, (json.dumps(kept, indent=2) + "\n").encode(), disk)
    # From here on the new identity counts; what belonged to an earlier one is in nobody's way, but a secret.
    disk.remove(pending)
    for name in disk.listing(folder):
        old = folder / name
        in_use = old in {identity.key_file, identity.ca_file, identity.previous_key_file}
        if name.endswith((".pem", ".draft")) and not in_use:
            disk.remove(old)
    disk.sync_names(folder)


def read_key(path: Path, *, disk: Disk = MACHINE) -> Ed25519PrivateKey:
    """The private key in the file at `path`.

    Raises:
        IdentityBroken: it is missing or holds no such key.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415

    try:
        key = load_pem_private_key(disk.read(path), password=None)
    except FileNotFoundError:
        raise IdentityBroken(path, "the key is missing") from None
    except (ValueError, TypeError):
        raise IdentityBroken(path, "it holds no key") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise IdentityBroken(path, "it holds another kind of key")
    return key


def _private_folder(data_dir: Path, disk: Disk) -> Path:
    try:
        for folder in (data_dir, data_dir / FOLDER):
            make_folder(folder, disk=disk)
            disk.close_to_others(folder)
        # Another program may have made them a moment ago, and not synced their names.
        disk.sync_names(data_dir)
        disk.sync_names(data_dir.parent)
    except OSError as trouble:
        raise IdentityBroken(data_dir / FOLDER, trouble.strerror or "cannot be made") from trouble
    return data_dir / FOLDER


def _write(path: Path, content: bytes, disk: Disk) -> None:
    try:
        write_durably(path, content, disk=disk)
    except OSError as trouble:
        raise IdentityBroken(path, trouble.strerror or "cannot be written") from trouble
