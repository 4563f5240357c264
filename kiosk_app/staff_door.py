"""One compartment that staff opens: from the first pulse to the closed door."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from devices.roles import Opened
from kiosk_app.lock import LOOK_EVERY, Lock
from screens.steps_collect import DoorAnswer
from screens.steps_staff import Skip, StaffDoorOpens

if TYPE_CHECKING:
    from collections.abc import Callable

    from devices.roles import LockerWall
    from kiosk_app.desk import Desk
    from screens.steps_staff import OnDuty, StaffDoor

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
        self.lock = Lock(
            desk, wall, number, announce=lambda: desk.citizen.tell(StaffDoorOpens(duty, number)), patience=PATIENCE
        )

    def go(self, page: Callable[[bool, bool], StaffDoor]) -> End:
        """Release the lock, once more if it stays closed, and wait for the door.

        `page` is what to show: given whether the door is known to have opened, and whether it should be closed by now.
        """
        lock = self.lock
        outcome, tries = lock.release(), 1
        if not isinstance(outcome, Opened):
            outcome, tries = lock.release(), 2
        if not lock.sent:
            return End.NOT_SENT
        still_open = skipped = False
        while True:
            step = page(lock.seen_open, still_open)
            match self._desk.citizen.ask(step, meanwhile=lock.watch, every=LOOK_EVERY):
                case Skip.SKIP:
                    skipped = True
                    if not lock.stands_open:
                        return End.SKIPPED
                    still_open = True
                case DoorAnswer.CLOSED:
                    return End.SKIPPED if skipped else End.CLOSED
                case DoorAnswer.DID_NOT_OPEN if tries < 2:
                    tries += 1
                    lock.release()
                case DoorAnswer.DID_NOT_OPEN:
                    return End.STUCK
                case DoorAnswer.FINISHED if not lock.stands_open:
                    return End.SKIPPED if skipped else End.TOLD
                case _ if still_open and not skipped:
                    return End.LEFT_OPEN if lock.stands_open else End.UNCLEAR
                case _:
                    still_open = True
            lock.wait_anew()
