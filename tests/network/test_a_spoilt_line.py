"""Office, door and courier as processes on two machines, and what happens to lines: all arrives, once, after healing.

In the field a courier's longest pause is four minutes (`Pace.longest`); here it is a second, so that a story takes
seconds. What is waited for is bounded by five minutes less that pause.
"""

from __future__ import annotations

import contextlib
import sys
import time
from typing import TYPE_CHECKING

import pytest

from offline_cache import identity as identities
from offline_cache.courier import Pace
from offline_cache.line import CONNECT_SECONDS, READ_SECONDS
from offline_cache.store import LEDGER_FILE, REPLICA_FILE, open_ledger, open_replica
from tests.network.world import KIOSK_ADDRESS, OFFICE_URL, Authority, World, impossible
from tests.offline_cache.letters import visit
from tests.visit.town_hall import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from offline_cache.store import Ledger

pytestmark = pytest.mark.skipif(bool(impossible()), reason=impossible() or "it is possible")
FIVE_MINUTES = 300.0
PATIENCE = FIVE_MINUTES - Pace().longest
KIOSK = (sys.executable, "-m", "tests.network.kiosk_end")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = World(tmp_path_factory.mktemp("world"))
    try:
        made.open()
        yield made
    finally:
        made.close()


@pytest.fixture
def healed(world: World) -> Iterator[World]:
    yield world
    world.heal()


class Standing:
    """A kiosk that is enrolled and whose courier runs."""

    def __init__(self, world: World, place: Path) -> None:
        enrolled = world.kiosk.does(*KIOSK, "enrol", place, OFFICE_URL, world.ticket(), world.trusted.ca_file)
        self.device = enrolled.strip()
        self.place = place
        self.ledger: Ledger = open_ledger(place / LEDGER_FILE)
        self._told = 0

    def visited(self, times: int) -> None:
        for _ in range(times):
            self.ledger.outbox.put(visit(self._told))
            self._told += 1

    def everything_arrived_once(self, world: World) -> None:
        wait_until("the outbox is empty", lambda: self.ledger.outbox.waiting() == 0, PATIENCE)
        assert world.seconds_reported(self.device) == list(range(self._told))
        replica = open_replica(self.place / REPLICA_FILE, identities.load(self.place).pepper)
        with contextlib.closing(replica):
            wait_until("the replica is whole", lambda: replica.as_of() is not None, PATIENCE)


@contextlib.contextmanager
def standing(world: World, place: Path) -> Iterator[Standing]:
    kiosk = Standing(world, place)
    courier = world.kiosk.starts(f"courier-{kiosk.device}", *KIOSK, "carry", place)
    try:
        yield kiosk
    finally:
        kiosk.ledger.close()
        courier.end()
    assert courier.process.returncode == 0, courier.said()


@pytest.mark.parametrize(
    "weather",
    [
        pytest.param(lambda world: world.lose(30), id="a third of all packets is lost"),
        pytest.param(lambda world: world.cut(), id="the line is cut"),
        pytest.param(lambda world: world.cut_answers(), id="the office hears, and is not heard"),
        pytest.param(lambda world: world.reset(10), id="connections are reset"),
        pytest.param(lambda world: world.slow("64kbit"), id="the line is as slow as a modem"),
        pytest.param(
            lambda world: world.mischief(tear=0.4, double=0.4, delay=0.5), id="answers are torn, doubled and late"
        ),
        pytest.param(lambda world: world.mischief(tear_up=0.6, tear=0.3), id="requests are torn, and answers too"),
    ],
)
def test_whatever_befalls_the_line_all_arrives_once(
    healed: World, tmp_path: Path, weather: Callable[[World], None]
) -> None:
    with standing(healed, tmp_path) as kiosk:
        kiosk.visited(20)
        weather(healed)
        for _ in range(15):
            kiosk.visited(10)
            time.sleep(0.2)
        healed.heal()
        kiosk.visited(5)
        kiosk.everything_arrived_once(healed)


def test_while_the_line_is_cut_nothing_is_taken_for_sent(healed: World, tmp_path: Path) -> None:
    with standing(healed, tmp_path) as kiosk:
        healed.cut()
        kiosk.visited(30)
        time.sleep(2)
        assert kiosk.ledger.outbox.waiting() == 30
        healed.heal()
        kiosk.everything_arrived_once(healed)


def test_after_the_longest_pause_five_minutes_are_not_over() -> None:
    """An answer that never comes, then the longest pause; half a minute is left for what waits."""
    assert CONNECT_SECONDS + READ_SECONDS + Pace().longest <= FIVE_MINUTES - 20


@pytest.mark.parametrize(
    "issued",
    [
        pytest.param(lambda _, folder: Authority.made(folder / "stranger").issues("office"), id="a stranger's"),
        pytest.param(lambda world, _: world.trusted.issues("another", address=KIOSK_ADDRESS), id="another machine's"),
    ],
)
def test_whoever_takes_the_offices_place_with_a_wrong_certificate_hears_nothing(
    healed: World, tmp_path: Path, issued: Callable[[World, Path], Path]
) -> None:
    with standing(healed, tmp_path / "kiosk") as kiosk:
        kiosk.visited(5)
        kiosk.everything_arrived_once(healed)
        healed.door_of(issued(healed, tmp_path))
        kiosk.visited(5)
        wait_until("it was refused", lambda: kiosk.ledger.outbox.line().trouble == "untrusted_office", PATIENCE)
        assert kiosk.ledger.outbox.waiting() == 5
        assert healed.seconds_reported(kiosk.device) == list(range(5))
        healed.heal()
        kiosk.everything_arrived_once(healed)


def test_an_office_with_another_authority_hears_nothing(healed: World, tmp_path: Path) -> None:
    stranger = Authority.made(tmp_path / "stranger")
    token = healed.ticket()
    said = healed.kiosk.does(*KIOSK, "enrol", tmp_path / "kiosk", OFFICE_URL, token, stranger.ca_file)
    assert said.startswith("untrusted")
    again = healed.kiosk.does(*KIOSK, "enrol", tmp_path / "other", OFFICE_URL, token, healed.trusted.ca_file)
    assert again.startswith("MS-")
