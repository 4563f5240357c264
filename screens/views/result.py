"""The page that answers: banner, where it is, what to take away, what is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screens.pages import Banner, Facts, Note, Small, TakeAway, Timeline, Turn
from screens.views import blocks, frame, question
from screens.views.draft import lowest
from screens.views.scene import Rect, Target, moved
from screens.views.theme import Style

if TYPE_CHECKING:
    from screens.pages import Block, Key
    from screens.views.draft import Draft


def result(draft: Draft) -> None:
    """The answer comes first."""
    frame.plain_ground(draft)
    frame.header(draft)
    before = len(draft.body)
    for draft.tight in range(4):
        del draft.body[before:]
        floor = _arranged(draft)
        if lowest(draft.body[before:]) <= floor:
            break
    if draft.small or (draft.large and not draft.landscape):
        frame.action_row(draft, () if _has_take_away_card(draft) else _print_key(draft))
    elif draft.landscape or draft.low:
        frame.action_row(draft, _print_key(draft))
    else:
        frame.action_row(draft)
    frame.bar(draft)


def _arranged(draft: Draft) -> int:
    """Everything between header and actions; the y it must not reach beyond."""
    top = draft.panel.header
    top += (40, 28, 20, 16)[draft.tight] if draft.portrait else 24 if draft.landscape else 16
    if draft.small or (draft.large and not draft.landscape):
        _one_column(draft, top)
    elif draft.landscape:
        _landscape(draft, top)
    elif draft.low:
        _low(draft, top)
        return 1448
    else:
        _portrait(draft, top)
    return draft.action_top - (16 if draft.portrait else 8)


def _print_key(draft: Draft) -> tuple[Key, ...]:
    return tuple(block.key for block in draft.blocks if isinstance(block, TakeAway) and block.key)


def _has_take_away_card(draft: Draft) -> bool:
    return any(isinstance(block, TakeAway) for block in draft.blocks)


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
                y = blocks.flat_note(draft, block, Rect(at.x, y + (13, 6, 0, 0)[draft.tight], at.w, 0)) + (16, 14, 12, 10)[draft.tight]
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
    height = max(least, blocks.timeline(draft, timeline, left, least) - y, blocks.take_away(draft, take, right, least) - y)
    del draft.body[before:]
    blocks.timeline(draft, timeline, left, height)
    blocks.take_away(draft, take, right, height)
    return y + height


def _landscape(draft: Draft, top: int) -> None:
    column = draft.column
    timeline, take = _pair(draft)
    floor = draft.action_top - 24
    left = column.x
    if timeline:
        blocks.timeline(draft, timeline, Rect(column.x, top, 536, 0), floor - top)
        left = column.x + 560
    y = top
    width = column.right - left
    rest = [block for block in _in_order(draft) if block is not timeline and block is not take]
    for block in rest:
        if isinstance(block, Banner):
            y = blocks.banner(draft, block, Rect(left, y, width, 0), 216) + 24
    inner = width - (532 + 24 if take else 0)
    if take:
        blocks.take_away(draft, take, Rect(left + inner + 24, y, 532, floor - y), floor - y, key_elsewhere=True)
    notes = [block for block in rest if isinstance(block, Note)]
    for block in rest:
        if isinstance(block, Facts):
            blocks.facts(draft, block, Rect(left, y, inner, 0), floor - y)
    below = floor - 24
    for block in reversed(notes):
        below = _note_from_below(draft, block, Rect(left + 38, 0, inner - 60, 0), below)


def _note_from_below(draft: Draft, block: Note, at: Rect, floor: int) -> int:
    before = len(draft.body)
    bottom = blocks.flat_note(draft, block, at)
    drawn = draft.body[before:]
    del draft.body[before:]
    draft.put(moved(item, 0, floor - bottom) for item in drawn if not isinstance(item, Target))
    return floor - bottom - 12


def _one_column(draft: Draft, top: int) -> None:
    """Large text and the small panel: one block below the other; a `Turn` leads to the rest."""
    column = draft.column
    y = top
    space = 32 if draft.portrait else 16
    for block in _in_order(draft):
        at = Rect(column.x, y, column.w, 0)
        match block:
            case Note():
                y = blocks.flat_note(draft, block, at) + space
            case Turn():
                height = 152 if draft.portrait else 112
                least = draft.action_top - 72 - draft.panel.edge - height if draft.portrait else y
                y = blocks.turn(draft, block, Rect(at.x, max(draft.touch_from, y, 0 * least), at.w, 0)) + draft.panel.edge + space
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
                height = max(580, 110 + 104 * (len(block.rows) - 1) + 64 + 28)
                blocks.timeline(draft, block, Rect(at.x, y, 536, 0), height)
                right = Rect(column.x + 560, y, column.w - 560, 0)
                blocks.take_away(draft, take, right, height, key_elsewhere=True)
                y += height + 24
            case Timeline():
                y = blocks.timeline(draft, block, at) + 24
            case TakeAway() if timeline is not None:
                continue
            case Facts():
                y = blocks.facts(draft, block, at) + 20
            case Note():
                y = blocks.flat_note(draft, block, at) + 16
            case _:
                y = question.draw_block(draft, block, at)
    frame.yellow_line(draft, draft.page.reach_line, 1456)
