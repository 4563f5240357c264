"""Documents in compartments, as the office would tell a kiosk of them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from central_office.contract.claims import Cost, Pepper
from central_office.contract.pickup_code import PickupCode, Selector
from central_office.contract.pickups import Contents, Deposit, PickupId, Pickups, row_of
from central_office.contract.stages import DocumentKind

if TYPE_CHECKING:
    from central_office.contract.pickups import PickupRow
    from offline_cache.store import Ledger

PEPPER = Pepper(bytes(range(32)))
CHEAP = Cost(kib=8, passes=1)
BIRTH = date(1984, 2, 29)
CODE = PickupCode(Selector("4711"), digits="83025591")
SHOWN = PickupCode(Selector("4711"), token=b"0123456789abcdef")
UNTIL = date(2026, 12, 3)
CARD = Contents(kind=DocumentKind.IDENTITY_CARD)


def deposit(  # what stories differ in
    number: int = 1,
    *,
    compartment: int = 32,
    contents: Contents = CARD,
    until: date = UNTIL,
    typed: PickupCode = CODE,
    shown: PickupCode = SHOWN,
    cost: Cost = CHEAP,
) -> PickupRow:
    """A document in a compartment, to be opened with `CODE` or `SHOWN` by who was born on `BIRTH`."""
    one = Deposit(PickupId(f"pickup-{number}"), typed, shown, BIRTH, contents, compartment, until)
    return row_of(one, PEPPER, salt=typed.selector.encode() * 4, cost=cost)


def office_tells(ledger: Ledger, *rows: PickupRow, tag: str = "e1.1") -> None:
    """The kiosk hears of what waits in its compartments, and nothing else."""
    from central_office.contract.messages import SyncAnswer  # noqa: PLC0415
    from tests.offline_cache.clockwork import NOON  # noqa: PLC0415

    batch = ledger.outbox.take(limit=1, room=100_000)
    answer = SyncAnswer(
        attempt=batch.attempt, ack=batch.acked, as_of=NOON, changes={}, pickups=Pickups(tag=tag, rows=rows)
    )
    ledger.settle(batch, answer)
