"""The Online-Ausweis by the real AusweisApp, an emulated card and the tests' eID service.

`python -m tests.bench.bench_online_ausweis` prints table rows: how long it takes from the typed PIN until the kiosk
knows whose card it is, and how soon a visit that ends has let go of the client.
"""

from __future__ import annotations

import statistics
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from devices.errors import Cancelled
from devices.online_ausweis import Identified, PinWanted
from tests.cards.eid_client import EidClient
from tests.cards.eid_server import EidService
from tests.cards.readers import Readers
from tests.cards.test_online_ausweis import PIN, german_card, opened
from tests.devices.drivers.talks import Citizen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from devices.online_ausweis import OnlineAusweis

TIMES = 20


def main() -> None:
    """Measure and print."""
    print("| Online-Ausweis | median ms | most ms | target |")
    print("|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name, Readers(Path(name) / "cards") as readers:
        folder = Path(name)
        with EidClient(folder / "home", readers.environment) as client, EidService(folder) as service:
            root = folder / "root"
            root.write_bytes(service.papers.root)
            german_card(readers, PIN, "--cvca", str(root))
            with closing(opened(client, service.tc_token)) as device:
                _row("from the PIN to the holder", [_identified(device) for _ in range(TIMES)], "1000")
                _row("a visit that ends, at the PIN", [_let_go(device) for _ in range(TIMES)], "500")


def _identified(device: OnlineAusweis) -> float:
    typed = 0.0

    def now(asked: object) -> None:
        nonlocal typed
        if isinstance(asked, PinWanted):
            typed = time.monotonic()

    outcome = device.identify(Citizen(pins=(PIN,), meanwhile=now), threading.Event())
    assert isinstance(outcome, Identified)
    return (time.monotonic() - typed) * 1000


def _let_go(device: OnlineAusweis) -> float:
    cancel, ended = threading.Event(), 0.0

    def end(asked: object) -> None:
        nonlocal ended
        if isinstance(asked, PinWanted):
            ended = time.monotonic()
            cancel.set()

    try:
        device.identify(Citizen(meanwhile=end), cancel)
    except Cancelled:
        return (time.monotonic() - ended) * 1000
    raise AssertionError("it went on")


def _row(name: str, milliseconds: Sequence[float], target: str) -> None:
    print(f"| {name} | {statistics.median(milliseconds):.0f} | {max(milliseconds):.0f} | {target} |")


if __name__ == "__main__":
    main()
