"""Watches what the doors of a wall do, without I/O: what nobody asked for becomes an incident."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from devices.conditions import Soon
from devices.roles import Door, Incident, Mishap

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

ASKED_FOR: Final = 60.0
"""Seconds after a command in which an opening was asked for: some doors wait to be pulled."""

MAX_INCIDENTS: Final = 1000


@dataclass
class _Watched:
    last: Door = Door.UNKNOWN
    opened_at: float = 0.0
    left_open: bool = False
    asked_until: float = float("-inf")
    doubtful: bool = False


class Vigil:
    """What is known of each door; `left_open_after` in seconds. Times are seconds of one steady clock."""

    def __init__(self, numbers: Iterable[int], left_open_after: float) -> None:
        self._doors = {number: _Watched() for number in numbers}
        self._left_open_after = left_open_after
        self._incidents: deque[Incident] = deque(maxlen=MAX_INCIDENTS)

    def asked(self, number: int, now: float) -> None:
        """Somebody commanded this door to open."""
        self._doors[number].asked_until = now + ASKED_FOR

    def saw(self, number: int, door: Door, now: float, seen: datetime) -> tuple[Incident, ...]:
        """What a contact said just now; the incidents that follow from it."""
        watched = self._doors[number]
        if door is Door.UNKNOWN:
            # What a door did behind a silent board is judged by what was known before.
            return ()
        happened: list[Mishap] = []
        if door is Door.OPEN and watched.last is not Door.OPEN:
            watched.opened_at, watched.left_open = now, False
            if watched.last is Door.UNKNOWN:
                happened.append(Mishap.FOUND_OPEN)
            elif now > watched.asked_until:
                happened.append(Mishap.OPENED_UNASKED)
        if Door.UNKNOWN is not watched.last is not door:
            # A contact that moves is not stuck.
            watched.doubtful = False
        if door is Door.OPEN and not watched.left_open and now - watched.opened_at >= self._left_open_after:
            watched.left_open = True
            happened.append(Mishap.LEFT_OPEN)
        watched.last = door
        return self._note(number, happened, seen)

    def doubt(self, number: int, mishap: Mishap, seen: datetime) -> tuple[Incident, ...]:
        """Lock and contact of a compartment contradict each other."""
        self._doors[number].doubtful = True
        return self._note(number, [mishap], seen)

    def take(self) -> tuple[Incident, ...]:
        """The incidents so far, oldest first, which are then somebody else's to remember."""
        taken = tuple(self._incidents)
        self._incidents.clear()
        return taken

    def soon(self, *, board_silent: bool) -> Soon | None:
        """The most pressing thing that the wall needs."""
        if any(incident.mishap is Mishap.OPENED_UNASKED for incident in self._incidents):
            return Soon.DOOR_OPENED_UNASKED
        if board_silent:
            return Soon.LOCKER_BOARD_SILENT
        if any(watched.doubtful for watched in self._doors.values()):
            return Soon.LOCK_OR_CONTACT
        if any(watched.last is Door.OPEN and watched.left_open for watched in self._doors.values()):
            return Soon.DOOR_LEFT_OPEN
        return None

    def _note(self, number: int, happened: list[Mishap], seen: datetime) -> tuple[Incident, ...]:
        noted = tuple(Incident(mishap, number, seen) for mishap in happened)
        self._incidents.extend(noted)
        return noted
