"""What kiosk and office say to one another about orders of bulky waste.

Up, as commands of the outbox: `bulky.ordered`, `bulky.changed`, `bulky.cancelled` (each version 1). An order and the
reservation it takes are one promise: `leases.promise(resource, units, also=lambda reservation: BulkyOrdered(...))` puts
both on disk, or neither. A changed order takes a new reservation in the same way, and the office frees the old one when
it applies the change; a cancelled one is freed by `bulky.cancelled` alone. The kiosk never cancels such a reservation
itself.

Down, as sealed rows of the set `docs`, beside documents and not to be told from them: an `OrderStatus` opens with
`order_secret(order_key(OrderCode))`, a `HouseholdUse` with `household_secret(household_key(Household))`. An order that
was made while the line was cut is found by its own kiosk alone until the office has heard of it.

Personal are name, street, house number and telephone. They are in `bulky.ordered` alone, whose body the kiosk forgets
as soon as the office calls it durable; the office deletes them some weeks after the pickup (`WasteRules.keep_days`).
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from central_office.contract.base import Hex64, Message, Word
from central_office.contract.bulky import OrderKind
from central_office.contract.capacity import ReservationId, Units

MAX_PIECES = 99
MAX_LITRES = 100_000

Number = Annotated[str, StringConstraints(pattern=r"^[2-9A-HJ-NP-Z]{8}$")]
"""An order number's eight characters (`OrderNumber.characters`)."""
Reservation = Annotated[ReservationId, StringConstraints(pattern=r"^[0-9A-Za-z-]{1,64}$")]
Litres = Annotated[int, Field(ge=1, le=MAX_LITRES)]
Cents = Annotated[int, Field(ge=0, le=1_000_000)]
Voucher = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z:]{1,200}$")]
Revision = Annotated[int, Field(ge=1, le=1000)]


class OrderState(StrEnum):
    """How far an order is; what the crew reports ends it."""

    BOOKED = "booked"
    CANCELLED = "cancelled"
    COLLECTED = "collected"
    PARTLY_LEFT = "partly_left"
    NOT_PRESENTED = "not_presented"
    MISSED = "missed"


class LeftReason(StrEnum):
    """Why the crew left something behind."""

    NOT_ORDERED = "not_ordered"
    NEVER_BULKY = "never_bulky"
    ELECTRICAL = "electrical"
    TOO_HEAVY = "too_heavy"
    TOO_LONG = "too_long"
    BLOCKED = "blocked"


class OrderedItem(Message):
    """Some pieces of one item."""

    key: Word
    count: Annotated[int, Field(ge=1, le=MAX_PIECES)]


Ordered = Annotated[tuple[OrderedItem, ...], Field(min_length=1, max_length=40)]


class PickupAddress(Message):
    """Where things stand: as in the town's streets, with the key of the district; `name` is the one at the door."""

    street: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    house: Annotated[str, StringConstraints(min_length=1, max_length=12)]
    district: Word
    name: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    phone: Annotated[str, StringConstraints(max_length=30)] = ""


class BulkyOrdered(Message):
    """A citizen ordered a pickup and was told its day (`bulky.ordered`, version 1).

    `cents` is what she was told that it costs, `paid` how much of it her card was accepted for with the order; what
    became of that payment says the sale with the order's number. `pickup` is the how manieth free one of the year (0:
    none of them).
    `key` and `household` (hexadecimal) are `bulky_codes.order_key` and `household_key`. `consent` is the key of the
    sentence that she agreed to. `vouchers` are the texts of their QR codes.
    """

    number: Number
    reservation: Reservation
    kind: OrderKind
    day: date
    at: PickupAddress
    items: Ordered
    litres: Litres
    units: Units
    key: Hex64
    household: Hex64
    consent: Word
    express: bool = False
    cents: Cents = 0
    paid: Cents = 0
    pickup: Annotated[int, Field(ge=0, le=99)] = 0
    vouchers: Annotated[tuple[Voucher, ...], Field(max_length=5)] = ()
    language: Annotated[str, StringConstraints(max_length=12)] = "de"


class BulkyChanged(Message):
    """A citizen changed day or items of her order (`bulky.changed`, version 1); it says all of both anew.

    `revision` is the one that the kiosk saw; the office takes the change only onto that one. `reservation` holds all
    units of the new order; None if day and units stayed the same, or the units became fewer and the old ones stay.
    """

    number: Number
    revision: Revision
    reservation: Reservation | None
    day: date
    items: Ordered
    litres: Litres
    units: Units
    express: bool = False
    cents: Cents = 0


class BulkyCancelled(Message):
    """A citizen called her order off (`bulky.cancelled`, version 1); its units are the office's again."""

    number: Number
    revision: Revision


class OrderStatus(Message):
    """All that a kiosk is told of an order, once its citizen brought number and change code.

    `left` says why something was left behind, `note` adds the crew's words. `revision` goes into what changes it.
    `paid` were taken by card with the order, whatever it costs since (`cents`); an older kiosk does not read it.
    """

    order: Annotated[str, StringConstraints(max_length=36)]
    number: Number
    revision: Revision
    state: OrderState
    kind: OrderKind
    day: date
    street: Annotated[str, StringConstraints(max_length=80)] = ""
    house: Annotated[str, StringConstraints(max_length=12)] = ""
    district: Word
    items: Ordered
    units: Units
    express: bool = False
    cents: Cents = 0
    paid: Cents = 0
    left: tuple[LeftReason, ...] = ()
    note: Annotated[str, StringConstraints(max_length=120)] = ""


class HouseholdUse(Message):
    """How many free pickups a household had in which year (its own calendar years, at most two)."""

    household: Annotated[str, StringConstraints(max_length=36)]
    used: Annotated[dict[int, int], Field(max_length=4)]


Row = Literal["order", "household"]
"""By which field a row other than a document's is known: its first."""
