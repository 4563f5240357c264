"""The kinds of device a kiosk may have, each a token that names its table in the rig file and types its lease."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from threading import Event

    from devices.conditions import Condition, NeedsStaff
    from devices.receipts import Receipt


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


CODE_CAMERA: Role[CodeCamera] = Role("code_camera")
CODE_SCANNER: Role[CodeScanner] = Role("code_scanner")
RECEIPT_PRINTER: Role[ReceiptPrinter] = Role("receipt_printer")

ROLES: tuple[Role[Device], ...] = (CODE_CAMERA, CODE_SCANNER, RECEIPT_PRINTER)
