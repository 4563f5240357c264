"""A sale as the kiosk keeps it: what was chosen, how far it has come, how it ended; and the bags in the columns.

Money and matter meet here. Each step is on disk, synced, before the next thing is done in the world; what was begun
and has no end is found again, and is finished by asking, never by doing it once more.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Protocol

from central_office.contract.sale_words import Ending, Purpose, SaleId

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from central_office.contract.base import Message

__all__ = ["Ending", "Purpose", "SaleId"]


class State(StrEnum):
    """How far a sale has come; each is on disk before the next thing is done in the world."""

    RESERVED = "reserved"
    AUTHORIZING = "authorizing"
    """The terminal may have been asked for the money."""
    AUTHORIZED = "authorized"
    DISPENSING = "dispensing"
    """A motor may have turned."""
    DISPENSED = "dispensed"
    """All that will be issued has been, and it was something."""
    FAILED = "failed"
    """Nothing was issued."""
    ENDED = "ended"


DAY_FIRST: Final = "end_of_day_first"
"""Why a sale ended that the terminal refused until its day is closed: the word of `devices.payments.Refusal`."""


class NotEnough(Exception):
    """There are fewer pieces than chosen, or another sale is open; nothing was reserved."""


@dataclass(frozen=True)
class Ware:
    """What lies in columns: an article of the tariff, with the year that is printed on it."""

    article: str
    year: int


@dataclass(frozen=True)
class Line:
    """So many pieces of a product at so many cents each; the tariff says the product's ware and its price of today."""

    product: str
    ware: Ware
    pieces: int
    cents: int

    @property
    def sum(self) -> int:
        """Cents for all of them."""
        return self.pieces * self.cents


Basket = tuple[Line, ...]
"""What a citizen chose; a product stands in it once."""


@dataclass(frozen=True)
class Sold:
    """A line, and how many of it were seen to come out."""

    line: Line
    issued: int


@dataclass(frozen=True)
class CardPayment:
    """The terminal's record of a payment: cents, its own numbers, the kind of card, its own time as aware UTC."""

    amount: int
    receipt: int | None = None
    trace: int | None = None
    terminal: str = ""
    card: str = ""
    masked_pan: str = ""
    stamp: datetime | None = None


@dataclass(frozen=True)
class ColumnStock:
    """One column as counted; `trouble` is a word for why it is not turned until staff were there, "" if it may be."""

    column: int
    ware: Ware
    pieces: int
    trouble: str = ""


@dataclass(frozen=True)
class Turn:
    """One turn of a motor for a sale; `outcome` is None until it was written down, `pieces` None when nobody knows."""

    column: int
    outcome: str | None
    pieces: int | None


@dataclass(frozen=True)
class OpenSale:
    """A sale that was begun and has no end, as it stands on disk.

    `payment` is what the terminal said when it accepted the card; `before` the newest payment of an earlier sale, so
    that the terminal's memory of that one is not mistaken for this one's. `told`: the office knows it as unclear, and
    the terminal alone is still to be asked.
    """

    sale: SaleId
    purpose: Purpose
    state: State
    began: datetime
    asked: int
    lines: tuple[Sold, ...]
    turns: tuple[Turn, ...]
    payment: CardPayment | None
    before: CardPayment | None
    reference: str = ""
    voucher: str = ""
    told: bool = False

    @property
    def worth(self) -> int:
        """Cents for what was issued."""
        if self.purpose != "bags":
            return self.asked if self.reference else 0
        return sum(sold.issued * sold.line.cents for sold in self.lines)

    @property
    def pieces(self) -> int:
        """How many pieces were seen to come out, not counting a second one that fell along."""
        return sum(sold.issued for sold in self.lines)


@dataclass(frozen=True)
class SaleEnd:
    """How a sale ended. `charged` in cents, None when nobody knows; `why` is a word, "" when all went well.

    `asked_in_vain`: the terminal is still to be asked; the sale stays open, and card sales stay off.
    """

    ending: Ending
    charged: int | None
    why: str = ""
    payment: CardPayment | None = None
    merchant_slip: str = ""
    asked_in_vain: bool = False


@dataclass(frozen=True)
class TillDay:
    """What the sales since the last end of day should come to; `doubtful` may explain a difference.

    `upto`: the newest sale that is counted in; `first`: when the oldest with something to pay began, None without one;
    `terminal`: its own number, if it told it. `asked_for`: it took no payment because its day has to be closed first.
    """

    amount: int
    count: int
    doubtful: tuple[SaleId, ...]
    upto: int
    first: datetime | None = None
    terminal: str = ""
    asked_for: bool = False


class Sales(Protocol):
    """The sales and the bags of this kiosk. Whatever changes something is on disk, synced, when it returns.

    Each method may raise `DiskTrouble`: nothing of it was kept. `RuntimeError`: the sale is not where the step begins.
    """

    def stock(self) -> tuple[ColumnStock, ...]:
        """Every column that was ever filled, as counted."""
        ...

    def reserved(self) -> Mapping[Ware, int]:
        """What open sales have still to get out of the columns."""
        ...

    def drawn(self, voucher: str) -> int:
        """How many pieces were issued against a voucher, as far as this kiosk knows."""
        ...

    def refill(self, column: int, ware: Ware, pieces: int, *, counted: bool, employee: str) -> ColumnStock:
        """Staff filled a column, freed it, or counted it: so many lie in it now; it may turn again.

        `counted`: by hand; else the pieces of scanned packs. The office is told.
        """
        ...

    def unfinished(self) -> tuple[OpenSale, ...]:
        """Every sale that was begun and has no end, oldest first."""
        ...

    def reserve(self, basket: Basket, voucher: str = "") -> SaleId:
        """Begin a sale of bags: what was chosen is kept for it.

        Raises:
            NotEnough: there is not so much, or another sale is open.
            ValueError: the office would not take such a basket or voucher.
        """
        ...

    def begin_fee(self, purpose: Purpose, cents: int) -> SaleId:
        """Begin a sale of something that no motor issues.

        Raises:
            NotEnough: another sale is open.
        """
        ...

    def drop(self, sale: SaleId) -> None:
        """Forget a sale for which nothing was done in the world."""
        ...

    def authorizing(self, sale: SaleId) -> None:
        """The terminal is about to be asked for the money."""
        ...

    def authorized(self, sale: SaleId, payment: CardPayment) -> None:
        """The terminal accepted the card."""
        ...

    def turning(self, sale: SaleId, line: int, column: int) -> int:
        """A motor is about to turn for the line with this index; its piece is taken off the column. The turn."""
        ...

    def turned(self, turn: int, outcome: str, pieces: int | None, trouble: str = "") -> None:
        """So many fell in a turn, None: nobody knows; the column is counted by that.

        `trouble`: it is not to be turned again until staff were there.
        """
        ...

    def issued(self, sale: SaleId) -> OpenSale:
        """No motor turns for this sale any more: `DISPENSED`, or `FAILED` when nothing came out."""
        ...

    def commit(self, sale: SaleId, durable: Callable[[], str]) -> str:
        """What a fee is for is made durable, and the sale `DISPENSED`, in one transaction; what `durable` returned.

        Raises:
            ValueError: that is no reference; nothing was made durable.
        """
        ...

    def one(self, sale: SaleId) -> OpenSale:
        """A sale as it stands now."""
        ...

    def end(self, sale: SaleId, end: SaleEnd) -> None:
        """The sale has come to this end; the office is told in the same transaction."""
        ...

    def let_go(self) -> None:
        """The calling thread is done with the disk for good."""
        ...


class TillBook(Protocol):
    """What the terminal's end of day should come to; errors as for `Sales`."""

    def day(self) -> TillDay:
        """What the terminal should say of the day."""
        ...

    def closed(self) -> datetime | None:
        """When the day was last closed; None: never."""
        ...

    def closing(self) -> TillDay | None:
        """The day whose closing was begun and has no end; None when there is none."""
        ...

    def close(self, upto: int) -> None:
        """The terminal is about to be told to close the day."""
        ...

    def ended(self, report: Message | None) -> None:
        """The day is closed, and this is told to the office; None: the terminal said that it did not close it."""
        ...
