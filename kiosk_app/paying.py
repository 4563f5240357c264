"""The saga of one sale: reserved, paid, issued, booked; each arrow is on the disk before the next thing is done.

    RESERVED -> AUTHORIZING -> card accepted -> AUTHORIZED -> motors -> DISPENSED or FAILED -> what the terminal booked

It runs on a thread of its own beside the session's, which shows how it goes; bags come on a third (see `issuing`).
Whatever ends this program in between, `settling_sales` goes on from what the disk says.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING, Protocol

from devices.errors import Cancelled, ProtocolError, TransportError
from devices.payments import Aborted, Advice, Declined, Goods, Refusal
from devices.roles import CARD_TERMINAL, DISPENSER
from kiosk_app import sale_endings as endings
from kiosk_app.apart import Apart
from kiosk_app.issuing import Issuing
from kiosk_app.settling_sales import SaleSettler
from offline_cache.sales import State

if TYPE_CHECKING:
    from collections.abc import Callable

    from devices.dispensing import Dispenser
    from devices.payments import Booking, CardTerminal, PayOutcome, Slip
    from kiosk_app.desk import Desk
    from kiosk_app.issuing import Issued
    from kiosk_app.pace import Pace
    from offline_cache.sales import CardPayment, OpenSale, SaleEnd, SaleId


@dataclass
class View:
    """How it goes, written by the sale's threads and read by the session's; `version` rises with every change."""

    of: int = 0
    advice: Advice = Advice.WAIT
    issuing: bool = False
    done: int = 0
    version: int = 0

    def advise(self, advice: Advice) -> None:
        """The terminal wants the citizen to do this; while bags come, only that money goes back is of interest."""
        if self.issuing and advice is not Advice.GIVING_BACK:
            return
        self.issuing = False
        self.advice = advice
        self.version += 1

    def came(self, done: int) -> None:
        """So many are out; 0: the first is about to come."""
        self.issuing, self.done = True, done
        self.version += 1


class Gone(Exception):
    """Raised by what makes a fee's matter durable: it is gone, and the money goes back."""


@dataclass(frozen=True)
class Ended:
    """What became of a sale, all of it on disk."""

    sale: OpenSale
    end: SaleEnd
    slips: tuple[Slip, ...] = ()
    refusal: Refusal | None = None


class _Issue(Goods, Protocol):
    """Goods that know what went wrong on our side, and can be brought to an end."""

    fault: Exception | None

    def over(self) -> str:
        """Begin nothing more, wait for what goes on; a word for what went wrong."""
        ...


class Paying:
    """One sale that is reserved, until it has its end; every method is called once, on the sale's thread.

    `cancel` set: the terminal is told so while it can be.
    """

    def __init__(self, desk: Desk, sale: SaleId, view: View, cancel: Event, pace: Pace) -> None:
        self._desk = desk
        self._sales = desk.sales
        self._sale = sale
        self._view = view
        self._cancel = cancel
        self._pace = pace

    def bags(self) -> Ended:
        """Take the money for the bags, if they cost any, and issue them.

        Raises:
            Unavailable: terminal or dispenser cannot be had; nothing was begun, and the sale is forgotten.
        """
        asked = self._sales.one(self._sale).asked
        with ExitStack() as leases:
            try:
                dispenser = leases.enter_context(self._desk.devices.lease(DISPENSER))
                terminal = leases.enter_context(self._desk.devices.lease(CARD_TERMINAL)) if asked else None
            except BaseException:
                self._sales.drop(self._sale)
                raise
            if terminal is None:
                return self._free(dispenser)
            goods = Bags(self._desk, self._sale, dispenser, self._view, self._pace)
            return self._paid(leases, terminal, goods)

    def fee(self, commit: Callable[[], str]) -> Ended:
        """Take a fee, and make what it is for durable once the card was accepted.

        Raises:
            Unavailable: the terminal cannot be had; nothing was begun, and the sale is forgotten.
        """
        with ExitStack() as leases:
            try:
                terminal = leases.enter_context(self._desk.devices.lease(CARD_TERMINAL))
            except BaseException:
                self._sales.drop(self._sale)
                raise
            return self._paid(leases, terminal, Fee(self._desk, self._sale, commit))

    def _free(self, dispenser: Dispenser) -> Ended:
        self._view.came(0)
        issued = Issuing(dispenser, self._sales, Event(), self._pace, self._view.came).run(self._sale)
        end = endings.free(issued.sale, issued.why)
        self._sales.end(self._sale, end)
        return Ended(issued.sale, end)

    def _paid(self, leases: ExitStack, terminal: CardTerminal, goods: _Issue) -> Ended:
        try:
            self._sales.authorizing(self._sale)
            outcome = self._pay(terminal, goods)
        finally:
            why = goods.over()
        # The terminal may have to be found anew, so it is given back before it is asked.
        leases.close()
        ended = self._conclude(outcome, why)
        if goods.fault is not None and not isinstance(goods.fault, Gone):
            raise goods.fault
        return ended

    def _pay(self, terminal: CardTerminal, goods: Goods) -> PayOutcome:
        try:
            return terminal.pay(self._sales.one(self._sale).asked, goods, self._view.advise, self._cancel)
        except Cancelled:
            return Aborted()
        except (TransportError, ProtocolError):
            # By the driver's promise nothing had gone out.
            return Declined(Refusal.NO_CONNECTION, 0)

    def _conclude(self, outcome: PayOutcome, why: str) -> Ended:
        sale = self._sales.one(self._sale)
        if sale.purpose == "bags" and sale.state in (State.AUTHORIZED, State.DISPENSING):
            sale = self._sales.issued(self._sale)
        end = endings.ended_with(sale, outcome, why, self._payment(outcome))
        refusal = outcome.refusal if isinstance(outcome, Declined) else None
        if end is not None:
            self._sales.end(self._sale, end)
            return Ended(sale, end, outcome.slips, refusal)
        settler = SaleSettler(
            self._desk.devices,
            self._desk.noticeboard,
            self._sales,
            town=self._desk.town,
            now=self._desk.now,
            cancel=Event(),
            pause=self._pace.pause,
        )
        slip = endings.merchant_slip(outcome.slips)
        found = settler.end_of(self._sale, why, self._pace.looks, slip) or endings.still_to_ask(sale, why, slip)
        return Ended(sale, found, outcome.slips)

    def _payment(self, outcome: PayOutcome) -> CardPayment | None:
        booking = None if isinstance(outcome, Declined | Aborted) else outcome.booking
        return None if booking is None else _kept(self._desk, booking)


class Bags:
    """Bags as goods: a thread that waits for the card, then issues; implements `devices.payments.Goods`."""

    def __init__(self, desk: Desk, sale: SaleId, dispenser: Dispenser, view: View, pace: Pace) -> None:
        self._desk = desk
        self._sale = sale
        self._view = view
        self._go = Event()
        self._stop = Event()
        self.fault: Exception | None = None
        self._issuing = Issuing(dispenser, desk.sales, self._stop, pace, view.came)
        self._work = Apart("issue", self._run, desk.sales.let_go)

    def authorised(self, booking: Booking) -> None:
        """Write it down, then let the motors begin."""
        try:
            self._desk.sales.authorized(self._sale, _kept(self._desk, booking))
        except Exception as error:  # noqa: BLE001 - told as "not issued" first, and raised when the money is back
            self.fault = error
            return
        self._go.set()
        self._view.came(0)

    def issued(self, within: float) -> int | None:
        """The cents' worth that came out; None while they are coming."""
        if self.fault is not None:
            return 0
        if not self._work.wait(within):
            return None
        try:
            issued = self._work.result()
        except Exception as error:  # noqa: BLE001 - as above
            self.fault = error
            return 0
        return issued.sale.worth if issued is not None else 0

    def over(self) -> str:
        """Let no further motor start, and wait for the one that turns."""
        self._stop.set()
        self._go.set()
        try:
            self._work.result()
        except Exception as error:  # noqa: BLE001 - as above
            self.fault = self.fault or error
        return self._issuing.why

    def _run(self) -> Issued | None:
        # This thread's way to the disk is opened now, and not when the card has been accepted.
        self._desk.sales.stock()
        self._go.wait()
        return None if self._stop.is_set() else self._issuing.run(self._sale)


@dataclass
class Fee:
    """Something that is issued by being written down; implements `devices.payments.Goods`."""

    desk: Desk
    sale: SaleId
    commit: Callable[[], str]
    fault: Exception | None = field(default=None, init=False)

    def authorised(self, booking: Booking) -> None:
        """Write it down, then what the fee is for."""
        try:
            self.desk.sales.authorized(self.sale, _kept(self.desk, booking))
            self.desk.sales.commit(self.sale, self.commit)
        except Exception as error:  # noqa: BLE001 - told as "not issued" first, and raised when the money is back
            self.fault = error

    def issued(self, within: float) -> int | None:  # noqa: ARG002 - it is known at once
        """All or nothing."""
        return 0 if self.fault is not None else self.desk.sales.one(self.sale).worth

    def over(self) -> str:
        """Nothing goes on by itself."""
        return ""


def _kept(desk: Desk, booking: Booking) -> CardPayment:
    return endings.kept(booking, desk.now().astimezone(desk.town.zone))
