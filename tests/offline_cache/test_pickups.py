"""A pickup code opens its compartment once: not for who guesses, not a second time, not after its last day."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from central_office.contract.pickup_code import FREE_MISSES, PickupCode, Selector
from central_office.contract.pickups import ALERT_MISSES, Contents
from central_office.contract.stages import DocumentKind
from offline_cache.journal import Settled
from offline_cache.pickups import OPENING, AlreadyUsed
from tests.offline_cache.deposits import BIRTH, CHEAP, CODE, PEPPER, SHOWN, UNTIL, deposit, office_tells

if TYPE_CHECKING:
    from offline_cache.pickups import Pickups
    from offline_cache.store import Ledger
    from tests.offline_cache.clockwork import Clockwork

TODAY = date(2026, 11, 23)


@pytest.fixture
def pickups(ledger: Ledger) -> Pickups:
    return ledger.pickups(PEPPER, cost=CHEAP)


def told(ledger: Ledger) -> list[str]:
    return [one.type for one in ledger.outbox.take(limit=100, room=100_000).commands]


def test_the_typed_code_and_the_shown_one_open_the_same_compartment(ledger: Ledger, pickups: Pickups) -> None:
    office_tells(ledger, deposit())
    for code in (CODE, SHOWN):
        (waiting,) = pickups.waiting(code, BIRTH, TODAY)
        assert (waiting.compartment, waiting.contents.kind) == (32, DocumentKind.IDENTITY_CARD)


def test_two_documents_of_one_holder_open_with_one_code(ledger: Ledger, pickups: Pickups) -> None:
    passport = Contents(kind=DocumentKind.PASSPORT)
    office_tells(ledger, deposit(1, compartment=32), deposit(2, compartment=7, contents=passport))
    found = pickups.waiting(CODE, BIRTH, TODAY)
    assert [(one.compartment, one.contents.kind) for one in found] == [
        (7, DocumentKind.PASSPORT),
        (32, DocumentKind.IDENTITY_CARD),
    ]


@pytest.mark.parametrize(
    ("code", "birth", "today"),
    [
        (PickupCode(Selector("4711"), digits="83025592"), BIRTH, TODAY),
        (PickupCode(Selector("4712"), digits="83025591"), BIRTH, TODAY),
        (PickupCode(Selector("4711"), token=b"0123456789abcdeF"), BIRTH, TODAY),
        (CODE, date(1984, 2, 28), TODAY),
        (CODE, None, TODAY),
        (CODE, BIRTH, date(2026, 12, 4)),
    ],
    ids=["wrong digits", "unknown selector", "wrong token", "another birthday", "no birthday", "too late"],
)
def test_whatever_is_wrong_with_a_code_the_answer_is_nothing(
    ledger: Ledger, pickups: Pickups, code: PickupCode, birth: date | None, today: date
) -> None:
    office_tells(ledger, deposit())
    assert pickups.waiting(code, birth, today) == ()


def test_on_its_last_day_a_code_still_opens(ledger: Ledger, pickups: Pickups) -> None:
    office_tells(ledger, deposit())
    assert pickups.waiting(CODE, BIRTH, UNTIL)


def test_five_wrong_tries_lock_a_code_and_the_office_hears_of_it_once(ledger: Ledger, pickups: Pickups) -> None:
    office_tells(ledger, deposit())
    for _ in range(FREE_MISSES - 1):
        pickups.missed(CODE)
    assert pickups.waiting(CODE, BIRTH, TODAY)
    pickups.missed(CODE)
    pickups.missed(CODE)
    assert pickups.waiting(CODE, BIRTH, TODAY) == ()
    assert told(ledger) == ["pickup.locked"]
    office_tells(ledger, deposit(), tag="e1.2")
    assert pickups.waiting(CODE, BIRTH, TODAY) == ()
    office_tells(ledger, deposit(2), tag="e1.3")
    assert pickups.waiting(CODE, BIRTH, TODAY), "another code was given out"


def test_twenty_codes_that_open_nothing_within_an_hour_alert_the_office_and_the_twenty_first_does_not(
    ledger: Ledger, pickups: Pickups, clockwork: Clockwork
) -> None:
    nobodys = PickupCode(Selector("4712"), digits="00000000")
    for _ in range(ALERT_MISSES - 1):
        pickups.missed(nobodys)
        clockwork.passes(timedelta(minutes=3))
    assert told(ledger) == []
    pickups.missed(nobodys)
    (alert,) = ledger.outbox.take(limit=100, room=100_000).commands
    assert (alert.type, alert.body["misses"]) == ("pickup.guessing", ALERT_MISSES)
    for _ in range(ALERT_MISSES - 1):
        pickups.missed(nobodys)
    assert told(ledger) == ["pickup.guessing"]


def test_citizens_who_mistype_now_and_then_alert_nobody(ledger: Ledger, pickups: Pickups, clockwork: Clockwork) -> None:
    for _ in range(3 * ALERT_MISSES):
        pickups.missed(PickupCode(Selector("4712"), digits="00000000"))
        clockwork.passes(timedelta(minutes=3, seconds=10))
    assert told(ledger) == []


def test_an_opening_that_never_reached_the_lock_leaves_the_code_as_good_as_before(
    ledger: Ledger, pickups: Pickups
) -> None:
    office_tells(ledger, deposit())
    for _ in range(2):
        (waiting,) = pickups.waiting(CODE, BIRTH, TODAY)
        with suppress(KeyboardInterrupt), pickups.opening(waiting) as effect:
            effect.spare()
            raise KeyboardInterrupt
    assert ledger.journal.unfinished() == ()
    assert told(ledger) == ["pickup.opened", "pickup.spared"] * 2
    (waiting,) = pickups.waiting(CODE, BIRTH, TODAY)
    with pickups.opening(waiting) as effect:
        effect.done("closed")
        with pytest.raises(RuntimeError):
            effect.spare()
    assert pickups.waiting(CODE, BIRTH, TODAY) == ()


def test_using_telling_and_beginning_are_on_disk_before_the_lock(ledger: Ledger, pickups: Pickups) -> None:
    office_tells(ledger, deposit())
    (waiting,) = pickups.waiting(CODE, BIRTH, TODAY)
    with pickups.opening(waiting, pin_letter=True) as effect:
        assert told(ledger) == ["pickup.opened"]
        assert [one.kind for one in ledger.journal.unfinished()] == [OPENING]
        assert pickups.waiting(CODE, BIRTH, TODAY) == ()
        effect.done("closed")
    with pytest.raises(AlreadyUsed), pickups.opening(waiting):
        pytest.fail("it was opened twice")
    assert told(ledger) == ["pickup.opened"]


def test_a_used_code_stays_used_though_a_restored_office_lists_it_again(ledger: Ledger, pickups: Pickups) -> None:
    office_tells(ledger, deposit())
    (waiting,) = pickups.waiting(CODE, BIRTH, TODAY)
    with pickups.opening(waiting) as effect:
        effect.done("closed")
    office_tells(ledger, tag="e1.2")
    office_tells(ledger, deposit(), tag="e2.1")
    assert pickups.waiting(CODE, BIRTH, TODAY) == ()


def test_an_opening_that_was_torn_off_is_settled_and_never_repeated(ledger: Ledger, pickups: Pickups) -> None:
    office_tells(ledger, deposit())
    (waiting,) = pickups.waiting(CODE, BIRTH, TODAY)
    with pytest.raises(KeyboardInterrupt), pickups.opening(waiting):
        raise KeyboardInterrupt
    assert ledger.journal.settle({OPENING: lambda _: Settled("looked")}) == 1
    assert pickups.waiting(CODE, BIRTH, TODAY) == ()


def test_the_list_says_neither_name_nor_document(ledger: Ledger) -> None:
    office_tells(ledger, deposit())
    assert "identity" not in deposit().model_dump_json()


def test_an_answer_that_says_nothing_of_pickups_leaves_them(ledger: Ledger, pickups: Pickups) -> None:
    from central_office.contract.messages import SyncAnswer  # noqa: PLC0415
    from tests.offline_cache.clockwork import NOON  # noqa: PLC0415

    office_tells(ledger, deposit())
    batch = ledger.outbox.take(limit=1, room=100_000)
    assert batch.pickups == "e1.1"
    ledger.settle(batch, SyncAnswer(attempt=batch.attempt, ack=0, as_of=NOON, changes={}))
    assert pickups.waiting(CODE, BIRTH, TODAY)
