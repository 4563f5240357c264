"""A new key in place of the old one, torn by a power cut at any step without being locked out.

1. The new key is made and on the disk, as pending.
2. It is presented under the old key; the office takes both from now on.
3. The identity names the new key, by one rename. The next request is signed with it, and the office drops the old one.

Killed before 3, the kiosk presents the same pending key again; killed after 3, it simply speaks with the new one. The
old key stays on the disk until the next rotation: an office restored from a backup may know that one alone.
"""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from central_office.contract.fingerprint import fingerprint
from central_office.contract.messages import KeyRequest
from central_office.contract.signatures import new_key_words
from logbook import say
from offline_cache import identity as identities
from offline_cache.disk import MACHINE
from offline_cache.events import KeyKnownAgain, KeyNew
from offline_cache.line import NotUnderstood, Refused, Signer

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from offline_cache.carrier import Carrier
    from offline_cache.clocks import Clock
    from offline_cache.disk import Disk
    from offline_cache.identity import Identity


def rotate(data_dir: Path, identity: Identity, line: Carrier, clock: Clock, *, disk: Disk = MACHINE) -> Identity:
    """Take a new key; `line` signs with it when this returns, and it is the identity's.

    Raises:
        LineError: the old key is still the identity's; try again, nothing is lost.
        IdentityBroken: the disk is full or refuses; the same.
    """
    present = identities.signing_key(identity, disk=disk)
    key = identities.pending_key(data_dir, disk=disk)
    if _raw(key) == _raw(present):
        # Killed in the last step of an earlier rotation: what is pending is in use already.
        identities.forget_pending_key(data_dir, disk=disk)
        key = identities.pending_key(data_dir, disk=disk)
    try:
        told = line.new_key(_request(identity, key))
    except Refused as refusal:
        if refusal.code == "key_known":
            # Left over from an enrolment whose answer got lost: that key belongs to a kiosk that never was.
            identities.forget_pending_key(data_dir, disk=disk)
        raise
    own = fingerprint(_raw(key))
    if told.fingerprint.replace("-", "") != own.replace("-", ""):
        raise NotUnderstood("another_fingerprint")
    new = replace(
        identity,
        fingerprint=own,
        key_file=identities.key_file_for(data_dir, own),
        previous_key_file=identity.key_file,
    )
    identities.save(data_dir, new, disk=disk)
    line.sign_with(Signer(new.device, key, clock))
    say(KeyNew())
    return new


def introduce_again(identity: Identity, line: Carrier, clock: Clock, *, disk: Disk = MACHINE) -> bool:
    """Tell an office that came back from a backup of our key, under the one it knows; False if there is none.

    Raises:
        LineError: it does not know that one either; `line` signs with the present key all the same.
        IdentityBroken: the keys cannot be read.
    """
    if identity.previous_key_file is None or disk.inode(identity.previous_key_file) is None:
        return False
    present = identities.signing_key(identity, disk=disk)
    previous = identities.read_key(identity.previous_key_file, disk=disk)
    line.sign_with(Signer(identity.device, previous, clock))
    try:
        line.new_key(_request(identity, present))
    finally:
        line.sign_with(Signer(identity.device, present, clock))
    say(KeyKnownAgain())
    return True


def _request(identity: Identity, key: Ed25519PrivateKey) -> KeyRequest:
    raw = _raw(key)
    proof = key.sign(new_key_words(identity.device, raw))
    return KeyRequest(public_key=base64.b64encode(raw).decode(), proof=base64.b64encode(proof).decode())


def _raw(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
