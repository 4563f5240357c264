"""Numbers that are given out once, and what the office said is free besides what it lent."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from central_office.contract.capacity import Outlook, Resource
from central_office.contract.messages import SyncAnswer
from offline_cache.store import open_ledger

if TYPE_CHECKING:
    from pathlib import Path

    from offline_cache.store import Ledger

NOW = datetime(2026, 6, 16, 8, 24, tzinfo=UTC)
WEDNESDAY = Resource(key="bulky.mitte", day=date(2026, 6, 24))


def ledger(folder: Path) -> Ledger:
    return open_ledger(folder / "ledger.db", clock=lambda: NOW)


def test_a_number_is_never_given_out_twice_even_after_the_plug_was_pulled(tmp_path: Path) -> None:
    one = ledger(tmp_path)
    assert [one.counts.following("order"), one.counts.following("order"), one.counts.following("other")] == [0, 1, 0]
    one.close()
    again = ledger(tmp_path)
    assert again.counts.following("order") == 2
    assert again.counts.following("order", least=40) == 40
    assert again.counts.following("order", least=7) == 41
    again.close()


def test_the_outlook_is_known_as_long_as_it_is_fresh(tmp_path: Path) -> None:
    kept = ledger(tmp_path)
    batch = kept.outbox.take(limit=10, room=10_000)
    outlook = (Outlook(key="bulky.mitte", first=date(2026, 6, 22), free=(0, 3, 7)),)
    kept.settle(batch, SyncAnswer(attempt=batch.attempt, ack=0, as_of=NOW, changes={}, outlook=outlook))
    assert kept.leases.outlook(WEDNESDAY, NOW - timedelta(hours=1)) == 7
    assert kept.leases.outlook(WEDNESDAY.model_copy(update={"day": date(2026, 6, 25)}), NOW) == 0
    assert kept.leases.outlook(WEDNESDAY, NOW + timedelta(seconds=1)) == 0
    assert kept.leases.outlook(Resource(key="bulky.nord", day=WEDNESDAY.day), NOW) == 0
    assert kept.leases.available(WEDNESDAY) == 0
    kept.close()
