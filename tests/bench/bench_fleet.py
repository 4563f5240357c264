"""Histories of a fleet a second: kiosks, office and everything that goes wrong between them, compared after each event.

Prints Markdown; asserts nothing. Wall time with a process for each core, and the time these were on their cores: what
free cores would do. Starting the processes and building their offices is left out by taking a short run off a long one.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
SEEDS = 300
FEW = 20
TARGET = 15


@dataclass(frozen=True)
class Run:
    wall: float
    core: float
    checks: int
    mishaps: int


def run(seeds: int) -> Run:
    wall, core = time.perf_counter(), _core()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report"
        command = [sys.executable, "-m", "tests.fleet", "--seeds", str(seeds), "--report", str(report)]
        subprocess.run(command, cwd=ROOT, check=False, stdout=subprocess.DEVNULL)
        told = json.loads(report.read_text())
    return Run(time.perf_counter() - wall, _core() - core, told["checks"], len(told["mishaps"]))


def _core() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    few, many = run(FEW), run(FEW + SEEDS)
    wall, core = many.wall - few.wall, many.core - few.core
    cores = os.cpu_count()
    print("| what | measured | target |\n| --- | ---: | ---: |")
    print(
        f"| {SEEDS} histories of three or four kiosks and their office, all compared {many.checks - few.checks:,}"
        f" times, {many.mishaps} mishaps | {SEEDS / wall:,.1f}/s with {cores} processes, {SEEDS / core:,.1f} per core"
        f" second | >= {TARGET}/s |"
    )


if __name__ == "__main__":
    main()
