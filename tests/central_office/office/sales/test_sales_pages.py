"""What staff see and do about sales: days, what is not clear, tills, the bookkeeping's table, prices, vouchers."""

from __future__ import annotations

import csv
import io
import random
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pypdfium2
import pytest
import zxingcpp
from django.urls import reverse

from central_office.contract.bag_vouchers import parse_bag_voucher
from central_office.contract.tariff import price, read_tariff
from central_office.office.bulky.voucher_key import voucher_key
from central_office.office.desk import AlreadyDone
from central_office.office.models import BagPass, ClosedDay, DeskEntry, Sale, StaffNote, TariffPrice, TillReport, Town
from central_office.office.publishing import TARIFF, publish_town, published
from central_office.office.sales import days
from tests.central_office.conftest import HOME, MORNING, ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from central_office.contract.tariff import Tariff
    from tests.central_office.conftest import HandClock
    from tests.central_office.office.sales.conftest import Till

TODAY = date(2026, 6, 16)
MONTH = {"first": "2026-06-01", "last": "2026-06-30"}


def rows(page: Client) -> list[dict[str, str]]:
    answer = page.get(reverse("sales_table"), MONTH)
    assert answer["Content-Type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))


def cents(text: str) -> int:
    return int(text.replace(",", ""))


def shown(page: Client, day: str = "") -> str:
    return page.get(reverse("sales"), {"tag": day} if day else {}).text


def test_a_technician_has_no_business_with_money(technician: Client, till: Till) -> None:
    sale = till.sells({"residual": 1})
    for address in (
        reverse("sales"),
        reverse("sales_tills"),
        reverse("tariff"),
        reverse("bag_vouchers"),
        reverse("sales_table"),
        reverse("sale", args=[sale]),
    ):
        assert technician.get(address).status_code == 403, address


def test_a_clerk_sees_a_day_its_sums_and_what_lies_in_the_machines(clerk: Client, till: Till) -> None:
    till.fills("residual", 12)
    till.sells({"residual": 2, "bio": 1})
    till.closes(1000, 1000)
    till.sells({"residual": 2}, "reversed", issued={})
    till.sells({"bio": 1}, "unclear", charged=None)
    till.tells(
        "sale.ended",
        {"sale": "fee", "purpose": "bulky_fee", "reference": "2A4K7M3X", "began": MORNING.isoformat(),
         "asked": 3500, "charged": 3500, "ending": "paid"},
    )  # fmt: skip
    page = shown(clerk)
    for words in (
        "48,00 €",  # sold
        "10,00 €",  # settled
        "38,00 €",  # the difference
        "1 von 1",
        "2 Restabfallsack, 1 Bioabfallsack",
        "Abgeglichen",
        "Zurückgebucht",
        "Unklar",
        "Noch offen",
        "Nicht ausgegeben",
        "Sperrmüllgebühr 2A4K7M3X",
        "10 von 12",
        "1 zu prüfen",
    ):
        assert words in page, words
    english = clerk.get(reverse("sales"), headers={"accept-language": "en"}).text
    assert "€48.00" in english
    assert "2 Residual waste bag" in english


def test_every_day_and_every_kiosk_has_its_page_and_strange_addresses_show_today(
    clerk: Client, tills: Callable[[], Till]
) -> None:
    one, other = tills(), tills()
    one.sells({"residual": 1})
    other.sells({"bio": 2})
    page = clerk.get(reverse("sales"), {"terminal": other.end.device}).text
    assert "2 Bioabfallsack" in page
    assert "1 Restabfallsack" not in page
    assert "An diesem Tag wurde nichts verkauft" in shown(clerk, "2026-06-15")
    for strange in ("gestern", "9999-99-99", "0000-00-00", "1969-01-01"):
        assert "1 Restabfallsack" in shown(clerk, strange)


def test_a_payment_that_nobody_settles_for_two_days_stands_out(clerk: Client, till: Till, clock: HandClock) -> None:
    till.sells({"residual": 1})
    assert "Noch offen" in shown(clerk)
    clock.forward(days=2)
    assert "Nicht abgerechnet" in shown(clerk, "2026-06-16")


def test_a_clerk_clears_up_what_nobody_knew_with_reason_amount_and_evidence(clerk: Client, till: Till) -> None:
    sale = till.sells({"residual": 2}, "unclear", charged=None, merchant_slip="<b>Beleg</b>")
    till.closes(700, 0)
    assert "&lt;b&gt;Beleg" in clerk.get(reverse("sale", args=[sale])).text
    address = reverse("sale_clear", args=[sale])
    for wrong in ({}, {"reason": "charged", "note": "x"}, {"reason": "charged", "amount": "7.01", "note": "x"},
                  {"reason": "paid_later", "amount": "7", "note": "x"}, {"reason": "not_charged"}):  # fmt: skip
        assert clerk.post(address, wrong).status_code == 400, wrong
    clerk.post(address, {"reason": "charged", "amount": "7.00", "note": "Umsatzliste, Zeile 4"})
    row = Sale.objects.get()
    assert (row.charged, row.found, row.taken, row.cleared, row.cleared_by) == (None, 700, 700, "charged", "Test Weber")
    assert row.ending == "unclear", "what the kiosk said stays"
    assert "Umsatzliste, Zeile 4" in clerk.get(reverse("sale", args=[sale])).text
    assert not DeskEntry.objects.filter(kind="sale", done_at=None).exists()
    again = clerk.post(address, {"reason": "not_charged", "note": "doch nicht"})
    assert again.status_code in {400, 409}
    assert Sale.objects.get().found == 700
    assert StaffNote.objects.filter(what__contains="cleared").count() == 1


def test_who_paid_too_much_gets_it_back_and_the_rest_stays(clerk: Client, till: Till) -> None:
    sale = till.sells({"residual": 3}, "unclear", issued={"residual": 2}, charged=1050, why="not_given_back")
    assert "Berechnet wurde anderes" in clerk.get(reverse("sale", args=[sale])).text
    clerk.post(reverse("sale_clear", args=[sale]), {"reason": "refunded", "amount": "7", "note": "3,50 bar erstattet"})
    assert Sale.objects.get().taken == 700


def test_bags_that_nobody_paid_are_paid_later_or_written_off(clerk: Client, tills: Callable[[], Till]) -> None:
    till = tills()
    till.sells({"residual": 2})
    late = till.sells({"bio": 1}, "unpaid", charged=0)
    lost = till.sells({"bio": 1}, "unpaid", charged=0)
    clerk.post(reverse("sale_clear", args=[late]), {"reason": "paid_later", "amount": "3", "note": "bar"})
    clerk.post(reverse("sale_clear", args=[lost]), {"reason": "written_off", "note": "unbekannt"})
    assert {one.pk: one.taken for one in Sale.objects.all()} == {till.end.device + "-sale-1": 700, late: 300, lost: 0}
    assert "Geklärt" in shown(clerk)


def test_a_till_that_agrees_after_clearing_up_leaves_the_desk(clerk: Client, till: Till) -> None:
    sale = till.sells({"residual": 2}, "unclear", charged=None)
    till.closes(700, 700)
    assert "erklärt den Unterschied allein" in clerk.get(reverse("sales_tills")).text
    clerk.post(reverse("sale_clear", args=[sale]), {"reason": "charged", "amount": "7", "note": "Liste"})
    assert "stimmt" in clerk.get(reverse("sales_tills")).text
    assert not DeskEntry.objects.filter(done_at=None).exists()


def test_a_till_that_never_agrees_is_closed_with_a_sentence(clerk: Client, till: Till) -> None:
    till.sells({"residual": 2})
    till.closes(800, 700)
    entry = DeskEntry.objects.get(kind="till")
    page = clerk.get(reverse("sales_tills")).text
    assert "Kein Verkauf erklärt den Unterschied" in page
    clerk.post(reverse("matter_close", args=[entry.pk]), {"how": "Testzahlung der Technik"})
    assert "geklärt" in clerk.get(reverse("sales_tills")).text


def test_the_desk_leads_to_the_sale_and_takes_no_sentence_for_an_amount(clerk: Client, till: Till) -> None:
    sale = till.sells({"residual": 2}, "unclear", charged=None)
    page = clerk.get(reverse("matters")).text
    assert reverse("sale", args=[sale]) in page
    entry = DeskEntry.objects.get()
    assert clerk.post(reverse("matter_close", args=[entry.pk]), {"how": "erledigt"}).status_code == 409
    entry.refresh_from_db()
    assert entry.done_at is None


def test_a_kiosk_that_says_otherwise_after_clearing_up_is_looked_at_again(clerk: Client, till: Till) -> None:
    sale = till.sells({"residual": 2}, "unclear", charged=None)
    clerk.post(reverse("sale_clear", args=[sale]), {"reason": "not_charged", "note": "Liste"})
    till.tells("sale.settled", {"sale": sale, "ending": "paid", "charged": 700})
    assert DeskEntry.objects.get(done_at=None).code == "settled_otherwise"


def test_a_day_is_closed_when_it_is_over_and_nothing_is_open(clerk: Client, till: Till, clock: HandClock) -> None:
    till.sells({"residual": 2})
    close = reverse("sales_close_day", args=[TODAY])
    assert clerk.post(close).status_code == 409, "it is not over"
    clock.forward(days=1)
    assert clerk.post(close).status_code == 409, "nobody settled the payment"
    till.closes(700, 700)
    assert "Tag abschließen" in shown(clerk, "2026-06-16")
    clerk.post(close)
    row = ClosedDay.objects.get()
    assert (row.day, row.sold, row.settled, row.closed_by) == (TODAY, 700, 700, "Test Weber")
    assert clerk.post(close).status_code == 409
    with pytest.raises(AlreadyDone):
        days.close_day(Town.objects.get(), TODAY, "Weber", clock())
    clock.forward(hours=1)
    till.sells({"bio": 1})
    assert "kam noch 1 Verkauf dazu" in shown(clerk, "2026-06-16")


def test_the_bookkeeping_gets_a_row_for_each_line_and_the_sum_is_the_money(clerk: Client, till: Till) -> None:
    till.sells({"residual": 2, "bio": 1})
    till.closes(1000, 1000)
    till.sells({"residual": 3}, "part", issued={"residual": 1})
    till.sells({"bio": 2}, "unclear", charged=None)
    till.sells({"bio": 1}, "declined", issued={})
    till.sells({"bio": 1}, "reversed", issued={})
    table = rows(clerk)
    assert [(one["Produkt"] or one["Bezeichnung"], one["Stück"], one["Betrag"]) for one in table] == [
        ("residual", "2", "7,00"),
        ("bio", "1", "3,00"),
        ("residual", "1", "3,50"),
        ("bio", "2", "6,00"),
        ("Differenz", "", "-6,00"),
        ("bio", "0", "0,00"),
    ]
    assert table[0] | {"Verkauf": ""} == {
        "Tag": "16.06.2026", "Uhrzeit": "10:19", "Terminal": till.end.device, "Verkauf": "", "Art": "Säcke",
        "Auftrag": "", "Produkt": "residual", "Bezeichnung": "Restabfallsack", "Tarifjahr": "2026", "Stück": "2",
        "Einzelpreis": "3,50", "Betrag": "7,00", "Zahlung": "abgeglichen", "Beleg": "101",
        "Kartenterminal": "65001234", "Kassenschluss": "17.06.2026 00:01", "Klärung": "", "Gutschein": "",
    }  # fmt: skip


def test_the_sum_of_any_month_is_what_was_taken(clerk: Client, till: Till) -> None:
    dice = random.Random(3)
    for _ in range(30):
        wanted = {"residual": dice.randint(1, 4), "bio": dice.randint(1, 4)}
        issued = {key: dice.randint(0, count) for key, count in wanted.items()}
        charged = dice.choice([None, 0, 350, 1234])
        till.sells(
            wanted, dice.choice(["paid", "part", "unclear", "unpaid", "reversed"]), issued=issued, charged=charged
        )
    assert sum(cents(one["Betrag"]) for one in rows(clerk)) == sum(one.taken or 0 for one in Sale.objects.all())


def test_no_cell_is_a_formula(clerk: Client, till: Till) -> None:
    till.sells({"residual": 1}, terminal="=1+1")
    sale = till.sells({"residual": 1}, "unclear", charged=None, card="@x")
    clerk.post(reverse("sale_clear", args=[sale]), {"reason": "not_charged", "note": "-HYPERLINK(1)"})
    text = clerk.get(reverse("sales_table"), MONTH).content.decode("utf-8-sig")
    for cell in (cell for row in csv.reader(io.StringIO(text), delimiter=";") for cell in row):
        assert cell[:1] not in {"=", "@", "+", "\t"}
        assert not cell.startswith("-") or cents(cell) < 0
    assert "'=1+1" in text
    assert "'-HYPERLINK(1)" in text


@pytest.mark.parametrize("last", ["2026-05-31", "2027-06-02", "x", ""])
def test_a_period_is_a_year_at_most_and_goes_forward(clerk: Client, tariff: Tariff, last: str) -> None:
    assert clerk.get(reverse("sales_table"), {"first": "2026-06-01", "last": last}).status_code == 400


def test_the_head_sets_a_price_and_kiosks_get_it(head: Client, tariff: Tariff) -> None:
    publish_town(HOME / "blobs", ROOT / "town" / "musterstadt.toml")
    answer = head.post(reverse("tariff_new"), {"product": "residual", "amount": "3.99", "valid_from": "2026-06-20"})
    assert answer.status_code == 302
    sent = read_tariff(published(HOME / "blobs")[TARIFF])
    assert price(sent, sent.product[0], date(2026, 6, 20)) == 399
    assert {"town.toml", "waste.toml", TARIFF} <= set(published(HOME / "blobs"))
    row = TariffPrice.objects.get(valid_from=date(2026, 6, 20))
    assert "3,99 €" in head.get(reverse("tariff")).text
    head.post(reverse("tariff_withdraw", args=[row.pk]))
    sent = read_tariff(published(HOME / "blobs")[TARIFF])
    assert price(sent, sent.product[0], date(2026, 6, 20)) == 350
    assert head.post(reverse("tariff_withdraw", args=[row.pk])).status_code == 409
    assert StaffNote.objects.filter(what__startswith="price of residual").count() == 2


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"product": "residual", "amount": "3.99", "valid_from": "2026-06-16"}, 409),
        ({"product": "residual", "amount": "3.999", "valid_from": "2026-06-20"}, 400),
        ({"product": "residual", "amount": "0", "valid_from": "2026-06-20"}, 400),
        ({"product": "nappy", "amount": "1", "valid_from": "2026-06-20"}, 400),
        ({"product": "residual", "amount": "-1", "valid_from": "bald"}, 400),
        ({"product": "residual", "amount": "1", "valid_from": "2201-01-01"}, 409),
    ],
)
def test_a_price_that_cannot_be_is_refused_in_words(
    head: Client, tariff: Tariff, said: dict[str, str], status: int
) -> None:
    before = TariffPrice.objects.count()
    assert head.post(reverse("tariff_new"), said).status_code == status
    assert TariffPrice.objects.count() == before


def test_a_clerk_sees_prices_and_sets_none(clerk: Client, tariff: Tariff) -> None:
    page = clerk.get(reverse("tariff")).text
    assert "3,50 €" in page
    assert "Preis setzen" not in page
    said = {"product": "residual", "amount": "1", "valid_from": "2026-06-20"}
    assert clerk.post(reverse("tariff_new"), said).status_code == 403
    row = TariffPrice.objects.get(valid_from=date(2027, 1, 1))
    assert clerk.post(reverse("tariff_withdraw", args=[row.pk])).status_code == 403


def test_a_voucher_is_given_out_printed_and_its_code_is_read_at_the_kiosk(clerk: Client, tariff: Tariff) -> None:
    said = {"product": "nappy", "pieces": "10", "count": "2", "until": "2027-06-16", "why": "Kleinkind"}
    assert clerk.post(reverse("bag_vouchers"), said).status_code == 302
    assert BagPass.objects.count() == 2
    row = BagPass.objects.all()[0]
    assert "0 von 10" in clerk.get(reverse("bag_vouchers")).text
    pdf = pypdfium2.PdfDocument(clerk.get(reverse("bag_voucher", args=[row.pk])).content)
    assert "10 Windelsack" in pdf[0].get_textpage().get_text_range()
    (code,) = zxingcpp.read_barcodes(pdf[0].render(scale=3).to_pil())
    office = voucher_key(HOME).public_key().public_bytes_raw()
    read = parse_bag_voucher(code.text.encode(), Town.objects.get().town_key, office)
    assert (read.id, read.product, read.pieces, read.until) == (row.pk, "nappy", 10, date(2027, 6, 16))
    for wrong in ({"product": "residual"}, {"pieces": "0"}, {"count": "51"}, {"until": "2199-01-01"}):
        assert clerk.post(reverse("bag_vouchers"), said | wrong).status_code == 400, wrong


def test_a_town_without_bags_is_told_what_to_do(clerk: Client) -> None:
    assert "office town" in clerk.get(reverse("tariff")).text
    assert "keine kostenlosen" in clerk.get(reverse("bag_vouchers")).text
    assert clerk.get(reverse("sales")).status_code == 200


def test_a_sale_of_yesterday_that_came_late_belongs_to_yesterday(clerk: Client, till: Till) -> None:
    till.sells({"residual": 1}, began=(MORNING - timedelta(days=1)).isoformat())
    assert "1 Restabfallsack" in shown(clerk, "2026-06-15")
    assert "1 Restabfallsack" not in shown(clerk)
    assert TillReport.objects.count() == 0
