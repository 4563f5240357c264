"""What a killed demonstration left behind is found and ended; strangers are left alone."""

from __future__ import annotations

import os
import subprocess
import time
from typing import TYPE_CHECKING

from deploy.demonstration.leftovers import ProcessNotes, end_leftover, identify

if TYPE_CHECKING:
    from pathlib import Path


def test_a_process_left_behind_is_found_and_ended(tmp_path: Path) -> None:
    notes = ProcessNotes(tmp_path)
    left = subprocess.Popen(("sleep", "60"), start_new_session=True)
    notes.note("courier", left.pid)
    [(name, identity)] = notes.left_behind()
    assert name == "courier"
    assert end_leftover(identity, time.monotonic, time.sleep)
    assert left.wait() == -15


def test_a_process_that_will_not_go_is_ended_for_good(tmp_path: Path) -> None:
    left = subprocess.Popen(
        ("sh", "-c", f"trap '' TERM; : > {tmp_path}/deaf; while :; do sleep 0.1; done"), start_new_session=True
    )
    while not (tmp_path / "deaf").exists():
        time.sleep(0.01)
    identity = identify(left.pid)
    assert identity is not None
    passed = iter(range(1000))
    assert end_leftover(identity, lambda: float(next(passed)), time.sleep)
    assert left.wait() == -9


def test_a_stranger_with_the_same_number_is_left_alone(tmp_path: Path) -> None:
    notes = ProcessNotes(tmp_path)
    (tmp_path / "kiosk").write_text(f"{os.getpid()} 1 another-boot\n", encoding="ascii")
    assert list(notes.left_behind()) == []
    assert not (tmp_path / "kiosk").exists()


def test_a_process_that_leads_no_group_of_its_own_is_not_ours() -> None:
    stranger = subprocess.Popen(("sleep", "60"))
    identity = identify(stranger.pid)
    assert identity is not None
    assert not end_leftover(identity, time.monotonic, time.sleep)
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_a_note_half_written_when_the_power_went_is_struck_out(tmp_path: Path) -> None:
    (tmp_path / "kiosk").write_text("12", encoding="ascii")
    assert list(ProcessNotes(tmp_path).left_behind()) == []
    assert list(tmp_path.iterdir()) == []
