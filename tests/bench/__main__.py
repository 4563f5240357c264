"""Runs every bench of this folder, one after the other, and writes what they print to docs/benchmarks.md.

`python -m tests.bench` runs all; `python -m tests.bench store camera` only those. A bench is a module `bench_NAME` that
prints Markdown when it is run; it gets a process of its own, so that none warms up another's caches.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
REPORT = ROOT / "docs" / "benchmarks.md"

INTRODUCTION = """# Speed and memory

Measured by `.venv/bin/python -m tests.bench`, which wrote this page. Times on a busy machine are upper bounds; run it
on yours.
"""


def names() -> list[str]:
    """Name every bench of this folder."""
    return sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))


def machine() -> str:
    """Describe what it ran on."""
    model = "unknown processor"
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith(("model name", "Model")):
            model = line.partition(":")[2].strip()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    system = platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    return (
        f"{len(os.sched_getaffinity(0))} cores ({model}), {memory:.0f} GiB, {system}, {platform.machine()}, "
        f"Python {platform.python_version()}, {datetime.now(UTC):%Y-%m-%d}, {os.getloadavg()[0]:.1f} other processes "
        "at work when it began; no graphics card is used"
    )


def run(name: str) -> str:
    """Run one bench and hand back its tables."""
    return subprocess.run(
        (sys.executable, "-m", f"tests.bench.bench_{name}"), cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
    ).stdout.strip()


def main(wanted: Sequence[str]) -> int:
    """Run the benches wanted, or all; 0, or 2 for a name that is none. Only a run of all writes the page."""
    known = names()
    strangers = set(wanted) - set(known)
    if strangers:
        sys.stderr.write(f"No such bench: {', '.join(sorted(strangers))}. There are {', '.join(known)}.\n")
        return 2
    parts = [INTRODUCTION, f"Machine: {machine()}.\n"]
    for name in wanted or known:
        sys.stderr.write(f"{name} ...\n")
        tables = run(name)
        heading = "" if tables.startswith("#") else f"## {name.replace('_', ' ').capitalize()}\n\n"
        parts.append(f"{heading}{tables}\n")
    page = "\n".join(parts)
    sys.stdout.write(page)
    if not wanted:
        REPORT.write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
