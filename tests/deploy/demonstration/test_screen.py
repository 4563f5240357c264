"""A desktop large enough gets a window; no desktop, or a small one, gets the browser."""

from __future__ import annotations

import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from deploy.demonstration.failures import CannotStart
from deploy.demonstration.options import parse
from deploy.demonstration.screen import X_SOCKETS, desktop_size, free_display, wants_window

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def laptop() -> Iterator[dict[str, str]]:
    """A small laptop's desktop."""
    number = free_display()
    server = subprocess.Popen(
        ("Xvfb", f":{number}", "-screen", "0", "1366x768x24", "-nolisten", "tcp", "-noreset"), stderr=subprocess.DEVNULL
    )
    while not (X_SOCKETS / f"X{number}").exists():
        time.sleep(0.02)
    yield {"DISPLAY": f":{number}"}
    server.terminate()
    server.wait()


def test_a_desktop_is_measured(laptop: dict[str, str]) -> None:
    assert desktop_size(laptop) == (1366, 768)


def test_a_kiosk_too_large_for_the_desktop_is_shown_in_the_browser(laptop: dict[str, str]) -> None:
    assert not wants_window(parse([]), laptop)


def test_a_window_that_was_asked_for_is_opened_whatever_its_size(laptop: dict[str, str]) -> None:
    assert wants_window(parse(["--screen", "window"]), laptop)


def test_a_browser_that_was_asked_for_is_taken_on_any_desktop(laptop: dict[str, str]) -> None:
    assert not wants_window(parse(["--screen", "browser"]), laptop)


@pytest.mark.parametrize("display", ["", "localhost:10.0", ":16999"])
def test_no_desktop_across_ssh_or_after_logging_out(display: str) -> None:
    assert desktop_size({"DISPLAY": display}) is None
    with pytest.raises(CannotStart, match="no desktop of its own"):
        wants_window(parse(["--screen", "window"]), {"DISPLAY": display})
