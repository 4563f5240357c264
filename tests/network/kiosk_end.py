"""The kiosk's process with a network, as the stories start it in the kiosk's namespace.

`enrol DIR OFFICE TOKEN CA.pem` as a technician does, `carry DIR` as the courier's service does, only that it knocks
again after a second at most; in the field the longest pause is five minutes.
"""

from __future__ import annotations

import signal
import sys
import threading
from pathlib import Path

from offline_cache import courier, enrolment
from offline_cache.courier import Pace
from offline_cache.line import UntrustedOffice

BRISK = Pace(first=0.1, longest=1.0, tick=0.05)


def main() -> int:
    match sys.argv[1:]:
        case ["enrol", place, office, token, ca_file]:
            try:
                print(enrolment.enrol(Path(place), office, token, ca_file=Path(ca_file)).device)  # noqa: T201
            except UntrustedOffice as refused:
                print(f"untrusted: {refused.word}")  # noqa: T201 - that is the story
        case ["carry", place]:
            stop = threading.Event()
            signal.signal(signal.SIGTERM, lambda *_: stop.set())
            courier.run(Path(place), stop=stop, pace=BRISK)
        case _:
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
