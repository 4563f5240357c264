"""The pages that ask or tell below the blue header: a flow of blocks, the action row, the bar."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from screens.pages import (
    Banner,
    Facts,
    Heading,
    Languages,
    Layout,
    LivePicture,
    Note,
    Options,
    Places,
    Ring,
    Segment,
    Small,
    Steps,
    TakeAway,
    Timeline,
    Tone,
    Turn,
    Waiting,
)
from screens.views import blocks, frame, theme
from screens.views.draft import lowest
from screens.views.keys import fitted, row_key
from screens.views.live import live
from screens.views.scene import Dots, Picture, Rect
from screens.views.text import icon
from screens.views.theme import Style

if TYPE_CHECKING:
    from screens.pages import Block
    from screens.views.draft import Draft

ART = {
    "letter-qr": (383, 441),
    "letter-code": (314, 324),
    "letter-number": (314, 324),
    "number": (495, 360),
    "eid-card": (428, 270),
    "eid-card-can": (428, 270),
    "passport-number": (314, 324),
    "kiosk-off": (283, 500),
}
"""Pictures beside a heading and their pixels."""


def question(draft: Draft) -> None:
    """Step header, heading, blocks one below the other, touchable ones from the touch line down."""
    frame.plain_ground(draft)
    frame.header(draft)
    y = _after_step(draft, frame.step_header(draft))
    if not draft.page.actions and draft.page.step_header is None:
        _announcement(draft)
    elif draft.page.layout is Layout.WAITING:
        _waiting(draft, y)
    else:
        before = len(draft.body)
        for draft.tight in range(4):
            del draft.body[before:]
            if _fits(draft, y, before):
                break
    frame.action_row(draft)
    frame.bar(draft)


def _fits(draft: Draft, y: int, before: int) -> bool:
    """Arrange the blocks from `y` downwards; whether they have room above the actions."""
    if draft.low:
        return _low_question(draft, y)
    if draft.landscape and any(isinstance(block, LivePicture) for block in draft.blocks):
        _wide_scan(draft, y)
    else:
        flow(draft, y)
    floor = draft.action_top - 8 if draft.page.actions else draft.bar_top - 8
    return lowest(draft.body[before:]) <= floor


def _wide_scan(draft: Draft, y: int) -> None:
    """Landscape: words left, the camera's picture right."""
    column = draft.column
    left = Rect(column.x, y, 640, 0)
    right = Rect(
        column.x + 688, draft.panel.header + 24, column.w - 688, draft.action_top - 24 - draft.panel.header - 24
    )
    for block in (*draft.blocks, draft.page.explanation):
        match block:
            case LivePicture():
                live(draft, block, right)
            case None:
                pass
            case _:
                left = Rect(left.x, draw_block(draft, block, left), left.w, 0)


def _waiting(draft: Draft, y: int) -> None:
    """Something is going on and nothing is to be done: the dots in the middle of the page."""
    column = draft.column
    for block in draft.blocks:
        if isinstance(block, Waiting):
            size = 56 if draft.portrait else 40
            middle = max(y + 120, (draft.panel.header + draft.bar_top) // 2)
            draft.add(Dots(Rect(column.mid_x - 2 * size - 8, middle - size, 4 * size + 16, size), "action"))
            style = Style(40, 52) if not draft.large else draft.type.body
            draft.say(block.words, style, "text", Rect(column.x, middle + 48, column.w, 0), "centre")
        else:
            y = draw_block(draft, block, Rect(column.x, y, column.w, 0))


def _announcement(draft: Draft) -> None:
    """A page that only tells: its sign, its sentence and what follows, in the middle."""
    column = draft.column
    heading = next((block for block in draft.blocks if isinstance(block, Heading)), None)
    notes = [block for block in draft.blocks if isinstance(block, Note)]
    size = 200 if draft.portrait else 120
    top = draft.panel.header + (240 if draft.portrait else 48)
    if notes:
        tone = blocks.tone_of(notes[0])
        draft.add(icon(notes[0].icon.value, size, tone, Rect(column.x, top, column.w, size), filled=True))
        top += size + (56 if draft.portrait else 24)
    big = Style(72, 80, theme.SEMIBOLD) if not draft.small else Style(48, 56, theme.SEMIBOLD)
    body = Style(40, 52) if not draft.large and not draft.small else draft.type.body
    if heading:
        top = draft.say(heading.words, big, "text", Rect(column.x, top, column.w, 0), "centre", even=True)
        if heading.body:
            top = draft.say(heading.body, body, "text", Rect(column.x, top + 24, column.w, 0), "centre", even=True)
    for block in notes:
        sentence = f"{block.strong} {block.words}".strip()
        top = draft.say(sentence, body, "text", Rect(column.x, top + 24, column.w, 0), "centre", even=True)


def _after_step(draft: Draft, below: int) -> int:
    if not below:
        return draft.panel.header + (40 if draft.portrait else 24)
    return below + (40 if draft.portrait else 20)


def flow(draft: Draft, y: int) -> None:
    """The blocks from `y` downwards, in the landscape panel in one or two columns."""
    column = draft.column
    notes = [draft.page.explanation] if draft.page.explanation else []
    todo: list[Block] = [*draft.blocks]
    place = next((i for i, block in enumerate(todo) if isinstance(block, Options | Languages)), len(todo))
    todo[place:place] = notes
    for block in todo:
        y = draw_block(draft, block, Rect(column.x, y, column.w, 0))


def draw_block(draft: Draft, block: Block, at: Rect) -> int:  # noqa: PLR0911 - one case per block
    """Draw one block of a flow; where the next may begin."""
    space = (32 if draft.portrait else 20) - (0, 6, 10, 12)[draft.tight]
    match block:
        case Heading():
            return _heading(draft, block, at) + space
        case Note(tone=Tone.QUIET) | Note():
            return blocks.note(draft, block, at, padding=24 if draft.portrait else 16) + space
        case Banner():
            return blocks.banner(draft, block, at) + space
        case Options():
            return _options(draft, block, at) + space
        case Places():
            return _places(draft, block, at) + space
        case Steps():
            return blocks.steps(draft, block, at) + space
        case Waiting():
            return blocks.waiting(draft, block, at, 128 if draft.portrait else 104) + space
        case Turn():
            return (
                blocks.turn(draft, block, Rect(at.x, max(at.y, draft.touch_from), at.w, 0)) + draft.panel.edge + space
            )
        case Timeline():
            return blocks.timeline(draft, block, at) + space
        case Facts():
            return blocks.facts(draft, block, at) + space
        case TakeAway():
            return blocks.take_away(draft, block, at) + space
        case LivePicture():
            return live(draft, block, Rect(at.x, at.y, at.w, draft.action_top - 32 - at.y)) + space
        case Languages():
            return _languages(draft, block, at) + space
        case Small(words=words):
            style = Style(26, 32) if not draft.large else Style(34, 40)
            top = max(at.y, draft.action_top - 24 - style.line) if draft.page.actions and not draft.low else at.y
            return draft.say(words, style, "muted", Rect(at.x, top, at.w, 0)) + space
        case Segment() | Ring():
            return at.y
        case _:
            return at.y


def _heading(draft: Draft, block: Heading, at: Rect) -> int:
    if not block.art or block.art not in ART or draft.large or draft.small:
        return blocks.heading(draft, block, at)
    if draft.low:
        return _low_heading(draft, block, at)
    width, height = ART[block.art]
    if height > 330:
        width, height = width * 330 // height, 330
    if width > 404:
        width, height = 404, height * 404 // width
    spot = Rect(at.right - width - (0 if width > 330 else 5), at.y + 4, width, height)
    draft.add(Picture(spot, block.art))
    bottom = blocks.heading(draft, block, Rect(at.x, at.y, spot.x - at.x - 32, 0))
    return max(bottom, spot.bottom if draft.portrait else bottom)


def _low_heading(draft: Draft, block: Heading, at: Rect) -> int:
    """Larger, because it is farther from the eyes of whoever sits."""
    width, height = ART[block.art]
    width, height = width * 440 // height, 440
    if width > 420:
        width, height = 420, height * 420 // width
    draft.add(Picture(Rect(at.right - width - 6, at.y + 24, width, height), block.art))
    room = at.w - width - 60
    style = fitted(block.words, Style(84, 92, theme.SEMIBOLD), room, 3)
    y = draft.say(block.words, style, "text", Rect(at.x, at.y + 4, room, 0))
    if block.body:
        y = draft.say(block.body, Style(40, 54), "text", Rect(at.x, y + 28, room, 0))
    return max(y, at.y + 24 + height)


def _options(draft: Draft, block: Options, at: Rect) -> int:
    panel = draft.panel
    top = max(at.y, draft.touch_from)
    gap = 20 if draft.portrait else 16
    floor = draft.action_top - 24 if draft.page.actions else draft.bar_top - 24
    count = max(1, len(block.options))
    if draft.landscape:
        width = (at.w - panel.gap * (count - 1)) // count
        height = min(320, floor - top - panel.edge)
        for number, option in enumerate(block.options):
            blocks.option(draft, option, Rect(at.x + number * (width + panel.gap), top, width, height))
        return top + height + panel.edge
    wished = [blocks.option_height(draft, option, at.w) for option in block.options]
    room = floor - top - count * panel.edge - gap * (count - 1)
    if sum(wished) > room or draft.small:
        wished = [min(wish, room // count) for wish in wished]
    y = top
    for option, height in zip(block.options, wished, strict=True):
        blocks.option(draft, option, Rect(at.x, y, at.w, height))
        y += height + panel.edge + gap
    return y - gap


def _places(draft: Draft, block: Places, at: Rect) -> int:
    y = at.y
    title = draft.type.title if not draft.small else Style(32, 40, theme.SEMIBOLD)
    if block.title:
        y = draft.say(block.title, title, "text", Rect(at.x, y, at.w, 0)) + 20
    columns = 2 if draft.landscape and len(block.rows) > 1 else 1
    width = (at.w - draft.panel.gap * (columns - 1)) // columns
    floor = draft.action_top - 16 if draft.page.actions else draft.bar_top - 16
    if any(isinstance(block, Small) for block in draft.blocks):
        floor -= 56
    bottom = y
    for number, row in enumerate(block.rows):
        spot = Rect(at.x + (number % columns) * (width + draft.panel.gap), y, width, 0)
        height = 146 if draft.portrait else 112
        if row.code:
            height = 232
        before = len(draft.body)
        end = blocks.place(draft, row, spot, height=height, outlined=True)
        if end > floor:
            del draft.body[before:]
            break
        bottom = max(bottom, end)
        if (number + 1) % columns == 0:
            y = bottom + (20 if draft.portrait else 12)
    return bottom


def _languages(draft: Draft, block: Languages, at: Rect) -> int:
    columns = 2
    top = max(at.y, draft.touch_from)
    width = (at.w - draft.panel.gap) // columns
    rows = math.ceil(len(block.languages) / columns)
    gap = 24 if draft.portrait else 16
    room = draft.action_top - 24 - top if draft.page.actions else draft.bar_top - 24 - top
    height = max(96, min(132, (room + gap) // max(1, rows) - gap - draft.panel.edge))
    y = top
    for number, language in enumerate(block.languages):
        x = at.x + (number % columns) * (width + draft.panel.gap)
        y = top + (number // columns) * (height + gap)
        blocks.language_key(draft, language, Rect(x, y, width, height))
    return y + height + draft.panel.edge


def _low_question(draft: Draft, y: int) -> bool:
    """Low reach: everything to read above the yellow line, everything to touch below it."""
    column = draft.column
    touch = [block for block in draft.blocks if isinstance(block, Options | Languages | Turn)]
    read: list[Block] = [block for block in draft.blocks if block not in touch]
    if draft.page.explanation:
        read.append(draft.page.explanation)
    y += 8
    for block in read:
        match block:
            case LivePicture():
                y = live(draft, block, Rect(column.x, y, column.w, 1432 - y)) + 24
            case _:
                y = draw_block(draft, block, Rect(column.x, y, column.w, 0))
    line = 1184 if touch or not draft.page.actions else 1456
    frame.yellow_line(draft, draft.page.reach_line, line)
    top = 1304
    for block in touch:
        match block:
            case Options():
                count = len(block.options)
                width = (column.w - 24 * (count - 1)) // count
                for number, option in enumerate(block.options):
                    blocks.option(draft, option, Rect(column.x + number * (width + 24), top, width, 240))
            case Languages():
                _languages(draft, block, Rect(column.x, top, column.w, 0))
            case Turn(key=key):
                draft.add(row_key(draft, key, Rect(column.x, top, column.w, 132)))
            case _:
                pass
    return y <= line + 24
