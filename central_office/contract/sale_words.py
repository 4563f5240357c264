"""The small words of a sale, for those who want no message: loaded without the library that checks messages."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, Literal, NewType

SaleId = NewType("SaleId", str)
Purpose = Literal["bags", "bulky_fee", "permit"]

MAX_PIECES: Final = 99
MAX_CENTS: Final = 999_999
"""Of one sale; a terminal takes no more at once."""


class Ending(StrEnum):
    """How a sale ended."""

    PAID = "paid"
    PART = "part"
    """Less was issued than chosen, and only that was charged."""
    FREE = "free"
    """Against a voucher: nothing to pay."""
    DECLINED = "declined"
    ABORTED = "aborted"
    REVERSED = "reversed"
    """It was charged and given back; nothing was issued."""
    UNCLEAR = "unclear"
    """Nobody knows: a person must look."""
    UNPAID = "unpaid"
    """Issued, but the terminal did not take the money."""
