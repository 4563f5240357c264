"""What a card terminal and its host remember: cards, payments, reservations, and the day's turnover.

The books are the truth that tests count by: what is in `charged` was taken from somebody.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime


@dataclass(frozen=True)
class Card:
    """A card: `kind` is ZVT's number for its scheme, `left` what it may still spend, `code` a host's refusal (0: none).

    `pin` when the holder types one at the terminal.
    """

    name: str
    number: str
    kind: int
    scheme: str
    left: int
    code: int = 0
    pin: bool = False


CARDS: Final = (
    Card("girocard", "6726123412341234566", 5, "girocard", 500_00, pin=True),
    Card("contactless", "4111111111111111", 10, "Visa", 2_000_00),
    Card("poor", "5500000000000004", 6, "Mastercard", 5_00, pin=True),
    Card("blocked", "4000000000000002", 10, "Visa", 500_00, code=0x6E),
    Card("refused", "6726999999999999995", 5, "girocard", 500_00, code=0x05, pin=True),
)

SCHEMES: Final = ("girocard", "JCB", "Mastercard", "American Express", "Visa", "Diners", "other")


class Fate(StrEnum):
    """What became of a payment."""

    AUTHORISED = "authorised"
    BOOKED = "booked"
    RESERVED = "reserved"
    REVERSED = "reversed"
    REFUNDED = "refunded"
    """Not a payment but a paying out."""


@dataclass(frozen=True)
class Payment:
    """One record; `amount` in cents, `day` counts the ends of day before it."""

    receipt: int
    trace: int
    amount: int
    card: Card
    at: datetime
    fate: Fate
    day: int


class Books:
    """`clock` and `number` (eight digits) are the terminal's own; whoever shares them between threads locks them."""

    def __init__(self, clock: Callable[[], datetime], number: str = "12345678") -> None:
        self.number = number
        self._clock = clock
        self._left = {card.name: card.left for card in CARDS}
        self.payments: list[Payment] = []
        self.day = 0

    @property
    def charged(self) -> int:
        """The cents that were taken from people and not given back."""
        signs = {Fate.BOOKED: 1, Fate.REFUNDED: -1}
        return sum(signs.get(each.fate, 0) * each.amount for each in self.payments)

    @property
    def last(self) -> Payment | None:
        """The newest record."""
        return self.payments[-1] if self.payments else None

    def refusal(self, card: Card, amount: int) -> int:
        """The host's code for this card and amount; 0: accepted."""
        return card.code or (0x71 if amount > self._left[card.name] else 0)

    def enter(self, card: Card, amount: int, fate: Fate) -> Payment:
        """A new record."""
        number = len(self.payments) + 1
        payment = Payment((number - 1) % 9999 + 1, 100 + number, amount, card, self._clock(), fate, self.day)
        self._left[card.name] -= amount if fate is not Fate.REFUNDED else -amount
        self.payments.append(payment)
        return payment

    def settle(self, payment: Payment, fate: Fate, amount: int | None = None) -> Payment:
        """Change a record's fate, and what is taken."""
        taken = payment.amount if amount is None else amount
        self._left[payment.card.name] += payment.amount - (0 if fate is Fate.REVERSED else taken)
        settled = replace(payment, fate=fate, amount=taken)
        self.payments[self.payments.index(payment)] = settled
        return settled

    def under(self, receipt: int) -> Payment | None:
        """The newest record with this receipt number."""
        return next((each for each in reversed(self.payments) if each.receipt == receipt), None)

    def today(self) -> list[Payment]:
        """What was booked or paid out since the last end of day."""
        return [each for each in self.payments if each.day == self.day and each.fate in (Fate.BOOKED, Fate.REFUNDED)]

    def turnover(self) -> Mapping[str, tuple[int, int]]:
        """How many payments and how many cents, by scheme, since the last end of day."""
        found: dict[str, tuple[int, int]] = {}
        for each in self.today():
            count, cents = found.get(each.card.scheme, (0, 0))
            found[each.card.scheme] = (count + 1, cents + (-each.amount if each.fate is Fate.REFUNDED else each.amount))
        return found

    def close_day(self) -> None:
        """Count anew."""
        self.day += 1
