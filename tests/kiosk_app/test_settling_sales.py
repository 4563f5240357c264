"""A kiosk starts and finds a sale without an end: what each state comes to, by what the terminal remembers."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from devices.payments import Capabilities, ReversalReach
from devices.simulators.terminal_books import CARDS, Fate
from devices.simulators.terminal_commands import Fault, Reach
from kiosk_app.sale import NoCard, card_sales
from offline_cache.sales import CardPayment, SaleId
from tests.crash.medium import FOLDER, Remains
from tests.crash.ram_disk import RamDisk, anchors
from tests.crash.shop import FULL, Kiosk, Town, brown, grey
from tests.kiosk_app.rehearsal import TUESDAY

if TYPE_CHECKING:
    from collections.abc import Iterator

ASKED = 1020
"""Two grey bags and a brown one."""


class Shop:
    """A kiosk whose citizen came as far as the story wants, and a terminal that remembers what it wants."""

    def __init__(self, kiosk: Kiosk) -> None:
        self.kiosk = kiosk
        self.town = kiosk.town
        self.sales = kiosk.ledger.sales
        self.books = kiosk.town.terminal.books

    def remembers(self, fate: Fate = Fate.BOOKED, amount: int = ASKED) -> CardPayment:
        """The terminal has had a payment."""
        payment = self.books.enter(CARDS[0], amount, Fate.BOOKED)
        if fate is not Fate.BOOKED:
            self.books.settle(payment, fate)
        return CardPayment(amount, payment.receipt, payment.trace, "12345678", "girocard", stamp=TUESDAY)

    def authorizing(self) -> SaleId:
        sale = self.sales.reserve((grey(2), brown(1)))
        self.sales.authorizing(sale)
        return sale

    def authorized(self, fate: Fate = Fate.REVERSED) -> SaleId:
        sale = self.authorizing()
        self.sales.authorized(sale, self.remembers(fate))
        return sale

    def turned(self, sale: SaleId, *columns: int, lines: tuple[int, ...] = (0, 0, 1)) -> None:
        for column, line in zip(columns, lines, strict=False):
            self.sales.turned(self.sales.turning(sale, line, column), "dropped", 1)

    def ends(self, settled: int = 1) -> tuple[str, int | None, str]:
        """Settles, and what the office is told in the end."""
        starts = [self.town.columns.starts(column) for column in (1, 2, 3)]
        assert self.kiosk.settles() == settled
        assert starts == [self.town.columns.starts(column) for column in (1, 2, 3)]
        kind, body = self.kiosk.told()[-1]
        assert kind in ("sale.ended", "sale.settled")
        return body["ending"], body["charged"], body["why"]


@pytest.fixture
def shop() -> Iterator[Shop]:
    town = Town()
    with anchors() as place:
        disk = RamDisk(place, Remains({"/kiosk": FOLDER}))
        kiosk = Kiosk(town, disk)
        kiosk.filled()
        yield Shop(kiosk)
        kiosk.close()
        disk.throw_away()
    town.close()


def test_what_was_only_chosen_is_put_back(shop: Shop) -> None:
    shop.sales.reserve((grey(2),))
    assert shop.kiosk.settles() == 0
    assert not shop.sales.unfinished()
    assert not any(kind == "sale.ended" for kind, _ in shop.kiosk.told())


def test_a_payment_that_the_terminal_does_not_know_was_never_made(shop: Shop) -> None:
    shop.remembers()
    shop.town.terminal.present("girocard")
    shop.kiosk.sells(grey(2), brown(1))  # the same amount, an hour earlier
    shop.authorizing()
    assert shop.ends() == ("aborted", 0, "power_cut")
    assert shop.books.charged == 2 * ASKED


def test_a_payment_that_was_refused_was_not_charged(shop: Shop) -> None:
    shop.authorizing()
    shop.remembers(Fate.REVERSED)
    assert shop.ends() == ("aborted", 0, "power_cut")


def test_a_payment_that_went_through_meanwhile_is_given_back(shop: Shop) -> None:
    shop.town.terminal.present("girocard")
    shop.kiosk.sells(grey(2), brown(1))
    shop.authorizing()
    shop.remembers()
    assert shop.ends() == ("reversed", 0, "power_cut")
    assert shop.books.charged == ASKED
    assert shop.kiosk.told()[-1][1]["receipt"] == 2


def test_the_first_payment_of_all_is_known_by_its_time(shop: Shop) -> None:
    shop.authorizing()
    shop.remembers()
    assert shop.ends() == ("reversed", 0, "power_cut")


def test_a_payment_of_another_day_is_not_taken_for_hers(shop: Shop) -> None:
    shop.remembers()
    shop.town.clock.passes(timedelta(days=3))
    shop.authorizing()
    assert shop.ends() == ("aborted", 0, "power_cut")
    assert shop.books.charged == ASKED


def test_another_amount_than_hers_is_for_a_person(shop: Shop) -> None:
    shop.authorizing()
    shop.remembers(amount=700)
    assert shop.ends() == ("unclear", None, "other_payment")
    assert shop.books.charged == 700
    assert card_sales(shop.kiosk.desk) is None


def test_a_silent_terminal_keeps_card_sales_off_until_it_answers(shop: Shop) -> None:
    shop.remembers()
    shop.town.clock.passes(timedelta(days=1))
    shop.authorizing()
    shop.town.terminal.unplug()
    assert shop.ends(settled=0) == ("unclear", None, "power_cut")
    assert card_sales(shop.kiosk.desk) is NoCard.UNCLEAR
    # The office is not told again each time that nobody answers.
    told = len(shop.kiosk.told())
    assert shop.kiosk.settles() == 0
    assert len(shop.kiosk.told()) == told
    shop.town.terminal.plug()
    assert shop.ends() == ("aborted", 0, "terminal_silent")
    assert card_sales(shop.kiosk.desk) is None


def test_an_accepted_card_without_a_bag_is_given_back(shop: Shop) -> None:
    shop.authorized(Fate.BOOKED)
    assert shop.ends() == ("reversed", 0, "power_cut")
    assert shop.books.charged == 0


def test_what_the_terminal_took_back_by_itself_is_not_given_back_twice(shop: Shop) -> None:
    shop.authorized(Fate.REVERSED)
    assert shop.ends() == ("reversed", 0, "power_cut")
    assert shop.books.charged == 0


def test_bags_that_came_and_are_paid_for_are_sold(shop: Shop) -> None:
    sale = shop.authorized(Fate.BOOKED)
    shop.turned(sale, 1, 1, 3)
    assert shop.ends() == ("paid", ASKED, "power_cut")


def test_bags_that_came_and_are_not_paid_for_are_for_a_person(shop: Shop) -> None:
    sale = shop.authorized(Fate.REVERSED)
    shop.turned(sale, 1, 1, 3)
    shop.sales.issued(sale)
    assert shop.ends() == ("unpaid", 0, "power_cut")


def test_a_part_that_was_booked_whole_is_for_a_person(shop: Shop) -> None:
    sale = shop.authorized(Fate.BOOKED)
    shop.turned(sale, 1)
    assert shop.ends() == ("unclear", ASKED, "power_cut")


def test_a_turn_of_which_nobody_saw_the_end_is_given_back_and_looked_at(shop: Shop) -> None:
    sale = shop.authorized(Fate.BOOKED)
    shop.sales.turning(sale, 0, 1)
    assert shop.ends() == ("reversed", 0, "turn_unclear")
    assert shop.books.charged == 0
    (first, *_) = shop.sales.stock()
    assert (first.pieces, first.trouble) == (FULL - 1, "unclear")


def test_too_much_money_for_doubt_is_left_for_a_person(shop: Shop) -> None:
    sale = shop.sales.reserve((grey(12),))
    shop.sales.authorizing(sale)
    shop.sales.authorized(sale, shop.remembers(amount=5400))
    shop.sales.turning(sale, 0, 1)
    assert shop.ends() == ("unclear", 5400, "turn_unclear")
    assert shop.books.charged == 5400


def test_a_failed_sale_whose_money_the_terminal_keeps_is_for_a_person(shop: Shop) -> None:
    sale = shop.authorized(Fate.BOOKED)
    shop.sales.issued(sale)
    shop.books.close_day()  # what is of an earlier day is not reversed any more
    assert shop.ends() == ("unclear", ASKED, "not_given_back")


def test_a_payment_that_is_not_the_last_is_given_back_where_the_terminal_can(shop: Shop) -> None:
    shop.authorized(Fate.BOOKED)
    shop.remembers(amount=100)
    assert shop.ends() == ("reversed", 0, "power_cut")
    assert shop.books.charged == 100


def test_a_terminal_that_reverses_the_last_payment_only_says_so(shop: Shop) -> None:
    shop.authorized(Fate.BOOKED)
    shop.remembers(amount=100)
    shop.town.terminal.set_reach(Reach.LAST)
    assert shop.ends() == ("unclear", None, "not_given_back")


def test_an_exchanged_terminal_gives_nothing_back_that_was_paid_at_the_one_before(shop: Shop) -> None:
    shop.authorized(Fate.BOOKED)
    shop.town.terminal.exchange()
    shop.town.terminal.books.enter(CARDS[1], ASKED, Fate.BOOKED)  # somebody else's, under the same receipt number
    assert shop.ends() == ("unclear", None, "other_terminal")
    assert shop.town.terminal.books.charged == ASKED


def test_an_exchanged_terminal_that_took_nothing_does_not_say_that_she_was_not_charged(shop: Shop) -> None:
    shop.town.terminal.present("girocard")
    shop.kiosk.sells(grey(2), brown(1))
    shop.authorizing()
    shop.remembers()
    shop.town.terminal.exchange()
    refused = shop.town.terminal.books.enter(CARDS[1], 100, Fate.BOOKED)
    shop.town.terminal.books.settle(refused, Fate.REVERSED)
    assert shop.ends() == ("unclear", None, "other_terminal")


def test_an_exchanged_terminal_that_tells_no_payment_gives_nobody_elses_money_back(shop: Shop) -> None:
    shop.kiosk.capabilities = Capabilities(repeat_receipt=False)
    shop.authorized(Fate.BOOKED)
    shop.town.terminal.exchange()
    shop.town.terminal.books.enter(CARDS[1], ASKED, Fate.BOOKED)
    assert shop.ends() == ("unclear", None, "other_terminal")
    assert shop.town.terminal.books.charged == ASKED


def test_a_terminal_that_tells_no_payment_gives_back_none_by_its_number_alone(shop: Shop) -> None:
    shop.kiosk.capabilities = Capabilities(repeat_receipt=False)
    shop.authorized(Fate.BOOKED)
    # The operator gave the new one the old one's number.
    shop.town.terminal.exchange("12345678")
    shop.town.terminal.books.enter(CARDS[1], ASKED, Fate.BOOKED)
    assert shop.ends() == ("unclear", None, "terminal_cannot_tell")
    assert shop.town.terminal.books.charged == ASKED


def test_an_exchanged_terminal_without_any_payment_is_known_by_its_registration(shop: Shop) -> None:
    shop.authorized(Fate.BOOKED)
    shop.town.terminal.exchange()
    assert shop.ends() == ("unclear", None, "other_terminal")


def test_an_exchanged_terminal_with_the_old_ones_number_gives_nobody_elses_money_back(shop: Shop) -> None:
    for amount in (500, 600):
        shop.remembers(amount=amount)
    shop.authorized(Fate.BOOKED)  # under receipt 3
    shop.town.terminal.exchange("12345678")
    new = shop.town.terminal.books
    new.enter(CARDS[1], ASKED, Fate.BOOKED)
    assert shop.ends() == ("unclear", None, "other_payment")
    assert new.charged == ASKED


def test_a_terminal_whose_memory_is_older_than_her_payment_gives_nothing_back(shop: Shop) -> None:
    shop.authorized(Fate.BOOKED)
    shop.town.terminal.exchange("12345678")
    new = shop.town.terminal.books
    shop.town.clock.passes(timedelta(hours=-3))
    for amount in (700, 100):
        new.enter(CARDS[1], amount, Fate.BOOKED)
    shop.town.clock.passes(timedelta(hours=3))
    assert shop.ends() == ("unclear", None, "other_payment")
    assert new.charged == 800


def test_her_payment_is_not_given_back_when_the_terminal_names_another_amount_for_it(shop: Shop) -> None:
    shop.authorized(Fate.BOOKED)
    shop.books.settle(shop.books.payments[-1], Fate.BOOKED, 700)
    assert shop.ends() == ("unclear", None, "amount_differs")
    assert shop.books.charged == 700


def test_a_refusal_of_another_amount_does_not_say_that_she_was_not_charged(shop: Shop) -> None:
    shop.authorized(Fate.BOOKED)
    shop.books.settle(shop.books.payments[-1], Fate.REVERSED, 700)
    assert shop.ends() == ("unclear", None, "amount_differs")


def test_a_reversal_of_another_amount_than_hers_is_for_a_person(shop: Shop) -> None:
    shop.authorized(Fate.BOOKED)
    # All that can be looked at says that it is the same terminal, and that hers is its last but one.
    shop.town.terminal.exchange("12345678")
    for amount in (700, 100):
        shop.town.terminal.books.enter(CARDS[1], amount, Fate.BOOKED)
    assert shop.ends() == ("unclear", None, "amount_differs")


def test_a_payment_of_her_amount_from_before_she_came_is_not_given_back_as_hers(shop: Shop) -> None:
    shop.town.terminal.present("girocard")
    shop.kiosk.sells(grey(2), brown(1))
    shop.remembers()  # somebody paid the same at the terminal itself, an hour before she began
    shop.town.clock.passes(timedelta(hours=1))
    shop.authorizing()
    assert shop.ends() == ("unclear", None, "other_payment")
    assert shop.books.charged == 2 * ASKED


def test_a_clock_that_was_set_back_gives_nothing_back_where_an_earlier_payment_is_known(shop: Shop) -> None:
    shop.town.terminal.present("girocard")
    shop.kiosk.sells(grey(2), brown(1))
    shop.authorizing()
    shop.remembers()
    shop.town.clock.passes(timedelta(hours=-3))
    assert shop.ends() == ("unclear", None, "other_payment")
    assert shop.books.charged == 2 * ASKED


def test_a_clock_that_was_set_back_does_not_say_that_she_was_not_charged(shop: Shop) -> None:
    shop.authorizing()
    shop.town.clock.passes(timedelta(hours=-3))
    shop.remembers()  # by the terminal's clock, which was right all the time
    assert shop.ends() == ("unclear", None, "other_payment")
    assert shop.books.charged == ASKED


def test_a_receipt_number_that_began_anew_is_not_an_earlier_payments(shop: Shop) -> None:
    first = shop.remembers()
    assert first.receipt == 1
    while len(shop.books.payments) < 9998:
        shop.books.payments.append(shop.books.payments[-1])
    shop.town.terminal.present("girocard")
    shop.kiosk.sells(grey(2), brown(1))
    sale = shop.authorized(Fate.BOOKED)
    assert shop.books.last is not None
    assert shop.books.last.receipt == 1
    shop.sales.issued(sale)
    assert shop.ends() == ("reversed", 0, "power_cut")
    assert shop.books.charged == 9999 * ASKED


def test_receipts_that_began_anew_do_not_keep_her_money_when_somebody_paid_after_her(shop: Shop) -> None:
    shop.remembers()
    while len(shop.books.payments) < 9998:
        shop.books.payments.append(shop.books.payments[-1])
    shop.authorized(Fate.BOOKED)
    shop.remembers(amount=100)
    assert [payment.receipt for payment in shop.books.payments[-2:]] == [9999, 1]
    before = shop.books.charged
    assert shop.ends() == ("reversed", 0, "power_cut")
    assert shop.books.charged == before - ASKED


def test_a_terminal_without_a_host_is_asked_again_later(shop: Shop) -> None:
    shop.authorized(Fate.BOOKED)
    shop.town.terminal.fail(Fault.NO_HOST)
    assert shop.ends(settled=0) == ("unclear", None, "power_cut")
    shop.town.terminal.fail(Fault.NONE)
    assert shop.ends() == ("reversed", 0, "terminal_silent")
    assert shop.books.charged == 0


def test_a_terminal_that_tells_nothing_of_its_last_payment_leaves_it_to_a_person(shop: Shop) -> None:
    shop.kiosk.capabilities = Capabilities(repeat_receipt=False, reversal=ReversalReach.NONE)
    shop.authorizing()
    assert shop.ends() == ("unclear", None, "terminal_cannot_tell")


def test_free_bags_need_nobody_to_ask(shop: Shop) -> None:
    free = (grey(2),)
    sale = shop.sales.reserve(
        tuple(type(line)(line.product, line.ware, line.pieces, 0) for line in free), "0123456789abcdef"
    )
    shop.turned(sale, 1)
    shop.town.terminal.unplug()
    assert shop.kiosk.settles() == 1
    assert shop.sales.drawn("0123456789abcdef") == 1
