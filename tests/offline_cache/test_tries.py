"""Guessing: five misses are free, then it takes longer and longer, and no plug or clock helps."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from offline_cache.store import Ledger, open_ledger
from offline_cache.tries import Allowed, Locked
from tests.offline_cache.clockwork import Clockwork
from tests.offline_cache.letters import PEPPER, number

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from offline_cache.tries import Tries

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class Kiosk:
    """A kiosk whose clocks a test turns; `tries` are those of the program running now."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.clock = Clockwork()
        self.ledger = self._open()

    @property
    def tries(self) -> Tries:
        return self.ledger.tries(PEPPER)

    def locked_for(self, which: int) -> timedelta:
        state = self.tries.state(number(which))
        return state.until - self.clock.now() if isinstance(state, Locked) else timedelta(0)

    def plug_pulled(self, off: timedelta) -> None:
        self.ledger.close()
        self.clock.reboots(off)
        self.ledger = self._open()

    def _open(self) -> Ledger:
        return open_ledger(self.path / "ledger.db", clock=self.clock.now, uptime=self.clock.uptime)


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[Kiosk]:
    kiosk = Kiosk(tmp_path)
    yield kiosk
    kiosk.ledger.close()


def misses(kiosk: Kiosk, *which: int) -> Allowed | Locked:
    for one in which:
        state = kiosk.tries.missed(number(one))
    return state


def test_five_misses_are_free_and_the_page_can_say_how_many_are_left(kiosk: Kiosk) -> None:
    assert kiosk.tries.state(number(1)) == Allowed(5)
    assert [misses(kiosk, which) for which in range(1, 5)] == [Allowed(left) for left in (4, 3, 2, 1)]
    assert misses(kiosk, 5) == Locked(kiosk.clock.now() + 15 * SECOND)


def test_the_lock_is_for_everyone_and_opens_by_itself(kiosk: Kiosk) -> None:
    misses(kiosk, 1, 2, 3, 4, 5)
    assert kiosk.locked_for(99) == 15 * SECOND
    kiosk.clock.passes(14 * SECOND)
    assert kiosk.locked_for(99) == SECOND
    kiosk.clock.passes(SECOND)
    assert kiosk.tries.state(number(99)) == Allowed(1)


def test_each_further_miss_doubles_the_lock_up_to_two_hours(kiosk: Kiosk) -> None:
    misses(kiosk, 1, 2, 3, 4)
    seen = []
    for which in range(5, 18):
        misses(kiosk, which)
        seen.append(kiosk.locked_for(99))
        kiosk.clock.passes(seen[-1])
    assert seen[:4] == [15 * SECOND, 30 * SECOND, MINUTE, 2 * MINUTE]
    assert seen[-4:] == [2 * HOUR] * 4
    assert all(longer in (2 * shorter, 2 * HOUR) for shorter, longer in itertools.pairwise(seen))


def test_a_thousand_misses_do_not_overflow(kiosk: Kiosk) -> None:
    misses(kiosk, *range(100))
    assert kiosk.locked_for(99) == 2 * HOUR


def test_one_number_locks_for_a_day_after_five_misses_though_others_go_on(kiosk: Kiosk) -> None:
    for _ in range(5):
        misses(kiosk, 7)
        kiosk.tries.hit(number(8))
    assert kiosk.locked_for(7) == DAY
    assert kiosk.tries.state(number(8)) == Allowed(5)
    kiosk.clock.passes(DAY - SECOND)
    assert kiosk.locked_for(7) == SECOND
    kiosk.clock.passes(SECOND)
    assert kiosk.tries.state(number(7)) == Allowed(5)


def test_the_longer_of_two_locks_holds(kiosk: Kiosk) -> None:
    misses(kiosk, 7, 7, 7, 7, 7)
    assert kiosk.locked_for(7) == DAY
    assert kiosk.locked_for(8) == 15 * SECOND


def test_a_hit_forgives_the_kiosk_but_no_number(kiosk: Kiosk) -> None:
    misses(kiosk, 7, 7, 7, 7)
    kiosk.tries.hit(number(7))
    assert kiosk.tries.state(number(8)) == Allowed(5)
    assert kiosk.tries.state(number(7)) == Allowed(1)


def test_a_day_without_a_miss_forgets(kiosk: Kiosk) -> None:
    misses(kiosk, 1, 1, 2)
    kiosk.clock.passes(DAY)
    assert kiosk.tries.state(number(1)) == Allowed(5)


def test_numbers_are_forgotten_after_a_day_and_never_stand_on_the_disk(kiosk: Kiosk) -> None:
    misses(kiosk, 1, 2, 3)
    stored = b"".join(path.read_bytes() for path in kiosk.path.iterdir())
    assert number(1).number.characters.encode() not in stored
    assert number(3).number.characters.encode() not in stored
    kiosk.clock.passes(DAY)
    misses(kiosk, 4)
    kiosk.ledger.close()
    rows = open_ledger(kiosk.path / "ledger.db")._database.connection.execute("SELECT count(*) FROM tries").get
    assert rows == 2


def test_a_pulled_plug_gives_no_new_tries(kiosk: Kiosk) -> None:
    misses(kiosk, 1, 2, 3, 4)
    kiosk.plug_pulled(off=5 * SECOND)
    assert isinstance(misses(kiosk, 5), Locked)
    kiosk.plug_pulled(off=5 * SECOND)
    assert kiosk.locked_for(6) == 10 * SECOND


def test_a_clock_set_forward_opens_no_lock(kiosk: Kiosk) -> None:
    misses(kiosk, 7, 7, 7, 7, 7)
    kiosk.clock.is_set(400 * DAY)
    assert kiosk.locked_for(7) == DAY
    assert kiosk.locked_for(8) == 15 * SECOND


def test_a_clock_set_back_makes_no_lock_longer(kiosk: Kiosk) -> None:
    misses(kiosk, 1, 2, 3, 4, 5)
    kiosk.clock.is_set(-400 * DAY)
    assert kiosk.locked_for(8) == 15 * SECOND
    kiosk.clock.passes(15 * SECOND)
    assert kiosk.locked_for(8) == timedelta(0)


def test_a_machine_without_a_battery_that_wakes_in_the_past_keeps_the_lock_but_not_for_ever(kiosk: Kiosk) -> None:
    misses(kiosk, 1, 2, 3, 4, 5)
    kiosk.plug_pulled(off=-30 * DAY)
    assert kiosk.locked_for(8) == 15 * SECOND
    kiosk.clock.passes(10 * SECOND)
    # The time service finds the right date: that is no time waited.
    kiosk.clock.is_set(31 * DAY)
    assert kiosk.locked_for(8) == 5 * SECOND
    kiosk.clock.passes(5 * SECOND)
    assert kiosk.locked_for(8) == timedelta(0)


def test_pulling_the_plug_again_and_again_with_a_wrong_clock_ends_a_lock_only_by_waiting(kiosk: Kiosk) -> None:
    misses(kiosk, 1, 2, 3, 4, 5)
    for _ in range(5):
        kiosk.plug_pulled(off=-30 * DAY)
        assert kiosk.locked_for(8) == 15 * SECOND
    kiosk.clock.passes(15 * SECOND)
    assert kiosk.locked_for(8) == timedelta(0)


def test_misses_at_two_kiosks_of_one_file_do_not_get_lost(kiosk: Kiosk) -> None:
    other = open_ledger(kiosk.path / "ledger.db", clock=kiosk.clock.now, uptime=kiosk.clock.uptime)
    misses(kiosk, 1, 2)
    assert other.tries(PEPPER).missed(number(3)) == Allowed(2)
    other.close()
