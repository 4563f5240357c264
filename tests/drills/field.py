"""An office and kiosks in the field, all in processes of their own, as service managers start and kill them.

Every process gets the code of this checkout, a group of its own that is killed as a whole (as systemd does), and ends
with the run. Everything speaks over 127.0.0.1 or through files.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.visit.town_hall import LEASHED, ROOT, Running, free_port, wait_until

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

OFFICE_COMMAND = (sys.executable, "-m", "central_office.cli")
KIOSK_COMMAND = (sys.executable, "-m", "kiosk_app.cli")
TOWN = ROOT / "town" / "musterstadt.toml"
KEY = "slots"
"""The neutral resource that is promised: so many units on each service day."""


def environment() -> dict[str, str]:
    """This checkout's code, wherever the process is started."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}


class Place:
    """A machine: a folder, and the processes on it by name."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.running: dict[str, Running] = {}

    def start(self, name: str, command: Sequence[object], **more: str) -> Running:
        """Start a process, with `more` in its environment; what it says is added to its log."""
        log = self.folder / f"{name}.log"
        with log.open("ab") as out:
            process = subprocess.Popen(
                [*LEASHED, *map(str, command)], stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=self.folder,
                env=environment() | more, start_new_session=True,
            )  # fmt: skip
        self.running[name] = Running(name, process, log)
        return self.running[name]

    def alive(self, name: str) -> bool:
        return name in self.running and self.running[name].process.poll() is None

    def kill(self, name: str) -> None:
        """As a power cut would, with all its children: at once, without a word."""
        running = self.running[name]
        with contextlib.suppress(ProcessLookupError):
            os.killpg(running.process.pid, signal.SIGKILL)
        running.process.wait(15)

    def stop(self, name: str) -> int:
        """As a service manager stops it; its exit code."""
        self.running[name].end()
        return int(self.running[name].process.returncode)

    def close(self) -> None:
        for name in reversed(list(self.running)):
            self.kill(name)


def done(command: Sequence[object], cwd: Path, *, code: int = 0) -> str:
    """Run a command to its end; what it said."""
    finished = subprocess.run(
        [*LEASHED, *map(str, command)], capture_output=True, text=True, check=False, timeout=120, cwd=cwd,
        env=environment(),
    )  # fmt: skip
    assert finished.returncode == code, (command, finished.returncode, finished.stdout, finished.stderr)
    return finished.stdout + finished.stderr


class Office(Place):
    """`office serve` and the commands beside it; `database` is PostgreSQL's address, or SQLite's file if empty."""

    def __init__(self, folder: Path, database: str = "") -> None:
        super().__init__(folder)
        self.data = folder / "data"
        self.port = free_port()
        self.uses(database)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def uses(self, database: str) -> None:
        """Write `office.toml`."""
        self.data.mkdir(exist_ok=True)
        (self.data / "office.toml").write_text(f'database = "{database}"\n' if database else "", encoding="utf-8")

    def argv(self, command: str, *rest: object) -> tuple[object, ...]:
        return (*OFFICE_COMMAND, command, "--data", self.data, *rest)

    def does(self, command: str, *rest: object, code: int = 0) -> str:
        """One of the office's commands, to its end."""
        return done(self.argv(command, *rest), self.folder, code=code)

    def begins(self, *moment: object) -> None:
        """Fill the office with Musterstadt."""
        self.does("demo", "--letters", self.letters, "--documents", 16, "--town", TOWN, *moment)

    @property
    def letters(self) -> Path:
        return self.folder / "letters"

    def serves(self) -> None:
        """Start the server and wait until it is ready."""
        before = self.log_length()
        self.starts()
        wait_until("the office is ready", lambda: "ready" in self._log()[before:] or not self.alive("office"), 90)
        assert self.alive("office"), self._log()[before:]

    def starts(self) -> None:
        """Start the server, and wait for nothing."""
        self.start("office", self.argv("serve", "--port", self.port))

    def log_length(self) -> int:
        return len(self._log())

    def offers(self, days: Sequence[date], units: int, spare: int = 2) -> None:
        """Offer capacity on some service days."""
        calls = "\n".join(f"escrow.open_day('{KEY}', date.fromisoformat('{day}'), {units}, {spare})" for day in days)
        self.asks(f"from datetime import date\nfrom central_office.office import escrow\n{calls}\ntold = None")

    def ticket(self, site: str = "Foyer") -> str:
        said = self.does("enrol-token", "--site", site, "--office", self.address, "--json")
        return str(json.loads(said)["payload"])

    def asks(self, code: str) -> Any:  # noqa: ANN401 - JSON
        """What the office's own models say; `code` sets `told`."""
        script = f"import json\nfrom central_office.office.models import *\n{code}\nprint('\\n' + json.dumps(told))"
        return json.loads(self.does("manage", "shell", "--no-imports", "-c", script).strip().splitlines()[-1])

    def _log(self) -> str:
        log = self.folder / "office.log"
        return log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""


class Kiosk(Place):
    """A kiosk's machine: its courier as in the field, and citizens before it who need no glass (`lean_kiosk`)."""

    front = "citizens"
    """The process that citizens stand before."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.config = folder / "kiosk.toml"
        self.data = folder / "data"
        self.device = ""

    def enrols(self, office: Office, *options: object) -> None:
        """As a technician does it, with a new ticket."""
        self.config.write_text(self.settings(office), encoding="utf-8")
        said = done(
            (*KIOSK_COMMAND, "enrol", "--config", self.config, "--ticket", office.ticket(self.folder.name), *options),
            self.folder,
        )
        self.device = said.partition("Enrolled as ")[2].split()[0]

    def settings(self, office: Office) -> str:
        """What stands in `kiosk.toml`."""
        return (
            f'terminal = "{self.folder.name}"\ndata = "data"\ntown = "{TOWN}"\nrig = "rig.toml"\n'
            f'[office]\naddress = "{office.address}"\n'
        )

    def carries(self) -> None:
        """Start the courier."""
        self.start("courier", (*KIOSK_COMMAND, "courier", "--config", self.config))

    def serves(self, letters: Path, first_day: date, seed: int, haste: float = 0.2) -> None:
        """Let citizens come, one after the other, with pauses of up to `haste` seconds."""
        lean = (sys.executable, "-m", "tests.drills.lean_kiosk")
        self.start("citizens", (*lean, self.config, letters / "letters.json", first_day, seed, haste))

    def look_after(self) -> bool:
        """What the service manager's watchdog does; whether it had to start the kiosk anew."""
        return False

    def is_serving(self) -> None:
        """Wait until a citizen is served once more."""
        seen = self.folder / "witness.log"
        before = seen.stat().st_size if seen.exists() else 0
        wait_until("a citizen is served", lambda: seen.exists() and seen.stat().st_size > before, 90)

    def closes(self) -> None:
        """No citizen comes any more; the one who is there finishes."""
        assert self.stop(self.front) == 0, self.running[self.front].said()[-2000:]

    def courier_said(self) -> str:
        return self.running["courier"].said()


@dataclass
class Field:
    """One office and its kiosks; `first_day` is far enough ahead that no midnight comes between."""

    folder: Path
    office: Office
    kiosks: tuple[Kiosk, ...] = ()
    first_day: date = field(default_factory=lambda: datetime.now(UTC).date() + timedelta(days=7))

    @classmethod
    def opened(
        cls, folder: Path, kiosks: int, *, prepared: Path | None = None, database: str = "", now: str = "",
        units: int = 60, glass: bool = False,
    ) -> Field:  # fmt: skip
        """An office that serves, and kiosks that are enrolled and in step with it.

        `prepared` is an office's folder that `Office.begins` filled; else it is filled now, as of the moment `now`.
        With `glass` the first kiosk has a screen.
        """
        if prepared is not None:
            shutil.copytree(prepared, folder / "office")
        made = cls(folder, Office(folder / "office", database))
        try:
            if prepared is None:
                made.office.begins(*(("--now", now) if now else ()))
            made.office.offers(made.days, units)
            made.office.serves()
            for number in range(kiosks):
                made.joins(f"kiosk-{number + 1}", glass=glass and number == 0)
        except BaseException:
            made.close()
            raise
        return made

    @property
    def days(self) -> tuple[date, ...]:
        return tuple(self.first_day + timedelta(days=ahead) for ahead in range(3))

    def joins(self, name: str, *, glass: bool = False) -> Kiosk:
        """One more kiosk is enrolled; its courier runs."""
        from tests.drills.glass_kiosk import GlassKiosk  # noqa: PLC0415 - a kiosk itself, and seldom needed

        kiosk = (GlassKiosk if glass else Kiosk)(self.folder / name)
        self.kiosks += (kiosk,)
        kiosk.enrols(self.office)
        kiosk.carries()
        return kiosk

    def citizens_come(self, seed: int, haste: float = 0.2) -> None:
        for number, kiosk in enumerate(self.kiosks):
            kiosk.serves(self.office.letters, self.first_day, 1000 * seed + number, haste)

    def citizens_leave(self) -> None:
        for kiosk in self.kiosks:
            kiosk.closes()

    def close(self) -> None:
        for place in (*self.kiosks, self.office):
            place.close()
