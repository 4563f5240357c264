"""A wall of lockers on KERONG CU48 boards (the maker's protocol 2.1 of 2020): 48 locks a board, RS-485 or a gateway.

`frames` and `exchange` without I/O, `boards` is one board on its line; the wall is `devices.drivers.locker_wall`. The
board itself ends a lock's pulse; it has no command that would hold a lock released.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from devices.drivers.kerong_wall.frames import LOCKS, Codes
from devices.drivers.locker_wall.wiring import OPTIONS, ROW_KEYS, Span, Wiring, read_wiring
from devices.rig import Driver, Options
from devices.roles import LOCKER_WALL
from devices.walls import ROLE_NAME, whole
from devices.wires.address import open_wire

if TYPE_CHECKING:
    from devices.roles import LockerWall

_PULSE: Final = 0.5
"""Seconds; the board's own setting, which it does not tell."""

_SPAN: Final = Span(first_board=0, last_board=9, locks=LOCKS)


class KerongWallSettings(NamedTuple):
    """What the rig file says about the wall."""

    wiring: Wiring
    codes: Codes


def _settings(options: Options) -> KerongWallSettings:
    codes = Codes(
        status=whole(options, "status_code", (0, 255), ROLE_NAME, Codes.status),
        unlock=whole(options, "unlock_code", (0, 255), ROLE_NAME, Codes.unlock),
        reply=whole(options, "reply_code", (0, 255), ROLE_NAME, Codes.reply),
    )
    return KerongWallSettings(read_wiring(options, _SPAN), codes)


def _open(options: Options) -> LockerWall:
    from devices.drivers.kerong_wall.boards import KerongBoard  # noqa: PLC0415  as the others do
    from devices.drivers.locker_wall.verbs import BoardsWall  # noqa: PLC0415

    wiring, codes = _settings(options)
    wire = open_wire(wiring.address)
    boards = {board: KerongBoard(wire, board, codes) for board in wiring.boards()}
    wall = BoardsWall(wire, wiring, boards, pulse=_PULSE)
    wall.greet()
    return wall


KERONG_WALL: Driver[LockerWall] = Driver(
    name="kerong_wall",
    role=LOCKER_WALL,
    open=_open,
    options={
        "address": "Their line: serial:///dev/serial/by-id/NAME?baud=19200, or tcp://host:port of a gateway.",
        "status_code": "The command that asks for the locks, 0x50 unless given; versions of the board differ.",
        "unlock_code": "The command that releases a lock, 0x51 unless given.",
        "reply_code": "The code of the answer, 0x65 unless given.",
        **OPTIONS,
    },
    check=_settings,
    rows={"compartments": ROW_KEYS},
)
