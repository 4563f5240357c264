"""A dispenser of bags: its columns as they stand, and what became of each turn of a motor.

The dispenser knows nothing of how many bags a column should hold, of orders or of money. Whoever leases it writes down
that a column is about to turn, calls `start`, calls `follow` until there is an outcome, and writes that down. What was
written before and has no outcome (a power cut) is for a person to look at, never for a second turn.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Protocol

from devices.rig import RigError
from devices.walls import whole

if TYPE_CHECKING:
    from collections.abc import Mapping
    from threading import Event

    from devices.conditions import Condition
    from devices.rig import Rig

ROLE_NAME: Final = "dispenser"
_ARTICLE: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


@dataclass(frozen=True)
class Column:
    """One column: its number, what it holds, the year of the tariff printed on it, and how many bags fit in."""

    number: int
    article: str
    year: int
    capacity: int


@dataclass(frozen=True)
class DispenserLayout:
    """The columns in the order in which they are to be emptied."""

    columns: tuple[Column, ...]

    def column(self, number: int) -> Column | None:
        """The column with this number; None if there is none."""
        return next((each for each in self.columns if each.number == number), None)

    def holding(self, article: str, year: int) -> tuple[Column, ...]:
        """The columns of an article of a tariff year: the next one is tried when one gives nothing."""
        return tuple(each for each in self.columns if (each.article, each.year) == (article, year))


def layout_in(rig: Rig) -> DispenserLayout | None:
    """The columns of the dispenser in a rig, for who sells out of them; None without a dispenser."""
    for fitted in rig.devices:
        rows = fitted.options.get("columns")
        if fitted.driver.role.name == ROLE_NAME and isinstance(rows, tuple):
            return DispenserLayout(tuple(read_column(row) for row in rows))
    return None


def read_column(row: Mapping[str, str | int | float | bool]) -> Column:
    """Read what a row of `columns` in the rig file says of a column, but for its wires.

    Raises:
        RigError: something is missing or out of range; the text names it.
    """
    number = whole(row, "number", (1, 99), f"{ROLE_NAME}: a column")
    where = f"{ROLE_NAME}: column {number}"
    article = row.get("article", "")
    if not isinstance(article, str) or not _ARTICLE.fullmatch(article):
        raise RigError(f"{where}: article must be a short key such as residual-60, not {article!r}")
    return Column(number, article, whole(row, "year", (2000, 2199), where), whole(row, "capacity", (1, 999), where))


class Trouble(StrEnum):
    """Why a column turns no more until somebody has looked at it."""

    JAMMED = "jammed"
    """The motor did not leave its place, or did not come back to it."""
    EMPTY = "empty"
    """It turned as often as it may and nothing was seen to fall."""
    UNCLEAR = "unclear"
    """A turn of which nobody knows what came of it."""
    AWAY = "away"
    """It is not at its home, and nobody knows why: it was turned by hand, or the power was cut in a turn."""
    SILENT = "silent"
    """Its board does not answer."""


class Obstacle(StrEnum):
    """Why a motor was not started: nothing has moved."""

    COLUMN = "column"
    """The column has a trouble."""
    DROP_BLOCKED = "drop_blocked"
    """Something lies where the bags fall, or the drop sensor is dead: a drop would not be seen."""
    BOARD_SILENT = "board_silent"
    """A board does not answer, and the command has not gone out."""
    NOT_HEARD = "not_heard"
    """The command went out, was not answered, and the motor never left its place."""


@dataclass(frozen=True)
class NotStarted:
    """No motor has moved and nothing has fallen; another column may be tried."""

    why: Obstacle


@dataclass(frozen=True)
class Dropped:
    """So many bags were seen to fall; more than one is a double drop, which corrects the stock and nothing else."""

    pieces: int = 1

    @property
    def double(self) -> bool:
        """Whether more fell than was asked for."""
        return self.pieces > 1


@dataclass(frozen=True)
class NothingDropped:
    """It turned as often as it may, was watched all the time, and nothing fell; another column may be tried."""


@dataclass(frozen=True)
class Jammed:
    """The motor did not do as told; it was watched all the time, and nothing fell; another column may be tried."""


@dataclass(frozen=True)
class Unclear:
    """Nobody watched for a moment, or the line was lost: a bag may have fallen. For a person; never turned again."""


TurnOutcome = Dropped | NothingDropped | Jammed | Unclear | NotStarted


@dataclass(frozen=True)
class ColumnSight:
    """What is seen of a column: None for what its board does not tell, or what has no sensor."""

    column: int
    home: bool | None
    low: bool | None
    trouble: Trouble | None


@dataclass(frozen=True)
class DispenserSight:
    """What all sensors show now; `drop_clear` is None when its board is silent.

    `sensor_doubted`: two columns one after the other gave nothing; both are empty, or the drop sensor is dead.
    """

    drop_clear: bool | None
    sensor_doubted: bool
    columns: tuple[ColumnSight, ...]


class Dispenser(Protocol):
    """Columns with a motor each, and one sensor below that sees what falls. One motor turns at a time."""

    @property
    def layout(self) -> DispenserLayout:
        """The columns as the rig file has them."""
        ...

    def condition(self) -> Condition:
        """Look at the sensors; returns within 500 ms.

        Raises:
            TransportError: the wire failed.
        """
        ...

    def lent(self) -> None:
        """A lease begins: a turn that nobody followed to its end makes its column unclear."""
        ...

    def close(self) -> None:
        """Let go of the wire; never raises, may be called twice. A motor that turns is stopped by its board."""
        ...

    def look(self, cancel: Event) -> DispenserSight:
        """Read every sensor now; what a person or the recovery after a power cut wants to know. Nothing moves.

        Raises:
            Cancelled: `cancel` was set.
            TransportError: the wire failed.
        """
        ...

    def start(self, column: int, cancel: Event) -> NotStarted | None:
        """Start the motor of a column, once; None when the command went out and `follow` has to be called.

        Raises:
            Cancelled: `cancel` was set before the command went out; afterwards the turn is finished.
            TransportError: the wire failed before the command went out.
            ValueError: there is no such column, or a turn has not been followed to its end.
        """
        ...

    def follow(self, seconds: float) -> TurnOutcome | None:
        """Watch the turn for at most so many seconds (and the third of one that a slow answer takes).

        None while it goes on: call again at once, because nobody watches in between. Never raises `TransportError`:
        a line that is lost during a turn is `Unclear`.

        Raises:
            ValueError: no turn goes on.
        """
        ...

    def cleared(self, column: int) -> None:
        """Staff have looked at the column, filled it or freed it: it may turn again.

        Raises:
            ValueError: there is no such column.
        """
        ...
