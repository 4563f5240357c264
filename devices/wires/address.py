"""Addresses of wires as a rig file writes them: `tcp://printer.lobby:9100` or `serial:///dev/serial/by-id/…?baud=38400`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from devices.rig import RigError

if TYPE_CHECKING:
    from devices.wires.byte_wire import ByteWire

DEFAULT_BAUD = 9600
RAW_PRINT_PORT = 9100
"""Where network printers listen for raw bytes (their makers' convention)."""


@dataclass(frozen=True)
class TcpAddress:
    """A host and port."""

    host: str
    port: int


@dataclass(frozen=True)
class SerialAddress:
    """A port's path, its speed in baud and how many stop bits follow each byte."""

    path: str
    baud: int
    stop_bits: int = 1


Address = TcpAddress | SerialAddress


def parse_address(text: str, default_port: int = RAW_PRINT_PORT, stop_bits: int = 1) -> Address:
    """Read an address; the port and the stop bits are the device's own custom where the address says nothing.

    Raises:
        RigError: neither `tcp://host:port` nor `serial:///path?baud=…`.
    """
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise RigError(f"{text!r} is not an address: the port must be a number from 1 to 65535") from None
    if parts.scheme == "tcp" and parts.hostname and not parts.path.strip("/"):
        return TcpAddress(parts.hostname, port if port is not None else default_port)
    if parts.scheme == "serial" and not parts.netloc and parts.path.startswith("/"):
        query = parse_qs(parts.query, keep_blank_values=True)
        baud = query.pop("baud", [str(DEFAULT_BAUD)])[-1]
        if query or not baud.isascii() or not baud.isdigit() or int(baud) < 1:
            raise RigError(f"{text!r}: after the path only ?baud=NUMBER is understood")
        return SerialAddress(parts.path, int(baud), stop_bits)
    raise RigError(f"{text!r} is not an address: write tcp://host:port or serial:///dev/serial/by-id/NAME?baud=9600")


def open_wire(address: Address) -> ByteWire:
    """Connect.

    Raises:
        Disconnected: nobody there, no such port, or another process holds it.
    """
    # Imported here, so that reading a rig file does not load pyserial.
    match address:
        case TcpAddress(host, port):
            from devices.wires.tcp_line import TcpLine  # noqa: PLC0415

            return TcpLine(host, port)
        case SerialAddress(path, baud, stop_bits):
            from devices.wires.serial_line import SerialLine  # noqa: PLC0415

            return SerialLine(path, baud, stop_bits)
