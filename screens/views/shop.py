"""Things to buy: a card each with picture, price and stepper, and what they come to; on each panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screens.pages import Heading, KeyState, Note, Shop, Total
from screens.views import blocks, frame, theme
from screens.views.keys import fitted, target
from screens.views.pieces import GAP, LEAST, LOW_TOP, begin, block_of
from screens.views.scene import Box, Picture, Rect, Shape
from screens.views.text import Run, icon, lay, measure, wrap
from screens.views.theme import Style

if TYPE_CHECKING:
    from screens.pages import Key, OnSale
    from screens.views.draft import Draft

_TALLEST = 264


def shop(draft: Draft) -> None:
    """Heading, cards, the total, the action row."""
    if draft.low:
        draft.bar_height = 128
    y = begin(draft)
    column = draft.column
    heading, note = block_of(draft, Heading), draft.page.explanation or block_of(draft, Note)
    cards, total = block_of(draft, Shop), block_of(draft, Total)
    assert heading is not None
    assert cards is not None
    assert total is not None
    wide = draft.landscape
    style = fitted(heading.words, draft.type.heading if not draft.small else Style(44, 50, theme.SEMIBOLD), column.w)
    width = column.w if not wide else 1100
    y = draft.say(heading.words, style, "text", Rect(column.x, y, width, 0))
    if heading.body:
        y = draft.say(
            heading.body, draft.type.body, "text", Rect(column.x, y + (12 if draft.portrait else 4), width, 0)
        )
    if note is not None and not wide:
        at = Rect(column.x, y + (24 if draft.portrait else 8), width, 0)
        y = blocks.note(draft, note, at, padding=24 if draft.portrait and not draft.large else 10)
    if draft.low:
        _total(draft, total, Rect(column.x, y + 40, column.w, 0))
        _low_cards(draft, cards)
    elif wide:
        beside = Rect(column.x + 1124, draft.panel.header + 70, column.w - 1124, 0)
        bottom = _total(draft, total, beside)
        if note is not None:
            _beside(draft, note, Rect(beside.x, bottom + 8, beside.w, draft.touch_from - bottom - 12))
        _wide_cards(draft, cards)
    else:
        _upright_cards(draft, cards, total, y)
    frame.action_row(draft)
    frame.bar(draft)


def _beside(draft: Draft, note: Note, at: Rect) -> None:
    """A note that has only so much room: at last without a box, in small letters."""
    before = len(draft.body)
    if blocks.note(draft, note, at, padding=8) <= at.bottom:
        return
    del draft.body[before:]
    words = f"{note.strong} {note.words}".strip()
    style = fitted(words, Style(32, 38), at.w - 60, max(1, at.h // 34))
    tone = blocks.tone_of(note)
    draft.add(icon(note.icon.value, 40, tone, Rect(at.x, at.y, 40, 40), filled=True))
    draft.say(words, style, "text", Rect(at.x + 60, at.y, at.w - 60, 0))


def _total(draft: Draft, block: Total, at: Rect) -> int:
    """The sum large at the side, below a line."""
    amount = Style(80, 88, theme.SEMIBOLD) if draft.portrait else Style(64, 72, theme.SEMIBOLD)
    title = draft.type.title if not draft.small else Style(34, 40, theme.SEMIBOLD)
    small = draft.type.small
    draft.add(Box(Rect(at.x, at.y, at.w, 3), "text"))
    top = at.y + (22 if draft.portrait else 12)
    width, _ = measure(block.amount, amount.face, amount.size)
    room = at.w - width - 24
    y = draft.say(block.words, fitted(block.words, title, room), "text", Rect(at.x, top, room, 0))
    y = draft.say(block.line, fitted(block.line, small, room, 2), "muted", Rect(at.x, y, room, 0))
    words = wrap((Run(block.amount, amount.face),), amount.size, 10_000)
    draft.put(lay(words, amount, "text", Rect(at.right - width, top - 2, width, 0)))
    return max(y, top + amount.line)


def _total_height(draft: Draft, block: Total) -> int:
    before = len(draft.body)
    height = _total(draft, block, Rect(draft.column.x, 0, draft.column.w, 0))
    del draft.body[before:]
    return height


def _upright_cards(draft: Draft, cards: Shop, total: Total, y: int) -> None:
    column, edge = draft.column, draft.panel.edge
    floor = draft.action_top - (48 if draft.portrait and not draft.large else 16) - _total_height(draft, total)
    _total(draft, total, Rect(column.x, floor, column.w, 0))
    floor -= 20 if draft.portrait else 12
    if cards.below:
        tall = 112 if draft.portrait else LEAST
        floor -= tall + edge
        blocks.turn(draft, cards.below[0], Rect(column.x, floor, column.w, 0), tall)
        floor -= GAP
    gap = 20 if draft.portrait else 12
    count = len(cards.cards)
    top = y + (48 if draft.portrait and not draft.large else 16)
    side = (104 if not draft.small else LEAST) + edge
    for _ in range(3):  # a lower card has its keys nearer to its upper end
        height = min(_TALLEST if not draft.large else 360, (floor - top + gap) // count - gap)
        top = max(top, draft.touch_from - (height - side) // 2)
    # A single card stands right above the total, where the hand is.
    top = max(top, min(floor - count * (height + gap) + gap, draft.touch_from - 40))
    for place, card in enumerate(cards.cards):
        _card(draft, card, Rect(column.x, top + place * (height + gap), column.w, height))


def _wide_cards(draft: Draft, cards: Shop) -> None:
    column, edge = draft.column, draft.panel.edge
    floor = draft.action_top - 20
    if cards.below:
        floor -= LEAST + edge
        blocks.turn(draft, cards.below[0], Rect(column.x, floor, column.w, 0), LEAST)
        floor -= GAP
    top = draft.touch_from + (0 if cards.below else 12)
    rows = 1 if len(cards.cards) <= 2 else 2
    width = (column.w - 24) // 2
    height = min(240, (floor - top + GAP) // rows - GAP)
    for place, card in enumerate(cards.cards):
        spot = Rect(column.x + place % 2 * (width + 24), top + place // 2 * (height + GAP), width, height)
        _card(draft, card, spot)


def _card(draft: Draft, block: OnSale, rect: Rect) -> None:
    """Picture, name, size and price; less, how many and more at the end."""
    _ground(draft, block, rect)
    edge = draft.panel.edge
    pad = 34 if rect.w > 900 else 16 if draft.small else 24
    side = 104 if not draft.small else LEAST
    # Keys stay in the lower two thirds, whatever stands above them.
    key_top = max(rect.mid_y - (side + edge) // 2, draft.touch_from)
    number = Style(60, 68, theme.SEMIBOLD if block.count else theme.REGULAR)
    middle = 104 if not draft.small else 72
    more = Rect(rect.right - pad - side, key_top, side, side)
    less = Rect(more.x - middle - side, key_top, side, side)
    _step(draft, block.less, less)
    _step(draft, block.more, more)
    shown = str(block.count)
    number = fitted(shown, number, middle - 12)
    words = wrap((Run(shown, number.face),), number.size, 10_000)
    at = Rect(less.right, more.mid_y - number.line // 2, middle, 0)
    draft.put(lay(words, number, "text" if block.count else "muted", at, "centre"))
    picture_side = min(176 if rect.w > 900 and not draft.large else 120 if not draft.small else 88, rect.h - 32)
    spot = Rect(rect.x + pad, rect.mid_y - picture_side // 2, picture_side, picture_side)
    draft.add(Picture(spot, block.art))
    left = spot.right + (36 if rect.w > 900 and not draft.large else 20 if not draft.small else 12)
    _words(draft, block, Rect(left, rect.y + 8, less.x - 16 - left, rect.h - 16))


def _ground(draft: Draft, block: OnSale, rect: Rect) -> None:
    if block.count:
        draft.add(Box(rect, "action", 20), Box(rect.inset(4), "sel" if not draft.high_contrast else "surface", 16))
    else:
        draft.card(rect)


def _step(draft: Draft, key: Key, spot: Rect) -> None:
    ink = "action" if key.state is not KeyState.NOT_YET else "dis-text"
    content: list[Shape] = [icon(key.icon.value, 44, ink, spot)] if key.icon else []
    draft.add(target(draft, key, spot, content))


def _words(draft: Draft, block: OnSale, at: Rect) -> None:
    """Name, size and price in the room; smaller where there is little of it."""
    caption = draft.type.caption.cut(theme.MEDIUM)
    label, _ = measure(block.tag, caption.face, caption.size)
    for shrink in range(0, 26, 2):
        name = _less(Style(36, 44, theme.MEDIUM) if not draft.large else draft.type.label, shrink)
        line = _less(draft.type.small, shrink)
        price = _less(Style(40, 50, theme.SEMIBOLD) if not draft.large else draft.type.title, shrink)
        beside = measure(block.price, price.face, price.size)[0] + 56 + label <= at.w
        parts = [(block.words, name, "text"), (block.line, line, "muted"), (block.price, price, "text")]
        if not beside:
            parts.append((block.tag, line, "muted"))
        laid = [(wrap((Run(text, s.face),), s.size, at.w), s, ink) for text, s, ink in parts if text]
        tall = sum(len(lines) * s.line for lines, s, _ in laid)
        if tall <= at.h and all(piece.width <= at.w for lines, _, _ in laid for piece in lines):
            break
    y = at.mid_y - tall // 2
    for lines, s, ink in laid:
        draft.put(lay(lines, s, ink, Rect(at.x, y, at.w, 0)))
        y += len(lines) * s.line
    if block.tag and beside:
        left = at.x + measure(block.price, price.face, price.size)[0] + 20
        height = min(46, price.line)
        spot = Rect(left, y - price.line + (price.line - height) // 2, label + 36, height)
        draft.add(Box(spot, "sunken", height // 2))
        words = wrap((Run(block.tag, caption.face),), caption.size, 10_000)
        draft.put(lay(words, caption, "muted", Rect(left + 18, spot.mid_y - caption.line // 2, label, 0)))


def _less(style: Style, by: int) -> Style:
    size = max(26, style.size - by)
    return Style(size, max(size + 6, style.line - by), style.face)


def _low_cards(draft: Draft, cards: Shop) -> None:
    """Low reach: what is chosen stays above, up to three cards below the yellow line."""
    column, edge = draft.column, draft.panel.edge
    frame.yellow_line(draft, draft.page.reach_line, 1184)
    floor = draft.action_top - 24
    if cards.below:
        floor -= LEAST + edge
        blocks.turn(draft, cards.below[0], Rect(column.x, floor, column.w, 0), LEAST)
        floor -= GAP
    width = (column.w - 2 * 20) // 3
    for place, card in enumerate(cards.cards):
        rect = Rect(column.x + place * (width + 20), LOW_TOP - 4, width, floor - LOW_TOP + 4)
        _ground(draft, card, rect)
        crowded = rect.h < 240
        keys = rect.bottom - (4 if crowded else 14) - edge - LEAST
        for key, x in ((card.less, rect.x + 14), (card.more, rect.right - 14 - LEAST)):
            _step(draft, key, Rect(x, keys, LEAST, LEAST))
        shown = str(card.count)
        number = Style(52, 60, theme.SEMIBOLD if card.count else theme.REGULAR)
        words = wrap((Run(shown, number.face),), number.size, 10_000)
        spot = Rect(rect.x + 14 + LEAST, keys + (LEAST - 60) // 2, rect.w - 28 - 2 * LEAST, 0)
        draft.put(lay(words, number, "text" if card.count else "muted", spot, "centre"))
        room = rect.w - 28
        name = fitted(card.words, Style(30, 36, theme.MEDIUM), room, 1 if crowded else 2)
        price = Style(28, 34, theme.SEMIBOLD)
        if crowded and measure(card.words, name.face, name.size)[0] > room:
            name, price = Style(26, 28, theme.MEDIUM), Style(26, 28, theme.SEMIBOLD)
        y = draft.say(card.words, name, "text", Rect(rect.x + 14, rect.y + (3 if crowded else 12), room, 0))
        if not crowded:
            y = draft.say(card.line, fitted(card.line, Style(28, 34), room, 2), "muted", Rect(rect.x + 14, y, room, 0))
        shown = card.tag or card.price
        draft.say(shown, fitted(shown, price, room), "text", Rect(rect.x + 14, y, room, 0))
