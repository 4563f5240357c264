"""A kiosk is killed at points of its work in a real process: a sample of `python -m tests.drills --matrix`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.drills.field import Field
from tests.drills.kill_points import KillPoints

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.timeout(600)


def test_wherever_a_kiosk_is_killed_nothing_is_lost_doubled_or_left_half(tmp_path: Path, town_hall: Path) -> None:
    field = Field.opened(tmp_path, 0, prepared=town_hall)
    matrix = KillPoints(field.office, tmp_path)
    try:
        matrix.begins(deposits=14)
        tally = matrix.run(every=29)
    finally:
        matrix.kiosk.close()
        field.close()
    assert tally.kills.total() > 2
