"""From a card that is reported to the page that says so: `python -m tests.bench.bench_card_pages` prints table rows.

Real processes as in `tests/visit`: a kiosk under Xvfb, a pcscd with a virtual reader, and a simulated AusweisApp. The
clock starts when pcscd reports the card to a program beside the kiosk, or when the dock has laid it down, and stops
when the kiosk logs that the page is shown; that is looked for every 20 ms.
"""

from __future__ import annotations

import statistics
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from screens.steps import Way
from screens.steps_card import AllowReading
from tests.cards.readers import FIRST_READER
from tests.devices.cards.issuing import Country, card
from tests.visit.test_identity_card import ASKED_BY, END_SESSION, PURPOSE, WAYS
from tests.visit.town_hall import wait_until
from tests.visit.whole_town import WholeTown
from tests.visit.with_reader import card_readers_at

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cards.readers import Readers

TIMES = 10
COUNTRY = Country.new()
GERMAN = (288, 1246)
STATUS_TILE = (288, 800)


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        hall = WholeTown(Path(name) / "town")
        hall.folder.mkdir()
        try:
            hall.open()
            german = [_german(hall) for _ in range(TIMES)]
            with card_readers_at(hall, Path(name) / "readers", COUNTRY) as readers:
                passport = [_passport(hall, readers) for _ in range(TIMES)]
        finally:
            hall.close()
    print("| card reported to its first page | median ms | most ms | target |")
    print("|---|---|---|---|")
    for what, times in (("passport, at pcscd", passport), ("German card, at AusweisApp", german)):
        print(f"| {what}, {TIMES} times | {statistics.median(times) * 1000:.0f} | {max(times) * 1000:.0f} | 300 |")


def _german(hall: WholeTown) -> float:
    _comes(hall)
    hall.asked("AllowReading")
    hall.touch(AllowReading(ASKED_BY, PURPOSE), "yes")
    hall.asked("PlaceCard")
    before = len(hall.running["kiosk"].said())
    hall.dock("/ausweis", {"card": "hers"})
    laid = time.monotonic()
    took = _until_shown(hall, before, lambda: laid, ("ReadingCard", "EnterPin"))
    hall.dock("/ausweis", {"card": "none"})
    _goes(hall)
    return took


def _passport(hall: WholeTown, readers: Readers) -> float:
    _comes(hall)
    hall.asked("PlaceCard")
    before = len(hall.running["kiosk"].said())
    reported = _Reported(str(readers.socket))
    readers.play(card(COUNTRY))
    took = _until_shown(hall, before, reported.when, ("ReadingCard", "EnterCan"))
    readers.empty()
    _goes(hall)
    return took


class _Reported:
    """Hears from pcscd, beside the kiosk, when a card comes."""

    def __init__(self, socket: str) -> None:
        import os  # noqa: PLC0415 - the library reads it when it connects

        os.environ["PCSCLITE_CSOCK_NAME"] = socket
        from smartcard import scard  # noqa: PLC0415

        self._scard = scard
        _, self._context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
        self._seen = 0.0
        self._thread = threading.Thread(target=self._wait, daemon=True)
        self._thread.start()

    def when(self) -> float:
        """The moment, on the clock `monotonic`."""
        self._thread.join(10)
        return self._seen

    def _wait(self) -> None:
        scard, state = self._scard, self._scard.SCARD_STATE_UNAWARE
        while not state & scard.SCARD_STATE_PRESENT:
            _, told = scard.SCardGetStatusChange(self._context, 1000, [(FIRST_READER, state)])
            state = told[0][1] & ~scard.SCARD_STATE_CHANGED
        self._seen = time.monotonic()
        scard.SCardReleaseContext(self._context)


def _comes(hall: WholeTown) -> None:
    hall.tap(*GERMAN)
    hall.asked("Home")
    hall.tap(*STATUS_TILE)
    hall.asked("ChooseWay")
    hall.touch(WAYS, Way.CARD.value)


def _goes(hall: WholeTown) -> None:
    time.sleep(0.5)
    hall.tap(*END_SESSION)
    hall.asked("Attract")


def _until_shown(hall: WholeTown, before: int, began: Callable[[], float], steps: tuple[str, ...]) -> float:
    said = hall.running["kiosk"].said
    wait_until("a page", lambda: any(f"shown {step}\n" in said()[before:] for step in steps))
    return time.monotonic() - began()


if __name__ == "__main__":
    main()
