"""The reader of identity cards: its picture, what to do there, how far a card is read; in landscape side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from screens.icons import Icon
from screens.pages import Checklist, Dot, Heading, Machine, Note, Steps, Waiting
from screens.views import blocks, frame, theme
from screens.views.keys import fitted
from screens.views.pieces import begin, block_of
from screens.views.scene import Arc, Box, Picture, Rect
from screens.views.text import Run, icon, lay, wrap
from screens.views.theme import Style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from screens.pages import Block, CheckRow
    from screens.views.draft import Draft

_PICTURE: Final = (984, 660)
_LEAST_PICTURE: Final = 200
"""Pixels in height below which the picture tells nothing."""
_LOW_LINE: Final = 1456


def card(draft: Draft) -> None:
    """All of it if there is room; else closer together, then a smaller picture, then none."""
    y = begin(draft)
    floor = (draft.action_top if draft.page.actions else draft.bar_top) - (24 if draft.portrait else 16)
    if draft.low and draft.page.actions:
        frame.yellow_line(draft, draft.page.reach_line, _LOW_LINE)
        floor = _LOW_LINE - 24
    before = len(draft.body)
    for draft.tight, with_picture in ((0, True), (1, True), (2, True), (3, True), (2, False), (3, False)):
        del draft.body[before:]
        if _arranged(draft, y, floor, with_picture=with_picture):
            break
    frame.action_row(draft)
    frame.bar(draft)


def _arranged(draft: Draft, y: int, floor: int, *, with_picture: bool) -> bool:
    """Draw it between `y` and `floor`; whether it has room."""
    column = draft.column
    picture = block_of(draft, Machine) if with_picture else None
    rest: list[Block] = [block for block in draft.blocks if not isinstance(block, Machine)]
    if draft.page.explanation is not None:
        rest.insert(1, draft.page.explanation)
    if draft.landscape:
        left = Rect(column.x, y, column.w, 0)
        if picture is not None:
            half = (column.w - 48) // 2
            _picture(draft, picture, Rect(column.x, y + 12, half, floor - y - 12))
            left = Rect(column.x + half + 48, y, half, 0)
        return _flow(draft, rest, left) <= floor
    if picture is None:
        return _flow(draft, rest, Rect(column.x, y, column.w, 0)) <= floor
    top = _flow(draft, rest[:1], Rect(column.x, y, column.w, 0)) + _space(draft)
    kept = len(draft.body)
    tail = _flow(draft, rest[1:], Rect(column.x, 0, column.w, 0))
    del draft.body[kept:]
    room = floor - top - tail - _space(draft)
    least = _LEAST_PICTURE if not draft.tight else _LEAST_PICTURE + 40
    if room < (620 if not draft.tight and draft.portrait else least):
        return False
    height = min(room, _PICTURE[1] * column.w // _PICTURE[0])
    _picture(draft, picture, Rect(column.x, top, column.w, height))
    _flow(draft, rest[1:], Rect(column.x, top + height + _space(draft), column.w, 0))
    return True


def _space(draft: Draft) -> int:
    return (40, 32, 24, 16)[draft.tight] if draft.portrait else (24, 18, 12, 8)[draft.tight]


def _picture(draft: Draft, block: Machine, at: Rect) -> None:
    """As large as it may be; it shows the real machine, so that it is the same in every language."""
    width, height = _PICTURE
    if width * at.h > height * at.w:
        width, height = at.w, height * at.w // width
    else:
        width, height = width * at.h // height, at.h
    draft.add(Picture(Rect(at.x + (at.w - width) // 2, at.y, width, height), block.art))


def _flow(draft: Draft, todo: Sequence[Block], at: Rect) -> int:
    """The blocks from the top of `at`; where the last ends."""
    y = at.y
    for place, block in enumerate(todo):
        if place:
            y += _space(draft)
        spot = Rect(at.x, y, at.w, 0)
        match block:
            case Heading():
                y = _heading(draft, block, spot)
            case Steps():
                y = blocks.steps(draft, block, spot)
            case Note():
                y = blocks.note(draft, block, spot, padding=(24, 20, 16, 12)[draft.tight])
            case Waiting():
                y = blocks.waiting(draft, block, spot, (128, 116, 104, 96)[draft.tight] if draft.portrait else 96)
            case Checklist():
                y = _checklist(draft, block, spot)
            case _:
                pass
    return y


def _heading(draft: Draft, block: Heading, at: Rect) -> int:
    style = draft.type.heading if not draft.small else Style(44, 50, theme.SEMIBOLD)
    if draft.small and draft.large:
        style = Style(52, 58, theme.SEMIBOLD)
    style = fitted(block.words, style, at.w, 2)
    y = draft.say(block.words, style, "text", at)
    if block.body and draft.tight < 3:
        y = draft.say(block.body, draft.type.body, "text", Rect(at.x, y + 12, at.w, 0))
    return y


def _checklist(draft: Draft, block: Checklist, at: Rect) -> int:
    """A bar, and below it what is done, under way and to come."""
    pad = 36 if not draft.small else 20
    side = draft.icon(64) if draft.portrait else 56
    gap = (32, 24, 18, 12)[draft.tight]
    left = at.x + pad + side + (28 if not draft.small else 20)
    room = at.right - pad - left
    bar = 16
    y = at.y + pad + bar + (32, 24, 20, 16)[draft.tight]
    begin_at = len(draft.body)
    for row in block.rows:
        y = _row(draft, row, Rect(left, y, room, 0), Rect(at.x + pad, y, side, side)) + gap
    made = draft.body[begin_at:]
    del draft.body[begin_at:]
    rect = Rect(at.x, at.y, at.w, y - gap + pad - at.y)
    draft.card(rect)
    track = Rect(rect.x + pad, rect.y + pad, rect.w - 2 * pad, bar)
    draft.add(Box(track, "track", bar // 2))
    done = track.w * block.done // max(1, block.of)
    if done >= bar:
        draft.add(Box(Rect(track.x, track.y, done, bar), "action", bar // 2))
    draft.put(made)
    return rect.bottom


def _row(draft: Draft, row: CheckRow, at: Rect, spot: Rect) -> int:
    label = draft.type.label if not draft.small or draft.large else Style(30, 36, theme.SEMIBOLD)
    style = label.cut(theme.REGULAR if row.dot is Dot.LATER else theme.MEDIUM)
    lines = wrap((Run(row.words, style.face),), style.size, at.w)
    quiet = draft.type.small
    below = wrap((Run(row.line, quiet.face),), quiet.size, at.w) if row.line and row.dot is Dot.NOW else ()
    tall = len(lines) * style.line + len(below) * quiet.line
    height = max(tall, spot.h)
    y = at.y + (height - tall) // 2
    ink = "muted" if row.dot is Dot.LATER else "text"
    draft.put(lay(lines, style, ink, Rect(at.x, y, at.w, 0)))
    draft.put(lay(below, quiet, "muted", Rect(at.x, y + len(lines) * style.line, at.w, 0)))
    sign(draft, row.dot, Rect(spot.x, at.y + (height - spot.h) // 2, spot.w, spot.h))
    return at.y + height


def sign(draft: Draft, dot: Dot, spot: Rect) -> None:
    """A tick, a quarter of an arc, or an empty ring."""
    if dot is Dot.DONE:
        draft.add(Box(spot, "ok-solid", spot.w // 2))
        draft.add(icon(Icon.CHECK.value, spot.w * 5 // 8, "on-solid", spot))
        return
    thick = 8 if dot is Dot.NOW else 4
    draft.add(Box(spot, "track" if dot is Dot.NOW else "line", spot.w // 2))
    draft.add(Box(spot.inset(thick), "surface", spot.w // 2 - thick))
    if dot is Dot.NOW:
        draft.add(Arc(spot.inset(thick // 2), thick, 90, "action"))
