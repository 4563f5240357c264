"""A pickup that costs something is paid at the kiosk's card terminal: the real driver speaks to a simulated one."""

from __future__ import annotations

import time
from dataclasses import replace
from threading import Event
from typing import TYPE_CHECKING, Any, TypeVar, cast

import pytest

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
from screens.steps_bulky import Booked, ChooseDay, DayTrouble, Review, ReviewOrder, ShowBooked
from tests.kiosk_app.rehearsal import TOWN, TUESDAY, ScriptedCitizen
from tests.kiosk_app.test_bulky_waste import (
    ADDRESS,
    BULKY,
    NAME,
    ON_WEDNESDAY,
    SOFA,
    WEDNESDAY,
    Visit,
    south,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from screens.steps import Step
    from tests.kiosk_app.test_bulky_waste import Script

A = TypeVar("A")


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


def pays(visit: Visit, *script: tuple[type[Step[Any]], object], there: Callable[[], object] | None = None) -> object:
    citizen = Payer([*ORDER, *script])
    if there is not None:
        citizen.there = there
    visit.citizen = citizen
    outcome = bulky_waste(replace(BULKY, pace=Pace(looks=2, pause=lambda _: None)), visit.at.desk(citizen))
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
    assert booked.paid == 3500
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
    assert visit.asked(ChooseDay)[-1].trouble is DayTrouble.TAKEN
    assert visit.orders() == []
    (sale,) = sales(visit)
    assert (sale["ending"], sale["charged"]) == ("reversed", 0)


def test_without_a_terminal_she_pays_at_the_office_as_ever(visit: Visit) -> None:
    visit.at.cupboard.take_away(CARD_TERMINAL)
    assert pays(visit, (ShowBooked, Booked.FINISH)) is Outcome.ANSWERED
    assert not any(review.by_card for review in visit.asked(ReviewOrder))
    (order,) = visit.orders()
    assert order.cents == 3500
    assert sales(visit) == []
