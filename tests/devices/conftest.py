"""A bench of simulated devices and a supervisor that knows it, for every test of devices."""

from __future__ import annotations

import random
import time
from threading import Event
from typing import TYPE_CHECKING

import pytest

from devices.noticeboard import Noticeboard
from devices.simulators.bench import Bench
from devices.simulators.settings import Settings
from devices.supervisor import Supervisor, load_rig

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

FAST = 3000.0
"""Millimetres a second: a receipt takes a tenth of a second."""


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with Bench(Settings(tmp_path / "run", print_speed=FAST)) as bench:
        yield bench


@pytest.fixture
def board() -> Noticeboard:
    return Noticeboard()


@pytest.fixture
def supervisor(bench: Bench, board: Noticeboard) -> Iterator[Supervisor]:
    supervisor = Supervisor(load_rig(bench.rig_file), board, random.Random(1))
    supervisor.round()
    yield supervisor
    supervisor.close()


@pytest.fixture
def cancel() -> Event:
    return Event()


@pytest.fixture
def until() -> Callable[[Callable[[], bool]], None]:
    """Wait until something has come true, as a person would, and fail if it never does."""

    def wait(true: Callable[[], bool]) -> None:
        give_up = time.monotonic() + 15
        while not true():
            assert time.monotonic() < give_up, "it never came true"
            time.sleep(0.01)

    return wait
