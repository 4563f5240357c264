"""From the last digit to the open door: `python -m tests.bench.bench_wall` prints table rows.

The production conductor, service, store (on this disk), supervisor and driver, with what guesses really cost; the
boards are simulated on a pseudo-terminal whose bytes take their time at the boards' own speed. The clock starts when
the birth date is given, the last digits of all, and stops when the contact was read back and the page says *open*.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from datetime import date
from pathlib import Path

from central_office.contract.claims import COST
from central_office.contract.pickup_code import PickupCode, Selector
from devices.simulators.settings import Boards
from screens.steps import EnterBirthDate, Farewell
from screens.steps_collect import Collected, LockerOpen
from tests.kiosk_app.test_collect_at_the_wall import Foyer
from tests.offline_cache.deposits import deposit, office_tells

VISITS = 12
TARGET_MS = 1000
_BOARDS = {Boards.MODBUS: "Modbus relays, 9600 baud", Boards.KERONG: "KERONG, 19200 baud"}


def main() -> None:
    """Measure and print."""
    print("| last digit to open door, read back | median ms | most ms | target |")
    print("|---|---|---|---|")
    for kind, name in _BOARDS.items():
        with tempfile.TemporaryDirectory() as folder:
            times = _visits(Path(folder), kind)
        median, most = statistics.median(times) * 1000, max(times) * 1000
        print(f"| {name}, {VISITS} pickups | {median:.0f} | {most:.0f} | {TARGET_MS} |")


def _visits(folder: Path, kind: Boards) -> list[float]:
    codes = [PickupCode(Selector(f"{5000 + number}"), digits="83025591") for number in range(VISITS)]
    rows = (
        deposit(number, compartment=number + 1, typed=code, until=date(2150, 1, 1), cost=COST)
        for number, code in enumerate(codes)
    )
    foyer = Foyer(folder, kind, baud=None, cost=COST)
    try:
        office_tells(foyer.rehearsal.ledger, *rows, tag="e1.9")
        foyer.opens_its_doors()
        return [_visit(foyer, code, number + 1) for number, code in enumerate(codes)]
    finally:
        foyer.close()


def _visit(foyer: Foyer, code: PickupCode, compartment: int) -> float:
    foyer.brings_her_code(code.selector + code.digits, birth_date=False)
    foyer.sees(EnterBirthDate)
    began = time.monotonic()
    foyer.answers(EnterBirthDate, "29021984")
    assert foyer.sees(LockerOpen).sure
    took = time.monotonic() - began
    foyer.wall.set_open(compartment, opened=False)
    foyer.answers(Collected, None)
    foyer.answers(Farewell, None)
    return took


if __name__ == "__main__":
    main()
