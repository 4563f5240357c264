"""How sales ended that were begun and have no end: found out by asking the terminal, before anyone is served.

Nothing is ever charged again and nothing issued again. What was never paid for, and what did not come, is given back;
what came is looked for at the terminal; what nobody can tell is told to the office.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from devices.conditions import Ready
from devices.errors import DeviceError, Unavailable
from devices.payments import Declined, Refusal, Repeated, Reversed, Unclear
from devices.roles import CARD_TERMINAL
from kiosk_app import sale_endings as endings
from kiosk_app.events import SaleSettledLate
from kiosk_app.issuing import TURN_UNCLEAR, trouble_of
from logbook import say, word
from offline_cache.sales import State

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from threading import Event

    from central_office.contract.town import Town
    from devices.noticeboard import Noticeboard
    from devices.payments import Advice, CardTerminal
    from kiosk_app.desk import Devices
    from offline_cache.sales import CardPayment, OpenSale, SaleEnd, SaleId, Sales

LOOKS: Final = 20
PAUSE: Final = 0.5
"""How often, and how many seconds apart, a terminal is asked that its supervisor is still opening."""

FITS: Final = timedelta(minutes=10)
"""How far a terminal's clock may be from ours, when its memory of no earlier payment tells a new one from an old."""

HIGHEST_RECEIPT: Final = 9999
HIGHEST_TRACE: Final = 999_999
"""The numbers after which a terminal begins again with 1."""

IN_DOUBT: Final = 5000
"""Cents up to which a payment is given back of whose bags nobody knows whether they came."""

_LATER: Final = (Refusal.NO_CONNECTION, Refusal.BUSY, Refusal.TERMINAL_NOT_READY)
"""A terminal that says no for one of these may say yes another time."""

CUT: Final = "power_cut"
CANNOT_TELL: Final = "terminal_cannot_tell"
OTHER_PAYMENT: Final = "other_payment"
OTHER_TERMINAL: Final = "other_terminal"
"""Words for staff."""


def nobody(_: Advice) -> None:
    """Nobody stands before the terminal."""


class SaleSettler:
    """Asks the terminal how sales ended; `pause` waits between two tries while it is being opened."""

    def __init__(  # noqa: PLR0913  # who is asked, what is kept, and when that is
        self,
        devices: Devices,
        noticeboard: Noticeboard,
        sales: Sales,
        *,
        town: Town,
        now: Callable[[], datetime],
        cancel: Event,
        pause: Callable[[float], object],
    ) -> None:
        self._devices = devices
        self._noticeboard = noticeboard
        self._sales = sales
        self._town = town
        self._now = now
        self._cancel = cancel
        self._pause = pause

    def settle(self) -> int:
        """Bring every sale that has no end to one, or tell the office that it is unclear; how many have an end now.

        One that the office knows as unclear is asked about once, if the terminal is there; a new one with patience.
        """
        settled = 0
        for sale in self._sales.unfinished():
            if sale.told and not isinstance(self._noticeboard.of(CARD_TERMINAL), Ready):
                continue
            why, looks = (endings.SILENT, 1) if sale.told else (CUT, LOOKS)
            end = self.end_of(sale.sale, why, looks)
            if end is not None and not end.asked_in_vain:
                say(SaleSettledLate(word(end.ending.value), word(end.why or "none")))
                settled += 1
        return settled

    def end_of(self, which: SaleId, why: str, looks: int, slip: str = "") -> SaleEnd | None:
        """Bring one sale to its end, or to "unclear", on disk; None for one that was dropped, or when shutting down."""
        sale = self._sales.one(which)
        if sale.state is State.RESERVED:
            self._sales.drop(which)
            return None
        if sale.purpose == "bags" and sale.state in (State.AUTHORIZED, State.DISPENSING):
            sale = self._sales.issued(which)
        why = trouble_of(sale) or why
        end = endings.free(sale, why) if not sale.asked else self._ask(sale, why, looks)
        if end is None:
            if self._cancel.is_set():
                return None
            end = endings.still_to_ask(sale, why, slip)
        self._sales.end(which, end)
        return end

    def _ask(self, sale: OpenSale, why: str, looks: int) -> SaleEnd | None:
        for look in range(looks):
            if look:
                self._pause(PAUSE)
            try:
                with self._devices.lease(CARD_TERMINAL) as terminal:
                    found = self._found(terminal, sale, why)
            except (Unavailable, DeviceError):
                found = None
            if found is not None:
                return found
        return None

    def _found(self, terminal: CardTerminal, sale: OpenSale, why: str) -> SaleEnd | None:
        """What the terminal says of this sale; None when it says nothing."""
        if differ(terminal.number, _place(sale)):
            # It was exchanged: its receipts count anew, and what it gave back would be somebody else's.
            return endings.unknown(sale, OTHER_TERMINAL)
        told = terminal.repeat_receipt(self._cancel)
        match told:
            case Unclear():
                return None
            case Declined(refusal) if refusal is not Refusal.NOT_SUPPORTED:
                return None
            case Repeated(booking) if booking is not None:
                payment = endings.kept(booking, self._now().astimezone(self._town.zone))
                if differ(payment.terminal, _place(sale)):
                    return endings.unknown(sale, OTHER_TERMINAL)
                if _ours_with_another_amount(sale, payment):
                    return endings.unknown(sale, endings.DIFFERS)
                if not told.taken and (sale.payment is None or same(payment, sale.payment)):
                    return self._nothing_taken(sale, why)
                return self._remembered(terminal, sale, why, payment)
            case _:
                # What it does not tell nobody knows; a receipt's number alone does not say whose money it is.
                return endings.unknown(sale, CANNOT_TELL)

    def _nothing_taken(self, sale: OpenSale, why: str) -> SaleEnd:
        if sale.payment is None:
            return endings.not_charged(sale, why)
        return endings.given_back(sale, why, sale.payment)

    def _remembered(self, terminal: CardTerminal, sale: OpenSale, why: str, payment: CardPayment) -> SaleEnd | None:
        """The terminal's last payment is `payment`, which it took (or not ours, whatever became of it)."""
        ours = self._ours(sale, payment)
        if ours is None:
            return endings.unknown(sale, OTHER_PAYMENT)
        if not ours:
            # Ours was never accepted, or, if we know that it was, the terminal remembers another one.
            if sale.payment is None:
                return endings.not_charged(sale, why)
            return self._not_the_last(terminal, sale, why, sale.payment, payment)
        if sale.worth:
            return endings.taken(sale, payment.amount, why, sale.payment or payment)
        if trouble_of(sale) == TURN_UNCLEAR and payment.amount > IN_DOUBT:
            return endings.unknown(sale, why, payment.amount, payment)
        return self._give_back(terminal, sale, why, payment)

    def _not_the_last(
        self, terminal: CardTerminal, sale: OpenSale, why: str, ours: CardPayment, last: CardPayment
    ) -> SaleEnd | None:
        """Ours was accepted, and the terminal's last payment is another one: a later one, or it is another terminal."""
        if not _follows(last, ours):
            # It forgot ours, or began to count anew: under our receipt's number is somebody else's payment, or none.
            return endings.unknown(sale, OTHER_PAYMENT)
        if sale.worth:
            return endings.unknown(sale, CANNOT_TELL)
        return self._give_back(terminal, sale, why, ours, amount_known=False)

    def _give_back(
        self, terminal: CardTerminal, sale: OpenSale, why: str, payment: CardPayment, *, amount_known: bool = True
    ) -> SaleEnd | None:
        charged = payment.amount if amount_known else None
        if payment.receipt is None:
            return endings.unknown(sale, endings.NOT_GIVEN_BACK, charged, payment)
        match terminal.reverse(payment.receipt, nobody, self._cancel):
            case Reversed(booking) if booking.amount != payment.amount or differ(booking.terminal, payment.terminal):
                return endings.unknown(sale, endings.DIFFERS, charged, payment)
            case Reversed() | Declined(Refusal.ALREADY_REVERSED):
                return endings.given_back(sale, why, payment)
            case Unclear():
                return None
            case Declined(refusal) if refusal in _LATER:
                return None
            case _:
                return endings.unknown(sale, endings.NOT_GIVEN_BACK, charged, payment)

    def _ours(self, sale: OpenSale, payment: CardPayment) -> bool | None:
        """Whether the terminal's last payment is this sale's; None when nobody can tell."""
        if sale.payment is not None:
            return same(payment, sale.payment)
        if sale.before is not None and same(payment, sale.before):
            return False
        recent = self._recent(sale, payment)
        if payment.amount != sale.asked:
            return None if sale.before is not None or recent is not False else False
        if sale.before is None or recent is True:
            return recent
        # A new payment of our amount, and yet not since the sale began: a clock was set, or it is not ours.
        return True if payment.stamp is None and _follows(payment, sale.before) else None

    def _recent(self, sale: OpenSale, payment: CardPayment) -> bool | None:
        """Whether it was made since the sale began, by the terminal's clock; None where no clock can tell."""
        now = self._now()
        if payment.stamp is None or now < sale.began or payment.stamp > now + FITS:
            return None  # a clock was set meanwhile, ours or the terminal's
        return sale.began - FITS <= payment.stamp


def differ(one: str, other: str) -> bool:
    """Whether two numbers of terminals are of two terminals, as far as these have told them."""
    return bool(one and other) and one != other


def same(one: CardPayment, other: CardPayment) -> bool:
    """Whether two records are of one payment: by receipt and trace, by receipt and time where there is no trace."""
    if one.receipt is None or one.receipt != other.receipt or differ(one.terminal, other.terminal):
        return False
    if one.trace is not None and other.trace is not None:
        return one.trace == other.trace
    return one.stamp is None or other.stamp is None or one.stamp == other.stamp


def _place(sale: OpenSale) -> str:
    """The number of the terminal at which the sale was paid; before that, at which the one before it was."""
    payment = sale.payment or sale.before
    return payment.terminal if payment is not None else ""


def _ours_with_another_amount(sale: OpenSale, payment: CardPayment) -> bool:
    """Whether the terminal's last payment bears our number, and neither what was accepted nor what came out for it."""
    ours = sale.payment
    return ours is not None and same(payment, ours) and payment.amount not in {ours.amount, sale.worth}


def _follows(later: CardPayment, earlier: CardPayment) -> bool:
    """Whether one terminal made the two in this order; its numbers begin anew after the highest."""
    if later.stamp is not None and earlier.stamp is not None and later.stamp < earlier.stamp:
        return False
    return _counts_on(earlier.receipt, later.receipt, HIGHEST_RECEIPT) and (
        earlier.trace is None or later.trace is None or _counts_on(earlier.trace, later.trace, HIGHEST_TRACE)
    )


def _counts_on(earlier: int | None, later: int | None, highest: int) -> bool:
    if earlier is None or later is None:
        return False
    return 0 < (later - earlier) % highest < highest // 2
