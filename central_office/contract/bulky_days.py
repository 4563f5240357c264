"""When bulky waste can be collected, what is left of each day, until when all can be changed, and what it costs.

Pure functions of the town's rules, the town's date and what is known of capacity; no clock is asked here. Holidays and
moved days are data of the rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from central_office.contract.bulky import WEEK, FeeKind, resource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from zoneinfo import ZoneInfo

    from central_office.contract.bulky import District, OrderKind, WasteRules
    from central_office.contract.capacity import Resource

_DAY = timedelta(days=1)


class DayState(StrEnum):
    """What a day on the calendar says; a day without collection is not on it."""

    FREE = "free"
    FEW = "few"
    FULL = "full"


@dataclass(frozen=True)
class DayOffer:
    """One collection day: how many pickups of the citizen's size still fit (`left`).

    `firm`: this kiosk can promise it now, with or without a line. If not, it must ask the office first (`want`).
    `moved`: why collection is on this day and not on its usual one, in German and English, or two empty texts.
    `express`: what so early a day costs besides, in cents; None for a usual one.
    """

    day: date
    state: DayState
    left: int
    firm: bool
    moved: tuple[str, str] = ("", "")
    express: int | None = None


def is_working(rules: WasteRules, day: date) -> bool:
    """Whether the town works that day: Monday to Friday, unless it is closed."""
    return day.weekday() < 5 and all(one.day != day for one in rules.closed)


def working_days_after(rules: WasteRules, day: date, count: int) -> date:
    """The day that is `count` working days after `day`; today counts nothing."""
    while count > 0:
        day += _DAY
        count -= is_working(rules, day)
    return day


def working_days_before(rules: WasteRules, day: date, count: int) -> date:
    """The day that is `count` working days before `day`."""
    while count > 0:
        day -= _DAY
        count -= is_working(rules, day)
    return day


def collection_days(rules: WasteRules, district: District, first: date, last: date) -> dict[date, tuple[str, str]]:
    """The days on which the district is collected, in order, with the reason (German, English) of a moved one."""
    moved = {one.day: one for one in rules.moved if one.district in {"", district.key}}
    closed = {one.day for one in rules.closed}
    days: dict[date, tuple[str, str]] = {}
    # A day may have been moved from outside into what is looked at.
    reach = max((abs(one.to - one.day) for one in moved.values()), default=timedelta())
    day = first - reach
    while day <= last + reach:
        if WEEK[day.weekday()] in district.days:
            if (to := moved.get(day)) is not None:
                days.setdefault(to.to, (to.reason, to.reason_en or to.reason))
            elif day not in closed:
                days[day] = ("", "")
        day += _DAY
    return {day: days[day] for day in sorted(days) if first <= day <= last}


def earliest(rules: WasteRules, today: date, *, express: bool = False) -> date:
    """The first day that can be ordered today."""
    return working_days_after(rules, today, rules.timing.express_days if express else rules.timing.lead_days)


def eligible_days(
    rules: WasteRules, district: District, today: date, *, express: bool = False
) -> dict[date, tuple[str, str]]:
    """The days that can be ordered today, with the reason of a moved one; express has those before the usual ones."""
    first, usual = earliest(rules, today, express=express), earliest(rules, today)
    last = usual - _DAY if express else today + timedelta(days=rules.timing.window_days)
    return collection_days(rules, district, first, last)


def offers(  # noqa: PLR0913  # what a calendar is made of
    rules: WasteRules,
    district: District,
    kind: OrderKind,
    units: int,
    today: date,
    *,
    held: Callable[[Resource], int],
    known: Callable[[Resource], int],
    express: bool = False,
) -> tuple[DayOffer, ...]:
    """The calendar for an order of `units`: every eligible day with what is left of it.

    `held` are the units that this kiosk may promise (its leases), `known` those that the office said are free besides;
    without a line `known` is 0 for every day, because nobody can be asked. `express`: the days before the usual ones,
    as far as the town has them.
    """
    if express and not rules.timing.express_days:
        return ()
    found = []
    for day, moved in eligible_days(rules, district, today, express=express).items():
        fee = rules.fee_on(FeeKind.EXPRESS, day) if express else None
        if express and fee is None:
            continue
        of = resource(kind, district, day)
        mine = held(of)
        left = (mine + known(of)) // units
        state = DayState.FULL if left < 1 else DayState.FEW if left <= rules.lending.few else DayState.FREE
        found.append(DayOffer(day, state, left, mine >= units, moved, fee))
    return tuple(found)


def nearest(offers: Iterable[DayOffer], wanted: date) -> DayOffer | None:
    """The day nearest to the wanted one that is not full; of two equally near the later: nobody is hurried."""
    open_days = [one for one in offers if one.state is not DayState.FULL]
    return min(open_days, key=lambda one: (abs(one.day - wanted), one.day < wanted), default=None)


def changeable_until(rules: WasteRules, day: date, zone: ZoneInfo) -> datetime:
    """Until when a pickup on `day` can be changed or cancelled, on the town's clock."""
    last = working_days_before(rules, day, rules.timing.change_days)
    return datetime.combine(last, rules.timing.change_time, tzinfo=zone)


def changeable(rules: WasteRules, day: date, zone: ZoneInfo, now: datetime) -> bool:
    """Whether a pickup on `day` can be changed or cancelled now; the very minute still counts, a second later not."""
    return now <= changeable_until(rules, day, zone)


def owed_after_move(rules: WasteRules, was: date, cents: int, *, express: bool, early: int | None = None) -> int:
    """What is owed when a pickup moves away from `was`: its express falls away; never less than nothing.

    `early`: what the new day costs as an early one (`DayOffer.express`).
    """
    fee = rules.fee_on(FeeKind.EXPRESS, was) if express else None
    return max(0, cents - (fee or 0)) + (early or 0)


class Refusal(StrEnum):
    """Why there is no price: such a pickup cannot be ordered."""

    QUOTA_USED = "quota_used"
    NO_EXPRESS = "no_express"


@dataclass(frozen=True)
class Price:
    """What a pickup costs, and the how manieth of the household's free ones it is (0 if it is not free of charge)."""

    extra_cents: int = 0
    express_cents: int = 0
    pickup: int = 0
    of_free: int = 0
    vouchers: bool = False
    """Vouchers take the place of a free pickup or of its price."""

    @property
    def cents(self) -> int:
        """All of it."""
        return self.extra_cents + self.express_cents


def price(  # noqa: PLR0913  # what a price depends on
    rules: WasteRules, day: date, litres: int, *, used: int, express: bool = False, voucher_litres: int = 0
) -> Price | Refusal:
    """What a pickup on `day` costs a household that had `used` free pickups in that calendar year.

    Vouchers that hold the whole volume pay for it, so that a free pickup is not used up; those that do not pay nothing.
    """
    express_cents = 0
    if express:
        fee = rules.fee_on(FeeKind.EXPRESS, day)
        if fee is None or not rules.timing.express_days:
            return Refusal.NO_EXPRESS
        express_cents = fee
    free = rules.quota.free_orders
    if voucher_litres >= litres:
        return Price(express_cents=express_cents, of_free=free, vouchers=True)
    if used < free:
        return Price(express_cents=express_cents, pickup=used + 1, of_free=free)
    extra = rules.fee_on(FeeKind.EXTRA, day)
    if extra is None:
        return Refusal.QUOTA_USED
    return Price(extra_cents=extra, express_cents=express_cents, of_free=free)
