"""From the wall as the rig file has it to the map that a screen draws."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from screens.steps_collect import MapDoor, MapHeight, MapSide, WallMap

if TYPE_CHECKING:
    from devices.walls import WallLayout

_HEIGHTS: Final = (
    (350, MapHeight.FEET),
    (700, MapHeight.KNEES),
    (1050, MapHeight.HIPS),
    (1450, MapHeight.CHEST),
)
"""Up to which height of a door's middle, in millimetres, a standing person calls it so."""


def wall_map(layout: WallLayout, number: int) -> WallMap:
    """The map with compartment `number` open.

    Raises:
        ValueError: the wall has no such compartment.
    """
    compartment = layout.compartment(number)
    if compartment is None:
        raise ValueError(f"the wall has no compartment {number}")
    place, terminal = layout.place(compartment), layout.terminal
    return WallMap(
        doors=tuple(
            MapDoor(each.number, each.front.left, each.front.bottom, each.front.width, each.front.height)
            for each in layout.compartments
        ),
        terminal=None if terminal is None else (terminal.left, terminal.width, terminal.height),
        open=number,
        side=MapSide(place.side.value),
        column=place.column,
        columns=place.columns,
        height=next((height for top, height in _HEIGHTS if place.middle <= top), MapHeight.HEAD),
    )
