"""The simulated relay boards asked by somebody else's master: mbpoll, which speaks by libmodbus."""

from __future__ import annotations

import re
import subprocess
from random import Random
from typing import TYPE_CHECKING

import pytest

from devices.simulators.settings import Boards
from devices.simulators.wall import Wall

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

RELAYS, INPUTS, REGISTERS = "0", "1", "4"


@pytest.fixture
def wall(tmp_path: Path) -> Iterator[Wall]:
    wall = Wall(tmp_path / "wall", Boards.MODBUS, Random(1))
    yield wall
    wall.close()


def mbpoll(wall: Wall, *arguments: str, write: str = "") -> subprocess.CompletedProcess[str]:
    port = str(wall.state()["path"])
    return subprocess.run(
        ["mbpoll", "-m", "rtu", "-b", "9600", "-P", "none", "-1", "-o", "2", *arguments, port, *write.split()],
        capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip


def values(said: subprocess.CompletedProcess[str]) -> list[int]:
    assert said.returncode == 0, said.stderr
    return [int(value) for value in re.findall(r"^\[\d+\]:\s+(\d+)", said.stdout, re.MULTILINE)]


def test_a_stranger_reads_the_contacts(wall: Wall) -> None:
    wall.set_open(3, opened=True)
    assert values(mbpoll(wall, "-a", "1", "-t", INPUTS, "-r", "1", "-c", "7")) == [1, 1, 0, 1, 1, 1, 1]
    assert values(mbpoll(wall, "-a", "2", "-t", INPUTS, "-r", "1", "-c", "7")) == [1] * 7


def test_a_stranger_switches_a_relay_and_the_door_opens(
    wall: Wall, until: Callable[[Callable[[], bool]], None]
) -> None:
    assert mbpoll(wall, "-a", "5", "-t", RELAYS, "-r", "4", write="1").returncode == 0
    assert values(mbpoll(wall, "-a", "5", "-t", RELAYS, "-r", "1", "-c", "8")) == [0, 0, 0, 1, 0, 0, 0, 0]
    assert mbpoll(wall, "-a", "5", "-t", RELAYS, "-r", "4", write="0").returncode == 0
    assert values(mbpoll(wall, "-a", "5", "-t", RELAYS, "-r", "1", "-c", "8")) == [0] * 8
    until(lambda: wall.doors.is_open(32))


def test_a_stranger_sets_a_relays_mode(wall: Wall) -> None:
    wall.link_inputs(1)
    assert values(mbpoll(wall, "-a", "1", "-t", REGISTERS, "-r", "4097", "-c", "8")) == [1] * 8
    assert mbpoll(wall, "-a", "1", "-t", REGISTERS, "-r", "4098", write="0").returncode == 0
    assert values(mbpoll(wall, "-a", "1", "-t", REGISTERS, "-r", "4097", "-c", "3")) == [1, 0, 1]


def test_a_stranger_is_told_what_is_not_there(wall: Wall) -> None:
    assert "Illegal data address" in mbpoll(wall, "-a", "1", "-t", INPUTS, "-r", "5", "-c", "8").stderr
    assert "timed out" in mbpoll(wall, "-a", "9", "-t", INPUTS, "-r", "1", "-c", "8", "-o", "0.3").stderr
    wall.silence(1, silent=True)
    assert "timed out" in mbpoll(wall, "-a", "1", "-t", INPUTS, "-r", "1", "-c", "8", "-o", "0.3").stderr
