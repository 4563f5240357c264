"""Staff fills the dispenser: what was put in counts when it is saved, and the office hears by whom."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from central_office.contract.staff import Right
from central_office.contract.tariff import Pack, Product, Tariff
from devices.dispensing import Column, DispenserLayout
from kiosk_app.services.staff import staff
from offline_cache.sales import Line, Ware
from screens.stage import Abandoned, Ending
from screens.steps_staff import LoadDocuments, OneMoreIn, RefillBags, RefillChoice, StaffNews, StaffTab
from tests.kiosk_app.rehearsal import ScriptedCitizen
from tests.kiosk_app.test_staff import SIGN_IN, Foyer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from screens.steps import Step

LAYOUT = DispenserLayout((Column(1, "residual-70", 2026, 12), Column(2, "bio-10", 2026, 12)))
TARIFF = Tariff((Product("residual", "Restmüllsack", "residual-70", 70, packs=(Pack("4099999000703", 5),)),))
GREY = Ware("residual-70", 2026)
TO_REFILL = (LoadDocuments, StaffTab.REFILL)
LEAVES = (RefillBags, Abandoned(Ending.BY_CITIZEN))


class Shop(Foyer):
    """A foyer whose kiosk has a dispenser too."""

    def fills(
        self, *script: tuple[type[Step[Any]], object], layout: DispenserLayout = LAYOUT, walled: bool = True
    ) -> list[RefillBags]:
        self.citizen = ScriptedCitizen([*SIGN_IN, *script])
        desk = replace(self.rehearsal.desk(self.citizen), columns=layout)
        with contextlib.suppress(Abandoned):
            staff(desk, tariff=TARIFF, walled=walled)
        assert self.citizen.finished()
        return [step for step in self.citizen.asked if isinstance(step, RefillBags)]

    def refills(self) -> list[dict[str, Any]]:
        return [body for kind, body in self.told() if kind == "bags.refilled"]

    def jams(self, column: int) -> None:
        """A sale's motor stuck there."""
        sales = self.rehearsal.ledger.sales
        sale = sales.reserve((Line("residual", GREY, 1, 0),), "0123456789abcdef")
        turn = sales.turning(sale, 0, column)
        sales.turned(turn, "jammed", 0, "jammed")


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path)
    yield made
    made.rehearsal.close()


def more(column: int, by: int = 1) -> tuple[type[Step[Any]], object]:
    return (RefillBags, OneMoreIn(column, by))


SAVE, UNDO = (RefillBags, RefillChoice.SAVE), (RefillBags, RefillChoice.UNDO)


def test_what_was_put_in_counts_when_it_is_saved_and_the_office_hears_by_whom(shop: Shop) -> None:
    pages = shop.fills(TO_REFILL, more(1), more(1), more(2), SAVE, LEAVES)
    assert [column.product is not None for column in pages[0].columns] == [True, False]
    assert [column.now for column in pages[3].columns] == [2, 1]
    assert pages[-1].tell is not None
    assert pages[-1].tell.news is StaffNews.REFILLED
    assert [
        (one["column"], one["before"], one["pieces"], one["counted"], one["employee"]) for one in shop.refills()
    ] == [
        (1, 0, 2, False, "1007"),
        (2, 0, 1, False, "1007"),
    ]
    assert {one.column: one.pieces for one in shop.rehearsal.ledger.sales.stock()} == {1: 2, 2: 1}


def test_nothing_counts_that_was_taken_back_or_left_unsaved(shop: Shop) -> None:
    shop.fills(TO_REFILL, more(1), UNDO, more(2), LEAVES)
    assert shop.refills() == []
    assert shop.rehearsal.ledger.sales.stock() == ()


def test_a_column_takes_no_more_than_fits_and_no_less_than_nothing(shop: Shop) -> None:
    pages = shop.fills(TO_REFILL, more(1, -1), *[more(1)] * 14, LEAVES)
    assert pages[1].columns[0].now == 0
    assert pages[-1].columns[0].now == 12


def scanned(code: bytes) -> tuple[type[Step[Any]], object]:
    return (RefillBags, code)


def test_a_scanned_pack_counts_as_many_as_are_in_it(shop: Shop) -> None:
    pages = shop.fills(TO_REFILL, scanned(b"4099999000703"), scanned(b"4099999000703"), SAVE, LEAVES)
    assert [page.columns[0].now for page in pages[:3]] == [0, 5, 10]
    assert [(one["column"], one["pieces"], one["counted"]) for one in shop.refills()] == [(1, 10, False)]


def test_what_does_not_fit_of_a_pack_is_not_in_the_column(shop: Shop) -> None:
    pages = shop.fills(TO_REFILL, *[scanned(b"4099999000703")] * 3, SAVE, LEAVES)
    assert pages[3].columns[0].now == 12
    assert pages[3].tell is not None
    assert pages[3].tell.news is StaffNews.PACK_TOO_LARGE
    assert [one["pieces"] for one in shop.refills()] == [12]


def test_a_pack_goes_on_in_the_next_column_of_its_bags(shop: Shop) -> None:
    two = DispenserLayout((Column(1, "residual-70", 2026, 3), Column(2, "residual-70", 2026, 12)))
    pages = shop.fills(TO_REFILL, scanned(b"4099999000703"), LEAVES, layout=two)
    assert [column.now for column in pages[1].columns] == [3, 2]


@pytest.mark.parametrize("code", [b"4099999000999", b"\xff\xfe", b"MS-26-00001"])
def test_a_code_that_is_no_packs_changes_nothing_and_says_so(shop: Shop, code: bytes) -> None:
    pages = shop.fills(TO_REFILL, scanned(code), LEAVES)
    assert [column.now for column in pages[1].columns] == [0, 0]
    assert pages[1].tell is not None
    assert pages[1].tell.news is StaffNews.UNKNOWN_PACK


def test_fewer_than_the_books_say_is_a_count(shop: Shop) -> None:
    shop.rehearsal.ledger.sales.refill(1, GREY, 5, counted=True, employee="1234")
    shop.fills(TO_REFILL, more(1, -1), SAVE, LEAVES)
    assert [(one["before"], one["pieces"], one["counted"]) for one in shop.refills()][1:] == [(5, 4, True)]


def test_a_column_that_was_stuck_turns_again_once_staff_has_saved(shop: Shop) -> None:
    shop.rehearsal.ledger.sales.refill(1, GREY, 5, counted=True, employee="1234")
    shop.jams(1)
    pages = shop.fills(TO_REFILL, SAVE, LEAVES)
    assert pages[0].columns[0].trouble == "jammed"
    assert pages[1].columns[0].trouble == ""
    assert [one.trouble for one in shop.rehearsal.ledger.sales.stock()] == [""]


def test_bags_of_another_year_are_taken_out_before_the_new_ones_are_counted(shop: Shop) -> None:
    shop.rehearsal.ledger.sales.refill(1, GREY, 5, counted=True, employee="1234")
    new_year = DispenserLayout((Column(1, "residual-70", 2027, 12),))
    pages = shop.fills(TO_REFILL, more(1), SAVE, LEAVES, layout=new_year)
    assert pages[0].columns[0].was == 0
    (stock,) = shop.rehearsal.ledger.sales.stock()
    assert (stock.ware.year, stock.pieces) == (2027, 1)


def test_where_there_is_no_wall_filling_up_is_all_the_work(shop: Shop) -> None:
    (page,) = shop.fills(LEAVES, walled=False)
    assert page.duty.tabs == (StaffTab.REFILL,)


def test_who_may_not_lay_documents_in_fills_nothing_up(shop: Shop) -> None:
    shop.office_says(rights=(Right.HAND_OVER,))
    assert shop.fills(walled=False) == []
    assert shop.told()[-1][0] == "staff.signed_out"
