"""Something happens at any arrow of a sale: what was charged was issued, to the cent, or a person is told."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from central_office.contract.messages import VisitReported
from central_office.contract.sale_words import Ending
from devices.simulators.terminal_commands import Left
from kiosk_app.sale import pay_fee
from kiosk_app.sale_endings import given_back, taken
from kiosk_app.settling_sales import SaleSettler, nobody
from offline_cache.sales import State
from tests.crash import market
from tests.crash.medium import FOLDER, Flaw, Medium, Remains
from tests.crash.ram_disk import RamDisk
from tests.crash.sale_story import BLOWS, DAYS, Sale, Steps, owed
from tests.crash.shop import WIRING, Kiosk, Town, Watcher, accounts
from tests.kiosk_app.rehearsal import TUESDAY

if TYPE_CHECKING:
    from devices.payments import Booking, CardTerminal
    from offline_cache.sales import OpenSale, SaleEnd, SaleId, Sales
    from tests.crash.ram_disk import Anchors

ALL_IS_WELL = DAYS["all is well"]
VISIT = VisitReported(service="bulky_waste", outcome="answered", began=TUESDAY, seconds=60, language="de")
"""Stands for the order that a fee is for."""
BOOKS_WHAT_IS_LEFT = DAYS["the terminal books what is left alone"]


def cuts(sale: Sale, *, every: int = 1) -> list[str]:
    """What is wrong after a cut at each step of the disk (or each so many), and after none."""
    whole, steps = sale.cut(None, Random(0))
    seen = [whole, *(sale.cut(step, Random(step), Flaw.UNORDERED)[0] for step in range(1, steps + 1, every))]
    return [wrong for one in seen if (wrong := owed(one, gift=DAYS[one.day].gifts))]


@pytest.mark.parametrize("name", DAYS)
def test_a_kiosk_that_dies_at_any_step_of_its_disk_charges_for_what_came_or_tells_a_person(
    name: str, place: Anchors
) -> None:
    # `python -m tests.crash` takes every step of every day.
    assert not cuts(Sale(place, DAYS[name]), every=2 if DAYS[name] is ALL_IS_WELL else 7)


@pytest.mark.parametrize("blow", BLOWS)
def test_what_happens_at_any_arrow_is_paid_for_or_told_to_a_person(blow: str, place: Anchors) -> None:
    sale = Sale(place, ALL_IS_WELL)
    calls = sale.calls()
    assert len(calls) == 22
    seen = [sale.strike(call, blow)[0] for call in range(len(calls))]
    assert not [wrong for one in seen if (wrong := owed(one))]
    # The blow was felt: not every one of these sales ended as if nothing had happened.
    assert {(one.charged, one.fallen) for one in seen} != {(1020, 1020)}


def test_sales_at_random_with_faults_at_random_all_balance(place: Anchors) -> None:
    balance = market.run(place, 200, 1)
    assert not balance.mishaps
    assert balance.sales == 200
    assert balance.kiosks_killed > 10
    assert balance.for_a_person > 10
    assert balance.endings["paid"] > 50


def test_a_sale_that_is_cut_before_any_motor_moves_is_no_persons_matter(place: Anchors) -> None:
    sale, steps = Sale(place, ALL_IS_WELL), 30
    seen = [sale.cut(step, Random(step))[0] for step in range(1, steps, 4)]
    assert {(one.charged, one.fallen, one.for_a_person) for one in seen} == {(0, 0, False)}


class Mutant:
    """The ledger's sales with one thing done wrongly."""

    def __init__(self, sales: Sales) -> None:
        self.sales = sales

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - stands before every other method
        return getattr(self.sales, name)


class WritesLate(Mutant):
    """`nojournal`: that the terminal is asked is written down once it has answered."""

    asked: SaleId | None = None

    def authorizing(self, sale: SaleId) -> None:
        self.asked = sale

    def authorized(self, sale: SaleId, payment: Any) -> None:  # noqa: ANN401 - handed on
        self._write()
        self.sales.authorized(sale, payment)

    def end(self, sale: SaleId, end: SaleEnd) -> None:
        self._write()
        self.sales.end(sale, end)

    def _write(self) -> None:
        if self.asked is not None:
            self.sales.authorizing(self.asked)
            self.asked = None


class TurnsFirst(Mutant):
    """`nojournal`: that a motor turns is written down once it has turned."""

    turn: tuple[SaleId, int, int] | None = None

    def turning(self, sale: SaleId, line: int, column: int) -> int:
        self.turn = (sale, line, column)
        return 0

    def turned(self, turn: int, outcome: str, pieces: int | None, trouble: str = "") -> None:
        assert turn == 0
        assert self.turn is not None
        self.sales.turned(self.sales.turning(*self.turn), outcome, pieces, trouble)


class _AllOfIt:
    """Goods that say at once that everything was issued."""

    def __init__(self, cents: int) -> None:
        self._cents = cents

    def authorised(self, booking: Booking) -> None:
        """It is not written down."""

    def issued(self, within: float) -> int | None:
        assert within >= 0
        return self._cents


class ChargesAgain(SaleSettler):
    """`reauth`: what was issued and is not paid for is charged once more, instead of being told."""

    def _found(self, terminal: CardTerminal, sale: OpenSale, why: str) -> SaleEnd | None:
        if not sale.worth:
            return super()._found(terminal, sale, why)
        terminal.pay(sale.worth, _AllOfIt(sale.worth), nobody, self._cancel)
        return taken(sale, sale.worth, why, sale.payment)


class IssuesAgain(SaleSettler):
    """`redispense`: what did not come before the power was cut is issued after it."""

    def end_of(self, which: SaleId, why: str, looks: int, slip: str = "") -> SaleEnd | None:
        sale = self._sales.one(which)
        if sale.state is State.DISPENSING:
            from devices.roles import DISPENSER  # noqa: PLC0415 - for the mutant alone

            with self._devices.lease(DISPENSER) as dispenser:
                dispenser.start(WIRING.layout.columns[0].number, self._cancel)
                while dispenser.follow(1.0) is None:
                    pass
        return super().end_of(which, why, looks, slip)


class NeverAsks(SaleSettler):
    """The terminal is not asked: what did not come counts as never paid."""

    def _found(self, terminal: CardTerminal, sale: OpenSale, why: str) -> SaleEnd | None:
        assert terminal
        return given_back(sale, why, sale.payment)


@pytest.mark.parametrize("mutant", [WritesLate, TurnsFirst])
def test_a_kiosk_that_does_first_and_writes_later_is_caught(mutant: type[Any], place: Anchors) -> None:
    assert cuts(Sale(place, BOOKS_WHAT_IS_LEFT, wrap=mutant), every=2)


@pytest.mark.parametrize("mutant", [ChargesAgain, IssuesAgain, NeverAsks])
def test_a_kiosk_that_does_not_ask_but_does_it_again_is_caught(mutant: type[SaleSettler], place: Anchors) -> None:
    assert [
        wrong for day in (ALL_IS_WELL, BOOKS_WHAT_IS_LEFT) for wrong in cuts(Sale(place, day, settler=mutant), every=5)
    ]


@pytest.mark.parametrize("left", list(Left))
def test_a_fee_that_is_cut_at_any_step_has_its_order_or_its_money_back_or_a_person(left: Left, place: Anchors) -> None:
    seen = {_fee(place, left, step) for step in range(1, 70, 3)}
    assert all(charged == 2500 * orders or listed for charged, orders, listed in seen), seen
    assert {(0, 0, False), (2500, 1, False)} <= seen


def _fee(place: Anchors, left: Left, step: int) -> tuple[int, int, bool]:
    """Take a fee, and the power at a step of the disk: what is charged, how many orders there are, who is told."""
    town, opened = Town(), list[Kiosk]()
    town.terminal.set_left(left)
    town.terminal.present("girocard")
    disk = RamDisk(place, Remains({"/kiosk": FOLDER}))
    first = Kiosk(town, disk)
    first.close()
    before = disk.as_it_is()
    disk.throw_away()
    disk = RamDisk(place, before)
    disk.steps = Steps(step, lambda: opened[0].dies() if opened else None)
    kiosk = Kiosk(town, disk)
    opened.append(kiosk)
    if len(disk.steps) >= step:
        kiosk.dies()

    def order() -> str:
        kiosk.ledger.outbox.put(VISIT)
        return "ABCD2345"

    pay_fee(kiosk.desk, "bulky_fee", 2500, order, Watcher(), pace=kiosk.pace)
    kiosk.close()
    medium = Medium(before, Flaw.UNORDERED)
    for one in disk.steps[:step]:
        medium.obey(one)
    disk.throw_away()
    disk = RamDisk(place, medium.after_the_cut(Random(step)))
    kiosk = Kiosk(town, disk)
    kiosk.settles()
    told = kiosk.told()
    charged, orders = town.terminal.books.charged, sum(kind == "visit.reported" for kind, _ in told)
    listed = any(account.ending in (Ending.UNCLEAR, Ending.UNPAID) for account in accounts(told).values())
    assert not kiosk.ledger.sales.unfinished()
    kiosk.close()
    disk.throw_away()
    town.close()
    return charged, orders, listed
