"""The two clocks of a kiosk: one tells the date and may be set, the other only runs forward and forgets at boot."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

Clock = Callable[[], datetime]
"""The date and time, aware, UTC; it may jump when it is set."""


@dataclass(frozen=True)
class Uptime:
    """Seconds since the machine `boot` began to run, sleep included; comparable within one boot only."""

    boot: str
    seconds: float


RunningClock = Callable[[], Uptime]
"""The clock that nobody can set."""


def system_clock() -> datetime:
    """The machine's date and time in UTC."""
    return datetime.now(UTC)


def system_uptime() -> Uptime:
    """The time since this machine booted, under the name Linux gave this boot."""
    boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    return Uptime(boot, time.clock_gettime(time.CLOCK_BOOTTIME))
