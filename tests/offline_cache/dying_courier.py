"""A courier that is killed at its n-th step, then again at its n+1st, until it outlives `count` lives.

Run as `python -m tests.offline_cache.dying_courier DATA_DIR COUNT`. Every life is a process of its own, forked from
this one. It puts visits, and dies by SIGKILL when time, date, clock quality or the next step is asked for the n-th
time: between any two steps, and inside transactions.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from offline_cache import courier, snapshot
from offline_cache.clocks import system_clock
from offline_cache.courier import Pace, Surroundings
from offline_cache.store import LEDGER_FILE, open_ledger
from tests.offline_cache.letters import visit

if TYPE_CHECKING:
    from collections.abc import Callable

    from offline_cache.round_trip import ClockQuality

T = TypeVar("T")


def live(data_dir: Path, steps: int) -> None:
    left = steps

    def dying(act: Callable[[], T]) -> Callable[[], T]:
        def step() -> T:
            nonlocal left
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return act()

        return step

    def no_beat() -> None:
        """Only the counting matters."""

    def unsure() -> ClockQuality:
        return "unsure"

    ledger = open_ledger(data_dir / LEDGER_FILE, clock=dying(system_clock))
    for _ in range(2):
        ledger.outbox.put(visit(steps))
    ledger.close()
    courier.run(
        data_dir,
        stop=threading.Event(),
        pace=Pace(first=0.002, longest=0.005, tick=0.001),
        surroundings=Surroundings(
            clock=dying(system_clock),
            ticks=dying(time.monotonic),
            quality=dying(unsure),
            rng=random.Random(steps),
            beat=dying(no_beat),
        ),
    )


def main(data_dir: Path, count: int) -> None:
    assert snapshot.MAX_ROW  # loaded once, before the lives begin
    for steps in range(count):
        child = os.fork()
        if child == 0:
            live(data_dir, steps)
            os._exit(3)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status) or os.WTERMSIG(status) != signal.SIGKILL:
            raise SystemExit(f"life {steps} ended with {status}, not by being killed")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
