"""Doors that open, stay shut, stand open, lie and are forced, on real pseudo-terminals with both kinds of boards."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

import pytest

from devices.conditions import Absent, Condition, Need, NeedsStaff, Ready, Soon
from devices.drivers.locker_wall.verbs import GAP, MAX_AGE
from devices.errors import Cancelled, Unavailable
from devices.roles import (
    LOCKER_WALL,
    BoardSilent,
    Door,
    Mishap,
    OpenCommand,
    Opened,
    StillClosed,
    TooLate,
)
from devices.simulators.doors import Says
from devices.simulators.settings import Boards
from devices.simulators.wall import Wall
from devices.supervisor import Supervisor, load_rig

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from threading import Event

    from devices.noticeboard import Noticeboard
    from devices.roles import Incident, LockerWall

    Until = Callable[[Callable[[], bool]], None]

FAST = 115200
"""Baud; what the boards' own speed does is tried in the conformance runs and with the dock."""

both_kinds = pytest.mark.parametrize("kind", list(Boards))


@pytest.fixture
def kind() -> Boards:
    return Boards.MODBUS


@dataclass(frozen=True)
class Standing:
    """A simulated wall, and the rig file of a kiosk that has nothing else."""

    wall: Wall
    rig_file: Path


@pytest.fixture
def standing(tmp_path: Path, kind: Boards) -> Iterator[Standing]:
    wall = Wall(tmp_path / "wall", kind, Random(1), FAST)
    rig_file = tmp_path / "rig.toml"
    rig_file.write_text(wall.rig(), encoding="utf-8")
    yield Standing(wall, rig_file)
    wall.close()


@pytest.fixture
def supervisor(standing: Standing, board: Noticeboard) -> Iterator[Supervisor]:
    # Its seconds pass twenty times as fast: it looks, and reopens, without keeping the tests waiting.
    supervisor = Supervisor(load_rig(standing.rig_file), board, Random(1), lambda: 20 * time.monotonic())
    supervisor.round()
    yield supervisor
    supervisor.close()


def now(number: int) -> OpenCommand:
    return OpenCommand(number, datetime.now(UTC))


def opens(wall: LockerWall, number: int, cancel: Event) -> bool:
    """Whether the door opens; False if nothing was sent to a board that has not answered again yet."""
    outcome = wall.open(now(number), cancel)
    assert outcome in (Opened(), BoardSilent(sent=False))
    return outcome == Opened()


def mishaps(incidents: tuple[Incident, ...]) -> list[tuple[Mishap, int]]:
    return [(incident.mishap, incident.compartment) for incident in incidents]


def settled(standing: Standing, number: int, pulses: int) -> Callable[[], bool]:
    return lambda: len(standing.wall.doors.pulses(number)) >= pulses


@pytest.fixture
def seen(supervisor: Supervisor, board: Noticeboard, until: Until) -> Callable[[Condition], None]:
    """Wait until the noticeboard says so."""

    def wait(condition: Condition) -> None:
        def look_again() -> bool:
            supervisor.round()
            return board.of(LOCKER_WALL) == condition

        until(look_again)

    return wait


@both_kinds
def test_the_door_of_whoever_brought_the_code_opens_and_no_other(
    standing: Standing, supervisor: Supervisor, cancel: Event
) -> None:
    with supervisor.lease(LOCKER_WALL) as wall:
        assert wall.open(now(32), cancel) == Opened()
        doors = wall.doors(cancel)
        assert [number for number, door in doors.items() if door is not Door.CLOSED] == [32]
        assert wall.door(32, cancel) is Door.OPEN
        standing.wall.set_open(32, opened=False)
        assert wall.door(32, cancel) is Door.CLOSED
        assert wall.take_incidents() == ()


@both_kinds
def test_the_board_itself_ends_the_pulse_before_the_coil_burns(
    standing: Standing, supervisor: Supervisor, cancel: Event, until: Until
) -> None:
    with supervisor.lease(LOCKER_WALL) as wall:
        assert wall.open(now(1), cancel) == Opened()
        # The kiosk ends in the middle of it.
        wall.close()
    until(settled(standing, 1, 1))
    ((began, ended),) = standing.wall.doors.pulses(1)
    assert 0.2 <= ended - began <= 0.6


@both_kinds
def test_two_doors_are_released_one_after_the_other(
    standing: Standing, supervisor: Supervisor, cancel: Event, until: Until
) -> None:
    with supervisor.lease(LOCKER_WALL) as wall:
        assert [wall.open(now(number), cancel) for number in (1, 29)] == [Opened(), Opened()]
    until(settled(standing, 29, 1))
    ((_, first_ended),) = standing.wall.doors.pulses(1)
    ((second_began, _),) = standing.wall.doors.pulses(29)
    assert second_began - first_ended >= GAP / 2


def test_a_late_open_command_does_not_open_a_door_after_the_citizen_left(
    standing: Standing, supervisor: Supervisor, cancel: Event
) -> None:
    with supervisor.lease(LOCKER_WALL) as wall:
        late = OpenCommand(7, datetime.now(UTC) - timedelta(seconds=MAX_AGE + 1))
        assert wall.open(late, cancel) == TooLate()
        # A clock was set back in between: nobody knows how old the command is.
        assert wall.open(OpenCommand(7, datetime.now(UTC) + timedelta(hours=1)), cancel) == TooLate()
        assert wall.door(7, cancel) is Door.CLOSED
    assert not standing.wall.doors.is_open(7)
    assert standing.wall.doors.pulses(7) == ()


@both_kinds
def test_a_broken_contact_that_says_open_does_not_lock_the_document_in(
    standing: Standing, supervisor: Supervisor, cancel: Event
) -> None:
    standing.wall.lie(9, Says.OPEN)
    with supervisor.lease(LOCKER_WALL) as wall:
        wall.take_incidents()
        assert wall.open(now(9), cancel) == Opened(moved=False)
        assert mishaps(wall.take_incidents()) == [(Mishap.CONTACT_SAID_OPEN, 9)]
        assert wall.condition() == Ready(Soon.LOCK_OR_CONTACT)
    assert standing.wall.doors.coil(*wired(standing, 9)) or standing.wall.doors.is_open(9)


def test_a_broken_contact_that_says_closed_is_told_apart_from_nothing_and_heals_when_it_moves(
    standing: Standing, supervisor: Supervisor, cancel: Event
) -> None:
    standing.wall.lie(9, Says.CLOSED)
    with supervisor.lease(LOCKER_WALL) as wall:
        assert wall.open(now(9), cancel) == StillClosed()
        assert standing.wall.doors.is_open(9)
        assert wall.condition() == Ready(Soon.LOCK_OR_CONTACT)
        standing.wall.lie(9, Says.TRUTH)
        assert wall.door(9, cancel) is Door.OPEN
        assert wall.condition() == Ready()
        assert mishaps(wall.take_incidents()) == [(Mishap.STAYED_CLOSED, 9)]


@both_kinds
def test_a_stuck_lock_is_tried_once_for_each_command(
    standing: Standing, supervisor: Supervisor, cancel: Event, until: Until
) -> None:
    standing.wall.stick(4, stuck=True)
    with supervisor.lease(LOCKER_WALL) as wall:
        assert wall.open(now(4), cancel) == StillClosed()
        until(settled(standing, 4, 1))
        assert len(standing.wall.doors.pulses(4)) == 1
        standing.wall.stick(4, stuck=False)
        assert wall.open(now(4), cancel) == Opened()


def test_one_dead_board_does_not_stop_the_others(
    standing: Standing, supervisor: Supervisor, cancel: Event, seen: Callable[[Condition], None], until: Until
) -> None:
    standing.wall.silence(2, silent=True)
    seen(Ready(Soon.LOCKER_BOARD_SILENT))
    with supervisor.lease(LOCKER_WALL) as wall:
        assert wall.open(now(8), cancel) == BoardSilent(sent=False)
        assert wall.open(now(15), cancel) == Opened()
        doors = wall.doors(cancel)
        assert [number for number, door in doors.items() if door is Door.UNKNOWN] == list(range(8, 15))
        assert wall.door(8, cancel) is Door.UNKNOWN
        standing.wall.silence(2, silent=False)
        until(lambda: opens(wall, 8, cancel))
    seen(Ready())


@both_kinds
def test_a_wall_without_power_needs_a_person_and_then_goes_on(
    standing: Standing, supervisor: Supervisor, cancel: Event, until: Until
) -> None:
    with supervisor.lease(LOCKER_WALL) as wall:
        for board in standing.wall.doors.boards:
            standing.wall.silence(board, silent=True)
        until(lambda: wall.condition() == NeedsStaff(Need.SWITCH_ON))
    with pytest.raises(Unavailable), supervisor.lease(LOCKER_WALL):
        pass
    for board in standing.wall.doors.boards:
        standing.wall.silence(board, silent=False)
    until(lambda: wall.condition() == Ready())
    until(lambda: opens(wall, 20, cancel))


def test_a_relay_left_on_by_whoever_crashed_is_switched_off_at_the_start(standing: Standing) -> None:
    standing.wall.doors.energise(3, 5, 3600)
    assert standing.wall.doors.coil(3, 5)
    wall = opened(standing)
    assert not standing.wall.doors.coil(3, 5)
    wall.close()


def test_a_board_from_the_factory_whose_inputs_switch_relays_is_set_right(standing: Standing) -> None:
    standing.wall.link_inputs(3)
    assert set(standing.wall.relays(3)) == {True, False}
    wall = opened(standing)
    assert set(standing.wall.relays(3)) == {False}
    wall.close()


def test_a_relay_left_on_while_the_line_was_gone_is_switched_off_when_it_is_back(
    standing: Standing, seen: Callable[[Condition], None]
) -> None:
    standing.wall.unplug()
    seen(Absent())
    standing.wall.doors.energise(1, 1, 3600)
    standing.wall.plug()
    seen(Ready())
    assert not standing.wall.doors.coil(1, 1)


@both_kinds
def test_a_line_pulled_in_a_lease_is_lent_again_when_it_is_back(
    standing: Standing, supervisor: Supervisor, cancel: Event, seen: Callable[[Condition], None]
) -> None:
    def pull_and_read(wall: LockerWall) -> None:
        standing.wall.unplug()
        wall.doors(cancel)

    with pytest.raises(Unavailable) as caught, supervisor.lease(LOCKER_WALL) as wall:
        pull_and_read(wall)
    assert caught.value.condition == Absent()
    standing.wall.plug()
    seen(Ready())
    with supervisor.lease(LOCKER_WALL) as wall:
        assert wall.open(now(12), cancel) == Opened()


def test_a_forced_door_is_an_incident_until_somebody_has_taken_note(
    standing: Standing, supervisor: Supervisor, cancel: Event, seen: Callable[[Condition], None]
) -> None:
    standing.wall.set_open(17, opened=True)
    seen(Ready(Soon.DOOR_OPENED_UNASKED))
    with supervisor.lease(LOCKER_WALL) as wall:
        (incident,) = wall.take_incidents()
        assert (incident.mishap, incident.compartment) == (Mishap.OPENED_UNASKED, 17)
        assert abs((datetime.now(UTC) - incident.seen).total_seconds()) < 60
        assert wall.condition() == Ready()
        # Opened by command afterwards, it is no forced door.
        standing.wall.set_open(17, opened=False)
        assert wall.door(17, cancel) is Door.CLOSED
        assert wall.open(now(17), cancel) == Opened()
        assert wall.take_incidents() == ()


def test_a_door_forced_while_its_board_had_no_power_is_found_out(standing: Standing, until: Until) -> None:
    wall = opened(standing)
    until(lambda: wall.condition() == Ready())
    standing.wall.silence(3, silent=True)
    until(lambda: wall.condition() == Ready(Soon.LOCKER_BOARD_SILENT))
    standing.wall.set_open(17, opened=True)
    standing.wall.silence(3, silent=False)
    until(lambda: wall.condition() == Ready(Soon.DOOR_OPENED_UNASKED))
    assert mishaps(wall.take_incidents()) == [(Mishap.OPENED_UNASKED, 17)]
    wall.close()


def test_a_door_that_stood_open_at_the_start_is_told(standing: Standing, cancel: Event) -> None:
    standing.wall.set_open(30, opened=True)
    wall = opened(standing)
    wall.doors(cancel)
    assert mishaps(wall.take_incidents()) == [(Mishap.FOUND_OPEN, 30)]
    wall.close()


@both_kinds
def test_noise_on_the_line_hides_doors_but_never_makes_one_up(standing: Standing, cancel: Event) -> None:
    wall = opened(standing)
    standing.wall.set_open(32, opened=True)
    standing.wall.set_noise(0.4)
    for _ in range(3):
        for number, door in wall.doors(cancel).items():
            assert door in (Door.UNKNOWN, Door.OPEN if number == 32 else Door.CLOSED)
    standing.wall.set_noise(1.0)
    assert set(wall.doors(cancel).values()) == {Door.UNKNOWN}
    wall.close()


@both_kinds
def test_noise_never_opens_another_door(standing: Standing, cancel: Event) -> None:
    wall = opened(standing)
    standing.wall.set_noise(0.5)
    for _ in range(3):
        assert wall.open(now(32), cancel) in (
            Opened(), Opened(moved=False), StillClosed(), BoardSilent(sent=False), BoardSilent(sent=True),
        )  # fmt: skip
    assert {number for number in standing.wall.doors.numbers if standing.wall.doors.is_open(number)} <= {32}
    wall.close()


def test_contacts_wired_the_other_way_round_are_read_the_other_way_round(standing: Standing, cancel: Event) -> None:
    turned = standing.rig_file.with_name("turned.toml")
    sound = standing.rig_file.read_text(encoding="utf-8")
    turned.write_text(sound.replace("compartments = [", "closed_reads = 0\ncompartments = ["), encoding="utf-8")
    wall = opened(standing, turned)
    assert set(wall.doors(cancel).values()) == {Door.OPEN}
    wall.close()


def test_a_citizen_who_leaves_before_the_command_went_out_opens_nothing(
    standing: Standing, supervisor: Supervisor, cancel: Event
) -> None:
    with supervisor.lease(LOCKER_WALL) as wall:
        assert wall.open(now(1), cancel) == Opened()
        # The next lock has to wait for the first pulse to end.
        leaves = threading.Timer(0.05, cancel.set)
        leaves.start()
        with pytest.raises(Cancelled):
            wall.open(now(2), cancel)
        leaves.join()
    assert standing.wall.doors.pulses(2) == ()
    assert not standing.wall.doors.is_open(2)


def test_a_compartment_that_the_wall_does_not_have_is_a_mistake_of_the_program(
    supervisor: Supervisor, cancel: Event
) -> None:
    with supervisor.lease(LOCKER_WALL) as wall:
        with pytest.raises(ValueError, match="no compartment 36"):
            wall.open(now(36), cancel)
        with pytest.raises(ValueError, match="no compartment 0"):
            wall.door(0, cancel)
        assert [each.number for each in wall.layout.compartments] == list(range(1, 36))


def opened(standing: Standing, rig: Path | None = None) -> LockerWall:
    fitted = next(each for each in load_rig(rig or standing.rig_file).devices if each.driver.role == LOCKER_WALL)
    wall: LockerWall = fitted.driver.open(fitted.options)  # type: ignore[assignment]
    return wall


def wired(standing: Standing, number: int) -> tuple[int, int]:
    return next((each.board, each.lock) for each in standing.wall.doors.fitted if each.number == number)
