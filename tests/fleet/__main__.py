"""Lives through seeded histories of a fleet and its office: `python -m tests.fleet --seeds 1000 --start 1`.

A mishap is told with its seed, and ends the command with 1. `--seed N` lives through one, with `--trace` line by line.
`--mutants` makes mistakes on purpose, one after the other, and prints by which history and how each was noticed; one
that nobody noticed ends the command with 1. `--report FILE` writes what came out as JSON.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import signal
import sys
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.fleet.history import History, Stage
from tests.fleet.mutants import MUTANTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SHOWN = 20


@dataclass(frozen=True)
class Caught:
    """How a mutant was noticed; `seed` is None if it was not."""

    mutant: str
    wrong: str
    seed: int | None
    mishap: str
    histories: int


class _Hand:
    """What a process of the pool holds: a stage of its own, made at its first task."""

    stage: Stage | None = None

    @classmethod
    def ready(cls) -> Stage:
        if cls.stage is None:
            cls.stage = Stage()
        return cls.stage


def live(seed: int) -> History:
    """One history in this process."""
    return _Hand.ready().history(seed)


def hunt(task: tuple[int, int, int]) -> Caught:
    """Make the mistake `which`, and go through its own seed and then those from `start` on until one notices it."""
    which, start, most = task
    stage = _Hand.ready()
    mutant = MUTANTS[which]
    with ExitStack() as held:
        mutant.make(held, stage)
        for tried, seed in enumerate((mutant.seed, *range(start, start + most)), start=1):
            found = stage.history(seed)
            if found.mishap:
                return Caught(mutant.name, mutant.wrong, seed, found.mishap, tried)
    return Caught(mutant.name, mutant.wrong, None, "", most + 1)


def lived(seeds: Sequence[int], jobs: int) -> Iterator[History]:
    """All these histories, in this order, by so many processes."""
    if jobs == 1 or len(seeds) == 1:
        yield from map(live, seeds)
        return
    with multiprocessing.get_context("fork").Pool(jobs) as pool:
        yield from pool.imap(live, seeds, chunksize=4)


def hunted(start: int, most: int, jobs: int, *, known: bool) -> Iterator[Caught]:
    """All mutants, or those whose seed is `known`, in their order."""
    tasks = [(which, start, most) for which, mutant in enumerate(MUTANTS) if mutant.seed or not known]
    with multiprocessing.get_context("fork").Pool(jobs) as pool:
        yield from pool.imap(hunt, tasks, chunksize=1)


def tell_histories(seeds: Sequence[int], jobs: int, *, trace: bool, report: Path | None) -> bool:
    """Print what came out; whether all went well."""
    began = time.perf_counter()
    counts: Counter[str] = Counter()
    mishaps: list[History] = []
    digests: dict[int, str] = {}
    checks = 0
    for history in lived(seeds, jobs):
        counts += history.counts
        checks += history.checks
        digests[history.seed] = history.digest
        if trace:
            print("\n".join(history.lines))
        if history.mishap:
            mishaps.append(history)
            if len(mishaps) <= _SHOWN:
                print(f"seed {history.seed}: {history.mishap}", flush=True)
    took = time.perf_counter() - began
    print(f"{len(digests):,} histories, {checks:,} times all was compared, {len(mishaps)} mishaps", end="")
    print(f"; {len(digests) / took:.1f} a second with {jobs} processes")
    print(", ".join(f"{count:,} {what.replace('_', ' ')}" for what, count in counts.most_common()))
    if report is not None:
        found = {one.seed: one.mishap for one in mishaps}
        report.write_text(json.dumps({"digests": digests, "mishaps": found, "counts": counts, "checks": checks}))
    return not mishaps


def tell_mutants(start: int, most: int, jobs: int, report: Path | None, *, known: bool) -> bool:
    """Print the table; whether all were noticed."""
    caught = []
    print("| what is done wrongly | noticed by seed | after histories | how |\n| --- | ---: | ---: | --- |", flush=True)
    for one in hunted(start, most, jobs, known=known):
        caught.append(one)
        seed = "**nobody**" if one.seed is None else one.seed
        print(f"| {one.mutant}: {one.wrong} | {seed} | {one.histories} | {one.mishap} |", flush=True)
    if report is not None:
        report.write_text(json.dumps([asdict(one) for one in caught]))
    return all(one.seed is not None for one in caught)


def main(arguments: Sequence[str]) -> int:
    """Run the command."""
    # Told to end, it leaves nothing behind in the memory's file system.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    parser = argparse.ArgumentParser(prog="python -m tests.fleet", description=__doc__)
    parser.add_argument("--seeds", type=int, default=200, help="how many histories (default: 200)")
    parser.add_argument("--start", type=int, default=1, help="the first seed (default: 1)")
    parser.add_argument("--seed", type=int, help="only this one")
    parser.add_argument("--also", type=int, nargs="*", default=[], help="and these")
    parser.add_argument("--trace", action="store_true", help="print every line of each history")
    parser.add_argument("--mutants", action="store_true", help="make mistakes on purpose; --seeds says how many to try")
    parser.add_argument("--known", action="store_true", help="only mistakes that a seed is known to notice")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes (default: one a core)")
    parser.add_argument("--report", type=Path, help="write what came out into this file")
    wanted = parser.parse_args(arguments)
    if wanted.mutants:
        return 0 if tell_mutants(wanted.start, wanted.seeds, wanted.jobs, wanted.report, known=wanted.known) else 1
    seeds = [wanted.seed] if wanted.seed is not None else [*range(wanted.start, wanted.start + wanted.seeds)]
    return 0 if tell_histories([*seeds, *wanted.also], wanted.jobs, trace=wanted.trace, report=wanted.report) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
