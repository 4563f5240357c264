"""The whole town hall in real processes: office, simulated devices, courier, and the kiosk on a virtual screen.

The documents are those of a Tuesday in June, so that pages can be compared with committed references, whenever the test
runs. Everything speaks over 127.0.0.1 only and is ended, whatever happens.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageChops, ImageDraw

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[2]
TOWN = ROOT / "town" / "musterstadt.toml"
ALWAYS = [f"{day} 00:00-23:59" for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")]
MOMENT = "2026-06-16T08:24:00Z"
"""The documents' histories lie around it; the kiosk's own clock is the machine's."""
LEASHED = ("setpriv", "--pdeathsig", "TERM")
"""Whatever is started ends with the test run, even if that is killed."""
DOCUMENTS = 80
"""As many as need all stages, kinds and ages to be met: to stretch each number's secret takes its time."""
LONGEST_PAUSE = 1.5
"""Seconds that the courier rests at most after the cable was cut: stories wait for it when it is whole again."""
PAGE_CAME_IN = 0.3
"""Seconds after which a person touches a page that came in: sooner, the kiosk takes it for the page before."""
BETWEEN_KEYS = 0.05
"""Seconds between two keys of a page that stays."""
DEVICES = {"code_camera", "code_scanner", "receipt_printer", "locker_wall", "online_ausweis"}
"""Those that stories begin with."""
NEEDED = ("Xvfb", "xdotool", "import", "pdftoppm")


def missing_tools() -> tuple[str, ...]:
    """Programs that the whole visit needs and this machine lacks."""
    return tuple(tool for tool in NEEDED if shutil.which(tool) is None)


def wait_until(what: str, true: Callable[[], object], seconds: float = 30.0) -> Any:  # noqa: ANN401 - whatever is found
    """The first true value of `true`, looked for until `seconds` have passed."""
    began = time.monotonic()
    while not (found := true()):
        if time.monotonic() - began > seconds:
            raise AssertionError(f"waited {seconds} s in vain: {what}")
        time.sleep(0.02)
    return found


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Running:
    """A process and what it says."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def end(self, signum: int = signal.SIGTERM) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signum)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(5)


class TownHall:
    """Starts and stops the processes of one story."""

    def __init__(self, folder: Path, *, format_: str = "portrait", size: tuple[int, int] = (1080, 1920)) -> None:
        self.folder = folder
        self.format = format_
        self.size = size
        self.running: dict[str, Running] = {}
        self.display = ""
        self.office_port = free_port()
        self.line_port = free_port()
        self.dock_port = free_port()
        self.letters = folder / "letters"
        self.config = folder / "kiosk.toml"
        self.town = folder / "town.toml"
        self.clicks_after = 0

    # Processes

    def open(self) -> None:
        """Start everything, enrol the kiosk, wait for its attract page."""
        self._screen()
        self._write_town()
        self.load_town()
        self.start_office()
        self.start(
            "simulators",
            *("kiosk", "simulate", "--run", self.folder / "devices", "--letters", self.letters),
            *("--office-port", self.office_port, "--line-port", self.line_port, "--dock-port", self.dock_port),
            "--german-card",
        )
        wait_until("the simulators say where they are", lambda: '"dock"' in self.running["simulators"].said())
        self.config.write_text(
            f'terminal = "MS-01"\ndata = "kiosk"\ntown = "town.toml"\nrig = "devices/rig.toml"\nlanguage = "de"\n'
            f'[screen]\nformat = "{self.format}"\n'
            f'[office]\naddress = "http://127.0.0.1:{self.line_port}"\nlongest_pause = {LONGEST_PAUSE}\n',
            encoding="utf-8",
        )
        self.enrol()
        self.start_courier()
        wait_until("the replica is filled", lambda: "filled anew" in self.running["courier"].said())
        self.start_kiosk()

    def load_town(self) -> None:
        """Fill the office with Musterstadt and write letters."""
        self.command(
            "office",
            "demo",
            *self._office_data(),
            "--letters",
            self.letters,
            "--now",
            MOMENT,
            "--town",
            self.town,
            "--documents",
            DOCUMENTS,
        )

    def start_office(self) -> None:
        self.start("office", "office", "serve", *self._office_data(), "--port", self.office_port)
        wait_until("the office is ready", lambda: "ready" in self.running["office"].said(), 60)

    def enrol(self) -> None:
        ticket = json.loads(
            self.command(
                "office", "enrol-token", *self._office_data(), "--site", "Foyer",
                "--office", f"http://127.0.0.1:{self.line_port}", "--json",
            )
        )  # fmt: skip
        self.command("kiosk", "enrol", "--config", self.config, "--ticket", ticket["payload"])

    def start_courier(self) -> None:
        self.start("courier", "kiosk", "courier", "--config", self.config)

    def start_kiosk(self) -> None:
        told = self.running["kiosk"].said() if "kiosk" in self.running else ""
        self.start("kiosk", "kiosk", "run", "--config", self.config)
        ready = re.compile(r"device_condition role=(\w+) condition=Ready")
        # What an earlier kiosk said stands in the same file.
        self.asked("Attract", after=len(told))
        wait_until(
            "all devices are ready",
            lambda: set(ready.findall(self.running["kiosk"].said()[len(told) :])) >= DEVICES,
        )

    def start(self, name: str, *command: object) -> Running:
        log = self.folder / f"{name}.log"
        # Tests of views in the same run draw without any window, and say so in their environment.
        own = {name: value for name, value in os.environ.items() if not name.startswith(("SDL_", "KIVY_", "KCFG_"))}
        environment = {
            **own,
            "DISPLAY": self.display,
            "KIVY_HOME": str(self.folder / "kivy"),
            "SDL_AUDIODRIVER": "dummy",
        }
        with log.open("ab") as out:
            process = subprocess.Popen(
                [*LEASHED, *_argv(*command)], stdout=out, stderr=out, env=environment, cwd=self.folder,
                start_new_session=True,
            )  # fmt: skip
        self.running[name] = Running(name, process, log)
        return self.running[name]

    def command(self, *command: object) -> str:
        """Run a command to its end; its standard output."""
        done = subprocess.run(
            _argv(*command), capture_output=True, text=True, timeout=120, check=False, cwd=self.folder
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def kill(self, name: str) -> None:
        """As a power cut would: at once, without a word."""
        self.running[name].end(signal.SIGKILL)

    def close(self) -> None:
        for running in reversed(list(self.running.values())):
            running.end()

    def is_inviting(self) -> bool:
        """Whether the kiosk shows its first page."""
        return re.findall(r"shown (\w+)\n", self.running["kiosk"].said())[-1:] == ["Attract"]

    # What a person does

    def asked(self, step: str, *, after: int | None = None, seconds: float = 30.0) -> None:
        """Wait until the kiosk shows this step (again)."""
        start = self.clicks_after if after is None else after
        wait_until(
            f"the kiosk shows {step}",
            lambda: f"shown {step}\n" in self.running["kiosk"].said()[start:],
            seconds,
        )

    def tap(self, x: int, y: int, *, after: float = PAGE_CAME_IN) -> None:
        """Touch the screen as a finger does, a moment after the page came in."""
        time.sleep(after)
        self.clicks_after = len(self.running["kiosk"].said())
        subprocess.run(
            ["xdotool", "mousemove", str(x), str(y), "mousedown", "1", "sleep", "0.06", "mouseup", "1"],
            env={**os.environ, "DISPLAY": self.display}, check=True, timeout=10,
        )  # fmt: skip

    def screenshot(self) -> Image.Image:
        """What is on the glass now."""
        shot = subprocess.run(
            ["import", "-window", "root", "png:-"],
            env={**os.environ, "DISPLAY": self.display}, check=True, timeout=20, capture_output=True,
        )  # fmt: skip
        return Image.open(BytesIO(shot.stdout)).convert("RGB")

    def settled(self) -> Image.Image:
        """The screen once nothing moves on it any more."""
        before = self.screenshot()
        for _ in range(50):
            time.sleep(0.15)
            now = self.screenshot()
            if now.tobytes() == before.tobytes():
                return now
            before = now
        return before

    def dock(self, path: str, body: dict[str, object] | None = None) -> Any:  # noqa: ANN401 - JSON
        """Ask the simulators for something, as the dock's page does."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.dock_port}{path}", data=data, headers={"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            content = answer.read()
        return json.loads(content) if answer.headers.get_content_type() == "application/json" else content

    def letter(self, stage: str) -> dict[str, str]:
        """The demonstration's letter about a document in this stage."""
        known = json.loads((self.letters / "letters.json").read_text(encoding="utf-8"))
        return next(letter for letter in known if letter.get("stage") == stage)

    def show_letter(self, letter: dict[str, str]) -> None:
        """Render the letter's PDF to a picture, as a printer and an eye would, and hold it before the camera."""
        picture = self.folder / "shown"
        subprocess.run(
            ["pdftoppm", "-r", "200", "-png", "-singlefile", str(self.letters / letter["file"]), str(picture)],
            check=True, timeout=60,
        )  # fmt: skip
        content = base64.b64encode(picture.with_suffix(".png").read_bytes()).decode()
        self.dock("/camera", {"picture": content})

    def receipts(self) -> list[int]:
        """The numbers of the slips that came out."""
        return [slip["number"] for slip in self.dock("/state")["printer"]["receipts"]]

    def receipt(self, number: int) -> Image.Image:
        """A printed slip."""
        return Image.open(BytesIO(self.dock(f"/printer/receipts/{number}.png"))).convert("RGB")

    def visits(self) -> list[dict[str, Any]]:
        """What the office knows of visits."""
        return self.books("visit ORDER BY id")

    def books(self, of: str) -> list[dict[str, Any]]:
        """What the office has written down, read beside it: asking a process of its own each time takes long."""
        file = (self.folder / "office" / "office.db").as_uri()
        with contextlib.closing(sqlite3.connect(f"{file}?mode=ro", uri=True, timeout=60)) as books:
            books.row_factory = sqlite3.Row
            return [dict(row) for row in books.execute(f"SELECT * FROM office_{of}")]

    # How

    def _screen(self) -> None:
        read, write = os.pipe()
        screen = f"{self.size[0]}x{self.size[1]}x24"
        self.running["screen"] = Running(
            "screen",
            subprocess.Popen(
                [*LEASHED, "Xvfb", "-displayfd", str(write), "-nolisten", "tcp", "-screen", "0", screen],
                pass_fds=(write,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
            ),
            self.folder / "screen.log",
        )  # fmt: skip
        os.close(write)
        with os.fdopen(read) as pipe:
            self.display = f":{pipe.readline().strip()}"

    def _write_town(self) -> None:
        """Musterstadt with counters that never close, so that pages say the same at any hour."""
        text = TOWN.read_text(encoding="utf-8")
        self.town.write_text(re.sub(r"^open = .*$", f"open = {json.dumps(ALWAYS)}", text, flags=re.MULTILINE), "utf-8")

    def _office_data(self) -> tuple[object, ...]:
        return ("--data", self.folder / "office")


def _argv(*command: object) -> list[str]:
    """The command line of `kiosk` or `office` as installed beside this interpreter."""
    name, *rest = (str(part) for part in command)
    module = {"kiosk": "kiosk_app.cli", "office": "central_office.cli"}[name]
    return [sys.executable, "-m", module, *rest]


def differing(one: Image.Image, other: Image.Image, mask: tuple[tuple[int, int, int, int], ...] = ()) -> float:
    """The share of pixels that differ clearly between two pictures of one size, outside the masked boxes."""
    assert one.size == other.size
    difference = ImageChops.difference(one, other).convert("L").point(lambda value: 255 if value > 48 else 0)
    for box in mask:
        ImageDraw.Draw(difference).rectangle(box, fill=0)
    return difference.histogram()[255] / (one.width * one.height)


@contextlib.contextmanager
def open_town_hall(folder: Path, **options: Any) -> Any:  # noqa: ANN401 - a generator of one
    """A town hall that is closed at the end, however the story goes."""
    hall = TownHall(folder, **options)
    try:
        hall.open()
        yield hall
    finally:
        hall.close()
