"""The printer driver against somebody else's idea of a printer: emupos 0.4, if `emupos` is on the PATH."""

from __future__ import annotations

import shutil
import socket
import subprocess
from typing import TYPE_CHECKING

import pytest
import zxingcpp
from PIL import Image

from devices.conditions import Need, NeedsStaff, Ready, Soon
from devices.drivers.escpos_printer.verbs import EscposPrinter
from devices.errors import Disconnected
from devices.receipts import Pair, Qr, Receipt, Text, Title
from devices.roles import NotPrinted, Printed
from devices.wires.tcp_line import TcpLine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from threading import Event

EMUPOS = shutil.which("emupos")

pytestmark = pytest.mark.skipif(EMUPOS is None, reason="emupos (needs Python 3.13) is not on the PATH")

LINK = "HTTPS://MUSTERSTADT.EXAMPLE/S/7KQ2M4XW9TCB"
RECEIPT = Receipt((Title("Musterstadt"), Pair("Gebühr", "37,00 €"), Qr(LINK), Text("Grüße")))


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.fixture
def api() -> str:
    return f"http://127.0.0.1:{free_port()}"


@pytest.fixture
def printer(tmp_path: Path, api: str, until: Callable[[Callable[[], bool]], None]) -> Iterator[EscposPrinter]:
    port = free_port()
    (tmp_path / "emupos.yaml").write_text(
        f"schema: 1\napi: {{host: 127.0.0.1, port: {api.rpartition(':')[2]}}}\n"
        "devices:\n  - id: front\n    type: printer\n    profile: epson-tm-t20iii\n"
        f"    connections:\n      - tcp: {{port: {port}}}\n    receipts_dir: ./receipts\n",
        encoding="utf-8",
    )
    lines: list[TcpLine] = []

    def connected() -> bool:
        try:
            lines.append(TcpLine("127.0.0.1", port))
        except Disconnected:
            return False
        return True

    with subprocess.Popen([str(EMUPOS), "run"], cwd=tmp_path, stdout=subprocess.DEVNULL) as process:
        try:
            until(connected)
            printer = EscposPrinter(lines[0], columns=48, profile="default")
            # It takes calls before it answers questions.
            until(lambda: printer.condition() == Ready())
            yield printer
            printer.close()
        finally:
            process.terminate()


def test_another_printer_prints_and_confirms(
    printer: EscposPrinter, tmp_path: Path, cancel: Event, until: Callable[[Callable[[], bool]], None]
) -> None:
    assert printer.condition() == Ready()
    assert printer.print_receipt(RECEIPT, cancel) == Printed()
    until(lambda: bool(list(tmp_path.glob("receipts/*.json"))))
    (picture,) = tmp_path.glob("receipts/*.png")
    (text,) = tmp_path.glob("receipts/*.txt")
    assert [code.text for code in zxingcpp.read_barcodes(Image.open(picture).convert("RGB"))] == [LINK]
    assert "37,00 €" in text.read_text(encoding="utf-8")


def test_another_printers_faults_are_understood(printer: EscposPrinter, api: str, cancel: Event) -> None:
    def fault(verb: str, name: str) -> None:
        subprocess.run([str(EMUPOS), "--api", api, "fault", verb, "front", name], check=True, capture_output=True)

    fault("set", "paper-near-end")
    assert printer.condition() == Ready(Soon.PAPER_NEAR_END)
    fault("clear", "paper-near-end")
    for name, need in (("paper-out", Need.PAPER), ("cover-open", Need.CLOSE_COVER), ("offline", Need.LOOK_AT_IT)):
        fault("set", name)
        assert printer.print_receipt(RECEIPT, cancel) == NotPrinted(NeedsStaff(need))
        fault("clear", name)
        assert printer.condition() == Ready()
