"""The questions of a visit that signs in with an identity card, in the order in which they are asked.

Digits that open a card are asked for and handed on: their pages keep nothing that was typed (`Step.keeps_typed`).
"""

from __future__ import annotations

from dataclasses import field
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, ClassVar

from central_office.contract.values import value
from screens.steps import Back, Changed, NumberProblem, Retry, ServiceKey, Step

if TYPE_CHECKING:
    from central_office.contract.documents import DocumentStatus


class CardProblem(StrEnum):
    """Why the card that lay on the reader could not be used; it may be placed again, or another one."""

    LEFT = "left"
    """It was taken away too early."""
    UNREADABLE = "unreadable"
    """Something lies there that says nothing: the wrong way round, not in the middle, without power."""
    NOT_IDENTITY = "not_identity"
    """A bank card, a library card, a health card."""
    MUTE = "mute"
    BUSY = "busy"
    DAMAGED = "damaged"


class Placed(StrEnum):
    """What became of the wait for a card."""

    HERE = "here"
    UNREADABLE = "unreadable"
    READER_GONE = "reader_gone"
    NOT_WITH_ME = "not_with_me"
    """The citizen does not have her card here."""


@value
class PlaceCard(Step[Placed | Back]):
    """Ask to lay the card on the reader; `again`: it was taken off to look at its print, and is needed once more."""

    service: ServiceKey = ServiceKey.DOCUMENT_STATUS
    problem: CardProblem | None = None
    again: bool = False


class Stage(StrEnum):
    """How far the card is read."""

    FOUND = "found"
    OPENING = "opening"
    READING = "reading"
    PROVING = "proving"
    LOOKING = "looking"
    """The card is read; the document is looked up."""


@value
class ReadingCard(Step[Changed | Back]):
    """Tell how far the card is read; the citizen may stop it."""

    stage: Stage
    service: ServiceKey = ServiceKey.DOCUMENT_STATUS


@value
class WhichCard(Step[bool | Back]):
    """Ask whether a German card is a residence permit (True) or an identity card: from outside both are the same."""

    service: ServiceKey = ServiceKey.DOCUMENT_STATUS


class PrintInstead(Enum):
    """The card has no six digits: it is opened with number, birth date and last day."""

    NO_DIGITS = "no_digits"


@value
class EnterCan(Step[str | PrintInstead | Changed | Back]):
    """Ask for the six digits printed on the card.

    `refused`: those typed before do not belong to it, and `tries_left` where the card counts. `by_print`: it can be
    opened with what else is printed on it, too.
    """

    keeps_typed: ClassVar[bool] = False
    refused: bool = False
    tries_left: int | None = None
    by_print: bool = False
    before_pin: bool = False
    """The card wants them before the PIN may be tried for the last time."""
    service: ServiceKey = ServiceKey.DOCUMENT_STATUS


@value
class EnterCardNumber(Step[str | Back]):
    """Ask for the number of a passport or card; `refused`: number and both days do not belong to it."""

    refused: bool = False
    service: ServiceKey = ServiceKey.DOCUMENT_STATUS


@value
class EnterCardBirthDate(Step[str | Back]):
    """Ask for the birth date as the card has it: eight digits, day, month, year, not yet checked."""

    problem: NumberProblem | None = None
    service: ServiceKey = ServiceKey.DOCUMENT_STATUS


@value
class EnterCardExpiry(Step[str | Back]):
    """Ask for the last day of the card, in the same way."""

    problem: NumberProblem | None = None
    service: ServiceKey = ServiceKey.DOCUMENT_STATUS


class CardEnd(StrEnum):
    """Why nobody is signed in with this card, however often it is placed."""

    EXPIRED = "expired"
    REFUSED = "refused"
    """Forged, withdrawn or copied; that is for people to say, not for a page."""
    NOT_PROVEN = "not_proven"
    """Nobody here can tell whether its data was signed by a state."""
    TELLS_TOO_LITTLE = "tells_too_little"
    """It says no name, or no birth date."""
    PIN_BLOCKED = "pin_blocked"
    """The PIN was typed three times and was another one's; nobody asks for the PUK at a kiosk."""
    SWITCHED_OFF = "switched_off"
    """The card's online function was never switched on."""
    NO_SERVICE = "no_service"
    """The service that reads such cards does not answer."""
    OTHER_WAY = "other_way"
    """A card of a kind that this kiosk is not set up to read."""


@value
class CardEnds(Step[Retry]):
    """Say kindly that this card does not help here, who helps, and which other way there is."""

    why: CardEnd
    service: ServiceKey = ServiceKey.DOCUMENT_STATUS


@value
class AllowReading(Step[bool | Changed]):
    """Say who asks for name and birth date, and for what, as the service's certificate has it; True: she agrees."""

    asked_by: str
    purpose: str
    service: ServiceKey = ServiceKey.DOCUMENT_STATUS


@value
class EnterPin(Step[str | Changed | Back]):
    """Ask for the PIN of the card, of so many digits as `lengths` allow; it is never drawn nor kept.

    `refused`: the one before was not this card's. `tries_left`: how often it may still be typed, if the card says so.
    """

    keeps_typed: ClassVar[bool] = False
    lengths: tuple[int, ...]
    tries_left: int | None = None
    refused: bool = False
    service: ServiceKey = ServiceKey.DOCUMENT_STATUS


@value
class EnterNewPin(Step[str | Changed | Back]):
    """Ask for a PIN of her own; `again`: for the same once more; `differed`: the two were not the same."""

    keeps_typed: ClassVar[bool] = False
    again: bool = False
    differed: bool = False
    service: ServiceKey = ServiceKey.DOCUMENT_STATUS


class OnPad(StrEnum):
    """What is to be typed on the reader's own keys."""

    PIN = "pin"
    CAN = "can"
    NEW_PIN = "new_pin"


@value
class TypeOnReader(Step[Changed | Back]):
    """Point at the keys of the reader, where the kiosk does not hear what is typed; as `EnterPin` otherwise."""

    what: OnPad
    tries_left: int | None = None
    refused: bool = False
    service: ServiceKey = ServiceKey.DOCUMENT_STATUS


@value
class TakeCardBack(Step[bool]):
    """Ask to take the card off the reader; True: it is away, False: she goes on. `last`: nothing else is to be done."""

    service: ServiceKey = ServiceKey.DOCUMENT_STATUS
    last: bool = False


@value
class ChooseMyDocument(Step[int | Changed | Back]):
    """Several documents of the holder are under way: ask which one, by its place in `documents`.

    Changed: her card was taken, and the visit ends with it.
    """

    documents: tuple[DocumentStatus, ...] = field(repr=False)
