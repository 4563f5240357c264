"""The lock and the contact of one compartment, as far as they can be believed, for citizens and for staff alike.

No contact ever keeps the lock from being released, and none is believed before it told of a movement.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from devices.errors import Cancelled, TransportError
from devices.roles import BoardSilent, Door, OpenCommand, Opened, StillClosed, TooLate
from screens.steps_collect import DoorAnswer

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, timedelta

    from devices.roles import LockerWall, OpenOutcome
    from kiosk_app.desk import Desk

LOOK_EVERY: Final = 0.4
"""Seconds between looks at the open door."""


class Lock:
    """Releases one lock and watches its door.

    `announce` says that it opens, `patience` is how long nothing may happen.
    """

    def __init__(
        self, desk: Desk, wall: LockerWall, number: int, *, announce: Callable[[], None], patience: timedelta
    ) -> None:
        self._desk = desk
        self._wall = wall
        self._number = number
        self._announce = announce
        self._patience = patience
        self._since: datetime = desk.now()
        self.door = Door.UNKNOWN
        self.sent = False
        """Whether a command may have reached the lock."""
        self.seen_open = False
        """Whether the contact has ever told the door's movement: only then it is believed that it is closed."""

    @property
    def stands_open(self) -> bool:
        """Whether the door is open, as far as its contact can be believed."""
        return self.seen_open and self.door is Door.OPEN

    def release(self) -> OpenOutcome:
        """Release the lock once; a line that broke before anything went out is a board that is silent."""
        sent = self.sent
        self._announce()
        self.sent = True
        try:
            outcome = self._wall.open(OpenCommand(self._number, self._desk.now()), self._desk.cancel)
        except Cancelled:
            # By the wall's promise: nothing went out.
            self.sent = sent
            raise
        except TransportError:
            outcome = BoardSilent(sent=False)
        match outcome:
            case Opened(moved=moved):
                self.door, self.seen_open = Door.OPEN, self.seen_open or moved
            case StillClosed():
                self.door = Door.CLOSED
            case BoardSilent(sent=True):
                self.door = Door.UNKNOWN
            case BoardSilent() | TooLate():
                self.door, self.sent = Door.UNKNOWN, sent
        self.wait_anew()
        return outcome

    def wait_anew(self) -> None:
        """Somebody did something: patience begins anew."""
        self._since = self._desk.now()

    def watch(self) -> DoorAnswer | None:
        """Look at the door once; an answer if it was closed, or if nothing happened for too long."""
        before = self.door
        try:
            self.door = self._wall.door(self._number, self._desk.cancel)
        except TransportError:
            self.door = Door.UNKNOWN
        if self.door is Door.OPEN and before is Door.CLOSED:
            self.seen_open = True
        if self.door is Door.CLOSED and (self.seen_open or before is Door.OPEN):
            return DoorAnswer.CLOSED
        # A clock that was set back may not make this last for ever, nor one that was set ahead be a hurry.
        waited = abs(self._desk.now() - self._since)
        return DoorAnswer.NOTHING_HAPPENED if waited >= self._patience else None
