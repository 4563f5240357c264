"""The power fails while keys, identities, files from the office or the encryption of a ledger are on their way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.crash.file_stories import Closing, Enrolling, Fetching, stories
from tests.crash.medium import Flaw
from tests.crash.plain_files import cut
from tests.offline_cache.office_double import OfficeDouble

if TYPE_CHECKING:
    from tests.crash.ram_disk import Anchors

NAMES = {
    "enrolled, keys changed, enrolled anew": 1,
    "files closed from the first start on": 1,
    "an earlier program's files closed": 1,
    "an earlier program's files closed, after a cut": 1,
    "configurations fetched": 1,
    "snapshots fetched and swapped in": 5,
}
"""Each story, and at every how manieth step it is cut: the last one fetches a whole snapshot after each cut."""


@pytest.mark.parametrize("flaw", [Flaw.ORDERED, Flaw.UNORDERED], ids=lambda flaw: flaw.name.lower())
@pytest.mark.parametrize("name", NAMES)
def test_a_cut_at_any_step_leaves_the_old_or_the_new_and_the_kiosk_goes_on(
    name: str, flaw: Flaw, place: Anchors
) -> None:
    assert set(stories(place)) == set(NAMES)
    tally = cut(place, stories(place)[name](OfficeDouble()), flaw, "1", every=NAMES[name])
    assert not tally.mishaps
    assert tally.cuts > tally.steps / NAMES[name] > 30


@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith("snapshots")])
def test_the_engine_sees_a_kiosk_that_never_asks_for_a_sync(name: str, place: Anchors) -> None:
    """A snapshot is checked before it is used, and the replica may fall back: that story needs no sync of ours."""
    assert cut(place, stories(place)[name](OfficeDouble()), Flaw.UNORDERED, "1", forgetful=True).mishaps


@pytest.mark.parametrize("name", ["enrolled, keys changed, enrolled anew", "files closed from the first start on"])
def test_the_engine_sees_that_nothing_helps_on_a_medium_that_ignores_syncs(name: str, place: Anchors) -> None:
    assert cut(place, stories(place)[name](OfficeDouble()), Flaw.DEAF, "1").lost


def test_named_a_kiosk_whose_home_lay_two_new_folders_deep_is_still_enrolled(place: Anchors) -> None:
    """Found by this engine: the upper folder's name was never synced, and with it went key, identity and ledger."""
    assert not cut(place, Enrolling(OfficeDouble()), Flaw.UNORDERED, "two deep").mishaps


def test_named_the_first_configuration_stays_with_the_folder_that_was_made_for_it(place: Anchors) -> None:
    """Found by this engine: the folder of files was made and its name not synced; the town's file went with it."""
    assert not cut(place, Fetching(OfficeDouble()), Flaw.UNORDERED, "first").mishaps


@pytest.mark.parametrize("seed", ["1", "4"])
@pytest.mark.parametrize("ended", ["in peace", "cut off"])
def test_named_the_log_of_an_open_ledger_does_not_come_back_beside_the_closed_one(
    seed: str, ended: str, place: Anchors
) -> None:
    """Found by this engine where SQLite does not sync the directory of a new journal, as other builds of it do not.

    The closed ledger took the name; the open one's log, deleted a moment ago, came back, and was read into it.
    """
    story = Closing(place, visits=30, in_peace=ended == "in peace")
    assert not cut(place, story, Flaw.OWN_NAME, seed, careless=True).mishaps
