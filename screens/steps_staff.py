"""The questions of staff at the kiosk: signing in, laying documents in, handing over, taking back, opening.

Nothing dangerous lies behind one touch: to open a compartment takes a label, a code, a number or a reason before.
"""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from central_office.contract.values import value
from screens.steps import Back, CodeProblem, ReadersChanged, Step
from screens.steps_collect import DoorAnswer

if TYPE_CHECKING:
    from datetime import date, datetime

    from central_office.contract.stages import DocumentKind
    from central_office.contract.tariff import Product
    from screens.steps_collect import MapDoor


class StaffTab(StrEnum):
    """The keys of the bar, as far as the employee may use them."""

    LOAD = "load"
    HAND_OVER = "hand_over"
    TAKE_BACK = "take_back"
    OPEN = "open"
    REFILL = "refill"


@value
class OnDuty:
    """Who is signed in, as the header shows it, and what they may do."""

    name: str = field(repr=False)
    tabs: tuple[StaffTab, ...] = ()


@value
class StaffSignIn(Step[str | bytes | ReadersChanged | Back]):
    """Ask for the staff card or the employee's number: four digits, or the bytes of a code.

    `tries_left` set: number and PIN did not fit, whichever it was. `problem` is that of a card that was shown.
    """

    readable: bool = False
    tries_left: int | None = None
    problem: CodeProblem | None = None


@value
class StaffPin(Step[str | Back]):
    """Ask for the PIN; `name` is known if a card was shown."""

    name: str = field(default="", repr=False)


@value
class StaffLocked(Step[None]):
    """Say that no PIN is taken before `until`."""

    until: datetime


@value
class Envelope:
    """A document to be handled: what its label says, and whose it is."""

    reference: str
    kind: DocumentKind
    holder: str = field(repr=False)


class DoorState(StrEnum):
    """How a compartment stands on the staff's map."""

    FREE = "free"
    LOADED = "loaded"
    OVERDUE = "overdue"
    OUT_OF_ORDER = "out_of_order"


@value
class StaffWall:
    """The wall as it stands, with the state of each door; `open` 0: none is open."""

    doors: tuple[MapDoor, ...]
    terminal: tuple[int, int, int] | None
    states: tuple[DoorState, ...]
    open: int = 0


class StaffNews(StrEnum):
    """What became of the last thing that was done."""

    LOADED = "loaded"
    LOADED_FOUR_EYES = "loaded_four_eyes"
    UNKNOWN_LABEL = "unknown_label"
    NOT_A_LABEL = "not_a_label"
    NO_COMPARTMENT = "no_compartment"
    NO_COMPARTMENT_IN_REACH = "no_compartment_in_reach"
    DOOR_STUCK = "door_stuck"
    DOOR_UNCLEAR = "door_unclear"
    SKIPPED = "skipped"
    WALL_AWAY = "wall_away"
    CONFIRMED = "confirmed"
    CODE_OPENS_NOTHING = "code_opens_nothing"
    CODE_LOCKED = "code_locked"
    HANDED_OVER = "handed_over"
    TAKEN_BACK = "taken_back"
    OPENED = "opened"
    OUT_OF_ORDER = "out_of_order"
    IN_ORDER = "in_order"
    NO_SUCH_COMPARTMENT = "no_such_compartment"
    REFILLED = "refilled"
    UNKNOWN_PACK = "unknown_pack"
    PACK_TOO_LARGE = "pack_too_large"


@value
class Tell:
    """One piece of news and the compartment that it is about."""

    news: StaffNews
    compartment: int = 0


class LoadChoice(StrEnum):
    """What else can be done on the page of documents to be laid in."""

    TYPE_LABEL = "type_label"
    CONFIRM = "confirm"


@value
class LoadDocuments(Step[bytes | LoadChoice | ReadersChanged | StaffTab]):
    """Ask for the label of the next document; `done` of `of` are laid in, `next` are the first that wait.

    `to_confirm`: how many a colleague laid in that this employee may confirm.
    """

    duty: OnDuty
    wall: StaffWall
    done: int
    of: int
    next: tuple[Envelope, ...] = field(default=(), repr=False)
    readable: bool = False
    tell: Tell | None = None
    to_confirm: int = 0


@value
class EnterLabel(Step[str | Back]):
    """Ask for the seven digits of a label, two and five, behind the town's letters."""

    duty: OnDuty
    letters: str
    tell: Tell | None = None


class Purpose(StrEnum):
    """Why staff has a compartment opened."""

    LOAD = "load"
    CONFIRM = "confirm"
    HAND_OVER = "hand_over"
    TAKE_BACK = "take_back"
    OPEN = "open"


class Skip(StrEnum):
    """Nothing was laid in."""

    SKIP = "skip"


@value
class StaffDoorOpens(Step[None]):
    """Tell that a lock is being released."""

    idle: ClassVar[bool] = False
    duty: OnDuty
    compartment: int


@value
class StaffDoor(Step[DoorAnswer | Skip]):
    """Show which compartment is open and what to do; the same words as `LockerOpen` where they mean the same."""

    idle: ClassVar[bool] = False
    duty: OnDuty
    purpose: Purpose
    wall: StaffWall
    envelope: Envelope | None = field(default=None, repr=False)
    done: int = 0
    of: int = 0
    next: tuple[Envelope, ...] = field(default=(), repr=False)
    sure: bool = True
    still_open: bool = False


@value
class HandOverCode(Step[str | bytes | ReadersChanged | StaffTab]):
    """Ask for the pickup code of a document that is handed over at the counter."""

    duty: OnDuty
    readable: bool = False
    problem: CodeProblem | None = None
    tell: Tell | None = None


class Collector(StrEnum):
    """Who stands there."""

    HOLDER = "holder"
    PROXY = "proxy"
    PARENT = "parent"


class OldDocument(StrEnum):
    """What became of the old document."""

    RETAINED = "retained"
    RETURNED = "returned"
    LOST = "lost"
    NONE = "none"


class Check(StrEnum):
    """What staff says to have seen."""

    IDENTITY = "identity"
    PIN_LETTER = "pin_letter"


class HandOverChoice(StrEnum):
    """How the page of checks ends."""

    OPEN = "open"
    NOT_THIS_PERSON = "not_this_person"


@value
class HandOverCheck(Step[Collector | OldDocument | Check | HandOverChoice]):
    """Show whose document it is, and ask what was checked; all of it before the compartment is opened."""

    duty: OnDuty
    envelope: Envelope = field(repr=False)
    born: date = field(repr=False)
    compartment: int
    checks: tuple[Check, ...]
    checked: tuple[Check, ...] = ()
    collector: Collector | None = None
    old_document: OldDocument | None = None


class Overdue(StrEnum):
    """Why a compartment is to be emptied or looked into."""

    EXPIRED = "expired"
    UNCLEAR = "unclear"
    TO_CONFIRM = "to_confirm"


@value
class OverdueRow:
    """A compartment, what lies in it, why it is on the list, and until when its code was good."""

    compartment: int
    envelope: Envelope = field(repr=False)
    why: Overdue
    until: date


@value
class TakeBack(Step[OverdueRow | StaffTab | Back]):
    """Show the compartments that are to be emptied, or, if `confirming`, looked into by a second employee."""

    duty: OnDuty
    rows: tuple[OverdueRow, ...] = field(repr=False)
    tell: Tell | None = None
    confirming: bool = False


@value
class EnterCompartment(Step[str | StaffTab]):
    """Ask for the number on a compartment's door."""

    duty: OnDuty
    most: int
    tell: Tell | None = None


class OpenChoice(StrEnum):
    """What is done with a compartment besides opening it."""

    OPEN = "open"
    OUT_OF_ORDER = "out_of_order"
    IN_ORDER = "in_order"


class Why(StrEnum):
    """Why a compartment is opened."""

    DOCUMENT_JAMMED = "document_jammed"
    CITIZEN_ASKED = "citizen_asked"
    LOOK_INSIDE = "look_inside"
    CLEANING = "cleaning"
    REPAIR = "repair"
    OTHER = "other"


@value
class OpenWithReason(Step[Why | OpenChoice | Back]):
    """Ask why a compartment is to be opened; `note` is what was said about another reason."""

    duty: OnDuty
    compartment: int
    state: DoorState
    why: Why | None = None
    note: str = field(default="", repr=False)


@value
class EnterNote(Step[str | Back]):
    """Ask for another reason in a few words."""

    duty: OnDuty
    compartment: int
    most: int


@value
class FillColumn:
    """One column of the dispenser: it held `was` by the books, holds `now` as said here, and takes at most `room`.

    `product` None: the tariff does not know what the rig file says that lies in it, which is then its `article`.
    """

    number: int
    product: Product | None
    article: str
    year: int
    was: int
    now: int
    room: int
    trouble: str = ""


@value
class OneMoreIn:
    """One more piece in a column, or one less."""

    column: int
    by: int


class RefillChoice(StrEnum):
    """How the page of columns ends."""

    SAVE = "save"
    UNDO = "undo"


@value
class RefillBags(Step[OneMoreIn | RefillChoice | StaffTab | bytes | ReadersChanged]):
    """Ask how many pieces were put into each column; saving says too that columns with a trouble turn again.

    `readable`: the code on a pack can be scanned, and is the answer then.
    """

    duty: OnDuty
    columns: tuple[FillColumn, ...]
    tell: Tell | None = None
    readable: bool = False
