"""Order a pickup.

Nothing is written before the last tap; then reservation and order go to the disk together, or neither. A day that this
kiosk cannot promise by itself is asked for first, so a citizen is never told of a day that the office does not know.

Longer than most modules because a visit is one story: each page knows where going on and going back lead.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from threading import Event
from typing import TYPE_CHECKING, Final

from central_office.contract.addresses import Ambiguous, NoSuchHouse, Street
from central_office.contract.bulky import OrderKind, gauge, litres, one_more, problem, resource
from central_office.contract.bulky_codes import (
    MOST_ORDERS,
    Household,
    OrderCode,
    OrderNumber,
    change_code,
    household_key,
    kiosk_of,
    order_key,
)
from central_office.contract.bulky_days import Price, Refusal, earliest, price
from kiosk_app.outcomes import Outcome
from kiosk_app.pace import PACE
from kiosk_app.paying import Gone
from kiosk_app.receipts import card_words, customer_lines, number_of, pay_receipt
from kiosk_app.sale import NotBegun, card_sales, pay_fee
from kiosk_app.services.bulky_booking import Days, confirm, nearest_day
from kiosk_app.services.bulky_voucher import MOST, can_be_shown, enough, scan
from kiosk_app.services.paying import PaymentPages, tell_stopped
from offline_cache.leases import NoneLeft
from offline_cache.replica import ReplicaUnavailable
from offline_cache.sales import Ending
from screens.slip_bags import fee_slip
from screens.steps import BACK, Back, ServiceKey
from screens.steps_bulky import (
    Ask,
    ChooseDay,
    ChooseDistrict,
    ChooseItems,
    DayTrouble,
    EnterHouse,
    EnterName,
    EnterPhone,
    EnterStreet,
    NotCollected,
    OneMore,
    Quota,
    QuotaUsed,
    Review,
    ReviewOrder,
    ShowNever,
    ShowRules,
)
from screens.wording import Words

if TYPE_CHECKING:
    from datetime import date

    from central_office.contract.bulky import District, Item
    from central_office.contract.bulky_days import DayOffer
    from central_office.contract.bulky_orders import BulkyOrdered
    from central_office.contract.capacity import ReservationId, Resource
    from devices.receipts import Receipt
    from kiosk_app.bulky import BulkyWaste
    from kiosk_app.desk import Desk
    from kiosk_app.sale import SaleResult
    from kiosk_app.services.bulky_voucher import Shown

ORDERS: Final = "bulky.order"
"""The counter of this kiosk's order numbers."""
_BEGINNING: Final = datetime(2026, 1, 1, tzinfo=UTC)
_MOST_NAME: Final = 80


class _Page(IntEnum):
    """The questions in their order."""

    STREET = 0
    HOUSE = 1
    RULES = 2
    ITEMS = 3
    DAY = 4
    NAME = 5
    PHONE = 6
    REVIEW = 7


@dataclass
class _Wish:
    """What the citizen has said so far; it lives and goes with her visit."""

    asked: Street | None = None
    """The street whose house number is being asked; `street` once it has one."""
    street: Street | None = None
    house: str = ""
    refused: str = ""
    known: tuple[str, ...] = ()
    district: District | None = None
    kind: OrderKind = OrderKind.BULKY
    items: dict[OrderKind, dict[str, int]] = field(default_factory=dict)
    day: date | None = None
    trouble: DayTrouble | None = None
    name: str = ""
    phone: str = ""
    agreed: bool = False
    vouchers: list[Shown] = field(default_factory=list)
    reviewing: bool = False
    code: OrderCode | None = None
    key: bytes = b""

    def __repr__(self) -> str:
        return "_Wish(…)"

    @property
    def address(self) -> str:
        """Street and number as they are written."""
        return f"{self.street} {self.house}"

    @property
    def chosen(self) -> dict[str, int]:
        """The pieces of the kind that is being ordered."""
        return self.items.setdefault(self.kind, {})


class Ordering:
    """One citizen's order: what she said, and the pages that ask for it; it can be left and gone on with."""

    def __init__(self, bulky: BulkyWaste, desk: Desk) -> None:
        self._bulky = bulky
        self._rules = bulky.rules
        self._desk = desk
        self._ask = desk.citizen.ask
        self._days = Days(bulky.rules, desk)
        self._wish = _Wish()

    def run(self) -> Outcome | Back:
        """Ask page by page until the order is made, or the citizen went back from the first."""
        pages = (
            self._street,
            self._house,
            self._show_rules,
            self._items,
            self._day,
            self._name,
            self._phone,
            self._review,
        )
        page = _Page.STREET
        while True:
            answer = pages[page]()
            if isinstance(answer, _Page):
                page = answer
            elif isinstance(answer, Outcome):
                return answer
            elif page is _Page.STREET and not self._wish.reviewing:
                return BACK
            else:
                page = _Page.REVIEW if self._wish.reviewing and page is not _Page.REVIEW else self._before(page)

    def _before(self, page: _Page) -> _Page:
        self._wish.reviewing = False
        return _Page(page - 1)

    # Where

    def _street(self) -> _Page | Back:
        answer = self._ask(EnterStreet(self._bulky.addresses.search))
        if isinstance(answer, Back):
            return BACK
        self._wish.asked = answer
        return _Page.HOUSE

    def _house(self) -> _Page | Back:
        wish = self._wish
        assert wish.asked is not None
        typed = self._ask(EnterHouse(str(wish.asked), wish.known, wish.refused))
        if isinstance(typed, Back):
            wish.refused, wish.known = "", ()
            return _Page.STREET
        found = self._bulky.addresses.locate(wish.asked, typed)
        if isinstance(found, NoSuchHouse):
            wish.refused, wish.known = typed, found.known
            return _Page.HOUSE
        wish.refused, wish.known = "", ()
        names = found.districts if isinstance(found, Ambiguous) else (found.district,)
        districts = [one for name in names if (one := self._rules.district_of(name)) is not None]
        address = f"{wish.asked} {found.house}"
        if not districts:
            self._ask(NotCollected(address))
            return _Page.STREET
        district = districts[0]
        if len(districts) > 1:
            key = self._ask(ChooseDistrict(address, tuple(districts)))
            if isinstance(key, Back):
                return _Page.HOUSE
            district = next(one for one in districts if one.key == key)
        return self._found(found.house, district)

    def _found(self, house: str, district: District) -> _Page:
        wish = self._wish
        moved = wish.district is not None and wish.district != district
        wish.street, wish.house, wish.district = wish.asked, house, district
        if moved and wish.day is not None:
            wish.day, wish.reviewing = None, False
        return _Page.NAME if wish.reviewing else _Page.RULES

    def _show_rules(self) -> _Page | Back:
        district = self._district
        kinds = [OrderKind.BULKY]
        if district.electrical_litres and self._rules.of_kind(OrderKind.ELECTRICAL):
            kinds.append(OrderKind.ELECTRICAL)
        answer = self._ask(ShowRules(self._wish.address, district, self._rules, tuple(kinds)))
        if isinstance(answer, Back):
            return _Page.HOUSE
        if answer is not self._wish.kind:
            self._wish.kind, self._wish.day = answer, None
        return _Page.ITEMS

    # What

    def _items(self) -> _Page | Back:
        wish, rules = self._wish, self._rules
        items = rules.of_kind(wish.kind)
        while True:
            chosen = wish.chosen
            full = tuple((one.key, why.value) for one in items if (why := one_more(rules, chosen, one.key)) is not None)
            counts = tuple(chosen.get(one.key, 0) for one in items)
            match self._ask(ChooseItems(wish.kind, items, counts, gauge(rules, chosen), rules, full)):
                case OneMore(item=key, by=by):
                    self._change(key, by)
                case Ask.NEVER:
                    self._ask(ShowNever(rules))
                case Ask.GO_ON if problem(rules, chosen) is None:
                    return self._after_items()
                case Back():
                    return BACK
                case _:
                    pass

    def _change(self, key: str, by: int) -> None:
        chosen = self._wish.chosen
        changed = {**chosen, key: max(0, chosen.get(key, 0) + by)}
        if by < 0 or problem(self._rules, changed) is None:
            self._wish.items[self._wish.kind] = {one: count for one, count in changed.items() if count}

    def _after_items(self) -> _Page:
        wish = self._wish
        if wish.reviewing and wish.day is not None and self._held(self._resource(wish.day)) >= self._units:
            return _Page.REVIEW
        return _Page.DAY

    # When

    def _day(self) -> _Page | Back:
        wish = self._wish
        start = 0
        if wish.day is not None:
            months = sorted({(one.day.year, one.day.month) for one in self._offers()})
            this = (wish.day.year, wish.day.month)
            start = months.index(this) if this in months else 0
        while True:
            found = self._offers()
            offered = next((one for one in found if one.day == wish.day), None)
            if wish.day is not None and (offered is None or offered.left < 1):
                wish.day, wish.trouble = nearest_day(found, wish.day), wish.trouble or DayTrouble.TAKEN
                offered = next((one for one in found if one.day == wish.day), None)
            until = self._rules.timing.put_out_until
            match self._ask(ChooseDay(found, self._district.days, until, wish.day, wish.trouble, start)):
                case Back():
                    wish.trouble = None
                    return BACK
                case Ask.GO_ON if offered is not None:
                    wish.trouble = None
                    if offered.firm or self._days.office_lends(wish.kind, self._district, offered.day, self._units):
                        return _Page.REVIEW if wish.reviewing else _Page.NAME
                    self._days.silent, wish.trouble = True, DayTrouble.OFFICE_SILENT
                case Ask():
                    pass
                case day:
                    wish.day, wish.trouble = day, None

    def _offers(self) -> tuple[DayOffer, ...]:
        return self._days.offers(self._district, self._wish.kind, self._units, express=True)

    # Who

    def _name(self) -> _Page | Back:
        typed = self._ask(EnterName())
        if isinstance(typed, Back):
            return BACK
        name = " ".join(typed.split())[:_MOST_NAME]
        self._wish.name = name.title() if name.isupper() else name
        return _Page.REVIEW if self._wish.reviewing else _Page.PHONE

    def _phone(self) -> _Page | Back:
        typed = self._ask(EnterPhone())
        if isinstance(typed, Back):
            return BACK
        self._wish.phone = typed
        return _Page.REVIEW

    # The order

    def _review(self) -> _Page | Outcome | Back:
        wish, desk = self._wish, self._desk
        assert wish.day is not None
        household = household_key(Household(wish.name, str(wish.street), wish.house), self._bulky.cost)
        used, volume = self._used(household, wish.day.year), litres(self._rules, wish.chosen)
        self._number()
        while True:
            paying, express = enough(wish.vouchers, wish.day, volume), self._is_express(wish.day)
            held = sum(one.voucher.litres for one in wish.vouchers if wish.day <= one.voucher.until)
            cost = price(self._rules, wish.day, volume, used=used, express=express, voucher_litres=held)
            if cost is Refusal.QUOTA_USED and (more := self._beyond_quota(wish.day, held, volume)) is not None:
                if more is not _Page.REVIEW:
                    return more
                continue
            if isinstance(cost, Refusal):
                # A day can stop being an early one while somebody types past midnight.
                wish.trouble = DayTrouble.QUOTA_USED if cost is Refusal.QUOTA_USED else DayTrouble.TAKEN
                return _Page.DAY
            voucher = can_be_shown(desk) and not paying and len(wish.vouchers) < MOST
            by_card = bool(cost.cents) and card_sales(desk) is None
            step = ReviewOrder(
                self._rules,
                self._pieces(),
                wish.day,
                wish.address,
                wish.name,
                cost,
                wish.agreed,
                voucher,
                held,
                volume,
                by_card,
            )
            match self._ask(step):
                case Review.AGREE:
                    wish.agreed = not wish.agreed
                case Review.VOUCHER:
                    self._show_voucher(wish.day)
                case Review.BOOK if wish.agreed and by_card:
                    return self._pay_and_book(cost, household, paying, express=express)
                case Review.BOOK if wish.agreed:
                    return self._book(cost, household, paying, express=express)
                case Review.BOOK:
                    pass
                case Back():
                    return _Page.PHONE if not wish.reviewing else self._before(_Page.REVIEW)
                case change:
                    wish.reviewing = True
                    return {Review.ITEMS: _Page.ITEMS, Review.DAY: _Page.DAY}.get(change, _Page.STREET)

    def _beyond_quota(self, day: date, held: int, volume: int) -> _Page | None:
        """Ask for a voucher or another day; None where no voucher can be shown."""
        if not can_be_shown(self._desk) or len(self._wish.vouchers) >= MOST:
            return None
        match self._ask(QuotaUsed(day.year, self._rules.quota.free_orders, held, volume)):
            case Quota.VOUCHER:
                self._show_voucher(day)
                return _Page.REVIEW
            case Quota.OTHER_DAY:
                self._wish.trouble = DayTrouble.QUOTA_USED
                return _Page.DAY
            case Back():
                return _Page.PHONE

    def _show_voucher(self, day: date) -> None:
        shown = scan(self._desk, day, self._wish.vouchers)
        if not isinstance(shown, Back):
            self._wish.vouchers.append(shown)

    def _is_express(self, day: date) -> bool:
        return day < earliest(self._rules, self._days.today)

    def _used(self, household: bytes, year: int) -> int:
        try:
            use = self._desk.replica.household(household)
        except ReplicaUnavailable:
            return 0
        return 0 if use is None else use.used.get(year, 0)

    def _number(self) -> None:
        """Number, code and their key, made before the last tap: it takes a moment."""
        if self._wish.code is None:
            # Never below the minutes since the beginning: a kiosk with a new disk repeats no number of its old one.
            least = min(MOST_ORDERS // 2, max(0, (self._desk.now() - _BEGINNING) // timedelta(minutes=1)))
            count = self._desk.counts.following(ORDERS, least)
            code = OrderCode(OrderNumber(kiosk_of(self._desk.device), count), change_code(self._bulky.random(8)))
            self._wish.code, self._wish.key = code, order_key(code, self._bulky.cost)

    def _book(self, cost: Price, household: bytes, paying: tuple[Shown, ...], *, express: bool) -> _Page | Outcome:
        wish = self._wish
        assert wish.day is not None
        assert wish.code is not None
        if not self._promised(self._desk.language(), cost, household, paying, express=express):
            return self._taken()
        return confirm(self._desk, self._rules, wish.code, wish.day, self._pieces(), place=wish.address)

    def _promised(  # noqa: PLR0913 - what an order is made of, besides what was said
        self, language: str, cost: Price, household: bytes, paying: tuple[Shown, ...], *, express: bool, paid: int = 0
    ) -> bool:
        """Reserve and order, both or neither; False if the day was gone."""
        wish = self._wish
        assert wish.day is not None
        made = self._desk.leases.promise(
            self._resource(wish.day),
            self._units,
            also=lambda reservation: self._order(
                reservation, cost, household, language, paying if cost.vouchers else (), express=express, paid=paid
            ),
        )
        return not isinstance(made, NoneLeft)

    def _taken(self, trouble: DayTrouble = DayTrouble.TAKEN) -> _Page:
        """Somebody else was faster: the nearest other day."""
        wish = self._wish
        assert wish.day is not None
        wish.trouble, wish.reviewing = trouble, True
        wish.day = nearest_day(self._without(wish.day), wish.day)
        return _Page.DAY

    def _pay_and_book(
        self, cost: Price, household: bytes, paying: tuple[Shown, ...], *, express: bool
    ) -> _Page | Outcome:
        """Take the fee; the order is made in the moment in which the card was accepted, and with that payment only."""
        wish, desk, language = self._wish, self._desk, self._desk.language()
        assert wish.day is not None
        assert wish.code is not None
        number, lost = wish.code.number.characters, Event()

        def ordered() -> str:
            if not self._promised(language, cost, household, paying, express=express, paid=cost.cents):
                lost.set()
                raise Gone
            return number

        if self._held(self._resource(wish.day)) < self._units:
            return self._taken()
        showing = PaymentPages(desk, ServiceKey.BULKY_WASTE, cost.cents)
        result = pay_fee(desk, "bulky_fee", cost.cents, ordered, showing, pace=self._bulky.pace or PACE)
        if isinstance(result, NotBegun):
            return _Page.REVIEW  # no card can be taken after all: she is offered to pay at the office
        if lost.is_set() and result.not_charged_known:
            return self._taken(DayTrouble.TAKEN_NOT_CHARGED)
        if result.ending is not Ending.PAID:
            again = tell_stopped(desk, ServiceKey.BULKY_WASTE, result)
            if not result.reference:  # nothing was ordered
                return _Page.REVIEW if again else Outcome.ANSWERED
        return confirm(
            desk,
            self._rules,
            wish.code,
            wish.day,
            self._pieces(),
            place=wish.address,
            paid=result.charged or 0,
            fee_receipt=lambda: self._fee_receipt(result),
        )

    def _fee_receipt(self, result: SaleResult) -> Receipt:
        say = Words(self._desk.language())
        words = fee_slip(
            number_of(result.sale),
            (),
            result.charged or 0,
            self._bulky.fee_note,
            say.language,
            self._desk.surroundings(),
            fee=say("Fee for your pickup"),
            card=card_words(result.payment),
            lines=customer_lines(result.slips),
        )
        return pay_receipt(words)

    def _without(self, day: date) -> tuple[DayOffer, ...]:
        return tuple(one for one in self._offers() if one.day != day)

    def _order(  # noqa: PLR0913 - what an order is made of, besides what was said
        self,
        reservation: ReservationId,
        cost: Price,
        household: bytes,
        language: str,
        paying: tuple[Shown, ...],
        *,
        express: bool,
        paid: int,
    ) -> BulkyOrdered:
        from central_office.contract.bulky_orders import BulkyOrdered, OrderedItem, PickupAddress  # noqa: PLC0415

        wish = self._wish
        assert wish.day is not None
        assert wish.code is not None
        return BulkyOrdered(
            number=wish.code.number.characters,
            reservation=reservation,
            kind=wish.kind,
            day=wish.day,
            at=PickupAddress(
                street=str(wish.street),
                house=wish.house,
                district=self._district.key,
                name=wish.name,
                phone=wish.phone,
            ),
            items=tuple(OrderedItem(key=key, count=count) for key, count in wish.chosen.items()),
            litres=litres(self._rules, wish.chosen),
            units=self._units,
            key=wish.key.hex(),
            household=household.hex(),
            consent=self._rules.consent.key,
            express=express,
            cents=cost.cents,
            paid=paid,
            pickup=cost.pickup,
            vouchers=tuple(one.text for one in paying),
            language=language,
        )

    # What follows from it

    @property
    def _district(self) -> District:
        assert self._wish.district is not None
        return self._wish.district

    @property
    def _units(self) -> int:
        return self._rules.units(litres(self._rules, self._wish.chosen))

    def _resource(self, day: date) -> Resource:
        return resource(self._wish.kind, self._district, day)

    def _held(self, of: Resource) -> int:
        return self._desk.leases.available(of)

    def _pieces(self) -> tuple[tuple[Item, int], ...]:
        chosen = self._wish.chosen
        return tuple((one, chosen[one.key]) for one in self._rules.item if chosen.get(one.key))
