"""A clock on the wall that tests set, and one that only runs, as a machine has them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from offline_cache.clocks import Uptime

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class Clockwork:
    """Time passes when a test says so; the wall clock can also be set, and the machine rebooted."""

    def __init__(self) -> None:
        self.wall = NOON
        self.boot = 1
        self.running = 100.0

    def now(self) -> datetime:
        return self.wall

    def uptime(self) -> Uptime:
        return Uptime(f"boot {self.boot}", self.running)

    def passes(self, time: timedelta) -> None:
        self.wall += time
        self.running += time.total_seconds()

    def is_set(self, by: timedelta) -> None:
        self.wall += by

    def reboots(self, off: timedelta) -> None:
        self.wall += off
        self.boot += 1
        self.running = 7.0
