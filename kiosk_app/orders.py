"""How an order stands, by all that this kiosk knows: what the office told, and what was said here since."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from central_office.contract.bulky_codes import order_key
from offline_cache.replica import ReplicaUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from central_office.contract.bulky_codes import OrderCode
    from central_office.contract.bulky_orders import BulkyCancelled, BulkyChanged, BulkyOrdered, OrderStatus
    from central_office.contract.claims import Cost
    from kiosk_app.desk import Desk


def look_up(desk: Desk, claim: OrderCode, cost: Cost) -> OrderStatus | None:
    """The order that number and code open, or None; it takes as long for a number that nobody has.

    Raises:
        ReplicaUnavailable: nobody can say: it was not made here, and the office has told nothing yet.
    """
    key = order_key(claim, cost)
    told = desk.orders.told(claim.number)  # before the replica: see `Orders.told`
    try:
        status = desk.replica.order(key)
    except ReplicaUnavailable:
        found = as_it_stands(key, told, None)
        if found is None:
            raise
        return found
    return as_it_stands(key, told, status)


def as_it_stands(
    key: bytes, told: Iterable[BulkyOrdered | BulkyChanged | BulkyCancelled], status: OrderStatus | None
) -> OrderStatus | None:
    """What the office told (`status`), and on it what was said here and is not in it yet.

    A revision decides: what was said onto an older one is in `status` already, or the office took something else for
    true, and then that counts.
    """
    from central_office.contract.bulky_orders import (  # noqa: PLC0415 - pydantic, after the first frame
        BulkyChanged,
        BulkyOrdered,
        OrderState,
    )

    for one in told:
        if isinstance(one, BulkyOrdered):
            if status is None and hmac.compare_digest(one.key, key.hex()):
                status = _of(one)
        elif status is not None and status.state is OrderState.BOOKED and status.revision == one.revision:
            changed: dict[str, object] = {"state": OrderState.CANCELLED}
            if isinstance(one, BulkyChanged):
                names = ("day", "items", "units", "express", "cents")
                changed = {name: getattr(one, name) for name in names}
            status = status.model_copy(update=changed | {"revision": status.revision + 1})
    return status


def _of(made: BulkyOrdered) -> OrderStatus:
    from central_office.contract.bulky_orders import OrderState, OrderStatus  # noqa: PLC0415 - as above

    return OrderStatus(
        order="",
        number=made.number,
        revision=1,
        state=OrderState.BOOKED,
        kind=made.kind,
        day=made.day,
        street=made.at.street,
        house=made.at.house,
        district=made.at.district,
        items=made.items,
        units=made.units,
        express=made.express,
        cents=made.cents,
        paid=made.paid,
    )
