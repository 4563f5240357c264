"""The other end of each wire, in a process of its own: what a person would otherwise hold in her hands.

`run(settings)` starts a camera, a scanner, a printer, the line to the office, and the dock: the page on which a person
plays with them, and the interface by which tests do (`dock`). Nothing here is known to the drivers.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from devices.simulators.settings import Boards, Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Boards", "Settings", "run"]


def run(
    settings: Settings, stop: threading.Event | None = None, started: Callable[[Mapping[str, object]], None] = print
) -> None:
    """Run the simulated devices until `stop`, for ever without one; `started` is told their addresses.

    The addresses are also in `simulators.json`, and a rig file for the kiosk in `rig.toml`, both in the run directory.

    Raises:
        OSError: a port is in use, or the run directory cannot be written.
    """
    # Imported here, because the settings alone need neither OpenCV nor Pillow.
    from devices.simulators.bench import Bench  # noqa: PLC0415

    with Bench(settings) as bench:
        started(bench.addresses())
        (stop or threading.Event()).wait()
