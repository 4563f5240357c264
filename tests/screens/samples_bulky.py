"""Steps of bulky waste with the demonstration town's rules: what its pages are checked and drawn with."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from central_office.contract.addresses import address_book
from central_office.contract.bulky import OrderKind, beside, gauge, one_more, read_waste, streets_beside
from central_office.contract.bulky_days import DayOffer, DayState, Price, collection_days
from central_office.contract.bulky_orders import LeftReason, OrderedItem, OrderState, OrderStatus
from central_office.contract.calendar_entry import CalendarEntry
from central_office.contract.town import read_town
from screens.steps import SlipState, Step
from screens.steps_bulky import (
    AskingOffice,
    BulkyStart,
    ChooseDay,
    ChooseDistrict,
    ChooseItems,
    DayTrouble,
    EnterHouse,
    EnterName,
    EnterPhone,
    EnterStreet,
    NotCollected,
    QuotaUsed,
    ReviewOrder,
    ScanVoucher,
    ShowBooked,
    ShowNever,
    ShowRules,
    Told,
    VoucherProblem,
)
from screens.steps_bulky_mine import (
    ConfirmCancel,
    ConfirmMove,
    EnterChangeCode,
    EnterOrderNumber,
    OrderNotFound,
    ShowOrder,
)

TOWN_FILE = Path(__file__).resolve().parents[2] / "town" / "musterstadt.toml"
TOWN = read_town(TOWN_FILE)
RULES = read_waste(beside(TOWN_FILE))
STREETS = address_book(TOWN, streets_beside(TOWN_FILE))
SOUTH = RULES.district[2]
CENTRE = RULES.district[0]

_STATES = {6: "full", 7: "full", 8: "few", 15: "few", 16: "full", 21: "few", 29: "few"}
_LEFT = {8: 2, 15: 1, 21: 3, 29: 2}


def offers() -> tuple[DayOffer, ...]:
    """The board's July, and some days of August."""
    days = collection_days(RULES, CENTRE, date(2026, 7, 6), date(2026, 8, 14))
    return tuple(
        DayOffer(
            day,
            DayState(_STATES.get(day.day, "free") if day.month == 7 else "free"),
            _LEFT.get(day.day, 12),
            firm=True,
            moved=moved,
        )
        for day, moved in days.items()
    )


def choosing(kind: OrderKind = OrderKind.BULKY, **counts: int) -> ChooseItems:
    """The page of pieces with some of them chosen."""
    items = RULES.of_kind(kind)
    full = tuple((one.key, why.value) for one in items if (why := one_more(RULES, counts, one.key)) is not None)
    return ChooseItems(kind, items, tuple(counts.get(one.key, 0) for one in items), gauge(RULES, counts), RULES, full)


def pieces(**counts: int) -> tuple[tuple[Any, int], ...]:
    """Items with their counts, as a review names them."""
    return tuple((one, counts[one.key]) for one in RULES.item if counts.get(one.key))


MOST = dict.fromkeys(("mattress", "bed_frame", "table", "chair", "shelf", "bicycle"), 1)

ENTRY = CalendarEntry(
    uid="2A4K7M3X",
    begins=datetime(2026, 7, 9, 4, 0, tzinfo=UTC),
    ends=datetime(2026, 7, 9, 16, 0, tzinfo=UTC),
    title="Sperrmüll BW 2A4K 7M3X",
).text(datetime(2026, 6, 16, 8, 24, tzinfo=UTC))

REVIEW = ReviewOrder(
    RULES, pieces(sofa=1, mattress=2), date(2026, 7, 9), "Lindenstraße 14", "Muster", Price(pickup=1, of_free=2)
)
BOOKED = ShowBooked(
    "BW 2A4K 7M3X",
    "471102",
    RULES,
    pieces(sofa=1, mattress=2),
    date(2026, 7, 9),
    "Lindenstraße 14",
    ENTRY,
    SlipState.OFFERED,
)
DAYS = ChooseDay(offers(), CENTRE.days, RULES.timing.put_out_until, chosen=date(2026, 7, 9))
STREET = EnterStreet(STREETS.search)
HOUSE = EnterHouse("Lindenstraße")

EARLY = (DayOffer(date(2026, 7, 3), DayState.FREE, 9, firm=True, express=3000), *offers())
"""The same with a day that costs more."""

STATUS = OrderStatus(
    order="",
    number="2A4K7M3X",
    revision=1,
    state=OrderState.BOOKED,
    kind=OrderKind.BULKY,
    day=date(2026, 7, 9),
    street="Lindenstraße",
    house="14",
    district="mitte",
    items=(OrderedItem(key="sofa", count=1), OrderedItem(key="mattress", count=2)),
    units=5,
)
MINE = ShowOrder(
    RULES,
    STATUS,
    "BW 2A4K 7M3X",
    pieces(sofa=1, mattress=2),
    datetime(2026, 7, 7, 10, 0, tzinfo=UTC),
    late=False,
)
LEFT = STATUS.model_copy(
    update={
        "state": OrderState.PARTLY_LEFT,
        "left": (LeftReason.NOT_ORDERED, LeftReason.ELECTRICAL),
        "note": "Kühlschrank und drei Reifen standen dabei",
    }
)

SAMPLES: dict[str, Step[Any]] = {
    "bulky_review_by_card": replace(REVIEW, price=Price(3500), agreed=True, by_card=True),
    "bulky_review_express_by_card": replace(REVIEW, price=Price(5500, express_cents=2000), by_card=True),
    "bulky_booked_paid": replace(BOOKED, paid=3500),
    "bulky_start": BulkyStart(),
    "bulky_number": EnterOrderNumber(),
    "bulky_number_begun": EnterOrderNumber(),
    "bulky_number_typed": EnterOrderNumber(),
    "bulky_number_mistyped": EnterOrderNumber(),
    "bulky_code": EnterChangeCode(),
    "bulky_code_typed": EnterChangeCode(),
    "bulky_order_not_found": OrderNotFound(4),
    "bulky_mine": MINE,
    "bulky_mine_much": replace(
        MINE,
        order=STATUS.model_copy(
            update={"street": "Am Alten Friedhof (Hinterweiler)", "house": "114-118a", "cents": 6500, "express": True}
        ),
        items=pieces(**MOST),
    ),
    "bulky_mine_paid": replace(MINE, order=STATUS.model_copy(update={"cents": 3500, "paid": 5500})),
    "bulky_mine_paid_more_open": replace(MINE, order=STATUS.model_copy(update={"cents": 5500, "paid": 3500})),
    "bulky_mine_paid_and_off": replace(
        MINE, order=STATUS.model_copy(update={"cents": 3500, "paid": 3500, "state": OrderState.CANCELLED}), late=True
    ),
    "bulky_mine_late": replace(MINE, late=True),
    "bulky_mine_gone": replace(MINE, late=True, gone=True),
    "bulky_mine_stale": replace(MINE, stale=datetime(2026, 6, 12, 6, 30, tzinfo=UTC)),
    **{
        f"bulky_mine_{state.value}": replace(MINE, order=STATUS.model_copy(update={"state": state}), late=True)
        for state in OrderState
        if state not in {OrderState.BOOKED, OrderState.PARTLY_LEFT}
    },
    "bulky_mine_partly_left": replace(MINE, order=LEFT, late=True),
    "bulky_mine_partly_left_much": replace(
        MINE,
        order=LEFT.model_copy(update={"left": tuple(LeftReason)}),
        items=pieces(**MOST),
        stale=datetime(2026, 6, 12, 6, 30, tzinfo=UTC),
    ),
    "bulky_move": ConfirmMove(RULES, date(2026, 7, 9), date(2026, 7, 15), 3500),
    "bulky_move_paid": ConfirmMove(RULES, date(2026, 7, 9), date(2026, 7, 15), 3500, 5500),
    "bulky_cancel": ConfirmCancel(date(2026, 7, 9), pieces(**MOST)),
    "bulky_cancel_paid": ConfirmCancel(date(2026, 7, 9), pieces(**MOST), 3500),
    "bulky_voucher": ScanVoucher(by_camera=True, by_scanner=True),
    "bulky_voucher_scanner": ScanVoucher(by_camera=False, by_scanner=True),
    **{
        f"bulky_voucher_{problem.value}": ScanVoucher(by_camera=True, by_scanner=True, problem=problem)
        for problem in VoucherProblem
    },
    "bulky_quota_used": QuotaUsed(2026, 2),
    "bulky_quota_used_more": QuotaUsed(2026, 2, 2000, 3500),
    "bulky_day_express": replace(DAYS, offers=EARLY, chosen=date(2026, 7, 3)),
    "bulky_review_voucher": replace(REVIEW, voucher=True, price=Price(extra_cents=3500, express_cents=3000, of_free=2)),
    "bulky_review_vouchers_short": replace(REVIEW, voucher=True, held=2000, litres=2500),
    "bulky_review_paid": replace(REVIEW, price=Price(of_free=2, vouchers=True), held=4000, litres=2500),
    "bulky_booked_moved": replace(BOOKED, told=Told.MOVED),
    "bulky_street": STREET,
    "bulky_street_begun": STREET,
    "bulky_street_many": STREET,
    "bulky_street_unknown": STREET,
    "bulky_house": HOUSE,
    "bulky_house_typed": HOUSE,
    "bulky_house_unknown": replace(HOUSE, known=("1-88",), refused="300"),
    "bulky_district": ChooseDistrict("Marktplatz 1", RULES.district[:2]),
    "bulky_not_collected": NotCollected("Marktplatz 1"),
    "bulky_rules": ShowRules("Lindenstraße 14", SOUTH, RULES, (OrderKind.BULKY, OrderKind.ELECTRICAL)),
    "bulky_rules_only_bulky": ShowRules("Marktplatz 1", CENTRE, RULES, (OrderKind.BULKY,)),
    "bulky_items": choosing(),
    "bulky_items_board": choosing(sofa=1, mattress=2),
    "bulky_items_full": choosing(sofa=3, mattress=1),
    "bulky_items_electrical": choosing(OrderKind.ELECTRICAL, fridge=2),
    "bulky_never": ShowNever(RULES),
    "bulky_day": replace(DAYS, chosen=None),
    "bulky_day_board": DAYS,
    "bulky_day_august": replace(DAYS, chosen=date(2026, 8, 12), start=1),
    **{f"bulky_day_{trouble.value}": replace(DAYS, trouble=trouble) for trouble in DayTrouble},
    "bulky_asking": AskingOffice(),
    "bulky_name": EnterName(),
    "bulky_name_typed": EnterName(),
    "bulky_phone": EnterPhone(),
    "bulky_phone_typed": EnterPhone(),
    "bulky_review": REVIEW,
    "bulky_review_board": replace(REVIEW, agreed=True),
    "bulky_review_much": replace(
        REVIEW,
        items=pieces(**MOST),
        address="Am Alten Friedhof (Hinterweiler) 114-118a",
        name="Muster-Beispielhausen",
        price=Price(extra_cents=3500, of_free=2),
    ),
    "bulky_booked": BOOKED,
    "bulky_booked_much": replace(BOOKED, items=pieces(**MOST), address="Am Alten Friedhof (Hinterweiler) 114-118a"),
    **{f"bulky_booked_{slip.value}": replace(BOOKED, slip=slip) for slip in SlipState},
}
"""Every step of bulky waste at least once."""

ENTRIES = {
    "bulky_number_begun": "2A4",
    "bulky_number_typed": "2A4K7M36",
    "bulky_number_mistyped": "2A4K7M3Y",
    "bulky_code_typed": "471102",
    "bulky_street_begun": "LINDEN",
    "bulky_street_many": "HA",
    "bulky_street_unknown": "QUARX",
    "bulky_house_typed": "14A",
    "bulky_house_unknown": "300",
    "bulky_name_typed": "MUSTER-BEISPIEL",
    "bulky_phone_typed": "0999912345",
}
"""What has been typed on their pages."""
