"""An engine that finds nothing proves nothing, unless it finds what is known to be wrong."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from offline_cache.database import NEVER_LOST
from tests.crash.engine import Engine, Tally
from tests.crash.histories import history
from tests.crash.life import FIRST_MOMENT, Life, Numbers, store_opener
from tests.crash.medium import FOLDER, Flaw, Remains
from tests.offline_cache.clockwork import Clockwork

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from offline_cache.store import Ledger
    from tests.crash.life import Settings
    from tests.crash.ram_disk import Anchors

_, _WAL, *_REST = NEVER_LOST
NORMAL = (*NEVER_LOST, "PRAGMA synchronous=NORMAL")
LOG_FIRST = ("PRAGMA synchronous=FULL", _WAL, "PRAGMA synchronous=EXTRA", *_REST)
OFF = ("PRAGMA synchronous=OFF", _WAL, *_REST)
OFF_WITHOUT_A_LOG = ("PRAGMA synchronous=OFF", *_REST)


def cut(place: Anchors, settings: Settings, flaw: Flaw, seeds: int = 4) -> Tally:
    tally = Tally()
    for seed in range(seeds):
        opened = store_opener(settings)
        tally.add(history(place, seed, cuts=30, flaw=flaw, opened=opened))
    return tally


def test_the_engine_sees_that_a_ledger_with_synchronous_normal_loses_orders_and_stays_whole(place: Anchors) -> None:
    tally = cut(place, NORMAL, Flaw.ORDERED)
    assert tally.lost > 10
    assert not tally.corrupt


@pytest.mark.parametrize("settings", [OFF, OFF_WITHOUT_A_LOG], ids=["with a log", "without"])
def test_the_engine_sees_that_a_ledger_with_synchronous_off_is_damaged(settings: Settings, place: Anchors) -> None:
    tally = cut(place, settings, Flaw.ORDERED)
    assert tally.lost > 10
    assert tally.corrupt > 10


def test_the_engine_sees_that_no_setting_helps_on_a_medium_that_ignores_syncs(place: Anchors) -> None:
    tally = cut(place, NEVER_LOST, Flaw.DEAF)
    assert tally.lost > 10
    assert tally.corrupt


def test_the_engine_sees_that_a_log_set_before_extra_lets_a_dead_journal_come_back(place: Anchors) -> None:
    """Where names are not ordered, and nobody syncs the directory of a new log as this SQLite's `unix` VFS does."""

    def story(life: Life) -> None:
        life.starts_ledger()
        for _ in range(5):
            life.puts()

    assert not _lives(place, story, opened=store_opener(LOG_FIRST)).mishaps, "the first sync of the log buries it"
    careless = [Flaw.OWN_NAME]
    assert _lives(place, story, careless, opened=store_opener(LOG_FIRST), careless=True).lost > 10
    assert not _lives(place, story, careless, opened=store_opener(), careless=True).mishaps


def test_the_engine_sees_a_folder_whose_name_nobody_synced(place: Anchors) -> None:
    """Found by this engine at its first run: the folder that holds the ledger was made and its own name not synced."""

    def story(life: Life) -> None:
        life.disk.forgetful = True
        life.starts()
        life.puts()

    assert _lives(place, story).lost


def test_named_a_kiosk_that_started_for_the_first_time_keeps_the_folder_it_made(place: Anchors) -> None:
    def story(life: Life) -> None:
        life.starts()
        life.puts()

    assert not _lives(place, story).mishaps


def test_named_a_folder_that_another_program_made_a_moment_ago_is_kept_too(place: Anchors) -> None:
    def story(life: Life) -> None:
        life.finds_its_folder()
        life.starts()
        life.puts()

    assert not _lives(place, story).mishaps


HONEST = (Flaw.ORDERED, Flaw.OWN_NAME, Flaw.UNORDERED)


def _lives(
    place: Anchors,
    story: Callable[[Life], None],
    flaws: Sequence[Flaw] = HONEST,
    *,
    opened: Callable[..., Ledger] | None = None,
    careless: bool = False,
) -> Tally:
    tally = Tally()
    before = Remains({"/var": FOLDER})
    for flaw in flaws:
        engine = Engine(place, flaw, opened, careless=careless)
        life = engine.live(before, FIRST_MOMENT, Random(1), Numbers(), Clockwork(), story)
        engine.cut(life, before, range(len(life.disk.steps) + 1), flaw.name)
        tally.add(engine.tally)
    return tally
