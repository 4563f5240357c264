"""Sales, bags and the till's day in the ledger: each arrow on disk, in its order, and the office told with the last."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

from central_office.contract.sales import TillClosed
from offline_cache.clocks import Uptime
from offline_cache.database import Database
from offline_cache.migrations.ledger import LEDGER
from offline_cache.sales import CardPayment, ColumnStock, Ending, Line, NotEnough, SaleEnd, SaleId, State, Ware
from offline_cache.store import open_ledger
from offline_cache.stored_sales import KEPT
from tests.offline_cache.clockwork import NOON, Clockwork

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from offline_cache.sales import Sales
    from offline_cache.store import Ledger

GREY = Ware("residual-70", 2026)
BROWN = Ware("bio-10", 2026)
PAYMENT = CardPayment(900, receipt=7, trace=107, terminal="12345678", card="girocard", stamp=NOON)


@pytest.fixture
def clock() -> Clockwork:
    return Clockwork()


@pytest.fixture
def ledger(tmp_path: Path, clock: Clockwork) -> Iterator[Ledger]:
    ledger = opened(tmp_path / "ledger.db", clock)
    ledger.sales.refill(1, GREY, 5, counted=True, employee="1234")
    ledger.sales.refill(2, BROWN, 5, counted=False, employee="1234")
    yield ledger
    ledger.close()


@pytest.fixture
def sales(ledger: Ledger) -> Sales:
    return ledger.sales


def opened(path: Path, clock: Clockwork) -> Ledger:
    return open_ledger(path, clock=clock.now, uptime=lambda: Uptime("boot", 1.0))


def line(pieces: int = 2, cents: int = 450, ware: Ware = GREY) -> Line:
    return Line("residual_70", ware, pieces, cents)


def told(ledger: Ledger) -> list[tuple[str, dict[str, Any]]]:
    return [(one.type, one.body) for one in ledger.outbox.take(limit=100, room=1_000_000).commands]


def paid(sales: Sales) -> SaleId:
    sale = sales.reserve((line(),))
    sales.authorizing(sale)
    sales.authorized(sale, PAYMENT)
    return sale


def sold(sales: Sales, charged: int | None = 900, ending: Ending = Ending.PAID) -> SaleId:
    sale = paid(sales)
    sales.end(sale, SaleEnd(ending, charged))
    return sale


def test_a_column_is_counted_before_its_motor_and_after_what_fell(sales: Sales) -> None:
    sale = paid(sales)
    for pieces, outcome, before, after in ((1, "dropped", 4, 4), (2, "dropped", 3, 2), (0, "jammed", 1, 2)):
        turn = sales.turning(sale, 0, 1)
        assert sales.stock()[0].pieces == before
        sales.turned(turn, outcome, pieces)
        assert sales.stock()[0].pieces == after
    assert sales.one(sale).pieces == 2
    assert sales.one(sale).worth == 900


def test_a_turn_that_nobody_saw_the_end_of_closes_its_column(sales: Sales) -> None:
    sale = paid(sales)
    sales.turning(sale, 0, 1)
    found = sales.issued(sale)
    assert (found.state, found.turns[0].pieces) == (State.FAILED, None)
    assert sales.stock()[0] == ColumnStock(1, GREY, 4, "unclear")
    sales.end(sale, SaleEnd(Ending.REVERSED, 0, "turn_unclear"))
    with pytest.raises(NotEnough):
        sales.reserve((line(1),))
    assert sales.refill(1, GREY, 6, counted=True, employee="1234") == sales.stock()[0]
    assert sales.reserve((line(1),))


def test_what_is_chosen_is_nobody_elses(sales: Sales) -> None:
    sale = sales.reserve((line(3), line(1, 120, BROWN)))
    assert sales.reserved() == {GREY: 3, BROWN: 1}
    with pytest.raises(NotEnough):
        sales.reserve((line(1),))
    sales.drop(sale)
    assert sales.reserved() == {}
    with pytest.raises(NotEnough):
        sales.reserve((line(6),))
    with pytest.raises(NotEnough):
        sales.reserve((line(1, ware=Ware("residual-70", 2027)),))


def test_no_arrow_is_gone_out_of_its_order(sales: Sales) -> None:
    sale = sales.reserve((line(),))
    for early in (
        lambda: sales.authorized(sale, PAYMENT),
        lambda: sales.turning(sale, 0, 1),
        lambda: sales.commit(sale, lambda: "never"),
        lambda: sales.one(SaleId("of nobody")),
    ):
        with pytest.raises(RuntimeError):
            early()
    sales.authorizing(sale)
    with pytest.raises(RuntimeError):
        sales.drop(sale)
    with pytest.raises(RuntimeError):
        sales.turning(sale, 0, 1)
    assert sales.one(sale).state is State.AUTHORIZING


def test_what_the_office_would_not_take_is_refused_before_there_is_money_in_it(sales: Sales) -> None:
    for basket, voucher in (
        ((Line("No Word", GREY, 1, 450),), ""),
        ((line(1, 0),), "of my own"),
    ):
        with pytest.raises(ValueError, match="validation error"):
            sales.reserve(basket, voucher)
    sale = sales.begin_fee("permit", 3000)
    sales.authorizing(sale)
    sales.authorized(sale, PAYMENT)
    with pytest.raises(ValueError, match="validation error"):
        sales.commit(sale, lambda: "9" * 41)
    assert sales.one(sale).state is State.AUTHORIZED


def test_an_unclear_sale_stays_open_and_is_told_twice_at_most(ledger: Ledger, sales: Sales) -> None:
    sale = sales.reserve((line(),))
    sales.authorizing(sale)
    for _ in range(2):
        sales.end(sale, SaleEnd(Ending.UNCLEAR, None, "terminal_silent", asked_in_vain=True))
    (waiting,) = sales.unfinished()
    assert (waiting.told, waiting.state) == (True, State.AUTHORIZING)
    # Nothing to pay, nothing to ask: such bags are given out all the same.
    with pytest.raises(NotEnough):
        sales.begin_fee("permit", 3000)
    free = sales.reserve((line(1, 0),), "0123456789abcdef")
    sales.drop(free)
    sales.end(sale, SaleEnd(Ending.REVERSED, 0, payment=PAYMENT))
    assert not sales.unfinished()
    kinds = [(kind, body["ending"]) for kind, body in told(ledger) if kind.startswith("sale.")]
    assert kinds == [("sale.ended", "unclear"), ("sale.settled", "reversed")]
    assert told(ledger)[-1][1]["receipt"] == 7


def test_the_payment_before_is_known_to_the_next_sale(sales: Sales) -> None:
    sold(sales)
    sale = sales.reserve((line(),))
    assert sales.one(sale).before == PAYMENT


def test_what_is_left_of_a_cards_number_goes_with_the_next_sale(sales: Sales) -> None:
    sale = sales.reserve((line(),))
    sales.authorizing(sale)
    sales.authorized(sale, replace(PAYMENT, masked_pan="672612*********4566"))
    sales.end(sale, SaleEnd(Ending.PAID, 900))
    kept = sales.one(sale).payment
    assert kept is not None
    assert kept.masked_pan.endswith("4566")
    sales.reserve((line(1),))
    assert sales.one(sale).payment == PAYMENT


def test_the_kiosk_comes_back_to_a_sale_as_it_left_it(tmp_path: Path, ledger: Ledger, clock: Clockwork) -> None:
    sale = paid(ledger.sales)
    ledger.sales.turned(ledger.sales.turning(sale, 0, 1), "dropped", 1)
    again = opened(tmp_path / "ledger.db", clock)
    (found,) = again.sales.unfinished()
    assert (found.sale, found.state, found.payment, found.pieces) == (sale, State.DISPENSING, PAYMENT, 1)
    again.close()


def test_a_fee_and_its_order_are_kept_together_or_not_at_all(ledger: Ledger, sales: Sales) -> None:
    def order() -> str:
        ledger.counts.following("orders", 41)
        raise LookupError

    sale = sales.begin_fee("bulky_fee", 2500)
    sales.authorizing(sale)
    sales.authorized(sale, PAYMENT)
    with pytest.raises(LookupError):
        sales.commit(sale, order)
    assert (sales.one(sale).state, sales.one(sale).worth) == (State.AUTHORIZED, 0)
    assert ledger.counts.following("orders", 41) == 41
    assert sales.commit(sale, lambda: "ABCD2345") == "ABCD2345"
    assert (sales.one(sale).state, sales.one(sale).worth) == (State.DISPENSED, 2500)


def test_a_thread_that_ends_leaves_no_file_open(ledger: Ledger, sales: Sales) -> None:
    def work() -> None:
        sales.stock()
        sales.let_go()
        sales.let_go()

    for _ in range(3):
        thread = Thread(target=work)
        thread.start()
        thread.join()
    assert ledger.sales.stock()


def test_what_staff_put_in_is_told(ledger: Ledger) -> None:
    ledger.sales.refill(1, GREY, 12, counted=False, employee="1234")
    kind, body = told(ledger)[-1]
    assert kind == "bags.refilled"
    assert body == {
        "column": 1, "article": "residual-70", "year": 2026, "before": 5, "pieces": 12, "counted": False,
        "employee": "1234",
    }  # fmt: skip


def test_the_day_is_what_was_charged_since_the_last_close(ledger: Ledger, sales: Sales, clock: Clockwork) -> None:
    assert ledger.till.day().first is None
    sold(sales)
    doubtful = sold(sales, None, Ending.UNCLEAR)
    clock.passes(timedelta(hours=1))
    sold(sales, 450)
    day = ledger.till.day()
    assert (day.amount, day.count, day.doubtful, day.first) == (1350, 2, (doubtful,), NOON)
    assert day.terminal == "12345678"
    ledger.till.close(day.upto)
    sold(sales, 120)
    # The power was cut here: what was to be closed is known, and nothing that came later is in it.
    torn = ledger.till.closing()
    assert torn is not None
    assert (torn.amount, torn.count) == (1350, 2)
    with pytest.raises(RuntimeError):
        ledger.till.close(day.upto)
    ledger.till.ended(TillClosed(closed_at=clock.now(), amount=None, expected_amount=1350, expected_count=2))
    assert ledger.till.closing() is None
    assert ledger.till.closed() == clock.now()
    assert ledger.till.day().amount == 120
    assert told(ledger)[-1][0] == "till.closed"
    with pytest.raises(RuntimeError):
        ledger.till.ended(None)


def test_old_sales_are_forgotten_by_their_number_once_the_till_has_them(tmp_path: Path, clock: Clockwork) -> None:
    ledger = opened(tmp_path / "ledger.db", clock)
    ledger.sales.refill(1, GREY, 5, counted=True, employee="1234")
    sold(ledger.sales)
    database = Database(tmp_path / "ledger.db", LEDGER)
    with database.writing() as connection:
        connection.execute("UPDATE till SET upto = 1")
        connection.execute("UPDATE sales SET amount = NULL")
        connection.execute(
            "INSERT INTO sales (number, sale, purpose, state, began, asked) VALUES (?, 'x', 'bags', 'ended', ?, 0)",
            (KEPT, clock.now().isoformat()),
        )
    ledger.sales.drop(ledger.sales.reserve((line(),)))
    assert database.connection.execute("SELECT count(*) FROM sales").get == 1
    assert database.connection.execute("SELECT count(*) FROM sale_lines").get == 0
    database.close()
    ledger.close()


def test_a_ledger_of_the_eighth_shape_learns_to_sell_and_keeps_its_commands(tmp_path: Path, clock: Clockwork) -> None:
    path = tmp_path / "ledger.db"
    old = Database(path, LEDGER[:8])
    old.connection.execute(
        "INSERT INTO line (only, db, head, last, acked) VALUES (1, 'a name', hex(zeroblob(32)), 2, 1);"
        "INSERT INTO outbox (seq, id, at, command) VALUES (2, 'an id', '2026-11-01', '{}')"
    )
    old.close()
    ledger = opened(path, clock)
    assert ledger.outbox.waiting() == 1
    assert not ledger.sales.stock()
    assert ledger.till.closed() is None
    ledger.sales.refill(1, GREY, 5, counted=True, employee="1234")
    assert sold(ledger.sales)
    ledger.close()
