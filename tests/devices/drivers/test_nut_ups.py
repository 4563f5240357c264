"""A UPS told of by the real upsd, by the simulator, and by lines that no upsd would write."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.conditions import Need, NeedsStaff, Ready, Soon
from devices.drivers.nut_ups.verbs import FLICKER, NutUps
from devices.drivers.nut_ups.words import Status, Trouble, answer
from devices.errors import ProtocolError, Timeout, TransportError
from devices.simulators.ups import Mains, Ups
from devices.wires.tcp_line import TcpLine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from devices.conditions import Condition

DRIVERS = Path("/lib/nut")


class Hour:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.moment = 1000.0

    def __call__(self) -> float:
        return self.moment


@pytest.fixture
def ups() -> Iterator[Ups]:
    with closing(Ups(0)) as ups:
        yield ups


@pytest.fixture
def hour() -> Hour:
    return Hour()


@pytest.fixture
def device(ups: Ups, hour: Hour) -> Iterator[NutUps]:
    with closing(NutUps(TcpLine("127.0.0.1", ups.port), "kiosk", hour)) as device:
        yield device


def test_a_flicker_of_the_mains_is_nothing_and_ten_seconds_are_a_power_cut(
    ups: Ups, device: NutUps, hour: Hour
) -> None:
    assert device.condition() == Ready()
    ups.set_mains(Mains.OFF)
    assert device.condition() == Ready()
    hour.moment += FLICKER
    assert device.condition() == Ready(Soon.ON_BATTERY)
    ups.set_mains(Mains.ON)
    assert device.condition() == Ready()
    ups.set_mains(Mains.OFF)
    assert device.condition() == Ready()


def test_a_battery_that_ends_is_told_at_once(ups: Ups, device: NutUps) -> None:
    ups.set_mains(Mains.ENDING)
    assert device.condition() == Ready(Soon.BATTERY_LOW)


def test_a_loose_cable_of_the_ups_needs_a_person(ups: Ups, device: NutUps) -> None:
    ups.set_stale(stale=True)
    assert device.condition() == NeedsStaff(Need.LOOK_AT_IT)


def test_an_old_battery_is_told_while_the_mains_are_there(ups: Ups, device: NutUps) -> None:
    ups.set_old(old=True)
    assert device.condition() == Ready(Soon.BATTERY_OLD)


def test_a_name_that_upsd_does_not_know_needs_a_person(ups: Ups) -> None:
    with closing(NutUps(TcpLine("127.0.0.1", ups.port), "another")) as device:
        assert device.condition() == NeedsStaff(Need.LOOK_AT_IT)


def test_an_upsd_that_says_nothing_is_gone() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        device = NutUps(TcpLine("127.0.0.1", listening.getsockname()[1]), "kiosk")
        with closing(device), pytest.raises(Timeout):
            device.condition()


@pytest.mark.parametrize("said", [b"x" * 5000, b'VAR kiosk ups.load "3"\n', b"\xff\n", b"VAR kiosk ups.status OL\n"])
def test_an_upsd_that_talks_nonsense_is_found_out(said: bytes) -> None:
    with pytest.raises(ProtocolError):
        NutUps(Parrot(said), "kiosk").condition()


class Parrot:
    """A wire whose other end always says the same."""

    def __init__(self, said: bytes) -> None:
        self._said = said

    def read(self, at_most: int, timeout: float) -> bytes:
        del timeout
        said, self._said = self._said[:at_most], self._said[at_most:]
        return said

    def write(self, data: bytes, timeout: float) -> None:
        """Whatever is asked."""

    def drain(self) -> None:
        """Nothing waits."""

    def close(self) -> None:
        """There is nothing to let go of."""


@given(st.binary(max_size=200))
def test_whatever_is_answered_is_an_answer_a_trouble_or_an_error(line: bytes) -> None:
    try:
        said = answer(line, "kiosk", "ups.status")
    except ProtocolError:
        return
    assert isinstance(said, str | Trouble)


def test_words_of_a_status_that_nobody_knows_say_nothing() -> None:
    assert Status.read("OL CHRG TRIM") == Status(on_battery=False, low=False, forced_down=False, replace=False)
    assert Status.read("FSD OB LB RB") == Status(on_battery=True, low=True, forced_down=True, replace=True)


# upsd itself, and the UPS that its makers play


@pytest.fixture
def real(tmp_path: Path) -> Iterator[tuple[int, Callable[[str], None]]]:
    """The real upsd with a dummy UPS: its port, and how to set `ups.status`."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    (tmp_path / "ups.conf").write_text(
        "[kiosk]\ndriver = dummy-ups\nport = kiosk.dev\ndesc = Test\npollinterval = 1\nmode = dummy-loop\n",
        encoding="ascii",
    )
    seq = tmp_path / "kiosk.dev"

    def set_status(status: str) -> None:
        fresh = tmp_path / "fresh.dev"
        fresh.write_text(f"ups.status: {status}\nbattery.runtime: 900\nTIMER 1\n", encoding="ascii")
        fresh.replace(seq)

    set_status("OL")
    (tmp_path / "upsd.conf").write_text(f"LISTEN 127.0.0.1 {port}\n", encoding="ascii")
    (tmp_path / "upsd.users").write_text("", encoding="ascii")
    for file in tmp_path.iterdir():
        file.chmod(0o640)
    told = os.environ | {name: str(tmp_path) for name in ("NUT_CONFPATH", "NUT_STATEPATH", "NUT_ALTPIDPATH")}
    me = ["-u", getpass.getuser()]
    running = [
        subprocess.Popen(
            [str(DRIVERS / name), *arguments, *me], env=told, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for name, arguments in (("dummy-ups", ["-F", "-a", "kiosk"]), ("upsd", ["-F"]))
    ]
    try:
        yield port, set_status
    finally:
        for one in running:
            one.terminate()
            one.wait(10)


def seen(port: int, wanted: Condition, seconds: float = 20) -> bool:
    """Whether a device on this port comes to say so."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with closing(NutUps(TcpLine("127.0.0.1", port), "kiosk")) as device:
                if device.condition() == wanted:
                    return True
        except TransportError:
            pass
        time.sleep(0.1)
    return False


def test_the_real_upsd_tells_of_mains_and_of_a_battery_that_ends(
    real: tuple[int, Callable[[str], None]],
) -> None:
    port, set_status = real
    assert seen(port, Ready())
    set_status("OB LB")
    assert seen(port, Ready(Soon.BATTERY_LOW))
    set_status("OL")
    assert seen(port, Ready())


def test_the_clients_of_upsd_take_the_simulator_for_one(ups: Ups) -> None:
    upsc = shutil.which("upsc")
    assert upsc is not None, "apt-get install nut-client"
    ups.set_mains(Mains.OFF)
    said = subprocess.run(
        [upsc, f"kiosk@127.0.0.1:{ups.port}"], check=True, capture_output=True, text=True, timeout=20
    ).stdout
    assert "ups.status: OB" in said.splitlines()
    assert "battery.charge: 60" in said.splitlines()
