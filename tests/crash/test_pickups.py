"""The power fails while a compartment is being opened: at every step of the disk, on every day of lock and contact."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.crash.medium import Flaw
from tests.crash.pickup_story import Collecting, days
from tests.crash.plain_files import cut

if TYPE_CHECKING:
    from tests.crash.ram_disk import Anchors


@pytest.mark.parametrize("name", days())
def test_a_cut_at_any_step_opens_no_compartment_twice_and_forgets_no_opening(name: str, place: Anchors) -> None:
    # The worst of media here; `python -m tests.crash` tries the others too.
    tally = cut(place, Collecting(place, days()[name]), Flaw.UNORDERED, name)
    assert not tally.mishaps
    assert tally.cuts > tally.steps > 10


def test_the_matrix_sees_a_medium_that_forgets_what_it_synced(place: Anchors) -> None:
    assert cut(place, Collecting(place, next(iter(days().values()))), Flaw.DEAF, "1").lost
