"""A document's sixteen stages as a citizen sees them: at most five lines, and one answer."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from central_office.contract.stages import DocumentKind, Stage
from central_office.contract.values import value
from screens.icons import Icon
from screens.pages import Dot, Timeline, TimelineRow, Tone
from screens.wording import later

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from central_office.contract.documents import DocumentStatus
    from screens.presenting.occasion import Occasion


@value
class KindWords:
    """A kind of document: its name, and as the citizen's own at the beginning of a sentence."""

    name: str
    yours: str
    old: str
    old_strong: str


KINDS: Final[Mapping[DocumentKind, KindWords]] = {
    DocumentKind.IDENTITY_CARD: KindWords(
        later("Identity card"),
        later("Your ID card"),
        later("Your old ID card, if you still have it"),
        later("old ID card"),
    ),
    DocumentKind.PASSPORT: KindWords(
        later("Passport"),
        later("Your passport"),
        later("Your old passport, if you still have it"),
        later("old passport"),
    ),
    DocumentKind.RESIDENCE_PERMIT: KindWords(
        later("Residence permit"),
        later("Your residence permit"),
        later("Your old residence permit, if you still have it"),
        later("old residence permit"),
    ),
    DocumentKind.EID_CARD: KindWords(
        later("eID card"),
        later("Your eID card"),
        later("Your old eID card, if you still have it"),
        later("old eID card"),
    ),
    DocumentKind.CHILD_PASSPORT: KindWords(
        later("Child’s passport"),  # noqa: RUF001  an apostrophe
        later("The child’s passport"),  # noqa: RUF001  an apostrophe
        later("The old child’s passport, if you still have it"),  # noqa: RUF001  an apostrophe
        later("old child’s passport"),  # noqa: RUF001  an apostrophe
    ),
}


class Line(Enum):
    """A line of the timeline."""

    APPLIED = auto()
    IN_PRODUCTION = auto()
    ON_THE_WAY = auto()
    ARRIVED = auto()
    READY = auto()
    COLLECTED = auto()
    SENT_TO_YOU = auto()
    AT_POST_BRANCH = auto()
    CAME_BACK = auto()
    DELIVERED = auto()
    CANCELLED = auto()
    DESTROYED = auto()
    LOST = auto()


_LINE_OF: Final[Mapping[Stage, Line]] = {
    Stage.APPLIED: Line.APPLIED,
    Stage.SENT_TO_PRODUCER: Line.IN_PRODUCTION,
    Stage.IN_PRODUCTION: Line.IN_PRODUCTION,
    Stage.SHIPPED_TO_OFFICE: Line.ON_THE_WAY,
    Stage.ARRIVED: Line.ARRIVED,
    Stage.READY_COUNTER: Line.READY,
    Stage.READY_BOX: Line.READY,
    Stage.RETURNED_TO_COUNTER: Line.READY,
    Stage.HANDED_OVER: Line.COLLECTED,
    Stage.DIRECT_SHIP: Line.SENT_TO_YOU,
    Stage.AT_POST_BRANCH: Line.AT_POST_BRANCH,
    Stage.DELIVERED: Line.DELIVERED,
    Stage.RETURNED_TO_OFFICE: Line.CAME_BACK,
    Stage.CANCELLED: Line.CANCELLED,
    Stage.DESTROYED: Line.DESTROYED,
    Stage.LOST_IN_TRANSIT: Line.LOST,
}

_LINE_WORDS: Final[Mapping[Line, str]] = {
    Line.APPLIED: later("Applied"),
    Line.IN_PRODUCTION: later("In production"),
    Line.ON_THE_WAY: later("On the way to {town}"),
    Line.ARRIVED: later("Arrived in {town}"),
    Line.READY: later("Ready to collect"),
    Line.COLLECTED: later("Collected"),
    Line.SENT_TO_YOU: later("On the way to you"),
    Line.AT_POST_BRANCH: later("At the post branch"),
    Line.CAME_BACK: later("Back in {town}"),
    Line.DELIVERED: later("Delivered to you"),
    Line.CANCELLED: later("Cancelled"),
    Line.DESTROYED: later("Destroyed for safety"),
    Line.LOST: later("Lost on the way"),
}

_BY_TOWN: Final = (Line.APPLIED, Line.IN_PRODUCTION, Line.ARRIVED, Line.READY, Line.COLLECTED)
_FROM_TRANSPORT: Final = (Line.APPLIED, Line.IN_PRODUCTION, Line.ON_THE_WAY, Line.READY, Line.COLLECTED)
_BY_POST: Final = (Line.APPLIED, Line.IN_PRODUCTION, Line.SENT_TO_YOU, Line.DELIVERED)
_BY_BRANCH: Final = (Line.APPLIED, Line.IN_PRODUCTION, Line.SENT_TO_YOU, Line.AT_POST_BRANCH, Line.DELIVERED)
_BACK_FROM_POST: Final = (Line.APPLIED, Line.SENT_TO_YOU, Line.CAME_BACK, Line.READY, Line.COLLECTED)

_EXPECTED: Final = frozenset({Line.ARRIVED, Line.READY, Line.DELIVERED})
"""The lines the office's expected day may be about; it is about the first of them to come."""

_ENDS: Final = frozenset({Line.COLLECTED, Line.DELIVERED})
_STOPS: Final = frozenset({Line.CANCELLED, Line.DESTROYED, Line.LOST})
_ROWS: Final = 5

_ICONS: Final[Mapping[Line, Icon]] = {
    Line.APPLIED: Icon.TASK,
    Line.IN_PRODUCTION: Icon.ENGINEERING,
    Line.ON_THE_WAY: Icon.LOCAL_SHIPPING,
    Line.ARRIVED: Icon.MOVE_TO_INBOX,
    Line.READY: Icon.HAND_PACKAGE,
    Line.SENT_TO_YOU: Icon.LOCAL_SHIPPING,
    Line.AT_POST_BRANCH: Icon.STOREFRONT,
    Line.CAME_BACK: Icon.MOVE_TO_INBOX,
}


def timeline(o: Occasion, document: DocumentStatus) -> Timeline:
    """Where the document is: what is done, what is now, what comes."""
    lines = [(_LINE_OF[reached.stage], reached.on) for reached in document.history]
    now = lines[-1][0]
    expected = document.expected_on if document.stage in EXPECTS else None
    rows = _stopped_rows(o, lines) if now in _STOPS else _rows(o, lines, expected)
    return Timeline(o.say("Where it is"), rows, _ICONS.get(now, Icon.TASK))


def where_now(o: Occasion, document: DocumentStatus) -> str:
    """The stage it has come to, in two or three words."""
    return o.say(_LINE_WORDS[_LINE_OF[document.stage]], town=o.surroundings.town)


def _route(lines: list[tuple[Line, date]]) -> tuple[Line, ...]:
    """The lines this document passes; whatever its history, the present line is among them."""
    seen = [line for line, _ in lines]
    usual: tuple[Line, ...]
    if Line.CAME_BACK in seen:
        usual = _BACK_FROM_POST
    elif Line.AT_POST_BRANCH in seen:
        usual = _BY_BRANCH
    elif Line.SENT_TO_YOU in seen:
        usual = _BY_POST
    else:
        usual = _BY_TOWN
    # A lost document may be found in the town, or be made anew: then it goes on by another route.
    return next(route for route in (usual, _BY_TOWN, _FROM_TRANSPORT, _BY_BRANCH, _BACK_FROM_POST) if seen[-1] in route)


def _rows(o: Occasion, lines: list[tuple[Line, date]], expected: date | None) -> tuple[TimelineRow, ...]:
    route, now = _route(lines), lines[-1][0]
    place, since = route.index(now), _since(lines)
    coming = next((line for line in route[place + 1 :] if line in _EXPECTED), None)
    expected = expected if expected is not None and expected >= o.surroundings.now.date() else None
    rows = []
    for number, line in enumerate(route):
        words = o.say(_LINE_WORDS[line], town=o.surroundings.town)
        if number < place or line in _ENDS & {now}:
            rows.append(TimelineRow(Dot.DONE, words, o.say.day(since[line]) if line in since else o.say("done")))
        elif number == place:
            rows.append(TimelineRow(Dot.NOW, words, o.say("since {day}", day=o.say.day(since[line]))))
        elif line is coming and expected is not None:
            rows.append(TimelineRow(Dot.LATER, words, o.say("expected {day}", day=o.say.day(expected))))
        else:
            rows.append(TimelineRow(Dot.LATER, words, o.say("not yet")))
    return tuple(rows)


def _stopped_rows(o: Occasion, lines: list[tuple[Line, date]]) -> tuple[TimelineRow, ...]:
    """What was reached, and where it stopped."""
    since, stop = _since(lines), lines[-1][0]
    reached = [line for line in since if line not in _STOPS]
    rows = [
        TimelineRow(Dot.DONE, o.say(_LINE_WORDS[line], town=o.surroundings.town), o.say.day(since[line]))
        for line in reached[-(_ROWS - 1) :]
    ]
    return (*rows, TimelineRow(Dot.STOPPED, o.say(_LINE_WORDS[stop]), o.say.day(since[stop])))


def _since(lines: list[tuple[Line, date]]) -> dict[Line, date]:
    """The day each line was last entered, in the order they were last entered."""
    since: dict[Line, date] = {}
    before: Line | None = None
    for line, day in lines:
        if line is not before:
            since.pop(line, None)
            since[line] = day
        before = line
    return since


@value
class Outlook:
    """The answer: what a banner says of a stage, with and without naming the document, and what comes next."""

    tone: Tone
    icon: Icon
    words: str
    sentence: str


OUTLOOKS: Final[Mapping[Stage, Outlook]] = {
    Stage.APPLIED: Outlook(
        Tone.INFO, Icon.SCHEDULE, later("{document} is not here yet"), later("We have your application.")
    ),
    Stage.SENT_TO_PRODUCER: Outlook(
        Tone.INFO, Icon.SCHEDULE, later("{document} is not here yet"), later("It is about to be made.")
    ),
    Stage.IN_PRODUCTION: Outlook(
        Tone.INFO, Icon.SCHEDULE, later("{document} is not here yet"), later("It is being made.")
    ),
    Stage.SHIPPED_TO_OFFICE: Outlook(
        Tone.INFO, Icon.LOCAL_SHIPPING, later("{document} is not here yet"), later("It is on its way to us.")
    ),
    Stage.ARRIVED: Outlook(
        Tone.INFO, Icon.MOVE_TO_INBOX, later("{document} has arrived"), later("We get it ready for you now.")
    ),
    Stage.READY_COUNTER: Outlook(Tone.OK, Icon.CHECK, later("{document} is ready"), later("You can collect it.")),
    Stage.READY_BOX: Outlook(Tone.OK, Icon.CHECK, later("{document} is ready"), later("You can collect it.")),
    Stage.RETURNED_TO_COUNTER: Outlook(
        Tone.OK, Icon.CHECK, later("{document} is ready"), later("It is at the counter again.")
    ),
    Stage.HANDED_OVER: Outlook(
        Tone.OK, Icon.CHECK, later("{document} has been collected"), later("We handed it over on {day}.")
    ),
    Stage.DIRECT_SHIP: Outlook(
        Tone.INFO, Icon.LOCAL_SHIPPING, later("{document} is on the way to you"), later("The post brings it home.")
    ),
    Stage.AT_POST_BRANCH: Outlook(
        Tone.WARN, Icon.STOREFRONT, later("{document} waits at the post branch"), later("Collect it there.")
    ),
    Stage.DELIVERED: Outlook(
        Tone.OK, Icon.CHECK, later("{document} was delivered"), later("The post handed it over on {day}.")
    ),
    Stage.RETURNED_TO_OFFICE: Outlook(
        Tone.INFO, Icon.MOVE_TO_INBOX, later("{document} came back to us"), later("The post did not reach you.")
    ),
    Stage.CANCELLED: Outlook(
        Tone.WARN, Icon.WARNING, later("{document} was cancelled"), later("The order ended on {day}.")
    ),
    Stage.DESTROYED: Outlook(
        Tone.WARN,
        Icon.WARNING,
        later("{document} is no longer here"),
        later("We destroyed it to protect you. You can apply again."),
    ),
    Stage.LOST_IN_TRANSIT: Outlook(
        Tone.WARN, Icon.WARNING, later("{document} was lost on the way"), later("We take care of it.")
    ),
}
"""The answer for every stage."""

EXPECTS: Final = frozenset(
    {
        Stage.APPLIED,
        Stage.SENT_TO_PRODUCER,
        Stage.IN_PRODUCTION,
        Stage.SHIPPED_TO_OFFICE,
        Stage.DIRECT_SHIP,
    }
)
"""The stages in which the expected day still counts."""

WRITES: Final = frozenset(
    {
        Stage.APPLIED,
        Stage.SENT_TO_PRODUCER,
        Stage.IN_PRODUCTION,
        Stage.SHIPPED_TO_OFFICE,
        Stage.ARRIVED,
        Stage.RETURNED_TO_OFFICE,
        Stage.LOST_IN_TRANSIT,
    }
)
"""The stages after which the office writes a letter."""
