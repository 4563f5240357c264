"""Orders and vouchers of the demonstration town: some days behind, some weeks ahead, one of them full."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from central_office.contract.bulky import OrderKind
from central_office.contract.bulky_days import collection_days
from central_office.contract.bulky_orders import LeftReason, OrderState
from central_office.contract.claims import Cost
from central_office.office import escrow
from central_office.office.bulky import by_phone, tours, vouchers
from central_office.office.models import BulkyOrder, Resource

if TYPE_CHECKING:
    from datetime import datetime
    from random import Random

    from central_office.contract.bulky import District, WasteRules
    from central_office.contract.town import StreetTable
    from central_office.office.models import Town

_BEFORE, _AFTER = timedelta(days=3), timedelta(days=15)
_QUICK = Cost(kib=8, passes=1)
"""Nobody has the codes of these orders: what they are stretched to need not cost anybody's time."""
_USUAL: tuple[dict[str, int], ...] = (
    {"sofa": 2, "armchair": 2}, {"sofa": 2, "mattress": 2}, {"wardrobe": 3, "chair": 4}, {"table": 2, "chair": 10},
    {"armchair": 1, "wardrobe": 3}, {"mattress": 4, "bed_frame": 2}, {"shelf": 5, "bicycle": 2}, {"sofa": 3},
)  # fmt: skip
_ELECTRICAL: tuple[dict[str, int], ...] = ({"fridge": 1}, {"washing_machine": 1, "cooker": 1}, {"television": 2})
_LEFT = ((LeftReason.NOT_ORDERED,), (LeftReason.ELECTRICAL,), (LeftReason.NEVER_BULKY, LeftReason.TOO_HEAVY))


def load(  # noqa: PLR0913, PLR0917 - what a demonstration is made of
    town: Town,
    rules: WasteRules,
    streets: tuple[StreetTable, ...],
    names: tuple[str, ...],
    random: Random,
    now: datetime,
) -> int:
    """Fill the days, unless there are orders already; how many orders were made."""
    if BulkyOrder.objects.exists():
        return 0
    today = escrow.today(town, now)
    with transaction.atomic():
        made = _days(town, rules, streets, names, random, now)
    vouchers.issue(6, 2000, today + timedelta(days=180), "Umzug ins Pflegeheim", "Weber", now, random.randbytes)
    return made


def _days(  # noqa: PLR0913, PLR0917 - same
    town: Town,
    rules: WasteRules,
    streets: tuple[StreetTable, ...],
    names: tuple[str, ...],
    random: Random,
    now: datetime,
) -> int:
    today = escrow.today(town, now)
    made = 0
    for nth, district in enumerate(rules.district):
        at_home = [one.name for one in streets if one.district == district.name]
        days = collection_days(rules, district, today - _BEFORE, today + _AFTER)
        for place, day in enumerate(days):
            for kind in OrderKind:
                if nth and kind is OrderKind.ELECTRICAL:
                    continue
                tour = tours.Tour(kind, district, day)
                _open(tour, district, rules)
                # Every fourth day of the first district is ordered out; the others have few orders.
                full = 0.15 if nth else random.uniform(0.2, 0.9) if place % 4 else 1.2
                made += _fill(tour, district.capacity(kind) * full, (at_home, names), rules, random, now)
                if day < today:
                    _report(tour, random, now)
    return made


def _open(tour: tours.Tour, district: District, rules: WasteRules) -> None:
    units = district.capacity(tour.kind) // rules.lending.unit_litres
    Resource.objects.get_or_create(key=tour.key, day=tour.day, defaults={"capacity": units, "spare": 0})


def _fill(  # noqa: PLR0913, PLR0917 - same
    tour: tours.Tour,
    most: float,
    people: tuple[list[str], tuple[str, ...]],
    rules: WasteRules,
    random: Random,
    now: datetime,
) -> int:
    streets, names = people
    made, litres = 0, 0
    while streets and litres < most:
        items = random.choice(_USUAL if tour.kind is OrderKind.BULKY else _ELECTRICAL)
        call = by_phone.Call(random.choice(names), random.choice(streets), str(random.randint(1, 40)), items)
        asked = now - timedelta(days=random.randint(7, 20))
        try:
            order, _code = by_phone.take(tour, call, rules, "Weber", asked, random=random.randbytes, cost=_QUICK)
        except by_phone.NoRoom:
            break
        litres += order.litres
        made += 1
    return made


def _report(tour: tours.Tour, random: Random, now: datetime) -> None:
    for order in tour.orders():
        luck = random.random()
        if luck < 0.86:
            tours.report(order, OrderState.COLLECTED, (), "", "Weber", now)
        elif luck < 0.94:
            tours.report(order, OrderState.PARTLY_LEFT, random.choice(_LEFT), "", "Weber", now)
        else:
            tours.report(order, OrderState.NOT_PRESENTED, (), "", "Weber", now)
