"""The course of a demonstration: clear away, start one after the other, say where to look, watch, end."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import socket
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from deploy.demonstration.crew import Crew
from deploy.demonstration.failures import CannotStart, Ended
from deploy.demonstration.leftovers import ProcessNotes, end_leftover
from deploy.demonstration.plan import Places, Plan, Ports
from deploy.demonstration.ready import LOOPBACK, Notified, is_taken
from deploy.demonstration.screen import (
    IN_A_WINDOW,
    IN_THE_BROWSER,
    free_display,
    viewer_address,
    virtual_screen,
    wants_window,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from deploy.demonstration.crew import Outside
    from deploy.demonstration.options import Options


class Progress:
    """Numbered lines with times, one for each step."""

    def __init__(self, steps: int, outside: Outside) -> None:
        self._steps = steps
        self._outside = outside
        self._step = 0

    @contextmanager
    def step(self, words: str) -> Iterator[None]:
        """Count a step and say how long it took."""
        self._step += 1
        began = self._outside.clock()
        yield
        took = self._outside.clock() - began
        self._outside.say(f"[{self._step}/{self._steps}] {words:<18} {took:.1f} s")


class Demonstration:
    """One demonstration at one place."""

    def __init__(self, options: Options, places: Places, outside: Outside) -> None:
        self._options = options
        self._places = places
        self._outside = outside
        self._ports = Ports.counting_from(options.port_base)
        self._notes = ProcessNotes(places.processes)
        self._crew = Crew(places.log, self._notes, outside)

    def run(self, environment: Mapping[str, str]) -> None:
        """Start everything, watch it, end it.

        Raises:
            CannotStart: a port is taken, there is no desktop, another demonstration runs here.
            PartFailed: a process did not come up.
        """
        windowed = wants_window(self._options, environment)
        with self._alone(), tempfile.TemporaryDirectory(prefix="kiosk-") as sockets:
            self._clear_away()
            self._check_ports(windowed=windowed)
            if self._options.reset and self._places.root.exists():
                shutil.rmtree(self._places.root)
            self._places.root.mkdir(parents=True, exist_ok=True)
            try:
                self._start(Path(sockets), windowed=windowed)
                self._outside.say(self._where_to_look(environment, windowed=windowed))
                ended_by = self._crew.watch()
                self._outside.say("" if ended_by is None else f"The {ended_by} was closed.")
            except Ended:
                self._outside.say("")
            finally:
                self._outside.say("Ending everything that was started ...")
                self._crew.end()
        self._outside.say("Ended.")

    def _start(self, sockets: Path, *, windowed: bool) -> None:
        places = self._places
        panel = self._options.format or (IN_A_WINDOW if windowed else IN_THE_BROWSER)
        plan = Plan(places, self._ports, panel, self._options.language, windowed, self._options.german_card)
        progress = Progress(6 if windowed else 7, self._outside)
        with progress.step("Demonstration town"):
            if not places.staff.exists():
                places.office.mkdir(exist_ok=True)
                said = self._crew.run("town", plan.demo_town())
                places.staff.write_text(said, encoding="utf-8")
        with progress.step("Central office"):
            self._crew.start(plan.office())
        with progress.step("Simulated devices"):
            self._crew.start(plan.devices())
        environment = {"NOTIFY_SOCKET": str(sockets / "kiosk")}
        if not windowed:
            with progress.step("Screen in memory"):
                number = free_display()
                for part in virtual_screen(number, panel, self._ports.source, self._ports.viewer):
                    self._crew.start(part)
                environment["DISPLAY"] = f":{number}"
        with progress.step("Enrolment"):
            places.kiosk.mkdir(exist_ok=True)
            places.settings.write_text(plan.settings(), encoding="utf-8")
            self._enrol(plan)
        with progress.step("Courier"):
            self._crew.start(plan.courier())
        with progress.step("Kiosk"):
            self._crew.start(plan.kiosk(Notified(sockets / "kiosk"), environment))

    def _enrol(self, plan: Plan) -> None:
        """Enrol the kiosk, unless it is known at this address already."""
        note = self._places.enrolled_at
        if note.exists() and note.read_text(encoding="ascii") == plan.line_address:
            return
        ticket = json.loads(self._crew.run("ticket", plan.ticket()))["payload"]
        self._crew.run("enrolment", plan.enrolment(ticket))
        technician = re.search(r"types (\d{4}) and PIN \d+ \(technician\)", self._places.staff.read_text("utf-8"))
        if technician is not None:
            self._crew.run("columns", plan.columns(technician[1]))
        codes = self._crew.run("compartments", plan.compartments())
        with self._places.staff.open("a", encoding="utf-8") as staff:
            staff.write(f"Compartments, messages to citizens, and their birthdays:\n{codes}")
        note.write_text(plan.line_address, encoding="ascii")

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the place for this demonstration alone; the kernel lets go of it however we end."""
        self._places.lock.parent.mkdir(parents=True, exist_ok=True)
        with self._places.lock.open("a+", encoding="ascii") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                lock.seek(0)
                raise CannotStart(
                    f"The demonstration already runs here (process {lock.read().strip() or 'unknown'}).\n"
                    "End it with Ctrl-C where it was started."
                ) from error
            lock.truncate(0)
            lock.write(f"{os.getpid()}\n")
            lock.flush()
            yield

    def _clear_away(self) -> None:
        for name, identity in self._notes.left_behind():
            if not end_leftover(identity, self._outside.clock, self._outside.wait):
                raise CannotStart(
                    f"An earlier demonstration left {name} behind (process {identity.pid}), and it can't be ended.\n"
                    f"Please do: kill {identity.pid}"
                )
            self._notes.forget(name)
            self._outside.say(f"Ended what an earlier demonstration left behind: {name} (process {identity.pid}).")

    def _check_ports(self, *, windowed: bool) -> None:
        wanted = {"the office": self._ports.office, "the dock": self._ports.dock, "the line": self._ports.line}
        if not windowed:
            wanted |= {"the screen in the browser": self._ports.viewer, "its source": self._ports.source}
        for what, port in wanted.items():
            if is_taken(port):
                raise CannotStart(
                    f"Port {port}, wanted for {what}, is in use by another program of this machine.\n"
                    f"Choose other ports: ./run --port-base {self._options.port_base + 100}"
                )

    def _sign_in(self) -> list[str]:
        said = self._places.staff.read_text(encoding="utf-8").splitlines()
        return [line for line in said if line.startswith("Sign in as ")]

    def _where_to_look(self, environment: Mapping[str, str], *, windowed: bool) -> str:
        office, dock = (f"http://{LOOPBACK}:{port}/" for port in (self._ports.office, self._ports.dock))
        lines = [
            "",
            "The kiosk is open.",
            "",
            f"  Kiosk screen    {'its own window' if windowed else viewer_address(self._ports.viewer)}",
            f"  Device dock     {dock}",
            f"  Office console  {office}",
            *(f"                  {line}" for line in self._sign_in()),
            f"  Letters         {self._places.letters}",
            f"  Pickup codes    {self._places.staff}",
            f"  Data and logs   {self._places.root}",
        ]
        if "SSH_CONNECTION" in environment:
            ports = [self._ports.office, self._ports.dock, self._ports.viewer][: 2 if windowed else 3]
            tunnels = " ".join(f"-L {port}:{LOOPBACK}:{port}" for port in ports)
            lines += ["", f"  From your own machine, first: ssh {tunnels} {socket.gethostname()}"]
        return "\n".join([*lines, "", "Ctrl-C ends everything that was started.", ""])
