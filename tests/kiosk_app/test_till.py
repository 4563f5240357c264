"""The end of the till's day: the terminal's totals beside the kiosk's sales, at a simulated terminal over TCP."""

from __future__ import annotations

from datetime import timedelta
from threading import Event
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from devices.conditions import Absent, Ready
from devices.payments import Capabilities
from devices.roles import CARD_TERMINAL, DISPENSER
from devices.simulators.terminal_books import CARDS, Fate
from devices.simulators.terminal_commands import Fault
from kiosk_app.money_duty import LOOK_AT_TILL_EVERY, MoneyDuty
from kiosk_app.sale import NoCard, card_sales
from kiosk_app.till import Till
from tests.crash.medium import FOLDER, Remains
from tests.crash.ram_disk import RamDisk, anchors
from tests.crash.shop import Kiosk, Town, brown, grey
from tests.kiosk_app.rehearsal import TOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kiosk_app.conductor import Memory

NIGHT = timedelta(hours=14)
"""From twenty-four minutes past ten into the next day of the town."""


@pytest.fixture
def town() -> Iterator[Town]:
    town = Town()
    yield town
    town.close()


@pytest.fixture
def kiosk(town: Town) -> Iterator[Kiosk]:
    with anchors() as place:
        disk = RamDisk(place, Remains({"/kiosk": FOLDER}))
        kiosk = Kiosk(town, disk)
        kiosk.filled()
        yield kiosk
        kiosk.close()
        disk.throw_away()


def till_of(kiosk: Kiosk, *, cancelled: bool = False) -> Till:
    cancel = Event()
    if cancelled:
        cancel.set()
    return Till(
        kiosk,
        kiosk.noticeboard,
        kiosk.ledger.sales,
        kiosk.ledger.till,
        town=TOWN,
        now=kiosk.town.clock.now,
        cancel=cancel,
    )


def sells(kiosk: Kiosk, card: str = "girocard") -> None:
    kiosk.town.terminal.present(card)
    kiosk.sells(grey(1), brown(1))


def report(kiosk: Kiosk) -> dict[str, Any]:
    kind, body = kiosk.told()[-1]
    assert kind == "till.closed"
    return body


def test_after_midnight_the_terminals_day_is_closed_and_agrees(kiosk: Kiosk, town: Town) -> None:
    sells(kiosk)
    sells(kiosk, "contactless")
    till = till_of(kiosk)
    assert not till.due()
    town.clock.passes(NIGHT)
    assert till.due()
    assert till.close()
    found = report(kiosk)
    assert (found["amount"], found["count"]) == (1140, 2)
    assert (found["expected_amount"], found["expected_count"]) == (1140, 2)
    assert (found["first_receipt"], found["last_receipt"], found["terminal"]) == (1, 2, "12345678")
    assert {tally["card"]: tally["amount"] for tally in found["tallies"]} == {"girocard": 570, "Visa": 570}
    assert found["differences"] == []
    assert town.terminal.books.day == 1
    # The next day has nothing to close before its first sale.
    town.clock.passes(NIGHT * 2)
    assert not till.due()


def test_what_the_books_do_not_know_is_a_difference(kiosk: Kiosk, town: Town) -> None:
    sells(kiosk)
    # A sale is torn, and the terminal's last payment is one that the kiosk knows nothing of.
    sale = kiosk.ledger.sales.reserve((grey(1),))
    kiosk.ledger.sales.authorizing(sale)
    town.terminal.books.enter(CARDS[0], 700, Fate.BOOKED)
    kiosk.settles()
    town.clock.passes(NIGHT)
    assert till_of(kiosk).close()
    found = report(kiosk)
    assert (found["amount"], found["expected_amount"]) == (1270, 570)
    assert found["differences"] == [sale]


def test_a_terminal_that_reaches_no_host_is_asked_again(kiosk: Kiosk, town: Town) -> None:
    sells(kiosk)
    town.clock.passes(NIGHT)
    town.terminal.fail(Fault.NO_HOST)
    assert not till_of(kiosk).close()
    assert till_of(kiosk).due()
    town.terminal.fail(Fault.NONE)
    assert till_of(kiosk).close()
    assert report(kiosk)["amount"] == 570


def test_a_terminal_that_takes_no_payment_before_its_day_is_closed_has_it_closed_at_once(
    kiosk: Kiosk, town: Town
) -> None:
    sells(kiosk)
    town.terminal.fail(Fault.DAY_FIRST)
    sells(kiosk)
    till = till_of(kiosk)
    assert till.due()
    assert till.close()
    assert (report(kiosk)["amount"], report(kiosk)["expected_amount"]) == (570, 570)
    assert not till.due()
    sells(kiosk)
    assert town.terminal.books.charged == 2 * 570


def closes_when_due(kiosk: Kiosk) -> bool:
    """As the house does: looks at the terminal, and closes what is due."""
    kiosk.noticeboard.pin({CARD_TERMINAL.name: kiosk.condition(CARD_TERMINAL), DISPENSER.name: Ready()})
    till = till_of(kiosk)
    return till.due() and till.close()


def test_a_terminal_whose_journal_is_full_stays_not_closed_for_cards(kiosk: Kiosk, town: Town) -> None:
    sells(kiosk)
    town.terminal.fail(Fault.JOURNAL_FULL)
    kiosk.noticeboard.pin({CARD_TERMINAL.name: kiosk.condition(CARD_TERMINAL), DISPENSER.name: Ready()})
    # Nobody is sent to a terminal that is going to refuse.
    assert card_sales(kiosk.desk) is NoCard.NOT_READY
    assert closes_when_due(kiosk)
    assert (report(kiosk)["amount"], report(kiosk)["expected_amount"]) == (570, 570)
    assert not closes_when_due(kiosk)
    assert card_sales(kiosk.desk) is None
    sells(kiosk)
    assert town.terminal.books.charged == 2 * 570


def test_a_terminal_whose_journal_stays_full_has_no_day_closed_every_minute(kiosk: Kiosk, town: Town) -> None:
    town.terminal.fail(Fault.JOURNAL_FULL)
    assert closes_when_due(kiosk)
    town.terminal.fail(Fault.JOURNAL_FULL)
    town.clock.passes(timedelta(minutes=59))
    assert not closes_when_due(kiosk)
    town.clock.passes(timedelta(minutes=1))
    assert closes_when_due(kiosk)


def test_a_day_that_another_closes_is_not_told_for_each_citizen_whom_the_terminal_refuses(
    kiosk: Kiosk, town: Town
) -> None:
    kiosk.capabilities = Capabilities(end_of_day=False)
    sells(kiosk)
    town.terminal.fail(Fault.DAY_FIRST)
    sells(kiosk)
    assert not till_of(kiosk).close()
    assert not any(kind == "till.closed" for kind, _ in kiosk.told())
    town.clock.passes(NIGHT)
    assert till_of(kiosk).close()
    assert (report(kiosk)["amount"], report(kiosk)["expected_amount"]) == (None, 570)


def test_a_day_whose_closing_was_cancelled_before_it_went_out_is_closed_the_next_time(kiosk: Kiosk, town: Town) -> None:
    sells(kiosk)
    town.clock.passes(NIGHT)
    ends = till_of(kiosk, cancelled=True)
    assert not ends.close()
    assert town.terminal.books.day == 0
    assert kiosk.ledger.till.closing() is None
    assert till_of(kiosk).close()
    assert report(kiosk)["amount"] == 570


def test_a_closing_that_the_power_cut_is_told_without_figures_and_not_done_again(kiosk: Kiosk, town: Town) -> None:
    sells(kiosk)
    town.clock.passes(NIGHT)
    kiosk.ledger.till.close(kiosk.ledger.till.day().upto)
    till = till_of(kiosk)
    assert till.due()
    assert till.close()
    found = report(kiosk)
    assert (found["amount"], found["expected_amount"]) == (None, 570)
    assert town.terminal.books.day == 0
    assert not till.due()


def test_a_terminal_whose_day_another_closes_is_not_asked(kiosk: Kiosk, town: Town) -> None:
    kiosk.capabilities = Capabilities(end_of_day=False)
    sells(kiosk)
    town.clock.passes(NIGHT)
    assert till_of(kiosk).close()
    assert (report(kiosk)["amount"], report(kiosk)["expected_amount"]) == (None, 570)
    assert town.terminal.books.day == 0


def test_no_day_is_closed_while_a_sale_is_open_or_no_terminal_is_there(kiosk: Kiosk, town: Town) -> None:
    sells(kiosk)
    town.clock.passes(NIGHT)
    sale = kiosk.ledger.sales.reserve((grey(1),))
    assert not till_of(kiosk).due()
    kiosk.ledger.sales.drop(sale)
    kiosk.noticeboard.pin({CARD_TERMINAL.name: Absent()})
    assert not till_of(kiosk).due()
    kiosk.noticeboard.pin({CARD_TERMINAL.name: Ready()})
    town.terminal.unplug()
    assert not till_of(kiosk).close()
    assert kiosk.ledger.till.closing() is None


def test_the_house_settles_before_a_session_and_closes_between_two(kiosk: Kiosk, town: Town) -> None:
    ran, beats = [100.0], [0]

    def beat() -> None:
        beats[0] += 1

    duty = MoneyDuty(
        kiosk, kiosk.noticeboard, town=TOWN, now=town.clock.now, stop=Event(), clock=lambda: ran[0], beat=beat
    )
    memory = cast("Memory", SimpleNamespace(sales=kiosk.ledger.sales, till=kiosk.ledger.till))
    sells(kiosk)
    torn = kiosk.ledger.sales.reserve((grey(1),))
    kiosk.ledger.sales.authorizing(torn)
    duty.settle(memory)
    assert not kiosk.ledger.sales.unfinished()
    # One that stayed unclear is asked about again while nobody is there.
    torn = kiosk.ledger.sales.reserve((grey(1),))
    kiosk.ledger.sales.authorizing(torn)
    town.terminal.fail(Fault.NO_HOST)
    town.terminal.books.enter(CARDS[0], 450, Fate.BOOKED)
    kiosk.settles()
    assert kiosk.ledger.sales.unfinished()[0].told
    duty.settle(memory)
    town.terminal.fail(Fault.NONE)
    ran[0] += LOOK_AT_TILL_EVERY
    assert not duty.look(memory)
    assert not kiosk.ledger.sales.unfinished()
    town.clock.passes(NIGHT)
    assert not duty.look(memory)
    ran[0] += LOOK_AT_TILL_EVERY
    assert duty.look(memory)
    assert report(kiosk)["amount"] == 570
