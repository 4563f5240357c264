"""The whole course of a demonstration, in a process of its own, with stand-ins for the commands it starts."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time
import tomllib
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from deploy.demonstration.leftovers import ProcessNotes, identify
from deploy.demonstration.ready import is_taken

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[3]
STAND_IN = Path(__file__).with_name("stand_in")
LAUNCH = """
import sys
from pathlib import Path
from deploy.demonstration.__main__ import main
from deploy.demonstration.plan import Places
folder = Path(sys.argv[1])
sys.exit(main(sys.argv[3:], Places(folder / "demonstration", folder / "town.toml", Path(sys.argv[2]))))
"""


def five_free_ports() -> int:
    """Find the first of five ports that nobody uses, below those that the kernel gives to others meanwhile (ip(7))."""
    chance = random.SystemRandom()
    while True:
        base = chance.randrange(20_000, 32_000)
        if not any(is_taken(port) for port in range(base, base + 5)):
            return base


def vnc_greeting(port: int) -> bytes:
    """Look at the screen as noVNC does: by WebSocket (RFC 6455), up to the offer of how to log in (RFC 6143, 7.1.2)."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as wire:
        wire.sendall(
            b"GET /websockify HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nSec-WebSocket-Version: 13\r\n"
            b"Sec-WebSocket-Protocol: binary\r\n\r\n"
        )
        heard = wire.makefile("rb")
        while heard.readline() != b"\r\n":
            pass
        greeting = heard.read(2 + 12)[2:]
        wire.sendall(b"\x82\x8c" + bytes(4) + greeting)  # one masked frame; the mask is zero
        assert heard.read(2 + 2)[2:] == b"\x01\x01"  # one way to log in: none
        return greeting


@dataclass
class Start:
    """One call of ./run, after everything is installed."""

    process: subprocess.Popen[str]
    said: list[str] = field(default_factory=list)

    def until(self, words: str) -> str:
        """Read on until a line holds these words; fails if it never comes."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line)
            if words in line:
                return line
        raise AssertionError("".join(self.said))

    def ends(self) -> int:
        """Read to the end and hand back the status."""
        assert self.process.stdout is not None
        if not self.process.stdout.closed:
            with self.process.stdout as rest:
                self.said.extend(rest)
        return self.process.wait()


class Machine:
    """A folder to run in, and every start made there."""

    def __init__(self, folder: Path, display: str) -> None:
        self.folder = folder
        self.display = display
        self.port_base = five_free_ports()
        self.starts: list[Start] = []

    def run(self, *options: str) -> Start:
        process = subprocess.Popen(
            (sys.executable, "-c", LAUNCH, self.folder, STAND_IN, "--port-base", str(self.port_base), *options),
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={
                "PATH": os.environ["PATH"],
                "DISPLAY": self.display,
                "STAND_IN_NOTES": str(self.folder / "notes"),
                "SSH_CONNECTION": "192.0.2.1 1 192.0.2.2 22",
            },
        )
        self.starts.append(Start(process))
        return self.starts[-1]

    def calls(self) -> list[str]:
        """Which commands were started so far, in order."""
        return (self.folder / "notes").read_text(encoding="utf-8").splitlines()

    def pids(self) -> dict[str, int]:
        return {name: who.pid for name, who in ProcessNotes(self.folder / "demonstration" / "processes").left_behind()}


@pytest.fixture
def machine(tmp_path: Path, desktop: str) -> Iterator[Machine]:
    machine = Machine(tmp_path, desktop)
    yield machine
    for start in machine.starts:
        start.process.terminate()
        start.ends()


def test_a_whole_demonstration_from_nothing_to_ctrl_c(machine: Machine) -> None:
    start = machine.run("--screen", "browser")
    start.until("Ctrl-C ends everything")
    said = "".join(start.said)
    base = machine.port_base
    assert f"http://127.0.0.1:{base + 2}/vnc.html?autoconnect=1" in said
    assert f"Device dock     http://127.0.0.1:{base + 1}/" in said
    assert f"Office console  http://127.0.0.1:{base}/" in said
    assert "Sign in as somebody with password something." in said
    assert f"ssh -L {base}:127.0.0.1:{base} -L {base + 1}:127.0.0.1:{base + 1} -L {base + 2}" in said
    assert "[7/7] Kiosk" in said
    while len(calls := machine.calls()) < 8:  # the courier starts side by side with the kiosk
        time.sleep(0.02)
    assert calls[:6] == [
        "office demo",
        "office serve",
        "kiosk simulate",
        "office enrol-token",
        f"kiosk enrol --replace --ticket TICKET http://127.0.0.1:{base + 3}",
        "office manage",
    ]
    assert sorted(calls[6:]) == ["kiosk courier", "kiosk run"]
    with urllib.request.urlopen(f"http://127.0.0.1:{base + 2}/vnc.html", timeout=10) as page:
        assert "noVNC" in page.read().decode()
    assert vnc_greeting(base + 2) == b"RFB 003.008\n"
    pids = machine.pids()
    assert sorted(pids) == ["courier", "devices", "kiosk", "office", "screen", "screen-source", "screen-viewer"]
    start.process.send_signal(signal.SIGINT)
    assert start.ends() == 0
    assert start.said[-1] == "Ended.\n"
    assert not any(identify(pid) for pid in pids.values())


def test_the_settings_of_the_kiosk_are_what_was_asked_for(machine: Machine) -> None:
    machine.run("--format", "small", "--language", "en").until("Ctrl-C ends everything")
    settings = tomllib.loads((machine.folder / "demonstration/kiosk/kiosk.toml").read_text(encoding="utf-8"))
    assert settings["language"] == "en"
    assert settings["screen"]["format"] == "small"
    assert settings["office"]["address"] == f"http://127.0.0.1:{machine.port_base + 3}"


@pytest.mark.parametrize(("options", "german"), [((), True), (("--no-german-card",), False)])
def test_the_german_cards_reader_is_there_unless_nobody_wants_it(
    machine: Machine, options: tuple[str, ...], *, german: bool
) -> None:
    machine.run(*options).until("Ctrl-C ends everything")
    said = Path(f"/proc/{machine.pids()['devices']}/cmdline").read_bytes().split(b"\0")
    assert (b"--german-card" in said) is german


def test_a_second_start_goes_on_with_the_data_and_a_reset_begins_anew(machine: Machine) -> None:
    for options, first_call in (((), "office demo"), ((), "office serve"), (("--reset",), "office demo")):
        (machine.folder / "notes").unlink(missing_ok=True)
        start = machine.run(*options)
        start.until("Ctrl-C ends everything")
        start.process.send_signal(signal.SIGTERM)
        assert start.ends() == 0
        assert machine.calls()[0] == first_call
        assert any(call.startswith("kiosk enrol") for call in machine.calls()) == (first_call == "office demo")


def test_other_ports_than_last_time_enrol_the_kiosk_anew(machine: Machine) -> None:
    start = machine.run()
    start.until("Ctrl-C ends everything")
    start.process.terminate()
    start.ends()
    machine.port_base = five_free_ports()
    machine.run().until("Ctrl-C ends everything")
    assert f"kiosk enrol --replace --ticket TICKET http://127.0.0.1:{machine.port_base + 3}" in machine.calls()


def test_a_second_demonstration_in_the_same_place_is_refused(machine: Machine) -> None:
    first = machine.run()
    first.until("Ctrl-C ends everything")
    second = machine.run()
    assert second.ends() == 1
    assert f"The demonstration already runs here (process {first.process.pid})." in "".join(second.said)
    assert first.process.poll() is None


def test_a_port_in_use_is_named_with_the_option_that_helps(machine: Machine) -> None:
    with socket.create_server(("127.0.0.1", machine.port_base + 1)):
        start = machine.run()
        assert start.ends() == 1
    said = "".join(start.said)
    assert f"Port {machine.port_base + 1}, wanted for the dock, is in use by another program" in said
    assert "--port-base" in said
    assert not (machine.folder / "notes").exists()


def test_closing_the_kiosks_window_ends_everything(machine: Machine) -> None:
    start = machine.run()
    start.until("Ctrl-C ends everything")
    assert "Kiosk screen    its own window" in "".join(start.said)
    (machine.folder / "close").touch()
    assert start.ends() == 0
    assert "The kiosk was closed." in "".join(start.said)
    assert machine.pids() == {}


def test_a_kiosk_that_does_not_come_up_is_named_and_everything_else_ends(machine: Machine) -> None:
    (machine.folder / "broken").touch()
    start = machine.run()
    assert start.ends() == 1
    said = "".join(start.said)
    assert "kiosk ended with status 1." in said
    assert "no such rig" in said
    assert machine.pids() == {}


def test_what_a_killed_demonstration_left_behind_is_cleared_away(machine: Machine) -> None:
    start = machine.run()
    start.until("Ctrl-C ends everything")
    machine.folder.joinpath("notes").unlink()
    left = subprocess.Popen(("sh", "-c", "trap '' TERM; while :; do sleep 0.1; done"), start_new_session=True)
    ProcessNotes(machine.folder / "demonstration" / "processes").note("devices", left.pid)
    start.process.kill()
    start.ends()
    again = machine.run()
    again.until("Ctrl-C ends everything")
    assert f"Ended what an earlier demonstration left behind: devices (process {left.pid})." in "".join(again.said)
    assert left.wait() == -signal.SIGKILL


def test_without_a_desktop_a_window_is_refused_in_a_sentence(machine: Machine) -> None:
    machine.display = ""
    start = machine.run("--screen", "window")
    assert start.ends() == 1
    assert "No window can be opened" in "".join(start.said)
