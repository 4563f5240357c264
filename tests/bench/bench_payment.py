"""What our side adds to a card payment: per packet, from approval to goods and motor, and on a line of 9600 baud."""

from __future__ import annotations

import os
import statistics
import tempfile
import threading
import time
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from devices.drivers.zvt_terminal import ZVT_TERMINAL
from devices.drivers.zvt_terminal.exchange import Manner, command
from devices.drivers.zvt_terminal.frames import Apdu, Unblocking, block
from devices.drivers.zvt_terminal.links import TcpLink
from devices.drivers.zvt_terminal.listening import Sale
from devices.payments import Paid
from devices.simulators.terminal import BAUD, Terminal
from devices.simulators.terminal_lines import PtyEar
from kiosk_app.sale import SaleResult, sell
from offline_cache.sales import Line
from tests.crash.shop import Watcher
from tests.devices.fuzz_zvt import Wire, act
from tests.kiosk_app.machines import GREY, Machines

if TYPE_CHECKING:
    from devices.payments import Advice, Booking, CardTerminal

PAYMENTS = 40
CONVERSATIONS = 300
ENQUIRIES = 15
SALES = 8
BITS = 11

STATUS = bytes.fromhex("2700 04000000000500 490978 0b000101 0c143059 0d1122 2912345678 870001 8a05 8bf0f4564953 00")
SLIP = [Apdu(0x06D1, b"\x00" + b"x" * 24)] * 20
SAID = (Apdu(0x8000), Apdu(0x04FF, b"\x0a"), Apdu(0x04FF, b"\x04"), Apdu(0x040F, STATUS), *SLIP, Apdu(0x060F))


@dataclass
class Bags:
    """Goods that are issued at once; notes when they were told to."""

    told_at: list[float] = field(default_factory=list)

    def authorised(self, booking: Booking) -> None:
        self.told_at.append(time.perf_counter())

    def issued(self, within: float) -> int | None:
        return 500


def _quiet(_: Advice) -> None:
    """Nobody looks."""


def per_packet() -> list[float]:
    """Our own work for one packet heard and answered, in ms: no wire, no terminal."""
    took: list[float] = []
    for _ in range(CONVERSATIONS):
        wire, sale = Wire([apdu.encode() for apdu in SAID]), Sale(Bags(), _quiet, None)
        begin = time.perf_counter()
        act(command(TcpLink(), Apdu(0x0601), 0.0, sale, Manner(pays=True, goods=True)), wire)
        took.append((time.perf_counter() - begin) * 1000 / len(SAID))
    return sorted(took)


def to_the_goods() -> list[float]:
    """From the terminal's entering the accepted card into its books to the goods' being told, over TCP, in ms."""
    entered: list[float] = []

    def clock() -> datetime:
        entered.append(time.perf_counter())
        return datetime.now(UTC)

    bags = Bags()
    with closing(Terminal(tempo=0.01, clock=clock)) as terminal:
        device = opened(terminal)
        for _ in range(PAYMENTS):
            terminal.present("girocard")
            assert isinstance(device.pay(500, bags, _quiet, threading.Event()), Paid)
        device.close()
    return sorted((told - said) * 1000 for said, told in zip(entered, bags.told_at, strict=True))


def to_the_motor() -> list[float]:
    """From the terminal's entering the accepted card to the first motor's start, in ms: the whole sale, on real wires.

    In between lie two synced commits, a look at the sensors and the command, the latter two at 9600 baud.
    """
    entered: list[float] = []
    started: list[float] = []

    def clock() -> datetime:
        entered.append(time.perf_counter())
        return datetime.now(UTC)

    def look(machines: Machines, before: int) -> None:
        while machines.dispenser.columns.starts(1) == before:
            time.sleep(0.0005)
        started.append(time.perf_counter())

    with tempfile.TemporaryDirectory() as folder, closing(Machines(Path(folder), baud=BAUD, clock=clock)) as machines:
        for _ in range(SALES):
            eye = threading.Thread(target=look, args=(machines, machines.dispenser.columns.starts(1)))
            eye.start()
            machines.terminal.present("girocard")
            sold = sell(machines.desk, (Line("residual_60", GREY, 1, 450),), Watcher())
            assert isinstance(sold, SaleResult)
            assert sold.charged == 450
            eye.join()
    return sorted((motor - said) * 1000 for said, motor in zip(entered, started, strict=True))


def on_the_line() -> tuple[float, float]:
    """Status enquiries on a paced serial line: seconds that its bytes need, and seconds that it took."""
    with tempfile.TemporaryDirectory() as folder, closing(Terminal(link=Path(folder) / "terminal")) as terminal:
        device = opened(terminal)
        ear = terminal.ear
        assert isinstance(ear, PtyEar)
        carried, begin = ear.carried, time.perf_counter()
        for _ in range(ENQUIRIES):
            device.status(threading.Event())
        took = time.perf_counter() - begin
        carried = ear.carried - carried
        device.close()
    return carried * BITS / BAUD, took


def opened(terminal: Terminal) -> CardTerminal:
    """The terminal's driver, registered."""
    device = ZVT_TERMINAL.open({"address": terminal.address})
    device.register(threading.Event())
    return device


def framing() -> float:
    """One packet into a serial block and out of it again, in ms."""
    apdu = Apdu(0x06D3, os.urandom(400)).encode()
    took: list[float] = []
    for _ in range(CONVERSATIONS):
        unblocking = Unblocking()
        begin = time.perf_counter()
        unblocking.feed(block(apdu))
        assert unblocking.next() == apdu
        took.append((time.perf_counter() - begin) * 1000)
    return statistics.median(took)


def measure() -> list[str]:
    """The bench's lines."""
    packets, goods, motors = per_packet(), to_the_goods(), to_the_motor()
    needs, took = on_the_line()
    return [
        f"{CONVERSATIONS} conversations of {len(SAID)} packets without a wire; {PAYMENTS} payments over TCP at the",
        f"simulated terminal; {SALES} sales with supervisor, ledger on disk and motors behind a relay board at {BAUD}",
        f"baud; {ENQUIRIES} status enquiries on a pseudo-terminal paced to {BAUD} baud, 8N2.",
        "",
        "| | measured | target |",
        "|---|---|---|",
        f"| our work for one packet, median | {statistics.median(packets):.3f} ms | 1 ms |",
        f"| our work for one packet, 99th percentile | {packets[int(len(packets) * 0.99)]:.3f} ms | 1 ms |",
        f"| a packet of 400 bytes into a serial block and back | {framing():.3f} ms | 1 ms |",
        f"| card accepted to goods told, median | {statistics.median(goods):.1f} ms | 100 ms |",
        f"| card accepted to goods told, slowest | {goods[-1]:.1f} ms | 100 ms |",
        f"| card accepted to the first motor's start, median | {statistics.median(motors):.1f} ms | 100 ms |",
        f"| card accepted to the first motor's start, slowest | {motors[-1]:.1f} ms | 100 ms |",
        f"| time on the serial line over what its bytes need | {(took / needs - 1) * 100:.1f} % | 5 % |",
    ]


if __name__ == "__main__":
    print("\n".join(measure()))
