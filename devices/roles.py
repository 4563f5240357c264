"""The kinds of device a kiosk may have, each a token that names its table in the rig file and types its lease."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from devices import card_reading, dispensing, online_ausweis
from devices.walls import ROLE_NAME

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from threading import Event

    from devices.card_reading import CardReader
    from devices.conditions import Condition, NeedsStaff
    from devices.dispensing import Dispenser
    from devices.online_ausweis import OnlineAusweis
    from devices.payments import CardTerminal
    from devices.receipts import Receipt
    from devices.walls import WallLayout


class Device(Protocol):
    """What every opened device can do, whatever its role."""

    def condition(self) -> Condition:
        """Look at the device and say what it is able to do now; returns within 500 ms.

        Raises:
            TransportError: the wire failed; the supervisor closes and reopens.
        """
        ...

    def lent(self) -> None:
        """A lease begins: forget what was seen or scanned before it; returns within 100 ms.

        Raises:
            TransportError: the wire failed; the supervisor closes and reopens.
        """
        ...

    def close(self) -> None:
        """Let go of the wire; never raises, may be called twice."""
        ...


T_co = TypeVar("T_co", bound=Device, covariant=True)


@dataclass(frozen=True)
class Role(Generic[T_co]):
    """A kind of device; `name` is its table in the rig file."""

    name: str


class AimHint(StrEnum):
    """What would help the camera to read the code in view."""

    NONE = "none"
    SHOW_CODE = "show_code"
    CLOSER = "closer"
    FURTHER = "further"
    HOLD_STILL = "hold_still"
    LESS_GLARE = "less_glare"


@dataclass(frozen=True, eq=False)
class Picture:
    """One camera picture, for the citizen to aim by: `rgb` holds 3 bytes a pixel, rows from the top. Never stored."""

    width: int
    height: int
    rgb: bytes


@dataclass(frozen=True, eq=False)
class Sight:
    """What the camera saw in one frame: the picture, the code's bytes if one was read, and a hint if not.

    `corners` are the code's four corners in picture pixels when a code was found, for the aiming frame.
    """

    picture: Picture
    code: bytes | None
    hint: AimHint
    corners: tuple[tuple[int, int], ...] = ()


class CodeCamera(Device, Protocol):
    """A camera that reads QR codes."""

    def look(self, cancel: Event) -> Sight | None:
        """Take the next frame and try to read it; None when no frame came within 200 ms.

        Raises:
            Cancelled: `cancel` was set.
            TransportError: the camera is gone.
        """
        ...


class CodeScanner(Device, Protocol):
    """A scanner on a serial line that sends each code it reads."""

    def scan(self, timeout: float, cancel: Event) -> bytes | None:
        """The next code's bytes (bounded, terminator removed), or None after `timeout` seconds.

        Codes scanned before the lease are dropped; the same code again within two seconds counts once.

        Raises:
            Cancelled: `cancel` was set.
            TransportError: the scanner is gone.
        """
        ...


@dataclass(frozen=True)
class Printed:
    """The whole receipt is on paper and cut; the printer said so after the cut."""


@dataclass(frozen=True)
class NotPrinted:
    """The receipt did not come out whole; `condition` says what is needed. Nothing is left waiting in the printer."""

    condition: NeedsStaff


@dataclass(frozen=True)
class PrintUnknown:
    """The printer fell silent while printing: the paper may or may not be there."""


PrintOutcome = Printed | NotPrinted | PrintUnknown


class ReceiptPrinter(Device, Protocol):
    """A printer of receipts on a roll."""

    def print_receipt(self, receipt: Receipt, cancel: Event) -> PrintOutcome:
        """Print and cut; `Printed` only when the printer confirmed after the cut.

        Raises:
            Cancelled: `cancel` was set before the first byte went out; afterwards the print is finished.
        """
        ...


class Door(StrEnum):
    """What a door's contact says; contacts may lie."""

    CLOSED = "closed"
    OPEN = "open"
    UNKNOWN = "unknown"
    """Its board does not answer."""


@dataclass(frozen=True)
class OpenCommand:
    """The wish to open a compartment, and when it was issued (aware UTC): too late, it is not carried out."""

    compartment: int
    issued: datetime


@dataclass(frozen=True)
class Opened:
    """The contact says that the door is open.

    `moved` is False when it did not say closed before the lock was released: then it proves nothing, and only the
    person before it knows.
    """

    moved: bool = True


@dataclass(frozen=True)
class StillClosed:
    """The lock was released, and the contact says closed: the lock is stuck, the contact lies, or the command got lost.

    Trying once more does no harm; after that only the person before it knows.
    """


@dataclass(frozen=True)
class BoardSilent:
    """The board tells nothing; if `sent`, the command had gone out, and the door may be open all the same."""

    sent: bool


@dataclass(frozen=True)
class TooLate:
    """The command was too old, or from the future, because a clock was set: nothing was sent."""


OpenOutcome = Opened | StillClosed | BoardSilent | TooLate


class Mishap(StrEnum):
    """What a door of the wall did that nobody asked of it, or not what was asked."""

    OPENED_UNASKED = "opened_unasked"
    """From closed to open without a command: tampering, or a lock that lets go."""
    FOUND_OPEN = "found_open"
    """Open when the wall was first looked at after its line was opened."""
    LEFT_OPEN = "left_open"
    """Open for longer than the rig allows."""
    STAYED_CLOSED = "stayed_closed"
    """Released, and its contact said closed: a stuck lock or a lying contact."""
    CONTACT_SAID_OPEN = "contact_said_open"
    """Its contact said open before it was released: a lying contact, or a door that was left open."""


@dataclass(frozen=True)
class Incident:
    """A mishap of one compartment, seen at an aware UTC moment."""

    mishap: Mishap
    compartment: int
    seen: datetime


class LockerWall(Device, Protocol):
    """A wall of compartments whose locks are released one at a time.

    A command goes out once; who wants a second try gives a second command. No contact ever keeps a lock from being
    released. All of it goes on with the boards that answer when one does not.
    """

    @property
    def layout(self) -> WallLayout:
        """The wall as it stands."""
        ...

    def open(self, command: OpenCommand, cancel: Event) -> OpenOutcome:
        """Release a lock and read its contact back; about a second, longer when another lock was just released.

        Raises:
            Cancelled: `cancel` was set before the command went out; afterwards it is finished.
            TransportError: the wire failed before the command went out.
            ValueError: the wall has no such compartment.
        """
        ...

    def doors(self, cancel: Event) -> Mapping[int, Door]:
        """Read every contact now: compartment number to door.

        Raises:
            Cancelled: `cancel` was set.
            TransportError: the wire failed.
        """
        ...

    def door(self, compartment: int, cancel: Event) -> Door:
        """Read one contact now.

        Raises:
            Cancelled: `cancel` was set.
            TransportError: the wire failed.
            ValueError: the wall has no such compartment.
        """
        ...

    def take_incidents(self) -> tuple[Incident, ...]:
        """What happened since this was last called, oldest first; whoever takes it writes it down."""
        ...


class PowerSupply(Device, Protocol):
    """An uninterruptible power supply (UPS); its condition says all there is to know."""


CODE_CAMERA: Role[CodeCamera] = Role("code_camera")
CODE_SCANNER: Role[CodeScanner] = Role("code_scanner")
RECEIPT_PRINTER: Role[ReceiptPrinter] = Role("receipt_printer")
LOCKER_WALL: Role[LockerWall] = Role(ROLE_NAME)
CARD_TERMINAL: Role[CardTerminal] = Role("card_terminal")
DISPENSER: Role[Dispenser] = Role(dispensing.ROLE_NAME)
UPS: Role[PowerSupply] = Role("ups")
CARD_READER: Role[CardReader] = Role(card_reading.ROLE_NAME)
ONLINE_AUSWEIS: Role[OnlineAusweis] = Role(online_ausweis.ROLE_NAME)

ROLES: tuple[Role[Device], ...] = (
    CODE_CAMERA,
    CODE_SCANNER,
    RECEIPT_PRINTER,
    LOCKER_WALL,
    CARD_TERMINAL,
    DISPENSER,
    UPS,
    CARD_READER,
    ONLINE_AUSWEIS,
)
