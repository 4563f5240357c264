"""Starts processes, watches them, starts again what fell over, ends them all: a small init system for one screen.

Every process leads a process group of its own, so that Ctrl-C reaches the demonstration alone and everything a process
starts ends with it. The kernel ends a process whose demonstration was killed (setpriv(1), --pdeathsig). A process that
ended is not reaped before its group is gone, so that its number cannot come to mean somebody else.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from deploy.demonstration.failures import Ended, PartFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from deploy.demonstration.leftovers import ProcessNotes
    from deploy.demonstration.ready import Ready

LOOK_SECONDS = 0.1
END_SECONDS = 5.0
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
STEADY_SECONDS = 60.0
LAST_LINES = 12
WITH_US = ("setpriv", "--pdeathsig", "TERM", "--")


@dataclass(frozen=True)
class Part:
    """One process of the demonstration, as an init system would describe it.

    `heed` is called again and again while the process runs, for what it has to say. `ends_all`: a clean end of this
    process is the wish to end the demonstration, such as closing the kiosk's window. `follows` names a process whose
    new start means a new start of this one, since it read what that one wrote.
    """

    name: str
    argv: tuple[str, ...]
    ready: Ready
    patience: float = 60.0
    environment: Mapping[str, str] = field(default_factory=dict)
    heed: Callable[[], object] | None = None
    ends_all: bool = False
    follows: str = ""


@dataclass
class _Running:
    part: Part
    process: subprocess.Popen[bytes]
    since: float
    pause: float = FIRST_PAUSE
    again_at: float | None = None


@dataclass(frozen=True)
class Outside:
    """What the demonstration needs of the world.

    `clock` counts seconds; `wait` sleeps for so many and returns True at once when everything is to end; `say` prints.
    """

    clock: Callable[[], float]
    wait: Callable[[float], bool]
    say: Callable[[str], None]


class Crew:
    """The processes of one demonstration, in the order they were started.

    `log_folder` gets one log for each; `patience` is how many seconds a process has to end itself.
    """

    def __init__(self, log_folder: Path, notes: ProcessNotes, outside: Outside, patience: float = END_SECONDS) -> None:
        self._log_folder = log_folder
        self._notes = notes
        self._outside = outside
        self._patience = patience
        self._running: list[_Running] = []

    def log(self, name: str) -> Path:
        """Say where the process of this name writes."""
        return self._log_folder / f"{name}.log"

    def start(self, part: Part) -> None:
        """Start a process and wait until it does its work.

        Raises:
            PartFailed: it ended, or did not do its work within its patience.
            Ended: the demonstration was ended meanwhile.
        """
        began = self._outside.clock()
        self.log(part.name).unlink(missing_ok=True)
        running = _Running(part, self._spawn(part), began)
        self._running.append(running)
        while not part.ready():
            if _has_ended(running.process):
                self._end(part.name, running.process)
                raise self._failure(part.name, _how_it_ended(running.process.returncode))
            if self._outside.clock() - began > part.patience:
                raise self._failure(part.name, f"was not ready after {part.patience:.0f} s")
            if self._outside.wait(LOOK_SECONDS):
                raise Ended

    def run(self, name: str, argv: tuple[str, ...], patience: float = 120.0) -> str:
        """Run a command to its end and hand back what it printed; its complaints go to its log.

        Raises:
            PartFailed: it failed or took longer than its patience.
            Ended: the demonstration was ended meanwhile.
        """
        self.log(name).unlink(missing_ok=True)
        process = self._spawn(Part(name, argv, ready=lambda: True), stdout=subprocess.PIPE)
        began = self._outside.clock()
        try:
            while True:
                try:
                    printed, _ = process.communicate(timeout=LOOK_SECONDS)
                    break
                except subprocess.TimeoutExpired:
                    pass
                if self._outside.clock() - began > patience:
                    raise self._failure(name, f"was not done after {patience:.0f} s")
                if self._outside.wait(0):
                    raise Ended
        finally:
            self._end(name, process)
        if process.returncode != 0:
            raise self._failure(name, _how_it_ended(process.returncode))
        return printed.decode("utf-8", "replace")

    def watch(self) -> str | None:
        """Look after the processes until the demonstration is to end; names the one that ended it, if one did."""
        while not self._outside.wait(LOOK_SECONDS):
            for running in self._running:
                if running.part.heed is not None:
                    running.part.heed()
                if running.again_at is not None:
                    if self._outside.clock() >= running.again_at:
                        self._start_again(running)
                elif _has_ended(running.process):
                    self._end(running.part.name, running.process)
                    if running.part.ends_all and running.process.returncode == 0:
                        return running.part.name
                    self._plan_again(running)
        return None

    def end(self) -> None:
        """End everything that was started, the last first, each with what it started itself."""
        while self._running:
            running = self._running.pop()
            self._end(running.part.name, running.process)

    def _spawn(self, part: Part, stdout: int | None = None) -> subprocess.Popen[bytes]:
        self._log_folder.mkdir(parents=True, exist_ok=True)
        with self.log(part.name).open("ab") as log:
            try:
                process = subprocess.Popen(  # noqa: S603 - the command lines are the demonstration's own
                    WITH_US + part.argv,
                    stdin=subprocess.DEVNULL,
                    stdout=log if stdout is None else stdout,
                    stderr=log,
                    env={**os.environ, **part.environment},
                    start_new_session=True,
                )
            except OSError as error:
                raise PartFailed(part.name, f"can't be started: {error}", "", self.log(part.name)) from error
        self._notes.note(part.name, process.pid)
        return process

    def _start_again(self, running: _Running) -> None:
        """Start a process anew, and those that follow it: they are ended now and planned for later."""
        running.process = self._spawn(running.part)
        running.since, running.again_at = self._outside.clock(), None
        for other in self._running:
            if other.part.follows == running.part.name and other.again_at is None:
                self._end(other.part.name, other.process)
                other.again_at = running.since + FIRST_PAUSE
                self._outside.say(f"{other.part.name} is started again, too, in {FIRST_PAUSE:.0f} s.")

    def _plan_again(self, running: _Running) -> None:
        """Say what fell over, and when it is started again: later each time, unless it had been steady."""
        now = self._outside.clock()
        if now - running.since > STEADY_SECONDS:
            running.pause = FIRST_PAUSE
        running.again_at = now + running.pause
        failure = self._failure(running.part.name, _how_it_ended(running.process.returncode))
        self._outside.say(f"{failure.name} {failure.what}; it is started again in {running.pause:.0f} s.")
        self._outside.say(failure.last_words)
        running.pause = min(running.pause * 2, LONGEST_PAUSE)

    def _end(self, name: str, process: subprocess.Popen[bytes]) -> None:
        """End the group of one process: politely, then for good, with whatever it left behind."""
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                if not _has_ended(process):
                    os.killpg(process.pid, signal.SIGTERM)
                    _has_ended(process, self._patience)
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self._notes.forget(name)

    def _failure(self, name: str, what: str) -> PartFailed:
        try:
            lines = self.log(name).read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            lines = []
        return PartFailed(name, what, "\n".join(f"    {line}" for line in lines[-LAST_LINES:]), self.log(name))


def _how_it_ended(code: int) -> str:
    if code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return f"ended with status {code}"


def _has_ended(process: subprocess.Popen[bytes], within: float = 0.0) -> bool:
    """Wait so many seconds for the end of a process, without reaping it."""
    descriptor = os.pidfd_open(process.pid)
    try:
        ended, _, _ = select.select([descriptor], [], [], within)
        return bool(ended)
    finally:
        os.close(descriptor)
