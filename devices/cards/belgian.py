"""The Belgian eID: identity and address as the national register signed them ("Belgian eID card content", 1.7 to 1.8).

Both files are rows of one byte of tag, a length in sevens of bits, and text. The register's signature stands in files
of its own and tells neither hash nor scheme, so that those which the register has used are tried.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from devices.cards import tlv
from devices.cards.certificates import Certificate
from devices.cards.errors import Deceived, Malformed, Unsupported
from devices.cards.passive import Finding, Verdict, of_certificate
from devices.cards.person import COMMON_NAME, Person, day, subject, text
from devices.cards.public_keys import EcKey, Kind, PublicKey, RsaKey, Scheme, verifies

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from devices.cards.passive import Trust

PART: Final = "Belgian identity"
ADDRESS_PART: Final = "Belgian address"
REGISTER: Final = "RRN"
"""How the national register is named in its certificate."""
MOST_FIELDS: Final = 64
NUMBER, EXPIRY, SURNAME, GIVEN_NAMES, THIRD_LETTER, BIRTH = 0x01, 0x04, 0x07, 0x08, 0x09, 0x0C
STREET, POSTCODE, TOWN = 0x01, 0x02, 0x03
_DATE: Final = re.compile(r"(\d\d)\.(\d\d)\.(\d{4})", re.ASCII)
_BIRTH: Final = re.compile(r"(\d{1,2})[ .]*([^\W\d_]{3,4})[ .]*(\d{4})")
_YEAR: Final = re.compile(r"\d{4}", re.ASCII)
_MONTHS: Final = (
    ("JAN",),
    ("FEV", "FÉV", "FEB"),
    ("MAR", "MAA", "MRT", "MÄR"),
    ("AVR", "APR"),
    ("MAI", "MEI"),
    ("JUIN", "JUN"),
    ("JUIL", "JUL"),
    ("AOU", "AOÛ", "AUG"),
    ("SEP",),
    ("OCT", "OKT"),
    ("NOV",),
    ("DEC", "DÉC", "DEZ"),
)
"""How months begin in French, Dutch and German."""
_RSA_HASHES: Final = ("sha256", "sha1", "sha384", "sha512")
_EC_HASHES: Final = ("sha384", "sha256", "sha512")


@dataclass(frozen=True, slots=True)
class Address:
    """Where the card says its holder lives."""

    street: str = field(repr=False)
    postcode: str = field(repr=False)
    town: str = field(repr=False)


def fields(raw: bytes, part: str = PART) -> dict[int, bytes]:
    """The rows of a file by their tags; zeros after the last fill the file up.

    Raises:
        Malformed: cut off, twice the same, or more than there are.
    """
    found: dict[int, bytes] = {}
    at = 0
    while at < len(raw):
        tag = raw[at]
        if tag == 0 and not raw[at:].strip(b"\0"):
            return found
        at += 1
        size = 0
        while True:
            if at >= len(raw) or size > len(raw):
                raise Malformed(part, "cut off in a length")
            size = size << 7 | raw[at] & 0x7F
            at += 1
            if not raw[at - 1] & 0x80:
                break
        if at + size > len(raw):
            raise Malformed(part, "cut off in a row")
        if tag in found or len(found) == MOST_FIELDS:
            raise Malformed(part, "a row twice, or too many")
        found[tag] = raw[at : at + size]
        at += size
    return found


def identity(raw: bytes) -> Person:
    """Who the identity file is about.

    Raises:
        Malformed: it is no identity file.
    """
    rows = fields(raw)
    given, third = _row(rows, GIVEN_NAMES, PART), _row(rows, THIRD_LETTER, PART)
    person = Person(
        family_name=_row(rows, SURNAME, PART),
        given_names=f"{given} {third}".strip(),
        birth_date=_birth(_row(rows, BIRTH, PART)),
        number=_row(rows, NUMBER, PART) or None,
        expiry=_date(_row(rows, EXPIRY, PART)),
    )
    if not person.family_name:
        raise Malformed(PART, "no name")
    return person


def address(raw: bytes) -> Address:
    """What the address file says.

    Raises:
        Malformed: it is no address file.
    """
    rows = fields(raw, ADDRESS_PART)
    street, postcode, town = (_row(rows, tag, ADDRESS_PART) for tag in (STREET, POSTCODE, TOWN))
    if not town:
        raise Malformed(ADDRESS_PART, "no town")
    return Address(street, postcode, town)


def judged(files: Mapping[str, bytes], trust: Trust, at: datetime) -> tuple[Person, Verdict]:
    """Who the card's holder is, and whether the national register says so.

    `files` are "identity", "signature" and "certificate".

    Raises:
        Malformed: the identity file is none.
    """
    person = identity(files["identity"])
    return person, verdict(files["identity"], files["signature"], files["certificate"], trust, at)


def verdict(signed: bytes, signature: bytes, certificate: bytes, trust: Trust, at: datetime) -> Verdict:
    """Whether the register signed this; never raises for anything the card may hold."""
    try:
        register = Certificate.parse(certificate)
        if not _signed(register.key(), signed, signature):
            return Verdict(Finding.SIGNATURE_WRONG)
        if REGISTER not in subject(register, COMMON_NAME).get(COMMON_NAME, ""):
            return Verdict(Finding.SIGNER_UNKNOWN)  # the roots sign other authorities too
    except Unsupported:
        return Verdict(Finding.UNSUPPORTED)
    except (Malformed, Deceived):
        return Verdict(Finding.MALFORMED)
    return of_certificate(register, trust, at)


def signed_address(raw: bytes, identity_signature: bytes) -> bytes:
    """What the register's signature of an address is over: the file without its filling, tied to this identity."""
    return raw.rstrip(b"\0") + identity_signature


def _signed(key: PublicKey, signed: bytes, signature: bytes) -> bool:
    match key:
        case RsaKey():
            size = (key.modulus.bit_length() + 7) // 8
            return any(verifies(key, Scheme(Kind.RSA_PKCS1, name), signed, signature[:size]) for name in _RSA_HASHES)
        case EcKey():
            _, size, start = tlv.header(signature[: tlv.LONGEST_HEADER])  # zeros may follow it
            one = signature[: start + size]
            return any(verifies(key, Scheme(Kind.ECDSA, name), signed, one) for name in _EC_HASHES)
        case _:
            raise Unsupported("the register's key")


def _row(rows: Mapping[int, bytes], tag: int, part: str) -> str:
    return text(rows.get(tag, b""), part)


def _date(written: str) -> date:
    found = _DATE.fullmatch(written)
    if found is None:
        raise Malformed(PART, "a date is none")
    number, month, year = (int(part) for part in found.groups())
    return day(year, month, number, PART)


def _birth(written: str) -> date | None:
    """A birth date in one of three languages; of some people only the year is known."""
    if _YEAR.fullmatch(written):
        return None
    found = _BIRTH.fullmatch(written)
    if found is None:
        raise Malformed(PART, "a birth date is none")
    for month, names in enumerate(_MONTHS, 1):
        if found[2].upper().startswith(names):
            return day(int(found[3]), month, int(found[1]), PART)
    raise Malformed(PART, "a month is none")
