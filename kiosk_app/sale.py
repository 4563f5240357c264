"""Money and matter as one transaction: what a service may begin, what it shows meanwhile, and what it hears."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from threading import Event
from typing import TYPE_CHECKING, Literal, Protocol

from devices.conditions import NeedsStaff, Ready, Soon
from devices.errors import Unavailable
from devices.payments import MOST_CENTS
from devices.roles import CARD_TERMINAL, DISPENSER
from kiosk_app.apart import Apart
from kiosk_app.pace import PACE
from kiosk_app.paying import Paying, View
from kiosk_app.power import on_battery
from offline_cache.sales import NotEnough

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from devices.dispensing import DispenserLayout
    from devices.noticeboard import Noticeboard
    from devices.payments import Advice, Refusal, Slip
    from kiosk_app.desk import Desk
    from kiosk_app.pace import Pace
    from kiosk_app.paying import Ended
    from offline_cache.sales import Basket, CardPayment, Ending, SaleId, Sales, Sold, Ware


class NoBags(StrEnum):
    """Why no bags can be chosen now."""

    NO_DISPENSER = "no_dispenser"
    """This kiosk has none."""
    OUT_OF_ORDER = "out_of_order"
    ON_BATTERY = "on_battery"
    """The mains have failed: a motor that turns now may stop half-way."""
    SOLD_OUT = "sold_out"


class NoCard(StrEnum):
    """Why no card can be taken now."""

    NO_TERMINAL = "no_terminal"
    """This kiosk has none, or it is silent."""
    ON_BATTERY = "on_battery"
    NOT_READY = "not_ready"
    """It needs a person first."""
    UNCLEAR = "unclear"
    """How an earlier payment ended is not known: card sales stay off until the terminal has been asked."""


@dataclass(frozen=True)
class Selling:
    """Bags can be chosen: so many of each ware, less what is reserved. `no_card`: only what is free of charge."""

    stock: Mapping[Ware, int]
    no_card: NoCard | None = None


@dataclass(frozen=True)
class Closed:
    """No bags can be chosen."""

    why: NoBags


@dataclass(frozen=True)
class SaleResult:
    """How a sale ended, for the citizen who stands there.

    `asked`, `charged`: cents; `charged` is None when nobody knows. `refusal`: of a declined payment. `why` is a word
    for staff, such as "jammed", "" when all went well. `reference` is what `commit` of a fee returned.
    """

    sale: SaleId
    ending: Ending
    lines: tuple[Sold, ...]
    asked: int
    charged: int | None
    payment: CardPayment | None = None
    slips: tuple[Slip, ...] = ()
    refusal: Refusal | None = None
    why: str = ""
    reference: str = ""

    @property
    def not_charged_known(self) -> bool:
        """Whether "You were not charged" may be said."""
        return self.charged == 0


@dataclass(frozen=True)
class NotBegun:
    """Nothing was begun, asked of the terminal or reserved: it cannot be sold now, or not so much of it."""

    why: NoBags | NoCard


class Showing(Protocol):
    """What the citizen sees while it goes on; both are called on the session's thread and may raise `Abandoned`.

    Neither step may be idle: money or goods move. After `Abandoned` the payment is cancelled while it can be, what was
    begun is brought to its end without a page, and `Abandoned` is raised again.
    """

    def paying(self, advice: Advice, changed: Callable[[], bool]) -> bool:
        """Show what she should do at the terminal until `changed`; True if she cancels the payment before.

        `advice` is `Advice.CANNOT_CANCEL` once it is too late for that. Ask with a `meanwhile` that looks at `changed`
        every tenth of a second.
        """
        ...

    def dispensing(self, done: int, of: int, changed: Callable[[], bool]) -> None:
        """Show that so many bags of so many have come, until `changed`."""
        ...


class Counter(Protocol):
    """What must be known to say what can be sold; a `Desk` is one, and so is what the home page is made from."""

    @property
    def noticeboard(self) -> Noticeboard:
        """How the devices are."""
        ...

    @property
    def sales(self) -> Sales:
        """The sales on disk."""
        ...

    @property
    def columns(self) -> DispenserLayout | None:
        """The columns of this kiosk's dispenser; None without one."""
        ...


def card_sales(counter: Counter) -> NoCard | None:
    """Why no card can be taken now; None if it can. Asks no device."""
    if on_battery(counter.noticeboard):
        return NoCard.ON_BATTERY
    match counter.noticeboard.of(CARD_TERMINAL):
        case Ready(Soon.DAY_TO_CLOSE):
            return NoCard.NOT_READY
        case Ready():
            return NoCard.UNCLEAR if counter.sales.unfinished() else None
        case NeedsStaff():
            return NoCard.NOT_READY
        case _:
            return NoCard.NO_TERMINAL


def available(counter: Counter) -> Selling | Closed:
    """Whether bags can be chosen, and how many; asks no device and takes no time."""
    if counter.columns is None:
        return Closed(NoBags.NO_DISPENSER)
    if on_battery(counter.noticeboard):
        return Closed(NoBags.ON_BATTERY)
    condition = counter.noticeboard.of(DISPENSER)
    if not isinstance(condition, Ready) or condition.soon is Soon.DROP_SENSOR_DOUBTED:
        return Closed(NoBags.OUT_OF_ORDER)
    stock: dict[Ware, int] = {}
    reserved = counter.sales.reserved()
    for each in counter.sales.stock():
        column = counter.columns.column(each.column)
        # A column that the rig says holds something else was not emptied yet: nothing is sold out of it.
        if column is not None and (column.article, column.year) == (each.ware.article, each.ware.year):
            stock[each.ware] = stock.get(each.ware, 0) + (0 if each.trouble else each.pieces)
    free = {ware: max(0, pieces - reserved.get(ware, 0)) for ware, pieces in stock.items()}
    if not any(free.values()):
        return Closed(NoBags.SOLD_OUT)
    return Selling(free, card_sales(counter))


def sell(
    desk: Desk, basket: Basket, showing: Showing, voucher: str = "", *, pace: Pace = PACE
) -> SaleResult | NotBegun:
    """Reserve, take the money, issue the bags, book what was really issued; returns when it is over.

    `voucher`: what a basket that costs nothing is issued against; it is told to the office.

    Raises:
        Abandoned: the citizen ended the session; the sale is over all the same, and written down.
        ValueError: the basket is empty, or names more than `devices.payments.MOST_CENTS`.
    """
    asked = sum(line.sum for line in basket)
    if not basket or asked > MOST_CENTS or any(line.pieces < 1 or line.cents < 0 for line in basket):
        raise ValueError(asked)
    found = available(desk)
    if isinstance(found, Closed):
        return NotBegun(found.why)
    if asked and found.no_card is not None:
        return NotBegun(found.no_card)
    for ware in {line.ware for line in basket}:
        if sum(line.pieces for line in basket if line.ware == ware) > found.stock.get(ware, 0):
            return NotBegun(NoBags.SOLD_OUT)
    try:
        sale = desk.sales.reserve(basket, voucher)
    except NotEnough:
        return NotBegun(NoBags.SOLD_OUT)
    view, cancel = View(of=sum(line.pieces for line in basket)), Event()
    paying = Paying(desk, sale, view, cancel, pace)
    return _shown(desk, Apart("payment", paying.bags, desk.sales.let_go), view, cancel, showing)


def pay_fee(  # noqa: PLR0913  # what is paid, and who shows it
    desk: Desk,
    purpose: Literal["bulky_fee", "permit"],
    cents: int,
    commit: Callable[[], str],
    showing: Showing,
    *,
    pace: Pace = PACE,
) -> SaleResult | NotBegun:
    """Take a fee; `commit` makes what it is for durable, in the same transaction as "issued", and returns its number.

    `commit` is called once, when the card was accepted, from another thread; it may touch the ledger and nothing else.
    An error that it raises gives the money back and is raised again; of `Gone` only the result tells.

    Raises:
        Abandoned: as for `sell`.
        ValueError: not a whole amount from 1 to `devices.payments.MOST_CENTS`.
    """
    if not 0 < cents <= MOST_CENTS:
        raise ValueError(cents)
    if (why := card_sales(desk)) is not None:
        return NotBegun(why)
    try:
        sale = desk.sales.begin_fee(purpose, cents)
    except NotEnough:
        return NotBegun(NoCard.UNCLEAR)
    view, cancel = View(), Event()
    paying = Paying(desk, sale, view, cancel, pace)
    work = Apart("payment", partial(paying.fee, commit), desk.sales.let_go)
    return _shown(desk, work, view, cancel, showing)


def _shown(desk: Desk, work: Apart[Ended], view: View, cancel: Event, showing: Showing) -> SaleResult | NotBegun:
    """Show how it goes until it is over; whatever ends the showing, the sale is waited for."""
    stopped: BaseException | None = None
    while stopped is None and not work.over:
        if desk.cancel.is_set():
            cancel.set()
        seen = view.version

        def changed(seen: int = seen) -> bool:
            return work.over or view.version != seen

        try:
            if view.issuing:
                showing.dispensing(view.done, view.of, changed)
            elif showing.paying(view.advice, changed):
                cancel.set()
        except BaseException as error:  # noqa: BLE001 - money or goods may move: raised again when they do not
            cancel.set()
            stopped = error
    try:
        ended = work.result(desk.beat)
    except Unavailable as gone:
        if stopped is not None:
            raise stopped from None
        return NotBegun(NoBags.OUT_OF_ORDER if gone.role == DISPENSER.name else NoCard.NOT_READY)
    if stopped is not None:
        raise stopped
    return _result(desk, ended)


def _result(desk: Desk, ended: Ended) -> SaleResult:
    sale, end = desk.sales.one(ended.sale.sale), ended.end
    return SaleResult(
        sale=sale.sale,
        ending=end.ending,
        lines=sale.lines,
        asked=sale.asked,
        charged=end.charged,
        payment=sale.payment,
        slips=ended.slips,
        refusal=ended.refusal,
        why=end.why,
        reference=sale.reference,
    )
