from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, TypeVar, cast

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from central_office.contract.bag_vouchers import BagVoucher, sign_bag_voucher
from central_office.contract.messages import SyncAnswer
from central_office.contract.tariff import Price, Product, Tariff
from devices.conditions import Absent, Ready
from devices.errors import Unavailable
from devices.roles import CARD_TERMINAL, CODE_SCANNER, DISPENSER
from devices.simulators.columns import Motor
from kiosk_app.outcomes import Outcome
from kiosk_app.sale import card_sales
from kiosk_app.services.bags import AtHome, bags, bags_hindrance
from screens.stage import Abandoned, Ending
from screens.steps import BACK, ExplainUnavailable, Reason, SlipState
from screens.steps_bags import (
    BagsAsk,
    BagsComing,
    BagVoucherProblem,
    ChooseBags,
    Full,
    OneMoreBag,
    PayByCard,
    PayState,
    Receipt,
    SaleStopped,
    ScanBagVoucher,
    Stop,
    TakeBags,
)
from tests.crash.medium import FOLDER, Remains
from tests.crash.ram_disk import RamDisk, anchors
from tests.crash.shop import SPIRALS, WIRING, Kiosk, Town
from tests.kiosk_app.rehearsal import TOWN, TUESDAY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from devices.roles import Role
    from kiosk_app.desk import D, Desk
    from screens.stage import Sighting
    from screens.steps import Back, Step

A = TypeVar("A")

TARIFF = Tariff(
    (
        Product("residual", "Restmüllsack", "residual-70", 70, "Residual waste bag", most=3),
        Product("nappy", "Windelsack", "bio-10", 10, "Nappy bag", free=True, dated=False),
        Product("elsewhere", "Gartenabfallsack", "garden-120", 120),
    ),
    (Price("residual", date(2026, 1, 1), 450), Price("elsewhere", date(2026, 1, 1), 300)),
)
OFFICE = Ed25519PrivateKey.generate()
TODAY = TUESDAY.date()


@dataclass
class Buyer:
    """Answers from a list; while money or bags move she waits, unless she has a word for that page."""

    script: list[object]
    meanwhile: Callable[[Step[Any]], object] = lambda _: None
    asked: list[Step[Any]] = field(default_factory=list)

    def ask(self, step: Step[A], meanwhile: Callable[[], A | None] | None = None, every: float = 0.0) -> A:
        self.asked.append(step)
        if isinstance(step, PayByCard | BagsComing):
            assert not step.idle
            assert meanwhile is not None
            answer = self.meanwhile(step)
            while answer is None and (answer := meanwhile()) is None:
                time.sleep(min(every, 0.001))
        else:
            answer = self.script.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        return cast("A", answer)

    def tell(self, step: Step[Any]) -> None:
        self.asked.append(step)

    def show_sighting(self, sighting: Sighting) -> None:
        """She sees herself."""

    def seen(self, kind: type[A]) -> list[A]:
        return [step for step in self.asked if isinstance(step, kind)]


@pytest.fixture
def town() -> Iterator[Town]:
    town = Town()
    yield town
    town.close()


@pytest.fixture
def kiosk(town: Town) -> Iterator[Kiosk]:
    with anchors() as there:
        disk = RamDisk(there, Remains({"/kiosk": FOLDER}))
        kiosk = Kiosk(town, disk)
        kiosk.filled()
        yield kiosk
        kiosk.close()
        disk.throw_away()


@dataclass(frozen=True)
class Rig:
    """The machines for money and bags; whatever else there is hangs on no wire here."""

    kiosk: Kiosk

    @contextlib.contextmanager
    def lease(self, role: Role[D]) -> Iterator[D]:
        if role.name not in {CARD_TERMINAL.name, DISPENSER.name}:
            raise Unavailable(role.name, Absent())
        with self.kiosk.lease(role) as device:
            yield device


def desk_for(kiosk: Kiosk, buyer: Buyer) -> Desk:
    return replace(kiosk.desk, citizen=buyer, devices=Rig(kiosk))


def buys(kiosk: Kiosk, buyer: Buyer) -> Outcome | Back:
    outcome = bags(TARIFF, desk_for(kiosk, buyer), pace=kiosk.pace)
    assert buyer.script == []
    return outcome


MORE = OneMoreBag("residual", 1)


def test_she_buys_two_bags_and_goes_with_the_receipt_on_her_phone(town: Town, kiosk: Kiosk) -> None:
    town.terminal.present("girocard")
    buyer = Buyer([MORE, MORE, BagsAsk.PAY, Receipt.QR, Receipt.FINISH])
    assert buys(kiosk, buyer) is Outcome.ANSWERED
    assert len(town.fallen) == 2
    paying = buyer.seen(PayByCard)
    assert {step.cents for step in paying} == {900}
    assert [step.done for step in buyer.seen(BagsComing)] == sorted(step.done for step in buyer.seen(BagsComing))
    took, with_code = buyer.seen(TakeBags)
    assert took.charged == 900
    assert took.slip is SlipState.NO_PRINTER
    assert "9,00 €" in took.code
    assert with_code.qr
    (sale,) = [body for kind, body in kiosk.told() if kind == "sale.ended"]
    assert (sale["ending"], sale["charged"]) == ("paid", 900)
    assert sale["sale"].replace("-", "").upper().startswith(took.number)


def test_she_is_shown_only_what_lies_in_this_kiosk_and_can_be_had(kiosk: Kiosk) -> None:
    buyer = Buyer([MORE, MORE, MORE, OneMoreBag("residual", -1), BACK])
    assert buys(kiosk, buyer) is BACK
    pages = buyer.seen(ChooseBags)
    assert [bag.key for bag in pages[0].bags] == ["residual"]  # no reader here: nobody can show a voucher
    assert pages[3].full == (("residual", Full.AT_ONCE),)
    assert pages[4].counts == (2,)


def test_she_cannot_choose_more_than_there_are(kiosk: Kiosk) -> None:
    for each in SPIRALS[:2]:
        ware = next(one.ware for one in kiosk.ledger.sales.stock() if one.column == each.number)
        kiosk.ledger.sales.refill(each.number, ware, 1 if each.number == 1 else 0, counted=True, employee="1234")
    buyer = Buyer([MORE, MORE, BACK])
    buys(kiosk, buyer)
    last = buyer.seen(ChooseBags)[-1]
    assert (last.counts, last.full) == ((1,), (("residual", Full.NO_MORE_HERE),))


def test_her_card_is_refused_and_she_is_told_that_she_was_not_charged(town: Town, kiosk: Kiosk) -> None:
    town.terminal.present("refused")
    buyer = Buyer([MORE, BagsAsk.PAY, Receipt.AGAIN, BACK])
    assert buys(kiosk, buyer) is BACK
    (page,) = buyer.seen(SaleStopped)
    assert (page.stop, page.not_charged) == (Stop.DECLINED, True)
    assert buyer.seen(ChooseBags)[-1].counts == (1,)
    assert town.fallen == ()


def test_she_cancels_the_payment_at_the_screen(town: Town, kiosk: Kiosk) -> None:
    def cancels(step: Step[Any]) -> object:
        return True if isinstance(step, PayByCard) and step.state is PayState.PRESENT_CARD else None

    buyer = Buyer([MORE, BagsAsk.PAY, Receipt.FINISH], meanwhile=cancels)
    assert buys(kiosk, buyer) is Outcome.ANSWERED
    (page,) = buyer.seen(SaleStopped)
    assert (page.stop, page.not_charged) == (Stop.ABORTED, True)
    assert town.fallen == ()


def test_the_machine_jams_and_she_gets_her_money_back(town: Town, kiosk: Kiosk) -> None:
    for each in SPIRALS:
        town.columns.break_motor(each.number, Motor.STUCK)
    town.terminal.present("girocard")
    buyer = Buyer([MORE, BagsAsk.PAY, Receipt.FINISH])
    assert buys(kiosk, buyer) is Outcome.ANSWERED
    (page,) = buyer.seen(SaleStopped)
    assert (page.stop, page.not_charged, page.issued) == (Stop.REVERSED, True, 0)
    assert "4,50 €" in page.code


def test_the_terminal_falls_silent_and_nothing_is_promised(town: Town, kiosk: Kiosk) -> None:
    def unplugged(step: Step[Any]) -> object:
        if isinstance(step, BagsComing):
            town.terminal.unplug()
        return None

    town.terminal.present("girocard")
    buyer = Buyer([MORE, BagsAsk.PAY, Receipt.FINISH], meanwhile=unplugged)
    assert buys(kiosk, buyer) is Outcome.ANSWERED
    (page,) = buyer.seen(SaleStopped)
    assert (page.stop, page.not_charged) == (Stop.UNCLEAR, False)
    assert card_sales(kiosk.desk) is not None


def test_she_ends_the_session_while_the_machine_waits_for_her_card(town: Town, kiosk: Kiosk) -> None:
    gone = Abandoned(Ending.BY_CITIZEN)
    buyer = Buyer([MORE, BagsAsk.PAY], meanwhile=lambda _: gone)
    with pytest.raises(Abandoned):
        buys(kiosk, buyer)
    assert town.fallen == ()
    assert [body["ending"] for kind, body in kiosk.told() if kind == "sale.ended"] == ["aborted"]


@pytest.mark.parametrize("at", [0, 1, 2])
def test_she_ends_the_session_at_any_question(kiosk: Kiosk, at: int) -> None:
    buyer = Buyer([*[MORE] * at, Abandoned(Ending.IDLE)])
    with pytest.raises(Abandoned):
        buys(kiosk, buyer)
    assert kiosk.ledger.sales.unfinished() == ()


def voucher(pieces: int = 2, product: str = "nappy", until: date = TODAY, number: int = 1) -> bytes:
    made = BagVoucher(f"{number:016x}", product, pieces, until)
    return sign_bag_voucher(made, TOWN.key, OFFICE).encode()


@pytest.fixture
def reads(kiosk: Kiosk) -> Kiosk:
    """The kiosk has a scanner, and knows the office's key."""
    kiosk.noticeboard.pin({**kiosk.noticeboard.latest(), CODE_SCANNER.name: Ready()})
    key = OFFICE.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    batch = kiosk.ledger.outbox.take(limit=100, room=1_000_000)
    line = kiosk.ledger.outbox.line()
    answer = SyncAnswer(
        attempt=batch.attempt,
        ack=line.last,
        as_of=TUESDAY,
        changes={},
        leases=(),
        durable=0,
        results=(),
        office_key=key.hex(),
    )
    kiosk.ledger.settle(batch, answer)
    return kiosk


def test_with_a_voucher_she_gets_free_bags_and_it_is_used(town: Town, reads: Kiosk) -> None:
    nappy = OneMoreBag("nappy", 1)
    buyer = Buyer([nappy, voucher(), nappy, nappy, BagsAsk.PAY, Receipt.FINISH])
    assert buys(reads, buyer) is Outcome.ANSWERED
    assert len(town.fallen) == 2
    assert not buyer.seen(PayByCard)
    assert buyer.seen(ChooseBags)[-1].full == (("nappy", Full.QUOTA),)
    assert buyer.seen(TakeBags)[0].charged == 0
    (sale,) = [body for kind, body in reads.told() if kind == "sale.ended"]
    assert (sale["ending"], sale["voucher"]) == ("free", f"{1:016x}")

    again = Buyer([nappy, voucher(), BACK, BACK])
    assert buys(reads, again) is BACK
    assert again.seen(ScanBagVoucher)[-1].problem is BagVoucherProblem.USED


@pytest.mark.parametrize(
    ("shown", "problem"),
    [
        (b"hello", BagVoucherProblem.NOT_OURS),
        (voucher(until=TODAY - timedelta(days=1)), BagVoucherProblem.OVER),
        (voucher(product="yellow"), BagVoucherProblem.NONE_HERE),
        (voucher(product="residual"), BagVoucherProblem.NONE_HERE),
        (
            sign_bag_voucher(BagVoucher("0" * 16, "nappy", 1, TODAY), TOWN.key, Ed25519PrivateKey.generate()).encode(),
            BagVoucherProblem.NOT_SIGNED,
        ),
    ],
)
def test_a_voucher_that_cannot_be_taken_says_why(reads: Kiosk, shown: bytes, problem: BagVoucherProblem) -> None:
    buyer = Buyer([OneMoreBag("nappy", 1), shown, BACK, BACK])
    assert buys(reads, buyer) is BACK
    assert buyer.seen(ScanBagVoucher)[-1].problem is problem


def test_without_a_card_terminal_the_home_page_says_so_and_free_bags_are_still_there(reads: Kiosk) -> None:
    home = AtHome(reads.noticeboard, reads.sales, WIRING.layout)
    assert bags_hindrance(TARIFF, home, TODAY, vouchers=False) is None
    reads.noticeboard.pin({**reads.noticeboard.latest(), CARD_TERMINAL.name: Absent()})
    assert bags_hindrance(TARIFF, home, TODAY, vouchers=False) is Reason.NO_CARD
    assert bags_hindrance(TARIFF, home, TODAY, vouchers=True) is None
    reads.noticeboard.pin({**reads.noticeboard.latest(), DISPENSER.name: Absent()})
    assert bags_hindrance(TARIFF, home, TODAY, vouchers=True) is Reason.NO_BAGS

    buyer = Buyer([None])
    assert buys(reads, buyer) is Outcome.ANSWERED
    assert [type(step) for step in buyer.asked] == [ExplainUnavailable]
