"""The pages around a visit: attract, home, why something is not available, goodbye, apology, out of service."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from screens.icons import Icon
from screens.look import TextSize
from screens.pages import (
    Answer,
    Heading,
    Key,
    KeyState,
    LanguageKey,
    Languages,
    Layout,
    Mention,
    Mentions,
    Note,
    Small,
    Tile,
    Tiles,
    Tone,
    Turn,
    TurnPage,
    Welcome,
)
from screens.presenting.occasion import LANGUAGES_AT_ONCE, own_name, primary
from screens.presenting.services import MOST_MENTIONS, PAIRS, REASONS, SERVICES, step_header
from screens.steps import Begin, StaffCalled
from screens.wording import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from screens.pages import Block, Page
    from screens.presenting.occasion import Occasion
    from screens.steps import (
        Apology,
        Attract,
        ExplainUnavailable,
        Farewell,
        Home,
        Offer,
        OutOfService,
        ServiceKey,
    )
    from screens.surroundings import Surroundings

_TILES_AT_ONCE = {TextSize.NORMAL: 8, TextSize.LARGE: 4, TextSize.VERY_LARGE: 3}
_TILES_IN_REACH = 4
"""One row of them, where the key to more services stands within low reach below."""

_NOON, _EVENING, _GREETED_GOOD_MORNING_BEFORE = 12, 18, 11


def attract(step: Attract, o: Occasion) -> Page:
    """Invite whoever stands there, in every language on offer."""
    say, tags = o.say, o.surroundings.languages
    languages = tuple(
        LanguageKey(
            Key(f"language_{tag}", own_name(words), Answer(Begin(tag)), icon=Icon.ARROW_FORWARD),
            words.apart("below the name of the language, on its key", "Start here"),
            rtl=words.rtl,
        )
        for tag, words in ((tag, Words(tag)) for tag in tags[:LANGUAGES_AT_ONCE])
    )
    page = o.page(
        step,
        Layout.ATTRACT,
        Welcome(_welcome(o.look.language, o.surroundings)),
        Mentions(say("What you can do here"), tuple(islice(_mentions(o, step.services), MOST_MENTIONS))),
        Languages(say("Touch your language to begin"), Icon.TOUCH_APP, languages),
    )
    return replace(page, held=Answer(StaffCalled()))


def _welcome(first: str, around: Surroundings) -> tuple[tuple[str, str], ...]:
    """The town's greeting large in one language and small in the next, beginning with the citizen's."""
    tags = [first, *(tag for tag in around.languages if tag != first)]
    large, small = [], []
    for say in (Words(tag) for tag in tags):
        large.append(say("Welcome"))
        small.append(say("Welcome to {town} town hall", town=around.town))
    return tuple(zip(large, [*small[1:], small[0]], strict=True))


def _mentions(o: Occasion, services: tuple[ServiceKey, ...]) -> Iterator[Mention]:
    together = {pair[0]: pair for pair in PAIRS if set(pair) <= set(services)}
    second = {pair[1] for pair in together.values()}
    for key in services:
        if key in second:
            continue
        service = SERVICES[key]
        words, icon = PAIRS[together[key]] if key in together else (service.mention, service.icon)
        yield Mention(icon, service.family, o.say(words))


def home(step: Home, o: Occasion) -> Page:
    """Ask what the citizen came for."""
    say = o.say
    heading = Heading(say("What would you like to do?"), over=_greeting(o), art="town-hero")
    notice = None
    if step.notice is not None:
        words, icon = REASONS[step.notice]
        notice = Note(Tone.WARN, icon, o.help_here(), strong=say(words))
    tiles = tuple(_tile(o, offer) for offer in step.offers)
    room = _TILES_AT_ONCE[o.look.text]
    if o.look.low_reach and len(tiles) > room:
        room = min(room, _TILES_IN_REACH)
    if len(tiles) <= room:
        return o.page(step, Layout.HOME, heading, Tiles(tiles), notice=notice)
    parts = -(-len(tiles) // room)
    part = o.entry.part % parts
    turn = Turn(
        Key("more", say("More services"), TurnPage((part + 1) % parts), icon=Icon.EXPAND_MORE, icon_first=True),
        say("Page {part} of {parts}", part=part + 1, parts=parts),
    )
    blocks: tuple[Block, ...] = (heading, Tiles(tiles[part * room : (part + 1) * room]), turn)
    return o.page(step, Layout.HOME, *blocks, notice=notice, part=part, parts=parts)


def _greeting(o: Occasion) -> str:
    hour = o.surroundings.now.hour
    if hour < _GREETED_GOOD_MORNING_BEFORE:
        return o.say("Good morning")
    if hour < _NOON:
        return o.say.apart("between 11 and 12 o'clock", "Good morning")
    return o.say("Good afternoon") if hour < _EVENING else o.say("Good evening")


def _tile(o: Occasion, offer: Offer) -> Tile:
    service = SERVICES[offer.service]
    available = offer.reason is None
    return Tile(
        Key(
            offer.service.value,
            o.say(service.title),
            Answer(offer.service),
            state=KeyState.NORMAL if available else KeyState.NOT_YET,
        ),
        o.say(service.line) if available else o.say("Not available at the moment"),
        service.icon,
        service.family,
        available=available,
    )


def explain_unavailable(step: ExplainUnavailable, o: Occasion) -> Page:
    """Say why a service cannot be used now, and where it can be had instead."""
    say = o.say
    words, icon = REASONS[step.reason]
    return o.page(
        step,
        Layout.QUESTION,
        Heading(say("This is not available at the moment"), say(words)),
        Note(Tone.INFO, icon, say("You can do it somewhere else now.")),
        o.places(say("You can do it here instead")),
        step_header=step_header(o, step.service),
        actions=(o.back(),),
    )


def farewell(step: Farewell, o: Occasion) -> Page:
    """Say that the session is over and the entries are deleted."""
    say = o.say
    if step.by_itself:
        heading = Heading(say("We ended the session"), say("Nobody touched the screen for a while."))
    else:
        heading = Heading(say("Goodbye"), say("Do not forget your letter."))
    if step.card:
        heading = Heading(heading.words, say("Do not forget your card on the reader."))
    return o.page(
        step,
        Layout.QUESTION,
        heading,
        Note(Tone.OK, Icon.CHECK_CIRCLE, say("We ended the session and deleted your entries.")),
    )


def apology(step: Apology, o: Occasion) -> Page:
    """Say that something went wrong in the machine."""
    say = o.say
    return o.page(
        step,
        Layout.QUESTION,
        Heading(say("Sorry, this did not work"), say("This terminal made a mistake. Nothing is lost.")),
        Note(Tone.INFO, Icon.INFO, o.help_here(), strong=say("You can try once more.")),
        o.places(say("You can do it here instead")),
        Small(say("{terminal} · {code}", terminal=o.surroundings.terminal, code=step.code)),
        actions=(primary("again", say("Start again"), Answer(None), Icon.REFRESH),),
    )


def out_of_service(step: OutOfService, o: Occasion) -> Page:
    """Say that this terminal does not work now, that nothing is lost, and where else to go."""
    say, around = o.say, o.surroundings
    since = step.since.astimezone(around.now.tzinfo) if around.now.tzinfo else step.since
    title, why = say("This terminal is not working"), say("Sorry. A technician has to look at it.")
    if step.power:
        title, why = say("There is a power cut"), say("The terminal switches off now. It is here again with the power.")
    return o.page(
        step,
        Layout.OUT_OF_SERVICE,
        Heading(title, why, art="kiosk-off"),
        Note(Tone.INFO, Icon.VERIFIED_USER, o.help_here(), strong=say("Your document is safe")),
        o.places(say("You can do it here instead")),
        Small(
            say(
                "Terminal {terminal} · since {clock} · {code}",
                terminal=around.terminal,
                clock=say.clock(since.time()),
                code=step.code,
            )
        ),
    )
