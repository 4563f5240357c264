"""The number printed on an identity document and on the letter that says it was applied for.

Nine characters: four of the issuing authority, five random, from an alphabet without look-alikes
(no vowels, no B, D, Q, S), and one check digit (ICAO 9303-3, section 4.9: weights 7-3-1, A=10 ... Z=35).
"""

from __future__ import annotations

from central_office.contract.values import value

ALPHABET = "0123456789CFGHJKLMNPRTVWXYZ"
LENGTH = 9
LENGTH_WITH_CHECK_DIGIT = 10

_WEIGHTS = (7, 3, 1)
_LOOK_ALIKES = str.maketrans({"O": "0", "I": "1"})


class NotADocumentNumber(ValueError):
    """The text cannot be a document number; `problem` says in which way."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


@value
class DocumentNumber:
    """A well-formed document number of nine characters, without its check digit."""

    characters: str

    def __post_init__(self) -> None:
        if len(self.characters) != LENGTH or not set(self.characters) <= set(ALPHABET):
            raise NotADocumentNumber("not nine characters of the alphabet")

    @property
    def check_digit(self) -> str:
        """The tenth, typed character: it tells slips of the finger from real numbers."""
        return check_digit(self.characters)

    @property
    def typed(self) -> str:
        """The ten characters as a citizen types them."""
        return self.characters + self.check_digit

    def __str__(self) -> str:
        return f"{self.characters[:4]} {self.characters[4:]} {self.check_digit}"

    def __repr__(self) -> str:
        # A document number is personal: it must not slip into a log by way of a traceback.
        return "DocumentNumber(…)"


def check_digit(characters: str) -> str:
    """The check digit of ICAO 9303-3, section 4.9, over digits and capital letters."""
    values = (int(character, 36) for character in characters)
    return str(sum(value * _WEIGHTS[place % 3] for place, value in enumerate(values)) % 10)


def parse_typed(text: str) -> DocumentNumber:
    """Read what a citizen typed or a letter prints: ten characters, look-alikes and spaces forgiven.

    Raises:
        NotADocumentNumber: wrong length, a character outside the alphabet, or a check digit that does not fit.
    """
    cleaned = "".join(text.upper().split()).replace("-", "").translate(_LOOK_ALIKES)
    if len(cleaned) != LENGTH_WITH_CHECK_DIGIT:
        raise NotADocumentNumber("not ten characters")
    number = DocumentNumber(cleaned[:LENGTH])
    if number.check_digit != cleaned[LENGTH]:
        raise NotADocumentNumber("the check digit does not fit")
    return number
