"""What stories about the ledger begin with: a clock that tests turn, and a ledger that goes by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from offline_cache.store import Ledger, open_ledger
from tests.offline_cache.clockwork import Clockwork

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def clockwork() -> Clockwork:
    return Clockwork()


@pytest.fixture
def ledger(tmp_path: Path, clockwork: Clockwork) -> Iterator[Ledger]:
    ledger = open_ledger(tmp_path / "ledger.db", clock=clockwork.now, uptime=clockwork.uptime)
    yield ledger
    ledger.close()
