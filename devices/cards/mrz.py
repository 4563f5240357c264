"""The machine readable zone of all three sizes, its check digits, and the key that opens a chip (ICAO 9303-3 to -6)."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from enum import Enum

from devices.cards import tlv
from devices.cards.errors import Malformed

PART = "machine readable zone"
ALPHABET = re.compile(r"[0-9A-Z<]+")
DAY = re.compile(r"\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])")
BIRTH = re.compile(r"[0-9<]{6}")
NUMBER = re.compile(r"[0-9A-Z][0-9A-Z<]{0,29}")
WEIGHTS = (7, 3, 1)


def check_digit(text: str) -> str:
    """The check digit of `text` (9303-3, 4.9): digits count themselves, A is 10, `<` is nothing, weights 7 3 1."""
    return str(sum(_worth(letter) * WEIGHTS[at % 3] for at, letter in enumerate(text)) % 10)


def _worth(letter: str) -> int:
    return 0 if letter == "<" else int(letter, 36)


@dataclass(frozen=True, slots=True)
class MrzKey:
    """The three fields of the print that open a chip: what BAC and PACE call MRZ information.

    Raises:
        Malformed: a number or a date that no document bears; the message never repeats it.
    """

    number: str = field(repr=False)
    birth: str = field(repr=False)  # YYMMDD, `<` for unknown
    expiry: str = field(repr=False)  # YYMMDD

    def __post_init__(self) -> None:
        if not NUMBER.fullmatch(self.number):
            raise Malformed(PART, "document number")
        if not BIRTH.fullmatch(self.birth):
            raise Malformed(PART, "date of birth")
        if not DAY.fullmatch(self.expiry):
            raise Malformed(PART, "date of expiry")

    def information(self) -> bytes:
        """Number, birth and expiry, each with its check digit (9303-11, 9.7.2)."""
        fields = (self.number.rstrip("<").ljust(9, "<"), self.birth, self.expiry)
        return "".join(text + check_digit(text) for text in fields).encode("ascii")

    def seed(self) -> bytes:
        """K_seed of BAC (9303-11, 9.7.2)."""
        return self.digest()[:16]

    def digest(self) -> bytes:
        """What PACE derives its password key from (9303-11, 9.7.3)."""
        return hashlib.sha1(self.information(), usedforsecurity=False).digest()


class Size(Enum):
    """Lines and letters of a zone."""

    TD1 = (3, 30)
    TD2 = (2, 36)
    TD3 = (2, 44)


@dataclass(frozen=True, slots=True)
class Mrz:
    """What a zone says, as printed; fillers at the end of a field are gone, dates are YYMMDD."""

    size: Size
    kind: str
    issuer: str
    number: str = field(repr=False)
    birth: str = field(repr=False)
    sex: str = field(repr=False)
    expiry: str = field(repr=False)
    nationality: str = field(repr=False)
    surname: str = field(repr=False)
    given: str = field(repr=False)
    optional: str = field(repr=False)

    @property
    def key(self) -> MrzKey:
        """The key this zone opens its chip with."""
        return MrzKey(self.number, self.birth, self.expiry)


def parse(zone: str) -> Mrz:
    """The zone in this text, line breaks or none.

    Raises:
        Malformed: letters, length or a check digit is wrong; the message never repeats the zone.
    """
    text = "".join(zone.split())
    size = next((size for size in Size if size.value[0] * size.value[1] == len(text)), None)
    if size is None or not ALPHABET.fullmatch(text):
        raise Malformed(PART, "length or letters")
    match size:
        case Size.TD1:
            return _td1(text)
        case Size.TD2:
            return _td2(text)
        case Size.TD3:
            return _td3(text)


def of_dg1(file: bytes) -> Mrz:
    """The zone stored in EF.DG1 (9303-10, 4.7.1).

    Raises:
        Malformed: the file or its zone does not decode.
    """
    inside = tlv.parse(tlv.only(file, 0x61, "EF.DG1"))
    zone = tlv.child(inside, 0x5F1F)
    if zone is None or not zone.isascii():
        raise Malformed("EF.DG1", "no zone in it")
    return parse(zone.decode("ascii"))


def _td1(text: str) -> Mrz:
    number, digit, optional = text[5:14], text[14], text[15:30]
    if digit == "<" and optional.strip("<"):  # a long number runs on into the optional field (9303-5, 4.2.2)
        number, digit, optional = _long_number(number, optional)
    _check(
        (number, digit),
        (text[30:36], text[36]),
        (text[38:44], text[44]),
        (text[5:30] + text[30:37] + text[38:45] + text[48:59], text[59]),
    )
    return _zone(
        Size.TD1, text, number, (text[30:36], text[37], text[38:44], text[45:48]), (text[60:], optional + text[48:59])
    )


def _td2(text: str) -> Mrz:
    line = text[36:]
    number, digit, optional = line[:9], line[9], line[28:35]
    if digit == "<" and optional.strip("<"):
        number, digit, optional = _long_number(number, optional)
    _check(
        (number, digit),
        (line[13:19], line[19]),
        (line[21:27], line[27]),
        (line[:10] + line[13:20] + line[21:35], line[35]),
    )
    return _zone(Size.TD2, text, number, (line[13:19], line[20], line[21:27], line[10:13]), (text[5:36], optional))


def _td3(text: str) -> Mrz:
    line = text[44:]
    personal = (line[28:42], line[42])
    if personal != ("<" * 14, "<"):
        _check(personal)
    _check(
        (line[:9], line[9]),
        (line[13:19], line[19]),
        (line[21:27], line[27]),
        (line[:10] + line[13:20] + line[21:43], line[43]),
    )
    return _zone(Size.TD3, text, line[:9], (line[13:19], line[20], line[21:27], line[10:13]), (text[5:44], line[28:42]))


def _long_number(number: str, optional: str) -> tuple[str, str, str]:
    """Number, its check digit and what is left of the optional field."""
    rest, _, optional = optional.partition("<")
    if not rest:
        raise Malformed(PART, "check digit")
    return number + rest[:-1], rest[-1], optional


def _zone(size: Size, text: str, number: str, person: tuple[str, ...], rest: tuple[str, str]) -> Mrz:
    birth, sex, expiry, nationality = person
    names, optional = rest
    surname, _, given = names.rstrip("<").partition("<<")
    return Mrz(
        size=size,
        kind=text[:2].rstrip("<"),
        issuer=text[2:5].rstrip("<"),
        number=number.rstrip("<"),
        birth=birth,
        sex=sex,
        expiry=expiry,
        nationality=nationality.rstrip("<"),
        surname=surname.replace("<", " "),
        given=given.replace("<", " ").strip(),
        optional=optional.rstrip("<"),
    )


def _check(*fields: tuple[str, str]) -> None:
    for text, digit in fields:
        if check_digit(text) != digit:
            raise Malformed(PART, "check digit")
