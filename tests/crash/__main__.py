"""Cuts the power of kiosks and prints what they lost: `python -m tests.crash --cuts 10000 --seed 1`.

First every step of the reference story, of every flow (`kill_matrix`), and of what happens to plain files, on both
media; then histories, one for each seed from the one given on, until the cuts are made. A mishap is told with its
seed, and ends the command with 1.
`--seed N --only` repeats one history.
"""

from __future__ import annotations

import argparse
import logging
import sys
import time
from functools import partial
from typing import TYPE_CHECKING

from tests.crash.engine import Tally
from tests.crash.file_stories import stories
from tests.crash.histories import every_step, history
from tests.crash.kill_matrix import rows
from tests.crash.medium import Flaw
from tests.crash.pickup_story import Collecting, days
from tests.crash.plain_files import cut
from tests.crash.ram_disk import anchors
from tests.crash.sale_story import DAYS as SALES
from tests.crash.sale_story import cut_sales
from tests.offline_cache.office_double import OfficeDouble

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.crash.ram_disk import Anchors

_SHOWN = 20


def told(what: str, act: Callable[[], Tally]) -> Tally:
    """Print one row of the table."""
    began = time.perf_counter()
    tally = act()
    rate = tally.cuts / (time.perf_counter() - began)
    columns = (what, f"{tally.cuts:,}", f"{tally.promises:,}", tally.lost, tally.corrupt, len(tally.mishaps))
    print("|", " | ".join(map(str, columns)), "|", f"{rate:,.0f} |", flush=True)
    return tally


def _days(place: Anchors, flaw: Flaw) -> Tally:
    """One pickup on every day that lock, contact and citizen can have."""
    tally = Tally()
    for name, day in days().items():
        tally.add(cut(place, Collecting(place, day), flaw, name))
    return tally


def report(cuts: int, seed: int, *, only: bool = False) -> Tally:
    """Print the table; all that was counted."""
    print("| cuts of power | cuts | promises held against it | lost | corrupt | mishaps | cuts/s |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |", flush=True)
    whole = Tally()
    # The store warns of effects that nobody can tell the end of; here that is an everyday matter.
    logging.getLogger("kiosk").addHandler(logging.NullHandler())
    with anchors() as place:
        if only:
            return told(f"history {seed}", lambda: history(place, seed))
        for flaw in (Flaw.ORDERED, Flaw.UNORDERED):
            name = f"every step of the reference story, {flaw.name.lower()} names"
            whole.add(told(name, lambda flaw=flaw: every_step(place, flaw, seed)))  # type: ignore[misc]

        for row in rows(place):
            for flaw in (Flaw.ORDERED, Flaw.UNORDERED):
                act = partial(row.cut, flaw, str(seed))
                whole.add(told(f"{row.name}, {flaw.name.lower()} names", act))

        for flaw in (Flaw.ORDERED, Flaw.UNORDERED):
            whole.add(
                told(f"every day of lock, contact and citizen, {flaw.name.lower()} names", partial(_days, place, flaw))
            )

        for name, day in SALES.items():
            whole.add(told(f"every step of a sale: {name}", partial(cut_sales, place, day, Flaw.UNORDERED)))

        for name, story in stories(place).items():
            for flaw in (Flaw.ORDERED, Flaw.UNORDERED):
                act = partial(cut, place, story(OfficeDouble()), flaw, str(seed))
                whole.add(told(f"{name}, {flaw.name.lower()} names", act))

        def histories() -> Tally:
            tally = Tally()
            which = seed
            while tally.cuts + whole.cuts < cuts:
                tally.add(history(place, which))
                which += 1
            return tally

        whole.add(told(f"at random, from seed {seed}", histories))
    return whole


def main(arguments: Sequence[str]) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--cuts", type=int, default=10_000, help="how many cuts at least (default: 10000)")
    parser.add_argument("--seed", type=int, default=1, help="the first seed (default: 1)")
    parser.add_argument("--only", action="store_true", help="only the history of that seed")
    wanted = parser.parse_args(arguments)
    tally = report(wanted.cuts, wanted.seed, only=wanted.only)
    for mishap in tally.mishaps[:_SHOWN]:
        print(mishap)
    if len(tally.mishaps) > _SHOWN:
        print(f"... and {len(tally.mishaps) - _SHOWN} more")
    return 1 if tally.mishaps else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
