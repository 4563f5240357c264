"""Stories for kiosks: one that is always the same and touches everything, and as many as there are seeds."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import apsw

from offline_cache.database import StoreError
from offline_cache.disk import DiskKey
from offline_cache.migrations.ledger import LEDGER
from offline_cache.migrations.replica import REPLICA
from tests.crash.engine import Engine, Tally
from tests.crash.life import FIRST_MOMENT, Life, Moment, Numbers
from tests.crash.medium import Flaw, Remains
from tests.offline_cache.clockwork import Clockwork

if TYPE_CHECKING:
    from collections.abc import Callable

    from offline_cache.store import Ledger
    from tests.crash.promises import Rows
    from tests.crash.ram_disk import Anchors


KEY = DiskKey(bytes(range(32)), Path("/key"))
"""With which a quarter of the random kiosks close their files."""


def reference(life: Life) -> None:
    """The story that is always the same: everything a kiosk does to its disk, some of it often enough to wrap a log."""
    life.starts()
    for _ in range(20):
        life.puts()
    life.applies()
    life.applies()
    life.is_read()
    life.misses()
    life.takes()
    life.settles()
    life.begins_snapshot()
    life.adds_to_snapshot()
    life.adds_to_snapshot()
    life.puts()
    life.finishes_snapshot()
    life.courier_restarts()
    life.wants()
    for _ in range(12):
        life.puts()
        life.misses()
        life.applies()
        life.takes()
        life.settles()
        life.promises_a_slot()
        life.does_something()
    life.gives_slots_back()
    life.hits()
    life.enrols_anew()
    life.restarts()
    life.puts()
    life.enrols_anew()
    life.hears_nothing_new()
    life.is_sent_back()
    life.newer_program_was_here()
    life.applies()
    life.is_read()
    life.replica_rots()
    life.applies()
    life.drops_replica()
    life.applies()
    life.is_troubled()
    life.takes()
    life.settles()
    life.prunes()
    life.puts()
    life.ends()
    life.starts()
    life.puts()


def of_an_old_program(engine: Engine, shape: int) -> Callable[[Life], None]:
    """A kiosk whose program is renewed: its ledger has an older shape."""

    def story(life: Life) -> None:
        def rows_after() -> Rows:
            return engine.aftermath(life.disk.as_it_is(), Random(0), life.clock.boot).ledger

        life.had_an_old_program(shape, rows_after)
        life.starts()
        life.puts()
        life.misses()
        life.ends()

    return story


def of_an_old_replica(shape: int) -> Callable[[Life], None]:
    """A kiosk whose program is renewed: its replica has an older shape, and comes again from the office."""

    def story(life: Life) -> None:
        life.had_an_old_replica(shape)
        life.starts()
        life.applies()
        life.is_read()
        life.ends()

    return story


def at_random(rng: Random, acts: int) -> Callable[[Life], None]:
    """Some acts in some order; how often each comes is a choice of its own, so that no two stories are alike."""

    def story(life: Life) -> None:
        if rng.random() < 0.3:
            life.finds_its_folder()
        life.starts()
        ways = {
            life.puts: 8.0,
            life.takes: 2.0,
            life.settles: 2.0,
            life.wants: 0.5,
            life.promises_a_slot: 2.0,
            life.gives_slots_back: 0.5,
            life.does_something: 2.0,
            life.misses: 3.0,
            life.hits: 0.5,
            life.looks_at_tries: 1.0,
            life.waits: 1.0,
            life.applies: 4.0,
            life.hears_nothing_new: 1.0,
            life.is_sent_back: 0.3,
            life.begins_snapshot: 0.5,
            life.adds_to_snapshot: 1.0,
            life.finishes_snapshot: 0.7,
            life.is_read: 1.0,
            life.is_troubled: 0.5,
            life.courier_restarts: 0.5,
            life.restarts: 0.4,
            life.enrols_anew: 0.2,
            life.prunes: 0.1,
            life.drops_replica: 0.2,
            life.replica_rots: 0.2,
            life.newer_program_was_here: 0.2,
        }
        weights = [usual * rng.choice((0.0, 0.3, 1.0, 1.0, 4.0)) + 0.001 for usual in ways.values()]
        for act in rng.choices(list(ways), weights, k=acts):
            act()

    return story


def every_step(anchors: Anchors, flaw: Flaw, seed: int, opened: Callable[..., Ledger] | None = None) -> Tally:
    """The reference story, and a kiosk with each older ledger or replica, cut at every step."""
    engine = Engine(anchors, flaw, opened)
    stories = [
        reference,
        *(of_an_old_program(engine, shape) for shape in range(1, len(LEDGER))),
        *(of_an_old_replica(shape) for shape in range(1, len(REPLICA))),
    ]
    for which, story in enumerate(stories):
        life = engine.live(Remains({"/var": 0}), FIRST_MOMENT, Random(seed), Numbers(), Clockwork(), story)
        steps = range(len(life.disk.steps) + 1)
        engine.cut(life, Remains({"/var": 0}), steps, f"{seed}/every/{which}")
    return engine.tally


def history(
    anchors: Anchors,
    seed: int,
    *,
    cuts: int = 100,
    flaw: Flaw | None = None,
    opened: Callable[..., Ledger] | None = None,
) -> Tally:
    """Some lives of one kiosk, each beginning with what a cut in the one before left; about `cuts` cuts each."""
    rng = Random(f"history {seed}")
    flaw = flaw or rng.choice((Flaw.ORDERED, Flaw.OWN_NAME, Flaw.UNORDERED))
    engine = Engine(anchors, flaw, opened, key=KEY if rng.random() < 0.25 else None)
    numbers = Numbers()
    clock = Clockwork()
    remains = Remains({"/var": 0})
    before: Moment = FIRST_MOMENT
    for number in range(rng.randint(1, 3)):
        old = rng.randrange(1, len(LEDGER)) if number == 0 and rng.random() < 0.1 else None
        story = of_an_old_program(engine, old) if old else at_random(rng, rng.randint(3, 45))
        try:
            life = engine.live(remains, before, rng, numbers, clock, story)
        except (StoreError, apsw.Error, AssertionError, ValueError) as trouble:
            engine.broke_down(f"{seed}/{number}", trouble)
            break
        where = sorted(rng.randint(0, len(life.disk.steps)) for _ in range(cuts))
        left = engine.cut(life, remains, where, f"{seed}/{number}")
        if engine.tally.mishaps or not left:
            break
        remains, before = rng.choice(left)
        clock.wall = before.wall
        clock.reboots(timedelta(minutes=rng.randint(0, 30)))
    return engine.tally
