"""A wall of lockers as it stands: where each compartment is, how large, and who can reach it.

Millimetres throughout: `left` from the wall's left edge as one stands before it, `bottom` from the floor. A
wheelchair user reaches from 380 to 1220 mm (EN 301 549, 8.3); `Reach` says what holds at this wall.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from devices.rig import Options, RigError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from devices.rig import Rig

ROLE_NAME: Final = "locker_wall"
MAX_COMPARTMENTS: Final = 480
_LARGEST: Final = 20_000
"""Millimetres: no wall is longer than twenty metres."""

_LOWEST_ABOVE: Final = 1000
"""Millimetres: no terminal is so low that a compartment below this height could be above it."""


class Size(StrEnum):
    """What fits in: a document, a parcel of them, a folder."""

    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


@dataclass(frozen=True)
class Rectangle:
    """Where something is on the wall's front, in millimetres."""

    left: int
    bottom: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """The right edge, from the wall's left edge."""
        return self.left + self.width

    @property
    def top(self) -> int:
        """The upper edge, above the floor."""
        return self.bottom + self.height

    def overlaps(self, other: Rectangle) -> bool:
        """Whether the two share more than an edge."""
        return (
            self.left < other.right and other.left < self.right and self.bottom < other.top and other.bottom < self.top
        )


@dataclass(frozen=True)
class Reach:
    """The band of heights that a wheelchair user reaches, in millimetres above the floor."""

    low: int = 380
    high: int = 1220


@dataclass(frozen=True)
class Compartment:
    """One compartment: the number on its door, its size and its place."""

    number: int
    size: Size
    front: Rectangle


class Side(StrEnum):
    """On which side of the terminal something is, as one stands before it."""

    LEFT = "left"
    RIGHT = "right"
    NO_TERMINAL = "no_terminal"


@dataclass(frozen=True)
class Place:
    """Where to look: the side, the column counted away from the terminal (or from the left), and the height.

    `column` counts from 1 to `columns` on that side; `middle` is the height of the door's middle in millimetres.
    """

    side: Side
    column: int
    columns: int
    middle: int


@dataclass(frozen=True)
class WallLayout:
    """The wall as it stands: its compartments by number, where the terminal is in it, and the reach band."""

    compartments: tuple[Compartment, ...]
    terminal: Rectangle | None = None
    reach: Reach = Reach()

    @property
    def width(self) -> int:
        """Millimetres from the left edge to the right edge of what belongs to the wall."""
        return max(front.right for front in self._fronts())

    @property
    def height(self) -> int:
        """Millimetres from the floor to the upper edge."""
        return max(front.top for front in self._fronts())

    def compartment(self, number: int) -> Compartment | None:
        """The compartment with this number on its door; None if the wall has none."""
        return next((each for each in self.compartments if each.number == number), None)

    def within_reach(self, compartment: Compartment) -> bool:
        """Whether a wheelchair user reaches the whole of it."""
        return self.reach.low <= compartment.front.bottom and compartment.front.top <= self.reach.high

    def place(self, compartment: Compartment) -> Place:
        """Where to look for it."""
        side = self._side(compartment)
        lefts = sorted({each.front.left for each in self.compartments if self._side(each) is side})
        if side is Side.LEFT:
            lefts.reverse()
        front = compartment.front
        return Place(side, lefts.index(front.left) + 1, len(lefts), front.bottom + front.height // 2)

    def _side(self, compartment: Compartment) -> Side:
        if self.terminal is None:
            return Side.NO_TERMINAL
        # Compared by their middles, doubled to stay whole: a compartment may hang above the terminal.
        middle = compartment.front.left + compartment.front.right
        return Side.LEFT if middle < self.terminal.left + self.terminal.right else Side.RIGHT

    def _fronts(self) -> tuple[Rectangle, ...]:
        fronts = tuple(each.front for each in self.compartments)
        return fronts if self.terminal is None else (*fronts, self.terminal)


LAYOUT_OPTIONS: Final[Mapping[str, str]] = {
    "terminal_left": "Where the terminal stands in the wall, in mm from the wall's left edge; left out: not in it.",
    "terminal_width": "How wide the terminal is, in mm.",
    "reach_low": "Lowest height in mm that a wheelchair user reaches, 380 unless given.",
    "reach_high": "Greatest height in mm that a wheelchair user reaches, 1220 unless given.",
}
"""Keys of the rig file that describe the wall whatever boards are in it."""

COMPARTMENT_KEYS: Final[Mapping[str, str]] = {
    "number": "The number on its door.",
    "size": "small, medium or large.",
    "left": "Its left edge, in mm from the wall's left edge.",
    "bottom": "Its lower edge, in mm above the floor.",
    "width": "Its width in mm.",
    "height": "Its height in mm.",
}
"""Keys of one row of `compartments` that describe its place; where its lock is wired, each driver says itself."""


def layout_in(rig: Rig) -> WallLayout | None:
    """The layout of the wall in a rig, for who draws it or assigns compartments; None without a wall."""
    for fitted in rig.devices:
        if fitted.driver.role.name == ROLE_NAME:
            return read_layout(fitted.options)
    return None


def read_layout(options: Options) -> WallLayout:
    """Read the layout out of a wall's table in the rig file.

    Raises:
        RigError: something is missing, out of range, doubled, or two compartments overlap; the text names it.
    """
    rows = rows_of(options)
    compartments = tuple(_compartment(row) for row in rows)
    layout = WallLayout(compartments, _terminal(options, compartments), _reach(options))
    numbers = [each.number for each in compartments]
    if doubled := next((number for number in numbers if numbers.count(number) > 1), None):
        raise RigError(f"{ROLE_NAME}: there are two compartments {doubled}")
    _no_overlaps(layout)
    return layout


def rows_of(options: Options) -> tuple[Mapping[str, str | int | float | bool], ...]:
    """The rows of `compartments`.

    Raises:
        RigError: there are none, or too many.
    """
    rows = options.get("compartments")
    if not isinstance(rows, tuple) or not rows:
        raise RigError(f"{ROLE_NAME}: compartments must be a list with a row {{ number = 1, … }} for each compartment")
    if len(rows) > MAX_COMPARTMENTS:
        raise RigError(f"{ROLE_NAME}: at most {MAX_COMPARTMENTS} compartments, not {len(rows)}")
    return rows


def whole(
    table: Mapping[str, object], key: str, between: tuple[int, int], where: str, default: int | None = None
) -> int:
    """The whole number under `key`; `where` says whose it is, for the technician.

    Raises:
        RigError: missing without a default, not a whole number, or out of range.
    """
    low, high = between
    value = table.get(key, default)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        said = "missing" if value is None else f"not {value!r}"
        raise RigError(f"{where}: {key} must be a number from {low} to {high}, {said}")
    return value


def _compartment(row: Mapping[str, str | int | float | bool]) -> Compartment:
    number = whole(row, "number", (1, 999), f"{ROLE_NAME}: a compartment")
    where = f"{ROLE_NAME}: compartment {number}"
    size = row.get("size", Size.SMALL.value)
    if size not in list(Size):
        raise RigError(f"{where}: size must be one of {', '.join(Size)}, not {size!r}")
    front = Rectangle(
        left=whole(row, "left", (0, _LARGEST), where),
        bottom=whole(row, "bottom", (0, _LARGEST), where),
        width=whole(row, "width", (20, _LARGEST), where),
        height=whole(row, "height", (20, _LARGEST), where),
    )
    return Compartment(number, Size(str(size)), front)


def _terminal(options: Options, compartments: tuple[Compartment, ...]) -> Rectangle | None:
    if "terminal_left" not in options and "terminal_width" not in options:
        return None
    left = whole(options, "terminal_left", (0, _LARGEST), ROLE_NAME)
    width = whole(options, "terminal_width", (20, _LARGEST), ROLE_NAME)
    # It stands on the floor; compartments above it begin where it ends.
    above = [each.front.bottom for each in compartments if each.front.left < left + width and left < each.front.right]
    height = min(above, default=max(each.front.top for each in compartments))
    if height < _LOWEST_ABOVE:
        raise RigError(f"{ROLE_NAME}: a compartment lies where the terminal stands")
    return Rectangle(left, 0, width, height)


def _reach(options: Options) -> Reach:
    low = whole(options, "reach_low", (0, 3000), ROLE_NAME, Reach.low)
    return Reach(low, whole(options, "reach_high", (low, 3000), ROLE_NAME, Reach.high))


def _no_overlaps(layout: WallLayout) -> None:
    known = layout.compartments
    for at, one in enumerate(known):
        for other in known[at + 1 :]:
            if one.front.overlaps(other.front):
                raise RigError(f"{ROLE_NAME}: compartments {one.number} and {other.number} lie over each other")
