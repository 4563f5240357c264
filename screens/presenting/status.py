"""The page that says where a document is: the answer first, then the way it went, what to bring, what to take away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from central_office.contract.stages import READY_STAGES, Stage, ToBring
from screens.icons import Icon
from screens.look import TextSize
from screens.pages import (
    Answer,
    Banner,
    FactRow,
    Facts,
    Key,
    KeyState,
    Layout,
    Note,
    Small,
    TakeAway,
    Tone,
    Turn,
    TurnPage,
    Weight,
)
from screens.presenting.collecting import BRING, goal
from screens.presenting.life import EXPECTS, KINDS, OUTLOOKS, WRITES, timeline
from screens.presenting.occasion import primary
from screens.slip import phone_text
from screens.steps import SlipState, StatusChoice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from central_office.contract.documents import DocumentStatus
    from screens.pages import Block, Page
    from screens.presenting.occasion import Occasion
    from screens.steps import ShowStatus

_ROWS_AT_ONCE: Final = 4
"""More facts than these do not fit on a page together with all the rest."""

_COLLECTING: Final = READY_STAGES | {Stage.AT_POST_BRANCH}


def show_status(step: ShowStatus, o: Occasion) -> Page:
    """Say where the document is."""
    say, document = o.say, step.document
    banner = _banner(o, document)
    facts = _facts(o, document)
    take_away = TakeAway(
        say("Take this with you"),
        phone_text(document, say, o.surroundings),
        say("Scan it with your phone"),
        *_print_key(o, step.slip),
    )
    privacy = Note(
        Tone.QUIET,
        Icon.SHIELD,
        say(
            "Private: this page is deleted when you end the session. It closes by itself after {seconds} seconds "
            "without a touch.",
            seconds=o.surroundings.idle_seconds,
        ),
    )
    checked = _as_of(o, step)
    life = timeline(o, document)
    finish = primary("finish", say("Finish"), Answer(StatusChoice.FINISH), Icon.CHECK)
    parts: list[tuple[str, tuple[Block, ...]]] = [
        (say("Where it is"), (life,)),
        *_fact_parts(o, facts, collecting=document.stage in _COLLECTING),
        (say("Take this with you"), (take_away, privacy, checked)),
    ]
    if o.look.text is not TextSize.NORMAL and isinstance(checked, Note):
        parts[-1:] = [(say("Take this with you"), (take_away,)), (say("How new this is"), (checked, privacy))]
    part = min(o.entry.part, len(parts) - 1)
    compact = _part(o, banner, parts, part)
    crowded = sum(len(block.rows) for block in facts) > _ROWS_AT_ONCE
    whole: tuple[Block, ...] = (banner, life, take_away, *facts, checked, privacy)
    return o.page(
        step,
        Layout.RESULT,
        *(compact if crowded else whole),
        actions=(o.back(), finish),
        private=True,
        compact_blocks=compact,
        part=part,
        parts=len(parts),
    )


def _part(o: Occasion, banner: Banner, parts: list[tuple[str, tuple[Block, ...]]], part: int) -> tuple[Block, ...]:
    following = (part + 1) % len(parts)
    turn = Turn(
        Key(
            "turn",
            parts[following][0],
            TurnPage(following),
            icon=Icon.EXPAND_MORE if following else Icon.UNDO,
            icon_first=True,
        ),
        o.say("Page {part} of {parts}", part=part + 1, parts=len(parts)),
    )
    if part:
        banner = Banner(banner.tone, banner.icon, banner.words, aloud=banner.aloud)
    else:
        banner = Banner(banner.tone, banner.icon, banner.words, banner.sentence, aloud=banner.aloud)
    return (banner, *parts[part][1], turn)


def _fact_parts(o: Occasion, facts: tuple[Facts, ...], *, collecting: bool) -> Iterator[tuple[str, tuple[Block, ...]]]:
    room = _ROWS_AT_ONCE - 1 if o.look.text is TextSize.VERY_LARGE else _ROWS_AT_ONCE
    for block in facts:
        for first in range(0, len(block.rows), room):
            title = o.say("What you need") if collecting else o.say("What you can do")
            yield title, (Facts(block.title, block.rows[first : first + room]),)


def _banner(o: Occasion, document: DocumentStatus) -> Banner:
    say, kind, outlook = o.say, KINDS[document.kind], OUTLOOKS[document.stage]
    return Banner(
        outlook.tone,
        outlook.icon,
        say(outlook.words, document=say(kind.yours)),
        " ".join(_sentences(o, document)),
        say("{kind} · order {reference}", kind=say(kind.name), reference=document.reference),
        aloud=say(outlook.words, document=say("Your document")),
    )


def _sentences(o: Occasion, document: DocumentStatus) -> Iterator[str]:
    """What follows from the stage, in a few short sentences."""
    say, stage, today = o.say, document.stage, o.surroundings.now.date()
    if stage in READY_STAGES and _open_today(o, document):
        yield say("You can take it with you today.")
        return
    yield say(OUTLOOKS[stage].sentence, day=say.day(document.history[-1].on))
    if document.expected_on is not None and stage in EXPECTS:
        if document.expected_on >= today:
            yield say("We expect it by {day}.", day=say.day(document.expected_on))
        else:
            yield say("It takes longer than planned.")
    if stage in WRITES:
        yield say("We will write to you.")


def _open_today(o: Occasion, document: DocumentStatus) -> bool:
    place = goal(o.surroundings, document).place
    return place is not None and place.open_until is not None


def _facts(o: Occasion, document: DocumentStatus) -> tuple[Facts, ...]:
    say, stage = o.say, document.stage
    if stage in READY_STAGES:
        return (Facts(say("What you need to collect it"), (*_bring(o, document), _where(o, document))),)
    if stage is Stage.AT_POST_BRANCH:
        there = () if document.place is None else (_where(o, document),)
        card = FactRow(Icon.MAIL, say("The card the post left for you"), say("card"))
        return (Facts(say("What you need to collect it"), (card, *_bring(o, document), *there)),)
    rows = tuple(_what_next(o, document))
    return (Facts(say("What you can do now"), rows),)


def _bring(o: Occasion, document: DocumentStatus) -> Iterator[FactRow]:
    say = o.say
    for thing in document.bring:
        words, strong, icon = BRING[thing]
        if thing is ToBring.OLD_DOCUMENT:
            kind = KINDS[document.kind]
            yield FactRow(icon, say(kind.old), say(kind.old_strong), aloud=say(words))
        else:
            yield FactRow(icon, say(words), say(strong))


def _where(o: Occasion, document: DocumentStatus) -> FactRow:
    say, there = o.say, goal(o.surroundings, document)
    words = f"{there.name}, {there.way}" if there.way else there.name
    if document.collect_until is not None:
        words = say("{place}, until {day}", place=words, day=say.day(document.collect_until))
    return FactRow(Icon.PIN_DROP, words, there.name)


def _what_next(o: Occasion, document: DocumentStatus) -> Iterator[FactRow]:
    say = o.say
    match document.stage:
        case Stage.HANDED_OVER | Stage.DELIVERED:
            yield FactRow(Icon.HELP, say("Was it not you? Tell us at once."))
        case Stage.CANCELLED | Stage.DESTROYED:
            yield FactRow(Icon.HELP, say("We can tell you why, and what to do."))
        case Stage.LOST_IN_TRANSIT:
            yield FactRow(Icon.HELP, say("Do you need it soon? We find a way."))
        case Stage.DIRECT_SHIP:
            yield FactRow(Icon.BADGE, say("Show the post your identity document."))
        case _:
            yield FactRow(Icon.MAIL, say("You do not need to do anything."))
    yield FactRow(Icon.STOREFRONT, o.help_here())


def _print_key(o: Occasion, slip: SlipState) -> tuple[Key | None, str]:
    say, act = o.say, Answer(StatusChoice.PRINT)

    def key(words: str, state: KeyState = KeyState.NORMAL) -> Key:
        return Key("print", words, act, Weight.SECONDARY, Icon.PRINT, icon_first=True, state=state)

    match slip:
        case SlipState.OFFERED:
            return key(say("Print")), ""
        case SlipState.PRINTING:
            return key(say("One moment"), KeyState.BUSY), say("We print your receipt.")
        case SlipState.PRINTED:
            return None, say("Your receipt is printed. Take it below this screen.")
        case SlipState.NOT_PRINTED:
            return key(say("Try again")), say("We cannot print now. Scan the code with your phone instead.")
        case SlipState.UNKNOWN:
            return key(say("Print again")), say("Look below this screen. Is no receipt there? Print it again.")
        case SlipState.NO_PRINTER:
            return None, say("We cannot print now. Scan the code with your phone instead.")


def _as_of(o: Occasion, step: ShowStatus) -> Block:
    say, zone = o.say, o.surroundings.now.tzinfo
    as_of = step.as_of.astimezone(zone) if zone else step.as_of
    day, time = say.weekday(as_of.date()), say.time(as_of.time())
    if not step.stale:
        return Small(say("As of {day}, {time}", day=day, time=time))
    may_have_changed = say("It may have changed since.")
    return Note(
        Tone.WARN,
        Icon.HISTORY,
        f"{may_have_changed} {o.help_here()}",
        strong=say("This is what we knew on {day} at {time}.", day=day, time=time),
    )
