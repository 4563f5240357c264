"""How a sale has ended, from what came out and what the terminal says: pure, and never better than what is known.

The rule above all: charged less given back is what was issued, to the cent, or a person is told.
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Final

from devices.payments import Aborted, Declined, Paid, Reversed, SlipKind
from offline_cache.sales import CardPayment, Ending, SaleEnd

if TYPE_CHECKING:
    from datetime import datetime

    from devices.payments import Booking, PayOutcome, Slip
    from offline_cache.sales import OpenSale

SILENT: Final = "terminal_silent"
NOT_GIVEN_BACK: Final = "not_given_back"
NOT_TAKEN: Final = "not_taken"
DIFFERS: Final = "amount_differs"
"""Words for staff."""

MAX_TEXT: Final = 40
"""Characters of each of the terminal's other texts: what it tells must never keep a sale from its end."""

MAX_SLIP: Final = 2000
"""Characters of the merchant's slip that are kept; real ones have some hundreds."""


def ended_with(sale: OpenSale, outcome: PayOutcome, why: str, payment: CardPayment | None) -> SaleEnd | None:
    """How a sale ends with this outcome of its payment; None when only the terminal can tell."""
    slip = merchant_slip(outcome.slips)
    match outcome:
        case Declined():
            return _nothing_taken(sale, Ending.DECLINED, why or outcome.refusal.value, payment, slip)
        case Aborted():
            return _nothing_taken(sale, Ending.ABORTED, why, payment, slip)
        case Reversed():
            return _nothing_taken(sale, Ending.REVERSED, why, payment, slip)
        case Paid(booking):
            return taken(sale, booking.amount, why, payment, slip)
        case _:
            return None


def taken(sale: OpenSale, amount: int, why: str, payment: CardPayment | None, slip: str = "") -> SaleEnd:
    """How a sale ends for which the terminal took so many cents for good."""
    if amount == sale.worth:
        return SaleEnd(Ending.PAID if sale.worth == sale.asked else Ending.PART, amount, why, payment, slip)
    why = why or (NOT_GIVEN_BACK if amount > sale.worth else DIFFERS)
    return SaleEnd(Ending.UNCLEAR, amount, why, payment, slip)


def given_back(sale: OpenSale, why: str, payment: CardPayment | None, slip: str = "") -> SaleEnd:
    """How a sale ends whose money the citizen has again, or never gave."""
    return _nothing_taken(sale, Ending.REVERSED, why, payment, slip)


def not_charged(sale: OpenSale, why: str) -> SaleEnd:
    """How a sale ends for which no card was ever accepted."""
    return _nothing_taken(sale, Ending.ABORTED, why, None, "")


def free(sale: OpenSale, why: str) -> SaleEnd:
    """How a sale ends that costs nothing."""
    return SaleEnd(Ending.FREE if sale.pieces else Ending.ABORTED, 0, why)


def unknown(sale: OpenSale, why: str, charged: int | None = None, payment: CardPayment | None = None) -> SaleEnd:
    """How a sale ends of which the terminal has told all that it knows, and that is not enough."""
    return SaleEnd(Ending.UNCLEAR, charged, why, payment or sale.payment)


def still_to_ask(sale: OpenSale, why: str, slip: str = "") -> SaleEnd:
    """How it stands with a sale while the terminal is silent."""
    return SaleEnd(Ending.UNCLEAR, None, why or SILENT, sale.payment, slip, asked_in_vain=True)


def kept(booking: Booking, moment: datetime) -> CardPayment:
    """The terminal's record as it is kept; `moment` (aware, in the town's zone) tells the year of its stamp."""
    stamp = None if booking.stamp is None else booking.stamp.near(moment)
    return CardPayment(
        booking.amount,
        booking.receipt,
        booking.trace,
        booking.terminal[:MAX_TEXT],
        booking.card[:MAX_TEXT],
        booking.masked_pan[:MAX_TEXT],
        None if stamp is None else stamp.astimezone(UTC),
    )


def merchant_slip(slips: tuple[Slip, ...]) -> str:
    """The text that the merchant must keep; slips that do not say for whom they are count as such."""
    texts = ["\n".join(line.text for line in slip.lines) for slip in slips if slip.kind in _KEPT]
    return "\n\n".join(texts)[:MAX_SLIP]


_KEPT: Final = (SlipKind.MERCHANT, SlipKind.UNSAID)


def _nothing_taken(sale: OpenSale, ending: Ending, why: str, payment: CardPayment | None, slip: str) -> SaleEnd:
    if sale.worth:
        return SaleEnd(Ending.UNPAID, 0, why or NOT_TAKEN, payment, slip)
    return SaleEnd(ending, 0, why, payment, slip)
