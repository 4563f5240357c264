"""Bulky waste ordered at real kiosks and taken by the real office: promises, changes, quotas, vouchers, results."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from central_office.contract.bulky import OrderKind, resource
from central_office.contract.bulky_codes import household_secret, order_secret
from central_office.contract.bulky_orders import HouseholdUse, LeftReason, OrderState, OrderStatus
from central_office.contract.claims import claim_keys
from central_office.contract.sealed_row import SLOT_BYTES, RowId, SealedRow
from central_office.contract.sealing import unseal
from central_office.office import desk, here, retention
from central_office.office.audit.verifying import verify
from central_office.office.bulky import tours, vouchers
from central_office.office.bulky.tours import Tour
from central_office.office.bulky.voucher_key import voucher_key
from central_office.office.line.enrolment import revoke
from central_office.office.models import (
    BulkyOrder,
    CrewSheet,
    DeskEntry,
    Household,
    Kiosk,
    ReceivedCommand,
    Resource,
    Voucher,
)
from tests.central_office.conftest import HOME, MORNING, HandClock
from tests.central_office.together.in_process import Machine, copy_of_the_office, lost, restore
from tests.central_office.waste import Citizens, Slip, take_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from central_office.contract.bulky import WasteRules
    from central_office.contract.claims import Secret
    from central_office.office.models import Town

FRIDAY = date(2026, 6, 19)
TUESDAY = date(2026, 6, 23)


@pytest.fixture
def rules(town: Town) -> WasteRules:
    return take_in()


@pytest.fixture
def foyer(rules: WasteRules, tmp_path: Path) -> Iterator[Citizens]:
    machine = Machine(tmp_path / "foyer")
    machine.settles()
    yield Citizens(machine, rules)
    machine.close()


@pytest.fixture
def library(rules: WasteRules, tmp_path: Path) -> Iterator[Citizens]:
    machine = Machine(tmp_path / "library", "Library")
    machine.settles()
    yield Citizens(machine, rules)
    machine.close()


def opened(citizens: Citizens, secret: Secret) -> bytes | None:
    """What this kiosk's replica says to who brings the secret."""
    machine = citizens.machine
    keys = claim_keys(machine.errands.identity.pepper, secret)
    with machine.writer._database.reading() as connection:
        row = connection.execute(
            "SELECT documents.id, slots, sealed FROM keys JOIN documents USING (id) WHERE key = ?", (keys.find,)
        ).get
    if row is None:
        return None
    name, slots, sealed = row
    parts = tuple(slots[at : at + SLOT_BYTES] for at in range(0, len(slots), SLOT_BYTES))
    return unseal(SealedRow(RowId(name), parts, sealed), keys)


def told(citizens: Citizens, slip: Slip) -> OrderStatus:
    text = opened(citizens, order_secret(slip.key))
    assert text is not None
    return OrderStatus.model_validate_json(text)


def booked(slip: Slip | None) -> Slip:
    assert slip is not None
    return slip


def order_of(slip: Slip) -> BulkyOrder:
    return BulkyOrder.objects.get(number=slip.order.number)


def day(which: date) -> Resource:
    return Resource.objects.get(key="bulky.mitte", day=which)


def matters() -> list[tuple[str, str]]:
    return list(DeskEntry.objects.order_by("id").values_list("kind", "code"))


def test_a_pickup_ordered_with_the_cable_cut_is_as_firm_as_one_ordered_online(foyer: Citizens) -> None:
    foyer.machine.cable.cut = True
    slip = booked(foyer.orders(FRIDAY))
    foyer.machine.restarts()
    foyer.machine.cable.cut = False
    foyer.machine.cable.mishaps.append(lost)
    foyer.machine.tries()
    foyer.machine.settles()
    order = order_of(slip)
    assert (order.state, order.placed, order.day, order.street, order.items) == (
        "booked", True, FRIDAY, "Lindenstraße", {"sofa": 1},
    )  # fmt: skip
    assert day(FRIDAY).promised == 3
    assert BulkyOrder.objects.count() == 1
    assert matters() == []


def test_a_kiosk_without_a_lease_promises_nothing_and_says_how_much_there_is(foyer: Citizens) -> None:
    foyer.machine.cable.cut = True
    assert foyer.orders(FRIDAY) is not None
    assert foyer.orders(FRIDAY) is None


def test_an_order_is_found_at_another_kiosk_with_number_and_code_alone(foyer: Citizens, library: Citizens) -> None:
    slip = booked(foyer.orders(FRIDAY))
    foyer.machine.settles()
    assert opened(library, order_secret(slip.key)) is None
    library.machine.settles()
    status = told(library, slip)
    assert (status.state, status.day, status.street, status.house) == (OrderState.BOOKED, FRIDAY, "Lindenstraße", "14")
    assert status.revision == 1
    assert opened(library, order_secret(bytes(32))) is None


def test_a_new_kiosk_hears_of_orders_and_households_in_its_snapshot(
    foyer: Citizens, rules: WasteRules, tmp_path: Path
) -> None:
    slip = booked(foyer.orders(FRIDAY))
    foyer.machine.settles()
    late = Machine(tmp_path / "late", "Late")
    late.settles()
    assert told(Citizens(late, rules), slip).number == slip.order.number
    use = opened(Citizens(late, rules), household_secret(bytes.fromhex(slip.order.household)))
    assert HouseholdUse.model_validate_json(use or b"").used == {2026: 1}
    late.close()


def test_a_pickup_moved_at_another_kiosk_frees_its_first_day(foyer: Citizens, library: Citizens) -> None:
    slip = booked(foyer.orders(FRIDAY))
    foyer.machine.settles()
    library.machine.settles()
    assert library.changes(slip, TUESDAY)
    library.machine.settles()
    assert (day(FRIDAY).promised, day(TUESDAY).promised) == (0, 3)
    foyer.machine.settles()
    assert (told(foyer, slip).day, told(foyer, slip).revision) == (TUESDAY, 2)
    assert matters() == []


def test_an_order_made_and_moved_and_called_off_before_the_office_heard_of_any_of_it(foyer: Citizens) -> None:
    foyer.machine.cable.cut = True
    slip = booked(foyer.orders(FRIDAY))
    assert foyer.changes(slip, TUESDAY)
    foyer.cancels(slip, revision=2)
    foyer.machine.cable.cut = False
    foyer.machine.settles()
    assert order_of(slip).state == "cancelled"
    assert (day(FRIDAY).promised, day(TUESDAY).promised) == (0, 0)
    assert Household.objects.get().used == {}
    assert [step.what for step in order_of(slip).steps.all()] == ["booked", "changed", "cancelled"]
    assert matters() == []


def test_two_changes_of_one_order_at_two_places_ask_a_person(foyer: Citizens, library: Citizens) -> None:
    slip = booked(foyer.orders(FRIDAY))
    foyer.machine.settles()
    library.machine.settles()
    assert library.changes(slip, TUESDAY)
    foyer.cancels(slip)
    library.machine.settles()
    foyer.machine.settles()
    assert order_of(slip).day == TUESDAY
    assert order_of(slip).state == "booked"
    assert matters() == [("order", "moved_on")]
    assert DeskEntry.objects.get().role == "clerk"


def test_a_change_that_comes_second_gives_its_place_back(foyer: Citizens, library: Citizens) -> None:
    slip = booked(foyer.orders(FRIDAY))
    foyer.machine.settles()
    library.machine.settles()
    library.cancels(slip)
    assert foyer.changes(slip, TUESDAY)
    library.machine.settles()
    foyer.machine.settles()
    assert (day(FRIDAY).promised, day(TUESDAY).promised) == (0, 0)
    assert matters() == [("order", "moved_on")]


def test_a_crew_that_has_its_sheet_is_told_of_a_late_change_by_a_person(foyer: Citizens, rules: WasteRules) -> None:
    slip = booked(foyer.orders(FRIDAY))
    foyer.machine.settles()
    tours.printed(Tour(OrderKind.BULKY, rules.district[0], FRIDAY), "Weber", MORNING)
    foyer.cancels(slip)
    foyer.machine.settles()
    assert order_of(slip).state == "cancelled"
    assert matters() == [("order", "after_sheet")]


def test_a_third_free_pickup_of_a_household_stays_promised_and_is_laid_before_a_clerk(foyer: Citizens) -> None:
    for when in (FRIDAY, TUESDAY, date(2026, 6, 24)):
        assert foyer.orders(when)
    foyer.machine.settles()
    assert Household.objects.get().used == {"2026": 3}
    assert matters() == [("quota", "quota_used")]
    assert BulkyOrder.objects.filter(state="booked", placed=True).count() == 3


def test_households_in_one_house_have_a_quota_each(foyer: Citizens) -> None:
    foyer.orders(FRIDAY, "Kaya")
    foyer.orders(TUESDAY, "KAYA ")
    foyer.orders(date(2026, 6, 24), "Brandt")
    foyer.machine.settles()
    assert sorted(one.used["2026"] for one in Household.objects.all()) == [1, 2]


def test_a_voucher_used_at_two_kiosks_is_found_when_both_have_spoken(foyer: Citizens, library: Citizens) -> None:
    voucher = vouchers.issue(1, 2000, date(2026, 12, 31), "", "Weber", MORNING)[0]
    text = vouchers.payload(voucher, foyer.machine.errands.identity.town, voucher_key(HOME))
    first = booked(foyer.orders(FRIDAY, vouchers=(text,), pickup=0))
    library.orders(TUESDAY, vouchers=(text,), pickup=0)
    foyer.machine.settles()
    library.machine.settles()
    assert matters() == [("voucher", "used_twice")]
    assert Voucher.objects.get().used_by == order_of(first)
    assert Household.objects.get().used == {}


def test_a_voucher_of_a_cancelled_order_is_good_again(foyer: Citizens) -> None:
    voucher = vouchers.issue(1, 2000, date(2026, 12, 31), "", "Weber", MORNING)[0]
    text = vouchers.payload(voucher, foyer.machine.errands.identity.town, voucher_key(HOME))
    slip = booked(foyer.orders(FRIDAY, vouchers=(text,), pickup=0))
    foyer.machine.settles()
    foyer.cancels(slip)
    again = booked(foyer.orders(TUESDAY, vouchers=(text,), pickup=0))
    foyer.machine.settles()
    assert Voucher.objects.get().used_by == order_of(again)
    assert matters() == []


def test_vouchers_that_nobody_signed_or_that_came_too_late_are_laid_before_a_clerk(foyer: Citizens) -> None:
    voucher = vouchers.issue(1, 2000, date(2026, 6, 1), "", "Weber", MORNING)[0]
    late = vouchers.payload(voucher, foyer.machine.errands.identity.town, voucher_key(HOME))
    foyer.orders(FRIDAY, vouchers=(late,), pickup=0)
    foyer.orders(TUESDAY, vouchers=(late[:-3] + "AAA",), pickup=0)
    foyer.machine.settles()
    assert sorted(matters()) == [("voucher", "not_signed"), ("voucher", "too_late")]


def test_the_key_for_vouchers_and_the_outlook_of_days_reach_the_kiosk(foyer: Citizens, rules: WasteRules) -> None:
    place = resource(OrderKind.BULKY, rules.district[0], FRIDAY)
    assert foyer.machine.ledger.leases.available(place) == 3
    assert foyer.machine.ledger.leases.outlook(place, MORNING) == 9
    assert foyer.machine.ledger.leases.outlook(place.model_copy(update={"day": date(2026, 6, 22)}), MORNING) == 0


@pytest.mark.parametrize(
    ("result", "left"),
    [
        (OrderState.COLLECTED, ()),
        (OrderState.PARTLY_LEFT, (LeftReason.ELECTRICAL, LeftReason.TOO_HEAVY)),
        (OrderState.NOT_PRESENTED, ()),
        (OrderState.MISSED, ()),
    ],
)
def test_what_the_crew_found_comes_back_to_the_citizens_code(
    foyer: Citizens, result: OrderState, left: tuple[LeftReason, ...]
) -> None:
    slip = booked(foyer.orders(FRIDAY))
    foyer.machine.settles()
    tours.report(order_of(slip), result, left, "steht noch im Hof", "Weber", here.now())
    foyer.machine.settles()
    status = told(foyer, slip)
    assert (status.state, status.left, status.note) == (result, left, "steht noch im Hof")


def test_a_call_to_the_office_cancels_and_the_kiosk_can_no_longer_change_it(foyer: Citizens) -> None:
    slip = booked(foyer.orders(FRIDAY))
    foyer.machine.settles()
    tours.call_off(order_of(slip), "Weber", here.now())
    assert day(FRIDAY).promised == 0
    assert Household.objects.get().used == {}
    with pytest.raises(tours.MovedOn):
        tours.call_off(order_of(slip), "Weber", here.now())
    foyer.machine.settles()
    assert told(foyer, slip).state is OrderState.CANCELLED


def test_an_order_of_a_revoked_kiosk_is_laid_before_a_clerk_and_forgotten_when_she_called(
    foyer: Citizens, clock: HandClock
) -> None:
    foyer.machine.cable.cut = True
    foyer.orders(FRIDAY)
    revoke(Kiosk.objects.get(), MORNING)
    foyer.machine.cable.cut = False
    foyer.machine.tries()
    assert BulkyOrder.objects.count() == 0
    assert sorted(matters()) == [("late", "bulky.ordered"), ("late", "reservation.made")]
    entry = DeskEntry.objects.get(code="bulky.ordered")
    retention.tidy(clock.forward(days=40))
    assert "Kaya" in DeskEntry.objects.get(code="bulky.ordered").detail
    desk.close(entry, "Weber", "called her", here.now())
    retention.tidy(here.now())
    assert DeskEntry.objects.get(code="bulky.ordered").detail == ""


def test_an_order_whose_reservation_is_another_days_is_kept_without_a_place(foyer: Citizens) -> None:
    slip = booked(foyer.orders(FRIDAY))
    other = slip.order.model_copy(update={"number": "22222ABC", "day": TUESDAY})
    foyer.machine.ledger.outbox.put(other)
    foyer.machine.settles()
    assert not BulkyOrder.objects.get(number="22222ABC").placed
    assert matters() == [("unplaced", "no_reservation")]


def test_an_office_that_came_back_from_a_backup_hears_of_orders_again(foyer: Citizens) -> None:
    copy = copy_of_the_office()
    slip = booked(foyer.orders(FRIDAY))
    foyer.machine.settles()
    foyer.changes(slip, TUESDAY)
    foyer.machine.settles()
    BulkyOrder.objects.all().delete()
    Household.objects.all().delete()
    restore(copy)
    assert day(TUESDAY).promised == 0
    foyer.machine.settles()
    order = order_of(slip)
    assert (order.day, order.revision, order.placed) == (TUESDAY, 2, True)
    assert (day(FRIDAY).promised, day(TUESDAY).promised) == (0, 3)
    assert Household.objects.get().used == {"2026": 1}
    assert told(foyer, slip).day == TUESDAY
    assert matters() == []


def test_an_order_told_again_by_a_kiosk_that_was_enrolled_anew_counts_once(foyer: Citizens) -> None:
    slip = booked(foyer.orders(FRIDAY))
    foyer.machine.settles()
    foyer.machine.ledger.outbox.put(slip.order)
    foyer.machine.settles()
    assert BulkyOrder.objects.count() == 1
    assert Household.objects.get().used == {"2026": 1}
    other = slip.order.model_copy(update={"reservation": "another"})
    foyer.machine.ledger.outbox.put(other)
    foyer.machine.settles()
    assert matters() == [("rejected", "order_known")]


def test_name_and_address_are_gone_a_month_later_and_the_evidence_stays_whole(
    foyer: Citizens, clock: HandClock
) -> None:
    slip = booked(foyer.orders(FRIDAY))
    foyer.machine.settles()
    assert retention.tidy(clock.forward(days=20))["addresses"] == 0
    assert retention.tidy(clock.forward(days=20))["addresses"] == 1
    order = order_of(slip)
    assert (order.street, order.house, order.name, order.phone, order.key) == ("", "", "", "", "")
    assert order.litres == 1500
    bodies = "".join(ReceivedCommand.objects.values_list("body", flat=True))
    assert "Lindenstra" not in bodies
    assert "Kaya" not in bodies
    foyer.machine.settles()
    assert opened(foyer, order_secret(slip.key)) is None
    assert retention.tidy(here.now())["addresses"] == 0
    assert not verify(()).findings


def test_new_days_are_opened_as_the_window_moves_on_and_a_changed_capacity_stays(
    rules: WasteRules, town: Town, clock: HandClock
) -> None:
    assert day(date(2026, 6, 27)).capacity == 12
    assert not Resource.objects.filter(day=date(2026, 6, 22)).exists()
    Resource.objects.filter(day=FRIDAY).update(capacity=40)
    last = Resource.objects.latest("day").day
    retention.tidy(clock.forward(days=3))
    assert Resource.objects.latest("day").day == last + timedelta(days=3)
    assert day(FRIDAY).capacity == 40


def test_a_sheet_is_remembered_once(rules: WasteRules, town: Town) -> None:
    tour = Tour(OrderKind.BULKY, rules.district[0], FRIDAY)
    tours.printed(tour, "Weber", MORNING)
    tours.printed(tour, "Demir", MORNING)
    assert CrewSheet.objects.get().made_by == "Demir"


def test_nothing_of_a_citizen_stands_in_what_is_laid_on_the_desk(foyer: Citizens) -> None:
    for when in (FRIDAY, TUESDAY, date(2026, 6, 24)):
        foyer.orders(when)
    foyer.machine.settles()
    detail = json.loads(DeskEntry.objects.get().detail)
    assert set(detail) == {"order", "day"}
