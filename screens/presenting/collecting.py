"""What it takes to collect a document: what to bring, and where to go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from central_office.contract.stages import ToBring
from central_office.contract.values import value
from screens.icons import Icon
from screens.wording import later

if TYPE_CHECKING:
    from collections.abc import Mapping

    from central_office.contract.documents import DocumentStatus
    from screens.surroundings import OtherPlace, Surroundings

BRING: Final[Mapping[ToBring, tuple[str, str, Icon]]] = {
    ToBring.PICKUP_CODE: (later("The pickup code from your letter"), later("pickup code"), Icon.PIN),
    ToBring.OLD_DOCUMENT: (later("Your old document, if you still have it"), later("old document"), Icon.ID_CARD),
    ToBring.THIS_LETTER: (later("The letter we sent you"), later("letter"), Icon.MAIL),
    ToBring.PIN_LETTER_CONFIRMATION: (
        later("Your word that the PIN letter has come"),
        later("PIN letter"),
        Icon.TASK_ALT,
    ),
    ToBring.WRITTEN_AUTHORITY: (
        later("A written authority, if you come for someone else"),
        later("written authority"),
        Icon.EDIT,
    ),
    ToBring.SECOND_IDENTITY_DOCUMENT: (
        later("Another valid identity document with a photo"),
        later("identity document"),
        Icon.BADGE,
    ),
}
"""What to bring: the sentence, its bold part, its picture."""


@value
class Goal:
    """Where the citizen goes; `open_until` None if that is not known or it is closed."""

    name: str
    way: str
    place: OtherPlace | None


def goal(around: Surroundings, document: DocumentStatus) -> Goal:
    """Where the citizen goes for the document, as the town names it in the page's language."""
    if document.place is None:
        return Goal(around.counter.name, around.counter.way, around.counter)
    known = around.places.get(document.place.key)
    if known is not None:
        return Goal(known.name, known.way, known)
    return Goal(document.place.name, document.place.way, None)
