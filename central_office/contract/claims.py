"""What a citizen brings to be told about a document, and the keys that follow from it.

Each claim holds a secret. Together with the kiosk's pepper it gives two keys: one to find the row of a replica, one to
open it. The office makes both when it seals the row (see `sealing`); the kiosk makes them anew from the claim it is
given, and keeps neither. Decision 009 says why it is done so, and what it costs an attacker.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Final, NewType

from central_office.contract.letter_code import LetterCode
from central_office.contract.values import value

if TYPE_CHECKING:
    from datetime import date

    from central_office.contract.document_number import DocumentNumber

Pepper = NewType("Pepper", bytes)
"""A kiosk's own random 32 bytes, given at enrolment: keys of one kiosk say nothing at another."""

Secret = NewType("Secret", bytes)
"""What only the citizen's claim leads to, the same for every kiosk."""

LookupKey = NewType("LookupKey", bytes)
"""16 bytes under which one kiosk's replica keeps a row."""

PEPPER_BYTES: Final = 32
LOOKUP_KEY_BYTES: Final = 16


@value
class TypedNumber:
    """The document's number and the holder's birth date, as typed at the kiosk or printed on the letter."""

    number: DocumentNumber
    birth_date: date

    def __repr__(self) -> str:
        # Both are personal: they must not slip into a log.
        return "TypedNumber(…)"


Claim = LetterCode | TypedNumber


@value
class Cost:
    """What one guess at a number and birth date costs: memory in KiB and how often it is passed through (argon2id)."""

    kib: int
    passes: int


COST: Final = Cost(kib=19 * 1024, passes=2)
"""Both ends use the same, or nothing is found; tests with thousands of rows take a cheaper one."""

_SALT: Final = b"citizen kiosk, number and birth date, 1"
"""The same everywhere: a number begins with its authority, so no two towns share one; the pepper comes on top."""


@value
class ClaimKeys:
    """What a claim does at one kiosk: it finds a row, and opens it."""

    find: LookupKey
    open: bytes

    def __repr__(self) -> str:
        return "ClaimKeys(…)"


def secret(claim: Claim, cost: Cost = COST) -> Secret:
    """The claim's secret; for a typed number this takes `cost`, because numbers and birth dates can be guessed."""
    match claim:
        case LetterCode(town=town, token=token):
            return letter_secret(town, token)
        case TypedNumber(number=number, birth_date=birth_date):
            # Not at the top: the kiosk wants its first picture before it wants cryptography.
            from cryptography.hazmat.primitives.kdf.argon2 import Argon2id  # noqa: PLC0415

            text = number.characters.encode() + b"\0" + birth_date.isoformat().encode()
            stretching = Argon2id(salt=_SALT, length=32, iterations=cost.passes, lanes=1, memory_cost=cost.kib)
            return Secret(b"number\0" + stretching.derive(text))


def letter_secret(town: str, token: bytes) -> Secret:
    """The secret of a letter: its token has 128 random bits, nothing needs to slow a guess down."""
    return Secret(b"letter\0" + town.encode() + b"\0" + token)


def claim_keys(pepper: Pepper, secret: Secret) -> ClaimKeys:
    """HKDF-SHA-256 (RFC 5869) of the secret, salted with the kiosk's pepper: one output to find, one to open."""
    extracted = hmac.digest(pepper, secret, "sha256")
    return ClaimKeys(
        find=LookupKey(hmac.digest(extracted, b"find\x01", "sha256")[:LOOKUP_KEY_BYTES]),
        open=hmac.digest(extracted, b"open\x01", "sha256"),
    )
