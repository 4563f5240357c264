"""What a town collects, how much of it fits, when, and what it costs."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central_office.contract.bulky import (
    OrderKind,
    Problem,
    WasteRules,
    beside,
    gauge,
    litres,
    one_more,
    problem,
    read_waste,
    resource,
    streets_beside,
)
from central_office.contract.bulky_days import (
    DayState,
    Price,
    Refusal,
    changeable_until,
    collection_days,
    earliest,
    eligible_days,
    is_working,
    nearest,
    offers,
    price,
    working_days_after,
    working_days_before,
)
from central_office.contract.tables import BadSettings
from central_office.contract.town import read_town

TOWN = Path(__file__).parents[3] / "town" / "musterstadt.toml"
RULES = read_waste(beside(TOWN))
MITTE = RULES.district[0]
BERLIN = ZoneInfo("Europe/Berlin")
BEFORE_CHRISTMAS = date(2026, 12, 10)


def test_every_district_of_the_demonstration_town_is_collected() -> None:
    for street in read_town(TOWN).street:
        assert RULES.district_of(street.district), street


def test_a_sofa_and_two_mattresses_fill_half_the_gauge() -> None:
    stand = gauge(RULES, {"sofa": 1, "mattress": 2})
    assert (stand.litres, stand.limit, stand.filled, stand.blocks, stand.full) == (2500, 5000, 5, 10, False)


def test_a_single_chair_is_seen_on_the_gauge() -> None:
    assert gauge(RULES, {"chair": 1}).filled == 1


@pytest.mark.parametrize(
    ("items", "why"),
    [
        ({}, Problem.NOTHING),
        ({"sofa": 0}, Problem.NOTHING),
        ({"piano": 1}, Problem.UNKNOWN_ITEM),
        ({"sofa": 1, "fridge": 1}, Problem.MIXED),
        ({"fridge": 3}, Problem.TOO_MANY_OF_ONE),
        ({"chair": 21}, Problem.TOO_MANY_PIECES),
        ({"sofa": 4}, Problem.TOO_BIG),
        ({"wardrobe": 5}, None),
        ({"sofa": 1, "mattress": 2}, None),
    ],
)
def test_what_cannot_be_one_order(items: dict[str, int], why: Problem | None) -> None:
    assert problem(RULES, items) is why


def test_the_plus_key_is_off_where_one_more_does_not_fit() -> None:
    assert one_more(RULES, {"sofa": 3}, "sofa") is Problem.TOO_BIG
    assert one_more(RULES, {"sofa": 3}, "mattress") is None
    assert one_more(RULES, {"sofa": 3}, "television") is Problem.MIXED


def test_items_and_their_number_are_said_in_two_languages() -> None:
    mattress = RULES.item_of("mattress")
    assert mattress is not None
    assert [mattress.counted(n, language) for language in ("de", "en", "ar") for n in (1, 2)] == [
        "1 Matratze", "2 Matratzen", "1 mattress", "2 mattresses", "1 mattress", "2 mattresses",
    ]  # fmt: skip


@given(st.dictionaries(st.sampled_from([one.key for one in RULES.item]), st.integers(0, 30)))
def test_what_can_be_ordered_never_exceeds_the_limits_and_takes_enough_units(items: dict[str, int]) -> None:
    stand = gauge(RULES, items)
    assert 0 <= stand.filled <= stand.blocks
    if problem(RULES, items) is None:
        assert stand.litres <= RULES.limits.order_litres
        assert stand.kg <= RULES.limits.order_kg
        assert RULES.units(litres(RULES, items)) * RULES.lending.unit_litres >= stand.litres


def test_holidays_are_no_working_days() -> None:
    assert not is_working(RULES, date(2026, 12, 25))
    assert not is_working(RULES, date(2026, 12, 19))
    assert working_days_after(RULES, date(2026, 12, 23), 1) == date(2026, 12, 28)
    assert working_days_before(RULES, date(2026, 12, 28), 1) == date(2026, 12, 23)
    assert earliest(RULES, BEFORE_CHRISTMAS) == date(2026, 12, 17)


def test_the_friday_of_christmas_is_collected_on_the_saturday_before_with_its_reason() -> None:
    days = eligible_days(RULES, MITTE, BEFORE_CHRISTMAS)
    assert date(2026, 12, 25) not in days
    assert days[date(2026, 12, 19)] == ("wegen Weihnachten", "because of Christmas")
    assert days[date(2026, 12, 18)] == ("", "")


def test_a_day_moved_into_the_window_from_outside_is_in_it() -> None:
    days = collection_days(RULES, MITTE, date(2026, 12, 14), date(2026, 12, 20))
    assert list(days)[-1] == date(2026, 12, 19)


def test_express_has_the_days_before_the_usual_ones_alone() -> None:
    express = eligible_days(RULES, MITTE, BEFORE_CHRISTMAS, express=True)
    assert list(express) == [date(2026, 12, 14), date(2026, 12, 15), date(2026, 12, 16)]
    assert not set(express) & set(eligible_days(RULES, MITTE, BEFORE_CHRISTMAS))


def test_the_calendar_tells_free_few_and_full_by_lease_and_by_what_the_office_said() -> None:
    held = {date(2026, 12, 17): 40, date(2026, 12, 18): 5, date(2026, 12, 19): 2, date(2026, 12, 21): 2}
    known = {date(2026, 12, 21): 60}
    found = {
        one.day: one
        for one in offers(
            RULES, MITTE, OrderKind.BULKY, 5, BEFORE_CHRISTMAS,
            held=lambda of: held.get(of.day, 0), known=lambda of: known.get(of.day, 0),
        )
    }  # fmt: skip
    assert (found[date(2026, 12, 17)].state, found[date(2026, 12, 17)].left) == (DayState.FREE, 8)
    assert (found[date(2026, 12, 18)].state, found[date(2026, 12, 18)].firm) == (DayState.FEW, True)
    assert found[date(2026, 12, 19)].state is DayState.FULL
    assert (found[date(2026, 12, 21)].state, found[date(2026, 12, 21)].firm) == (DayState.FREE, False)


def test_a_day_that_ran_out_while_typing_leads_to_the_nearest_that_is_not_full() -> None:
    held = {date(2026, 12, 16 + n): 5 for n in (2, 5)}
    calendar = offers(
        RULES, MITTE, OrderKind.BULKY, 5, BEFORE_CHRISTMAS,
        held=lambda of: held.get(of.day, 0), known=lambda _: 0,
    )  # fmt: skip
    near = nearest(calendar, date(2026, 12, 17))
    assert near is not None
    assert near.day == date(2026, 12, 18)
    between = nearest([one for one in calendar if one.day in held], date(2026, 12, 19))
    assert between is not None
    assert between.day == date(2026, 12, 18)
    assert nearest([], date(2026, 12, 17)) is None


def test_a_pickup_can_be_changed_until_noon_two_working_days_before() -> None:
    assert changeable_until(RULES, date(2026, 12, 28), BERLIN) == datetime(2026, 12, 22, 12, tzinfo=BERLIN)


def test_the_third_pickup_of_a_year_costs_what_the_tariff_of_its_day_says() -> None:
    assert price(RULES, date(2026, 12, 17), 2500, used=0) == Price(pickup=1, of_free=2)
    assert price(RULES, date(2026, 12, 17), 2500, used=2) == Price(extra_cents=3500, of_free=2)
    assert price(RULES, date(2027, 1, 4), 2500, used=2) == Price(extra_cents=3800, of_free=2)


def test_a_voucher_pays_for_a_pickup_that_fits_into_it_and_for_no_other() -> None:
    day = date(2026, 12, 17)
    assert price(RULES, day, 2000, used=2, voucher_litres=2000) == Price(of_free=2, vouchers=True)
    assert price(RULES, day, 2500, used=2, voucher_litres=2000) == Price(extra_cents=3500, of_free=2)


def test_express_costs_extra_and_is_refused_where_there_is_no_tariff() -> None:
    assert price(RULES, date(2026, 12, 14), 500, used=0, express=True) == Price(express_cents=3000, pickup=1, of_free=2)
    assert price(RULES, date(2025, 12, 14), 500, used=0, express=True) is Refusal.NO_EXPRESS
    assert price(RULES, date(2025, 12, 14), 500, used=2) is Refusal.QUOTA_USED


def test_a_resource_is_known_by_kind_and_district() -> None:
    assert str(resource(OrderKind.ELECTRICAL, MITTE, date(2026, 12, 17))) == "electrical.mitte 2026-12-17"


def test_the_files_of_a_town_lie_beside_one_another() -> None:
    assert beside(Path("town/x.toml")) == Path("town/x-waste.toml")
    assert streets_beside(Path("town/x.toml")) == Path("town/x-streets.csv")


GOOD = """
[consent]
key = "a"
text = "b"
[[item]]
key = "sofa"
name = "Sofa"
litres = 1500
[[district]]
key = "mitte"
name = "Mitte"
"""


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("litres = 1500", "litres = 0"), "litres is 1 to 20000"),
        (("litres = 1500", "litres = 9000"), "more than [limits] allow"),
        (("litres = 1500", "liters = 1500"), 'did you mean "litres"'),
        (('key = "sofa"', 'key = "Sofa!"'), "is no key"),
        (('name = "Mitte"', 'name = ""'), "needs a name"),
        (('name = "Mitte"', 'name = "Mitte"\ndays = ["monday"]'), "days are some of"),
        (("[[district]]", '[[item]]\nkey = "sofa"\nname = "S"\nlitres = 1\n[[district]]'), "is there twice"),
        (("[[item]]", '[[moved]]\nday = 2026-01-01\nto = 2026-01-02\ndistrict = "west"\n[[item]]'), "there is not"),
    ],
)
def test_a_file_with_a_slip_is_told_where_and_what(change: tuple[str, str], says: str, tmp_path: Path) -> None:
    path = tmp_path / "waste.toml"
    path.write_text(GOOD, encoding="utf-8")
    assert isinstance(read_waste(path), WasteRules)
    path.write_text(GOOD.replace(*change), encoding="utf-8")
    with pytest.raises(BadSettings) as trouble:
        read_waste(path)
    assert says in str(trouble.value)
