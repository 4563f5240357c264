"""Orders and households as they travel to a kiosk: sealed with what their citizen brings, in the set of documents.

Nobody who looks at the rows can tell them from documents. Who has number and change code of an order reads where things
stand and what the crew left; who has name and address of a household reads how many pickups it had.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from central_office.contract.bulky_codes import household_secret, order_secret
from central_office.contract.bulky_orders import HouseholdUse, LeftReason, OrderedItem, OrderStatus
from central_office.contract.claims import Pepper
from central_office.contract.documents import DocumentId
from central_office.contract.messages import DocumentRow
from central_office.contract.sealed_row import SLOTS
from central_office.contract.sealing import seal
from central_office.office.models import BulkyOrder, Household

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from uuid import UUID

    from central_office.contract.sealed_row import SealedRow
    from central_office.office.models import Kiosk


def names() -> Iterator[UUID]:
    """Whatever has a row."""
    yield from BulkyOrder.objects.filter(forgotten_at=None).order_by().values_list("pk", flat=True)
    yield from Household.objects.order_by().values_list("pk", flat=True)


def sealed(kiosk: Kiosk, keys: Sequence[UUID], slots: int = SLOTS) -> dict[UUID, SealedRow]:
    """The rows of these orders and households for one kiosk; what is none of them is left out."""
    if not keys:
        return {}
    pepper = Pepper(bytes(kiosk.pepper))
    rows: dict[UUID, SealedRow] = {}
    for order in BulkyOrder.objects.filter(pk__in=keys, forgotten_at=None):
        text = status(order).model_dump_json(exclude_defaults=True).encode()
        secret = order_secret(bytes.fromhex(order.key))
        rows[order.pk] = seal(text, DocumentId(str(order.pk)), pepper, secret, None, slots=slots)
    for one in Household.objects.filter(pk__in=keys):
        use = HouseholdUse(household=str(one.pk), used={int(year): count for year, count in one.used.items()})
        secret = household_secret(bytes.fromhex(one.key))
        rows[one.pk] = seal(use.model_dump_json().encode(), DocumentId(str(one.pk)), pepper, secret, None, slots=slots)
    return rows


def rows(kiosk: Kiosk, keys: Iterable[UUID], slots: int = SLOTS) -> Iterator[DocumentRow]:
    """The same as they travel."""
    for one in sealed(kiosk, list(keys), slots).values():
        yield DocumentRow(id=one.id, slots=one.slots, sealed=one.sealed)


def status(order: BulkyOrder) -> OrderStatus:
    """All that a kiosk is told of the order."""
    return OrderStatus(
        order=str(order.pk),
        number=order.number,
        revision=order.revision,
        state=order.at_state,
        kind=order.of_kind,
        day=order.day,
        street=order.street,
        house=order.house,
        district=order.district,
        items=tuple(OrderedItem(key=key, count=count) for key, count in order.items.items()),
        units=order.units,
        express=order.express,
        cents=order.cents,
        paid=order.paid,
        left=tuple(LeftReason(one) for one in order.left),
        note=order.note,
    )
