"""Three or four kiosks and an office, two hundred different days: everything goes wrong, and nothing is lost.

The histories run in processes of their own (`python -m tests.fleet`): the office they need has its database in memory,
and mutants replace production code while they run.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, TypeAlias

import pytest

pytestmark = pytest.mark.timeout(600)  # the first who asks waits for all these days

ROOT = Path(__file__).parents[2]
Came: TypeAlias = Any  # what came out, as JSON
SEEDS = 200
NAMED = {
    124: "capacity shrank while a restored office did not know what it had lent",
    166: "an old copy, and a clock a year ahead: only a new key helps",
    651: "a snapshot begun before a restore went on after it",
}
"""Histories that once ended badly; they are lived through again, though their days changed since;
what was wrong in production has a test of its own, `test_named_fleet_...`."""


def fleet(report: Path, *arguments: str) -> tuple[str, Came]:
    """Run the command; what it printed, and its report."""
    command = [sys.executable, "-m", "tests.fleet", "--report", str(report), *arguments]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert report.exists(), ran.stdout + ran.stderr
    return ran.stdout + ran.stderr, json.loads(report.read_text())


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Came:
    """What became of all these days."""
    named = [str(seed) for seed in NAMED if seed > SEEDS]
    return fleet(tmp_path_factory.mktemp("fleet") / "report", "--seeds", str(SEEDS), "--also", *named)[1]


def test_whatever_a_day_brings_both_sides_tell_the_same_story_in_the_evening(lived: Came) -> None:
    assert not lived["mishaps"]
    assert len(lived["digests"]) == len({*range(1, SEEDS + 1), *NAMED})
    assert lived["checks"] > 20 * SEEDS


def test_in_these_days_everything_happened_that_can_go_wrong(lived: Came) -> None:
    seldom = ("cut", "clock", "poison", "deliver", "copy", "restore", "clone", "revoke", "dies", "prune", "drawer")
    assert all(lived["counts"][what] >= 10 for what in seldom), lived["counts"]


@pytest.mark.parametrize("seed", NAMED, ids=lambda seed: f"{seed} {NAMED[seed]}")
def test_named(seed: int, lived: Came) -> None:
    assert str(seed) not in lived["mishaps"]


def test_the_same_seed_writes_the_same_history_in_another_process_alone_or_among_others(
    lived: Came, tmp_path: Path
) -> None:
    told, again = fleet(tmp_path / "report", "--start", "7", "--seeds", "3", "--jobs", "1", "--trace")
    assert again["digests"] == {seed: lived["digests"][seed] for seed in ("7", "8", "9")}
    assert len(set(again["digests"].values())) == 3
    assert "evening" in told


def test_every_mistake_in_the_protocol_is_noticed(tmp_path: Path) -> None:
    told, caught = fleet(tmp_path / "report", "--mutants", "--known", "--seeds", "40")
    assert len(caught) >= 14
    assert not [one["mutant"] for one in caught if one["seed"] is None]
    assert told.count("\n| ") >= len(caught), "a table is printed"
