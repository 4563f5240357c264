"""Desktops to open windows on."""

from __future__ import annotations

import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from deploy.demonstration.screen import X_SOCKETS, free_display

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def a_desktop(size: str) -> Iterator[str]:
    """Run a desktop of this size and name its display."""
    number = free_display()
    server = subprocess.Popen(
        ("Xvfb", f":{number}", "-screen", "0", f"{size}x24", "-nolisten", "tcp", "-noreset"), stderr=subprocess.DEVNULL
    )
    try:
        while not (X_SOCKETS / f"X{number}").exists():
            time.sleep(0.02)
        yield f":{number}"
    finally:
        server.terminate()
        server.wait()


@pytest.fixture(scope="module")
def laptop() -> Iterator[str]:
    """The display of a small laptop."""
    with a_desktop("1366x768") as display:
        yield display


@pytest.fixture(scope="module")
def desktop() -> Iterator[str]:
    """The display of an office machine."""
    with a_desktop("1920x1080") as display:
        yield display
