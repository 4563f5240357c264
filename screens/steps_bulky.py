"""The questions of a visit about bulky waste, in the order in which they are asked."""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum
from typing import TYPE_CHECKING

from central_office.contract.values import value
from screens.steps import Back, ReadersChanged, Step

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, time

    from central_office.contract.addresses import Street, Suggestions  # noqa: F401 - named in an answer
    from central_office.contract.bulky import District, Gauge, Item, Named, OrderKind, WasteRules
    from central_office.contract.bulky_days import DayOffer, Price
    from screens.steps import SlipState


class Start(StrEnum):
    """What a citizen comes for."""

    ORDER = "order"
    MINE = "mine"


@value
class BulkyStart(Step[Start | Back]):
    """Ask whether a pickup is to be ordered, or there is an order already."""


@value
class EnterStreet(Step["Street | Back"]):
    """Ask for the street by its first letters; `search` gives the streets that fit, typos and all."""

    search: Callable[[str], Suggestions] = field(repr=False, compare=False)


@value
class EnterHouse(Step[str | Back]):
    """Ask for the house number; `known` are the street's own, said after one that it does not have."""

    street: str = field(repr=False)
    known: tuple[str, ...] = ()
    refused: str = field(default="", repr=False)


@value
class ChooseDistrict(Step[str | Back]):
    """The number lies in several districts by the town's file: ask which; the answer is its key."""

    address: str = field(repr=False)
    districts: tuple[Named, ...]


@value
class NotCollected(Step[None]):
    """Say that the town does not collect at this address, and who knows more."""

    address: str = field(repr=False)


@value
class ShowRules(Step["OrderKind | Back"]):
    """Say the town's rules for this address before anything is entered; ask which kind of pickup it is to be."""

    address: str = field(repr=False)
    district: District
    rules: WasteRules
    kinds: tuple[OrderKind, ...]


class Ask(StrEnum):
    """What a citizen wants besides the answer itself."""

    GO_ON = "go_on"
    NEVER = "never"


@value
class OneMore:
    """One more piece of an item, or one less."""

    item: str
    by: int


@value
class ChooseItems(Step[OneMore | Ask | Back]):
    """Ask for the pieces; `counts` goes with `items`; `full`: by an item's key, why there cannot be one more of it."""

    kind: OrderKind
    items: tuple[Item, ...]
    counts: tuple[int, ...]
    gauge: Gauge
    rules: WasteRules
    full: tuple[tuple[str, str], ...] = ()


@value
class ShowNever(Step[None]):
    """Say what is never bulky waste, why, and where it goes."""

    rules: WasteRules


class DayTrouble(StrEnum):
    """Why the day that was chosen cannot be had."""

    TAKEN = "taken"
    TAKEN_NOT_CHARGED = "taken_not_charged"
    """It went while she paid its fee; the money is known to be back."""
    OFFICE_SILENT = "office_silent"
    QUOTA_USED = "quota_used"


@value
class ChooseDay(Step["date | Ask | Back"]):
    """Ask for the day; a date chooses it, `Ask.GO_ON` takes it. `trouble`: why the one chosen before is gone.

    `start`: which of the months is shown first.
    """

    offers: tuple[DayOffer, ...]
    days: tuple[str, ...]
    put_out_until: time
    chosen: date | None = None
    trouble: DayTrouble | None = None
    start: int = 0


@value
class AskingOffice(Step[bool]):
    """Tell that the office is being asked whether the day can be had."""


@value
class EnterName(Step[str | Back]):
    """Ask for the name at the door."""


@value
class EnterPhone(Step[str | Back]):
    """Ask for a telephone number; it may stay empty."""


class Review(StrEnum):
    """What a citizen does with her order before it is made."""

    ITEMS = "items"
    DAY = "day"
    PLACE = "place"
    VOUCHER = "voucher"
    AGREE = "agree"
    BOOK = "book"


@value
class ReviewOrder(Step[Review | Back]):
    """Show the whole order, let each part be changed, and ask to agree to the town's sentence.

    `voucher`: whether one can be shown here; `held`: litres of those
    that were shown, `litres` those of the things. `by_card`: what it costs is paid here and now.
    """

    rules: WasteRules
    items: tuple[tuple[Item, int], ...]
    day: date
    address: str = field(repr=False)
    name: str = field(repr=False)
    price: Price
    agreed: bool = False
    voucher: bool = False
    held: int = 0
    litres: int = 0
    by_card: bool = False


class VoucherProblem(StrEnum):
    """Why a voucher cannot be taken."""

    NOT_OURS = "not_ours"
    DAMAGED = "damaged"
    OTHER_TOWN = "other_town"
    NOT_SIGNED = "not_signed"
    OVER = "over"
    TWICE = "twice"
    READER_GONE = "reader_gone"


@value
class ScanVoucher(Step[bytes | ReadersChanged | Back]):
    """Ask to hold a voucher before the camera or under the scanner; its code is the answer."""

    by_camera: bool
    by_scanner: bool
    problem: VoucherProblem | None = None


class Quota(StrEnum):
    """How a citizen goes on whose free pickups are used."""

    VOUCHER = "voucher"
    OTHER_DAY = "other_day"


@value
class QuotaUsed(Step[Quota | Back]):
    """Say that all free pickups of that year are used, and ask for a voucher or a day of another year.

    `held`: litres of the vouchers that were shown, if those do not suffice for `litres`.
    """

    year: int
    free: int
    held: int = 0
    litres: int = 0


class Told(StrEnum):
    """What a confirmation says: an order was made, was moved, or is shown once more."""

    BOOKED = "booked"
    MOVED = "moved"
    AGAIN = "again"


class Booked(StrEnum):
    """What a citizen does with the confirmation."""

    PRINT = "print"
    ELSE = "else"
    FINISH = "finish"


@value
class ShowBooked(Step[Booked]):
    """Confirm the order: number, change code, when to put things out; to take away on phone and paper.

    `calendar` is the entry for the phone's calendar; `told` says what happened to it now; `paid`: cents, by card.
    """

    number: str
    code: str = field(repr=False)
    rules: WasteRules
    items: tuple[tuple[Item, int], ...]
    day: date
    address: str = field(repr=False)
    calendar: str = field(repr=False)
    slip: SlipState
    told: Told = Told.BOOKED
    paid: int = 0
