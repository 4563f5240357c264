"""A bag dispenser at the other end of a pseudo-terminal: its columns, and the relay board on their line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from devices.simulators import wishes
from devices.simulators.columns import BOARD, DROP_INPUT, HELD, Columns, Falls, Motor, Reads, demonstration
from devices.simulators.modbus_boards import ModbusBoards
from devices.simulators.pseudo_line import PseudoLine
from devices.simulators.wishes import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from devices.simulators.wishes import Wish

_BAUD: Final = 9600


class Dispenser:
    """All methods may be called from any thread. `turn` and `held` are those of `Columns`, `baud` the line's."""

    def __init__(self, link: Path, turn: float = 3.0, baud: int = _BAUD, held: float = HELD) -> None:
        self.columns = Columns(demonstration(), turn, held=held)
        self._turn = turn
        self._baud = baud
        self._line = PseudoLine(link, baud, ModbusBoards(self.columns).answer)

    def plug(self) -> None:
        """Put the line's plug in."""
        self._line.plug()

    def unplug(self) -> None:
        """Pull the line's plug."""
        self._line.unplug()

    def state(self) -> Mapping[str, object]:
        """What the dock shows."""
        return {"plugged": self._line.plugged, "path": str(self._line.link), **self.columns.state()}

    def rig(self) -> str:
        """Its table in a rig file."""
        rows = "\n".join(
            f'  {{ number = {each.number}, article = "{each.article}", year = {each.year}, '
            f"capacity = {each.capacity}, board = {BOARD}, motor = {each.channel}, "
            f"{f'low = {each.low}, ' if each.low is not None else ''}turn = {round(self._turn * 1000)} }},"
            for each in self.columns.spirals
        )
        return f"""[dispenser]
driver = "vending_columns"
address = {json.dumps(f"serial://{self._line.link}?baud={self._baud}")}
drop_board = {BOARD}
drop = {DROP_INPUT}
drop_held = {round(self.columns.held * 1000)}
columns = [
{rows}
]
"""

    def grant(self, wish: Wish) -> Mapping[str, object]:
        """Do what is wished on the dock; the new state.

        Raises:
            Refused: it cannot be done.
        """
        wishes.known(wish, "column", "stock", "motor", "falls", "home", "drop", "silent", "plugged")
        if "column" in wish:
            self._touch(wishes.one_known(wish, "column", self.columns.numbers), wish)
        elif touched := {"stock", "motor", "falls", "home"} & set(wish):
            raise Refused(400, f"{min(touched)} needs a column")
        if "drop" in wish:
            self.columns.break_drop(Reads(wishes.one_of(wish, "drop", *Reads)))
        if (silent := wishes.flag(wish, "silent")) is not None:
            self.columns.kill(dead=silent)
        match wishes.flag(wish, "plugged"):
            case True:
                self.plug()
            case False:
                self.unplug()
        return self.state()

    def close(self) -> None:
        """Take the line down."""
        self._line.unplug()

    def _touch(self, number: int, wish: Wish) -> None:
        if "stock" in wish:
            self.columns.refill(number, int(wishes.number(wish["stock"], "stock", 0, 999)))
        if "motor" in wish:
            self.columns.break_motor(number, Motor(wishes.one_of(wish, "motor", *Motor)))
        if "falls" in wish:
            self.columns.let_fall(number, Falls(wishes.one_of(wish, "falls", *Falls)))
        if "home" in wish:
            self.columns.break_home(number, Reads(wishes.one_of(wish, "home", *Reads)))
