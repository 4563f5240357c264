"""One turn of a motor against a clock turned by hand: every rule of time, and what is said when nobody watched."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from devices.dispensing import Dropped, Jammed, NothingDropped, NotStarted, Obstacle, Unclear
from devices.drivers.vending_columns.turning import Ended, Flash, Off, Seen, Timing, turn
from devices.simulators.columns import Columns, Falls, Motor, Reads, Spiral

STEP = 0.05
"""Seconds that a question to the board takes."""

WAITED_IN_VAIN = 0.25
"""Seconds after which an answer is given up."""


@dataclass
class Machine:
    """The simulator's mechanics without a line: what a script wants is done at once, and takes a step of time."""

    now: float = 0.0
    deaf: bool = False
    silent: tuple[float, float] = (0.0, 0.0)
    flashes: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.columns = Columns((Spiral(1, "residual-60", 2026, 9, channel=1),), 3.0, lambda: self.now)

    def run(self, *, half: bool = False) -> Ended:
        script = turn(Timing(3.0, 0.3), self.now, half=half)
        act = next(script)
        while True:
            self.now += STEP
            silent = self.silent[0] <= self.now < self.silent[1]
            seen = Seen(self.now, heard=not silent)
            if isinstance(act, Flash):
                self.flashes.append(act.tenths)
                seen = Seen(self.now, heard=not self.deaf)
                if self.deaf:
                    self.now += WAITED_IN_VAIN
                    seen = Seen(self.now, heard=False)
                else:
                    self.columns.energise(1, 1, act.tenths / 10)
            elif isinstance(act, Off) and not silent:
                self.columns.release_current(1, 1)
            elif not silent:
                seen = Seen(self.now, self.columns.contact_closed(1, 1), self.columns.contact_closed(1, 8))
            try:
                act = script.send(seen)
            except StopIteration as stopped:
                ended: Ended = stopped.value
                return ended

    def at_home(self) -> bool:
        return self.columns.contact_closed(1, 1)


@pytest.fixture
def machine() -> Machine:
    return Machine()


def test_a_bag_that_falls_is_one_bag_and_the_spiral_stands_at_home_again(machine: Machine) -> None:
    for _ in range(9):
        assert machine.run() == Ended(Dropped(), home=True)
        assert machine.at_home()
    assert machine.flashes == [39] * 9
    assert machine.columns.take() == (1,) * 9


def test_a_bag_that_hangs_is_shaken_loose_by_half_a_turn_and_the_next_turn_is_the_other_half(machine: Machine) -> None:
    machine.columns.let_fall(1, Falls.HANGS)
    assert machine.run() == Ended(Dropped(), half=True)
    machine.columns.let_fall(1, Falls.ONE)
    assert machine.run(half=True) == Ended(Dropped(), home=True)
    assert machine.flashes == [39, 15, 20]
    assert machine.columns.take() == (1, 1)
    assert machine.run() == Ended(Dropped(), home=True)


def test_an_empty_column_turns_once_more_in_two_halves_and_no_further(machine: Machine) -> None:
    machine.columns.refill(1, 0)
    assert machine.run() == Ended(NothingDropped(), home=True)
    assert machine.flashes == [39, 15, 20]
    assert machine.at_home()


def test_two_bags_at_once_are_two_bags(machine: Machine) -> None:
    machine.columns.let_fall(1, Falls.TWO)
    assert machine.run().outcome == Dropped(2)
    assert len(machine.columns.take()) == 2


def test_a_motor_that_does_not_leave_its_place_is_switched_off_and_not_tried_again(machine: Machine) -> None:
    machine.columns.break_motor(1, Motor.STUCK)
    assert machine.run() == Ended(Jammed())
    assert machine.flashes == [39]
    assert not machine.columns.coil(1, 1)
    assert machine.now < 0.8 + 1.5 + 6 * STEP


def test_a_motor_that_sticks_within_its_turn_is_a_jam(machine: Machine) -> None:
    machine.columns.break_motor(1, Motor.STICKS_HALFWAY)
    assert machine.run() == Ended(Jammed())
    assert machine.flashes == [39]


@pytest.mark.parametrize("reads", [Reads.ON, Reads.OFF])
def test_a_dead_home_sensor_never_hides_a_bag_that_fell(machine: Machine, reads: Reads) -> None:
    machine.columns.break_home(1, reads)
    ended = machine.run()
    fell = len(machine.columns.take())
    assert ended.outcome == (Dropped(fell) if fell else Jammed())
    assert len(machine.flashes) == 1


def test_a_dead_drop_sensor_turns_no_more_often_than_an_empty_column(machine: Machine) -> None:
    machine.columns.break_drop(Reads.OFF)
    assert machine.run().outcome == NothingDropped()
    assert machine.flashes == [39, 15, 20]


def test_a_command_that_was_not_heard_moved_nothing_and_may_be_given_to_another_column(machine: Machine) -> None:
    machine.deaf = True
    assert machine.run() == Ended(NotStarted(Obstacle.NOT_HEARD), home=True)


@pytest.mark.parametrize("until", [4.0, 99.0])
def test_a_bag_that_fell_while_the_board_was_silent_is_unclear_and_no_half_turn_follows(
    machine: Machine, until: float
) -> None:
    machine.silent = (1.0, until)
    assert machine.run() == Ended(Unclear())
    assert machine.flashes == [39]


def test_a_bag_that_was_seen_is_a_bag_whatever_came_after_it(machine: Machine) -> None:
    machine.silent = (2.9, 99.0)
    assert machine.run().outcome == Dropped()


def test_a_moment_of_silence_shorter_than_the_sensor_holds_hides_nothing(machine: Machine) -> None:
    machine.silent = (2.5, 2.7)
    assert machine.run() == Ended(Dropped(), home=True)
