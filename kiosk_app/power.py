"""What the kiosk does when the mains fail: it sells nothing on battery, and stops in good order before that ends.

Nothing depends on it: whoever pulls both plugs at once finds everything as it was written down. It spares citizens a
payment that nobody can finish, and the office the question what became of it.
"""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Final

from devices.conditions import Ready, Soon
from devices.roles import UPS
from kiosk_app.conductor import Fault
from kiosk_app.events import BatteryEnds, MainsBack, NotSwitchedOff, SwitchingOff
from logbook import say
from screens.stage import Ending

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from devices.noticeboard import Noticeboard
    from kiosk_app.conductor import Memory
    from screens.stage import Stage

POWER_ENDS: Final = "P-01"
TELL_WITHIN: Final = 30.0
"""Seconds in which the office is told what it does not know yet; a machine without a line stops all the same."""


def on_battery(noticeboard: Noticeboard) -> bool:
    """Whether the mains have failed: nothing that takes money or moves goods is begun."""
    condition = noticeboard.of(UPS)
    return isinstance(condition, Ready) and condition.soon in {Soon.ON_BATTERY, Soon.BATTERY_LOW}


class Power:
    """Ends the session when the battery ends, waits until the office knows everything, and switches the machine off.

    `off` is the command that does that; without one the kiosk stays out of service until the mains are back. `clock`
    counts seconds steadily.
    """

    def __init__(
        self,
        noticeboard: Noticeboard,
        stage: Stage,
        now: Callable[[], datetime],
        clock: Callable[[], float],
        off: Sequence[str] = (),
    ) -> None:
        self._noticeboard = noticeboard
        self._stage = stage
        self._now = now
        self._clock = clock
        self._off = tuple(off)
        self._fault: Fault | None = None
        self._since = 0.0
        self._switched = False

    def look(self) -> None:
        """End the session, once, when the battery ends; called every second, by any thread."""
        ends = self._noticeboard.of(UPS) == Ready(Soon.BATTERY_LOW)
        if ends and self._fault is None:
            say(BatteryEnds())
            self._since = self._clock()
            self._fault = Fault(POWER_ENDS, self._now(), power=True)
            self._stage.abandon(Ending.POWER)
        elif not ends and self._fault is not None and not self._switched:
            say(MainsBack())
            self._fault = None

    def fault(self) -> Fault | None:
        """Why nobody can be served now."""
        return self._fault

    def stand_still(self, memory: Memory | None) -> None:
        """Called every second while nobody can be served: switch off when the office knows all, or has had its time."""
        if self._fault is None or self._switched or not self._off:
            return
        waiting = memory.outbox.waiting() if memory is not None else 0
        if waiting and self._clock() - self._since < TELL_WITHIN:
            return
        self._switched = True
        say(SwitchingOff(waiting))
        try:
            subprocess.run(self._off, check=True, timeout=10, stdin=subprocess.DEVNULL)  # noqa: S603 - the technician's
        except (OSError, subprocess.SubprocessError) as error:
            say(NotSwitchedOff(type(error)))
