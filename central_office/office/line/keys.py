"""A kiosk's key is replaced by a new one: presented under the old one, used once, and the old one is void.

Until the new key signs its first request, both are good: whichever step a power cut tears, one of them works.
"""

from __future__ import annotations

import base64
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import transaction

from central_office.contract.fingerprint import fingerprint
from central_office.contract.messages import DeviceId, KeyAnswer
from central_office.contract.signatures import new_key_words
from central_office.office.events import KeyChanged
from central_office.office.line.refusals import Refused
from central_office.office.models import Kiosk
from logbook import say

if TYPE_CHECKING:
    from datetime import datetime

    from central_office.contract.messages import KeyRequest

LIFETIME = timedelta(days=365)
"""After a year the office asks for a new key; by its own clock, since kiosks' clocks are not to be trusted."""


def present(kiosk: Kiosk, request: KeyRequest) -> KeyAnswer:
    """Take the new key beside the old one; the same key presented again gets the same answer.

    Raises:
        Refused: no key, no proof of owning it, another kiosk's, or a kiosk that is frozen.
    """
    key, proof = _bytes(request.public_key, 32), _bytes(request.proof, 64)
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(proof, new_key_words(kiosk.pk, key))
    except (InvalidSignature, ValueError):
        raise Refused(422, "proof", "The new key's own signature does not fit. Make a new key.") from None
    with transaction.atomic():
        kiosk = Kiosk.objects.select_for_update().get(pk=kiosk.pk)
        if kiosk.state != Kiosk.State.ACTIVE:
            raise Refused(409, "frozen", "This kiosk is frozen. A technician enrols it with a new ticket.")
        if bytes(kiosk.public_key) != key:
            others = Kiosk.objects.exclude(pk=kiosk.pk)
            if others.filter(key_print=_print(key)).exists() or others.filter(next_key=key).exists():
                raise Refused(409, "key_known", "This key belongs to a kiosk already. The machine must make a new one.")
            kiosk.next_key = key
            kiosk.save(update_fields=["next_key"])
    return KeyAnswer(fingerprint=fingerprint(key))


def promote(kiosk: Kiosk, at: datetime) -> Kiosk:
    """The new key signed a request: from now on it is the only one."""
    with transaction.atomic():
        locked = Kiosk.objects.select_for_update().get(pk=kiosk.pk)
        if locked.next_key is not None and locked.next_key == kiosk.next_key:
            key = bytes(locked.next_key)
            locked.public_key, locked.next_key = key, None
            locked.key_print, locked.fingerprint = _print(key), fingerprint(key)
            locked.key_since, locked.key_wanted = at, False
            locked.save()
            say(KeyChanged(DeviceId(locked.pk)))
    return locked


def ask_for_new(now: datetime) -> int:
    """Want a new key of every kiosk whose key is older than a year; how many."""
    return Kiosk.objects.filter(state=Kiosk.State.ACTIVE, key_wanted=False, key_since__lt=now - LIFETIME).update(
        key_wanted=True
    )


def _bytes(text: str, length: int) -> bytes:
    try:
        found = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except ValueError:  # no base64, or no ASCII at all
        found = b""
    if len(found) != length:
        raise Refused(422, "public_key", "A public key is 32 bytes of Ed25519 and its proof 64, in base64.")
    return found


def _print(key: bytes) -> str:
    return sha256(key).hexdigest()
