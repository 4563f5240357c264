"""From the last tap to the confirmed order of bulky waste: `python -m tests.bench.bench_bulky` prints table rows.

The production service and store with the ledger on this disk: reservation and order in one synced transaction, the
code for the phone and the words of the page. The clock starts when the citizen touches *order* and stops when the page
that confirms it is ready to be drawn.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from central_office.contract.claims import COST
from kiosk_app.bulky import BulkyWaste
from kiosk_app.services.bulky_waste import bulky_waste
from screens.entry import Entry
from screens.look import Look
from screens.present import present
from screens.steps_bulky import Review, ReviewOrder, ShowBooked
from tests.kiosk_app.rehearsal import ScriptedCitizen
from tests.kiosk_app.test_bulky_waste import ADDRESS, AGREES, FINISH, NAME, ON_WEDNESDAY, SOFA, WEDNESDAY, Visit
from tests.screens.samples_bulky import RULES, STREETS

if TYPE_CHECKING:
    from collections.abc import Callable

    from screens.steps import Step
    from screens.surroundings import Surroundings

ORDERS = 40
TARGET_MS = 300


class _Hurried(ScriptedCitizen):
    """Looks at her watch when she touches *order*, and when the confirmation is there."""

    began = took = 0.0
    around: Surroundings

    def ask(self, step: Step[Any], meanwhile: Callable[[], Any] | None = None, every: float = 0.0) -> Any:  # noqa: ANN401 - as `Citizen`
        if isinstance(step, ShowBooked) and self.began:
            present(step, Look(language="de"), self.around, Entry())
            self.took = time.perf_counter() - self.began
        answer = super().ask(step, meanwhile, every)
        if isinstance(step, ReviewOrder) and answer is Review.BOOK:
            self.began = time.perf_counter()
        return answer


def main() -> None:
    """Measure and print."""
    bulky = BulkyWaste(RULES, STREETS, cost=COST)
    script = [*ADDRESS, *SOFA, *ON_WEDNESDAY, *NAME, *AGREES, *FINISH]
    times = []
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        visit = Visit(Path(folder))
        for _ in range(ORDERS):
            visit.lends(WEDNESDAY, units=10)
            citizen = _Hurried(list(script))
            citizen.around = visit.at.surroundings()
            bulky_waste(bulky, visit.at.desk(citizen))
            times.append(citizen.took * 1000)
        visit.at.close()
    print("| last tap to confirmed order | median ms | most ms | target |")
    print("|---|---|---|---|")
    print(f"| {ORDERS} orders | {statistics.median(times):.1f} | {max(times):.1f} | {TARGET_MS} |")


if __name__ == "__main__":
    main()
