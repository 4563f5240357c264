"""The questions of a visit that buys bags, and of every payment by card."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from central_office.contract.values import value
from screens.steps import Back, Changed, ReadersChanged, ServiceKey, Step

if TYPE_CHECKING:
    from central_office.contract.tariff import FeeNote, Product
    from screens.steps import SlipState


@value
class Bag:
    """A product of the town's tariff and what a piece of it costs today; 0 cents: only against a voucher."""

    product: Product
    cents: int

    @property
    def key(self) -> str:
        """The product's key."""
        return self.product.key

    def called(self, language: str) -> str:
        """The name in that language."""
        return self.product.called(language)


Chosen = tuple[tuple[Bag, int], ...]
"""Bags and how many of each."""


@value
class OneMoreBag:
    """One more piece, or one less."""

    bag: str
    by: int


class BagsAsk(StrEnum):
    """What a citizen wants besides more or less."""

    PAY = "pay"
    VOUCHER = "voucher"


class Full(StrEnum):
    """Why there cannot be one more of a bag."""

    SOLD_OUT = "sold_out"
    NO_MORE_HERE = "no_more_here"
    """All that are left are chosen."""
    AT_ONCE = "at_once"
    """So many are sold at once at most."""
    QUOTA = "quota"
    """The voucher is good for no more."""
    NO_CARD = "no_card"


@value
class ChooseBags(Step[OneMoreBag | BagsAsk | Back]):
    """Ask for the bags; `counts` goes with `bags`; `full`: by a bag's key, why there cannot be one more of it.

    `voucher`: these are the bags that a voucher is good for, and nothing is to be paid. `gone`: what was chosen could
    not be had any more when it was to be paid. `no_card`: nothing can be paid now. `note`: the town's
    words about its fees.
    """

    bags: tuple[Bag, ...]
    counts: tuple[int, ...]
    full: tuple[tuple[str, Full], ...] = ()
    voucher: bool = False
    gone: bool = False
    no_card: bool = False
    note: FeeNote | None = None


class BagVoucherProblem(StrEnum):
    """Why a voucher cannot be taken."""

    NOT_OURS = "not_ours"
    DAMAGED = "damaged"
    OTHER_TOWN = "other_town"
    NOT_SIGNED = "not_signed"
    OVER = "over"
    USED = "used"
    NONE_HERE = "none_here"
    READER_GONE = "reader_gone"


@value
class ScanBagVoucher(Step[bytes | ReadersChanged | Back]):
    """Ask to hold a voucher for bags before the camera or under the scanner; its code is the answer."""

    by_camera: bool
    by_scanner: bool
    problem: BagVoucherProblem | None = None


class PayState(StrEnum):
    """What the citizen should do at the card machine."""

    WAIT = "wait"
    CONFIRM_AMOUNT = "confirm_amount"
    PRESENT_CARD = "present_card"
    LOOK_AT_TERMINAL = "look_at_terminal"
    PIN_WRONG = "pin_wrong"
    REMOVE_CARD = "remove_card"
    CARD_UNREADABLE = "card_unreadable"
    TAKE_ANOTHER_CARD = "take_another_card"
    NOT_PAID = "not_paid"
    GIVING_BACK = "giving_back"
    TAKE_GOODS = "take_goods"
    CANNOT_CANCEL = "cannot_cancel"


@value
class PayByCard(Step[bool]):
    """Show what is to be paid and what to do at the card machine; True cancels the payment, False: it has moved on."""

    idle: ClassVar[bool] = False
    service: ServiceKey
    cents: int
    chosen: Chosen = ()
    state: PayState = PayState.WAIT


@value
class BagsComing(Step[Changed]):
    """Show that so many of the chosen bags have come out; `paid` False: against a voucher."""

    idle: ClassVar[bool] = False
    chosen: Chosen
    done: int
    paid: bool = True


class Receipt(StrEnum):
    """What a citizen does after a payment."""

    PRINT = "print"
    QR = "qr"
    AGAIN = "again"
    ELSE = "else"
    FINISH = "finish"


@value
class TakeBags(Step[Receipt]):
    """Say that the bags lie in the tray and what was paid; offer the receipt.

    `issued`: what came out, which can be less than `chosen`. `charged` in cents; None when nobody knows. `code`: the
    receipt as a text for the phone, shown if `qr`.
    """

    chosen: Chosen
    issued: Chosen
    charged: int | None
    number: str
    code: str
    slip: SlipState
    qr: bool = False


class Stop(StrEnum):
    """How a payment ended that did not lead to what was wanted."""

    DECLINED = "declined"
    ABORTED = "aborted"
    REVERSED = "reversed"
    """The card was accepted, nothing came out, and it was given back."""
    UNCLEAR = "unclear"


@value
class SaleStopped(Step[Receipt]):
    """Say why nothing was sold, and what is known of the money; give a proof where money may have moved.

    `not_charged`: whether that is known. `issued`: so many bags came out all the same.
    """

    service: ServiceKey
    stop: Stop
    cents: int
    not_charged: bool
    number: str
    code: str
    slip: SlipState
    issued: int = 0
