"""The kiosk starts while its line hangs: nothing before the first page waits for a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.visit.whole_town import WholeTown

pytestmark = pytest.mark.timeout(300)


def test_with_a_line_that_hangs_the_kiosk_comes_up_all_the_same(hall: WholeTown) -> None:
    hall.kill("kiosk")
    hall.kill("courier")
    hall.dock("/line", {"cut": True, "manner": "hung"})
    hall.start_courier()
    hall.start_kiosk()
    # The line never answers; who waited for it would wait now.
    assert hall.dock("/state")["line"]["cut"]
    # So does this courier, for half a minute more: the next story gets another one.
    hall.kill("courier")
    hall.dock("/line", {"cut": False})
    hall.start_courier()
