"""My pickup: how it stands, another day for it, or none.

A new day is promised and told in one transaction with its order's change; the office frees the old day when it applies
that. So the citizen has one of the two days, whenever the plug is pulled, and never both.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from central_office.contract.bulky import litres, resource
from central_office.contract.bulky_codes import NotAnOrderNumber, OrderCode, OrderNumber, order_number
from central_office.contract.bulky_days import changeable, changeable_until, owed_after_move
from kiosk_app.orders import look_up
from kiosk_app.outcomes import Outcome
from kiosk_app.services.bulky_booking import Days, confirm, nearest_day
from offline_cache.leases import NoneLeft
from offline_cache.replica import ReplicaUnavailable
from offline_cache.tries import Locked
from screens.steps import (
    BACK,
    Back,
    ExplainUnavailable,
    NumberProblem,
    Reason,
    Retry,
    Searching,
    ServiceKey,
    TooManyTries,
)
from screens.steps_bulky import Ask, ChooseDay, DayTrouble, Told
from screens.steps_bulky_mine import (
    ConfirmCancel,
    ConfirmMove,
    EnterChangeCode,
    EnterOrderNumber,
    OrderNotFound,
    ShowOrder,
    Wish,
)

if TYPE_CHECKING:
    from datetime import date

    from central_office.contract.bulky import District, Item
    from central_office.contract.bulky_days import DayOffer
    from central_office.contract.bulky_orders import BulkyChanged, OrderStatus
    from central_office.contract.capacity import ReservationId
    from kiosk_app.bulky import BulkyWaste
    from kiosk_app.desk import Desk

_SERVICE = ServiceKey.BULKY_WASTE


def my_order(bulky: BulkyWaste, desk: Desk) -> Outcome | Back:
    """Have number and change code, and do with the order what its citizen wishes."""
    while True:
        claim = _ask_claim(desk)
        if isinstance(claim, Back):
            return BACK
        if isinstance(state := desk.tries.state(claim), Locked):
            desk.citizen.ask(TooManyTries(state.until, _SERVICE))
            return Outcome.LOCKED
        desk.citizen.tell(Searching(_SERVICE))
        try:
            order = look_up(desk, claim, bulky.cost)
        except ReplicaUnavailable:
            desk.citizen.ask(ExplainUnavailable(_SERVICE, Reason.NO_DATA_YET))
            return BACK
        if order is None:
            outcome = _miss(desk, claim)
        else:
            desk.tries.hit(claim)
            desk.visit.claim = "number"
            outcome = _Mine(bulky, desk, claim, order).run()
        if not isinstance(outcome, Back):
            return outcome


def _ask_claim(desk: Desk) -> OrderCode | Back:
    while True:
        number = _ask_number(desk)
        if isinstance(number, Back):
            return BACK
        code = desk.citizen.ask(EnterChangeCode())
        if isinstance(code, Back):
            continue
        try:
            return OrderCode(number, code)
        except ValueError:
            continue  # the page lets nobody go on before there are six digits


def _ask_number(desk: Desk) -> OrderNumber | Back:
    problem: NumberProblem | None = None
    while True:
        answer = desk.citizen.ask(EnterOrderNumber(problem))
        if isinstance(answer, Back):
            return BACK
        try:
            return order_number(answer)
        except NotAnOrderNumber:
            problem = NumberProblem.CHECK_DIGIT


def _miss(desk: Desk, claim: OrderCode) -> Outcome | Back:
    """The same answer whatever was wrong; counted before it is given."""
    state = desk.tries.missed(claim)
    if isinstance(state, Locked):
        desk.citizen.ask(TooManyTries(state.until, _SERVICE))
        return Outcome.LOCKED
    again = desk.citizen.ask(OrderNotFound(state.left)) is Retry.AGAIN
    return BACK if again else Outcome.NOT_FOUND


class _Mine:
    """One order that its citizen looks at."""

    def __init__(self, bulky: BulkyWaste, desk: Desk, claim: OrderCode, order: OrderStatus) -> None:
        self._rules = bulky.rules
        self._cost = bulky.cost
        self._desk = desk
        self._ask = desk.citizen.ask
        self._claim = claim
        self._order = order
        self._days = Days(bulky.rules, desk)

    def run(self) -> Outcome | Back:
        """Show how it stands until the citizen has what she wants."""
        while True:
            match self._ask(self._shown()):
                case Wish.MOVE if self._in_time():
                    if self._move():
                        return self._confirm(Told.MOVED)
                case Wish.CANCEL if self._in_time():
                    self._cancel()
                case Wish.CONFIRMATION if self._booked:
                    return self._confirm(Told.AGAIN)
                case Wish.FINISH:
                    return Outcome.ANSWERED
                case Back():
                    return BACK
                case _:
                    pass  # the last minute went by while she looked: the page says so now

    @property
    def _booked(self) -> bool:
        return self._order.state.value == "booked"

    def _in_time(self) -> bool:
        """Whether it can still be changed, by the town's clock at this moment and by what is known of it."""
        now, zone = self._desk.now(), self._desk.town.zone
        return self._booked and changeable(self._rules, self._order.day, zone, now)

    def _shown(self) -> ShowOrder:
        desk, rules, order = self._desk, self._rules, self._order
        zone, now = desk.town.zone, desk.now()
        as_of = desk.replica.as_of()
        stale = as_of is not None and now - as_of > timedelta(hours=desk.stale_after_hours)
        over = datetime.combine(order.day, rules.timing.collected_by, tzinfo=zone)
        return ShowOrder(
            rules,
            order,
            str(self._claim.number),
            self._pieces(),
            changeable_until(rules, order.day, zone),
            late=not changeable(rules, order.day, zone, now),
            gone=now > over,
            stale=as_of if stale else None,
        )

    # Another day

    def _move(self) -> bool:
        """Have another day chosen and promise it; whether that was done."""
        district = self._rules.district_of(self._order.district)
        if district is None:
            return False  # the town has no such district any more: its page offers no other day
        chosen: date | None = None
        trouble: DayTrouble | None = None
        while True:
            offer = self._choose(district, chosen, trouble)
            if offer is None:
                return False
            day, chosen, trouble = offer.day, offer.day, None
            order = self._order
            cents = owed_after_move(self._rules, order.day, order.cents, express=order.express, early=offer.express)
            if self._ask(ConfirmMove(self._rules, order.day, day, cents, order.paid)) is not True:
                continue
            if not self._in_time():
                return False
            made = self._desk.leases.promise(
                resource(order.kind, district, day),
                order.units,
                also=partial(self._changed, offer, cents),
            )
            if isinstance(made, NoneLeft):
                trouble = DayTrouble.TAKEN
                chosen = nearest_day(tuple(one for one in self._offers(district) if one.day != day), day)
                continue
            self._look_again()
            return True

    def _choose(self, district: District, chosen: date | None, trouble: DayTrouble | None) -> DayOffer | None:
        """Another day of the calendar that this kiosk can promise; None: she went back."""
        order, until = self._order, self._rules.timing.put_out_until
        while True:
            found = self._offers(district)
            offered = next((one for one in found if one.day == chosen), None)
            if offered is None or offered.left < 1:
                chosen = None if chosen is None else nearest_day(found, chosen)
                offered = next((one for one in found if one.day == chosen), None)
            match self._ask(ChooseDay(found, district.days, until, chosen, trouble)):
                case Back():
                    return None
                case Ask.GO_ON if offered is not None:
                    if offered.firm or self._days.office_lends(order.kind, district, offered.day, order.units):
                        return offered
                    self._days.silent, trouble = True, DayTrouble.OFFICE_SILENT
                case Ask():
                    pass
                case day:
                    chosen, trouble = day, None

    def _offers(self, district: District) -> tuple[DayOffer, ...]:
        found = self._days.offers(district, self._order.kind, self._order.units, express=True)
        return tuple(one for one in found if one.day != self._order.day)

    def _changed(self, to: DayOffer, cents: int, reservation: ReservationId) -> BulkyChanged:
        from central_office.contract.bulky_orders import BulkyChanged  # noqa: PLC0415 - after the first frame

        order = self._order
        volume = litres(self._rules, {one.key: one.count for one in order.items})
        return BulkyChanged(
            number=self._claim.number.characters,
            revision=order.revision,
            reservation=reservation,
            day=to.day,
            items=order.items,
            # Pieces that the town took out of its list since have no volume any more; what they took is in the units.
            litres=volume or order.units * self._rules.lending.unit_litres,
            units=order.units,
            express=to.express is not None,
            cents=cents,
        )

    # No day

    def _cancel(self) -> None:
        order = self._order
        if self._ask(ConfirmCancel(order.day, self._pieces(), order.paid)) is True and self._in_time():
            self._desk.orders.cancel(self._claim.number, order.revision)
            self._look_again()

    def _look_again(self) -> None:
        """Read the order as it is now, by what was said a moment ago."""
        order = look_up(self._desk, self._claim, self._cost)
        self._order = order or self._order

    def _confirm(self, told: Told) -> Outcome:
        order = self._order
        place = f"{order.street} {order.house}"
        return confirm(self._desk, self._rules, self._claim, order.day, self._pieces(), place=place, told=told)

    def _pieces(self) -> tuple[tuple[Item, int], ...]:
        counted = {one.key: one.count for one in self._order.items}
        return tuple((one, counted[one.key]) for one in self._rules.item if counted.get(one.key))
