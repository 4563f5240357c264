"""A page as it is read aloud: its heading, its text, then its keys in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from screens.pages import (
    Banner,
    Cells,
    Facts,
    Heading,
    Keyboard,
    Languages,
    LivePicture,
    LockerMap,
    Mentions,
    Note,
    Options,
    Places,
    Ring,
    Segment,
    Small,
    Steps,
    TakeAway,
    Tiles,
    Timeline,
    Turn,
    Waiting,
    Welcome,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from screens.pages import Block, Key, Page


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
    keys = [spoken for block in page.blocks for spoken in _keys(block)]
    keys += [key.words for key in (*page.actions, *page.bar)]
    return tuple(spoken for spoken in (*heading, *notes, *rest, *keys) if spoken)


def _text(block: Block, *, hush: bool) -> Iterator[str]:
    match block:
        case Heading():
            yield from (block.over, block.words, block.body)
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
            yield from block.sentences
        case Languages() | Segment():
            yield block.title
        case Cells():
            yield from block.labels
        case Options() | Tiles() | Keyboard() | LivePicture() | LockerMap() | Ring() | Turn():
            pass
        case _:
            assert_never(block)


def _keys(block: Block) -> Iterator[str]:
    match block:
        case TakeAway(key=key) if key is not None:
            yield key.words
        case Options():
            yield from (_spoken(option.key, option.sentence) for option in block.options)
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
        case _:
            pass


def _spoken(key: Key, line: str) -> str:
    return f"{key.words}: {line}" if line else key.words
