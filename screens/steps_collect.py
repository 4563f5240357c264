"""The questions of a visit that collects a document from a compartment, in the order in which they are asked."""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from central_office.contract.values import value
from screens.steps import Back, CodeProblem, ReadersChanged, Retry, Step

if TYPE_CHECKING:
    from central_office.contract.stages import DocumentKind


@value
class EnterPickupCode(Step[str | bytes | ReadersChanged | Back]):
    """Ask for the pickup code: twelve typed digits, not yet checked, or the bytes of a code that was shown.

    `readable`: a camera or scanner is looking meanwhile; `problem` is that of a code that was shown.
    """

    readable: bool = False
    problem: CodeProblem | None = None


@value
class CodeOpensNothing(Step[Retry]):
    """Say that nothing opens, the same words whatever was wrong: code, birth date, day, or too many tries before."""

    tries_left: int


@value
class Collectable:
    """A document that the code opens, and the number on its door."""

    compartment: int
    kind: DocumentKind


@value
class ChooseDocument(Step[Collectable | Back]):
    """Several documents wait: ask which compartment is opened first."""

    documents: tuple[Collectable, ...] = field(repr=False)


@value
class AskPinLetter(Step[bool | Back]):
    """Ask whether the letter with the PIN has come; the law wants to know before the card is handed over."""


class AtCounter(StrEnum):
    """Why a document is handed over at the counter."""

    NOT_BY_BOX = "not_by_box"
    NO_PIN_LETTER = "no_pin_letter"
    OUT_OF_ORDER = "out_of_order"
    """The wall does not work now; the code was not used."""
    DID_NOT_OPEN = "did_not_open"
    """The code is used, and the door stayed closed."""


@value
class GoToCounter(Step[None]):
    """Say kindly that the counter hands this document over, and where that is."""

    why: AtCounter


@value
class MapDoor:
    """One door of the wall, in millimetres: `left` from the wall's left edge, `bottom` from the floor."""

    number: int
    left: int
    bottom: int
    width: int
    height: int


class MapSide(StrEnum):
    """On which side of this screen a compartment is."""

    LEFT = "left"
    RIGHT = "right"
    NO_TERMINAL = "no_terminal"


class MapHeight(StrEnum):
    """How high a compartment is, by the body."""

    FEET = "feet"
    KNEES = "knees"
    HIPS = "hips"
    CHEST = "chest"
    HEAD = "head"


@value
class WallMap:
    """The wall as it stands, and where to look: `column` counts from 1 to `columns`, away from the terminal.

    `terminal`: left edge, width and height of where this screen stands, or None if it does not stand in the wall.
    """

    doors: tuple[MapDoor, ...]
    terminal: tuple[int, int, int] | None
    open: int
    side: MapSide
    column: int
    columns: int
    height: MapHeight


class DoorAnswer(StrEnum):
    """What became of the open compartment: said by the citizen, or by its door."""

    FINISHED = "finished"
    DID_NOT_OPEN = "did_not_open"
    CLOSED = "closed"
    """Its contact says closed, after it said open."""
    NOTHING_HAPPENED = "nothing_happened"
    """For a long time, neither the door nor the citizen said anything."""


@value
class LockerOpens(Step[None]):
    """Tell that the lock is being released."""

    idle: ClassVar[bool] = False
    compartment: int


@value
class LockerOpen(Step[DoorAnswer]):
    """Show which compartment is open, and ask to take the document and close the door.

    `sure`: the contact said that the door opened. `still_open`: it should be closed by now. `can_retry`: the lock can
    be released once more.
    """

    idle: ClassVar[bool] = False
    wall: WallMap
    sure: bool = True
    still_open: bool = False
    can_retry: bool = True


@value
class Collected(Step[None]):
    """Say that it is done; `left_open`: the door was open to the last; `more`: other documents wait."""

    left_open: bool = False
    more: bool = False
