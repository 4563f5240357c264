"""Pickups are moved and called off at real kiosks; the real office decides, and every later look tells the truth."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from central_office.contract.bulky_codes import order_secret
from central_office.contract.bulky_orders import OrderState, OrderStatus
from central_office.office.bulky import tours, vouchers
from central_office.office.bulky.voucher_key import voucher_key
from central_office.office.models import BulkyOrder, DeskEntry, Resource, Sale, Town
from kiosk_app.orders import as_it_stands
from tests.central_office.conftest import HOME, MORNING
from tests.central_office.together.in_process import Machine
from tests.central_office.together.test_bulky_orders import opened
from tests.central_office.waste import Citizens, Slip, take_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from django.test import Client

    from central_office.contract.bulky import WasteRules

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


def ordered(at: Citizens, **told: Any) -> Slip:  # noqa: ANN401 - fields of the order that are to be others
    slip = at.orders(FRIDAY, **told)
    assert slip is not None
    return slip


def stands(at: Citizens, slip: Slip) -> OrderStatus:
    """The order as this kiosk shows it to who brings number and code."""
    text = opened(at, order_secret(slip.key))
    known = None if text is None else OrderStatus.model_validate_json(text)
    found = as_it_stands(slip.key, at.machine.ledger.orders.told(slip.code.number), known)
    assert found is not None
    return found


def promised() -> dict[date, int]:
    return dict(Resource.objects.filter(promised__gt=0).values_list("day", "promised"))


def matters() -> list[tuple[str, str]]:
    return list(DeskEntry.objects.order_by("id").values_list("kind", "code"))


def test_a_pickup_moved_with_the_cable_cut_is_moved_everywhere_and_takes_one_place(
    foyer: Citizens, library: Citizens
) -> None:
    foyer.machine.cable.cut = True
    slip = ordered(foyer)
    assert foyer.changes(slip, TUESDAY)
    before = stands(foyer, slip)
    assert (before.day, before.revision) == (TUESDAY, 2)
    foyer.machine.cable.cut = False
    foyer.machine.settles()
    library.machine.settles()
    for place in (foyer, library):
        now = stands(place, slip)
        assert (now.day, now.revision, now.state) == (TUESDAY, 2, OrderState.BOOKED)
    assert promised() == {TUESDAY: slip.order.units}
    assert matters() == []
    assert [one.what for one in BulkyOrder.objects.get().steps.all()] == ["booked", "changed"]


def test_a_pickup_called_off_gives_its_place_back_once_however_often_it_is_told(
    foyer: Citizens, library: Citizens
) -> None:
    slip = ordered(foyer)
    foyer.cancels(slip)
    foyer.cancels(slip)
    assert stands(foyer, slip).state is OrderState.CANCELLED
    foyer.machine.settles()
    library.machine.settles()
    assert stands(library, slip).state is stands(foyer, slip).state is OrderState.CANCELLED
    assert promised() == {}


def test_what_was_paid_at_one_kiosk_is_known_at_every_other_and_at_the_office(
    foyer: Citizens, library: Citizens, clerk: Client
) -> None:
    slip = ordered(foyer, cents=6500, paid=6500)
    assert stands(foyer, slip).paid == 6500
    foyer.machine.settles()
    assert foyer.changes(slip, TUESDAY)
    foyer.machine.settles()
    library.machine.settles()
    now = stands(library, slip)
    assert (now.day, now.cents, now.paid) == (TUESDAY, 0, 6500)
    page = clerk.get(reverse("bulky_order", args=[BulkyOrder.objects.get().pk])).text
    assert "Mit Karte bezahlt" in page
    assert re.search(r"Zurückzugeben.{0,30}65,00 €", page)


@pytest.mark.parametrize(
    ("cents", "off", "taken", "words"),
    [
        (3500, False, 3500, None),
        (6500, False, 3500, r"Noch zu zahlen.{0,30}30,00 €"),
        (3500, True, 3500, r"Zurückzugeben.{0,30}35,00 €"),
        (3500, False, 0, r"Noch zu zahlen.{0,30}35,00 €"),
        (3500, True, 0, None),
    ],
)
def test_whoever_comes_to_the_office_pays_what_is_open_and_gets_back_what_is_too_much(  # noqa: PLR0917
    cents: int,
    off: bool,  # noqa: FBT001
    taken: int,
    words: str | None,
    foyer: Citizens,
    clerk: Client,
) -> None:
    slip = ordered(foyer, cents=cents, paid=3500)
    foyer.machine.settles()
    order = BulkyOrder.objects.select_related("kiosk").get()
    assert order.kiosk is not None
    ending = "paid" if taken else "unpaid"
    Sale.objects.create(
        id="fee", kiosk=order.kiosk, seq=99, purpose="bulky_fee", reference=slip.order.number, began=MORNING,
        heard_at=MORNING, asked=3500, charged=taken, ending=ending,
    )  # fmt: skip
    if off:
        tours.call_off(order, "Weber", MORNING)
    page = clerk.get(reverse("bulky_order", args=[order.pk])).text
    assert ("Zahlung ungeklärt" in page) is (not taken)
    assert re.search(words or "Mit Karte bezahlt", page)
    if words is None:
        assert "Zurückzugeben" not in page
        assert "Noch zu zahlen" not in page


def fees_to_give_back() -> list[tuple[int, bool]]:
    matters = DeskEntry.objects.filter(kind=DeskEntry.Kind.SALE, code="fee_back").order_by("pk")
    return [(json.loads(one.detail)["cents"], one.done_at is None) for one in matters]


def test_a_paid_pickup_that_costs_less_or_is_called_off_is_laid_before_a_clerk_who_has_to_give_back(
    foyer: Citizens, clerk: Client
) -> None:
    slip = ordered(foyer, cents=6500, paid=6500)
    foyer.machine.settles()
    assert fees_to_give_back() == []
    assert foyer.changes(slip, TUESDAY, cents=3500)
    foyer.machine.settles()
    assert fees_to_give_back() == [(3000, True)]
    foyer.cancels(slip, 2)
    foyer.machine.settles()
    assert fees_to_give_back() == [(3000, False), (6500, True)]
    page = clerk.get(reverse("matters")).text
    assert "Erstatten Sie" in page
    assert slip.order.number in page


def test_who_paid_nothing_has_nothing_to_get_back(foyer: Citizens) -> None:
    slip = ordered(foyer, cents=6500)
    foyer.machine.settles()
    foyer.cancels(slip, 1)
    foyer.machine.settles()
    assert fees_to_give_back() == []


def test_what_a_clerk_did_meanwhile_counts_and_the_next_look_says_so(foyer: Citizens) -> None:
    slip = ordered(foyer)
    foyer.machine.settles()
    foyer.machine.cable.cut = True
    tours.call_off(BulkyOrder.objects.get(), "Weber", MORNING)
    assert foyer.changes(slip, TUESDAY)
    assert stands(foyer, slip).day == TUESDAY
    foyer.machine.cable.cut = False
    foyer.machine.settles()
    now = stands(foyer, slip)
    assert (now.state, now.day) == (OrderState.CANCELLED, FRIDAY)
    assert matters() == [("order", "moved_on")]
    assert promised() == {}


def test_a_pickup_moved_behind_the_end_of_its_voucher_is_laid_before_a_clerk(foyer: Citizens) -> None:
    town = Town.objects.get()
    (voucher,) = vouchers.issue(1, 2000, FRIDAY, "", "Weber", MORNING)
    text = vouchers.payload(voucher, town.town_key, voucher_key(HOME))
    slip = ordered(foyer, vouchers=(text,), pickup=0)
    foyer.machine.settles()
    assert foyer.changes(slip, TUESDAY)
    foyer.machine.settles()
    assert matters() == [("voucher", "too_late")]
    assert BulkyOrder.objects.get().day == TUESDAY
