"""What the devices' machinery says in the log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from logbook import Event, Level

if TYPE_CHECKING:
    from devices.conditions import Condition
    from logbook import Word

_LOG: Final = "devices.supervisor"
_LOCKERS: Final = "devices.lockers"


class DeviceBack(Event, level=Level.INFO, says="device_back role={role} driver={driver}", log=_LOG):
    """A device that was gone answers again."""

    role: Word
    driver: Word


class DeviceCondition(Event, level=Level.INFO, says="device_condition role={role} condition={condition}", log=_LOG):
    """What a device is able to do is not what it was."""

    role: Word
    condition: Condition


class DeviceGone(Event, level=Level.WARNING, says="device_gone role={role} driver={driver} error={error}", log=_LOG):
    """A device does not answer any more."""

    role: Word
    driver: Word
    error: type[object]


class DoorIncident(Event, level=Level.WARNING, says="door_incident {incident} compartment={compartment}", log=_LOCKERS):
    """A door of the locker wall did what nobody asked of it, or not what was asked."""

    incident: Word
    compartment: int


class LockerBoardFell(Event, level=Level.WARNING, says="locker_board_silent board={board}", log=_LOCKERS):
    """A board of the locker wall does not answer any more; the others go on."""

    board: int


class LockerBoardBack(Event, level=Level.INFO, says="locker_board_back board={board}", log=_LOCKERS):
    """A board of the locker wall that was silent answers again."""

    board: int
