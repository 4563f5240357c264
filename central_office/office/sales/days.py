"""A day of sales as staff look at it: what was sold, what the terminals settled, what is open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import Max

from central_office.contract.sale_words import Ending
from central_office.office.desk import AlreadyDone
from central_office.office.models import ClosedDay, Sale, TillReport
from central_office.office.sales.reconciling import till_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from central_office.office.models import Town

_PATIENCE: Final = timedelta(hours=36)
"""A terminal closes once a day; a payment that nobody settled for longer stands out."""
_NOTHING: Final = frozenset({Ending.DECLINED, Ending.ABORTED})


class Payment(StrEnum):
    """How the payment of a sale stands."""

    MATCHED = "matched"
    WAITING = "waiting"
    """The terminal has not closed its day since."""
    OVERDUE = "overdue"
    """The same, for too long."""
    TILL_DIFFERS = "till_differs"
    REVERSED = "reversed"
    DECLINED = "declined"
    ABORTED = "aborted"
    FREE = "free"
    UNCLEAR = "unclear"
    UNPAID = "unpaid"
    CLEARED = "cleared"


class Goods(StrEnum):
    """What came out."""

    ALL = "all"
    SOME = "some"
    NONE = "none"
    """It was to be paid, and nothing came."""
    NEVER = "never"
    """Nothing was due."""
    A_FEE = "fee"


@dataclass(frozen=True)
class Seen:
    """One sale beside its payment; `worth` is cents for what was issued."""

    sale: Sale
    payment: Payment
    goods: Goods
    worth: int

    @property
    def settled(self) -> int:
        """Cents that a terminal's end of day has confirmed, or that a person found."""
        return (self.sale.taken or 0) if self.payment in {Payment.MATCHED, Payment.CLEARED} else 0

    @property
    def failed(self) -> bool:
        """Whether less came than was chosen and somebody may have paid for it."""
        return self.goods in {Goods.NONE, Goods.SOME}

    @property
    def right(self) -> bool:
        """Whether what was charged is known, and is what was issued."""
        return self.sale.taken == self.worth


@dataclass(frozen=True)
class SalesDay:
    """All sales of a day, newest first."""

    day: date
    sales: tuple[Seen, ...]
    closed: ClosedDay | None
    late: tuple[Seen, ...]
    """Heard of only after the day was closed."""

    @property
    def sold(self) -> int:
        """Cents' worth of what was issued."""
        return sum(one.worth for one in self.sales)

    @property
    def settled(self) -> int:
        """Cents that terminals confirmed."""
        return sum(one.settled for one in self.sales)

    @property
    def open(self) -> tuple[Seen, ...]:
        """What keeps the two apart, or needs a person."""
        agreed = {Payment.MATCHED, Payment.CLEARED}
        return tuple(
            one
            for one in self.sales
            if one.sale.open or (one.worth and one.payment not in agreed) or not (one.right or one.sale.cleared)
        )

    @property
    def failed(self) -> int:
        """Sales that did not give what was chosen."""
        return sum(one.failed for one in self.sales)

    @property
    def righted(self) -> int:
        """Those of them for which nobody paid too much."""
        return sum(one.failed and one.right for one in self.sales)


def limits(town: Town, day: date) -> tuple[datetime, datetime]:
    """When the day begins and ends in the town."""
    zone = ZoneInfo(town.time_zone)
    return datetime.combine(day, time(), zone), datetime.combine(day + timedelta(days=1), time(), zone)


def sales_day(town: Town, day: date, kiosk: str, now: datetime) -> SalesDay:
    """The sales of a day, of one kiosk if it is named."""
    begin, end = limits(town, day)
    sales = Sale.objects.filter(began__gte=begin, began__lt=end).select_related("kiosk").prefetch_related("lines")
    seen = look_at(list(sales.filter(kiosk=kiosk) if kiosk else sales), now)
    closed = ClosedDay.objects.filter(day=day).first()
    late = tuple(one for one in seen if closed is not None and one.sale.heard_at > closed.closed_at)
    return SalesDay(day, seen, closed, late)


def look_at(sales: Sequence[Sale], now: datetime) -> tuple[Seen, ...]:
    """How each of these stands; their lines are best fetched before."""
    reports = TillReport.objects.filter(pk__in={one.till_id for one in sales if one.till_id is not None})
    agreeing = {one.pk for one in reports.select_related("kiosk") if till_of(one).agrees}
    return tuple(_seen(one, agreeing, now) for one in sales)


def close_day(town: Town, day: date, by: str, now: datetime) -> ClosedDay:
    """Close a day that is over and of which nothing is open.

    Raises:
        AlreadyDone: a colleague was faster.
        ValueError: something is open, or the day is not over.
    """
    seen = sales_day(town, day, "", now)
    if limits(town, day)[1] > now or seen.open:
        raise ValueError(day)
    try:
        with transaction.atomic():
            return ClosedDay.objects.create(day=day, sold=seen.sold, settled=seen.settled, closed_at=now, closed_by=by)
    except IntegrityError:
        raise AlreadyDone from None


def last_day() -> datetime | None:
    """When the newest sale began."""
    found: datetime | None = Sale.objects.aggregate(newest=Max("began"))["newest"]
    return found


def _seen(sale: Sale, agreeing: set[int], now: datetime) -> Seen:
    ending = sale.at_ending
    lines = list(sale.lines.all())
    if sale.purpose == "bags":
        worth = sum(one.worth for one in lines)
        wanted, issued = sum(one.wanted for one in lines), sum(one.issued for one in lines)
        goods = Goods.ALL if issued >= wanted else Goods.SOME if issued else Goods.NONE
        if goods is Goods.NONE and ending in _NOTHING:
            goods = Goods.NEVER
    else:
        goods = Goods.A_FEE
        # The kiosk names the order that stands for the money; without one nothing was given for it.
        worth = sale.asked if sale.reference and ending not in {*_NOTHING, Ending.REVERSED} else 0
    return Seen(sale, _payment(sale, ending, agreeing, now), goods, worth)


def _payment(sale: Sale, ending: Ending, agreeing: set[int], now: datetime) -> Payment:
    if sale.cleared:
        return Payment.CLEARED
    if ending in {Ending.PAID, Ending.PART}:
        if sale.till_id is None:
            return Payment.WAITING if now - sale.began < _PATIENCE else Payment.OVERDUE
        return Payment.MATCHED if sale.till_id in agreeing else Payment.TILL_DIFFERS
    return Payment(ending.value)
