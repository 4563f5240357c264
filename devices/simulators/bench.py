"""The whole bench: every simulated device, the line and the dock, started and ended together."""

from __future__ import annotations

import contextlib
import json
import os
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, Final, Self

from devices.simulators.ausweisapp import AusweisAppEnd
from devices.simulators.camera import Camera
from devices.simulators.dispenser import Dispenser
from devices.simulators.dock import Devices, Dock
from devices.simulators.letters import Letters
from devices.simulators.line import Line
from devices.simulators.printer import Printer
from devices.simulators.scanner import Scanner
from devices.simulators.terminal import Terminal
from devices.simulators.ups import Ups
from devices.simulators.wall import Wall

if TYPE_CHECKING:
    from devices.simulators.settings import Settings

RIG: Final = "rig.toml"
ADDRESSES: Final = "simulators.json"

_FACES: Final = (
    "assets/fonts/FiraMono-500.ttf",
    "assets/fonts/FiraSans-Regular.ttf",
    "assets/fonts/FiraSans-SemiBold.ttf",
)
"""The first two draw receipts, all three the dock."""


class Bench:
    """All simulated devices; `with Bench(settings) as bench` for as long as they are wanted."""

    def __init__(self, settings: Settings) -> None:
        run = settings.run_directory
        run.mkdir(parents=True, exist_ok=True)
        faces = _faces()
        with contextlib.ExitStack() as started:
            # A port that is taken must not leave the others listening.
            self.camera = started.enter_context(contextlib.closing(Camera(settings.camera_port)))
            self.scanner = started.enter_context(contextlib.closing(Scanner(run / "scanner")))
            printer = Printer(settings.printer_port, settings.print_speed, faces[:2])
            self.printer = started.enter_context(contextlib.closing(printer))
            wall = Wall((run / "wall").absolute(), settings.wall, Random(settings.chance))  # noqa: S311  noise, not secrets
            self.wall = started.enter_context(contextlib.closing(wall))
            link = (run / "terminal").absolute() if settings.terminal_on_serial else None
            terminal = Terminal(settings.terminal_port, link, settings.terminal_tempo)
            self.terminal = started.enter_context(contextlib.closing(terminal))
            dispenser = Dispenser((run / "dispenser").absolute(), settings.dispenser_turn)
            self.dispenser = started.enter_context(contextlib.closing(dispenser))
            self.ups = started.enter_context(contextlib.closing(Ups(settings.ups_port)))
            self.ausweis: AusweisAppEnd | None = None
            if settings.german_card:
                self.ausweis = started.enter_context(contextlib.closing(AusweisAppEnd(settings.ausweis_port)))
            self.line: Line | None = None
            if settings.office is not None:
                self.line = started.enter_context(contextlib.closing(Line(settings.line_port, settings.office)))
            self.letters = Letters(settings.letters_directory)
            on_it = Devices(
                self.camera,
                self.scanner,
                self.printer,
                self.wall,
                self.terminal,
                self.dispenser,
                self.ups,
                self.ausweis,
                self.line,
                self.letters,
                faces,
            )
            self.dock = started.enter_context(contextlib.closing(Dock(settings.dock_port, on_it)))
            self._started = started.pop_all()
        self.rig_file = run / RIG
        _write(self.rig_file, self._rig())
        _write(run / ADDRESSES, json.dumps(self.addresses(), indent=2) + "\n")

    def addresses(self) -> dict[str, Any]:
        """Where everything is, as written to `simulators.json`."""
        return {
            "dock": self.dock.url,
            "camera": self.camera.url,
            "printer": f"tcp://127.0.0.1:{self.printer.port}",
            "scanner": self.scanner.state()["path"],
            "wall": self.wall.state()["path"],
            "terminal": self.terminal.address,
            "dispenser": self.dispenser.state()["path"],
            "ups": f"tcp://127.0.0.1:{self.ups.port}",
            "ausweis": f"ws://127.0.0.1:{self.ausweis.port}/eID-Kernel" if self.ausweis is not None else None,
            "line": f"http://127.0.0.1:{self.line.port}" if self.line is not None else None,
            "rig": str(self.rig_file),
            "process": os.getpid(),
        }

    def close(self) -> None:
        """End everything; the run directory keeps its files."""
        self._started.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _rig(self) -> str:
        ausweis = self.ausweis.rig() if self.ausweis is not None else ""
        return f"""# Written by the simulators: a kiosk with this rig speaks to them.
# A real kiosk differs by addresses only.

[code_camera]
driver = "opencv_camera"
source = {json.dumps(self.camera.url)}

[code_scanner]
driver = "serial_scanner"
port = {json.dumps(self.scanner.state()["path"])}

[receipt_printer]
driver = "escpos_printer"
address = "tcp://127.0.0.1:{self.printer.port}"

{self.wall.rig()}
{self.terminal.rig()}
{self.dispenser.rig()}
{self.ups.rig()}
{ausweis}"""


def _faces() -> tuple[Path, ...]:
    """The kiosk's own faces, if the screens are installed beside us; Pillow has one of its own otherwise."""
    found = find_spec("screens")
    places = (found.submodule_search_locations or ()) if found is not None else ()
    return tuple(face for place in places for name in _FACES if (face := Path(place) / name).is_file())


def _write(path: Path, text: str) -> None:
    # Whoever waits for the file must never read half of it.
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)
