"""Who a card says its holder is, whatever its kind, and how people stand in the certificates of some."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final

from devices.cards import tlv
from devices.cards.errors import Malformed

if TYPE_CHECKING:
    from devices.cards.certificates import Certificate

PART: Final = "name in a certificate"
COMMON_NAME: Final = "2.5.4.3"
SURNAME: Final = "2.5.4.4"
GIVEN_NAME: Final = "2.5.4.42"
SERIAL_NUMBER: Final = "2.5.4.5"
_LETTERS: Final = {0x0C: "utf-8", 0x13: "ascii", 0x14: "latin-1", 0x16: "ascii", 0x1E: "utf-16-be"}
LONGEST: Final = 200
"""Letters of a name; a longer one is none."""


@dataclass(frozen=True, slots=True)
class Person:
    """What a card says of its holder; `expiry` is the card's last day, `number` its own."""

    family_name: str = field(repr=False)
    given_names: str = field(repr=False)
    birth_date: date | None = field(default=None, repr=False)
    number: str | None = field(default=None, repr=False)
    expiry: date | None = field(default=None, repr=False)


def named(certificate: Certificate) -> tuple[str, str, str]:
    """Surname, given names and serial number of whom the certificate is for (RFC 5280, 4.1.2.6).

    Raises:
        Malformed: it names no person.
    """
    found = subject(certificate, SURNAME, GIVEN_NAME, SERIAL_NUMBER)
    try:
        return found[SURNAME], found.get(GIVEN_NAME, ""), found[SERIAL_NUMBER]  # some people have one name
    except KeyError as missing:
        raise Malformed(PART, "is not a person's") from missing


def subject(certificate: Certificate, *kinds: str) -> dict[str, str]:
    """Those parts of the subject's name that are there, by their object identifiers; of two alike the first.

    Raises:
        Malformed: the name does not decode.
    """
    found: dict[str, str] = {}
    for relative in tlv.parse(tlv.only(certificate.subject, 0x30, PART)):
        for part in relative.children():
            inside = part.children()
            if len(inside) != 2 or inside[0].tag != 0x06:
                raise Malformed(PART, "a part is none")
            kind = tlv.oid_text(inside[0].value)
            if kind in kinds:
                found.setdefault(kind, _text(inside[1]))
    return found


def text(raw: bytes, part: str) -> str:
    """What a card wrote in UTF-8, without what fills the file up.

    Raises:
        Malformed: it is no text, or longer than any.
    """
    try:
        written = raw.decode("utf-8").strip("\0 \t\r\n")
    except UnicodeDecodeError as broken:
        raise Malformed(part, "letters") from broken
    if len(written) > LONGEST or not written.isprintable():
        raise Malformed(part, "length or letters")
    return written


def day(year: int, month: int, number: int, part: str) -> date:
    """A day of the calendar.

    Raises:
        Malformed: there is no such day.
    """
    try:
        return date(year, month, number)
    except ValueError as impossible:
        raise Malformed(part, "no such day") from impossible


_ESTONIAN: Final = re.compile(r"PNOEE-([1-8])(\d\d)(\d\d)(\d\d)\d{4}", re.ASCII)
_LATVIAN: Final = re.compile(r"PNOLV-(\d\d)(\d\d)(\d\d)-?([012])\d{4}", re.ASCII)


def born(serial_number: str) -> date | None:
    """The birth date in an Estonian or Latvian personal code (ETSI EN 319 412-1, 5.1.3); None where it tells none.

    Raises:
        Malformed: a code with a day that is none.
    """
    if found := _ESTONIAN.fullmatch(serial_number):
        century, year, month, number = (int(part) for part in found.groups())
        return day(1800 + (century - 1) // 2 * 100 + year, month, number, PART)
    # from 2017 on codes begin with 32 and tell nothing, and no day is the 32nd
    if (found := _LATVIAN.fullmatch(serial_number)) and found[1] < "32":
        number, month, year, century = (int(part) for part in found.groups())
        return day(1800 + century * 100 + year, month, number, PART)
    return None


def _text(element: tlv.Tlv) -> str:
    encoding = _LETTERS.get(element.tag)
    if encoding is None:
        raise Malformed(PART, "kind of text")
    try:
        return text(element.value.decode(encoding).encode(), PART)
    except UnicodeDecodeError as broken:
        raise Malformed(PART, "letters") from broken
