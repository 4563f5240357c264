"""Remembers on disk which processes were started, so that the next start finds what a killed one left behind.

A process number alone proves nothing, since the kernel uses them again; with the moment the process began and the boot
it began in (proc(5)), it names one process for ever.
"""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PROC = Path("/proc")
STARTED_FIELD = 22 - 3  # field 22 of /proc/PID/stat, counted from the third, which follows the name in brackets
END_SECONDS = 5.0


@dataclass(frozen=True)
class Identity:
    """One process, this one and no other."""

    pid: int
    started: str
    boot: str

    def is_alive(self) -> bool:
        """Say whether exactly this process still runs."""
        return identify(self.pid) == self


def identify(pid: int) -> Identity | None:
    """Name the process with this number; None if there is none, or only its remains (a zombie)."""
    try:
        facts = (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        boot = (PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return None
    if facts[0] in {"Z", "X"}:
        return None
    return Identity(pid, facts[STARTED_FIELD], boot)


@dataclass(frozen=True)
class ProcessNotes:
    """A folder with one small file for each process that runs."""

    folder: Path

    def note(self, name: str, pid: int) -> None:
        """Write down that this process runs under this name."""
        identity = identify(pid)
        if identity is not None:
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_text(f"{identity.pid} {identity.started} {identity.boot}\n", encoding="ascii")

    def forget(self, name: str) -> None:
        """Strike it out."""
        (self.folder / name).unlink(missing_ok=True)

    def left_behind(self) -> Iterator[tuple[str, Identity]]:
        """Name what runs although nobody looks after it any more; strikes out what has ended."""
        if not self.folder.is_dir():
            return
        for note in sorted(self.folder.iterdir()):
            try:
                pid, started, boot = note.read_text(encoding="ascii").split()
                identity = Identity(int(pid), started, boot)
            except ValueError:  # half written when the power went
                note.unlink()
                continue
            if identity.is_alive():
                yield note.name, identity
            else:
                note.unlink()


def end_leftover(identity: Identity, clock: Callable[[], float], wait: Callable[[float], object]) -> bool:
    """End one process and its group, first politely; False if it is not ours to end."""
    try:
        for signal_number in (signal.SIGTERM, signal.SIGKILL):
            # only the leader of its own group: that is how they are started
            if os.getpgid(identity.pid) != identity.pid or not identity.is_alive():
                return not identity.is_alive()
            os.killpg(identity.pid, signal_number)
            deadline = clock() + END_SECONDS
            while identity.is_alive() and clock() < deadline:
                wait(0.05)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return not identity.is_alive()
