"""A dispenser of bags on Modbus RTU boards: a motor on a relay, a home sensor, and one sensor for what falls.

The boards are those of `devices.drivers.relay_board`. `turning` is one turn of a motor as a script without I/O,
`wiring` what the rig file says, `verbs` the dispenser on its line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from devices.drivers.vending_columns.wiring import OPTIONS, ROW_KEYS, read_wiring
from devices.rig import Driver, Options
from devices.roles import DISPENSER
from devices.wires.address import open_wire

if TYPE_CHECKING:
    from devices.dispensing import Dispenser


def _open(options: Options) -> Dispenser:
    # pymodbus loads asyncio and more, so only a kiosk with such a dispenser does.
    from devices.drivers.relay_board.verbs import RelayBoard  # noqa: PLC0415
    from devices.drivers.vending_columns.verbs import ColumnDispenser  # noqa: PLC0415

    wiring = read_wiring(options)
    wire = open_wire(wiring.address)
    boards = {unit: RelayBoard(wire, unit, channels) for unit, channels in wiring.boards().items()}
    return ColumnDispenser(wire, wiring, boards)


VENDING_COLUMNS: Driver[Dispenser] = Driver(
    name="vending_columns",
    role=DISPENSER,
    open=_open,
    options=OPTIONS,
    check=read_wiring,
    rows={"columns": ROW_KEYS},
)
