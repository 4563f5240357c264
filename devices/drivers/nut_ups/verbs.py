"""A UPS as the rest of the kiosk sees it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from devices.conditions import Condition, Need, NeedsStaff, Ready, Soon
from devices.drivers.nut_ups.words import LONGEST, Status, Trouble, answer, get
from devices.errors import ProtocolError, Timeout

if TYPE_CHECKING:
    from collections.abc import Callable

    from devices.wires.byte_wire import ByteWire

PATIENCE: Final = 0.2
"""Seconds in which upsd answers: it looks nothing up, it knows."""
FLICKER: Final = 10.0
"""Seconds on battery that mean nothing: most failures of the mains are over by then."""
TOO_SHORT: Final = 120.0
"""Seconds of battery that are needed to end what goes on, tell the office and stop the machine."""


class NutUps:
    """Asks upsd for the state of one UPS, each time it is looked at."""

    def __init__(self, wire: ByteWire, ups: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._wire = wire
        self._ups = ups
        self._clock = clock
        self._on_battery_since: float | None = None

    def condition(self) -> Condition:
        """On mains, on battery, or nearly empty; a UPS that upsd cannot read needs a person."""
        said = self._ask("ups.status")
        if isinstance(said, Trouble):
            return NeedsStaff(Need.LOOK_AT_IT)
        status = Status.read(said)
        if not status.on_battery:
            self._on_battery_since = None
            if status.forced_down:
                return Ready(Soon.BATTERY_LOW)
            return Ready(Soon.BATTERY_OLD if status.replace else None)
        if self._on_battery_since is None:
            self._on_battery_since = self._clock()
        if status.low or status.forced_down or self._runs_out():
            return Ready(Soon.BATTERY_LOW)
        return Ready(Soon.ON_BATTERY if self._clock() - self._on_battery_since >= FLICKER else None)

    def lent(self) -> None:
        """Nothing was kept."""

    def close(self) -> None:
        """Let go of the line."""
        self._wire.close()

    def _runs_out(self) -> bool:
        said = self._ask("battery.runtime")
        if isinstance(said, Trouble):  # many a UPS does not know; then its own "low" has to do
            return False
        try:
            return float(said) < TOO_SHORT
        except ValueError:
            raise ProtocolError from None

    def _ask(self, variable: str) -> str | Trouble:
        self._wire.drain()
        self._wire.write(get(self._ups, variable), PATIENCE)
        line = b""
        deadline = self._clock() + PATIENCE
        while not line.endswith(b"\n"):
            received = self._wire.read(LONGEST, max(deadline - self._clock(), 0.0))
            if not received:
                raise Timeout
            line += received
            if len(line) > LONGEST:
                raise ProtocolError
        return answer(line, self._ups, variable)
