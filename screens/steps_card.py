"""The questions of a visit that signs in with an identity card, in the order in which they are asked.

What opens a card is asked for and handed on: these pages keep nothing that was typed (`Step.keeps_typed`).
"""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum
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


class PrintInstead(StrEnum):
    """The card has no six digits: it is opened with number, birth date and last day."""

    NO_DIGITS = "no_digits"


@value
class EnterCan(Step[str | PrintInstead | Back]):
    """Ask for the six digits printed on the card.

    `refused`: those typed before do not belong to it, and `tries_left` where the card counts. `by_print`: it can be
    opened with what else is printed on it, too.
    """

    keeps_typed: ClassVar[bool] = False
    refused: bool = False
    tries_left: int | None = None
    by_print: bool = False
    service: ServiceKey = ServiceKey.DOCUMENT_STATUS


@value
class EnterCardNumber(Step[str | Back]):
    """Ask for the number of a passport or card; `refused`: number and both days do not belong to it."""

    keeps_typed: ClassVar[bool] = False
    refused: bool = False
    service: ServiceKey = ServiceKey.DOCUMENT_STATUS


@value
class EnterCardBirthDate(Step[str | Back]):
    """Ask for the birth date as the card has it: eight digits, day, month, year, not yet checked."""

    keeps_typed: ClassVar[bool] = False
    problem: NumberProblem | None = None
    service: ServiceKey = ServiceKey.DOCUMENT_STATUS


@value
class EnterCardExpiry(Step[str | Back]):
    """Ask for the last day of the card, in the same way."""

    keeps_typed: ClassVar[bool] = False
    problem: NumberProblem | None = None
    service: ServiceKey = ServiceKey.DOCUMENT_STATUS


class CardEnd(StrEnum):
    """Why nobody is signed in with this card, however often it is placed."""

    EXPIRED = "expired"
    REFUSED = "refused"
    """Forged, withdrawn or copied; that is for people to say, not for a page."""
    NOT_PROVEN = "not_proven"
    """Nobody here can tell whether its data was signed by a state."""
    NO_NAME = "no_name"
    """It says a number and no name."""
    OTHER_WAY = "other_way"
    """A card of a kind that this kiosk is not set up to read."""


@value
class CardEnds(Step[Retry]):
    """Say kindly that this card does not help here, who helps, and which other way there is."""

    why: CardEnd
    service: ServiceKey = ServiceKey.DOCUMENT_STATUS


@value
class TakeCardBack(Step[Changed | None]):
    """Ask to take the card off the reader; `last`: nothing else is to be done."""

    service: ServiceKey = ServiceKey.DOCUMENT_STATUS
    last: bool = False


@value
class ChooseMyDocument(Step[int | Back]):
    """Several documents of the holder are under way: ask which one, by its place in `documents`."""

    documents: tuple[DocumentStatus, ...] = field(repr=False)
