"""The power fails at any step of any flow, with the line up or down: nothing promised is lost, nothing done twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.crash.flows import FLOWS, flows
from tests.crash.kill_matrix import Row
from tests.crash.medium import Flaw
from tests.crash.one_story import fits

if TYPE_CHECKING:
    from tests.crash.flow import Flow
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


_COMINGS = {"visit.reported", "staff.signed_in", "staff.signed_out"}


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)
def test_what_is_not_cut_is_done_and_an_office_that_heard_less_is_noticed(flow: Flow, place: Anchors) -> None:
    ear, book = Row(place, flow, online=False).undisturbed()
    assert tuple(one.type for one in ear.commands if one.type not in _COMINGS) == flow.tells
    ear.commands = [one for one in ear.commands if one.type != flow.tells[-1]]
    with pytest.raises(AssertionError):
        fits(ear, book)


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)
def test_the_matrix_notices_a_card_that_forgets_what_it_synced(flow: Flow, place: Anchors) -> None:
    tally = Row(place, flow, online=True).cut(Flaw.DEAF, "1", every=5)
    assert tally.mishaps
