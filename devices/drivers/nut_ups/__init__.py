"""A UPS by Network UPS Tools: whatever its make, `upsd` on this machine or another tells how it is (RFC 9271).

`words` are the lines of the protocol, `verbs` is the device, the wire is `devices.wires.tcp_line`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from devices.drivers.nut_ups.words import NAME
from devices.rig import Driver, Options, RigError
from devices.roles import UPS

if TYPE_CHECKING:
    from devices.roles import PowerSupply
    from devices.wires.address import TcpAddress

PORT = 3493
"""Where upsd listens (IANA)."""


def _settings(options: Options) -> tuple[TcpAddress, str]:
    from devices.wires.address import TcpAddress, parse_address  # noqa: PLC0415 - with the rig, not with the program

    address, name = options.get("address", "tcp://localhost"), options.get("name", "")
    wire = parse_address(address, PORT) if isinstance(address, str) else None
    if not isinstance(wire, TcpAddress):
        raise RigError(f"ups: address must be tcp://host or tcp://host:{PORT}, not {address!r}")
    if not isinstance(name, str) or NAME.fullmatch(name) is None:
        raise RigError('ups: name must be what ups.conf calls it, such as "kiosk"')
    return wire, name


def _open(options: Options) -> PowerSupply:
    from devices.drivers.nut_ups.verbs import NutUps  # noqa: PLC0415 - as above
    from devices.wires.address import open_wire  # noqa: PLC0415

    address, name = _settings(options)
    return NutUps(open_wire(address), name)


NUT_UPS: Driver[PowerSupply] = Driver(
    name="nut_ups",
    role=UPS,
    open=_open,
    options={
        "address": f"Where upsd listens: tcp://localhost unless the UPS hangs on another machine; port {PORT}.",
        "name": "What ups.conf on that machine calls the UPS.",
    },
    check=_settings,
)
