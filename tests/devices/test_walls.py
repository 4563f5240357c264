"""The wall as it stands: who reaches what, and where to look."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from devices.rig import Rig
from devices.supervisor import load_rig
from devices.walls import Place, Reach, Rectangle, Side, Size, WallLayout, layout_in

if TYPE_CHECKING:
    from pathlib import Path

    from devices.simulators.bench import Bench


@pytest.fixture
def layout(bench: Bench) -> WallLayout:
    layout = layout_in(load_rig(bench.rig_file))
    assert layout is not None
    return layout


def test_a_rig_without_a_wall_has_no_layout() -> None:
    assert layout_in(Rig(())) is None


def test_a_wheelchair_user_reaches_what_lies_wholly_between_380_and_1220_mm(layout: WallLayout) -> None:
    reached = [each.number for each in layout.compartments if layout.within_reach(each)]
    assert reached == [4, 5, 6, 11, 12, 13, 18, 19, 20, 25, 26, 27, 32, 33, 34]
    for each in layout.compartments:
        assert layout.within_reach(each) == (each.front.bottom >= 380 and each.front.bottom + each.front.height <= 1220)


def test_the_map_knows_where_the_citizen_has_to_look(layout: WallLayout) -> None:
    assert (layout.width, layout.height) == (2000, 1800)
    assert layout.terminal == Rectangle(640, 0, 400, 1800)
    last_column = layout.compartment(32)
    assert last_column is not None
    assert layout.place(last_column) == Place(Side.RIGHT, column=3, columns=3, middle=970)
    beside = layout.compartment(8)
    assert beside is not None
    assert layout.place(beside) == Place(Side.LEFT, column=1, columns=2, middle=1690)
    assert layout.compartment(36) is None


def test_a_wall_apart_from_the_terminal_is_counted_from_its_left(tmp_path: Path) -> None:
    rig = tmp_path / "rig.toml"
    rig.write_text(
        '[locker_wall]\ndriver = "kerong_wall"\naddress = "tcp://boards:4001"\nreach_low = 450\nreach_high = 1000\n'
        "compartments = [\n"
        '{ number = 7, size = "large", left = 0, bottom = 0, width = 300, height = 400, board = 0, lock = 1 },\n'
        "{ number = 3, left = 310, bottom = 500, width = 300, height = 400, board = 0, lock = 2 },\n]\n",
        encoding="utf-8",
    )
    layout = layout_in(load_rig(rig))
    assert layout is not None
    assert layout.terminal is None
    assert layout.reach == Reach(450, 1000)
    large, small = layout.compartments
    assert (large.size, small.size) == (Size.LARGE, Size.SMALL)
    assert layout.place(small) == Place(Side.NO_TERMINAL, column=2, columns=2, middle=700)
    assert [layout.within_reach(each) for each in layout.compartments] == [False, True]


def test_a_compartment_above_the_terminal_ends_it(tmp_path: Path) -> None:
    rig = tmp_path / "rig.toml"
    rig.write_text(
        '[locker_wall]\ndriver = "kerong_wall"\naddress = "tcp://boards:4001"\n'
        "terminal_left = 0\nterminal_width = 500\n"
        "compartments = [{ number = 1, left = 0, bottom = 1900, width = 300, height = 200, board = 0, lock = 1 }]\n",
        encoding="utf-8",
    )
    layout = layout_in(load_rig(rig))
    assert layout is not None
    assert layout.terminal == Rectangle(0, 0, 500, 1900)
