"""What kiosk and card terminal say to one another, read by a stranger: Wireshark's ZVT dissector."""

from __future__ import annotations

import re
import socket
import struct
import subprocess
import threading
from contextlib import closing
from typing import TYPE_CHECKING

from devices.drivers.zvt_terminal.frames import apdu_in
from devices.payments import Declined, Paid, Reserved, Reversed
from devices.simulators.terminal import Terminal
from devices.simulators.terminal_commands import Fault
from tests.devices.drivers.till import PRICE, TEMPO, Bags, Till, till_at

if TYPE_CHECKING:
    from pathlib import Path

PORT = 20007
UNKNOWN_TO_TSHARK = {0x0501, 0x0620, 0x06B0, 0x0602, 0x0631, 0x0622, 0x0624, 0x0625, 0x0610}
"""Commands of which its dissector has no entry; it knows the answers to them, and the fields of none."""


class Tap:
    """Stands between kiosk and terminal and notes who said what, in order."""

    def __init__(self, terminal_port: int) -> None:
        self.said: list[tuple[bool, bytes]] = []
        self._port = terminal_port
        self._lock = threading.Lock()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.address = f"tcp://127.0.0.1:{self._listening.getsockname()[1]}"
        self._threads = [threading.Thread(target=self._carry)]
        self._threads[0].start()

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for thread in self._threads:
            thread.join(10)

    def _carry(self) -> None:
        try:
            while True:
                kiosk, _ = self._listening.accept()
                with kiosk, socket.create_connection(("127.0.0.1", self._port)) as terminal:
                    back = threading.Thread(target=self._pump, args=(terminal, kiosk, False))
                    back.start()
                    self._pump(kiosk, terminal, True)  # noqa: FBT003
                    back.join(10)
        except OSError:
            return

    def _pump(self, source: socket.socket, sink: socket.socket, from_kiosk: bool) -> None:  # noqa: FBT001
        try:
            while piece := source.recv(65536):
                with self._lock:
                    self.said.append((from_kiosk, piece))
                sink.sendall(piece)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            return


def capture(said: list[tuple[bool, bytes]], file: Path) -> int:
    """Write the conversation as if it had been caught on an Ethernet; how many packets."""
    addresses = (bytes([192, 0, 2, 10]), bytes([192, 0, 2, 20]))
    sent = [1, 1]
    frames: list[bytes] = []
    for from_kiosk, piece in said:
        source, target = (0, 1) if from_kiosk else (1, 0)
        ports = (40000, PORT) if from_kiosk else (PORT, 40000)
        tcp = struct.pack(">HHIIBBHHH", *ports, sent[source], sent[target], 0x50, 0x18, 0xFFFF, 0, 0)
        total = 20 + len(tcp) + len(piece)
        ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, total, 0, 0, 64, 6, 0, addresses[source], addresses[target])
        frames.append(bytes(12) + b"\x08\x00" + ip + tcp + piece)
        sent[source] += len(piece)
    with file.open("wb") as pcap:
        pcap.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        for at, frame in enumerate(frames):
            pcap.write(
                struct.pack("<IIII", 1_700_000_000 + at // 1000, at % 1000 * 1000, len(frame), len(frame)) + frame
            )
    return len(frames)


def tshark(file: Path, *arguments: str) -> str:
    heard = subprocess.run(
        ["tshark", "-n", "-r", str(file), "-d", f"tcp.port=={PORT},zvt", *arguments],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert heard.returncode == 0, heard.stderr
    return heard.stdout


def whole_packets(said: list[tuple[bool, bytes]]) -> list[tuple[bool, bytes]]:
    """The same bytes, one packet of ZVT in each: where TCP parts them means nothing."""
    rest = {True: b"", False: b""}
    packets: list[tuple[bool, bytes]] = []
    for from_kiosk, piece in said:
        rest[from_kiosk] += piece
        while (found := apdu_in(rest[from_kiosk])) is not None:
            packets.append((from_kiosk, rest[from_kiosk][: found[1]]))
            rest[from_kiosk] = rest[from_kiosk][found[1] :]
    assert rest == {True: b"", False: b""}
    return packets


def a_day_at_the_till(till: Till) -> None:
    """Everything that the two can say."""
    device = till.device
    device.register(till.cancel)
    assert isinstance(till.sell(Bags(slowly=1)), Paid)
    assert isinstance(till.sell(Bags(PRICE // 2)), Paid)
    assert isinstance(till.sell(Bags(0)), Reversed)
    assert isinstance(till.sell(Bags(), "refused"), Declined)
    assert isinstance(till.reverse(1), Reversed)
    till.terminal.fail(Fault.TRACKS)
    assert isinstance(till.sell(Bags()), Paid)
    till.terminal.fail(Fault.NO_HOST)
    device.diagnose(till.cancel)
    till.terminal.fail(Fault.NONE)
    till.terminal.present("contactless")
    held = device.reserve(PRICE, till.told.append, till.cancel)
    assert isinstance(held, Reserved)
    assert held.booking.receipt is not None
    device.book(held.booking.receipt, 100, till.cancel)
    till.terminal.present("contactless")
    device.refund(PRICE, till.told.append, till.cancel)
    device.repeat_receipt(till.cancel)
    device.diagnose(till.cancel)
    device.totals(till.cancel)
    device.end_of_day(till.cancel)
    threading.Timer(0.2, till.cancel.set).start()
    till.sell(Bags(), card=None)
    till.cancel.clear()
    device.log_off(till.cancel)


def test_a_stranger_reads_every_byte_of_a_day_at_the_till(tmp_path: Path) -> None:
    file = tmp_path / "till.pcap"
    with closing(Terminal(tempo=TEMPO)) as terminal:
        port = int(terminal.address.rpartition(":")[2])
        tap = Tap(port)
        till = till_at(terminal, address=tap.address, preauthorisation=True)
        a_day_at_the_till(till)
        till.device.close()
        till = till_at(terminal, address=tap.address, text_blocks=False)
        assert isinstance(till.sell(Bags()), Paid)
        till.device.close()
        tap.close()
    packets = whole_packets(tap.said)
    assert capture(packets, file) == len(packets)
    asked = ("frame.number", "frame.protocols", "_ws.malformed", "_ws.expert.message")
    fields = [word for field in asked for word in ("-e", field)]
    rows = [row.split("\t") for row in tshark(file, "-T", "fields", *fields).splitlines()]
    assert len(rows) == len(packets)
    said = {int.from_bytes(packet[:2], "big") for _, packet in packets}
    assert {0x0600, 0x0601, 0x0630, 0x0650, 0x0670, 0x04FF, 0x040F, 0x060F, 0x061E, 0x06D1, 0x06D3} <= said
    assert {0x8000, 0x849C, 0x8466, 0x849D} <= said
    for (number, protocols, malformed, warned), (_, packet) in zip(rows, packets, strict=True):
        control = int.from_bytes(packet[:2], "big")
        assert not malformed, (number, packet.hex())
        assert "malformed" not in (protocols + warned).lower(), (number, packet.hex())
        if control not in UNKNOWN_TO_TSHARK:
            assert protocols.endswith("zvt"), (number, packet.hex())
    amounts = {int(amount) for amount in re.findall(r"\d+", tshark(file, "-T", "fields", "-e", "zvt.amount"))}
    assert {PRICE, PRICE // 2} <= amounts
