"""Bags from the dispenser on a simulated board: what falls, what does not, and what a person has to do about it."""

from __future__ import annotations

from random import Random
from threading import Event
from typing import TYPE_CHECKING

import pytest

from devices.conditions import Need, NeedsStaff, Ready, Soon
from devices.dispensing import (
    Column,
    Dropped,
    Jammed,
    NothingDropped,
    NotStarted,
    Obstacle,
    Trouble,
    TurnOutcome,
    Unclear,
)
from devices.drivers.vending_columns import VENDING_COLUMNS
from devices.drivers.vending_columns.verbs import ColumnDispenser
from devices.drivers.vending_columns.wiring import read_wiring
from devices.errors import Cancelled, TransportError
from devices.noticeboard import Noticeboard
from devices.rig import RigError
from devices.roles import DISPENSER
from devices.simulators.columns import BOARD, Columns, Falls, Motor, Reads, demonstration
from devices.simulators.dispenser import Dispenser as Standing
from devices.supervisor import Supervisor, load_rig
from devices.wires.address import open_wire

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from devices.dispensing import Dispenser


@pytest.fixture
def standing(tmp_path: Path) -> Iterator[Standing]:
    # A machine under load may not look for a while: the drop sensor holds what it saw for longer than that.
    standing = Standing(tmp_path / "line", turn=0.5, baud=115200, held=3.0)
    yield standing
    standing.close()


@pytest.fixture
def rig_file(tmp_path: Path, standing: Standing) -> Path:
    path = tmp_path / "rig.toml"
    path.write_text(standing.rig(), encoding="utf-8")
    return path


def opened(rig_file: Path) -> Dispenser:
    return VENDING_COLUMNS.open(load_rig(rig_file).devices[0].options)


@pytest.fixture
def on_line(rig_file: Path) -> Iterator[Dispenser]:
    dispenser = opened(rig_file)
    yield dispenser
    dispenser.close()


class HandBoard:
    """The relay board without its line, and with a clock of its own: each question takes a twentieth of a second."""

    def __init__(self) -> None:
        self.now = 0.0
        self.columns = Columns(demonstration(), clock=self.clock)

    def clock(self) -> float:
        return self.now

    def all_off(self) -> bool:
        return True

    def flash(self, channel: int, tenths: int) -> bool:
        self.now += 0.05
        self.columns.energise(BOARD, channel + 1, tenths / 10)
        return True

    def off(self, channel: int) -> bool:
        self.now += 0.05
        self.columns.release_current(BOARD, channel + 1)
        return True

    def inputs(self) -> tuple[bool, ...]:
        self.now += 0.05
        return tuple(self.columns.contact_closed(BOARD, channel) for channel in range(1, 9))


@pytest.fixture
def hand() -> HandBoard:
    return HandBoard()


@pytest.fixture
def dispenser(hand: HandBoard, tmp_path: Path) -> Iterator[Dispenser]:
    unused = Standing(tmp_path / "unused")
    rig_file = tmp_path / "unused.toml"
    rig_file.write_text(unused.rig(), encoding="utf-8")
    wiring = read_wiring(load_rig(rig_file).devices[0].options)
    dispenser = ColumnDispenser(open_wire(wiring.address), wiring, {BOARD: hand}, hand.clock)
    yield dispenser
    dispenser.close()
    unused.close()


def vend(dispenser: Dispenser, column: int) -> TurnOutcome:
    outcome: TurnOutcome | None = dispenser.start(column, Event())
    while outcome is None:
        outcome = dispenser.follow(0.2)
    return outcome


def trouble(dispenser: Dispenser, column: int) -> Trouble | None:
    return next(each.trouble for each in dispenser.look(Event()).columns if each.column == column)


def test_who_paid_for_a_bag_gets_one_and_the_bench_knows_which(
    standing: Standing, rig_file: Path, cancel: Event
) -> None:
    board = Noticeboard()
    supervisor = Supervisor(load_rig(rig_file), board, Random(1))
    supervisor.round()
    assert board.of(DISPENSER) == Ready()
    with supervisor.lease(DISPENSER) as dispenser:
        first, second = dispenser.layout.holding("residual-60", 2026)
        assert (first, second.number) == (Column(1, "residual-60", 2026, 12), 2)
        assert dispenser.layout.holding("residual-60", 2025) == ()
        assert vend(dispenser, first.number) == Dropped()
        assert len(dispenser.look(cancel).columns) == 4
    supervisor.close()
    assert standing.columns.take() == (1,)


def test_a_jammed_column_turns_no_more_and_the_next_one_of_the_article_gives_the_bag(
    hand: HandBoard, dispenser: Dispenser
) -> None:
    hand.columns.break_motor(1, Motor.STUCK)
    assert vend(dispenser, 1) == Jammed()
    assert vend(dispenser, 1) == NotStarted(Obstacle.COLUMN)
    assert hand.columns.starts(1) == 1
    assert dispenser.condition() == Ready(Soon.COLUMN_OUT_OF_ORDER)
    assert vend(dispenser, 2) == Dropped()
    hand.columns.break_motor(1, Motor.RUNS)
    dispenser.cleared(1)
    assert dispenser.condition() == Ready()


def test_two_columns_that_give_nothing_make_the_drop_sensor_doubtful(hand: HandBoard, dispenser: Dispenser) -> None:
    hand.columns.break_drop(Reads.OFF)
    assert vend(dispenser, 1) == NothingDropped()
    assert trouble(dispenser, 1) is Trouble.EMPTY
    assert dispenser.condition() == Ready(Soon.COLUMN_EMPTY)
    assert vend(dispenser, 3) == NothingDropped()
    assert dispenser.condition() == Ready(Soon.DROP_SENSOR_DOUBTED)
    assert dispenser.look(Event()).sensor_doubted


def test_nothing_is_started_while_something_lies_where_the_bags_fall(hand: HandBoard, dispenser: Dispenser) -> None:
    hand.columns.break_drop(Reads.ON)
    assert vend(dispenser, 1) == NotStarted(Obstacle.DROP_BLOCKED)
    assert dispenser.condition() == NeedsStaff(Need.CLEAR_CHUTE)
    assert hand.columns.starts(1) == 0


def test_a_bag_that_hung_leaves_the_column_half_way_and_it_gives_the_next_one_from_there(
    hand: HandBoard, dispenser: Dispenser
) -> None:
    hand.columns.let_fall(1, Falls.HANGS)
    assert vend(dispenser, 1) == Dropped()
    assert dispenser.condition() == Ready()
    hand.columns.let_fall(1, Falls.TWO)
    fell = vend(dispenser, 1)
    assert fell == Dropped(2)
    assert isinstance(fell, Dropped)
    assert fell.double


def test_a_line_lost_in_a_turn_is_unclear_and_said_as_a_value(standing: Standing, on_line: Dispenser) -> None:
    assert on_line.start(1, Event()) is None
    standing.unplug()
    outcome = None
    while outcome is None:
        outcome = on_line.follow(0.2)
    assert outcome == Unclear()
    with pytest.raises(TransportError):
        on_line.condition()


def test_after_a_kill_in_a_turn_the_motor_has_stopped_by_itself_and_the_sensors_tell_where(
    standing: Standing, rig_file: Path, cancel: Event
) -> None:
    standing.columns.break_motor(1, Motor.STICKS_HALFWAY)
    killed = opened(rig_file)
    assert killed.start(1, cancel) is None
    killed.follow(0.3)
    killed.close()
    after = opened(rig_file)
    assert trouble(after, 1) is Trouble.AWAY
    assert vend(after, 1) == NotStarted(Obstacle.COLUMN)
    assert standing.columns.starts(1) == 1
    assert not standing.columns.coil(1, 1)
    after.close()


def test_a_turn_that_nobody_followed_to_its_end_is_for_a_person(hand: HandBoard, dispenser: Dispenser) -> None:
    assert dispenser.start(1, Event()) is None
    with pytest.raises(ValueError, match="2"):
        dispenser.start(2, Event())
    dispenser.lent()
    assert trouble(dispenser, 1) is Trouble.UNCLEAR
    with pytest.raises(ValueError, match="1"):
        dispenser.follow(1)
    assert hand.columns.starts(2) == 0


def test_a_visit_that_ended_starts_no_motor(hand: HandBoard, dispenser: Dispenser, cancel: Event) -> None:
    cancel.set()
    with pytest.raises(Cancelled):
        dispenser.start(1, cancel)
    with pytest.raises(ValueError, match="9"):
        dispenser.start(9, Event())
    assert hand.columns.starts(1) == 0


def test_a_silent_board_and_few_bags_are_told(standing: Standing, on_line: Dispenser) -> None:
    standing.columns.refill(1, 2)
    assert on_line.condition() == Ready(Soon.STOCK_LOW)
    standing.columns.kill(dead=True)
    assert on_line.condition() == NeedsStaff(Need.SWITCH_ON)
    assert vend(on_line, 2) == NotStarted(Obstacle.BOARD_SILENT)
    standing.columns.kill(dead=False)
    assert vend(on_line, 2) == Dropped()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("drop = 8", "drop = 1"),
        ("motor = 2", "motor = 1"),
        ("number = 2", "number = 1"),
        ("year = 2026", "year = 26"),
        ('article = "nappy"', 'article = "Nappy Bags"'),
        ("turn = 500", "turn = 50"),
    ],
)
def test_a_wrong_column_is_named_before_the_kiosk_starts(rig_file: Path, wrong: str, says: str) -> None:
    text = rig_file.read_text(encoding="utf-8")
    assert wrong in text
    rig_file.write_text(text.replace(wrong, says), encoding="utf-8")
    with pytest.raises(RigError, match="column"):
        load_rig(rig_file)
