"""A pickup that costs something is paid at the kiosk's card terminal: the real driver speaks to a simulated one."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date
from threading import Event
from typing import TYPE_CHECKING, Any, TypeVar, cast

import pytest

from central_office.contract.bulky_codes import OrderCode, order_number
from central_office.contract.bulky_orders import OrderState
from devices.drivers.zvt_terminal.links import TcpLink
from devices.drivers.zvt_terminal.verbs import Habits, ZvtTerminal
from devices.roles import CARD_TERMINAL
from devices.simulators.terminal import Terminal
from devices.wires.address import TcpAddress, parse_address
from devices.wires.tcp_line import TcpLine
from kiosk_app.outcomes import Outcome
from kiosk_app.pace import Pace
from kiosk_app.services.bulky_waste import bulky_waste
from screens.stage import Abandoned, Ending
from screens.steps_bags import PayByCard, Receipt, SaleStopped, Stop
from screens.steps_bulky import Ask, Booked, ChooseDay, DayTrouble, Review, ReviewOrder, ShowBooked
from screens.steps_bulky_mine import ConfirmCancel, ConfirmMove, ShowOrder, Wish
from tests.kiosk_app.rehearsal import TOWN, TUESDAY, ScriptedCitizen
from tests.kiosk_app.test_bulky_waste import (
    ADDRESS,
    BULKY,
    FRIDAY,
    NAME,
    ON_WEDNESDAY,
    SOFA,
    WEDNESDAY,
    Visit,
    south,
)
from tests.kiosk_app.test_my_pickup import brings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from offline_cache.leases import Leases
    from screens.steps import Step
    from tests.kiosk_app.test_bulky_waste import Script

A = TypeVar("A")
EARLY = date(2026, 6, 19)


class Payer(ScriptedCitizen):
    """Waits at the card machine as long as that takes; `there` may do something meanwhile."""

    there: Callable[[], object] = staticmethod(lambda: None)

    def ask(self, step: Step[A], meanwhile: Callable[[], A | None] | None = None, every: float = 0.0) -> A:
        if not isinstance(step, PayByCard):
            return super().ask(step, meanwhile, every)
        self.asked.append(step)
        assert meanwhile is not None
        answer = self.there()
        while answer is None and (answer := meanwhile()) is None:
            time.sleep(0.001)
        if isinstance(answer, BaseException):
            raise answer
        return cast("A", answer)


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    made = Terminal(tempo=0.002, clock=lambda: TUESDAY.astimezone(TOWN.zone))
    yield made
    made.close()


@pytest.fixture
def visit(tmp_path: Path, terminal: Terminal) -> Iterator[Visit]:
    made = Visit(tmp_path)
    made.lends(WEDNESDAY)
    made.has_used_its_pickups()
    address = parse_address(terminal.address, 1, 2)
    assert isinstance(address, TcpAddress)
    driver = ZvtTerminal(TcpLine(address.host, address.port), TcpLink(), Habits(interval=1))
    driver.register(Event())
    made.at.cupboard.put(CARD_TERMINAL, driver)
    yield made
    driver.close()
    made.at.close()


class Promising:
    """The leases of a kiosk at which something happens in the moment in which a day is promised."""

    def __init__(self, leases: Leases, first: Callable[[], object]) -> None:
        self._leases = leases
        self._first = first

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever leases can do
        if name == "promise":
            self._first()
        return getattr(self._leases, name)


def pays(
    visit: Visit,
    *script: tuple[type[Step[Any]], object],
    there: Callable[[], object] | None = None,
    at_the_promise: Callable[[], object] = lambda: None,
) -> object:
    citizen = Payer([*ORDER, *script])
    if there is not None:
        citizen.there = there
    visit.citizen = citizen
    desk = visit.at.desk(citizen)
    desk = replace(desk, leases=cast("Any", Promising(desk.leases, at_the_promise)))
    outcome = bulky_waste(replace(BULKY, pace=Pace(looks=2, pause=lambda _: None)), desk)
    assert citizen.finished()
    return outcome


ORDER: Script = [*ADDRESS, *SOFA, *ON_WEDNESDAY, *NAME, (ReviewOrder, Review.AGREE), (ReviewOrder, Review.BOOK)]


def sales(visit: Visit) -> list[dict[str, Any]]:
    batch = visit.at.ledger.outbox.take(limit=100, room=1_000_000)
    return [one.body for one in batch.commands if one.type == "sale.ended"]


def test_she_pays_and_the_pickup_is_ordered_with_that_payment(visit: Visit, terminal: Terminal) -> None:
    terminal.present("girocard")
    assert pays(visit, (ShowBooked, Booked.FINISH)) is Outcome.ANSWERED
    assert all(review.by_card for review in visit.asked(ReviewOrder))
    assert {step.cents for step in visit.asked(PayByCard)} == {3500}
    (order,) = visit.orders()
    (booked,) = visit.asked(ShowBooked)
    assert (booked.paid, order.cents, order.paid) == (3500, 3500, 3500)
    (sale,) = sales(visit)
    assert (sale["purpose"], sale["ending"], sale["charged"]) == ("bulky_fee", "paid", 3500)
    assert sale["reference"] == order.number


def test_her_card_is_refused_and_nothing_is_ordered(visit: Visit, terminal: Terminal) -> None:
    terminal.present("refused")
    assert pays(visit, (SaleStopped, Receipt.FINISH)) is Outcome.ANSWERED
    (page,) = visit.asked(SaleStopped)
    assert (page.stop, page.not_charged) == (Stop.DECLINED, True)
    assert visit.orders() == []
    assert visit.at.ledger.leases.available(south(WEDNESDAY)) == 10


def test_she_cancels_and_is_back_at_her_order(visit: Visit) -> None:
    leaves = Abandoned(Ending.BY_CITIZEN)
    with pytest.raises(Abandoned):
        pays(visit, (SaleStopped, Receipt.AGAIN), (ReviewOrder, leaves), there=lambda: True)
    assert visit.asked(SaleStopped)[0].stop is Stop.ABORTED
    assert visit.orders() == []


def test_the_day_goes_to_another_kiosk_while_she_pays_and_she_gets_her_money_back(
    visit: Visit, terminal: Terminal
) -> None:
    def somebody_is_faster() -> None:
        held = visit.at.ledger.leases.available(south(WEDNESDAY))
        visit.at.ledger.leases.give_back(south(WEDNESDAY), held)
        terminal.present("girocard")

    with pytest.raises(Abandoned):
        pays(visit, (ChooseDay, Abandoned(Ending.BY_CITIZEN)), there=somebody_is_faster)
    assert visit.asked(ChooseDay)[-1].trouble is DayTrouble.TAKEN_NOT_CHARGED
    assert visit.orders() == []
    (sale,) = sales(visit)
    assert (sale["ending"], sale["charged"]) == ("reversed", 0)


def test_without_a_terminal_she_pays_at_the_office_as_ever(visit: Visit) -> None:
    visit.at.cupboard.take_away(CARD_TERMINAL)
    assert pays(visit, (ShowBooked, Booked.FINISH)) is Outcome.ANSWERED
    assert not any(review.by_card for review in visit.asked(ReviewOrder))
    (order,) = visit.orders()
    assert (order.cents, order.paid) == (3500, 0)
    assert sales(visit) == []


def test_whoever_paid_by_card_and_moves_or_calls_it_off_is_told_what_becomes_of_the_money(
    visit: Visit, terminal: Terminal
) -> None:
    terminal.present("girocard")
    visit.lends(WEDNESDAY, FRIDAY, EARLY)
    pays(visit, (ShowBooked, Booked.FINISH))
    (booked,) = visit.asked(ShowBooked)
    code = OrderCode(order_number(booked.number), booked.code)
    visit.says(
        *brings(code),
        (ShowOrder, Wish.MOVE),
        (ChooseDay, EARLY),
        (ChooseDay, Ask.GO_ON),
        (ConfirmMove, True),
        (ShowBooked, Booked.FINISH),
    )
    (move,) = visit.asked(ConfirmMove)
    assert (move.cents, move.paid) == (6500, 3500)
    visit.says(*brings(code), (ShowOrder, Wish.CANCEL), (ConfirmCancel, True), (ShowOrder, Wish.FINISH))
    (off,) = visit.asked(ConfirmCancel)
    assert off.paid == 3500
    assert [(one.order.cents, one.order.paid) for one in visit.asked(ShowOrder)] == [(6500, 3500)] * 2
    assert visit.asked(ShowOrder)[-1].order.state is OrderState.CANCELLED


def test_the_day_goes_while_she_pays_and_the_terminal_falls_silent_so_she_gets_her_proof(
    visit: Visit, terminal: Terminal
) -> None:
    def somebody_is_faster() -> None:
        held = visit.at.ledger.leases.available(south(WEDNESDAY))
        visit.at.ledger.leases.give_back(south(WEDNESDAY), held)
        terminal.present("girocard")

    ends: Script = [(SaleStopped, Receipt.FINISH)]
    outcome = pays(visit, *ends, there=somebody_is_faster, at_the_promise=terminal.unplug)
    assert outcome is Outcome.ANSWERED
    (page,) = visit.asked(SaleStopped)
    assert (page.stop, page.not_charged) == (Stop.UNCLEAR, False)
    assert page.code
    assert visit.orders() == []
