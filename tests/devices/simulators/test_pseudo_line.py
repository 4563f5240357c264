"""A line on which bytes take their time, and which can be pulled in the middle of an answer."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from devices.errors import Disconnected
from devices.simulators.pseudo_line import PseudoLine
from devices.wires.serial_line import SerialLine

if TYPE_CHECKING:
    from pathlib import Path


def heard(wire: SerialLine, size: int) -> bytes:
    received = b""
    give_up = time.monotonic() + 15
    while len(received) < size and time.monotonic() < give_up:
        received += wire.read(size, 0.2)
    return received


def test_an_answer_takes_as_long_as_its_bytes_take_on_a_wire(tmp_path: Path) -> None:
    line = PseudoLine(tmp_path / "line", 9600, lambda asked: asked[::-1])
    wire = SerialLine(str(line.link), 9600)
    began = time.monotonic()
    wire.write(b"x" * 47 + b"abc", 1)
    first = heard(wire, 1)
    # Fifty bytes there, of which the answer waits for the last, and one back: a millisecond each.
    assert time.monotonic() - began >= 0.05
    assert first + heard(wire, 49) == b"cba" + b"x" * 47
    assert time.monotonic() - began >= 0.1
    wire.close()
    line.unplug()


def test_a_line_pulled_in_the_middle_of_an_answer_is_gone_and_comes_back(tmp_path: Path) -> None:
    line = PseudoLine(tmp_path / "line", 300, lambda _: b"a long story" * 10)
    wire = SerialLine(str(line.link), 300)
    wire.write(b"?", 1)
    assert heard(wire, 1) == b"a"
    line.unplug()
    line.unplug()
    assert not line.plugged
    with pytest.raises(Disconnected):
        heard(wire, 200)
    wire.close()
    with pytest.raises(Disconnected):
        SerialLine(str(line.link), 300)
    line.plug()
    line.plug()
    wire = SerialLine(str(line.link), 300)
    wire.write(b"?", 1)
    assert heard(wire, 2) == b"a "
    wire.close()
    line.unplug()


def test_a_line_nobody_reads_from_does_not_stop_the_one_who_answers(tmp_path: Path) -> None:
    line = PseudoLine(tmp_path / "line", 10_000_000, lambda _: b"x" * 10_000)
    wire = SerialLine(str(line.link), 9600)
    for _ in range(3):
        wire.write(b"?", 1)
    line.unplug()
    wire.close()
