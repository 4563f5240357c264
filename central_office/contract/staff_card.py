"""The staff card: `BS1:<AGS, 8 digits>:<number, 4 digits>:<token, 26 characters of base 32>:<check, 2 characters>`.

It says who wants to sign in; the PIN is asked besides. An employee without a card types the number.
"""

from __future__ import annotations

from typing import Final, NewType

from central_office.contract.letter_code import (
    DamagedCode,
    OtherTownsCode,
    TownKey,
    check_of,
    from_base32,
    in_base32,
    parts_of,
)
from central_office.contract.values import value

EmployeeNumber = NewType("EmployeeNumber", str)
"""Four digits that name an employee to kiosk and office; no secret."""

NUMBER_DIGITS: Final = 4
PIN_DIGITS: Final = 6
TOKEN_BYTES: Final = 16

_PREFIX: Final = "BS1"
_TOKEN_CHARACTERS: Final = 26


@value
class StaffCard:
    """An employee's number and the random token on their card."""

    number: EmployeeNumber
    token: bytes

    def __post_init__(self) -> None:
        if not is_number(self.number):
            raise ValueError(f"an employee's number has {NUMBER_DIGITS} digits")
        if len(self.token) != TOKEN_BYTES:
            raise ValueError(f"the token has {TOKEN_BYTES} bytes")

    def __repr__(self) -> str:
        return "StaffCard(…)"

    def payload(self, town: TownKey) -> str:
        """The text of the QR code on the card."""
        body = f"{_PREFIX}:{town}:{self.number}:{in_base32(self.token)}"
        return f"{body}:{check_of(body)}"


def is_number(text: str) -> bool:
    """Whether it has the form of an employee's number."""
    return len(text) == NUMBER_DIGITS and text.isascii() and text.isdigit()


def is_pin(text: str) -> bool:
    """Whether it has the form of a PIN."""
    return len(text) == PIN_DIGITS and text.isascii() and text.isdigit()


def parse_card(payload: bytes, town: TownKey) -> StaffCard:
    """Read a staff card that was shown.

    Raises:
        NotOurCode: something else than a staff card.
        DamagedCode: a staff card that is cut off or altered.
        OtherTownsCode: a sound one of another town.
    """
    parts = parts_of(payload, _PREFIX, 5)
    if parts[4] != check_of(":".join(parts[:4])) or len(parts[3]) != _TOKEN_CHARACTERS:
        raise DamagedCode("the check does not fit")
    try:
        card = StaffCard(EmployeeNumber(parts[2]), from_base32(parts[3]))
    except ValueError:
        raise DamagedCode("the parts do not fit") from None
    if parts[1] != town:
        raise OtherTownsCode(TownKey(parts[1]))
    return card
