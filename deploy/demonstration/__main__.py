"""`python -m deploy.demonstration`: what `./run` hands over to once everything is installed."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from deploy.demonstration.crew import Outside
from deploy.demonstration.failures import CannotStart, PartFailed
from deploy.demonstration.launcher import Demonstration
from deploy.demonstration.options import parse
from deploy.demonstration.plan import Places

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parent.parent.parent


def main(arguments: Sequence[str], places: Places) -> int:
    """Run the demonstration until Ctrl-C, a signal, or a closed window ends it."""
    options = parse(arguments)
    ending = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda _number, _frame: ending.set())
    try:
        Demonstration(options, places, Outside(time.monotonic, ending.wait, _say)).run(os.environ)
    except (CannotStart, PartFailed) as reason:
        print(f"\n{reason}", file=sys.stderr)
        if isinstance(reason, PartFailed) and not options.reset:
            print("If it stumbles over the data of an earlier version: ./run --reset begins anew.", file=sys.stderr)
        return 1
    return 0


def _say(words: str) -> None:
    print(words, flush=True)


if __name__ == "__main__":
    sys.exit(
        main(
            sys.argv[1:],
            Places(
                root=ROOT / "var" / "demonstration",
                town=ROOT / "town" / "musterstadt.toml",
                commands=Path(sys.executable).parent,
            ),
        )
    )
