"""The questions of a visit about an order of bulky waste that there is already."""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum
from typing import TYPE_CHECKING

from central_office.contract.values import value
from screens.steps import Back, NumberProblem, Retry, Step

if TYPE_CHECKING:
    from datetime import date, datetime

    from central_office.contract.bulky import Item, WasteRules
    from central_office.contract.bulky_orders import OrderStatus


@value
class EnterOrderNumber(Step[str | Back]):
    """Ask for the order number of the slip; the answer is the typed text, not yet checked."""

    problem: NumberProblem | None = None


@value
class EnterChangeCode(Step[str | Back]):
    """Ask for the six digits of the slip's part to keep."""


@value
class OrderNotFound(Step[Retry]):
    """Say that number and code open no order, whichever of them does not fit; `tries_left` before the next lock."""

    tries_left: int


class Wish(StrEnum):
    """What a citizen does with her order."""

    MOVE = "move"
    CANCEL = "cancel"
    CONFIRMATION = "confirmation"
    FINISH = "finish"


@value
class ShowOrder(Step[Wish | Back]):
    """Say how the order stands: day, pieces, and what the crew found; until `until` it can be changed, unless `late`.

    `gone`: its day is over, whatever the office has heard. `stale`: when the office last said so, if that is long ago.
    """

    rules: WasteRules
    order: OrderStatus = field(repr=False)
    number: str
    items: tuple[tuple[Item, int], ...]
    until: datetime
    late: bool
    gone: bool = False
    stale: datetime | None = None


@value
class ConfirmMove(Step[bool | Back]):
    """Ask whether the pickup is really to move from one day to the other; then it costs `cents`, `paid` are paid."""

    rules: WasteRules
    was: date
    to: date
    cents: int = 0
    paid: int = 0


@value
class ConfirmCancel(Step[bool | Back]):
    """Ask whether the pickup is really to be called off; what was `paid` for it she then gets back."""

    day: date
    items: tuple[tuple[Item, int], ...]
    paid: int = 0
