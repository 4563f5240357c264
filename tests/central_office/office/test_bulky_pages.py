"""What staff see and do about bulky waste: days, orders, results, sheets, vouchers."""

from __future__ import annotations

import csv
import io
import uuid
from datetime import date
from typing import TYPE_CHECKING

import pypdfium2
import pytest
import zxingcpp
from django.urls import reverse

from central_office.contract.bulky import OrderKind
from central_office.contract.bulky_codes import OrderNumber, order_number, parse_voucher
from central_office.office.bulky import by_phone
from central_office.office.bulky.tours import Tour
from central_office.office.bulky.voucher_key import voucher_key
from central_office.office.models import BulkyOrder, CrewSheet, Household, Resource, StaffNote, Town, Voucher
from central_office.office.publishing import publish_town
from tests.central_office.conftest import HOME, MORNING
from tests.central_office.waste import CHEAP, small_town, take_in

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

    from central_office.contract.bulky import WasteRules
    from tests.central_office.conftest import HandClock
    from tests.central_office.kiosk_end import KioskEnd

FRIDAY = date(2026, 6, 19)
DAY = "?art=bulky&ort=mitte&tag=2026-06-19"


@pytest.fixture
def rules(town: Town, tmp_path: Path) -> WasteRules:
    publish_town(HOME / "blobs", small_town(tmp_path))
    return take_in()


def ordered(rules: WasteRules, name: str = "Kaya", street: str = "Lindenstraße", **items: int) -> BulkyOrder:
    tour = Tour(OrderKind.BULKY, rules.district[0], FRIDAY)
    call = by_phone.Call(name, street, "14", items or {"sofa": 1})
    return by_phone.take(tour, call, rules, "Weber", MORNING, cost=CHEAP)[0]


def tour_at(page: str) -> str:
    return reverse(page, args=["bulky", "mitte", FRIDAY])


def friday() -> Resource:
    return Resource.objects.get(key="bulky.mitte", day=FRIDAY)


def said(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def test_a_town_without_rules_is_told_what_to_do(clerk: Client) -> None:
    assert "office town" in clerk.get(reverse("bulky")).text


def test_a_technician_has_no_business_with_orders(technician: Client, rules: WasteRules) -> None:
    order = ordered(rules)
    for address in (reverse("bulky"), reverse("bulky_order", args=[order.pk]), tour_at("bulky_sheet")):
        assert technician.get(address).status_code == 403


def test_a_clerk_sees_how_full_a_day_is_and_who_ordered_what(clerk: Client, rules: WasteRules) -> None:
    ordered(rules, sofa=1, chair=4)
    page = clerk.get(reverse("bulky") + DAY).text
    for words in ("Lindenstraße 14", "1 Sofa, 4 Stühle", "2,5 von 6,0 m³", "1 Stopp", "Bestellt"):
        assert words in page, words


def test_without_a_day_the_next_collection_day_is_shown(clerk: Client, rules: WasteRules, clock: HandClock) -> None:
    clock.forward(days=4)  # a Saturday; the Monday after it is closed, its tour is on the next Saturday
    assert "Dienstag, 23. Juni" in clerk.get(reverse("bulky"), headers={"accept-language": "de"}).text


@pytest.mark.parametrize("query", ["?tag=gestern", "?art=gold&ort=mond", "?tag=9999-99-99"])
def test_a_strange_address_shows_an_ordinary_day(clerk: Client, rules: WasteRules, query: str) -> None:
    assert clerk.get(reverse("bulky") + query).status_code == 200


def test_an_order_is_found_by_the_number_on_its_slip(clerk: Client, rules: WasteRules) -> None:
    order = ordered(rules)
    found = clerk.get(reverse("bulky"), {"nr": f"bw {order.number}"})
    assert found["Location"] == reverse("bulky_order", args=[order.pk])
    assert clerk.get(reverse("bulky"), {"nr": "BW 1111 1111"}).status_code == 400
    assert clerk.get(reverse("bulky"), {"nr": OrderNumber(9, 9).characters}).status_code == 404


def test_what_the_crew_left_needs_a_reason(clerk: Client, rules: WasteRules) -> None:
    order = ordered(rules)
    address = reverse("bulky_result", args=[order.pk])
    refused = clerk.post(address, {"seen": 1, "result": "partly_left"})
    assert refused.status_code == 400
    clerk.post(address, {"seen": 1, "result": "partly_left", "left": ["electrical"], "note": "Kabel"})
    order.refresh_from_db()
    assert (order.state, order.left, order.note) == ("partly_left", ["electrical"], "Kabel")
    page = clerk.get(reverse("bulky_order", args=[order.pk])).text
    assert "Elektrogerät" in page
    assert "Teilweise liegen gelassen" in page


def test_a_colleague_who_was_slower_changes_nothing(clerk: Client, rules: WasteRules) -> None:
    order = ordered(rules)
    clerk.post(reverse("bulky_call_off", args=[order.pk]), {"seen": 1})
    late = clerk.post(reverse("bulky_result", args=[order.pk]), {"seen": 1, "result": "collected"})
    assert late.status_code == 409
    assert clerk.post(reverse("bulky_call_off", args=[order.pk]), {"seen": "x"}).status_code == 409
    order.refresh_from_db()
    assert order.state == "cancelled"
    assert friday().promised == 0
    assert Household.objects.get().used == {}


def test_all_that_is_left_open_is_entered_as_collected_at_once(
    clerk: Client, rules: WasteRules, clock: HandClock
) -> None:
    first = ordered(rules)
    ordered(rules, "Brandt", chair=2)
    clerk.post(reverse("bulky_result", args=[first.pk]), {"seen": 1, "result": "not_presented"})
    clock.forward(days=4)
    assert "als abgeholt eintragen" in clerk.get(reverse("bulky") + DAY).text
    clerk.post(tour_at("bulky_collected"))
    assert sorted(BulkyOrder.objects.values_list("state", flat=True)) == ["collected", "not_presented"]


def test_the_capacity_of_a_day_is_raised_lowered_and_never_below_what_is_promised(
    clerk: Client, rules: WasteRules
) -> None:
    ordered(rules)
    clerk.post(tour_at("bulky_capacity"), {"cubic_metres": "10"})
    assert friday().capacity == 20
    refused = clerk.post(tour_at("bulky_capacity"), {"cubic_metres": "1"}, follow=True)
    assert "So wenig geht nicht: 1,5 m³" in refused.text
    assert "als Zahl" in clerk.post(tour_at("bulky_capacity"), {"cubic_metres": "viel"}, follow=True).text
    clerk.post(tour_at("bulky_capacity"), {"close": "1"})
    assert (friday().capacity, friday().free, friday().spare) == (3, 0, 0)
    assert StaffNote.objects.count() == 2


@pytest.mark.parametrize("page", ["bulky_sheet", "bulky_table"])
def test_a_tour_that_there_is_not_has_no_sheet(clerk: Client, rules: WasteRules, page: str) -> None:
    assert clerk.get(reverse(page, args=["gold", "mitte", FRIDAY])).status_code == 404
    assert clerk.get(reverse(page, args=["bulky", "mond", FRIDAY])).status_code == 404


def test_the_crew_gets_a_sheet_without_telephones_and_cancelled_orders(clerk: Client, rules: WasteRules) -> None:
    gone = ordered(rules, "Verzichter", "Abgasse")
    ordered(rules, "Brandt", "Zum See", chair=2)
    ordered(rules, "Kaya", "Am Berg", sofa=1, chair=1)
    BulkyOrder.objects.update(phone="09999 4711")
    clerk.post(reverse("bulky_call_off", args=[gone.pk]), {"seen": 1})
    sheet = said(clerk.get(tour_at("bulky_sheet")).content)
    assert sheet.index("Am Berg 14") < sheet.index("Zum See 14")
    for words in ("Freitag, 19. Juni 2026", "2 Stopps", "1 Sofa, 1 Stuhl", "Brandt"):
        assert words in sheet, words
    assert "4711" not in sheet
    assert "Verzichter" not in sheet
    assert CrewSheet.objects.get().day == FRIDAY


def test_a_long_tour_goes_over_several_pages(clerk: Client, rules: WasteRules) -> None:
    Resource.objects.filter(day=FRIDAY).update(capacity=500)
    for place in range(45):
        ordered(rules, f"Name {place}", f"Straße {place:02d}", chair=1)
    pdf = clerk.get(tour_at("bulky_sheet")).content
    assert len(pypdfium2.PdfDocument(pdf)) == 3
    text = said(pdf)
    assert all(f"Straße {place:02d} 14" in text for place in range(45))


def test_a_spreadsheet_opens_the_tour_and_takes_no_name_for_a_formula(clerk: Client, rules: WasteRules) -> None:
    ordered(rules, '=HYPERLINK("x")', chair=2)
    content = clerk.get(tour_at("bulky_table")).content.decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(content), delimiter=";")
    assert (row["Name"], row["Was"], row["m3"]) == ('\'=HYPERLINK("x")', "2 Stühle", "0,4")


def test_an_empty_day_has_an_empty_sheet(clerk: Client, rules: WasteRules) -> None:
    assert "nichts bestellt" in said(clerk.get(tour_at("bulky_sheet")).content)


def test_vouchers_are_given_out_and_their_code_is_read_by_a_scanner(clerk: Client, rules: WasteRules) -> None:
    told = {"count": "2", "cubic_metres": "2", "until": "2026-12-31", "why": "Umzug"}
    assert clerk.post(reverse("bulky_vouchers"), told).status_code == 302
    assert Voucher.objects.count() == 2
    voucher = Voucher.objects.first()
    assert voucher is not None
    pdf = clerk.get(reverse("bulky_voucher", args=[voucher.pk])).content
    picture = pypdfium2.PdfDocument(pdf)[0].render(scale=3).to_numpy()
    (code,) = zxingcpp.read_barcodes(picture)
    office = voucher_key(HOME).public_key().public_bytes_raw()
    read = parse_voucher(code.text.encode(), "08999001", office)  # type: ignore[arg-type]
    assert (read.id, read.litres, read.until) == (voucher.pk, 2000, date(2026, 12, 31))
    assert clerk.post(reverse("bulky_vouchers"), told | {"count": "51"}).status_code == 400


def test_a_call_for_a_day_without_room_takes_nothing(rules: WasteRules) -> None:
    Resource.objects.filter(day=FRIDAY).update(capacity=2)
    with pytest.raises(by_phone.NoRoom):
        ordered(rules)
    assert BulkyOrder.objects.count() == Household.objects.count() == 0


def test_orders_taken_by_telephone_have_numbers_of_their_own(rules: WasteRules) -> None:
    numbers = [order_number(ordered(rules, chair=1).number) for _ in range(3)]
    assert [(one.kiosk, one.count) for one in numbers] == [(0, 1), (0, 2), (0, 3)]


SAID = {"name": "Kaya", "street": "Lindenstraße", "house": "14", "phone": "0170 1", "item-sofa": "1", "item-chair": "2"}


def said_now() -> dict[str, str]:
    return SAID | {"once": str(uuid.uuid4())}


def test_a_call_that_is_sent_twice_is_one_order(clerk: Client, rules: WasteRules) -> None:
    said_once = said_now()
    clerk.post(tour_at("bulky_new"), said_once)
    again = clerk.post(tour_at("bulky_new"), said_once)
    assert again["Location"] == reverse("bulky_order", args=[BulkyOrder.objects.get().pk])
    assert friday().promised == 4


def test_a_citizen_who_calls_is_told_number_and_code_and_her_third_pickup_costs(
    clerk: Client, rules: WasteRules
) -> None:
    for cents in (0, 0, 3500):
        page = clerk.post(tour_at("bulky_new"), said_now()).text
        order = BulkyOrder.objects.latest("number")
        assert str(order_number(order.number)) in page
        assert order.cents == cents
    assert "35,00 €" in page
    assert Household.objects.get().used == {"2026": 2}
    assert (order.items, order.phone, order.kiosk) == ({"sofa": 1, "chair": 2}, "0170 1", None)
    assert "Telefon" in clerk.get(reverse("bulky") + DAY).text


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"name": ""}, "markierten Felder"),
        ({"item-sofa": "viele"}, "markierten Felder"),
        ({"item-sofa": "0", "item-chair": ""}, "Wählen Sie, was"),
        ({"item-sofa": "4"}, "mehr, als ein Auftrag haben darf (5,0 m³)"),
        ({"street": "Quarxgasse"}, "steht nicht im Straßenverzeichnis"),
        ({"house": "300"}, "gibt es dort nicht. Im Verzeichnis: 1-88."),
        ({"street": "Waldweg"}, "liegt in: Wald"),
    ],
)
def test_a_slip_of_the_clerk_is_told_and_nothing_is_booked(
    clerk: Client, rules: WasteRules, change: dict[str, str], says: str
) -> None:
    answer = clerk.post(tour_at("bulky_new"), said_now() | change)
    assert answer.status_code == 400
    assert says in answer.text
    assert friday().promised == 0


def test_a_full_day_and_a_day_that_is_over_take_no_call(clerk: Client, rules: WasteRules, clock: HandClock) -> None:
    Resource.objects.filter(day=FRIDAY).update(capacity=1)
    assert "nicht mehr frei" in clerk.post(tour_at("bulky_new"), said_now()).text
    clock.forward(days=4)
    assert clerk.get(tour_at("bulky_new")).status_code == 404


def test_a_restored_office_promises_and_shrinks_nothing_before_every_kiosk_has_spoken(
    clerk: Client, rules: WasteRules, kiosk: KioskEnd
) -> None:
    Town.objects.update(epoch="another")
    assert "wiederhergestellt" in clerk.post(tour_at("bulky_new"), said_now()).text
    assert "wiederhergestellt" in clerk.post(tour_at("bulky_capacity"), {"cubic_metres": "1"}, follow=True).text
    assert (friday().promised, friday().capacity) == (0, 12)


def test_a_clerk_need_not_spell_a_street_and_none_is_taken_that_is_not_in_the_book(
    clerk: Client, rules: WasteRules
) -> None:
    answer = clerk.post(tour_at("bulky_new"), said_now() | {"street": "linden"})
    assert answer.status_code == 400
    assert "Welche Straße" in answer.text
    assert '<option value="Lindenweg">' in answer.text
    clerk.post(tour_at("bulky_new"), said_now() | {"street": "LINDENSTRASSE", "house": "14 A"})
    order = BulkyOrder.objects.get()
    assert (order.street, order.house) == ("Lindenstraße", "14a")
    mistyped = clerk.post(tour_at("bulky_new"), said_now() | {"street": "lidenstr"}).text
    assert '<option value="Lindenstraße">' in mistyped
    assert BulkyOrder.objects.count() == 1


def test_without_a_published_town_no_call_is_taken(clerk: Client, rules: WasteRules) -> None:
    Town.objects.update(config="")
    assert "Straßenverzeichnis fehlt" in clerk.post(tour_at("bulky_new"), said_now()).text
