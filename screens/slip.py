"""What the citizen takes away: the text for her phone, and the words of the printed receipt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from central_office.contract.stages import READY_STAGES, Stage, ToBring
from central_office.contract.values import value
from screens.presenting.collecting import BRING, goal
from screens.presenting.life import EXPECTS, KINDS, OUTLOOKS
from screens.wording import Words, later

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from central_office.contract.documents import DocumentStatus
    from screens.surroundings import Surroundings

PHONE_BYTES: Final = 106
"""A phone's text is no longer: with error correction M its code stays at 41 modules (ISO/IEC 18004, version 6)."""

_PHONE: Final[Mapping[Stage, str]] = {
    Stage.APPLIED: later("{town}: {kind} {reference} is not here yet."),
    Stage.SENT_TO_PRODUCER: later("{town}: {kind} {reference} is not here yet."),
    Stage.IN_PRODUCTION: later("{town}: {kind} {reference} is not here yet."),
    Stage.SHIPPED_TO_OFFICE: later("{town}: {kind} {reference} is not here yet."),
    Stage.ARRIVED: later("{town}: {kind} {reference} has arrived."),
    Stage.READY_COUNTER: later("{town}: {kind} {reference} is ready."),
    Stage.READY_BOX: later("{town}: {kind} {reference} is ready."),
    Stage.RETURNED_TO_COUNTER: later("{town}: {kind} {reference} is ready."),
    Stage.HANDED_OVER: later("{town}: {kind} {reference} has been collected."),
    Stage.DIRECT_SHIP: later("{town}: {kind} {reference} is on the way to you."),
    Stage.AT_POST_BRANCH: later("{town}: {kind} {reference} is at the post."),
    Stage.DELIVERED: later("{town}: {kind} {reference} was delivered."),
    Stage.RETURNED_TO_OFFICE: later("{town}: {kind} {reference} came back to us."),
    Stage.CANCELLED: later("{town}: {kind} {reference} was cancelled."),
    Stage.DESTROYED: later("{town}: {kind} {reference} is no longer here."),
    Stage.LOST_IN_TRANSIT: later("{town}: {kind} {reference} was lost on the way."),
}


def phone_text(document: DocumentStatus, say: Words, around: Surroundings) -> str:
    """The answer as plain text for the citizen's phone, at most `PHONE_BYTES` long in UTF-8."""
    answer = say(
        _PHONE[document.stage],
        town=around.town,
        kind=say(KINDS[document.kind].name),
        reference=document.reference,
    )
    for more in _more(document, say, around):
        if len(f"{answer} {more}".encode()) <= PHONE_BYTES:
            return f"{answer} {more}"
    return answer.encode()[:PHONE_BYTES].decode("utf-8", "ignore")


def _more(document: DocumentStatus, say: Words, around: Surroundings) -> Iterator[str]:
    """What could follow the answer, the fullest first."""
    if document.stage in READY_STAGES or (document.stage is Stage.AT_POST_BRANCH and document.place is not None):
        place = goal(around, document).name
        if document.collect_until is not None:
            day = say.day_of_year(document.collect_until)
            yield say("{place}, until {day}.", place=place, day=day)
            yield say("Until {day}.", day=day)
        yield f"{place}."
    elif document.stage in EXPECTS and document.expected_on is not None and document.expected_on >= around.now.date():
        yield say("Expected {day}.", day=say.day_of_year(document.expected_on))


@value
class SlipWords:
    """The words of a receipt, in its order; `code` is the phone's text. It is the citizen's own: never log it."""

    town: str
    when: str
    title: str
    paragraphs: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    code: str
    code_caption: str
    closing: str

    def __repr__(self) -> str:
        return "SlipWords(…)"


def slip_words(document: DocumentStatus, as_of: datetime, language: str, around: Surroundings) -> SlipWords:
    """The receipt's words for a document's status as of `as_of` (aware)."""
    say, now, kind = Words(language), around.now, KINDS[document.kind]
    outlook = OUTLOOKS[document.stage]
    local = as_of.astimezone(now.tzinfo) if now.tzinfo else as_of
    return SlipWords(
        town=around.town,
        when=f"{say.day_of_year(now.date())}, {say.time(now.time())}",
        title=say(outlook.words, document=say(kind.yours)),
        paragraphs=tuple(_paragraphs(document, say)),
        pairs=(
            (say("Document"), say(kind.name)),
            (say("Order"), document.reference),
            *_facts(document, say, around),
            (say("As of"), f"{say.day_of_year(local.date())}, {say.time(local.time())}"),
        ),
        code=phone_text(document, say, around),
        code_caption=say("Scan it with your phone"),
        closing=say("There is no name on this slip."),
    )


def _paragraphs(document: DocumentStatus, say: Words) -> Iterator[str]:
    yield say(OUTLOOKS[document.stage].sentence, day=say.day(document.history[-1].on))
    if document.stage in READY_STAGES and document.bring:
        yield say("What you need to collect it") + ":"
        for thing in document.bring:
            words = KINDS[document.kind].old if thing is ToBring.OLD_DOCUMENT else BRING[thing][0]
            yield f"- {say(words)}"


def _facts(document: DocumentStatus, say: Words, around: Surroundings) -> Iterator[tuple[str, str]]:
    if document.stage in READY_STAGES or (document.stage is Stage.AT_POST_BRANCH and document.place is not None):
        there = goal(around, document)
        yield say("Where"), there.name
        if there.way:
            yield say("Way"), there.way
        if document.collect_until is not None:
            yield say("Collect it until"), say.day_of_year(document.collect_until)
    elif document.stage in EXPECTS and document.expected_on is not None and document.expected_on >= around.now.date():
        yield say("We expect it by"), say.day_of_year(document.expected_on)
