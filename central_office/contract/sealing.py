"""How a row of a replica is closed, so that whoever holds the file and the pepper still lacks the citizen.

The status is sealed once, with a random key of its own; that key lies in three slots, one for each claim, each closed
with what the claim opens (see `claims`). Both are ChaCha20-Poly1305, which needs no special processor. The row's name
is bound into all of them, so that parts of two rows cannot be exchanged.

Every row looks alike: three slots always (chance takes the place of a missing one), and a status packed and filled up
to a multiple of `BUCKET` bytes.
"""

from __future__ import annotations

import hmac
import os
import zlib
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from central_office.contract.claims import LOOKUP_KEY_BYTES, claim_keys
from central_office.contract.sealed_row import (
    BUCKET,
    KEY_BYTES,
    NONCE_BYTES,
    ROW_ID_BYTES,
    SLOT_BYTES,
    SLOTS,
    RowId,
    SealedRow,
)
from central_office.contract.stages import DocumentKind, Stage, ToBring

if TYPE_CHECKING:
    from collections.abc import Callable

    from central_office.contract.claims import ClaimKeys, Pepper, Secret
    from central_office.contract.documents import DocumentId

_LENGTH_BYTES: Final = 2
_MOST_UNPACKED: Final = 64 * 1024
_ROW: Final = b"citizen kiosk row 1\0"
_SLOT: Final = b"citizen kiosk slot 1\0"
_ONCE: Final = bytes(NONCE_BYTES)
"""The nonce of a status: its key is made for it alone, and used once."""

_DICTIONARY: Final = (
    "".join(f'"{one}",' for one in (*ToBring, *DocumentKind))
    + "".join(f'{{"stage":"{stage}","on":"20' for stage in reversed(Stage))
    + '"collect_until":"2027-"expected_on":"2027-","way":"","place":{"key":"counter-","name":"Schalter '
    + '"bring":["old_document","this_letter","pin_letter_confirmation"]}'
    + '"},{"stage":"sent_to_producer","on":"2026-"},{"stage":"in_production","on":"2026-'
    + '"},{"stage":"shipped_to_office","on":"2026-"},{"stage":"arrived","on":"2026-'
    + '"},{"stage":"ready_counter","on":"2026-"}],'
    + '{"document":"","kind":"identity_card","reference":"","history":[{"stage":"applied","on":"2026-'
).encode()
"""What most statuses have in common; part of the format, like `_ROW`."""


class SealBroken(ValueError):
    """A row does not open with the keys that found it: it was altered, or belongs to another version."""


def row_id(pepper: Pepper, document: DocumentId) -> RowId:
    """The name of a document's row at one kiosk; another kiosk knows it by another."""
    return RowId(hmac.digest(pepper, b"row\0" + document.encode(), "sha256")[:ROW_ID_BYTES])


def seal(  # noqa: PLR0913, PLR0917 - all that a row is made of
    status: bytes,
    document: DocumentId,
    pepper: Pepper,
    letter: Secret,
    number: Secret | None,
    card: Secret | None = None,
    *,
    slots: int = SLOTS,
    random: Callable[[int], bytes] = os.urandom,
) -> SealedRow:
    """Close a status (JSON) for one kiosk, which knows rows of so many `slots`.

    `number` is None while its secret is still being made; `card` too, and where no card is to find the document.
    """
    name = row_id(pepper, document)
    key = random(KEY_BYTES)
    return SealedRow(
        id=name,
        slots=tuple(
            random(SLOT_BYTES) if one is None else _slot(claim_keys(pepper, one), name, key, random(NONCE_BYTES))
            for one in (letter, number, card)[:slots]
        ),
        sealed=ChaCha20Poly1305(key).encrypt(_ONCE, _packed(status), _ROW + name),
    )


def unseal(row: SealedRow, keys: ClaimKeys) -> bytes:
    """The status (JSON) of a row that was found with `keys`.

    Raises:
        SealBroken: it does not open.
    """
    slot = next((slot for slot in row.slots if slot.startswith(keys.find)), None)
    if slot is None:
        raise SealBroken("no slot of the row has this key")
    wrapped = slot[LOOKUP_KEY_BYTES:]
    bound = _SLOT + row.id + keys.find
    try:
        key = ChaCha20Poly1305(keys.open).decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], bound)
        packed = ChaCha20Poly1305(key).decrypt(_ONCE, row.sealed, _ROW + row.id)
        return _unpacked(packed)
    except (InvalidTag, ValueError, zlib.error):
        # Without its cause: what could be read of the row must not slip into a log.
        raise SealBroken("the row does not open") from None


def _slot(keys: ClaimKeys, name: RowId, key: bytes, nonce: bytes) -> bytes:
    return keys.find + nonce + ChaCha20Poly1305(keys.open).encrypt(nonce, key, _SLOT + name + keys.find)


_PACKING: Final = zlib.compressobj(level=9, wbits=-12, memLevel=5, zdict=_DICTIONARY)
"""Never used itself, only copied: to read the dictionary anew for each row would take longer than the row."""


def _packed(status: bytes) -> bytes:
    packing = _PACKING.copy()
    packed = packing.compress(status) + packing.flush()
    length = _LENGTH_BYTES + len(packed)
    room = -(-length // BUCKET) * BUCKET
    return len(packed).to_bytes(_LENGTH_BYTES, "big") + packed + bytes(room - length)


def _unpacked(filled: bytes) -> bytes:
    length = int.from_bytes(filled[:_LENGTH_BYTES], "big")
    unpacking = zlib.decompressobj(wbits=-12, zdict=_DICTIONARY)
    status = unpacking.decompress(filled[_LENGTH_BYTES : _LENGTH_BYTES + length], _MOST_UNPACKED)
    if not unpacking.eof:
        raise ValueError("cut off, or longer than any status")
    return status
