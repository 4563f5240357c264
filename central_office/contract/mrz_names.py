"""A person's name as the machine readable zone of her documents writes it (ICAO 9303-3, sections 4.6 and 6).

Offices and some cards write names with all their accents, other cards in the 26 letters of the zone. Written in this
form, both say the same: `MUELLER<LUEDENSCHEID<<ZOE<MARIE`.
"""

from __future__ import annotations

import re
from typing import Final, NewType
from unicodedata import category, normalize

MrzName = NewType("MrzName", str)
"""`PRIMARY<IDENTIFIER<<SECONDARY<IDENTIFIER` without fillers at the end, 30 characters at most."""

LONGEST: Final = 30
"""The name field of a TD1 card; that of a passport is longer, so all are cut where the shortest is."""

MOST_TYPED: Final = 400
"""Longer than any register's family and given names together."""

_FORM: Final = re.compile(r"[A-Z]+(<{1,2}[A-Z]+)*")
_TWO_LETTERS: Final = {
    "Ä": "AE", "Æ": "AE", "Å": "AA", "Ö": "OE", "Ø": "OE", "Œ": "OE", "Ü": "UE", "ẞ": "SS", "Þ": "TH", "Ĳ": "IJ",
    "Đ": "D", "Ð": "D", "Ħ": "H", "Ł": "L", "Ŋ": "N", "Ŧ": "T", "Ə": "E", "Ɖ": "D",
}  # fmt: skip
"""9303-3, section 6, table A: what is not the bare letter beneath an accent; of two forms allowed, the first."""

_FILLER: Final = "<"
_SPELT_OUT: Final = re.compile(r"A[AE]+|OE+|U(?:E+|XX)|NXX")


class NoMrzName(ValueError):
    """A name that this table cannot write: in another script, with digits or symbols, empty, or endless."""


def mrz_name(family: str, given: str = "") -> MrzName:
    """The name in the form of the machine readable zone; what is in that form already stays as it is.

    Spaces, hyphens and commas become one filler; apostrophes and other punctuation go, so that what they part becomes
    one word (9303-3, 4.6). Letters of another script are never dropped: too different names would become one.

    Raises:
        NoMrzName: the name has no such form; the message does not repeat it.
    """
    if len(family) + len(given) > MOST_TYPED:
        raise NoMrzName("longer than any name")
    primary, secondary = _words(family), _words(given)
    if not primary:
        raise NoMrzName("no letters")
    whole = f"{primary}<<{secondary}" if secondary else primary
    return MrzName(whole[:LONGEST].rstrip(_FILLER))


def is_mrz_name(text: str) -> bool:
    """Whether `text` is what `mrz_name` gives."""
    return len(text) <= LONGEST and _FORM.fullmatch(text) is not None


def spelling_aside(name: MrzName) -> str:
    """The name without the letters that one state writes and another does not.

    The table lets a state choose: Ä as AE or A, Ö as OE or O, Ü as UE, UXX or U, Ñ as N or NXX. So ÖZTÜRK is OEZTUERK
    on a German card and OZTURK on a Turkish one. The form is for comparing only: JOEL becomes JOL.
    """
    return _SPELT_OUT.sub(lambda found: found[0][0], name)


def _words(text: str) -> str:
    letters = "".join(_in_the_zone(letter) for letter in normalize("NFC", normalize("NFC", text).upper()))
    return _FILLER.join(word for word in letters.split(_FILLER) if word)


def _in_the_zone(letter: str) -> str:
    """The capital `letter` in A to Z, a filler, or nothing."""
    if letter in _TWO_LETTERS:
        return _TWO_LETTERS[letter]
    if "A" <= letter <= "Z":
        return letter
    kind = category(letter)
    if letter in {_FILLER, ","} or letter.isspace() or kind == "Pd":
        return _FILLER
    if kind in {"Lm", "Mn", "Sk", "Cf"} or kind.startswith("P"):
        return ""
    # An accent less, or a ligature in its letters.
    parts = [part for part in normalize("NFKD", letter) if category(part) != "Mn" and part != "·"]
    if not parts or not all("A" <= part <= "Z" for part in parts):
        raise NoMrzName("a character that the table does not have")
    return "".join(parts)
