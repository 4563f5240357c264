"""Processes that come up, fall over, hang, hide children and refuse to go."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from deploy.demonstration.crew import Crew, Outside, Part
from deploy.demonstration.failures import Ended, PartFailed
from deploy.demonstration.leftovers import ProcessNotes, identify
from deploy.demonstration.ready import FileExists

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[3]
GLIMPSE = 0.02


def await_end_of(pid: int) -> None:
    """Wait for the kernel to have ended an orphan; the test's own time limit stops a wait in vain."""
    while identify(pid) is not None:
        time.sleep(GLIMPSE)


class Stage:
    """A crew with everything around it: its words, its clock, and when it is told to end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said: list[str] = []
        self.looks = 0
        self.end_when: Callable[[], bool] = lambda: False
        self.skipped = 0.0
        self.notes = ProcessNotes(folder / "processes")
        self.crew = Crew(folder / "log", self.notes, Outside(self.clock, self.wait, self.said.append), patience=0.5)

    def clock(self) -> float:
        return time.monotonic() + self.skipped

    def wait(self, seconds: float) -> bool:
        time.sleep(min(seconds, GLIMPSE))
        return self.end_when()

    def part(self, script: str, **further: object) -> Part:
        """A shell script as a part; it is ready when it has made the file `ready`."""
        return Part("part", ("sh", "-c", script), FileExists(self.folder / "ready"), **further)  # type: ignore[arg-type]

    def number(self, name: str) -> int:
        return int((self.folder / name).read_text(encoding="ascii"))


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(tmp_path)
    yield stage
    stage.crew.end()


def test_what_was_started_ends_with_all_that_it_started_itself(stage: Stage) -> None:
    folder = stage.folder
    stage.crew.start(
        stage.part(f"sleep 60 & echo $! > {folder}/child; echo $$ > {folder}/pid; : > {folder}/ready; wait")
    )
    pids = stage.number("pid"), stage.number("child")
    assert all(identify(pid) for pid in pids)
    stage.crew.end()
    for pid in pids:
        await_end_of(pid)
    assert list(stage.notes.left_behind()) == []


def test_a_child_that_outlives_its_parent_ends_too(stage: Stage) -> None:
    folder = stage.folder
    script = f"(trap '' TERM; while :; do sleep 0.1; done) & echo $! > {folder}/child; : > {folder}/ready; wait"
    stage.crew.start(stage.part(script))
    stage.crew.end()
    await_end_of(stage.number("child"))


def test_a_process_that_does_not_heed_a_polite_request_is_ended_all_the_same(stage: Stage) -> None:
    folder = stage.folder
    stage.crew.start(
        stage.part(f"trap '' TERM; echo $$ > {folder}/pid; : > {folder}/ready; while :; do sleep 0.1; done")
    )
    stage.crew.end()
    assert identify(stage.number("pid")) is None


def test_a_process_that_dies_at_the_start_is_told_with_its_last_words(stage: Stage) -> None:
    with pytest.raises(PartFailed) as told:
        stage.crew.start(stage.part("echo 'the database is locked' >&2; exit 3"))
    assert "part ended with status 3." in str(told.value)
    assert "the database is locked" in str(told.value)
    assert str(stage.folder / "log" / "part.log") in str(told.value)


def test_a_process_that_never_gets_ready_is_not_waited_for_for_ever(stage: Stage) -> None:
    with pytest.raises(PartFailed, match="part was not ready after 0 s"):
        stage.crew.start(stage.part("sleep 60", patience=0.2))


def test_ctrl_c_while_a_process_is_still_starting(stage: Stage) -> None:
    stage.end_when = lambda: True
    with pytest.raises(Ended):
        stage.crew.start(stage.part("sleep 60"))


def test_a_command_hands_back_what_it_printed_and_keeps_its_complaints_in_its_log(stage: Stage) -> None:
    assert stage.crew.run("ticket", ("sh", "-c", "echo BTE1; echo slow today >&2")) == "BTE1\n"
    assert stage.crew.log("ticket").read_text(encoding="utf-8") == "slow today\n"


def test_a_command_that_fails_is_told_with_its_last_words(stage: Stage) -> None:
    with pytest.raises(PartFailed) as told:
        stage.crew.run("town", ("sh", "-c", "echo 'no such town' >&2; exit 1"))
    assert "no such town" in str(told.value)


def test_a_command_that_is_not_installed(stage: Stage) -> None:
    with pytest.raises(PartFailed) as told:
        stage.crew.run("town", ("no-such-command-anywhere",))
    assert "no-such-command-anywhere" in str(told.value)


def test_a_process_that_falls_over_is_started_again_and_later_each_time(stage: Stage) -> None:
    folder = stage.folder
    stage.crew.start(stage.part(f"echo fell >&2; echo x >> {folder}/starts; : > {folder}/ready; exit 1"))

    def fell_three_times() -> bool:
        stage.skipped += 1
        return len(stage.said) >= 6

    stage.end_when = fell_three_times
    assert stage.crew.watch() is None
    assert [words for words in stage.said if words.startswith("part ")] == [
        "part ended with status 1; it is started again in 1 s.",
        "part ended with status 1; it is started again in 2 s.",
        "part ended with status 1; it is started again in 4 s.",
    ]
    assert "    fell" in stage.said[1]


def test_a_kiosk_is_started_again_with_the_devices_whose_addresses_it_read(stage: Stage) -> None:
    folder = stage.folder
    (folder / "ready").touch()
    ready = FileExists(folder / "ready")
    stage.crew.start(Part("devices", ("sh", "-c", f"echo $$ >> {folder}/devices; sleep 60"), ready))
    stage.crew.start(Part("kiosk", ("sh", "-c", f"echo $$ >> {folder}/kiosk; sleep 60"), ready, follows="devices"))

    def lines(name: str) -> list[str]:
        return (folder / name).read_text(encoding="ascii").splitlines() if (folder / name).exists() else []

    stage.end_when = lambda: len(lines("kiosk")) == 1
    stage.crew.watch()
    os.kill(int(lines("devices")[0]), 9)

    def both_again() -> bool:
        stage.skipped += 0.1
        return len(lines("devices")) == 2 and len(lines("kiosk")) == 2

    stage.end_when = both_again
    stage.crew.watch()
    assert [words for words in stage.said if "again" in words] == [
        "devices was ended by SIGKILL; it is started again in 1 s.",
        "kiosk is started again, too, in 1 s.",
    ]


def test_closing_the_kiosks_window_ends_the_demonstration(stage: Stage) -> None:
    stage.crew.start(stage.part(f": > {stage.folder}/ready; exit 0", ends_all=True))
    assert stage.crew.watch() == "part"


def test_a_kiosk_that_crashes_in_its_window_is_started_again(stage: Stage) -> None:
    stage.crew.start(stage.part(f": > {stage.folder}/ready; kill -SEGV $$", ends_all=True))
    stage.end_when = lambda: bool(stage.said)
    assert stage.crew.watch() is None
    assert stage.said[0] == "part was ended by SIGSEGV; it is started again in 1 s."


KILLED = """
import sys, time
from pathlib import Path
from deploy.demonstration.crew import Crew, Outside, Part
from deploy.demonstration.leftovers import ProcessNotes
from deploy.demonstration.ready import FileExists
folder = Path(sys.argv[1])
outside = Outside(time.monotonic, lambda seconds: False, print)
crew = Crew(folder / "log", ProcessNotes(folder / "processes"), outside)
script = f"echo $$ > {folder}/pid; : > {folder}/ready; exec sleep 60"
crew.start(Part("part", ("sh", "-c", script), FileExists(folder / "ready")))
print("ready", flush=True)
time.sleep(60)
"""


def test_a_demonstration_that_is_killed_takes_its_processes_with_it(tmp_path: Path) -> None:
    killed = subprocess.Popen(
        (sys.executable, "-c", KILLED, str(tmp_path)), cwd=ROOT, stdout=subprocess.PIPE, env={**os.environ}
    )
    assert killed.stdout is not None
    with killed.stdout:
        assert killed.stdout.readline() == b"ready\n"
    pid = int((tmp_path / "pid").read_text(encoding="ascii"))
    killed.kill()
    killed.wait()
    await_end_of(pid)
