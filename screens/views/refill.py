"""The columns of the dispenser side by side, each with what lay in it and what was put in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from screens.pages import FillCards, Heading, KeyState, Note, Turn
from screens.views import blocks, frame, theme
from screens.views.keys import fitted, target
from screens.views.pieces import LEAST
from screens.views.scene import Box, Picture, Rect, Shape
from screens.views.text import Run, icon, lay, measure, wrap
from screens.views.theme import Style

if TYPE_CHECKING:
    from screens.pages import FillCard, Key
    from screens.views.draft import Draft

_BLOCKS: Final = 12
"""A column of more pieces has this many blocks, each of which stands for several."""


def refill(draft: Draft) -> None:
    """Heading, what is wrong, the columns, the action row."""
    frame.plain_ground(draft)
    frame.header(draft)
    column, page = draft.column, draft.page
    y = draft.panel.header + (36 if draft.portrait else 14)
    floor = draft.action_top - (32 if draft.portrait else 16)
    for block in draft.blocks:
        at = Rect(column.x, y, column.w, 0)
        match block:
            case Heading():
                size = draft.type.heading if draft.portrait else Style(44, 50, theme.SEMIBOLD)
                y = draft.say(block.words, fitted(block.words, size, column.w), "text", at)
                if page.explanation is None and not (draft.large and draft.small):
                    body = draft.type.body if draft.portrait else draft.type.small
                    y = draft.say(block.body, body, "text", Rect(at.x, y + 8, at.w, 0))
                else:
                    y += 4
                if page.explanation is not None:
                    y = blocks.note(draft, page.explanation, Rect(at.x, y + 10, at.w, 0), padding=10)
                y += 24 if draft.portrait else 10
            case Note() if page.explanation is None:
                y = blocks.note(draft, block, at, padding=14 if draft.portrait else 8)
                y += 20 if draft.portrait else 10
            case Turn():
                tall = 112 if draft.portrait else LEAST
                floor -= tall + draft.panel.edge
                blocks.turn(draft, block, Rect(column.x, floor, column.w, 0), tall)
                floor -= 16
            case _:
                pass
    cards = next(block for block in draft.blocks if isinstance(block, FillCards))
    gap = 20 if not draft.small else 12
    count = 3 if not draft.compact else 2
    width = (column.w - gap * (count - 1)) // count
    for place, card in enumerate(cards.cards):
        _column(draft, card, Rect(column.x + place * (width + gap), y, width, floor - y))
    frame.action_row(draft)
    frame.bar(draft)


def _column(draft: Draft, block: FillCard, rect: Rect) -> None:
    """Picture and name, the pieces as blocks from below, the number, less and more."""
    changed = block.now != block.was
    if changed:
        draft.add(Box(rect, "action", 20), Box(rect.inset(4), "sel" if not draft.high_contrast else "surface", 16))
    else:
        draft.card(rect)
    inner = rect.inset(16 if draft.small else 26)
    small = Style(28, 34) if not draft.large else Style(32, 38)
    key_w = min(120, max(LEAST, (inner.w - 20) // 2))
    base = rect.bottom - (16 if draft.small else 28) - draft.panel.edge - LEAST
    spread = min(inner.w, 2 * key_w + 40)
    left = inner.mid_x - spread // 2
    if spread < 2 * LEAST + 16:
        left, spread = rect.mid_x - LEAST - 8, 2 * LEAST + 16
        key_w = LEAST
    low = rect.h < 430
    if low:  # the number stands between its keys, its words in one line
        left, spread = inner.x, inner.w
    _step(draft, block.less, Rect(left, base, key_w, LEAST))
    _step(draft, block.more, Rect(left + spread - key_w, base, key_w, LEAST))
    number = Style(60, 66, theme.SEMIBOLD)
    if low:
        between = Rect(left + key_w, base + (LEAST - number.line) // 2, spread - 2 * key_w, 0)
        _centred(draft, str(block.now), number, "text", between)
        y = base - 12 - small.line
    else:
        y = base - 12 - small.line
        _centred(draft, block.of, small, "muted", Rect(inner.x, y, inner.w, 0))
        y -= number.line
        _centred(draft, str(block.now), number, "text", Rect(inner.x, y, inner.w, 0))
        y -= small.line + 2
    _was(draft, block, small, Rect(inner.x, y, inner.w, 0))
    name = Style(32, 38, theme.SEMIBOLD) if not draft.large else Style(36, 42, theme.SEMIBOLD)
    name = fitted(block.words, name, inner.w, 2)
    lines = wrap((Run(block.words, name.face),), name.size, inner.w)
    under = fitted(block.line, small, inner.w, 2)
    under_lines = wrap((Run(block.line, under.face),), under.size, inner.w)
    head = len(lines) * name.line + len(under_lines) * under.line
    top = rect.y + (14 if draft.small else 24)
    if y - top - head >= 330:
        draft.add(Picture(Rect(inner.mid_x - 70, top, 140, 140), block.art))
        top += 152
    if y - top - head >= 0:
        draft.put(lay(lines, name, "text", Rect(inner.x, top, inner.w, 0), "centre"))
        top += len(lines) * name.line
        draft.put(lay(under_lines, under, "muted", Rect(inner.x, top, inner.w, 0), "centre"))
        top += len(under_lines) * under.line + 12
    _gauge(draft, block, Rect(inner.x, top, inner.w, y - 12 - top))


def _gauge(draft: Draft, block: FillCard, at: Rect) -> None:
    count = min(block.room, _BLOCKS)
    each = (at.h + 6) // max(1, count) - 6
    if each < 6:
        return
    each = min(each, 32)
    was = round(min(block.was, block.now) * count / block.room)
    now = round(block.now * count / block.room)
    for number in range(count):
        fill = "ok-solid" if number < was else "action" if number < now else "track"
        spot = Rect(at.x, at.bottom - (number + 1) * (each + 6) + 6, at.w, each)
        draft.add(Box(spot, fill, min(6, each // 2)))


def _was(draft: Draft, block: FillCard, style: Style, at: Rect) -> None:
    bold = style.cut(theme.SEMIBOLD)
    text = f"{block.before} {block.added}".strip()
    style = fitted(text, style, at.w)
    bold = Style(style.size, style.line, theme.SEMIBOLD)
    first, second = measure(block.before, style.face, style.size)[0], measure(block.added, bold.face, bold.size)[0]
    gap = 12 if block.added else 0
    x = at.mid_x - (first + gap + second) // 2
    draft.put(lay(wrap((Run(block.before, style.face),), style.size, 10_000), style, "text", Rect(x, at.y, first, 0)))
    if block.added:
        words = wrap((Run(block.added, bold.face),), bold.size, 10_000)
        draft.put(lay(words, bold, "action", Rect(x + first + gap, at.y, second, 0)))


def _centred(draft: Draft, text: str, style: Style, colour: str, at: Rect) -> None:
    style = fitted(text, style, at.w)
    draft.put(lay(wrap((Run(text, style.face),), style.size, 10_000), style, colour, at, "centre"))


def _step(draft: Draft, key: Key, spot: Rect) -> None:
    ink = "action" if key.state is not KeyState.NOT_YET else "dis-text"
    content: list[Shape] = [icon(key.icon.value, 44, ink, spot)] if key.icon else []
    draft.add(target(draft, key, spot, content))
