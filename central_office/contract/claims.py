"""What a citizen brings to be told about a document, and the keys that follow from it.

Each claim holds a secret. Together with the kiosk's pepper it gives two keys: one to find the row of a replica, one to
open it. The office makes both when it seals the row (see `sealing`); the kiosk makes them anew from the claim it is
given, and keeps neither. Decision 009 says why it is done so, and what it costs an attacker.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Final, NewType

from central_office.contract.letter_code import LetterCode
from central_office.contract.mrz_names import is_mrz_name, spelling_aside
from central_office.contract.values import value

if TYPE_CHECKING:
    from datetime import date

    from central_office.contract.document_number import DocumentNumber
    from central_office.contract.mrz_names import MrzName

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
"""What leads to one document."""


@value
class CardHolder:
    """Who a signed identity card says its holder is; leads to all documents that the office has for her.

    Nobody may type this: name and birth date are known to neighbours. It is made of what a card proved.
    """

    name: MrzName
    birth_date: date

    def __post_init__(self) -> None:
        if not is_mrz_name(self.name):
            raise ValueError("a holder's name has the form of the machine readable zone (mrz_names.mrz_name)")

    def __repr__(self) -> str:
        return "CardHolder(…)"


MOST_OF_ONE: Final = 8
"""So many of one holder's documents are found by her card; look-ups are always as many, so that they tell nothing."""


@value
class Cost:
    """What one guess at a number and birth date costs: memory in KiB and how often it is passed through (argon2id)."""

    kib: int
    passes: int


COST: Final = Cost(kib=19 * 1024, passes=2)
"""Both ends use the same, or nothing is found; tests with thousands of rows take a cheaper one."""

_SALT: Final = b"citizen kiosk, number and birth date, 1"
"""The same everywhere: a number begins with its authority, so no two towns share one; the pepper comes on top."""

_HOLDER_SALT: Final = b"citizen kiosk, name and birth date, 1"
"""The same everywhere, too; what that costs stands in docs/security.md."""


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
            text = number.characters.encode() + b"\0" + birth_date.isoformat().encode()
            return Secret(b"number\0" + _stretched(_SALT, text, cost))


def stretched_holder(holder: CardHolder, cost: Cost = COST) -> bytes:
    """The 32 bytes that a holder's name and birth date are stretched to, once for all of her documents."""
    text = spelling_aside(holder.name).encode() + b"\0" + holder.birth_date.isoformat().encode()
    return _stretched(_HOLDER_SALT, text, cost)


def card_secret(stretched: bytes, place: int) -> Secret:
    """The secret of the document at `place` among a holder's, from 0 to below `MOST_OF_ONE`."""
    if not 0 <= place < MOST_OF_ONE:
        raise ValueError(f"a holder's documents have the places 0 to {MOST_OF_ONE - 1}")
    return Secret(b"card\0" + bytes([place]) + stretched)


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


def _stretched(salt: bytes, text: bytes, cost: Cost) -> bytes:
    # Not at the top: the kiosk wants its first picture before it wants cryptography.
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id  # noqa: PLC0415

    return Argon2id(salt=salt, length=32, iterations=cost.passes, lanes=1, memory_cost=cost.kib).derive(text)
