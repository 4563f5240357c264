"""What a card terminal says of a payment: its outcomes, its own records and slips, and what the citizen should do now.

Money is in cents. No value here can hold a card's whole number or a magnetic track: the driver drops them unread.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

    from devices.conditions import Condition

MOST_CENTS: Final = 999_999
"""9,999.99: a kiosk sells bags and fees; whatever is larger is a slip of the program."""


class Advice(StrEnum):
    """What the citizen should do now, as the terminal tells it while it works."""

    WAIT = "wait"
    CONFIRM_AMOUNT = "confirm_amount"
    PRESENT_CARD = "present_card"
    LOOK_AT_TERMINAL = "look_at_terminal"
    """It asks for something on its own screen, most often the PIN."""
    PIN_WRONG = "pin_wrong"
    REMOVE_CARD = "remove_card"
    CARD_UNREADABLE = "card_unreadable"
    TAKE_ANOTHER_CARD = "take_another_card"
    NOT_PAID = "not_paid"
    GIVING_BACK = "giving_back"
    """The payment is being reversed."""
    TAKE_GOODS = "take_goods"
    CANNOT_CANCEL = "cannot_cancel"
    """The terminal does not stop any more; how it ends is waited for."""


class Refusal(StrEnum):
    """Why a terminal or its host said no."""

    HOST_REFUSED = "host_refused"
    CARD_UNREADABLE = "card_unreadable"
    CARD_BLOCKED = "card_blocked"
    CARD_NOT_VALID = "card_not_valid"
    CARD_UNKNOWN = "card_unknown"
    CREDIT_TOO_LOW = "credit_too_low"
    AMOUNT_OUT_OF_RANGE = "amount_out_of_range"
    NO_CONNECTION = "no_connection"
    BUSY = "busy"
    ALREADY_REVERSED = "already_reversed"
    REVERSAL_NOT_POSSIBLE = "reversal_not_possible"
    NO_SUCH_RESERVATION = "no_such_reservation"
    END_OF_DAY_NOT_POSSIBLE = "end_of_day_not_possible"
    END_OF_DAY_FIRST = "end_of_day_first"
    NOT_SUPPORTED = "not_supported"
    TERMINAL_NOT_READY = "terminal_not_ready"


class SlipKind(StrEnum):
    """For whom a slip is; the merchant's must be stored."""

    MERCHANT = "merchant"
    CUSTOMER = "customer"
    ADMINISTRATION = "administration"
    UNSAID = "unsaid"


@dataclass(frozen=True)
class SlipLine:
    """A line as the terminal wants it printed; an empty text is a line feed."""

    text: str
    centred: bool = False
    double_width: bool = False
    double_height: bool = False


@dataclass(frozen=True)
class Slip:
    """A receipt that the terminal made; long rows of digits that might be a card's number are masked."""

    kind: SlipKind
    lines: tuple[SlipLine, ...]


@dataclass(frozen=True)
class Stamp:
    """The terminal's own date and time, which have no year and no zone."""

    month: int
    day: int
    hour: int
    minute: int
    second: int

    def near(self, moment: datetime) -> datetime | None:
        """The date nearest to `moment` (aware, in the town's zone), in its zone; None for a date that never is."""
        found: list[datetime] = []
        for year in (moment.year - 1, moment.year, moment.year + 1):
            try:
                found.append(
                    datetime(year, self.month, self.day, self.hour, self.minute, self.second, tzinfo=moment.tzinfo)
                )
            except ValueError:
                continue
        return min(found, key=lambda each: abs(each - moment), default=None)


@dataclass(frozen=True)
class Booking:
    """The terminal's record of one payment.

    `receipt` is the number under which it is reversed (1 to 9999); `trace`, `terminal`, `stamp` and `card` (the card's
    kind, such as "girocard") are missing where the terminal does not tell. `masked_pan` is there only if the terminal
    itself had masked it.
    """

    amount: int
    receipt: int | None = None
    trace: int | None = None
    terminal: str = ""
    card: str = ""
    masked_pan: str = ""
    stamp: Stamp | None = None


@dataclass(frozen=True)
class Paid:
    """Booked; `booking.amount` is what was really taken."""

    booking: Booking
    slips: tuple[Slip, ...] = ()


@dataclass(frozen=True)
class Declined:
    """Refused by host, card or terminal, which said so: nothing was charged. `code` is ZVT's result code."""

    refusal: Refusal
    code: int
    slips: tuple[Slip, ...] = ()


@dataclass(frozen=True)
class Aborted:
    """Ended by the citizen, by us or by a time-out of the terminal, which said so: nothing was charged."""

    slips: tuple[Slip, ...] = ()


@dataclass(frozen=True)
class Reversed:
    """It was charged, and the terminal said that it has given it back (or, for a refund, paid it out)."""

    booking: Booking
    slips: tuple[Slip, ...] = ()


@dataclass(frozen=True)
class Unclear:
    """The command went out, and how it ended is not known; `booking` is what the terminal had said until then.

    Never pay again: `repeat_receipt` asks what the terminal remembers, and what it does not tell a person clears up.
    """

    booking: Booking | None = None
    slips: tuple[Slip, ...] = ()


@dataclass(frozen=True)
class Reserved:
    """A pre-authorisation holds the amount; `book` takes it or a part, `release` gives it free."""

    booking: Booking
    slips: tuple[Slip, ...] = ()


@dataclass(frozen=True)
class Repeated:
    """The last payment as the terminal remembers it; no booking when it printed or sent nothing that says so.

    `taken` is False when the terminal said along with it that it was refused or reversed.
    """

    booking: Booking | None
    taken: bool = True
    slips: tuple[Slip, ...] = ()


@dataclass(frozen=True)
class Tally:
    """Payments with one kind of card: how many, and their sum."""

    card: str
    count: int
    amount: int


@dataclass(frozen=True)
class Totals:
    """What the terminal says was turned over since the last end of day; `amount` is the whole, if it said."""

    amount: int | None
    first_receipt: int | None = None
    last_receipt: int | None = None
    tallies: tuple[Tally, ...] = ()
    slips: tuple[Slip, ...] = ()


PayOutcome = Paid | Declined | Aborted | Reversed | Unclear


@dataclass(frozen=True)
class TerminalStatus:
    """What the terminal says of itself: ZVT's status code (0: ready), its condition and its software."""

    code: int
    condition: Condition
    software: str = ""


class ReversalReach(StrEnum):
    """Which payments a terminal reverses without the card."""

    ANY = "any"
    LAST = "last"
    NONE = "none"


@dataclass(frozen=True)
class Capabilities:
    """What this terminal can do, as the rig file says: terminals do not tell."""

    goods_issue: bool = True
    part_issue: bool = True
    preauthorisation: bool = False
    reversal: ReversalReach = ReversalReach.ANY
    refund: bool = True
    repeat_receipt: bool = True
    end_of_day: bool = True
    abort: bool = True
    text_blocks: bool = True


class Goods(Protocol):
    """What is sold: the terminal asks until it knows what was really issued."""

    def authorised(self, booking: Booking) -> None:
        """The card was accepted: write it down durably, then begin to issue. Called once, from the payment's thread."""
        ...

    def issued(self, within: float) -> int | None:
        """The cents' worth really issued, 0 for nothing; None if it is not known within so many seconds (0 to 2)."""
        ...


class CardTerminal(Protocol):
    """A payment terminal, registered when it is first looked at and again after every reconnection.

    Every verb is bounded; `cancel` set before a command went out raises `Cancelled`. Only `pay`, `refund` and `reserve`
    can be cancelled later, and only until the card is accepted; `Advice.CANNOT_CANCEL` says when it is too late.
    Verbs that the capabilities exclude answer `Declined(NOT_SUPPORTED)` and send nothing. A wire that fails before the
    command went out raises `TransportError`; afterwards the outcome is `Unclear`.
    """

    @property
    def capabilities(self) -> Capabilities:
        """What the rig file says that it can do."""
        ...

    @property
    def number(self) -> str:
        """Its own number (terminal id), as it said when it was registered; "" if it did not say."""
        ...

    def condition(self) -> Condition:
        """As `devices.roles.Device`; a silent terminal raises, so that the supervisor connects anew."""
        ...

    def lent(self) -> None:
        """As `devices.roles.Device`."""
        ...

    def close(self) -> None:
        """As `devices.roles.Device`."""
        ...

    def register(self, cancel: Event) -> None:
        """Say anew who prints and who asks; done by itself when the terminal is opened.

        Raises:
            TransportError: no answer, or a refusal.
        """
        ...

    def log_off(self, cancel: Event) -> bool:
        """End the registration, for service; False when the terminal refused. The next look registers again."""
        ...

    def status(self, cancel: Event) -> TerminalStatus:
        """Ask the terminal how it is.

        Raises:
            TransportError: it is silent.
        """
        ...

    def diagnose(self, cancel: Event) -> TerminalStatus | Declined | Unclear:
        """Let it call its host and check its keys; up to three minutes."""
        ...

    def pay(self, cents: int, goods: Goods, advise: Callable[[Advice], None], cancel: Event) -> PayOutcome:
        """Take a payment and issue the goods in the safest way this terminal has.

        With goods issue the terminal books only what was issued; else the amount is reserved and what was issued is
        booked; else it is paid and, if less was issued, reversed whole. A terminal that books no parts gives the
        citizen everything back. An error that `goods` raises lets the terminal reverse, and is raised again.

        Raises:
            ValueError: not a whole amount from 1 to `MOST_CENTS`.
        """
        ...

    def reverse(self, receipt: int, advise: Callable[[Advice], None], cancel: Event) -> PayOutcome:
        """Give back the payment with this receipt number, without the card; before the end of day only."""
        ...

    def refund(self, cents: int, advise: Callable[[Advice], None], cancel: Event) -> PayOutcome:
        """Pay out to a card that is presented; `Reversed` when done."""
        ...

    def reserve(self, cents: int, advise: Callable[[Advice], None], cancel: Event) -> Reserved | PayOutcome:
        """Hold an amount on a card (pre-authorisation)."""
        ...

    def book(self, receipt: int, cents: int, cancel: Event) -> PayOutcome:
        """Take a reserved amount, or a part of it; the rest is free again."""
        ...

    def release(self, receipt: int, cents: int, cancel: Event) -> PayOutcome:
        """Give a reserved amount free; `Reversed` when done."""
        ...

    def repeat_receipt(self, cancel: Event) -> Repeated | Declined | Unclear:
        """Ask what the last payment was."""
        ...

    def totals(self, cancel: Event) -> Totals | Declined | Unclear:
        """What was turned over since the last end of day; nothing is closed."""
        ...

    def end_of_day(self, cancel: Event) -> Totals | Declined | Unclear:
        """Close the day: transmit and start counting anew.

        Raises:
            Cancelled: `cancel` was set before anything went out on the wire: the day is certainly not closed. Later it
                is not looked at any more; what is not answered then is `Unclear`.
        """
        ...
