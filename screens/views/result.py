"""The page that answers: banner, where it is, what to take away, what is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from screens.pages import Banner, Facts, Note, Small, TakeAway, Timeline, Tone, Turn
from screens.views import blocks, frame, question
from screens.views.draft import lowest
from screens.views.scene import Rect
from screens.views.theme import Style

if TYPE_CHECKING:
    from screens.pages import Block, Key
    from screens.views.draft import Draft


def result(draft: Draft) -> None:
    """The answer comes first."""
    frame.plain_ground(draft)
    frame.header(draft)
    before = len(draft.body)
    if not _fitted(draft, before) and draft.page.compact_blocks:
        draft.blocks = draft.page.compact_blocks  # too much for one page: in parts, as in large text
        _fitted(draft, before)
    if draft.low and not draft.large:
        frame.yellow_line(draft, draft.page.reach_line, LOW_LINE)
    if draft.landscape or (draft.low and not draft.large):
        frame.action_row(draft, _print_key(draft))
    else:
        frame.action_row(draft)
    frame.bar(draft)


def _fitted(draft: Draft, before: int) -> bool:
    """Arrange the blocks as loosely as they have room; whether they have any."""
    for draft.tight in range(4):
        del draft.body[before:]
        if _arranged(draft, before):
            return True
    return False


def _arranged(draft: Draft, before: int) -> bool:
    """Everything between header and actions; whether it has room there."""
    top = draft.panel.header
    top += (40, 28, 20, 16)[draft.tight] if draft.portrait else 24 if draft.landscape else 16
    floor = draft.action_top - 16
    if draft.landscape:
        return _landscape(draft, top)
    if draft.small or draft.large:
        _one_column(draft, top)
    elif draft.low:
        _low(draft, top)
        floor = LOW_LINE - 8
    else:
        _portrait(draft, top)
    return lowest(draft.body[before:]) <= floor


LOW_LINE: Final = 1456
"""Where the yellow line lies when only the action row is to be touched."""


def _print_key(draft: Draft) -> tuple[Key, ...]:
    return tuple(block.key for block in draft.blocks if isinstance(block, TakeAway) and block.key)


def _portrait(draft: Draft, top: int) -> None:
    column = draft.column
    y = top
    timeline, take = _pair(draft)
    for block in _in_order(draft):
        at = Rect(column.x, y, column.w, 0)
        match block:
            case Banner():
                y = blocks.banner(draft, block, at, 264) + (32, 20, 16, 12)[draft.tight]
            case Timeline():
                y = _beside(draft, block, take, y) + (28, 20, 16, 12)[draft.tight]
            case TakeAway() if timeline is not None:
                continue
            case Note():
                y = (
                    blocks.flat_note(draft, block, Rect(at.x, y + (13, 6, 0, 0)[draft.tight], at.w, 0))
                    + (16, 14, 12, 10)[draft.tight]
                )
            case Facts():
                y = blocks.facts(draft, block, at) + (28, 20, 16, 12)[draft.tight]
            case Small(words=words):
                y = draft.say(words, Style(28, 34), "muted", at) + (12, 10, 8, 8)[draft.tight]
            case _:
                y = question.draw_block(draft, block, at)


def _pair(draft: Draft) -> tuple[Timeline | None, TakeAway | None]:
    timeline = next((block for block in draft.blocks if isinstance(block, Timeline)), None)
    take = next((block for block in draft.blocks if isinstance(block, TakeAway)), None)
    return timeline, take


def _in_order(draft: Draft) -> list[Block]:
    extra = [note for note in (draft.page.notice, draft.page.explanation) if note]
    return [*draft.blocks, *extra]


def _beside(draft: Draft, timeline: Timeline, take: TakeAway | None, y: int) -> int:
    column = draft.column
    if take is None:
        return blocks.timeline(draft, timeline, Rect(column.x, y, column.w, 0))
    left = Rect(column.x, y, 536, 0)
    right = Rect(left.right + 24, y, column.w - 536 - 24, 0)
    least = (620, 604, 566, 562)[draft.tight]
    before = len(draft.body)
    height = max(
        least, blocks.timeline(draft, timeline, left, least) - y, blocks.take_away(draft, take, right, least) - y
    )
    del draft.body[before:]
    blocks.timeline(draft, timeline, left, height)
    blocks.take_away(draft, take, right, height)
    return y + height


def _landscape(draft: Draft, top: int) -> bool:
    """Timeline left, banner above, facts and take-away below it; whether the notes have room."""
    column = draft.column
    timeline, take = _pair(draft)
    floor = draft.action_top - 24
    left = column.x
    fits = True
    if timeline:
        fits = blocks.timeline(draft, timeline, Rect(column.x, top, 536, 0), floor - top) <= floor
        left = column.x + 560
    y, width = top, column.right - left
    gap = (24, 20, 16, 12)[draft.tight]
    rest = [block for block in _in_order(draft) if block is not timeline and block is not take]
    for block in rest:
        match block:
            case Banner():
                y = blocks.banner(draft, block, Rect(left, y, width, 0), 216) + gap
            case Note(tone=tone) if tone is not Tone.QUIET:
                y = blocks.note(draft, block, Rect(left, y, width, 0), padding=(16, 14, 12, 12)[draft.tight]) + gap
            case Turn():
                floor = floor - 104 - draft.panel.edge - gap
                blocks.turn(draft, block, Rect(left, floor + gap, width, 0))
            case _:
                pass
    aside = (532, 532, 500, 470)[draft.tight]
    inner = width - (aside + 24 if take else 0)
    if take:
        card = Rect(left + inner + 24, y, aside, 0)
        fits &= blocks.take_away(draft, take, card, floor - y, key_elsewhere=True) <= floor
        below = blocks.beside_code(draft, take, card)
        for block in rest:
            if isinstance(block, Small):
                fits &= draft.say(block.words, Style(26, 32), "muted", below) <= floor
    return _facts_and_notes(draft, rest, Rect(left, y, inner, floor - y)) and fits


def _facts_and_notes(draft: Draft, rest: list[Block], at: Rect) -> bool:
    """The facts' card with the quiet notes in it; whether all of it has room."""
    y = at.y
    for block in rest:
        if isinstance(block, Facts):
            before = len(draft.body)
            y = blocks.facts(draft, block, Rect(at.x, at.y, at.w, 0))
            del draft.body[before:]
            blocks.facts(draft, block, at, at.h)
    if y == at.y and any(isinstance(block, Note) for block in rest):
        draft.card(at)
        y += 30
    y -= (14, 12, 10, 8)[draft.tight]
    for block in rest:
        if isinstance(block, Note) and block.tone is Tone.QUIET:
            y = blocks.flat_note(draft, block, Rect(at.x + 38, y, at.w - 60, 0)) + 10
    return y <= at.bottom


def _one_column(draft: Draft, top: int) -> None:
    """Large text and the small panel: one block below the other; a `Turn` leads to the rest."""
    column = draft.column
    y = top
    space = 32 if draft.portrait else 16 - 2 * draft.tight
    for block in _in_order(draft):
        at = Rect(column.x, y, column.w, 0)
        match block:
            case Note():
                y = blocks.flat_note(draft, block, at) + space
            case Turn():
                top = max(draft.touch_from, y)
                y = blocks.turn(draft, block, Rect(at.x, top, at.w, 0)) + draft.panel.edge + space
            case Timeline():
                y = blocks.timeline(draft, block, at) + space
            case Facts():
                y = blocks.facts(draft, block, at) + space
            case TakeAway():
                y = blocks.take_away(draft, block, at) + space
            case Banner():
                y = blocks.banner(draft, block, at) + space
            case _:
                y = question.draw_block(draft, block, at)


def _low(draft: Draft, top: int) -> None:
    """Low reach: the answer above, the keys in the action row below the yellow line."""
    column = draft.column
    y = top
    timeline, take = _pair(draft)
    for block in _in_order(draft):
        at = Rect(column.x, y, column.w, 0)
        match block:
            case Banner():
                y = blocks.banner(draft, block, at, 232) + 24
            case Timeline() if take is not None:
                left, right = Rect(at.x, y, 536, 0), Rect(column.x + 560, y, column.w - 560, 0)
                before = len(draft.body)
                bottom = max(
                    blocks.timeline(draft, block, left), blocks.take_away(draft, take, right, key_elsewhere=True)
                )
                del draft.body[before:]
                blocks.timeline(draft, block, left, bottom - y)
                blocks.take_away(draft, take, right, bottom - y, key_elsewhere=True)
                y = bottom + 20
            case Timeline():
                y = blocks.timeline(draft, block, at) + 24
            case TakeAway() if timeline is not None:
                continue
            case Facts():
                y = blocks.facts(draft, block, at) + 20
            case Note():
                y = blocks.flat_note(draft, block, at) + 16
            case Small(words=words):
                y = draft.say(words, Style(28, 34), "muted", at) + 12
            case _:
                y = question.draw_block(draft, block, at)
