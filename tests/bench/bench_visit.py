"""From a letter held before the camera to the answer: `python -m tests.bench.bench_visit` prints table rows.

Real processes as in `tests/visit`: a simulated camera at 15 pictures a second, the kiosk under Xvfb. The clock starts
when the dock is asked to show the letter and stops when the kiosk logs that the answer is shown.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from tests.visit.test_whole_visit import DEUTSCH, END_SESSION, STATUS_TILE, WITH_LETTER
from tests.visit.town_hall import TownHall, open_town_hall

VISITS = 10


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder, open_town_hall(Path(folder)) as hall:
        times = [_visit(hall) for _ in range(VISITS)]
    print("| code shown to answer shown | median ms | most ms | target |")
    print("|---|---|---|---|")
    print(f"| {VISITS} letters | {statistics.median(times) * 1000:.0f} | {max(times) * 1000:.0f} | 300 |")


def _visit(hall: TownHall) -> float:
    letter = hall.letter("ready_counter")
    hall.tap(*DEUTSCH)
    hall.asked("Home")
    hall.tap(*STATUS_TILE)
    hall.asked("ChooseWay")
    hall.tap(*WITH_LETTER)
    hall.asked("ScanLetter")
    time.sleep(1.5)  # the camera has started and shows an empty desk
    before = len(hall.running["kiosk"].said())
    began = time.monotonic()
    hall.dock("/camera", {"letter": letter["file"]})
    while "shown ShowStatus" not in hall.running["kiosk"].said()[before:]:
        time.sleep(0.002)
    took = time.monotonic() - began
    hall.dock("/camera", {"nothing": True})
    hall.tap(*END_SESSION)
    hall.asked("Attract")
    return took


if __name__ == "__main__":
    main()
