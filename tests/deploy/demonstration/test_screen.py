"""A desktop large enough gets a window; no desktop, or a small one, gets the browser."""

from __future__ import annotations

import pytest

from deploy.demonstration.failures import CannotStart
from deploy.demonstration.options import parse
from deploy.demonstration.screen import desktop_size, wants_window


def test_a_desktop_is_measured(laptop: str) -> None:
    assert desktop_size({"DISPLAY": laptop}) == (1366, 768)


def test_a_kiosk_that_fits_gets_a_window(desktop: str) -> None:
    assert wants_window(parse([]), {"DISPLAY": desktop})


@pytest.mark.parametrize("options", [[], ["--format", "small"], ["--format", "portrait"]])
def test_a_kiosk_too_large_for_the_desktop_is_shown_in_the_browser(laptop: str, options: list[str]) -> None:
    assert not wants_window(parse(options), {"DISPLAY": laptop})


def test_a_window_that_was_asked_for_is_opened_whatever_its_size(laptop: str) -> None:
    assert wants_window(parse(["--screen", "window"]), {"DISPLAY": laptop})


def test_a_browser_that_was_asked_for_is_taken_on_any_desktop(desktop: str) -> None:
    assert not wants_window(parse(["--screen", "browser"]), {"DISPLAY": desktop})


@pytest.mark.parametrize("display", ["", "localhost:10.0", ":16999"])
def test_no_desktop_across_ssh_or_after_logging_out(display: str) -> None:
    assert desktop_size({"DISPLAY": display}) is None
    with pytest.raises(CannotStart, match="no desktop of its own"):
        wants_window(parse(["--screen", "window"]), {"DISPLAY": display})
