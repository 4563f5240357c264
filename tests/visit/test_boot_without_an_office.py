"""The kiosk starts while its line hangs: nothing before the first page waits for a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.visit.town_hall import missing_tools, open_town_hall

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(bool(missing_tools()), reason=f"needs {', '.join(missing_tools())}")


def test_with_a_line_that_hangs_the_kiosk_comes_up_all_the_same(tmp_path: Path) -> None:
    with open_town_hall(tmp_path) as hall:
        hall.kill("kiosk")
        hall.kill("courier")
        hall.dock("/line", {"cut": True, "manner": "hung"})
        hall.clicks_after = len(hall.running["kiosk"].said())
        hall.start_courier()
        hall.start_kiosk()
        # The line never answers; who waited for it would wait now.
        assert hall.dock("/state")["line"]["cut"]
