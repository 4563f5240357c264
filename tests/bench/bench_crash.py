"""Cuts of power a second: a life recorded, the remains chosen, the real store started on them, every row compared.

Prints Markdown; asserts nothing. Wall time, and the time this process was on a core: what a free core would do.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from tests.crash.engine import Tally
from tests.crash.histories import every_step, history
from tests.crash.medium import Flaw
from tests.crash.ram_disk import anchors

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.crash.ram_disk import Anchors

SEEDS = range(1, 61)
TARGET = 500


def at_random(place: Anchors) -> Tally:
    tally = Tally()
    for seed in SEEDS:
        tally.add(history(place, seed))
    return tally


def told(what: str, act: Callable[[], Tally], target: str) -> None:
    wall, core = time.perf_counter(), time.process_time()
    tally = act()
    wall, core = time.perf_counter() - wall, time.process_time() - core
    found = f"{tally.lost} lost, {tally.corrupt} corrupt"
    print(
        f"| {what}: {tally.cuts:,} cuts, {found} | {tally.cuts / wall:,.0f}/s, {tally.cuts / core:,.0f} per core second"
        f" | {target} |",
        flush=True,
    )


def main() -> None:
    logging.getLogger("kiosk").addHandler(logging.NullHandler())
    print("| what | measured | target |\n| --- | ---: | ---: |", flush=True)
    with anchors() as place:
        history(place, 0)
        for flaw in (Flaw.ORDERED, Flaw.UNORDERED):
            name = f"every step of the reference story, {flaw.name.lower()} names"
            told(name, lambda flaw=flaw: every_step(place, flaw, 1), "")  # type: ignore[misc]
        told(f"{len(SEEDS)} random histories", lambda: at_random(place), f">= {TARGET}/s")


if __name__ == "__main__":
    main()
