"""One compartment that staff opens: from the first pulse to the closed door, with the wall's own caution.

No contact ever keeps the lock from being released, and none is believed before it told of a movement.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from devices.errors import Cancelled, TransportError
from devices.roles import BoardSilent, Door, OpenCommand, Opened, StillClosed, TooLate
from screens.steps_collect import DoorAnswer
from screens.steps_staff import Skip, StaffDoorOpens

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from devices.roles import LockerWall
    from kiosk_app.desk import Desk
    from screens.steps_staff import OnDuty, StaffDoor

LOOK_EVERY: Final = 0.4
PATIENCE: Final = timedelta(minutes=3)
"""After so long without a word staff is asked to close the door; after as long again nobody is there."""


class End(StrEnum):
    """How it ended."""

    CLOSED = "closed"
    TOLD = "told"
    """The contact said nothing of use; the employee said that it was open and is closed."""
    LEFT_OPEN = "left_open"
    SKIPPED = "skipped"
    STUCK = "stuck"
    NOT_SENT = "not_sent"
    """No command went out."""
    UNCLEAR = "unclear"


class StaffOpening:
    """Opens one compartment; the lock is released twice at most."""

    def __init__(self, desk: Desk, wall: LockerWall, number: int, duty: OnDuty) -> None:
        self._desk = desk
        self._wall = wall
        self._number = number
        self._duty = duty
        self._seen_open = False
        self._since: datetime = desk.now()
        self.door = Door.UNKNOWN
        self.sent = False
        """Whether a command may have reached the lock."""

    def go(self, page: Callable[[bool, bool], StaffDoor]) -> End:
        """Release the lock, once more if it stays closed, and wait for the door.

        `page` is what to show: given whether the door is known to have opened, and whether it should be closed by now.
        """
        outcome, tries = self._release(), 1
        if not isinstance(outcome, Opened):
            outcome, tries = self._release(), 2
        if not self.sent:
            return End.NOT_SENT
        still_open = skipped = False
        while True:
            step = page(self._seen_open, still_open)
            match self._desk.citizen.ask(step, meanwhile=self._watch, every=LOOK_EVERY):
                case Skip.SKIP:
                    skipped = True
                    if not self._stands_open():
                        return End.SKIPPED
                    still_open = True
                case DoorAnswer.CLOSED:
                    return End.SKIPPED if skipped else End.CLOSED
                case DoorAnswer.DID_NOT_OPEN if tries < 2:
                    tries += 1
                    self._release()
                case DoorAnswer.DID_NOT_OPEN:
                    return End.STUCK
                case DoorAnswer.FINISHED if not self._stands_open():
                    return End.SKIPPED if skipped else End.TOLD
                case _ if still_open and not skipped:
                    return End.LEFT_OPEN if self._stands_open() else End.UNCLEAR
                case _:
                    still_open = True
            self._since = self._desk.now()

    def _stands_open(self) -> bool:
        return self._seen_open and self.door is Door.OPEN

    def _release(self) -> Opened | StillClosed | BoardSilent | TooLate:
        sent = self.sent
        self._desk.citizen.tell(StaffDoorOpens(self._duty, self._number))
        self.sent = True
        try:
            outcome = self._wall.open(OpenCommand(self._number, self._desk.now()), self._desk.cancel)
        except Cancelled:
            self.sent = sent
            raise
        except TransportError:
            outcome = BoardSilent(sent=False)
        match outcome:
            case Opened(moved=moved):
                self.door, self._seen_open = Door.OPEN, self._seen_open or moved
            case StillClosed():
                self.door = Door.CLOSED
            case BoardSilent(sent=True):
                self.door = Door.UNKNOWN
            case _:
                self.door, self.sent = Door.UNKNOWN, sent
        self._since = self._desk.now()
        return outcome

    def _watch(self) -> DoorAnswer | None:
        before = self.door
        try:
            self.door = self._wall.door(self._number, self._desk.cancel)
        except TransportError:
            self.door = Door.UNKNOWN
        if self.door is Door.OPEN and before is Door.CLOSED:
            self._seen_open = True
        if self.door is Door.CLOSED and (self._seen_open or before is Door.OPEN):
            return DoorAnswer.CLOSED
        waited = abs(self._desk.now() - self._since)
        return DoorAnswer.NOTHING_HAPPENED if waited >= PATIENCE else None
