"""Money and matter as one transaction: what a service may begin, what it shows meanwhile, and what it hears."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from devices.dispensing import DispenserLayout
    from devices.noticeboard import Noticeboard
    from devices.payments import Advice, Refusal, Slip
    from kiosk_app.desk import Desk
    from offline_cache.sales import Basket, CardPayment, Ending, SaleId, Sales, Sold, Ware


class NoBags(StrEnum):
    """Why no bags can be chosen now."""

    NO_DISPENSER = "no_dispenser"
    """This kiosk has none."""
    OUT_OF_ORDER = "out_of_order"
    SOLD_OUT = "sold_out"


class NoCard(StrEnum):
    """Why no card can be taken now."""

    NO_TERMINAL = "no_terminal"
    """This kiosk has none, or it is silent."""
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
    raise NotImplementedError


def available(counter: Counter) -> Selling | Closed:
    """Whether bags can be chosen, and how many; asks no device and takes no time."""
    raise NotImplementedError


def sell(desk: Desk, basket: Basket, showing: Showing, voucher: str = "") -> SaleResult | NotBegun:
    """Reserve, take the money, issue the bags, book what was really issued; returns when it is over.

    `voucher`: what a basket that costs nothing is issued against; it is told to the office.

    Raises:
        Abandoned: the citizen ended the session; the sale is over all the same, and written down.
        ValueError: the basket is empty, or names more than `devices.payments.MOST_CENTS`.
    """
    raise NotImplementedError


def pay_fee(
    desk: Desk,
    purpose: Literal["bulky_fee", "permit"],
    cents: int,
    commit: Callable[[], str],
    showing: Showing,
) -> SaleResult | NotBegun:
    """Take a fee; `commit` makes what it is for durable, in the same transaction as "issued", and returns its number.

    `commit` is called once, when the card was accepted, from another thread; it may touch the ledger and nothing else.
    An error that it raises gives the money back and is raised again.

    Raises:
        Abandoned: as for `sell`.
    """
    raise NotImplementedError
