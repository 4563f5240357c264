"""The pages of bulky waste that ask what for and what: the beginning, rules, pieces, what is never taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from screens.icons import Icon
from screens.pages import (
    Answer,
    Explain,
    FactRow,
    Facts,
    Heading,
    Key,
    KeyState,
    Layout,
    Option,
    Options,
    Stepper,
    Steppers,
    Turn,
    TurnPage,
    Volume,
    Waiting,
    Weight,
)
from screens.presenting.occasion import primary
from screens.presenting.services import step_header
from screens.steps import ServiceKey
from screens.steps_bulky import Ask, OneMore, Start
from screens.wording import later

if TYPE_CHECKING:
    from collections.abc import Mapping

    from central_office.contract.bulky import Item, WasteRules
    from screens.pages import Block, Page
    from screens.presenting.occasion import Occasion
    from screens.steps_bulky import (
        AskingOffice,
        BulkyStart,
        ChooseItems,
        ShowNever,
        ShowRules,
    )

SERVICE: Final = ServiceKey.BULKY_WASTE
STEPS: Final = 3

CARDS: Final = 9
COMPACT_CARDS: Final = 4
LOW_CARDS: Final = 3
NEVER_ROWS: Final = 2

_DAYS: Final[Mapping[str, str]] = {
    "mon": later("Monday"),
    "tue": later("Tuesday"),
    "wed": later("Wednesday"),
    "thu": later("Thursday"),
    "fri": later("Friday"),
    "sat": later("Saturday"),
    "sun": later("Sunday"),
}

_FULL: Final[Mapping[str, str]] = {
    "too_big": later("The van is full with this. Order another pickup for more."),
    "too_heavy": later("Together this is too heavy. Order another pickup for more."),
    "too_many_of_one": later("We take no more of these at once."),
    "too_many_pieces": later("We take no more pieces at once."),
}


def cubic(o: Occasion, litres: int, digits: int = 0) -> str:
    """Litres in cubic metres, as the language writes them; at least so many digits behind the point."""
    number = f"{litres / 1000:.1f}"
    number = number if digits else number.removesuffix(".0")
    return number.replace(".", ",") if o.say.language == "de" else number


def listed(o: Occasion, words: list[str]) -> str:
    """Such as "Monday, Wednesday and Friday"."""
    if len(words) < 2:
        return "".join(words)
    return o.say("{first} and {last}", first=", ".join(words[:-1]), last=words[-1])


def week(o: Occasion, days: tuple[str, ...]) -> str:
    """The weekdays of a district in words."""
    if days == ("mon", "tue", "wed", "thu", "fri"):
        return o.say("Monday to Friday")
    return listed(o, [o.say(_DAYS[day]) for day in days])


def bulky_start(step: BulkyStart, o: Occasion) -> Page:
    """Ask what the citizen comes for."""
    say = o.say
    options = (
        Option(
            Key("order", say("Order a pickup"), Answer(Start.ORDER), icon=Icon.CHEVRON_RIGHT),
            "truck",
            say("Choose things and day."),
        ),
        Option(
            Key("mine", say("I have an order"), Answer(Start.MINE), icon=Icon.CHEVRON_RIGHT),
            "number",
            say("Look at it, change the day, call it off."),
        ),
    )
    return o.page(
        step,
        Layout.QUESTION,
        Heading(say("What can we do for you?"), say("For an order you need its number and the change code.")),
        Options(options),
        step_header=step_header(o, SERVICE),
        actions=(o.back(),),
    )


def show_rules(step: ShowRules, o: Occasion) -> Page:
    """Say the town's rules for this address, and offer the kinds of pickup."""
    say, rules, language = o.say, step.rules, o.say.language
    limits, timing = rules.limits, rules.timing
    facts = [
        FactRow(
            Icon.LOCAL_SHIPPING,
            say.several(
                "Up to {metres} m³ at once. {number} pickup a year is free.",
                "Up to {metres} m³ at once. {number} pickups a year are free.",
                rules.quota.free_orders,
                metres=cubic(o, limits.order_litres),
            ),
        )
    ]
    if limits.piece_kg and limits.piece_cm:
        longest = cubic(o, limits.piece_cm * 10)
        facts.append(
            FactRow(Icon.WEEKEND, say("A piece: at most {kg} kg and {length} m.", kg=limits.piece_kg, length=longest))
        )
    facts += [
        FactRow(
            Icon.EVENT,
            say.several(
                "The first day is in {number} working day.",
                "The first day is in {number} working days.",
                timing.lead_days,
            ),
        ),
        FactRow(
            Icon.SCHEDULE,
            say(
                "Out from {evening} the evening before, by {morning}.",
                evening=say.time(timing.put_out_from),
                morning=say.time(timing.put_out_until),
            ),
        ),
    ]
    bulky, *others = step.kinds
    electrical = tuple(Key(kind.value, say("Electrical goods"), Answer(kind), Weight.SECONDARY) for kind in others)
    return o.page(
        step,
        Layout.QUESTION,
        Heading(
            say("What you should know"),
            say(
                "{address} is in {district}. We collect: {days}.",
                address=step.address,
                district=step.district.called(language),
                days=week(o, step.district.days),
            ),
            aloud=say("We collect: {days}.", days=week(o, step.district.days)),
        ),
        Facts(say("Our rules"), tuple(facts)),
        step_header=step_header(o, SERVICE),
        actions=(o.back(), *electrical, primary("continue", say("Continue"), Answer(bulky))),
        private=True,
    )


def choose_items(step: ChooseItems, o: Occasion) -> Page:
    """Ask for the pieces with picture tiles, and show how full the van is."""
    say, gauge = o.say, step.gauge
    cards = [_stepper(o, step, item, count) for item, count in zip(step.items, step.counts, strict=True)]
    heading = Heading(say("What should we collect?"))
    metres = say("{filled} of {limit} cubic metres", filled=cubic(o, gauge.litres), limit=cubic(o, gauge.limit))
    volume = Volume(Icon.LOCAL_SHIPPING, metres, _hint(o, step), gauge.filled, gauge.blocks, gauge.full)
    never = Turn(
        Key("never", _never_words(o, step.rules), Answer(Ask.NEVER), icon=Icon.BLOCK, icon_first=True), say("Why?")
    )
    at_once = LOW_CARDS if o.look.low_reach and o.roomy else CARDS
    compact, parts = _cards(o, cards, COMPACT_CARDS if at_once == CARDS else LOW_CARDS, never)
    whole, _ = _cards(o, cards, at_once, never)
    go_on = primary("continue", say("Choose a day"), Answer(Ask.GO_ON))
    if not gauge.pieces:
        why = Explain(say("Touch plus for the things we should collect."))
        go_on = primary("continue", say("Choose a day"), why, state=KeyState.NOT_YET)
    return o.page(
        step,
        Layout.ITEMS,
        heading,
        volume,
        whole,
        step_header=step_header(o, SERVICE, 1, STEPS),
        actions=(o.back(), go_on),
        compact_blocks=(heading, volume, compact),
        part=min(o.entry.part, parts - 1),
        parts=parts,
    )


def _cards(o: Occasion, cards: list[Stepper], at_once: int, never: Turn) -> tuple[Steppers, int]:
    """The cards of the open part, and how many parts there are."""
    parts = max(1, -(-len(cards) // at_once))
    part = min(o.entry.part, parts - 1)
    below: tuple[Turn, ...] = (never,)
    if parts > 1:
        following = (part + 1) % parts
        words = o.say("More things") if following else o.say("First things")
        sign = Icon.EXPAND_MORE if following else Icon.UNDO
        turn = Turn(Key("turn", words, TurnPage(following), icon=sign, icon_first=True), f"{part + 1}/{parts}")
        below = (turn, never)
    return Steppers(tuple(cards[part * at_once : (part + 1) * at_once]), below), parts


def _stepper(o: Occasion, step: ChooseItems, item: Item, count: int) -> Stepper:
    say, name = o.say, item.called(o.say.language)
    why = dict(step.full).get(item.key)
    more = Key(f"more_{item.key}", say("One more"), Answer(OneMore(item.key, 1)), icon=Icon.ADD)
    if why is not None:
        more = Key(more.name, more.words, Explain(say(_FULL[why])), icon=Icon.ADD, state=KeyState.NOT_YET)
    less = Key(f"less_{item.key}", say("One less"), Answer(OneMore(item.key, -1)), icon=Icon.REMOVE)
    if not count:
        less = Key(less.name, less.words, Explain(say("None chosen yet.")), icon=Icon.REMOVE, state=KeyState.NOT_YET)
    sign = Icon.__members__.get(item.icon.upper(), Icon.RECYCLING)
    return Stepper(sign, name, say("{metres} m³", metres=cubic(o, item.litres, digits=1)), count, less, more)


def _hint(o: Occasion, step: ChooseItems) -> str:
    say, gauge = o.say, step.gauge
    if gauge.full:
        return say("the van is full")
    return say("empty so far") if not gauge.pieces else say("room for more")


def _never_words(o: Occasion, rules: WasteRules) -> str:
    names = [one.called(o.say.language) for one in rules.never[:3]]
    if o.say.language != "de":
        names = [name[:1].lower() + name[1:] for name in names]
    return o.say("Not accepted: {things}", things=", ".join(names))


def show_never(step: ShowNever, o: Occasion) -> Page:
    """Say what is never bulky waste, a few at a time."""
    say, language, never = o.say, o.say.language, step.rules.never
    parts = max(1, -(-len(never) // NEVER_ROWS))
    part = min(o.entry.part, parts - 1)
    rows = tuple(
        FactRow(Icon.BLOCK, f"{one.called(language)}: {one.because(language)}", strong=f"{one.called(language)}:")
        for one in never[part * NEVER_ROWS : (part + 1) * NEVER_ROWS]
    )
    blocks: list[Block] = [Heading(say("What we do not take")), Facts(say("Where it goes instead"), rows)]
    if parts > 1:
        following = (part + 1) % parts
        words, sign = (say("More"), Icon.EXPAND_MORE) if following else (say("From the beginning"), Icon.UNDO)
        counting = say("Page {part} of {parts}", part=part + 1, parts=parts)
        blocks.append(Turn(Key("turn", words, TurnPage(following), icon=sign, icon_first=True), counting))
    return o.page(
        step,
        Layout.QUESTION,
        *blocks,
        step_header=step_header(o, SERVICE),
        actions=(primary("understood", say("Back to the things"), Answer(None), Icon.CHECK),),
        compact_blocks=tuple(blocks),
        part=part,
        parts=parts,
    )


def asking_office(step: AskingOffice, o: Occasion) -> Page:
    """Tell that the office is being asked."""
    say = o.say
    return o.page(
        step,
        Layout.WAITING,
        Heading(say("We reserve your day")),
        Waiting(say("This takes a moment.")),
        step_header=step_header(o, SERVICE, 2, STEPS),
    )
