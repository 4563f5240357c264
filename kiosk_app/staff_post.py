"""Where an employee works during one shift: the desk, the wall, and what is told next."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Final, Literal

from central_office.contract.staff import CompartmentMarked
from devices.errors import Unavailable
from devices.roles import LOCKER_WALL, Door
from kiosk_app.staff_door import End, StaffOpening
from kiosk_app.staff_map import staff_wall
from screens.steps_staff import Envelope, OnDuty, Overdue, OverdueRow, Purpose, StaffDoor, StaffNews, Tell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from central_office.contract.staff import Lying, ToLoad
    from devices.roles import LockerWall
    from kiosk_app.desk import Desk
    from offline_cache.staff import Shift, Stock

NEXT: Final = 3
"""How many of the documents that wait are named."""

DOORS: Final[dict[Door, Literal["door_open", "door_closed", "door_unknown"]]] = {
    Door.OPEN: "door_open",
    Door.CLOSED: "door_closed",
    Door.UNKNOWN: "door_unknown",
}

NEWS: Final = {End.STUCK: StaffNews.DOOR_STUCK, End.NOT_SENT: StaffNews.WALL_AWAY, End.SKIPPED: StaffNews.SKIPPED}


class Revoked(Exception):
    """The office says that this employee may not be signed in any more."""


class Post:
    """One employee's place from signing in to signing out."""

    def __init__(self, desk: Desk, shift: Shift, duty: OnDuty) -> None:
        self.desk = desk
        self.shift = shift
        self.duty = duty
        self.done = 0
        """How many were laid in during this shift."""
        self.tell: Tell | None = None

    def stock(self) -> Stock:
        """What lies here and what there is to do.

        Raises:
            Revoked: the list came anew, and this employee is not in it.
        """
        stock = self.desk.staff.stock(self.shift)
        if stock is None:
            raise Revoked
        return stock

    def news(self, news: StaffNews, compartment: int = 0) -> None:
        """Tell it on the next page."""
        self.tell = Tell(news, compartment)

    def told(self) -> Tell | None:
        """What there is to tell, once."""
        told, self.tell = self.tell, None
        return told

    @contextmanager
    def wall(self) -> Iterator[LockerWall | None]:
        """The wall alone for this employee; None if it is away, which is told."""
        with ExitStack() as lent:
            try:
                wall = lent.enter_context(self.desk.devices.lease(LOCKER_WALL))
            except Unavailable:
                self.news(StaffNews.WALL_AWAY)
                wall = None
            yield wall

    def page(
        self, purpose: Purpose, wall: LockerWall, number: int, about: ToLoad | Lying | None
    ) -> Callable[[bool, bool], StaffDoor]:
        """What is shown while the door is open: as sure as the contact is, and whether it should be closed by now."""
        layout, stock = wall.layout, self.stock()
        rest: tuple[ToLoad, ...] = ()
        if purpose is Purpose.LOAD:
            rest = tuple(one for one in stock.to_load if about is None or one.reference != about.reference)
        drawn = staff_wall(self.desk, layout, stock, number)

        def page(sure: bool, still_open: bool) -> StaffDoor:  # noqa: FBT001 - asked for by the opening alone
            return StaffDoor(
                self.duty,
                purpose,
                drawn,
                None if about is None else envelope(about),
                self.done + 1,
                self.done + 1 + len(rest),
                tuple(envelope(one) for one in rest[:NEXT]),
                sure=sure,
                still_open=still_open,
            )

        return page

    def mark(self, number: int, *, in_order: bool) -> CompartmentMarked:
        """The word to the office that a compartment may be used, or may not."""
        return CompartmentMarked(compartment=number, employee=self.shift.number, in_order=in_order)

    def at_door(self, wall: LockerWall, number: int, purpose: Purpose, about: Lying | None) -> End:
        """Open a compartment and wait for its door."""
        opening = StaffOpening(self.desk, wall, number, self.duty)
        return opening.go(self.page(purpose, wall, number, about))

    def today(self) -> date:
        """The town's day."""
        return self.desk.now().astimezone(self.desk.town.zone).date()


def envelope(one: ToLoad | Lying) -> Envelope:
    """How a document is shown: what staff reads on its envelope."""
    return Envelope(one.reference, one.kind, one.holder)


def row(one: Lying, why: Overdue) -> OverdueRow:
    """How what lies in a compartment is listed."""
    return OverdueRow(one.compartment, envelope(one), why, one.until)
