"""Kills office, couriers and kiosks at random: `python -m tests.drills --minutes 10 --seed 1`.

`--matrix` instead kills one kiosk at every point of every flow, with the line up and down (`kill_points`).
`--sales 10000` instead sells so often, with something happening at any arrow of most sales (`tests.crash.market`).

Real processes over 127.0.0.1, as service managers start them; in the end all must be one. A mishap ends the command
with 1 and leaves the folder with every log and database for whoever looks. `--record` writes the table to
docs/long-runs.md.
"""

from __future__ import annotations

import argparse
import logging
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.__main__ import machine
from tests.crash import market
from tests.crash.ram_disk import anchors
from tests.drills.field import Field
from tests.drills.kill_points import KillPoints
from tests.drills.random_kills import RandomKills
from tests.visit.town_hall import ROOT, missing_tools

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.drills.random_kills import Tally

REPORT = ROOT / "docs" / "long-runs.md"


def table(tally: Tally, kiosks: int, ran_on: str, *, glass: bool) -> str:
    """What happened, as Markdown."""
    glazed = ", one of them `kiosk run` on a virtual screen with simulated devices" if glass else ""
    rows = "\n".join(f"| {what} | {measured} |" for what, measured in tally.rows())
    return (
        f"`.venv/bin/python -m tests.drills --minutes {tally.seconds / 60:.0f} --seed {tally.seed}`: an office on "
        f"SQLite and {kiosks} kiosks{glazed}.\n\nMachine: {ran_on}.\n\n"
        f"| random kills | {datetime.now(UTC):%Y-%m-%d} |\n| --- | --- |\n{rows}\n"
    )


def record(title: str, told: str) -> None:
    """Put the table into its section of the report; other sections stay as they are."""
    heading, introduction = (
        f"## {title}\n",
        "# Long runs\n\nWhat takes too long for `./test`, and how it last went.\n",
    )
    page = REPORT.read_text(encoding="utf-8") if REPORT.exists() else introduction
    before, _, rest = page.partition(heading)
    after = rest.partition("\n## ")[2]
    section = f"{heading}\n{told}" + (f"\n## {after}" if after else "")
    REPORT.write_text(f"{before.rstrip()}\n\n{section}", encoding="utf-8")


def matrix(folder: Path, say: Callable[[str], None], every: int = 1) -> str:
    """Kill one kiosk at every point, or at every n-th; the table.

    Raises:
        AssertionError: something was lost, doubled or left half.
    """
    ran_on = machine()
    field = Field.opened(folder, 0)
    points = KillPoints(field.office, folder, say)
    try:
        points.begins()
        tally = points.run(every)
    finally:
        points.kiosk.close()
        field.close()
    rows = "\n".join(f"| {what} | {measured} |" for what, measured in tally.rows())
    command = "python -m tests.drills --matrix" + (f" --every {every}" if every > 1 else "")
    return (
        f"`.venv/bin/{command}`: an office on SQLite and a kiosk with simulated boards.\n\n"
        f"Machine: {ran_on}.\n\n| kill points | {datetime.now(UTC):%Y-%m-%d} |\n| --- | --- |\n{rows}\n"
    )


def sales(count: int, seed: int, say: Callable[[str], None]) -> str:
    """Sell so often; the table.

    Raises:
        AssertionError: a sale does not balance, and nobody would hear of it.
    """
    logging.getLogger("kiosk").addHandler(logging.NullHandler())  # torn sales are an everyday matter here
    ran_on = machine()
    with anchors() as place:
        balance = market.run(
            place, count, seed, lambda so_far: say(f"{so_far.sales} sales, {len(so_far.mishaps)} mishaps")
        )
    assert not balance.mishaps, "\n".join(balance.mishaps[:20])
    rows = "\n".join(f"| {what} | {measured} |" for what, measured in balance.rows())
    return (
        f"`.venv/bin/python -m tests.drills --sales {count} --seed {seed}`: the production sale with its drivers, a "
        "simulated card terminal over TCP, and the mechanics of a simulated dispenser; every sale judged by the "
        f"terminal's books and the tray.\n\nMachine: {ran_on}.\n\n"
        f"| sales with faults | {datetime.now(UTC):%Y-%m-%d} |\n| --- | --- |\n{rows}\n"
    )


def main(arguments: Sequence[str]) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m tests.drills", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0, help="how long things are killed (default: 10)")
    parser.add_argument("--seed", type=int, default=1, help="draws what happens (default: 1)")
    parser.add_argument("--kiosks", type=int, default=3, help="how many kiosks (default: 3)")
    parser.add_argument("--no-glass", action="store_true", help="no kiosk with a screen among them")
    parser.add_argument("--matrix", action="store_true", help="kill a kiosk at every point of every flow instead")
    parser.add_argument("--sales", type=int, metavar="N", help="sell so often, with faults at any arrow, instead")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="a sample of the matrix: every n-th point")
    parser.add_argument("--record", action="store_true", help="write the result to docs/long-runs.md")
    wanted = parser.parse_args(arguments)
    glass = not wanted.no_glass
    if glass and not wanted.matrix and not wanted.sales and missing_tools():
        parser.error(f"a kiosk with a screen needs {', '.join(missing_tools())}; or say --no-glass")
    folder = Path(tempfile.mkdtemp(prefix="drill-"))
    began, ran_on = time.monotonic(), machine()

    def say(words: str) -> None:
        print(f"{time.monotonic() - began:7.1f} s  {words}", flush=True)

    try:
        if wanted.matrix:
            title, told = "Kill points", matrix(folder, say, max(1, wanted.every))
        elif wanted.sales:
            title, told = "Sales", sales(wanted.sales, wanted.seed, say)
        else:
            field = Field.opened(folder, wanted.kiosks, glass=glass)
            try:
                tally = RandomKills(field, wanted.seed, say).run(60 * wanted.minutes)
            finally:
                field.close()
            title, told = "Random kills", table(tally, wanted.kiosks, ran_on, glass=glass)
    except (AssertionError, subprocess.TimeoutExpired) as mishap:
        print(f"{mishap}\n\nThe logs are in {folder}.", file=sys.stderr)
        return 1
    shutil.rmtree(folder)
    print(told)
    if wanted.record:
        record(title, told)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
