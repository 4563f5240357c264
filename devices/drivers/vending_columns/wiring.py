"""Where each column's motor and sensors are wired, as the rig file says it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from devices.dispensing import ROLE_NAME, DispenserLayout, read_column
from devices.rig import Options, RigError
from devices.walls import whole
from devices.wires.address import parse_address

if TYPE_CHECKING:
    from collections.abc import Mapping

    from devices.dispensing import Column
    from devices.wires.address import Address

TURN: Final = 3000
DROP_HELD: Final = 300
MAX_COLUMNS: Final = 32
MAX_BOARDS: Final = 4
_UNITS: Final = (1, 247)
_CHANNELS: Final = (1, 32)

OPTIONS: Final[Mapping[str, str]] = {
    "address": "The boards' line: serial:///dev/serial/by-id/NAME?baud=9600, or tcp://host:port of a gateway.",
    "drop_board": "The id of the board that the drop sensor is wired to.",
    "drop": "The number of the drop sensor's input on that board, counted from 1.",
    "drop_reads": "What the drop sensor reads while something falls, 1 unless given; 0 if wired the other way round.",
    "drop_held": f"Milliseconds for which the drop sensor holds what it saw, at the least; {DROP_HELD} unless given.",
    "home_reads": "What a home sensor reads at home, 1 unless given; 0 if wired the other way round.",
    "low_reads": "What a low-stock sensor reads when few are left, 1 unless given; 0 if wired the other way round.",
    "columns": "A row for each column, in the order in which they are to be emptied.",
}
"""Keys of the table."""

ROW_KEYS: Final[Mapping[str, str]] = {
    "number": "The number on the column.",
    "article": "What it holds: the key of an article of the town's tariff.",
    "year": "The year of the tariff that is printed on what it holds.",
    "capacity": "How many fit in.",
    "board": "The id of the board that it is wired to.",
    "motor": "The number of its motor's relay on that board, counted from 1.",
    "home": "The number of its home sensor's input, counted from 1; as motor unless given.",
    "low": "The number of its low-stock sensor's input; left out: it has none.",
    "turn": f"Milliseconds of a full turn, {TURN} unless given.",
}
"""Keys of one row of `columns`."""


@dataclass(frozen=True)
class Wires:
    """One column: its board, its relay and inputs on it, counted from 0, and the seconds of a full turn."""

    board: int
    motor: int
    home: int
    low: int | None
    turn: float


@dataclass(frozen=True)
class Wiring:
    """All that the rig file says about a dispenser; `drop` is an input, counted from 0; `drop_held` in seconds."""

    address: Address
    layout: DispenserLayout
    wires: Mapping[int, Wires]
    drop_board: int
    drop: int
    drop_held: float
    drop_reads: bool
    home_reads: bool
    low_reads: bool

    def boards(self) -> dict[int, int]:
        """Each board's id, the drop sensor's first, and how many channels it has: they come in eights."""
        used = {self.drop_board: self.drop + 1}
        for wires in self.wires.values():
            highest = max(wires.motor, wires.home, wires.low or 0) + 1
            used[wires.board] = max(used.get(wires.board, 0), highest)
        return {unit: (channels + 7) // 8 * 8 for unit, channels in used.items()}


def read_wiring(options: Options) -> Wiring:
    """Read the dispenser's table.

    Raises:
        RigError: something is missing, out of range or doubled; the text names it.
    """
    address = options.get("address", "")
    if not isinstance(address, str):
        raise RigError(f"{ROLE_NAME}: address must be text such as serial:///dev/serial/by-id/NAME?baud=9600")
    rows = options.get("columns")
    if not isinstance(rows, tuple) or not 1 <= len(rows) <= MAX_COLUMNS:
        raise RigError(f"{ROLE_NAME}: columns must be a list with 1 to {MAX_COLUMNS} rows {{ number = 1, … }}")
    drop_board = whole(options, "drop_board", _UNITS, ROLE_NAME)
    drop = whole(options, "drop", _CHANNELS, ROLE_NAME) - 1
    taken = {(drop_board, "input", drop): "the drop sensor"}
    columns: list[Column] = []
    wired: dict[int, Wires] = {}
    for row in rows:
        column = read_column(row)
        where = f"{ROLE_NAME}: column {column.number}"
        if column.number in wired:
            raise RigError(f"{ROLE_NAME}: there are two columns {column.number}")
        wires = _wires(row, where)
        used = [
            ("relay", wires.motor),
            ("input", wires.home),
            *([("input", wires.low)] if wires.low is not None else ()),
        ]
        for kind, channel in used:
            if (other := taken.get((wires.board, kind, channel))) is not None:
                raise RigError(f"{where}: {kind} {channel + 1} of board {wires.board} is that of {other}")
            taken[wires.board, kind, channel] = f"column {column.number}"
        columns.append(column)
        wired[column.number] = wires
    wiring = Wiring(
        parse_address(address),
        DispenserLayout(tuple(columns)),
        wired,
        drop_board,
        drop,
        whole(options, "drop_held", (100, 60_000), ROLE_NAME, DROP_HELD) / 1000,
        drop_reads=bool(whole(options, "drop_reads", (0, 1), ROLE_NAME, 1)),
        home_reads=bool(whole(options, "home_reads", (0, 1), ROLE_NAME, 1)),
        low_reads=bool(whole(options, "low_reads", (0, 1), ROLE_NAME, 1)),
    )
    if len(wiring.boards()) > MAX_BOARDS:
        raise RigError(f"{ROLE_NAME}: at most {MAX_BOARDS} boards, not {len(wiring.boards())}")
    return wiring


def _wires(row: Mapping[str, str | int | float | bool], where: str) -> Wires:
    motor = whole(row, "motor", _CHANNELS, where)
    return Wires(
        whole(row, "board", _UNITS, where),
        motor - 1,
        whole(row, "home", _CHANNELS, where, motor) - 1,
        whole(row, "low", _CHANNELS, where) - 1 if "low" in row else None,
        whole(row, "turn", (500, 10_000), where, TURN) / 1000,
    )
