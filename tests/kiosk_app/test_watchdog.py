"""The service manager hears from the kiosk only while every thread gets on with its work."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from kiosk_app.watchdog import Watchdog

if TYPE_CHECKING:
    from pathlib import Path


def test_a_stuck_thread_starves_the_watchdog(tmp_path: Path) -> None:
    seconds = [0.0]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(0.2)
        watchdog = Watchdog(str(tmp_path / "notify"), lambda: seconds[0])
        watchdog.ready()
        assert manager.recv(64) == b"READY=1"
        watchdog.beat("main")
        watchdog.beat("session")
        seconds[0] = 15
        watchdog.beat("main")
        watchdog.feed()
        assert manager.recv(64) == b"WATCHDOG=1"
        seconds[0] = 30
        watchdog.beat("main")
        watchdog.feed()
        assert watchdog.overdue() == ("session",)
        manager.settimeout(0)
        try:
            heard: bytes | None = manager.recv(64)
        except BlockingIOError:
            heard = None
        assert heard is None


def test_without_a_service_manager_nothing_is_said(tmp_path: Path) -> None:
    Watchdog(None, lambda: 0.0).ready()
    Watchdog(str(tmp_path / "nobody"), lambda: 0.0).feed()
