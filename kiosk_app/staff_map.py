"""The wall as staff sees it, and which compartment the next document goes into."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devices.errors import Unavailable
from devices.roles import LOCKER_WALL
from screens.steps_collect import MapDoor
from screens.steps_staff import DoorState, StaffWall

if TYPE_CHECKING:
    from devices.walls import WallLayout
    from kiosk_app.desk import Desk
    from offline_cache.staff import Stock


def layout_of(desk: Desk) -> WallLayout | None:
    """The wall's layout; None while the wall is away."""
    try:
        with desk.devices.lease(LOCKER_WALL) as wall:
            return wall.layout
    except Unavailable:
        return None


def staff_wall(desk: Desk, layout: WallLayout | None, stock: Stock, number: int = 0) -> StaffWall:
    """The map with every door's state, and door `number` open."""
    if layout is None:
        return StaffWall((), None, ())
    today = desk.now().astimezone(desk.town.zone).date()
    overdue = {one.compartment for one in stock.overdue(today)}

    def state(one: int) -> DoorState:
        if one in stock.out_of_order:
            return DoorState.OUT_OF_ORDER
        if one in overdue:
            return DoorState.OVERDUE
        return DoorState.LOADED if one in stock.taken else DoorState.FREE

    terminal = layout.terminal
    return StaffWall(
        doors=tuple(
            MapDoor(each.number, each.front.left, each.front.bottom, each.front.width, each.front.height)
            for each in layout.compartments
        ),
        terminal=None if terminal is None else (terminal.left, terminal.width, terminal.height),
        states=tuple(state(each.number) for each in layout.compartments),
        open=number,
    )


def free_compartment(layout: WallLayout, stock: Stock, *, reach: bool) -> int | None:
    """The compartment to use next, None if there is none.

    Whoever sits gets one within reach; everybody else one beyond it as long as there are any, so that those stay free.
    """
    free = [
        each for each in layout.compartments if each.number not in stock.taken and each.number not in stock.out_of_order
    ]
    if reach:
        free = [each for each in free if layout.within_reach(each)]
    chosen = min(free, key=lambda each: (not reach and layout.within_reach(each), each.number), default=None)
    return None if chosen is None else chosen.number
