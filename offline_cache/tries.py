"""How often someone may guess: durable, so that pulling the plug gives no new tries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, Union

if TYPE_CHECKING:
    from datetime import datetime

    from central_office.contract.bulky_codes import OrderCode
    from central_office.contract.claims import TypedNumber
    from central_office.contract.pickup_code import PickupCode
    from central_office.contract.staff_card import EmployeeNumber


@dataclass(frozen=True)
class EmployeeTries:
    """Tries at the PIN of one employee's number."""

    number: EmployeeNumber


Guess = Union["TypedNumber", "PickupCode", "OrderCode", EmployeeTries]
"""What is guessed at."""


@dataclass(frozen=True)
class Allowed:
    """Go ahead; `left` more misses until the next lock."""

    left: int


@dataclass(frozen=True)
class Locked:
    """No guess is taken before `until`."""

    until: datetime


class Tries(Protocol):
    """Counts misses of typed claims, pickup codes and change codes, for this kiosk and for each number or selector.

    Letters need no count: their token is 128 bits. Nor do cards: a state signed what they say, nobody can type it.

    After five misses the kiosk locks for 15 s, doubling with each further miss up to two hours; one number locks for a
    day after five misses. A hit forgives the kiosk's count, never a number's; a day without a miss forgives both.
    Staff have a count of their own, and an employee's number locks as the kiosk does; a hit forgives both.
    """

    def state(self, claim: Guess) -> Allowed | Locked:
        """Whether a guess at `claim` may be looked up now."""
        ...

    def missed(self, claim: Guess) -> Allowed | Locked:
        """Count a miss durably, before the citizen is told."""
        ...

    def hit(self, claim: Guess) -> None:
        """Note that the claim was right."""
        ...
