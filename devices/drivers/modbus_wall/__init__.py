"""A wall of lockers on Modbus RTU boards: each lock on a relay, each door contact on an input of the same board.

The boards are those of `devices.drivers.relay_board`; the wall is `devices.drivers.locker_wall`. At the start all
relays of every board that answers are switched off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from devices.drivers.locker_wall.wiring import OPTIONS, ROW_KEYS, Span, Wiring, read_wiring
from devices.rig import Driver, Options, RigError
from devices.roles import LOCKER_WALL
from devices.walls import ROLE_NAME, whole
from devices.wires.address import open_wire

if TYPE_CHECKING:
    from devices.roles import LockerWall

PULSE_MS: Final = 400
"""A coil opens within 200 to 500 ms and burns after a second."""

_SPAN: Final = Span(first_board=1, last_board=247, locks=32)


class ModbusWallSettings(NamedTuple):
    """What the rig file says about the wall; `tenths` is the pulse in tenths of a second."""

    wiring: Wiring
    tenths: int


def _settings(options: Options) -> ModbusWallSettings:
    pulse = whole(options, "pulse", (200, 900), ROLE_NAME, PULSE_MS)
    if pulse % 100:
        raise RigError(
            f"{ROLE_NAME}: pulse must be in steps of 100, not {pulse}; the boards count in tenths of a second"
        )
    return ModbusWallSettings(read_wiring(options, _SPAN), pulse // 100)


def _open(options: Options) -> LockerWall:
    # pymodbus loads asyncio and more, so only a kiosk with such a wall does.
    from devices.drivers.locker_wall.verbs import BoardsWall  # noqa: PLC0415
    from devices.drivers.modbus_wall.boards import RelayLocks  # noqa: PLC0415
    from devices.drivers.relay_board.verbs import RelayBoard  # noqa: PLC0415

    wiring, tenths = _settings(options)
    wire = open_wire(wiring.address)
    boards = {unit: RelayLocks(RelayBoard(wire, unit, channels), tenths) for unit, channels in wiring.boards().items()}
    wall = BoardsWall(wire, wiring, boards, pulse=tenths / 10)
    wall.greet()
    return wall


MODBUS_WALL: Driver[LockerWall] = Driver(
    name="modbus_wall",
    role=LOCKER_WALL,
    open=_open,
    options={
        "address": "Their line: serial:///dev/serial/by-id/NAME?baud=9600, or tcp://host:port of a gateway.",
        "pulse": f"Milliseconds for which a lock is released, 200 to 900 in steps of 100, {PULSE_MS} unless given.",
        **OPTIONS,
    },
    check=_settings,
    rows={
        "compartments": {
            **ROW_KEYS,
            "contact": "The number of the input that its contact is wired to, counted from 1; as lock unless given.",
        }
    },
)
