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
from offline_cache.files import sync_folder, write_durably

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from central_office.contract.messages import DeviceId

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


def load(data_dir: Path) -> Identity:
    """The identity kept in `data_dir`.

    Raises:
        NotEnrolled: there is none.
        IdentityBroken: it cannot be read.
    """
    path = data_dir / FOLDER / _FILE
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
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


def signing_key(identity: Identity) -> Ed25519PrivateKey:
    """The kiosk's own key.

    Raises:
        IdentityBroken: the file is missing or holds no such key.
    """
    return read_key(identity.key_file)


def pending_key(data_dir: Path) -> Ed25519PrivateKey:
    """The key to enrol with: made on this machine, and kept before the office hears of it.

    If the office's answer got lost, the same ticket with the same key gets the answer again.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    folder = _private_folder(data_dir)
    path = folder / _PENDING_KEY
    if path.exists():
        try:
            return read_key(path)
        except IdentityBroken:
            path.unlink()
    key = Ed25519PrivateKey.generate()
    _write(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return key


def forget_pending_key(data_dir: Path) -> None:
    """Make the next enrolment use a new key."""
    (data_dir / FOLDER / _PENDING_KEY).unlink(missing_ok=True)


def keep_ca(data_dir: Path, certificates: bytes) -> Path:
    """Keep the pinned CA's certificates (PEM) beside the identity."""
    path = _private_folder(data_dir) / f"ca-{sha256(certificates).hexdigest()[:16]}.pem"
    _write(path, certificates)
    return path


def key_file_for(data_dir: Path, fingerprint: str) -> Path:
    """Where the key with this fingerprint is kept once it is enrolled."""
    return data_dir / FOLDER / f"key-{fingerprint}.pem"


def save(data_dir: Path, identity: Identity) -> None:
    """Make the pending key this kiosk's key and `identity` its identity, all or nothing."""
    folder = _private_folder(data_dir)
    pending = folder / _PENDING_KEY
    _write(identity.key_file, pending.read_bytes())
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
    _write(folder / _FILE, (json.dumps(kept, indent=2) + "\n").encode())
    # From here on the new identity counts; what belonged to an earlier one is in nobody's way, but a secret.
    pending.unlink(missing_ok=True)
    for old in folder.glob("*.pem"):
        if old not in {identity.key_file, identity.ca_file, identity.previous_key_file}:
            old.unlink(missing_ok=True)
    sync_folder(folder)


def read_key(path: Path) -> Ed25519PrivateKey:
    """The private key in the file at `path`.

    Raises:
        IdentityBroken: it is missing or holds no such key.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415

    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except FileNotFoundError:
        raise IdentityBroken(path, "the key is missing") from None
    except (ValueError, TypeError):
        raise IdentityBroken(path, "it holds no key") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise IdentityBroken(path, "it holds another kind of key")
    return key


def _private_folder(data_dir: Path) -> Path:
    try:
        for folder in (data_dir, data_dir / FOLDER):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)
        # What is in a folder is synced with each file; its own name is in the folder above.
        sync_folder(data_dir)
        sync_folder(data_dir.parent)
    except OSError as trouble:
        raise IdentityBroken(data_dir / FOLDER, trouble.strerror or "cannot be made") from trouble
    return data_dir / FOLDER


def _write(path: Path, content: bytes) -> None:
    try:
        write_durably(path, content)
    except OSError as trouble:
        raise IdentityBroken(path, trouble.strerror or "cannot be written") from trouble
