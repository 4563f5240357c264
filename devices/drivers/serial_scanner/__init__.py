"""A code scanner on a serial line (USB-CDC or RS-232), never as a keyboard.

A keyboard types whatever a stranger printed, into whatever window has the focus.

`frames` turns bytes into codes, `verbs` is the device, the wire is `devices.wires.serial_line`. A scanner speaks
unasked and is not answered, so there is no exchange.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from devices.rig import Driver, Options, RigError
from devices.roles import CODE_SCANNER

if TYPE_CHECKING:
    from devices.roles import CodeScanner

DEFAULT_BAUD = 9600


def _settings(options: Options) -> tuple[str, int]:
    port, baud = options.get("port", ""), options.get("baud", DEFAULT_BAUD)
    if not isinstance(port, str) or not port.startswith("/"):
        raise RigError("code_scanner: port must be a path such as /dev/serial/by-id/usb-MAKER_MODEL_SERIAL-if00")
    if not isinstance(baud, int) or isinstance(baud, bool) or baud < 1:
        raise RigError(f"code_scanner: baud must be a number such as 9600, not {baud!r}")
    return port, baud


def _open(options: Options) -> CodeScanner:
    from devices.drivers.serial_scanner.verbs import SerialScanner  # noqa: PLC0415  loads pyserial
    from devices.wires.serial_line import SerialLine  # noqa: PLC0415

    return SerialScanner(SerialLine(*_settings(options)))


SERIAL_SCANNER: Driver[CodeScanner] = Driver(
    name="serial_scanner",
    role=CODE_SCANNER,
    open=_open,
    options={
        "port": "The line's path; take the one under /dev/serial/by-id/, which stays the same whatever is plugged in.",
        "baud": "Its speed, 9600 unless the scanner was set otherwise; a scanner by USB-CDC takes any.",
    },
    check=_settings,
)
