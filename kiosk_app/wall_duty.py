"""What the kiosk does at the wall besides handing out: notes what doors did, and looks where the power was cut."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from devices.conditions import Ready
from devices.errors import Cancelled, DeviceError, TransportError, Unavailable
from devices.roles import LOCKER_WALL, Door
from offline_cache.journal import Settled, Undecided

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

    from devices.noticeboard import Noticeboard
    from kiosk_app.desk import Devices
    from offline_cache.journal import Settler, Unfinished
    from offline_cache.outbox import Outbox

LOOKS: Final = 20
PAUSE: Final = 0.5
"""How often, and how many seconds apart, a wall is looked for that its supervisor is still opening."""


def note_incidents(devices: Devices, noticeboard: Noticeboard, outbox: Outbox) -> int:
    """Write down for the office what doors did by themselves, such as opening without a command; how many."""
    from central_office.contract.pickups import LockerIncident  # noqa: PLC0415 - after the first frame

    condition = noticeboard.of(LOCKER_WALL)
    if not isinstance(condition, Ready) or condition.soon is None:
        return 0
    try:
        with devices.lease(LOCKER_WALL) as wall:
            incidents = wall.take_incidents()
    except (Unavailable, TransportError):
        return 0
    for incident in incidents:
        outbox.put(LockerIncident(mishap=incident.mishap.value, compartment=incident.compartment, seen=incident.seen))
    return len(incidents)


def settle_opening(devices: Devices, cancel: Event, pause: Callable[[float], object]) -> Settler:
    """Who finds out about a compartment that was being opened when the visit or the power ended.

    The door is asked, the lock is not touched: the code is used, and a person at the office decides by what it says.
    """

    def settle(unfinished: Unfinished) -> Settled | Undecided:
        from central_office.contract.pickups import PickupFailed, PickupId  # noqa: PLC0415 - same

        pickup, compartment = unfinished.detail.get("pickup"), unfinished.detail.get("compartment")
        if not isinstance(pickup, str) or not isinstance(compartment, int):
            return Undecided("no_compartment")
        why = _SAID[_look(devices, compartment, cancel, pause)]
        return Settled(why, PickupFailed(pickup=PickupId(pickup), why=why))

    return settle


def settle_loading(devices: Devices, cancel: Event, pause: Callable[[float], object]) -> Settler:
    """Who finds out about a compartment into which staff was laying a document when the power ended.

    No contact tells whether something lies inside: the office hears what the door says, and a person looks. Until then
    nothing else is laid in there.
    """

    def settle(unfinished: Unfinished) -> Settled | Undecided:
        from central_office.contract.staff import LoadingUnclear  # noqa: PLC0415 - same

        compartment = unfinished.detail.get("compartment")
        if not isinstance(compartment, int):
            return Undecided("no_compartment")
        why = _SAID[_look(devices, compartment, cancel, pause)]
        return Settled(why, LoadingUnclear.model_validate({**unfinished.detail, "why": why}))

    return settle


def settle_looking(devices: Devices, cancel: Event, pause: Callable[[float], object]) -> Settler:
    """Who finds out about a compartment that staff had opened with a reason; the office knows of it already."""

    def settle(unfinished: Unfinished) -> Settled | Undecided:
        compartment = unfinished.detail.get("compartment")
        if not isinstance(compartment, int):
            return Undecided("no_compartment")
        why = _SAID[_look(devices, compartment, cancel, pause)]
        # A closed door is the end of it; whoever finds it open, or cannot tell, needs a person.
        return Settled(why) if why == "door_closed" else Undecided(why)

    return settle


_SAID: Final[dict[Door, Literal["door_open", "door_closed", "door_unknown"]]] = {
    Door.OPEN: "door_open",
    Door.CLOSED: "door_closed",
    Door.UNKNOWN: "door_unknown",
}


def _look(devices: Devices, compartment: int, cancel: Event, pause: Callable[[float], object]) -> Door:
    for _ in range(LOOKS):
        try:
            with devices.lease(LOCKER_WALL) as wall:
                door = wall.door(compartment, cancel)
        except Cancelled:
            return Door.UNKNOWN
        except (DeviceError, ValueError):
            door = Door.UNKNOWN
        if door is not Door.UNKNOWN:
            return door
        pause(PAUSE)
    return Door.UNKNOWN
