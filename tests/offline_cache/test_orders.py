"""What a kiosk knows of orders that were made here, while nobody else can have heard of them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from central_office.contract.bulky import OrderKind
from central_office.contract.bulky_codes import OrderNumber
from central_office.contract.bulky_orders import BulkyCancelled, BulkyOrdered, OrderedItem, PickupAddress
from central_office.contract.capacity import ReservationId
from central_office.contract.messages import DeviceId, Result, SyncAnswer
from offline_cache.clocks import Uptime
from offline_cache.database import Database
from offline_cache.migrations.ledger import LEDGER
from offline_cache.store import open_ledger

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from offline_cache.store import Ledger

TUESDAY = datetime(2026, 6, 16, 8, 24, tzinfo=UTC)
NUMBER = OrderNumber(1, 7)
ORDER = BulkyOrdered(
    number=NUMBER.characters,
    reservation=ReservationId("0000"),
    kind=OrderKind.BULKY,
    day=date(2026, 6, 24),
    at=PickupAddress(street="Lindenstraße", house="14", district="sued", name="Muster"),
    items=(OrderedItem(key="sofa", count=1),),
    litres=1500,
    units=3,
    key="ab" * 32,
    household="cd" * 32,
    consent="put_out_2026",
)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    made = open_ledger(tmp_path / "ledger.db", clock=lambda: TUESDAY, uptime=lambda: Uptime("boot", 1.0))
    yield made
    made.close()


def answered(ledger: Ledger, *, durable: int = 0, rejected: int = 0, key: str = "") -> None:
    batch = ledger.outbox.take(limit=100, room=100_000)
    last = ledger.outbox.line().last
    results = tuple(Result(seq=rejected, r="rejected", code="unknown_order") for _ in range(bool(rejected)))
    ledger.settle(
        batch,
        SyncAnswer(
            attempt=batch.attempt,
            ack=last,
            as_of=TUESDAY,
            changes={},
            leases=(),
            durable=durable,
            results=results,
            office_key=key,
        ),
    )


def test_what_was_told_a_minute_ago_is_known_until_the_office_has_it_in_a_copy(ledger: Ledger) -> None:
    ledger.outbox.put(ORDER)
    ledger.orders.cancel(NUMBER, 1)
    both = (ORDER, BulkyCancelled(number=NUMBER.characters, revision=1))
    assert ledger.orders.told(NUMBER) == both
    assert ledger.orders.told(OrderNumber(1, 8)) == ()
    answered(ledger)
    assert ledger.orders.told(NUMBER) == both
    answered(ledger, durable=2)
    assert ledger.orders.told(NUMBER) == ()


def test_what_the_office_rejected_was_never_so(ledger: Ledger) -> None:
    ledger.outbox.put(ORDER)
    ledger.orders.cancel(NUMBER, 1)
    answered(ledger, rejected=2)
    assert ledger.orders.told(NUMBER) == (ORDER,)


def test_the_key_for_vouchers_is_kept_and_an_answer_without_one_forgets_nothing(ledger: Ledger) -> None:
    assert ledger.orders.office_key() is None
    answered(ledger, key="07" * 32)
    answered(ledger)
    assert ledger.orders.office_key() == bytes([7]) * 32


def test_a_ledger_of_the_sixth_shape_keeps_its_orders_and_learns_the_key(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    Database(path, LEDGER[:6]).close()
    ledger = open_ledger(path, clock=lambda: TUESDAY, uptime=lambda: Uptime("boot", 1.0))
    ledger.outbox.speak_as(DeviceId("MS-01"))
    ledger.outbox.put(ORDER)
    answered(ledger, key="07" * 32)
    assert ledger.orders.office_key() is not None
    assert json.loads(ledger.orders.told(NUMBER)[0].model_dump_json())["day"] == "2026-06-24"
    ledger.close()
