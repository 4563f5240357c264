"""Work on a thread of its own is waited for, and what it ended with is heard where it is waited for."""

from __future__ import annotations

import threading

import pytest

from kiosk_app.apart import Apart


def test_whoever_waits_stays_alive_for_the_watchdog() -> None:
    go, beats = threading.Event(), [0]

    def beat() -> None:
        beats[0] += 1
        go.set()

    work = Apart("work", lambda: go.wait(60), lambda: None)
    assert not work.over
    assert work.result(beat)
    assert work.over
    assert beats[0] >= 1


def test_an_error_is_raised_where_it_is_waited_for_and_the_thread_is_tidied() -> None:
    tidied: list[str] = []

    def fails() -> None:
        raise LookupError

    work = Apart("work", fails, lambda: tidied.append(threading.current_thread().name))
    with pytest.raises(LookupError):
        work.result()
    assert tidied == ["work"]


def test_a_thread_that_cannot_be_tidied_does_not_keep_anybody_waiting() -> None:
    def fails() -> None:
        raise LookupError

    with pytest.raises(LookupError):
        Apart("work", lambda: 1, fails).result()
