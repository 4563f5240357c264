"""Orders that citizens make by telephone or at the counter: the same promise, made by the office itself."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from central_office.contract.bulky import litres as volume
from central_office.contract.bulky_codes import (
    Household as HouseholdWords,
)
from central_office.contract.bulky_codes import (
    OrderCode,
    OrderNumber,
    change_code,
    household_key,
    order_key,
)
from central_office.contract.bulky_orders import OrderState
from central_office.contract.claims import COST, Cost
from central_office.office import changes, escrow
from central_office.office.models import BulkyOrder, Household, OrderStep, WasteFile

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from central_office.contract.bulky import WasteRules
    from central_office.office.bulky.tours import Tour

OFFICE = 0
"""The number of kiosk in an order number of the office's own; kiosks begin with 1."""


class NoRoom(ValueError):
    """The day has not so much left that no kiosk holds."""


Taken = tuple[BulkyOrder, OrderCode]


@dataclass(frozen=True)
class Call:
    """What the citizen said, and what she was told that it costs; `free`: it counts in her quota."""

    name: str
    street: str
    house: str
    items: Mapping[str, int]
    phone: str = ""
    cents: int = 0
    free: bool = True


def take(  # noqa: PLR0913 - chance and cost are handed in
    tour: Tour,
    call: Call,
    rules: WasteRules,
    by: str,
    at: datetime,
    *,
    once: uuid.UUID | None = None,
    random: Callable[[int], bytes] = secrets.token_bytes,
    cost: Cost = COST,
) -> Taken:
    """Take an order into the books; its number and change code are to be told to the citizen.

    `once` names the asking: asked again, the database refuses it.

    Raises:
        NoRoom: there is no place on that day; nothing was changed.
        escrow.NobodyKnows: the office was restored and does not know yet what is promised; nothing was changed.
    """
    litres = volume(rules, call.items)
    reservation = str(once or uuid.UUID(bytes=random(16), version=4))
    with transaction.atomic():
        file = WasteFile.objects.select_for_update().get()
        file.last_number += 1
        file.save(update_fields=["last_number"])
        if not escrow.hold(tour.key, tour.day, rules.units(litres), reservation, at):
            raise NoRoom
        code = OrderCode(OrderNumber(OFFICE, file.last_number), change_code(random(8)))
        key = household_key(HouseholdWords(call.name, call.street, call.house), cost).hex()
        household = Household.objects.select_for_update().filter(key=key).first() or Household(key=key)
        household.count(tour.day.year, int(call.free))
        household.save()
        order = BulkyOrder.objects.create(
            id=uuid.UUID(bytes=random(16), version=4),
            number=code.number.characters,
            ordered_at=at,
            kind=tour.kind.value,
            day=tour.day,
            district=tour.district.key,
            street=call.street,
            house=call.house,
            name=call.name,
            phone=call.phone,
            items=dict(call.items),
            litres=litres,
            units=rules.units(litres),
            cents=call.cents,
            free=call.free,
            key=order_key(code, cost).hex(),
            household=household,
            reservation=reservation,
            consent=rules.consent.key,
            language="de",
        )
        OrderStep.objects.create(order=order, what=OrderState.BOOKED.value, at=at, by=by)
        changes.note([order.pk, household.pk], at)
    return order, code
