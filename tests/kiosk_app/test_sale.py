"""A citizen buys bags: the production sale with its drivers, a simulated terminal over TCP, and simulated motors."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn, cast

import pytest

from central_office.contract.messages import VisitReported
from central_office.contract.sale_words import Ending
from devices.conditions import Absent, NeedsStaff, Ready, Soon
from devices.conditions import Need as StaffNeed
from devices.payments import Advice, Refusal
from devices.roles import CARD_TERMINAL, DISPENSER
from devices.simulators.columns import Falls, Motor, Reads
from devices.simulators.terminal_commands import Fault
from kiosk_app.pace import Pace
from kiosk_app.sale import Closed, NoBags, NoCard, NotBegun, SaleResult, Selling, available, card_sales, pay_fee, sell
from offline_cache.sales import Line, Ware
from screens.stage import Abandoned
from screens.stage import Ending as SessionEnding
from tests.crash.medium import FOLDER, Remains
from tests.crash.ram_disk import RamDisk, anchors
from tests.crash.sale_story import Struck
from tests.crash.shop import BROWN, FULL, GREY, PRICES, Kiosk, Town, brown, grey
from tests.kiosk_app.rehearsal import TUESDAY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from devices.conditions import Condition


@pytest.fixture
def town() -> Iterator[Town]:
    town = Town()
    town.terminal.present("girocard")
    yield town
    town.close()


@contextmanager
def a_kiosk(town: Town) -> Iterator[Kiosk]:
    with anchors() as place:
        disk = RamDisk(place, Remains({"/kiosk": FOLDER}))
        kiosk = Kiosk(town, disk)
        kiosk.filled()
        yield kiosk
        kiosk.close()
        disk.throw_away()


@pytest.fixture
def kiosk(town: Town) -> Iterator[Kiosk]:
    with a_kiosk(town) as kiosk:
        yield kiosk


@dataclass
class Citizen:
    """Looks on, and does something at an advice or while bags come."""

    at: Callable[[Advice], bool] = lambda _: False
    bags_come: Callable[[], None] = lambda: None
    advised: list[Advice] = field(default_factory=list)
    counted: list[tuple[int, int]] = field(default_factory=list)

    def paying(self, advice: Advice, changed: Callable[[], bool]) -> bool:
        self.advised.append(advice)
        if self.at(advice):
            return True
        while not changed():
            time.sleep(0.001)
        return False

    def dispensing(self, done: int, of: int, changed: Callable[[], bool]) -> None:
        self.counted.append((done, of))
        self.bags_come()
        while not changed():
            time.sleep(0.001)


def leaves() -> NoReturn:
    raise Abandoned(SessionEnding.BY_CITIZEN)


def bought(kiosk: Kiosk, *basket: Line, citizen: Citizen | None = None, voucher: str = "") -> SaleResult:
    result = sell(kiosk.desk, basket, citizen or Citizen(), voucher, pace=kiosk.pace)
    assert isinstance(result, SaleResult)
    return result


def pieces(kiosk: Kiosk) -> dict[int, int]:
    return {stock.column: stock.pieces for stock in kiosk.ledger.sales.stock()}


def endings(kiosk: Kiosk) -> list[tuple[str, object, object, object]]:
    return [
        (kind, body["ending"], body["charged"], body["why"])
        for kind, body in kiosk.told()
        if kind in ("sale.ended", "sale.settled")
    ]


def test_she_pays_and_all_her_bags_come(kiosk: Kiosk, town: Town) -> None:
    citizen = Citizen()
    result = bought(kiosk, grey(2), brown(1), citizen=citizen)
    assert (result.ending, result.asked, result.charged, result.why) == (Ending.PAID, 1020, 1020, "")
    assert [sold.issued for sold in result.lines] == [2, 1]
    assert town.fallen == (1, 1, 3)
    assert town.terminal.books.charged == 1020
    assert pieces(kiosk) == {1: FULL - 2, 2: FULL, 3: FULL - 1}
    assert citizen.advised
    assert citizen.counted[0][1] == 3
    assert [slip.kind.value for slip in result.slips] == ["merchant", "customer"]
    (_, body) = kiosk.told()[-1]
    assert body["columns"] == [{"column": 1, "pieces": 2}, {"column": 3, "pieces": 1}]
    assert "Beleg-Nr 0001" in body["merchant_slip"]
    assert body["stamp"] == "2026-06-16T08:24:00Z"


def test_what_she_chose_is_kept_for_her_while_she_pays(kiosk: Kiosk) -> None:
    seen: list[object] = []

    def look(_: Advice) -> bool:
        seen.append(available(kiosk.desk))
        return False

    bought(kiosk, grey(3), citizen=Citizen(at=look))
    assert isinstance(seen[0], Selling)
    assert seen[0].stock[GREY] == 2 * FULL - 3
    assert seen[0].no_card is NoCard.UNCLEAR


def test_when_a_column_gives_nothing_the_next_one_of_the_same_bags_does(kiosk: Kiosk, town: Town) -> None:
    town.columns.refill(1, 0)
    result = bought(kiosk, grey(2))
    assert (result.ending, result.charged, result.why) == (Ending.PAID, 900, "empty")
    assert town.fallen == (2, 2)
    # Somebody has to look at the first column, and until then it is not turned.
    (first, *_) = kiosk.ledger.sales.stock()
    assert (first.pieces, first.trouble) == (FULL, "empty")
    assert available(kiosk.desk) == Selling({GREY: FULL - 2, BROWN: FULL})


def test_bags_that_jam_are_not_charged(kiosk: Kiosk, town: Town) -> None:
    town.columns.break_motor(3, Motor.STUCK)
    result = bought(kiosk, grey(1), brown(2))
    assert (result.ending, result.charged, result.why) == (Ending.PART, 450, "jammed")
    assert town.terminal.books.charged == 450
    assert [sold.issued for sold in result.lines] == [1, 0]


def test_when_nothing_comes_everything_is_given_back_and_she_may_be_told_so(kiosk: Kiosk, town: Town) -> None:
    for column in (1, 2, 3):
        town.columns.break_motor(column, Motor.STUCK)
    result = bought(kiosk, grey(1), brown(1))
    assert (result.ending, result.charged, result.not_charged_known) == (Ending.REVERSED, 0, True)
    assert town.terminal.books.charged == 0
    assert available(kiosk.desk) == Closed(NoBags.SOLD_OUT)


def test_a_second_bag_that_falls_along_is_hers_and_is_counted(kiosk: Kiosk, town: Town) -> None:
    town.columns.let_fall(1, Falls.TWO)
    result = bought(kiosk, grey(2))
    assert (result.ending, result.charged) == (Ending.PAID, 900)
    assert pieces(kiosk)[1] == FULL - 4


def test_a_dead_drop_sensor_stops_the_sale_after_two_columns(kiosk: Kiosk, town: Town) -> None:
    town.columns.break_drop(Reads.OFF)
    result = bought(kiosk, grey(5), brown(2))
    assert (result.ending, result.charged, result.why) == (Ending.REVERSED, 0, "empty")
    assert town.fallen == (1, 1, 2, 2)


def test_a_refused_card_starts_no_motor(kiosk: Kiosk, town: Town) -> None:
    town.terminal.present("blocked")
    result = bought(kiosk, grey(1))
    assert (result.ending, result.charged, result.refusal) == (Ending.DECLINED, 0, Refusal.CARD_BLOCKED)
    assert town.columns.starts(1) == 0
    assert pieces(kiosk)[1] == FULL


def test_she_cancels_the_payment_before_she_shows_a_card(kiosk: Kiosk, town: Town) -> None:
    town.terminal.take_card()
    result = bought(kiosk, grey(1), citizen=Citizen(at=lambda advice: advice is Advice.PRESENT_CARD))
    assert (result.ending, result.charged) == (Ending.ABORTED, 0)
    assert not town.terminal.books.payments


def test_who_ends_the_session_at_the_terminal_cancels_the_payment(kiosk: Kiosk, town: Town) -> None:
    town.terminal.take_card()
    at_card = Citizen(at=lambda advice: leaves() if advice is Advice.PRESENT_CARD else False)
    with pytest.raises(Abandoned):
        bought(kiosk, grey(1), citizen=at_card)
    assert endings(kiosk) == [("sale.ended", "aborted", 0, "")]
    assert not kiosk.ledger.sales.unfinished()
    assert not town.terminal.books.payments


def test_who_leaves_while_bags_come_has_paid_for_what_lies_there(kiosk: Kiosk, town: Town) -> None:
    with pytest.raises(Abandoned):
        bought(kiosk, grey(2), citizen=Citizen(bags_come=leaves))
    assert endings(kiosk) == [("sale.ended", "paid", 900, "")]
    assert town.terminal.books.charged == 900
    assert town.fallen == (1, 1)


def test_bags_against_a_voucher_need_no_terminal(kiosk: Kiosk, town: Town) -> None:
    town.terminal.unplug()
    voucher = "0123456789abcdef"
    result = bought(kiosk, Line("nappy", BROWN, 2, 0), voucher=voucher)
    assert (result.ending, result.asked, result.charged) == (Ending.FREE, 0, 0)
    assert kiosk.ledger.sales.drawn(voucher) == 2
    assert kiosk.ledger.sales.drawn("") == 0
    assert town.fallen == (3, 3)


def test_when_the_terminal_dies_nobody_says_that_nothing_was_charged(kiosk: Kiosk, town: Town) -> None:
    calls = ["before reserve", "after reserve", "before authorizing", "after authorizing", "before authorized"]
    kiosk.sales = cast("Any", Struck(kiosk.ledger.sales, len(calls) + 2, town.terminal.unplug))
    result = bought(kiosk, grey(1))
    assert (result.ending, result.not_charged_known) == (Ending.UNCLEAR, False)
    # Card sales are off until the terminal has been asked; what is free is given out all the same.
    assert card_sales(kiosk.desk) is NoCard.UNCLEAR
    assert kiosk.sells(grey(1)) == NotBegun(NoCard.UNCLEAR)
    town.terminal.plug()
    assert kiosk.settles() == 1
    assert card_sales(kiosk.desk) is None
    kinds = [kind for kind, *_ in endings(kiosk)]
    assert kinds == ["sale.ended", "sale.settled"]


def test_a_lost_completion_is_found_out_before_she_goes(kiosk: Kiosk, town: Town) -> None:
    # The receipt before was another payment's: the terminal's memory of that one proves nothing.
    bought(kiosk, brown(1))
    town.terminal.present("girocard")
    town.terminal.fail(Fault.LOST_COMPLETION)
    result = bought(kiosk, brown(1))
    assert town.terminal.books.charged == 240
    assert result.charged in (120, None)
    town.terminal.fail(Fault.NONE)
    kiosk.settles()  # finds the line gone, as the supervisor would
    kiosk.settles()
    assert endings(kiosk)[-1][1:3] == ("paid", 120)


def test_a_fee_and_what_it_is_for_are_one_promise(kiosk: Kiosk, town: Town) -> None:
    def order() -> str:
        kiosk.ledger.outbox.put(visit())
        return "ABCD2345"

    result = pay_fee(kiosk.desk, "bulky_fee", 2500, order, Citizen(), pace=kiosk.pace)
    assert isinstance(result, SaleResult)
    assert (result.ending, result.charged, result.reference) == (Ending.PAID, 2500, "ABCD2345")
    assert town.terminal.books.charged == 2500
    assert [kind for kind, _ in kiosk.told()][-2:] == ["visit.reported", "sale.ended"]
    assert kiosk.told()[-1][1]["reference"] == "ABCD2345"


def test_an_order_that_cannot_be_kept_gives_the_fee_back_and_leaves_nothing(kiosk: Kiosk, town: Town) -> None:
    def order() -> str:
        kiosk.ledger.outbox.put(visit())
        raise LookupError

    with pytest.raises(LookupError):
        pay_fee(kiosk.desk, "bulky_fee", 2500, order, Citizen(), pace=kiosk.pace)
    assert town.terminal.books.charged == 0
    assert endings(kiosk) == [("sale.ended", "reversed", 0, "")]
    assert "visit.reported" not in [kind for kind, _ in kiosk.told()]


def test_a_fee_that_is_refused_orders_nothing(kiosk: Kiosk, town: Town) -> None:
    town.terminal.present("refused")
    result = pay_fee(kiosk.desk, "permit", 3000, leave_alone, Citizen(), pace=kiosk.pace)
    assert isinstance(result, SaleResult)
    assert (result.ending, result.reference) == (Ending.DECLINED, "")


def test_no_motor_starts_when_the_terminal_would_not_wait_for_it(kiosk: Kiosk, town: Town) -> None:
    slow = Pace(issue_within=0.0, looks=1, clock=lambda: town.machine, pause=lambda _: None)
    result = sell(kiosk.desk, (grey(1),), Citizen(), pace=slow)
    assert isinstance(result, SaleResult)
    assert (result.ending, result.why, result.charged) == (Ending.REVERSED, "too_slow", 0)
    assert town.columns.starts(1) == 0


def test_nothing_is_begun_without_bags_terminal_or_dispenser(kiosk: Kiosk, town: Town) -> None:
    assert kiosk.sells(grey(2 * FULL + 1)) == NotBegun(NoBags.SOLD_OUT)
    assert kiosk.sells(Line("residual_70", Ware(GREY.article, 2027), 1, 450)) == NotBegun(NoBags.SOLD_OUT)
    closed: tuple[tuple[dict[str, Condition], NoBags | NoCard], ...] = (
        ({DISPENSER.name: Ready()}, NoCard.NO_TERMINAL),
        ({DISPENSER.name: Ready(), CARD_TERMINAL.name: NeedsStaff(StaffNeed.LOOK_AT_IT)}, NoCard.NOT_READY),
        ({CARD_TERMINAL.name: Ready(), DISPENSER.name: Absent()}, NoBags.OUT_OF_ORDER),
        ({CARD_TERMINAL.name: Ready(), DISPENSER.name: Ready(Soon.DROP_SENSOR_DOUBTED)}, NoBags.OUT_OF_ORDER),
    )
    for conditions, why in closed:
        kiosk.noticeboard.pin(conditions)
        assert kiosk.sells(grey(1)) == NotBegun(why)
    # What the noticeboard did not know yet, the lease finds out.
    kiosk.noticeboard.pin({CARD_TERMINAL.name: Ready(), DISPENSER.name: Ready()})
    town.terminal.unplug()
    assert kiosk.sells(grey(1)) == NotBegun(NoCard.NOT_READY)
    town.columns.kill(dead=True)
    assert kiosk.sells(grey(1)) == NotBegun(NoBags.OUT_OF_ORDER)
    assert not kiosk.ledger.sales.unfinished()
    assert not endings(kiosk)
    with pytest.raises(ValueError, match="0"):
        kiosk.sells()


def test_what_the_rig_says_lies_in_a_column_must_be_what_staff_put_there(kiosk: Kiosk, town: Town) -> None:
    kiosk.ledger.sales.refill(1, Ware(GREY.article, 2025), 9, counted=True, employee="1234")
    found = available(kiosk.desk)
    assert isinstance(found, Selling)
    assert found.stock == {GREY: FULL, BROWN: FULL}
    assert bought(kiosk, grey(1)).charged == PRICES[GREY]
    assert town.fallen == (2,)


def visit() -> VisitReported:
    return VisitReported(service="bulky_waste", outcome="answered", began=TUESDAY, seconds=60, language="de")


def leave_alone() -> str:
    raise AssertionError("nobody paid for it")
