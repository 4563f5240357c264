"""The demonstration as data: where its things lie, which command lines make it up, and the kiosk's settings file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from deploy.demonstration.crew import Part
from deploy.demonstration.ready import LOOPBACK, Notified, PageAnswers, at_once

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from deploy.demonstration.options import Format


@dataclass(frozen=True)
class Places:
    """Where the demonstration finds and keeps its things; all it keeps lies below `root` and may be thrown away.

    `commands` is the folder of the commands `office` and `kiosk`, `town` the town's file.
    """

    root: Path
    town: Path
    commands: Path

    @property
    def office(self) -> Path:
        """The office's data."""
        return self.root / "office"

    @property
    def letters(self) -> Path:
        """Letters to show to the kiosk."""
        return self.root / "letters"

    @property
    def devices(self) -> Path:
        """What the simulated devices hold open: wires, printed receipts, the rig file."""
        return self.root / "devices"

    @property
    def kiosk(self) -> Path:
        """The kiosk's settings, its key and its stores."""
        return self.root / "kiosk"

    @property
    def settings(self) -> Path:
        """The kiosk's settings file."""
        return self.kiosk / "kiosk.toml"

    @property
    def enrolled_at(self) -> Path:
        """The address of the office under which the kiosk was enrolled."""
        return self.kiosk / "enrolled-at"

    @property
    def staff(self) -> Path:
        """What the office said when it loaded the town: above all, whom to sign in as."""
        return self.root / "staff.txt"

    @property
    def log(self) -> Path:
        """One log for each process."""
        return self.root / "log"

    @property
    def processes(self) -> Path:
        """Notes of what runs."""
        return self.root / "processes"

    @property
    def lock(self) -> Path:
        """Held by the one demonstration that runs here; not below `root`, which a reset throws away."""
        return self.root.with_suffix(".lock")


@dataclass(frozen=True)
class Ports:
    """The demonstration's ports, all on loopback."""

    office: int
    dock: int
    viewer: int
    line: int
    source: int

    @classmethod
    def counting_from(cls, first: int) -> Ports:
        """Take the ports one after the other."""
        return cls(office=first, dock=first + 1, viewer=first + 2, line=first + 3, source=first + 4)


@dataclass(frozen=True)
class Plan:
    """Every command line of the demonstration, in words.

    The kiosk reaches the office through the simulated line, which a person can cut at the dock.
    """

    places: Places
    ports: Ports
    panel: Format
    language: str
    windowed: bool
    german_card: bool = True

    def demo_town(self) -> tuple[str, ...]:
        """Fill the office with the demonstration town, once, and write letters to show."""
        return (
            *(self._command("office"), "demo", *self._office_data()),
            *("--letters", str(self.places.letters), "--town", str(self.places.town)),
        )

    def office(self) -> Part:
        """Serve the central office."""
        return Part(
            name="office",
            argv=(self._command("office"), "serve", *self._office_data(), "--port", str(self.ports.office)),
            ready=PageAnswers(self.ports.office),
        )

    def devices(self) -> Part:
        """Play the other end of every wire, and serve the dock."""
        return Part(
            name="devices",
            argv=(
                *(self._command("kiosk"), "simulate", "--run", str(self.places.devices)),
                *("--letters", str(self.places.letters)),
                *("--office-port", str(self.ports.office), "--line-port", str(self.ports.line)),
                *("--dock-port", str(self.ports.dock)),
                *(("--german-card",) if self.german_card else ()),
            ),
            ready=PageAnswers(self.ports.dock),
        )

    def ticket(self) -> tuple[str, ...]:
        """Ask the office for a ticket to enrol with."""
        return (
            *(self._command("office"), "enrol-token", *self._office_data()),
            *("--site", "Rathaus, Foyer", "--office", self.line_address, "--json"),
        )

    def compartments(self) -> tuple[str, ...]:
        """Lay the demonstration's documents into the kiosk's compartments, and give out their codes."""
        return (*(self._command("office"), "manage", *self._office_data()), "deposit", "--demonstration")

    def columns(self, employee: str) -> tuple[str, ...]:
        """Say that the dispenser's columns are full."""
        return (self._command("kiosk"), "fill", "--config", str(self.places.settings), "--employee", employee)

    def enrolment(self, ticket: str) -> tuple[str, ...]:
        """Make the kiosk known to the office, whatever it was before."""
        return (
            *(self._command("kiosk"), "enrol", "--config", str(self.places.settings)),
            *("--replace", "--ticket", ticket),
        )

    def courier(self) -> Part:
        """Carry between kiosk and office."""
        return Part(
            name="courier",
            argv=(self._command("kiosk"), "courier", "--config", str(self.places.settings)),
            ready=at_once,
        )

    def kiosk(self, notified: Notified, environment: Mapping[str, str]) -> Part:
        """Open the kiosk; it says itself when the first frame is drawn."""
        return Part(
            name="kiosk",
            argv=(self._command("kiosk"), "run", "--config", str(self.places.settings)),
            ready=notified,
            heed=notified,
            environment=environment,
            ends_all=self.windowed,
            follows="devices",  # whose addresses it read from the rig file
        )

    @property
    def line_address(self) -> str:
        """Where the kiosk finds the office."""
        return f"http://{LOOPBACK}:{self.ports.line}"

    def settings(self) -> str:
        """Write the kiosk's settings file (TOML)."""
        words = {
            "town": str(self.places.town),
            "rig": str(self.places.devices / "rig.toml"),
            "office": self.line_address,
        }
        quoted = {name: json.dumps(word, ensure_ascii=False) for name, word in words.items()}  # a TOML string, too
        return f"""# Written by ./run for the demonstration, at every start.
terminal = "MS-01"
data = "."
town = {quoted["town"]}
rig = {quoted["rig"]}
language = "{self.language}"

[screen]
format = "{self.panel.name.lower()}"
fullscreen = false

[office]
address = {quoted["office"]}
longest_pause = 10.0
"""

    def _command(self, name: str) -> str:
        return str(self.places.commands / name)

    def _office_data(self) -> tuple[str, ...]:
        return ("--data", str(self.places.office))
