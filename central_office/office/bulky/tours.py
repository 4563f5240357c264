"""Tours: what is collected in one district on one day, what the crew found, and how much fits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from central_office.contract.bulky_orders import LeftReason, OrderState
from central_office.office import changes, escrow
from central_office.office.models import BulkyOrder, CrewSheet, Household, OrderStep, Resource, Voucher

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from django.db.models import QuerySet

    from central_office.contract.bulky import District, OrderKind, WasteRules

RESULTS = (OrderState.COLLECTED, OrderState.PARTLY_LEFT, OrderState.NOT_PRESENTED, OrderState.MISSED)
"""What a crew can report; a result that was mistyped can be reported anew."""

_FEW = 10
"""Percent of the lorry: below this a day is called nearly full."""


class MovedOn(RuntimeError):
    """The order is not what the colleague saw: the citizen or somebody else was faster."""


@dataclass(frozen=True)
class Tour:
    """One kind of order in one district on one day."""

    kind: OrderKind
    district: District
    day: date

    @property
    def key(self) -> str:
        """The key of its capacity."""
        return f"{self.kind}.{self.district.key}"

    def orders(self) -> QuerySet[BulkyOrder]:
        """Its orders, as the crew drives; those called off as well."""
        return BulkyOrder.objects.filter(kind=self.kind.value, district=self.district.key, day=self.day)


@dataclass(frozen=True)
class Load:
    """How full a tour is, in litres; `lent` may still be promised by kiosks that nobody can ask."""

    tour: Tour
    capacity: int
    booked: int
    lent: int
    stops: int

    @property
    def state(self) -> str:
        """`free`, `few` or `full`, as the calendar of a kiosk would say it."""
        left = self.capacity - self.booked
        return "full" if left <= 0 else "few" if left * 100 < self.capacity * _FEW else "free"


def loads(rules: WasteRules, kind: OrderKind, district: District, days: Sequence[date]) -> list[Load]:
    """How full the tours of these days are; a day that is not offered has no capacity."""
    unit = rules.lending.unit_litres
    tours = [Tour(kind, district, day) for day in days]
    rows = {one.day: one for one in Resource.objects.filter(key=f"{kind}.{district.key}", day__in=days)}
    stops = dict.fromkeys(days, 0)
    gone = {OrderState.CANCELLED.value}
    for day in (
        BulkyOrder.objects.filter(kind=kind.value, district=district.key, day__in=days)
        .exclude(state__in=gone)
        .values_list("day", flat=True)
    ):
        stops[day] += 1
    return [
        Load(tour, row.capacity * unit, row.promised * unit, row.leased * unit, stops[tour.day])
        if (row := rows.get(tour.day)) is not None
        else Load(tour, 0, 0, 0, stops[tour.day])
        for tour in tours
    ]


def two_weeks(first: date) -> list[date]:
    """Monday to Saturday of two weeks, from the Monday before `first` on."""
    monday = first - timedelta(days=first.weekday())
    return [monday + timedelta(days=week * 7 + day) for week in (0, 1) for day in range(6)]


def next_day(kind: OrderKind, district: District, today: date) -> date:
    """The next day on which something is collected there; today if none is known."""
    key = f"{kind}.{district.key}"
    found = Resource.objects.filter(key=key, day__gte=today).order_by("day").values_list("day", flat=True).first()
    return found or today


def report(  # noqa: PLR0913, PLR0917 - what there is to say about one result
    order: BulkyOrder, result: OrderState, left: Iterable[LeftReason], note: str, by: str, at: datetime
) -> None:
    """Write down what the crew found; the citizen reads it with her code.

    Raises:
        MovedOn: the order was called off, or changed since the colleague looked.
    """
    with transaction.atomic():
        row = _locked(order)
        if row.state == OrderState.CANCELLED:
            raise MovedOn
        row.state, row.note = result.value, note[:120]
        row.left = [one.value for one in left] if result is OrderState.PARTLY_LEFT else []
        _written(row, result.value, by, at)


def rest_collected(tour: Tour, by: str, at: datetime) -> int:
    """All of the tour's orders without a result were collected; how many those were."""
    waiting = list(tour.orders().filter(state=OrderState.BOOKED.value))
    for order in waiting:
        report(order, OrderState.COLLECTED, (), "", by, at)
    return len(waiting)


def call_off(order: BulkyOrder, by: str, at: datetime) -> None:
    """Cancel an order for its citizen: its place, its free pickup and its vouchers are there again.

    Raises:
        MovedOn: it is not booked any more, or was changed since the colleague looked.
    """
    with transaction.atomic():
        row = _locked(order)
        if row.state != OrderState.BOOKED:
            raise MovedOn
        escrow.free(row.reservation)
        if row.free and row.household_id is not None:
            household = Household.objects.select_for_update().get(pk=row.household_id)
            household.count(row.day.year, -1)
            household.save()
            changes.note([household.pk], at)
        Voucher.objects.filter(used_by=row).update(used_by=None, used_at=None)
        row.state = OrderState.CANCELLED.value
        _written(row, row.state, by, at)


def printed(tour: Tour, by: str, at: datetime) -> None:
    """The crew has its sheet: from now on a person must tell them of changes."""
    CrewSheet.objects.update_or_create(
        kind=tour.kind.value, district=tour.district.key, day=tour.day, defaults={"made_at": at, "made_by": by}
    )


def _locked(order: BulkyOrder) -> BulkyOrder:
    row = BulkyOrder.objects.select_for_update().get(pk=order.pk)
    if row.revision != order.revision:
        raise MovedOn
    return row


def _written(row: BulkyOrder, what: str, by: str, at: datetime) -> None:
    row.revision += 1
    row.save()
    OrderStep.objects.create(order=row, what=what, at=at, by=by)
    changes.note([row.pk], at)
