"""Payments at a card terminal, on both wires: every ending is what the terminal's own books say."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from devices.conditions import Absent, Need, NeedsStaff, Ready, Soon
from devices.errors import Cancelled, Disconnected, ProtocolError, TransportError, Unavailable
from devices.payments import (
    Aborted,
    Advice,
    Declined,
    Paid,
    Refusal,
    Repeated,
    Reserved,
    Reversed,
    SlipKind,
    Stamp,
    TerminalStatus,
    Totals,
    Unclear,
)
from devices.rig import RigError
from devices.roles import CARD_TERMINAL
from devices.simulators.terminal import Terminal
from devices.simulators.terminal_books import CARDS, Fate
from devices.simulators.terminal_commands import Fault, Left, Reach
from tests.devices.drivers.till import PRICE, TEMPO, Bags, Till, till_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from devices.noticeboard import Noticeboard
    from devices.simulators.bench import Bench
    from devices.supervisor import Supervisor


on_both_wires = pytest.mark.parametrize("terminal", ["tcp", "serial"], indirect=True)


@pytest.fixture
def terminal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Terminal]:
    link = tmp_path / "terminal" if getattr(request, "param", "tcp") == "serial" else None
    terminal = Terminal(link=link, tempo=TEMPO, baud=0)
    yield terminal
    terminal.close()


@pytest.fixture
def till(terminal: Terminal) -> Iterator[Till]:
    till = till_at(terminal)
    yield till
    till.device.close()


@on_both_wires
def test_a_citizen_pays_and_the_terminal_books_after_the_bags_have_come(till: Till) -> None:
    bags = Bags(slowly=2)
    outcome = till.sell(bags)
    assert isinstance(outcome, Paid)
    assert (outcome.booking.amount, outcome.booking.receipt, outcome.booking.trace) == (PRICE, 1, 101)
    assert (outcome.booking.terminal, outcome.booking.card) == ("12345678", "girocard")
    assert outcome.booking.masked_pan == "672612*********4566"
    assert bags.written == [outcome.booking]
    assert bags.asked == 3
    assert till.terminal.books.charged == PRICE
    assert till.told == [Advice.PRESENT_CARD, Advice.LOOK_AT_TERMINAL, Advice.WAIT]
    assert [slip.kind for slip in outcome.slips] == [SlipKind.MERCHANT, SlipKind.CUSTOMER]
    assert outcome.slips[1].lines[0].text == "Kartenzahlung"


def test_the_terminal_has_booked_nothing_while_the_bags_are_falling(till: Till) -> None:
    charged: list[int] = []
    till.sell(Bags(then=lambda: charged.append(till.terminal.books.charged)))
    assert charged == [0]


@on_both_wires
def test_bags_that_do_not_come_are_not_charged(till: Till) -> None:
    outcome = till.sell(Bags(0))
    assert isinstance(outcome, Reversed)
    assert outcome.booking.amount == PRICE
    assert Advice.GIVING_BACK in till.told
    assert till.terminal.books.charged == 0


@on_both_wires
def test_half_of_the_bags_is_charged_by_half(till: Till) -> None:
    outcome = till.sell(Bags(PRICE // 2))
    assert isinstance(outcome, Paid)
    assert outcome.booking.amount == till.terminal.books.charged == PRICE // 2


def test_bags_that_take_for_ever_are_given_up_by_the_terminal(terminal: Terminal) -> None:
    till = till_at(terminal, goods_repeats=3, goods_interval=20)
    bags = Bags(slowly=1000)
    assert isinstance(till.sell(bags), Reversed)
    assert bags.asked == 4
    assert terminal.books.charged == 0
    till.device.close()


def test_a_terminal_that_takes_the_money_back_while_bags_still_fall_is_refused_in_the_rig_file(
    terminal: Terminal,
) -> None:
    with pytest.raises(RigError, match="at least 60 seconds, not 3"):
        till_at(terminal, goods_repeats=3, goods_interval=1)
    till_at(terminal, goods_issue=False, goods_repeats=3, goods_interval=1).device.close()


def test_a_terminal_that_wants_its_day_closed_first_says_so_and_is_well_after_that(till: Till) -> None:
    till.terminal.fail(Fault.DAY_FIRST)
    assert till.sell(Bags()) == Declined(Refusal.END_OF_DAY_FIRST, 0xF0)
    assert isinstance(till.device.end_of_day(till.cancel), Totals)
    assert isinstance(till.sell(Bags()), Paid)


def test_a_terminal_whose_journal_is_full_is_lent_to_who_closes_its_day_and_takes_no_payment(till: Till) -> None:
    till.terminal.fail(Fault.JOURNAL_FULL)
    assert till.device.condition() == Ready(Soon.DAY_TO_CLOSE)
    assert till.sell(Bags()) == Declined(Refusal.END_OF_DAY_FIRST, 0xB2)
    assert isinstance(till.device.end_of_day(till.cancel), Totals)
    assert till.device.condition() == Ready()
    assert isinstance(till.sell(Bags()), Paid)


def test_an_end_of_day_is_cancelled_before_it_goes_out_or_not_at_all(till: Till) -> None:
    assert isinstance(till.sell(Bags()), Paid)
    till.cancel.set()
    with pytest.raises(Cancelled):
        till.device.end_of_day(till.cancel)
    assert till.terminal.books.day == 0
    till.cancel.clear()
    till.terminal.fail(Fault.SLOW_HOST)
    ends = threading.Timer(0.02, till.cancel.set)
    ends.start()
    said = till.device.end_of_day(till.cancel)
    ends.join()
    assert till.cancel.is_set()
    assert isinstance(said, Totals)
    assert said.amount == PRICE
    assert till.terminal.books.day == 1


@pytest.mark.parametrize(
    ("card", "refusal", "code"),
    [
        ("refused", Refusal.HOST_REFUSED, 0x05),
        ("blocked", Refusal.CARD_BLOCKED, 0x6E),
        ("poor", Refusal.CREDIT_TOO_LOW, 0x71),
    ],
)
def test_a_card_that_is_declined_is_not_charged(till: Till, card: str, refusal: Refusal, code: int) -> None:
    bags = Bags()
    outcome = till.sell(bags, card, cents=600)
    assert isinstance(outcome, Declined)
    assert (outcome.refusal, outcome.code) == (refusal, code)
    assert (bags.written, till.terminal.books.charged) == ([], 0)
    # The next citizen's card is welcome.
    assert isinstance(till.sell(Bags()), Paid)


def test_a_terminal_without_its_host_declines(till: Till) -> None:
    till.terminal.fail(Fault.NO_HOST)
    outcome = till.sell(Bags())
    assert isinstance(outcome, Declined)
    assert outcome.refusal is Refusal.NO_CONNECTION


def test_nobody_presents_a_card(till: Till) -> None:
    till.terminal.panel.card_within = 0.1
    assert till.sell(Bags(), card=None) == Aborted()


def test_a_citizen_presses_the_red_key(till: Till, until: Callable[[Callable[[], bool]], None]) -> None:
    outcomes: list[object] = []
    paying = threading.Thread(target=lambda: outcomes.append(till.sell(Bags(), card=None)))
    paying.start()
    until(lambda: Advice.PRESENT_CARD in till.told)
    till.terminal.press_stop()
    paying.join(10)
    assert outcomes == [Aborted()]


@on_both_wires
def test_a_citizen_walks_away_before_her_card_was_read(till: Till, until: Callable[[Callable[[], bool]], None]) -> None:
    outcomes: list[object] = []
    paying = threading.Thread(target=lambda: outcomes.append(till.sell(Bags(), card=None)))
    paying.start()
    until(lambda: Advice.PRESENT_CARD in till.told)
    till.cancel.set()
    paying.join(0.5)
    assert not paying.is_alive()
    assert outcomes == [Aborted()]
    till.cancel.clear()
    assert isinstance(till.sell(Bags()), Paid)


def test_a_citizen_who_walks_away_too_late_is_told_and_the_outcome_is_waited_for(till: Till) -> None:
    outcome = till.sell(Bags(then=till.cancel.set, slowly=1))
    assert isinstance(outcome, Paid)
    assert till.told.count(Advice.CANNOT_CANCEL) == 1


@on_both_wires
def test_a_terminal_at_its_host_does_not_stop_and_says_so(
    till: Till, until: Callable[[Callable[[], bool]], None]
) -> None:
    till.terminal.fail(Fault.SLOW_HOST)
    till.terminal.panel.slow = 1 / TEMPO
    outcomes: list[object] = []
    paying = threading.Thread(target=lambda: outcomes.append(till.sell(Bags())))
    paying.start()
    until(lambda: Advice.WAIT in till.told)
    till.cancel.set()
    until(lambda: Advice.CANNOT_CANCEL in till.told)
    paying.join(15)
    assert isinstance(outcomes[0], Paid)


def test_a_visit_that_has_ended_sends_nothing(till: Till) -> None:
    till.cancel.set()
    for verb in (
        lambda: till.sell(Bags()), lambda: till.reverse(1), lambda: till.device.status(till.cancel),
        lambda: till.device.end_of_day(till.cancel), lambda: till.device.repeat_receipt(till.cancel),
        lambda: till.device.log_off(till.cancel), lambda: till.device.diagnose(till.cancel),
    ):  # fmt: skip
        with pytest.raises(Cancelled):
            verb()
    assert till.terminal.books.payments == []


def test_goods_that_fail_in_the_middle_are_reversed_and_the_failure_is_not_hidden(till: Till) -> None:
    def breaks() -> None:
        raise Disconnected

    with pytest.raises(Disconnected):
        till.sell(Bags(then=breaks))
    assert isinstance(till.device.status(threading.Event()), TerminalStatus)
    assert till.terminal.books.charged == 0
    assert till.terminal.books.payments[0].fate is Fate.REVERSED


@on_both_wires
def test_a_payment_is_reversed_by_its_receipt_and_only_once(till: Till) -> None:
    first, second = till.sell(Bags()), till.sell(Bags())
    assert isinstance(first, Paid)
    assert isinstance(second, Paid)
    assert isinstance(till.reverse(first.booking.receipt), Reversed)
    again = till.reverse(first.booking.receipt)
    assert isinstance(again, Declined)
    assert again.refusal is Refusal.ALREADY_REVERSED
    assert till.terminal.books.charged == PRICE


def test_a_terminal_that_reverses_only_its_last_payment_declines_an_older_one(till: Till) -> None:
    till.terminal.set_reach(Reach.LAST)
    first, second = till.sell(Bags()), till.sell(Bags())
    assert isinstance(first, Paid)
    assert isinstance(second, Paid)
    older = till.reverse(first.booking.receipt)
    assert isinstance(older, Declined)
    assert older.refusal is Refusal.REVERSAL_NOT_POSSIBLE
    assert isinstance(till.reverse(second.booking.receipt), Reversed)


def test_money_is_refunded_to_a_card_that_is_presented(till: Till) -> None:
    till.sell(Bags())
    till.terminal.present("girocard")
    assert isinstance(till.device.refund(PRICE, till.told.append, till.cancel), Reversed)
    assert till.terminal.books.charged == 0


def test_the_last_payment_is_told_again(till: Till) -> None:
    assert till.device.repeat_receipt(till.cancel) == Repeated(None)
    paid = till.sell(Bags())
    assert isinstance(paid, Paid)
    told = till.device.repeat_receipt(till.cancel)
    assert isinstance(told, Repeated)
    assert (told.booking, told.taken) == (paid.booking, True)
    till.sell(Bags(0))
    told = till.device.repeat_receipt(till.cancel)
    assert isinstance(told, Repeated)
    assert told.booking is not None
    assert (told.booking.receipt, told.taken) == (2, False)


@on_both_wires
def test_the_day_is_counted_and_closed(till: Till) -> None:
    till.sell(Bags())
    till.sell(Bags(1250), "contactless", cents=1250)
    for ask in (till.device.totals, till.device.end_of_day):
        day = ask(till.cancel)
        assert isinstance(day, Totals)
        assert (day.amount, day.first_receipt, day.last_receipt) == (1750, 1, 2)
        assert [(each.card, each.count, each.amount) for each in day.tallies] == [
            ("girocard", 1, 500),
            ("Visa", 1, 1250),
        ]
        assert day.slips[0].kind is SlipKind.ADMINISTRATION
    closed = till.device.totals(till.cancel)
    assert isinstance(closed, Totals)
    assert closed.amount == 0
    late = till.reverse(1)
    assert isinstance(late, Declined)
    assert late.refusal is Refusal.REVERSAL_NOT_POSSIBLE


def test_an_amount_is_held_and_booked_in_part_or_given_free(terminal: Terminal) -> None:
    till = till_at(terminal, preauthorisation=True)
    for settle, charged in ((till.device.book, 300), (till.device.release, 300)):
        terminal.present("girocard")
        held = till.device.reserve(PRICE, till.told.append, till.cancel)
        assert isinstance(held, Reserved)
        assert held.booking.receipt is not None
        assert isinstance(settle(held.booking.receipt, 300, till.cancel), Paid | Reversed)
        assert terminal.books.charged == charged
        again = settle(held.booking.receipt, 300, till.cancel)
        assert isinstance(again, Declined)
        assert again.refusal is Refusal.NO_SUCH_RESERVATION
    till.device.close()


@pytest.mark.parametrize(
    ("options", "worth", "kind", "charged"),
    [
        ({"goods_issue": False, "preauthorisation": True}, PRICE, Paid, PRICE),
        ({"goods_issue": False, "preauthorisation": True}, 200, Paid, 200),
        ({"goods_issue": False, "preauthorisation": True, "part_issue": False}, 200, Reversed, 0),
        ({"goods_issue": False, "preauthorisation": True}, 0, Reversed, 0),
        ({"goods_issue": False}, PRICE, Paid, PRICE),
        ({"goods_issue": False}, 200, Reversed, 0),
        ({"goods_issue": False}, 0, Reversed, 0),
        ({"goods_issue": False, "reversal": "none"}, 0, Paid, PRICE),
        ({"part_issue": False}, 200, Reversed, 0),
        ({"text_blocks": False}, PRICE, Paid, PRICE),
    ],
)
def test_a_terminal_that_can_do_less_still_charges_for_what_was_issued(
    terminal: Terminal, options: dict[str, bool | str], worth: int, kind: type[object], charged: int
) -> None:
    till = till_at(terminal, **options)
    outcome = till.sell(Bags(worth))
    assert type(outcome) is kind
    assert terminal.books.charged == charged
    if isinstance(outcome, Paid):
        assert outcome.booking.amount == charged
    till.device.close()


def test_goods_that_fail_at_a_terminal_that_has_booked_already_are_reversed(terminal: Terminal) -> None:
    @dataclass
    class Jammed(Bags):
        """Its motor's line fails while it turns."""

        def issued(self, within: float) -> int | None:
            raise Disconnected

    for able in ({"preauthorisation": True}, {"reversal": "last"}):
        till = till_at(terminal, goods_issue=False, **able)
        with pytest.raises(Disconnected):
            till.sell(Jammed())
        assert terminal.books.charged == 0
        assert terminal.books.payments[-1].fate is Fate.REVERSED
        till.device.close()


def test_what_the_rig_excludes_is_declined_without_a_word_on_the_wire(terminal: Terminal) -> None:
    till = till_at(terminal, reversal="none", refund=False, repeat_receipt=False, end_of_day=False)
    terminal.unplug()
    declined = Declined(Refusal.NOT_SUPPORTED, 0x83)
    assert till.reverse(1) == declined
    assert till.device.refund(1, till.told.append, till.cancel) == declined
    assert till.device.reserve(1, till.told.append, till.cancel) == declined
    assert till.device.book(1, 1, till.cancel) == till.device.release(1, 1, till.cancel) == declined
    assert till.device.repeat_receipt(till.cancel) == declined
    assert till.device.end_of_day(till.cancel) == till.device.totals(till.cancel) == declined
    till.device.close()


@pytest.mark.parametrize("cents", [0, -1, 1_000_000])
def test_an_amount_that_nobody_can_mean_is_refused_here(till: Till, cents: int) -> None:
    with pytest.raises(ValueError, match=str(cents)):
        till.sell(Bags(), cents=cents)


def test_a_completion_that_gets_lost_is_unclear_and_cleared_up_by_asking(terminal: Terminal, till: Till) -> None:
    terminal.fail(Fault.LOST_COMPLETION)
    lost = till.sell(Bags())
    assert isinstance(lost, Unclear)
    assert lost.booking is not None
    till.device.close()
    terminal.fail(Fault.NONE)
    till = till_at(terminal)
    told = till.device.repeat_receipt(till.cancel)
    assert isinstance(told, Repeated)
    assert told.booking == lost.booking
    assert isinstance(till.reverse(lost.booking.receipt), Reversed)
    assert terminal.books.charged == 0
    till.device.close()


@pytest.mark.parametrize("left", Left)
def test_a_terminal_that_loses_power_while_the_bags_fall_leaves_it_unclear(
    terminal: Terminal, till: Till, left: Left
) -> None:
    terminal.set_left(left)
    outcome = till.sell(Bags(slowly=1, then=terminal.unplug))
    assert isinstance(outcome, Unclear)
    assert outcome.booking is not None
    till.device.close()
    terminal.plug()
    till = till_at(terminal)
    told = till.device.repeat_receipt(till.cancel)
    assert isinstance(told, Repeated)
    assert told.taken is (left is Left.BOOKED)
    if told.taken:
        assert isinstance(till.reverse(outcome.booking.receipt), Reversed)
    assert terminal.books.charged == 0
    till.device.close()


@pytest.mark.parametrize("left", Left)
def test_a_kiosk_that_loses_power_while_the_bags_fall_finds_the_payment_afterwards(
    terminal: Terminal, till: Till, left: Left, until: Callable[[Callable[[], bool]], None]
) -> None:
    terminal.set_left(left)
    till.sell(Bags(slowly=1, then=till.device.close))
    until(lambda: terminal.books.payments[0].fate is not Fate.AUTHORISED)
    till = till_at(terminal)
    told = till.device.repeat_receipt(till.cancel)
    assert isinstance(told, Repeated)
    assert told.booking is not None
    assert told.taken is (left is Left.BOOKED)
    till.device.close()


@pytest.mark.parametrize("fault", [Fault.SILENT, Fault.GARBAGE, Fault.HALF])
def test_a_terminal_that_talks_no_sense_before_a_payment_leaves_nothing_unclear(till: Till, fault: Fault) -> None:
    till.terminal.fail(fault)
    begun = time.monotonic()
    with pytest.raises((TransportError, ProtocolError)):
        till.device.condition()
    assert time.monotonic() - begun < 5
    assert till.terminal.books.payments == []


def test_a_terminal_out_of_order_needs_somebody_and_takes_no_payment(till: Till) -> None:
    till.terminal.fail(Fault.OUT_OF_ORDER)
    assert till.device.condition() == NeedsStaff(Need.LOOK_AT_IT)
    outcome = till.sell(Bags())
    assert outcome == Declined(Refusal.TERMINAL_NOT_READY, 0xDF)
    till.terminal.fail(Fault.NONE)
    assert till.device.condition() == Ready()


def test_a_terminal_that_was_logged_off_is_registered_at_the_next_look(till: Till) -> None:
    assert till.device.log_off(till.cancel)
    assert till.device.condition() == Ready()
    till.device.register(till.cancel)
    assert isinstance(till.sell(Bags()), Paid)


def test_a_diagnosis_says_whether_the_host_is_reached(till: Till) -> None:
    assert till.device.diagnose(till.cancel) == TerminalStatus(0, Ready())
    till.terminal.fail(Fault.NO_HOST)
    told = till.device.diagnose(till.cancel)
    assert isinstance(told, Declined)
    assert told.refusal is Refusal.NO_CONNECTION


@on_both_wires
def test_a_card_number_or_track_that_a_terminal_tells_is_kept_nowhere(
    terminal: Terminal, caplog: pytest.LogCaptureFixture
) -> None:
    terminal.fail(Fault.TRACKS)
    with caplog.at_level(logging.DEBUG):
        for blocks in (True, False):
            till = till_at(terminal, text_blocks=blocks)
            for name in ("girocard", "contactless"):
                outcome = till.sell(Bags(), name)
                number = next(card.number for card in CARDS if card.name == name)
                assert isinstance(outcome, Paid)
                kept = repr((outcome, till.device.repeat_receipt(till.cancel), vars(till.device)))
                assert outcome.booking.masked_pan == ""
                assert number not in kept
                assert number not in caplog.text
                assert number[:-4] not in kept
            till.device.close()


def test_a_terminals_date_is_put_into_the_year_that_is_nearest() -> None:
    new_year = datetime(2027, 1, 1, 0, 1, tzinfo=UTC)
    assert Stamp(12, 31, 23, 59, 0).near(new_year) == datetime(2026, 12, 31, 23, 59, tzinfo=UTC)
    assert Stamp(1, 1, 0, 2, 0).near(new_year) == datetime(2027, 1, 1, 0, 2, tzinfo=UTC)
    assert Stamp(2, 30, 0, 0, 0).near(new_year) is None


@pytest.mark.parametrize("fault", [Fault.SILENT, Fault.GARBAGE])
def test_a_terminal_that_fell_silent_overnight_is_called_anew_by_itself(
    bench: Bench,
    supervisor: Supervisor,
    board: Noticeboard,
    until: Callable[[Callable[[], bool]], None],
    fault: Fault,
) -> None:
    def says(condition: object) -> Callable[[], bool]:
        def look() -> bool:
            supervisor.round()
            return board.of(CARD_TERMINAL) == condition

        return look

    bench.terminal.panel.tempo = TEMPO
    until(says(Ready()))
    bench.terminal.fail(fault)
    until(says(Absent()))
    with pytest.raises(Unavailable), supervisor.lease(CARD_TERMINAL):
        pass
    bench.terminal.fail(Fault.NONE)
    until(says(Ready()))
    bench.terminal.present("girocard")
    with supervisor.lease(CARD_TERMINAL) as terminal:
        assert isinstance(terminal.pay(PRICE, Bags(), lambda _: None, threading.Event()), Paid)
