"""A page as it is read aloud: its heading, its text, then its keys in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from screens.pages import (
    Assurance,
    Banner,
    Bill,
    Calendar,
    Cells,
    Checklist,
    Choices,
    Coming,
    Consent,
    DayCard,
    DayList,
    Dot,
    Facts,
    FillCards,
    Glow,
    Heading,
    Keyboard,
    Languages,
    LivePicture,
    LockerMap,
    Machine,
    Mentions,
    Note,
    Options,
    Person,
    Places,
    Progress,
    Proof,
    ReviewRows,
    Ring,
    Segment,
    Shop,
    Small,
    StaffMap,
    Steppers,
    Steps,
    Suggested,
    TakeAway,
    Ticket,
    Tiles,
    Timeline,
    ToPay,
    Total,
    Turn,
    Typed,
    Volume,
    Waiting,
    Welcome,
    WorkRows,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from screens.pages import Block, CalendarDay, Key, Page


def read_aloud(page: Page, *, aloud_in_hall: bool) -> tuple[str, ...]:
    """What is spoken, a sentence or key each.

    `aloud_in_hall`: others can hear it; then a private page keeps back which document it speaks of, and its number.
    What was typed and the phone's text are never spoken.
    """
    hush = page.private and aloud_in_hall
    text = [spoken for block in page.blocks for spoken in _text(block, hush=hush)]
    notes = [
        spoken for note in (page.notice, page.explanation) if note is not None for spoken in _text(note, hush=hush)
    ]
    heading = [
        spoken for block in page.blocks if isinstance(block, Banner | Heading) for spoken in _text(block, hush=hush)
    ]
    rest = text[:]
    for spoken in heading:
        rest.remove(spoken)
    keys = [spoken for block in page.blocks for spoken in _keys(block, hush=hush)]
    keys += [key.words for key in (*page.actions, *page.bar)]
    return tuple(spoken for spoken in (*heading, *notes, *rest, *keys) if spoken)


def _text(block: Block, *, hush: bool) -> Iterator[str]:  # noqa: C901, PLR0912, PLR0915 - one case per block
    match block:
        case Heading():
            yield from (block.over, block.words, (block.aloud if hush and block.aloud else block.body))
        case Banner():
            yield from ("", block.aloud) if hush else (block.over, block.words)
            yield block.sentence
        case Note():
            yield from (block.strong, block.words)
        case Timeline():
            yield block.title
            yield from (f"{row.words}: {row.when}" for row in block.rows)
        case Facts():
            yield block.title
            yield from ((row.aloud or row.words) if hush else row.words for row in block.rows)
        case TakeAway():
            yield from (block.title, block.caption, block.state)
        case Mentions():
            yield block.title
            yield from (mention.words for mention in block.mentions)
        case Welcome():
            yield block.lines[0][0]
        case Places():
            yield block.title
            yield from (f"{row.words}: {row.line}" if row.line else row.words for row in block.rows)
        case Waiting() | Small():
            yield block.words
        case Steps():
            yield from (block.title, *block.sentences)
        case Languages() | Segment():
            yield block.title
        case Shop(cards=on_sale):
            yield from (f"{card.count} {card.words}, {card.line}, {card.price} {card.tag}".strip() for card in on_sale)
        case Total():
            yield from (f"{block.words}: {block.amount}", block.line)
        case ToPay():
            yield from (f"{block.words}: {block.amount}", *block.lines, block.caption)
        case Coming():
            yield block.counting
        case Checklist(rows=checks):
            yield from (f"{row.words}. {row.line}".strip(". ") for row in checks if row.dot is Dot.NOW)
        case Bill():
            yield from (block.words, block.line, "" if hush else block.number)
        case Assurance():
            yield from (block.words, block.sentence)
        case Proof():
            yield from (block.words, block.line)
        case Choices():
            yield block.words
        case FillCards(cards=columns):
            yield from (f"{card.words}, {card.line}: {card.now} {card.of}" for card in columns)
        case Cells():
            yield from block.labels
        case Options() | Tiles() | Keyboard() | LivePicture() | LockerMap() | Ring() | Turn() | Consent() | Machine():
            pass
        case Typed(label=label):
            yield label
        case Suggested(words=words) | DayList(title=words) | Calendar(title=words):
            yield words
        case Volume(words=words, hint=hint) | DayCard(words=words, line=hint):
            yield from (words, hint)
        case Steppers(cards=cards):
            yield from (f"{card.count} {card.words}, {card.line}" for card in cards)
        case ReviewRows(rows=rows):
            yield from (f"{row.label}: {row.words}" for row in rows if not hush or not row.private)
        case Ticket():
            yield block.label if hush else f"{block.label}: {block.number}"
            yield from () if hush else block.lines
            yield block.caption
        case Progress(counting=counting):
            yield counting
        case Glow():
            yield from (block.number, block.words)
            yield from () if hush else block.lines
        case StaffMap(legend=legend):
            yield from (words for _, words in legend)
        case WorkRows(rows=rows):
            yield from () if hush else (f"{row.label}: {row.words}" for row in rows)
        case Person():
            yield block.tag
            yield from () if hush else (block.words, block.name, block.line)
            yield f"{block.label} {block.number}"
        case _:
            assert_never(block)


def _keys(block: Block, *, hush: bool) -> Iterator[str]:  # noqa: C901, PLR0912 - one case per block
    match block:
        case TakeAway(key=key) if key is not None:
            yield key.words
        case Options():
            yield from (
                option.aloud if hush and option.aloud else _spoken(option.key, option.sentence)
                for option in block.options
            )
        case Tiles():
            yield from (_spoken(tile.key, tile.line) for tile in block.tiles)
        case Languages():
            yield from (language.key.words for language in block.languages)
        case Segment():
            yield from (f"{block.title}: {key.words}" for key in block.keys)
        case Keyboard():
            # The letters speak for themselves; which are touched is nobody's business.
            yield from (block.delete.words, block.again.words)
        case Turn():
            yield _spoken(block.key, block.counting)
        case Steppers(cards=cards, below=below):
            for card in cards:
                yield from (f"{card.words}: {card.less.words}", f"{card.words}: {card.more.words}")
            yield from (turn.key.words for turn in below)
        case Shop(cards=on_sale, below=below):
            for one in on_sale:
                yield from (f"{one.words}: {one.less.words}", f"{one.words}: {one.more.words}")
            yield from (turn.key.words for turn in below)
        case Choices(keys=choices):
            yield from (key.words for key in choices)
        case FillCards(cards=columns):
            for each in columns:
                yield from (f"{each.words}: {each.less.words}", f"{each.words}: {each.more.words}")
        case Suggested(keys=suggested):
            yield from (key.words for key in suggested)
        case DayList(days=days):
            yield from _days(days, block)
        case Calendar(weeks=weeks):
            yield from _days([day for week in weeks for day in week if day is not None], block)
        case ReviewRows(rows=rows):
            yield from (f"{row.label}: {row.key.words}" for row in rows if row.key is not None)
        case Consent(key=key):
            yield key.words
        case WorkRows(rows=rows):
            yield from (row.key.words for row in rows if row.key is not None)
        case _:
            pass


def _days(days: Iterable[CalendarDay], block: Calendar | DayList) -> Iterator[str]:
    yield from (f"{day.key.words}: {day.word}" for day in days if day.key is not None)
    yield from (block.earlier.words, block.later.words)


def _spoken(key: Key, line: str) -> str:
    return f"{key.words}: {line}" if line else key.words
