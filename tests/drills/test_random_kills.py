"""Ten seconds of what `python -m tests.drills` does for ten minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.drills.field import Field
from tests.drills.random_kills import RandomKills

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.timeout(600)


def test_whatever_is_killed_office_and_kiosks_become_one(tmp_path: Path, town_hall: Path) -> None:
    field = Field.opened(tmp_path, 2, prepared=town_hall)
    try:
        tally = RandomKills(field, seed=1).run(10)
    finally:
        field.close()
    assert tally.events.total() > 2
    assert tally.commands > 0
