"""What a screen says and offers, before it is drawn: words in one language, controls with their acts, art by name.

A Page is a frozen value: it can be read aloud, walked by keypad, measured, rendered in every language and compared in a
test without any window. `views` draws it; `show` acts on its controls. `layout` names the arrangement the view uses;
blocks come in reading order. Longer than other modules, as the whole vocabulary stands in one place.
"""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum
from typing import TYPE_CHECKING

from central_office.contract.values import value

if TYPE_CHECKING:
    from screens.icons import Icon
    from screens.look import Look

# Acts: what touching a control does. `show` is the only one who performs them.


@value
class Answer:
    """Answer the open question."""

    value: object


@value
class Submit:
    """Answer the open question with what was typed."""


@value
class TypeCharacter:
    """Add a character to the entry."""

    character: str


@value
class DeleteCharacter:
    """Take the last character away."""


@value
class StartAgain:
    """Empty the entry."""


class Sheet(StrEnum):
    """What can lie above a page."""

    LANGUAGE = "language"
    SETTINGS = "settings"
    HELP = "help"


@value
class OpenSheet:
    """Lay a sheet above the page; touching its key again takes it away."""

    sheet: Sheet


@value
class CloseSheet:
    """Take the sheet away."""


@value
class ChangeLook:
    """Show everything in another look from now on."""

    look: Look


@value
class Stay:
    """Tell the idle warning that someone is still there."""


@value
class EndSession:
    """End the session and forget everything."""


@value
class TurnPage:
    """Show part `to` (0, 1, ...) of a page that does not fit as one."""

    to: int


@value
class ReadAloud:
    """Start or stop reading the page aloud."""


@value
class Explain:
    """Show `words` as an attention note: why a key cannot be used yet."""

    words: str


Act = (
    Answer
    | Submit
    | TypeCharacter
    | DeleteCharacter
    | StartAgain
    | OpenSheet
    | CloseSheet
    | ChangeLook
    | Stay
    | EndSession
    | TurnPage
    | ReadAloud
    | Explain
)


class Weight(StrEnum):
    """How much a key stands out."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    PLAIN = "plain"
    BAR = "bar"
    END = "end"


class KeyState(StrEnum):
    """How a key stands: `NOT_YET` still tells why when touched, `ON` is a chosen or switched-on key."""

    NORMAL = "normal"
    ON = "on"
    NOT_YET = "not_yet"
    BUSY = "busy"


@value
class Key:
    """Anything touchable with a word on it; `name` is stable within the page, for tests and assistive technology."""

    name: str
    words: str
    act: Act
    weight: Weight = Weight.PLAIN
    icon: Icon | None = None
    icon_first: bool = False
    state: KeyState = KeyState.NORMAL


class Tone(StrEnum):
    """What a note or banner means, besides its icon and words."""

    INFO = "info"
    OK = "ok"
    WARN = "warn"
    BAD = "bad"
    QUIET = "quiet"


class Family(StrEnum):
    """The four groups of services, each with its colours."""

    DOCUMENTS = "doc"
    WASTE = "waste"
    LIVING = "home"
    ADVICE = "adv"


# Blocks: what a page consists of, in reading order.


@value
class StepHeader:
    """Which service this is and how far it has come; `of` 0 shows no counting."""

    icon: Icon
    family: Family
    service: str
    counting: str = ""
    at: int = 0
    of: int = 0


@value
class Heading:
    """The one heading of a page, with explanation and picture if it has them; `aloud` is read instead of the former."""

    words: str
    body: str = ""
    over: str = ""
    art: str = ""
    aloud: str = ""


@value
class Note:
    """A coloured box with an icon: `strong` comes first and bold."""

    tone: Tone
    icon: Icon
    words: str
    strong: str = ""


@value
class Banner:
    """The answer: a solid box with a large icon.

    `tone` OK is solid green; WARN, BAD and INFO are outlined with their colour. `aloud` is read into the hall instead
    of `words`: it names no document.
    """

    tone: Tone
    icon: Icon
    words: str
    sentence: str = ""
    over: str = ""
    aloud: str = ""


class Dot(StrEnum):
    """How far a line of the timeline is."""

    DONE = "done"
    NOW = "now"
    LATER = "later"
    STOPPED = "stopped"


@value
class TimelineRow:
    """One stage: its name and when."""

    dot: Dot
    words: str
    when: str


@value
class Timeline:
    """Where something is: the stages from first to last; `icon` is drawn in the current dot."""

    title: str
    rows: tuple[TimelineRow, ...]
    icon: Icon


@value
class FactRow:
    """A picture chip and a sentence; the part of `words` that equals `strong` is bold. `aloud` as in `Banner`."""

    icon: Icon
    words: str
    strong: str = ""
    aloud: str = ""


@value
class Facts:
    """A card with a title and up to four facts."""

    title: str
    rows: tuple[FactRow, ...]


@value
class TakeAway:
    """A card with a QR code for the phone, and a key to print; `state` tells how the print stands."""

    title: str
    code: str
    caption: str
    key: Key | None = None
    state: str = ""


@value
class Option:
    """A large key with a picture, a title and a sentence; not `available`: dashed.

    `aloud`: of a private page, what is read into the hall instead of title and sentence.
    """

    key: Key
    art: str
    sentence: str
    tag: str = ""
    tag_icon: Icon | None = None
    available: bool = True
    aloud: str = ""


@value
class Options:
    """Ways to choose from, one below the other."""

    options: tuple[Option, ...]


@value
class Tile:
    """A service on the home page."""

    key: Key
    line: str
    icon: Icon
    family: Family
    available: bool = True


@value
class Tiles:
    """The services, two or four in a row."""

    tiles: tuple[Tile, ...]


@value
class Mention:
    """A service named on the attract page; not touchable."""

    icon: Icon
    family: Family
    words: str


@value
class Mentions:
    """What one can do here."""

    title: str
    mentions: tuple[Mention, ...]


@value
class LanguageKey:
    """A language in its own words; `line` invites to begin; `rtl` mirrors the key."""

    key: Key
    line: str
    rtl: bool = False


@value
class Languages:
    """The languages to begin in."""

    title: str
    icon: Icon
    languages: tuple[LanguageKey, ...]


@value
class Welcome:
    """The hero's headline, changing language every six seconds: pairs of a large and a smaller line."""

    lines: tuple[tuple[str, str], ...]


@value
class Cells:
    """What is typed, a box a character: `groups` are the lengths between dashes, `labels` stand above the groups."""

    groups: tuple[int, ...]
    text: str
    wrong: bool = False
    labels: tuple[str, ...] = ()
    hidden: bool = False
    """A dot stands for each character."""


class KeyboardKind(StrEnum):
    """Which keys the on-screen keyboard has."""

    DIGITS = "digits"
    LETTERS = "letters"


@value
class Keyboard:
    """Keys to type with, in rows' reading order, then *Delete* and *Start again*."""

    kind: KeyboardKind
    keys: tuple[Key, ...]
    delete: Key
    again: Key


@value
class LivePicture:
    """The camera's picture with an aiming frame.

    `hints` are the words for each `AimHint`, by its value; `waiting` is said before any picture.
    """

    hints: tuple[tuple[str, str], ...]
    waiting: str
    art: str


@value
class Waiting:
    """Something is going on: three dots and a sentence, with a pictogram if it has one."""

    words: str
    icon: Icon | None = None


@value
class PlaceRow:
    """Somewhere else to go; not touchable."""

    icon: Icon
    words: str
    line: str
    code: str = ""


@value
class Places:
    """Where it can be had instead."""

    title: str
    rows: tuple[PlaceRow, ...]


@value
class Ring:
    """The countdown: seconds left of all."""

    left: int
    of: int


@value
class Segment:
    """A row of keys of which one is on."""

    title: str
    icon: Icon
    keys: tuple[Key, ...]


@value
class Small:
    """A small line, for staff."""

    words: str


@value
class Steps:
    """One to three numbered sentences: what to do."""

    sentences: tuple[str, ...]
    title: str = ""


@value
class LockerMap:
    """The wall of lockers as it stands, with one door open: doors are number, left, bottom, width, height in mm.

    `terminal`: left, width and height of where this screen stands; `here` is said below it.
    """

    doors: tuple[tuple[int, int, int, int, int], ...]
    terminal: tuple[int, int, int] | None
    open: int
    here: str


class DoorMark(StrEnum):
    """How a compartment of the staff's map is drawn."""

    FREE = "free"
    LOADED = "loaded"
    OVERDUE = "overdue"
    OUT_OF_ORDER = "out_of_order"


@value
class StaffMap:
    """The wall with the state of every door, as board 18b; `open` 0: none is open. `legend` explains the marks."""

    doors: tuple[tuple[int, int, int, int, int], ...]
    marks: tuple[DoorMark, ...]
    terminal: tuple[int, int, int] | None
    open: int
    here: str
    legend: tuple[tuple[DoorMark, str], ...]


@value
class Progress:
    """The heading's counting, and a bar below it."""

    counting: str
    done: int
    of: int


@value
class Glow:
    """What to do now, on yellow: a large number, a sentence and its lines; the last line is a code."""

    number: str
    words: str
    lines: tuple[str, ...] = ()


@value
class WorkRow:
    """A line of a list: a label, what it is, a code at the end; with a key it can be touched."""

    label: str
    words: str
    code: str
    key: Key | None = None


@value
class WorkRows:
    """What waits, one below the other."""

    rows: tuple[WorkRow, ...]


@value
class Person:
    """Whose document it is: a tag, what it is, the name, a line, and the compartment at the side."""

    tag: str
    words: str
    name: str
    line: str
    label: str
    number: str


@value
class Turn:
    """A full-width key to another part of the page, as board 20c; `counting` says which part this is, at its end."""

    key: Key
    counting: str


@value
class Typed:
    """What is typed as one line of at most `most` characters; `label` stands above it."""

    label: str
    text: str
    most: int
    wrong: bool = False


@value
class Suggested:
    """Keys with what may be meant, best first; `words` instead if there is none."""

    keys: tuple[Key, ...]
    words: str = ""


@value
class Volume:
    """The volume gauge: `filled` of `blocks`; the last one is red when it is `full`."""

    icon: Icon
    words: str
    hint: str
    filled: int
    blocks: int
    full: bool = False


@value
class Stepper:
    """A thing to have some of: picture, name, a small line, how many, and the keys for less and more."""

    icon: Icon
    words: str
    line: str
    count: int
    less: Key
    more: Key


@value
class Steppers:
    """Things to have some of; `below` are wide keys that belong to them."""

    cards: tuple[Stepper, ...]
    below: tuple[Turn, ...] = ()


class DayKind(StrEnum):
    """How a day of the calendar stands."""

    FREE = "free"
    FEW = "few"
    FULL = "full"
    CHOSEN = "chosen"
    NONE = "none"


@value
class CalendarDay:
    """A day: `number` is drawn large, `word` below it; without a key it is only a number."""

    number: str
    word: str
    kind: DayKind
    key: Key | None = None
    weekday: str = ""


@value
class Calendar:
    """A month in weeks of seven days, `None` where it has none; `legend` explains the kinds."""

    title: str
    weekdays: tuple[str, ...]
    weeks: tuple[tuple[CalendarDay | None, ...], ...]
    earlier: Key
    later: Key
    legend: tuple[tuple[DayKind, str], ...] = ()


@value
class DayList:
    """A few days to choose from, where there is no room for a month."""

    title: str
    days: tuple[CalendarDay, ...]
    earlier: Key
    later: Key


@value
class DayCard:
    """The day that matters, large, with a picture."""

    words: str
    line: str
    art: str


@value
class ReviewRow:
    """One thing that was said; `key` changes it."""

    icon: Icon
    label: str
    words: str
    key: Key | None = None
    private: bool = False


@value
class ReviewRows:
    """All that was said, a row each."""

    rows: tuple[ReviewRow, ...]


@value
class Consent:
    """A sentence to agree to by touching it."""

    key: Key


@value
class Ticket:
    """What was booked: its number large, some lines, and the code for the phone."""

    label: str
    number: str
    lines: tuple[str, ...]
    caption: str
    code: str


@value
class OnSale:
    """Something to buy: picture, name, size, price, how many, the keys for less and more; `tag` is a small label."""

    art: str
    words: str
    line: str
    price: str
    count: int
    less: Key
    more: Key
    tag: str = ""


@value
class Shop:
    """What can be bought, one card each; `below` are wide keys that belong to them."""

    cards: tuple[OnSale, ...]
    below: tuple[Turn, ...] = ()


@value
class Total:
    """What it comes to."""

    words: str
    line: str
    amount: str


@value
class ToPay:
    """The amount to pay beside the picture of the card machine; `caption` says which cards are taken."""

    words: str
    amount: str
    lines: tuple[str, ...]
    caption: str


@value
class Machine:
    """A picture of a machine and what is done at it: the bags' machine, the reader of identity cards."""

    art: str


@value
class ComingRow:
    """One piece that is done, under way or to come."""

    dot: Dot
    words: str


@value
class Coming:
    """How many of all have come out, and which."""

    counting: str
    hint: str
    done: int
    of: int
    rows: tuple[ComingRow, ...]


@value
class CheckRow:
    """One thing that is done, under way or to come; `line` is a quieter one below it."""

    dot: Dot
    words: str
    line: str = ""


@value
class Checklist:
    """A bar with `done` of `of` filled, and what is ticked off one after the other."""

    done: int
    of: int
    rows: tuple[CheckRow, ...]


@value
class Bill:
    """What was paid: the amount in words, the receipt's number at the side, what it was for below."""

    tone: Tone
    icon: Icon
    words: str
    number: str
    line: str


@value
class Assurance:
    """What is certain about the money, as a box like the answer's."""

    tone: Tone
    icon: Icon
    words: str
    sentence: str = ""


@value
class Proof:
    """A code to take away on the phone, with what it is for beside it."""

    words: str
    line: str
    code: str


@value
class Choices:
    """Keys side by side below their question, right above the last row."""

    words: str
    keys: tuple[Key, ...]


@value
class FillCard:
    """A column being filled: `was` pieces of `room` lay in it, `now` do; `words` below the picture."""

    art: str
    words: str
    line: str
    was: int
    now: int
    room: int
    before: str
    added: str
    of: str
    less: Key
    more: Key


@value
class FillCards:
    """The columns of the machine side by side."""

    cards: tuple[FillCard, ...]


Block = (
    Heading
    | Note
    | Banner
    | Timeline
    | Facts
    | TakeAway
    | Options
    | Tiles
    | Mentions
    | Languages
    | Welcome
    | Cells
    | Keyboard
    | LivePicture
    | Waiting
    | Places
    | Ring
    | Segment
    | LockerMap
    | Small
    | Steps
    | Turn
    | Typed
    | Suggested
    | Volume
    | Steppers
    | Calendar
    | DayList
    | DayCard
    | ReviewRows
    | Consent
    | Ticket
    | StaffMap
    | Progress
    | Glow
    | WorkRows
    | Person
    | Shop
    | Total
    | ToPay
    | Machine
    | Coming
    | Bill
    | Assurance
    | Proof
    | Choices
    | FillCards
    | Checklist
)


class Layout(StrEnum):
    """The arrangements of the design board."""

    ATTRACT = "attract"
    HOME = "home"
    QUESTION = "question"
    """Step header, heading, blocks, actions: identify, not found, too many tries, explanations, apology, farewell."""
    SCAN = "scan"
    ENTRY = "entry"
    WAITING = "waiting"
    RESULT = "result"
    SEARCH = "search"
    ITEMS = "items"
    DAYS = "days"
    REVIEW = "review"
    BOOKED = "booked"
    LOCKERS = "lockers"
    """A wall of lockers with one door open."""
    SHOP = "shop"
    """Things to buy, with what they come to."""
    SALE = "sale"
    """A payment and what follows from it: amount, machine, receipt, proof."""
    CARD = "card"
    """The reader of identity cards: its picture, and what to do there or what goes on."""
    FILL = "fill"
    """The columns of the dispenser, side by side."""
    STAFF = "staff"
    """What staff does here: heading, cards, map, list, actions."""
    OUT_OF_SERVICE = "out_of_service"
    SHEET = "sheet"
    IDLE = "idle"


@value
class Header:
    """The town's bar: name and line; at the right the clock and date."""

    town: str
    line: str
    clock: str
    date: str
    chip: str = ""
    """Who is signed in; stands in the place of clock and date."""


@value
class Page:
    """One screen in one language. `step` names the step's class; `rtl` mirrors it.

    `actions`: *Back* and other secondary keys first, the primary key last. `bar`: the fixed keys in their order.
    `compact_bar` and `compact_blocks` are what to draw instead on the small panel, and with large text on any; no
    `compact_blocks`: the same `blocks`. `part` of `parts` counts the compact blocks, which a `Turn` leads through.
    `private`: whether the page shows something personal, which must be wiped and is never read into the hall.
    `reach_line`: what the yellow line of low reach says, while that is on. `staff`: in the colours of staff mode.
    `held`: what holding the town's shield for some seconds does; it is no key.
    """

    step: str
    layout: Layout
    language: str
    header: Header
    blocks: tuple[Block, ...]
    step_header: StepHeader | None = None
    actions: tuple[Key, ...] = ()
    bar: tuple[Key, ...] = ()
    compact_blocks: tuple[Block, ...] = ()
    compact_bar: tuple[Key, ...] = ()
    explanation: Note | None = None
    rtl: bool = False
    private: bool = False
    part: int = 0
    parts: int = 1
    notice: Note | None = field(default=None)
    reach_line: str = ""
    staff: bool = False
    held: Act | None = None


def keys_of(page: Page, *, compact: bool = False) -> tuple[Key, ...]:
    """Every touchable key of the page in reading order: blocks, actions, bar; `compact` as it is drawn compactly."""
    blocks = page.compact_blocks or page.blocks if compact else page.blocks
    return (*_keys_in(blocks), *page.actions, *(page.compact_bar if compact else page.bar))


def _keys_in(blocks: tuple[Block, ...]) -> list[Key]:
    keys: list[Key] = []
    for block in blocks:
        match block:
            case TakeAway(key=Key() as key):
                keys.append(key)
            case Options(options=options):
                keys.extend(option.key for option in options)
            case Tiles(tiles=tiles):
                keys.extend(tile.key for tile in tiles)
            case Languages(languages=languages):
                keys.extend(language.key for language in languages)
            case Keyboard(keys=letters, delete=delete, again=again):
                keys.extend((*letters, delete, again))
            case Segment(keys=choices):
                keys.extend(choices)
            case Turn(key=key) | Consent(key=key):
                keys.append(key)
            case Suggested(keys=suggested):
                keys.extend(suggested)
            case Steppers(cards=cards, below=below):
                keys.extend(key for card in cards for key in (card.less, card.more))
                keys.extend(turn.key for turn in below)
            case Calendar(weeks=weeks, earlier=earlier, later=later):
                keys.extend((earlier, later))
                keys.extend(day.key for week in weeks for day in week if day is not None and day.key is not None)
            case DayList(days=days, earlier=earlier, later=later):
                keys.extend((earlier, later))
                keys.extend(day.key for day in days if day.key is not None)
            case ReviewRows(rows=rows) | WorkRows(rows=rows):
                keys.extend(row.key for row in rows if row.key is not None)
            case Shop(cards=on_sale, below=below):
                keys.extend(key for card in on_sale for key in (card.less, card.more))
                keys.extend(turn.key for turn in below)
            case Choices(keys=choices):
                keys.extend(choices)
            case FillCards(cards=filled):
                keys.extend(key for card in filled for key in (card.less, card.more))
            case _:
                pass
    return keys
