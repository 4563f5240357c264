"""The sentences of staff's pages that depend on what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from central_office.contract.values import value
from screens.pages import Tone
from screens.steps import CodeProblem
from screens.steps_staff import Check, Collector, OldDocument, Purpose, StaffNews, StaffTab, Why
from screens.wording import later

if TYPE_CHECKING:
    from collections.abc import Mapping

CARD_PROBLEMS: Final[Mapping[CodeProblem, str]] = {
    CodeProblem.NOT_OURS: later("This is not a valid staff card."),
    CodeProblem.DAMAGED: later("We can read only a part of this card."),
    CodeProblem.OTHER_TOWN: later("This card comes from another town."),
    CodeProblem.READER_GONE: later("The scanner does not work now."),
}

CODE_PROBLEMS: Final[Mapping[CodeProblem, str]] = {
    CodeProblem.NOT_OURS: later("This is not a pickup code."),
    CodeProblem.DAMAGED: later("We can read only a part of this code."),
    CodeProblem.OTHER_TOWN: later("This code comes from another town."),
    CodeProblem.READER_GONE: later("The scanner does not work now."),
}

NEWS: Final[Mapping[StaffNews, tuple[Tone, str, str]]] = {
    StaffNews.LOADED: (
        Tone.OK,
        later("Compartment {number} is loaded."),
        later("The office gives out the code and prepares the message."),
    ),
    StaffNews.LOADED_FOUR_EYES: (
        Tone.OK,
        later("Compartment {number} is loaded."),
        later("A second employee has to confirm it."),
    ),
    StaffNews.UNKNOWN_LABEL: (
        Tone.BAD,
        later("This document is not on the list."),
        later("Look it up at the office. It may be loaded already."),
    ),
    StaffNews.NOT_A_LABEL: (
        Tone.BAD,
        later("This is not a label of ours."),
        later("Scan the label on the envelope, or type it."),
    ),
    StaffNews.REFILLED: (
        Tone.OK,
        later("Your numbers are saved."),
        later("The office knows them with the next line."),
    ),
    StaffNews.UNKNOWN_PACK: (
        Tone.BAD,
        later("This pack is not in the tariff."),
        later("Set the number with plus."),
    ),
    StaffNews.PACK_TOO_LARGE: (
        Tone.WARN,
        later("Not all of this pack fits in."),
        later("What is left over stays in the pack."),
    ),
    StaffNews.NO_COMPARTMENT: (
        Tone.WARN,
        later("No compartment is free."),
        later("Take back what is overdue."),
    ),
    StaffNews.NO_COMPARTMENT_IN_REACH: (
        Tone.WARN,
        later("No compartment is free that one reaches sitting."),
        later("Keep this document at the counter."),
    ),
    StaffNews.DOOR_STUCK: (
        Tone.WARN,
        later("Compartment {number} stays closed."),
        later("It is marked as out of order. The technicians know."),
    ),
    StaffNews.DOOR_UNCLEAR: (
        Tone.WARN,
        later("Compartment {number} is not clear."),
        later("Somebody has to look. The office knows."),
    ),
    StaffNews.SKIPPED: (Tone.WARN, later("Compartment {number} stays as it was."), later("Nothing was changed.")),
    StaffNews.WALL_AWAY: (
        Tone.BAD,
        later("The compartments do not answer."),
        later("Nothing was opened. Try again in a minute."),
    ),
    StaffNews.CONFIRMED: (
        Tone.OK,
        later("Compartment {number} is confirmed."),
        later("The office gives out the code and prepares the message."),
    ),
    StaffNews.CODE_OPENS_NOTHING: (
        Tone.BAD,
        later("No compartment opens with this code."),
        later("Compare it with the message. It may be used."),
    ),
    StaffNews.CODE_LOCKED: (
        Tone.BAD,
        later("This code is locked now."),
        later("The office can give out another one."),
    ),
    StaffNews.HANDED_OVER: (
        Tone.OK,
        later("The document from compartment {number} is handed over."),
        later("It is written down."),
    ),
    StaffNews.TAKEN_BACK: (
        Tone.OK,
        later("Compartment {number} is empty."),
        later("The document is on the counter’s list."),  # noqa: RUF001  an apostrophe
    ),
    StaffNews.OPENED: (Tone.OK, later("Compartment {number} was opened."), later("It is written down.")),
    StaffNews.OUT_OF_ORDER: (
        Tone.OK,
        later("Compartment {number} is marked as out of order."),
        later("The technicians know."),
    ),
    StaffNews.IN_ORDER: (Tone.OK, later("Compartment {number} is in order again."), later("It is used again.")),
    StaffNews.NO_SUCH_COMPARTMENT: (
        Tone.BAD,
        later("There is no compartment {number}."),
        later("Look at the number on the door."),
    ),
}

CHECKS: Final[Mapping[Check, str]] = {
    Check.IDENTITY: later("I have seen an ID card, passport or a power of attorney"),
    Check.PIN_LETTER: later("The PIN letter has come, or a new PIN is set"),
}

COLLECTORS: Final = (
    (Collector.HOLDER, later("The holder")),
    (Collector.PROXY, later("A proxy")),
    (Collector.PARENT, later("A parent")),
)

OLD: Final = (
    (OldDocument.RETAINED, later("Kept")),
    (OldDocument.RETURNED, later("Punched")),
    (OldDocument.LOST, later("Lost")),
    (OldDocument.NONE, later("None")),
)

REASONS: Final = (
    (Why.DOCUMENT_JAMMED, later("Jammed")),
    (Why.CITIZEN_ASKED, later("Somebody asked")),
    (Why.LOOK_INSIDE, later("Look inside")),
    (Why.CLEANING, later("Cleaning")),
    (Why.REPAIR, later("Repair")),
    (Why.OTHER, later("Another reason")),
)


@value
class DoorWords:
    """What the page of an open door says."""

    heading: str
    sentence: str
    finished: str
    tab: StaffTab
    skip: str = ""


DOORS: Final[Mapping[Purpose, DoorWords]] = {
    Purpose.LOAD: DoorWords(
        later("Load documents"),
        later("Put the envelope in, close the door"),
        later("It is in, closed"),
        StaffTab.LOAD,
        later("Skip"),
    ),
    Purpose.CONFIRM: DoorWords(
        later("Confirm what was loaded"),
        later("Compare the envelope, close the door"),
        later("It is right, closed"),
        StaffTab.LOAD,
        later("Not right"),
    ),
    Purpose.HAND_OVER: DoorWords(
        later("Hand over a document"),
        later("Take the document, close the door"),
        later("I have it, closed"),
        StaffTab.HAND_OVER,
    ),
    Purpose.TAKE_BACK: DoorWords(
        later("Take documents back"),
        later("Take the document, close the door"),
        later("I have it, closed"),
        StaffTab.TAKE_BACK,
        later("It was empty"),
    ),
    Purpose.OPEN: DoorWords(
        later("Open a compartment"),
        later("The compartment is open. Close it afterwards"),
        later("It is closed"),
        StaffTab.OPEN,
    ),
}
"""`later` sentences, by what staff is doing."""
