"""What kiosks tell of money and bags: kept once, as told, and before a person where it is not clear."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from central_office.office.bulky.rules import voucher_key
from central_office.office.models import (
    BagColumn,
    BagPass,
    BagRefill,
    DeskEntry,
    Kiosk,
    Sale,
    SaleLine,
    StaffDeed,
    TillReport,
    Town,
)
from central_office.office.sales import bag_passes
from central_office.office.sales.clearing import cleared_only_at_its_sale
from central_office.office.sales.reconciling import till_of
from central_office.office.words import CODES
from tests.central_office.conftest import MORNING

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from tests.central_office.office.sales.conftest import Till


def on_the_desk() -> list[tuple[str, str]]:
    return [(one.kind, one.code) for one in DeskEntry.objects.filter(done_at=None)]


def given(product: str = "nappy", pieces: int = 5, until: date = date(2026, 12, 31)) -> BagPass:
    (row,) = bag_passes.issue(1, product, pieces, until, "", "Weber", MORNING)
    return row


def test_a_sale_is_kept_with_its_lines_and_what_the_terminal_said(till: Till) -> None:
    till.fills("residual", 12)
    sale = Sale.objects.get(pk=till.sells({"residual": 2, "bio": 1}, merchant_slip="Händlerbeleg"))
    assert (sale.asked, sale.charged, sale.taken, sale.receipt, sale.card) == (1000, 1000, 1000, 101, "girocard")
    assert sale.merchant_slip == "Händlerbeleg"
    assert [(one.product, one.issued, one.worth) for one in sale.lines.all()] == [("residual", 2, 700), ("bio", 1, 300)]
    assert BagColumn.objects.get().pieces == 10
    assert on_the_desk() == []


def test_a_sale_that_is_told_twice_counts_once(till: Till) -> None:
    till.fills("residual", 12)
    command = till.end.command(
        {
            "sale": "twice",
            "purpose": "bags",
            "began": MORNING.isoformat(),
            "columns": [{"column": 1, "pieces": 2}],
            "asked": 0,
            "charged": 0,
            "ending": "free",
        },
        type_="sale.ended",
    )
    for _ in range(2):
        assert till.end.sync([command]).status_code == 200
    again = command.body
    assert till.tells("sale.ended", again) == "ok", "a kiosk that was enrolled anew tells again"
    assert BagColumn.objects.get().pieces == 10
    assert till.tells("sale.ended", again | {"asked": 5}) == "sale_known"
    assert Sale.objects.count() == 1


@pytest.mark.parametrize(
    ("ending", "charged", "code"),
    [
        ("unclear", None, "sale_unclear"),
        ("unclear", 1050, "sale_unclear_amount"),
        ("unpaid", 0, "sale_unpaid"),
        ("paid", 650, "sale_adds_up_not"),
    ],
)
def test_what_nobody_could_tell_is_a_clerk_s(till: Till, ending: str, charged: int | None, code: str) -> None:
    till.sells({"residual": 2}, ending, charged=charged)
    assert on_the_desk() == [("sale", code)]
    assert DeskEntry.objects.get().role == "clerk"


@pytest.mark.parametrize(
    ("ending", "charged", "code"),
    [("unpaid", 0, "fee_unpaid"), ("unclear", 4000, "fee_unclear_amount"), ("unclear", None, "sale_unclear")],
)
def test_an_unpaid_fee_is_told_in_words_that_know_of_no_bags(
    till: Till, clerk: Client, ending: str, charged: int | None, code: str
) -> None:
    till.tells(
        "sale.ended",
        {"sale": "fee", "purpose": "bulky_fee", "reference": "2A4K7M3X", "began": MORNING.isoformat(),
         "asked": 3500, "charged": charged, "ending": ending},
    )  # fmt: skip
    assert on_the_desk() == [("sale", code)]
    assert "Säcke" not in str(CODES[code])
    assert cleared_only_at_its_sale(DeskEntry.objects.get())
    for page in (reverse("sale", args=["fee"]), reverse("sales")):
        text = clerk.get(page).text
        assert str(CODES[code]) in text
        assert "Säcke wurden" not in text


def test_whoever_paid_for_what_she_got_is_no_matter(till: Till) -> None:
    till.sells({"residual": 3}, "part", issued={"residual": 1})
    till.sells({"residual": 3}, "reversed", issued={})
    till.sells({"residual": 3}, "declined", issued={})
    till.tells(
        "sale.ended",
        {"sale": "fee", "purpose": "bulky_fee", "reference": "2A4K7M3X", "began": MORNING.isoformat(),
         "asked": 3500, "charged": 3500, "ending": "paid"},
    )  # fmt: skip
    assert set(till.results) == {"ok"}
    assert on_the_desk() == []


def test_a_bag_that_may_be_stuck_is_looked_for_even_if_all_were_paid(till: Till) -> None:
    till.sells({"residual": 2}, "part", issued={"residual": 1}, why="jammed")
    assert on_the_desk() == [("sale", "machine_jammed")]


def test_the_terminal_tells_later_how_it_ended_and_nobody_needs_to_look(till: Till) -> None:
    sale = till.sells({"residual": 2}, "unclear", charged=None)
    assert till.tells("sale.settled", {"sale": sale, "ending": "paid", "charged": 700, "receipt": 77}) == "ok"
    row = Sale.objects.get()
    assert (row.ending, row.charged, row.receipt, row.settled_at) == ("paid", 700, 77, MORNING)
    assert on_the_desk() == []
    assert DeskEntry.objects.get().done_by == till.end.device


def test_nobody_settles_a_sale_of_another_kiosk(tills: Callable[[], Till]) -> None:
    here, there = tills(), tills()
    sale = here.sells({"residual": 2}, "unclear", charged=None)
    for who, known in ((there, sale), (here, "none")):
        answer = who.tells("sale.settled", {"sale": known, "ending": "paid", "charged": 700})
        assert answer == "unknown_sale"
    assert Sale.objects.get().charged is None


def test_a_kiosk_that_was_enrolled_anew_speaks_for_its_old_self(tills: Callable[[], Till]) -> None:
    old, new = tills(), tills()
    sale = old.sells({"residual": 2}, "unclear", charged=None)
    old.closes(700, 700)
    Kiosk.objects.filter(pk=old.end.device).update(state=Kiosk.State.REVOKED)
    new.closes(700, 700)
    assert TillReport.objects.count() == 1
    assert new.tells("sale.settled", {"sale": sale, "ending": "paid", "charged": 700}) == "ok"
    assert on_the_desk() == []


def test_bags_are_counted_by_column_and_a_machine_that_runs_low_is_said_once(till: Till) -> None:
    till.fills("residual", 8)
    till.sells({"residual": 2}, columns=[{"column": 1, "pieces": 2}, {"column": 9, "pieces": 1}])
    assert on_the_desk() == []
    till.sells({"residual": 1}, columns=[{"column": 1, "pieces": 2}])  # a double drop
    till.sells({"residual": 1})
    assert BagColumn.objects.get().pieces == 3
    assert on_the_desk() == [("stock", "residual-60")]
    till.fills("residual", 20, before=4)
    assert on_the_desk() == []
    refill = BagRefill.objects.first()
    assert refill is not None
    assert (refill.before, refill.books, refill.pieces) == (4, 3, 20), "the office keeps both counts"
    assert StaffDeed.objects.filter(kind="bags.refilled").count() == 2


def test_a_column_that_holds_something_else_now_no_longer_runs_low(till: Till) -> None:
    till.fills("bio", 5)
    till.sells({"bio": 3})
    assert on_the_desk() == [("stock", "bio-120")]
    till.fills("yellow", 12, column=2)
    assert on_the_desk() == []


def test_last_year_s_bags_are_no_stock(till: Till) -> None:
    till.fills("residual", 30, year=2025)
    assert on_the_desk() == [("stock", "residual-60")]


def test_an_end_of_day_that_agrees_settles_its_sales(till: Till) -> None:
    till.sells({"residual": 2})
    till.closes(700, 700)
    till.sells({"residual": 1})
    report = TillReport.objects.get()
    assert till_of(report).agrees
    assert [one.asked for one in report.sales.all()] == [700], "what came later belongs to the next day"
    assert on_the_desk() == []


def test_an_end_of_day_that_differs_names_the_sale_that_explains_it(till: Till) -> None:
    till.sells({"residual": 2})
    unclear = till.sells({"bio": 1}, "unclear", charged=None)
    till.closes(1000, 700, count=2, differences=[unclear, "never-heard-of"])
    beside = till_of(TillReport.objects.get())
    assert (beside.gap, beside.amount, beside.count) == (300, 700, 1)
    assert beside.culprit is not None
    assert beside.culprit.pk == unclear
    assert ("till", "till_differs") in on_the_desk()
    till.tells("sale.settled", {"sale": unclear, "ending": "paid", "charged": 300})
    assert till_of(TillReport.objects.get()).gap == 0


def test_a_difference_that_the_terminal_explains_later_leaves_the_desk(till: Till) -> None:
    unclear = till.sells({"bio": 1}, "unclear", charged=None)
    till.closes(300, 300)
    assert ("till", "till_differs") in on_the_desk()
    till.tells("sale.settled", {"sale": unclear, "ending": "paid", "charged": 300})
    assert on_the_desk() == []


def test_a_terminal_that_says_no_amount_is_looked_at(till: Till) -> None:
    till.sells({"residual": 2})
    till.closes(None, 700)
    assert on_the_desk() == [("till", "till_silent")]
    assert till_of(TillReport.objects.get()).gap is None


def test_a_voucher_is_drawn_bag_by_bag_until_it_is_empty(till: Till) -> None:
    row = given(pieces=5)
    for pieces in (3, 2):
        till.sells({"nappy": pieces}, "free", voucher=row.pk)
    row.refresh_from_db()
    assert row.drawn == 5
    assert on_the_desk() == []


def test_a_voucher_that_two_kiosks_drew_is_found_when_both_have_spoken(tills: Callable[[], Till]) -> None:
    row = given(pieces=5)
    for till in (tills(), tills()):
        till.sells({"nappy": 5}, "free", voucher=row.pk)
    assert on_the_desk() == [("voucher", "bag_voucher_overdrawn")]
    assert Sale.objects.filter(voucher=row.pk).count() == 2


def test_a_voucher_for_other_bags_too_late_or_unknown_is_a_clerk_s(till: Till) -> None:
    till.sells({"yellow": 1}, "free", voucher=given().pk)
    till.sells({"nappy": 1}, "free", voucher=given(until=date(2026, 6, 15)).pk)
    till.sells({"nappy": 1}, "free", voucher="00" * 8)
    till.sells({"nappy": 1}, "free", voucher=given().pk, issued={})
    assert [code for _, code in on_the_desk()] == [
        "bag_voucher_other_bags",
        "bag_voucher_late",
        "bag_voucher_unknown",
    ]


def test_a_town_with_bags_alone_gives_kiosks_the_key_of_its_vouchers(till: Till) -> None:
    assert len(voucher_key(Town.objects.get())) == 64


@pytest.mark.parametrize(
    "wrong",
    [{"charged": -1}, {"ending": "rich"}, {"voucher": "x"}, {"lines": [{}]}, {"sale": ""}, {"began": "gestern"}],
)
def test_nonsense_is_rejected_and_lies_before_a_technician(till: Till, wrong: dict[str, Any]) -> None:
    till.sells({"residual": 1}, **wrong)
    assert till.results == ["invalid_body"]
    assert on_the_desk() == [("rejected", "invalid_body")]


def test_whatever_happens_charges_are_what_was_issued_or_a_person_looks(till: Till) -> None:
    dice = random.Random(7)
    till.fills("residual", 99)
    for _ in range(40):
        wanted, ending = dice.randint(1, 3), dice.choice(["paid", "part", "reversed", "unclear", "unpaid", "declined"])
        issued = {"paid": wanted, "part": dice.randint(1, wanted), "unclear": wanted, "unpaid": wanted}.get(ending, 0)
        charged = {"unclear": None, "unpaid": 0}.get(ending, 350 * issued)
        if dice.random() < 0.2:
            charged = dice.choice([None, 0, 350])
        began = (MORNING - timedelta(minutes=dice.randint(0, 300))).isoformat()
        till.sells({"residual": wanted}, ending, issued={"residual": issued}, charged=charged, began=began)
    looked_at = {one.seq for one in DeskEntry.objects.filter(kind="sale", done_at=None)}
    for sale in Sale.objects.all():
        worth = sum(one.worth for one in SaleLine.objects.filter(sale=sale))
        assert sale.charged == worth or sale.seq in looked_at
