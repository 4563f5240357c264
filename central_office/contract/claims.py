"""What a citizen brings to be told about a document, and how a replica row is found by it.

The office computes a row's look-up keys for each kiosk; the kiosk computes the key of the claim it was given.
Neither the token, the number nor the birth date ever stands in a replica: only keys made with the kiosk's pepper.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, NewType

from central_office.contract.letter_code import LetterCode

if TYPE_CHECKING:
    from datetime import date

    from central_office.contract.document_number import DocumentNumber

Pepper = NewType("Pepper", bytes)
"""A kiosk's own random 32 bytes, given at enrolment: keys of one kiosk say nothing at another."""

LookupKey = NewType("LookupKey", str)
"""64 hexadecimal digits under which a replica row is found."""

PEPPER_BYTES = 32


@dataclass(frozen=True)
class TypedNumber:
    """The document's number and the holder's birth date, as typed at the kiosk or printed on the letter."""

    number: DocumentNumber
    birth_date: date

    def __repr__(self) -> str:
        # Both are personal: they must not slip into a log.
        return "TypedNumber(…)"


Claim = LetterCode | TypedNumber


def lookup_key(pepper: Pepper, claim: Claim) -> LookupKey:
    """The key under which this kiosk's replica keeps the row that `claim` opens."""
    match claim:
        case LetterCode(town=town, token=token):
            text = b"letter\0" + town.encode() + b"\0" + token
        case TypedNumber(number=number, birth_date=birth_date):
            text = b"number\0" + number.characters.encode() + b"\0" + birth_date.isoformat().encode()
    return LookupKey(hmac.new(pepper, text, sha256).hexdigest())
