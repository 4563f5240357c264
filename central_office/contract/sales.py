"""What a kiosk tells the office of money and bags: how a sale ended, what was refilled, the terminal's end of day.

Up, as commands of the outbox: `sale.ended`, `sale.settled`, `bags.refilled`, `till.closed` (each version 1). Money is
whole cents. Nothing here names a citizen; of a card there is its kind and what the terminal itself had masked.

Down goes nothing of its own: products and prices are the town's tariff (see `tariff`), a file of the configuration.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints

from central_office.contract.base import Message, Utc, Word
from central_office.contract.sale_words import MAX_CENTS, MAX_PIECES, Ending, Purpose, SaleId
from central_office.contract.staff_card import EmployeeNumber

MAX_LINES: Final = 20
MAX_COLUMNS: Final = 64
MAX_SLIP: Final = 4000
"""Characters of a merchant's slip."""
MAX_DIFFERENCES: Final = 50
MAX_BAGS: Final = 999
"""In one column."""

Sale = Annotated[SaleId, StringConstraints(pattern=r"^[0-9A-Za-z-]{1,64}$")]
ArticleKey = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
"""What lies in a column, such as residual-70."""
Year = Annotated[int, Field(ge=2000, le=2199)]
"""The year of the tariff that is printed on a bag."""
Cents = Annotated[int, Field(ge=0, le=MAX_CENTS)]
Turnover = Annotated[int, Field(ge=-100_000_000, le=100_000_000)]
"""Cents of a day."""
Pieces = Annotated[int, Field(ge=0, le=MAX_PIECES)]
Bags = Annotated[int, Field(ge=0, le=MAX_BAGS)]
ColumnNumber = Annotated[int, Field(ge=1, le=999)]
TerminalNumber = Annotated[int, Field(ge=0, le=9_999_999)]
"""A receipt's or a trace's number."""
TerminalText = Annotated[str, StringConstraints(max_length=40)]
VoucherId = Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{16})?$")]


MACHINE_TROUBLES: Final = frozenset({"jammed", "empty", "turn_unclear", "not_started"})
"""`why` of a sale at whose machine a person must look, whatever its ending: a motor was started, and nothing was seen.

Nobody but a person knows then whether a piece came out all the same, past a drop sensor that is dead.
"""


class SoldLine(Message):
    """One product of a sale: `cents` of one piece, how many were chosen, how many were seen to come out."""

    product: Word
    article: ArticleKey
    year: Year
    cents: Cents
    wanted: Annotated[int, Field(ge=1, le=MAX_PIECES)]
    issued: Pieces


class Fallen(Message):
    """How many pieces really fell out of one column; a second one that came along counts."""

    column: ColumnNumber
    pieces: Bags


class SaleEnded(Message):
    """A sale came to its end, whatever the end was (`sale.ended`, version 1).

    `reference` is the order's number for a fee. `charged` is None when nobody knows. `receipt`, `trace`, `terminal`,
    `card` (its kind alone), `masked_pan` and `stamp` are what the terminal told of the payment. `voucher` is the
    identifier of the voucher that free bags were issued against.
    """

    sale: Sale
    purpose: Purpose
    reference: Annotated[str, StringConstraints(max_length=40)] = ""
    began: Utc
    lines: Annotated[tuple[SoldLine, ...], Field(max_length=MAX_LINES)] = ()
    columns: Annotated[tuple[Fallen, ...], Field(max_length=MAX_COLUMNS)] = ()
    asked: Cents
    charged: Cents | None
    ending: Ending
    why: Word | Literal[""] = ""
    receipt: TerminalNumber | None = None
    trace: TerminalNumber | None = None
    terminal: TerminalText = ""
    card: TerminalText = ""
    masked_pan: TerminalText = ""
    stamp: Utc | None = None
    merchant_slip: Annotated[str, StringConstraints(max_length=MAX_SLIP)] = ""
    voucher: VoucherId = ""


class SaleSettled(Message):
    """The terminal told later how an unclear sale ended (`sale.settled`, version 1); it replaces what was said then.

    `receipt`, `trace` and `terminal` are given if the terminal told them only now.
    """

    sale: Sale
    ending: Ending
    charged: Cents | None
    why: Word | Literal[""] = ""
    receipt: TerminalNumber | None = None
    trace: TerminalNumber | None = None
    terminal: TerminalText = ""


class BagsRefilled(Message):
    """Staff filled a column (`bags.refilled`, version 1): it held `before` pieces by the books, and holds `pieces` now.

    `counted`: every bag was counted; else `pieces` is what the books say and what was put in.
    """

    column: ColumnNumber
    article: ArticleKey
    year: Year
    before: Bags
    pieces: Bags
    counted: bool
    employee: Annotated[EmployeeNumber, StringConstraints(pattern=r"^[0-9]{4}$")]


class CardTally(Message):
    """What the terminal turned over with one kind of card."""

    card: TerminalText
    count: Annotated[int, Field(ge=0, le=99_999)]
    amount: Turnover


class TillClosed(Message):
    """The terminal closed its day (`till.closed`, version 1): what it says, and what the kiosk's own sales come to.

    `amount` and `count` are None where the terminal does not say. `differences` are the sales whose state may explain
    why the two do not agree. What is closed reaches back to the close before.
    """

    closed_at: Utc
    terminal: TerminalText = ""
    amount: Turnover | None
    count: Annotated[int, Field(ge=0, le=99_999)] | None = None
    tallies: Annotated[tuple[CardTally, ...], Field(max_length=20)] = ()
    first_receipt: TerminalNumber | None = None
    last_receipt: TerminalNumber | None = None
    expected_amount: Turnover
    expected_count: Annotated[int, Field(ge=0, le=99_999)]
    differences: Annotated[tuple[Sale, ...], Field(max_length=MAX_DIFFERENCES)] = ()
