"""What ZVT's numbers mean to us: results, intermediate status, the terminal's own status (PA00P015, chapter 10)."""

from __future__ import annotations

from typing import Final

from devices.conditions import Condition, Need, NeedsStaff, Ready, Soon
from devices.payments import Advice, Refusal

ABORTED: Final = 0x6C
"""By the abort key, by our abort, or because nobody presented a card."""

REVERSING: Final = 0x05
"""The intermediate status that says: an automatic reversal is on its way."""

_REFUSALS: Final = {
    **dict.fromkeys(range(0x01, 0x64), Refusal.HOST_REFUSED),
    **dict.fromkeys((0x64, 0x65, 0x66, 0x72, 0xE2, 0xE3), Refusal.CARD_UNREADABLE),
    0x6E: Refusal.CARD_BLOCKED,
    **dict.fromkeys((0x78, 0x79), Refusal.CARD_NOT_VALID),
    **dict.fromkeys((0x6F, 0x7A, 0xC5), Refusal.CARD_UNKNOWN),
    0x71: Refusal.CREDIT_TOO_LOW,
    **dict.fromkeys((0xC3, 0xC8), Refusal.AMOUNT_OUT_OF_RANGE),
    **dict.fromkeys((0x7D, 0x9B, 0xA0, 0xA1, 0xA3), Refusal.NO_CONNECTION),
    0x9C: Refusal.BUSY,
    0xB4: Refusal.ALREADY_REVERSED,
    0xB5: Refusal.REVERSAL_NOT_POSSIBLE,
    **dict.fromkeys((0xB7, 0xB8), Refusal.NO_SUCH_RESERVATION),
    0x77: Refusal.END_OF_DAY_NOT_POSSIBLE,
    **dict.fromkeys((0xB1, 0xB2, 0xF0), Refusal.END_OF_DAY_FIRST),
    0x83: Refusal.NOT_SUPPORTED,
}


def refusal(code: int) -> Refusal:
    """Why it said no."""
    return _REFUSALS.get(code, Refusal.TERMINAL_NOT_READY)


_REMOVE: Final = range(0x41, 0x5E)
"""The codes 01 to 1D once more, each with "please remove the card"."""

_ADVICE: Final = {
    0x00: Advice.CONFIRM_AMOUNT,
    **dict.fromkeys((0x01, 0x02, *range(0x6A, 0x6E)), Advice.LOOK_AT_TERMINAL),
    **dict.fromkeys((0x03, 0x0D, 0x12, 0x13, 0x1A, 0x1D), Advice.NOT_PAID),
    REVERSING: Advice.GIVING_BACK,
    **dict.fromkeys((0x07, 0x08, 0x09, 0x10, 0x14, 0x16, 0x18), Advice.TAKE_ANOTHER_CARD),
    0x0A: Advice.PRESENT_CARD,
    0x0B: Advice.REMOVE_CARD,
    0x0C: Advice.CARD_UNREADABLE,
    0x15: Advice.PIN_WRONG,
    **dict.fromkeys((0x1B, 0x1C), Advice.TAKE_GOODS),
}


def advice(code: int) -> Advice:
    """What an intermediate status asks of the citizen; a text of the terminal's own (FF, 2E and others) says "wait"."""
    if code in _REMOVE:
        return Advice.REMOVE_CARD
    return _ADVICE.get(code, Advice.WAIT)


def condition(code: int) -> Condition:
    """The condition behind the code of a status enquiry; 62 (its clock is wrong) still takes payments."""
    match code:
        case 0x00 | 0x62:
            return Ready()
        case 0xCC:
            return NeedsStaff(Need.PAPER)
        case _ if refusal(code) is Refusal.END_OF_DAY_FIRST:
            # Its memory or its journal of payments is full. Lent it must be, or nobody could close its day.
            return Ready(Soon.DAY_TO_CLOSE)
        case _:
            return NeedsStaff(Need.LOOK_AT_IT)
