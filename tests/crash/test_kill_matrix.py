"""The power fails at any step of any flow, with the line up or down: nothing promised is lost, nothing done twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.crash.kill_matrix import FLOWS, Row, flows
from tests.crash.medium import Flaw

if TYPE_CHECKING:
    from tests.crash.kill_matrix import Flow
    from tests.crash.ram_disk import Anchors


@pytest.mark.parametrize("online", [True, False], ids=["online", "offline"])
@pytest.mark.parametrize("name", flows())
def test_whatever_is_cut_no_promise_is_lost_and_nothing_happens_twice(
    name: str,
    online: bool,  # noqa: FBT001 - a column of the matrix
    place: Anchors,
) -> None:
    tally = Row(place, flows()[name], online=online).cut(Flaw.UNORDERED, "1")
    assert not tally.mishaps, "\n".join(map(str, tally.mishaps[:3]))
    assert tally.cuts > tally.steps > 10


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)
def test_the_matrix_notices_a_card_that_forgets_what_it_synced(flow: Flow, place: Anchors) -> None:
    tally = Row(place, flow, online=True).cut(Flaw.DEAF, "1", every=5)
    assert tally.mishaps
