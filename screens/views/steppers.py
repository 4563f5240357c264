"""Tiles with steppers below the volume gauge; on each panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screens.pages import (
    Heading,
    KeyState,
    Note,
    Steppers,
    Volume,
)
from screens.views import blocks, frame, theme
from screens.views.keys import fitted, target
from screens.views.pieces import GAP, LEAST, LOW_TOP, begin, block_of
from screens.views.scene import Box, Rect, Shape
from screens.views.text import Run, icon, lay, measure, wrap
from screens.views.theme import Style

if TYPE_CHECKING:
    from screens.pages import Stepper, Turn
    from screens.views.draft import Draft


def items(draft: Draft) -> None:
    """The gauge, the tiles with their steppers, what is not taken."""
    if draft.low:
        draft.bar_height = 128
    y = begin(draft)
    column = draft.column
    heading, volume, cards = block_of(draft, Heading), block_of(draft, Volume), block_of(draft, Steppers)
    assert heading is not None
    assert cards is not None
    style = fitted(heading.words, draft.type.heading if not draft.small else Style(44, 50, theme.SEMIBOLD), column.w)
    wide = draft.landscape
    bottom = draft.say(heading.words, style, "text", Rect(column.x, y, column.w if not wide else 900, 0))
    gauge_at = Rect(column.x, bottom + (24 if draft.portrait else 10), column.w, 0)
    if wide:
        gauge_at = Rect(column.x + 924, draft.panel.header + 76, column.w - 924, 0)
    if volume is not None:
        bottom = max(bottom, _gauge(draft, volume, gauge_at))
    if draft.page.explanation is not None:
        # A reason takes the gauge's own place on crowded panels: it says the same in words.
        bottom = _reason(draft, draft.page.explanation, bottom, gauge_at)
    if draft.low:
        _low_items(draft, cards)
    elif wide:
        _wide_items(draft, cards)
    else:
        _upright_items(draft, cards, bottom)
    frame.action_row(draft)
    frame.bar(draft)


def _reason(draft: Draft, note: Note, bottom: int, gauge_at: Rect) -> int:
    if draft.low:
        return blocks.note(draft, note, Rect(draft.column.x, bottom + 24, draft.column.w, 0))
    room = draft.type.small.line * 2 + 24
    kept = [item for item in draft.body if item.rect.y < gauge_at.y or item.rect.x < gauge_at.x]
    draft.body[:] = kept
    return blocks.note(draft, note, gauge_at, padding=16, least=room)


def _gauge(draft: Draft, block: Volume, at: Rect) -> int:
    """A card with ten blocks that fill."""
    large = draft.large and draft.portrait
    inside = 34 if draft.portrait else 24
    title = Style(36, 44, theme.SEMIBOLD) if not draft.large else draft.type.label
    if draft.small:
        title = fitted(block.words, Style(32, 38, theme.SEMIBOLD), at.w - 120)
    hint = draft.type.small
    rect = Rect(
        at.x,
        at.y,
        at.w,
        163 if draft.portrait and not draft.large else 190 if large else 96 if draft.landscape else 116,
    )
    draft.card(rect)
    size = 48 if not draft.small else 40
    left = at.x + inside
    top = rect.y + (30 if draft.portrait else 6 if draft.landscape else 14)
    draft.add(icon(block.icon.value, size, "c-waste", Rect(left, top, size, title.line), filled=True))
    words = left + size + 24
    width, _ = measure(block.words, title.face, title.size)
    draft.put(lay(wrap((Run(block.words, title.face),), title.size, 10_000), title, "text", Rect(words, top, width, 0)))
    spare = rect.right - inside - words - width - 24
    hint_width, _ = measure(block.hint, hint.face, hint.size)
    if hint_width <= spare:
        spot = Rect(words + width + 24, top + (title.line - hint.line) // 2 + 1, spare, 0)
        draft.put(lay(wrap((Run(block.hint, hint.face),), hint.size, 10_000), hint, "muted", spot, "right"))
    room = rect.w - 2 * inside
    each = (room - 8 * (block.blocks - 1)) / block.blocks
    for number in range(block.blocks):
        x = round(left + number * (each + 8))
        fill = "track"
        if number < block.filled:
            fill = "bad-solid" if block.full and number == block.blocks - 1 else "ok-solid"
        draft.add(
            Box(
                Rect(
                    x,
                    rect.bottom - (10 if draft.landscape else inside - 6 if not draft.portrait else inside - 4) - 32,
                    round(each),
                    32,
                ),
                fill,
                6,
            )
        )
    return rect.bottom


def _upright_items(draft: Draft, block: Steppers, bottom: int) -> None:
    column = draft.column
    edge = draft.panel.edge
    floor = draft.action_top - (32 if draft.portrait else 18)
    below = 100 if draft.portrait and not draft.large else 128 if draft.portrait else LEAST
    below_top = floor - below - edge
    gap = 20 if draft.portrait else GAP
    columns = 3 if draft.portrait and not draft.large else 2
    rows = 3 if columns == 3 else 2
    top = bottom + (38 if columns == 3 else 20)
    height = (
        (below_top - 32 - top + gap) // rows - gap if draft.portrait else (below_top - 14 - top + gap) // rows - gap
    )
    height = min(height, 268 if columns == 3 else 340)
    width = (column.w - gap * (columns - 1)) // columns
    for place, card in enumerate(block.cards):
        spot = Rect(column.x + place % columns * (width + gap), top + place // columns * (height + gap), width, height)
        _card(draft, card, spot)
    _below(draft, block.below, Rect(column.x, below_top, column.w, below))


def _wide_items(draft: Draft, block: Steppers) -> None:
    """Landscape: five to a row; what belongs to them stands in the place behind the last."""
    column = draft.column
    floor = draft.action_top - 18
    top = draft.touch_from - 78
    columns, rows = (5, 2) if not draft.large else (4, 1)
    width = (column.w - GAP * (columns - 1)) // columns
    if rows == 2:
        height = (floor - top - GAP) // 2
        for place, card in enumerate(block.cards):
            spot = Rect(column.x + place % 5 * (width + GAP), top + place // 5 * (height + GAP), width, height)
            _card(draft, card, spot)
        room = Rect(column.x + 4 * (width + GAP), floor - height, width, height)
        each = (room.h - GAP * (len(block.below) - 1)) // len(block.below) - draft.panel.edge
        for place, turn in enumerate(block.below):
            _wide_key(draft, turn, Rect(room.x, room.y + place * (each + GAP + draft.panel.edge), room.w, each))
        return
    height = floor - top - LEAST - draft.panel.edge - GAP
    for place, card in enumerate(block.cards):
        _card(draft, card, Rect(column.x + place * (width + GAP), top, width, height))
    _below(draft, block.below, Rect(column.x, floor - LEAST - draft.panel.edge, column.w, LEAST))


def _low_items(draft: Draft, block: Steppers) -> None:
    """Low reach: what is chosen stays above, three tiles at once below the yellow line."""
    column = draft.column
    frame.yellow_line(draft, draft.page.reach_line, 1184)
    width = (column.w - 2 * 20) // 3
    for place, card in enumerate(block.cards):
        _card(draft, card, Rect(column.x + place * (width + 20), LOW_TOP - 4, width, 196))
    _below(draft, block.below, Rect(column.x, draft.action_top - 24 - 8 - 96, column.w, 96))


def _below(draft: Draft, turns: tuple[Turn, ...], row: Rect) -> None:
    width = (row.w - GAP * (len(turns) - 1)) // len(turns)
    if len(turns) == 2 and draft.portrait:
        first = 380
        _wide_key(draft, turns[0], Rect(row.x, row.y, first, row.h))
        _wide_key(draft, turns[1], Rect(row.x + first + GAP, row.y, row.w - first - GAP, row.h))
        return
    for place, turn in enumerate(turns):
        _wide_key(draft, turn, Rect(row.x + place * (width + GAP), row.y, width, row.h))


def _wide_key(draft: Draft, block: Turn, rect: Rect) -> None:
    """Pictogram, words, and what touching it does at the end."""
    roomy = rect.w >= 700 and not draft.large
    size = draft.icon(40) if rect.w > 400 else 36
    style = Style(32, 38) if not draft.large else Style(36, 42)
    left = rect.x + (32 if roomy else 14) + size + (22 if roomy else 10)
    bad = block.key.name == "never"
    sign = block.key.icon
    content: list[Shape] = []
    if sign is not None:
        spot = Rect(left - size - (22 if roomy else 10), rect.y, size, rect.h)
        content.append(icon(sign.value, size, "bad" if bad else "action", spot))
    end = measure(block.counting, theme.MEDIUM, 28)[0] if roomy else 0
    room = rect.right - 20 - (end + 64 if roomy else 0) - left
    lines = 4 if rect.h >= 150 else 2 if rect.h >= 88 else 1
    chosen = fitted(block.key.words, style, room, lines)
    strong, colon, rest = block.key.words.partition(":")
    if rect.w < 420 and rect.h < 140:
        colon = rest = ""
    runs = (Run(strong + colon, theme.MEDIUM), Run(rest, chosen.face)) if colon else (Run(strong, theme.MEDIUM),)
    broken = wrap(runs, chosen.size, room)
    while len(broken) > lines and chosen.size > 26:
        chosen = Style(chosen.size - 2, chosen.line - 2)
        broken = wrap(runs, chosen.size, room)
    content.extend(lay(broken, chosen, "text", Rect(left, rect.mid_y - len(broken) * chosen.line // 2, room, 0)))
    if roomy and block.counting:
        small = Style(28, 34, theme.MEDIUM)
        spot = Rect(rect.right - 72 - end, rect.mid_y - 17, end, 0)
        content.extend(lay(wrap((Run(block.counting, small.face),), 28, 10_000), small, "action", spot))
        content.append(icon("\ue5cc", 40, "action", Rect(rect.right - 64, rect.y, 44, rect.h)))
    draft.add(target(draft, block.key, rect, content))


def _card(draft: Draft, block: Stepper, rect: Rect) -> None:
    """A tile: pictogram, name and volume above, less, how many, and more below."""
    chosen = block.count > 0
    if chosen:
        draft.add(Box(rect, "action", 20), Box(rect.inset(4), "sel" if not draft.high_contrast else "surface", 16))
    else:
        draft.card(rect)
    edge = draft.panel.edge
    pad = 24 if rect.w >= 300 else 14
    keys = LEAST if not draft.large or rect.h < 300 else 112
    base = rect.bottom - (24 if rect.h >= 240 else 10 if rect.h >= 200 else 4) - edge - keys
    tall = base - rect.y - 12
    side = min(80 if rect.w >= 300 and not draft.low else 56, max(40, tall - 8))
    name = Style(34, 40, theme.MEDIUM) if not draft.large else Style(min(44, draft.type.label.size), 50, theme.MEDIUM)
    line = Style(28, 34) if not draft.large else Style(32, 38)
    for side in (side, min(side, 48)):  # noqa: B020 - a smaller picture where a long word needs the room
        chip = Rect(rect.x + pad, rect.y + max(6, (tall - side) // 2 + 4), side, side)
        left = chip.right + (15 if rect.w >= 300 else 10)
        room = rect.right - 10 - left
        one = fitted(block.words, name, room, 1)
        if one.size < 28 and tall >= 110:
            one = fitted(block.words, Style(28, 32, theme.MEDIUM), room, 2)
        broken = wrap((Run(block.words, one.face),), one.size, room)
        if all(piece.width <= room for piece in broken):
            break
    if side >= 48:
        draft.chip(chip, "c-waste-bg", 12)
    draft.add(icon(block.icon.value, round(side * 0.7), "c-waste", chip, filled=True))
    both = len(broken) * one.line + line.line <= tall
    height = len(broken) * one.line + (line.line if both else 0)
    y = chip.mid_y - height // 2
    draft.put(lay(broken, one, "text", Rect(left, y, room, 0)))
    if both:
        draft.say(block.line, line, "muted", Rect(left, y + len(broken) * one.line, room, 0))
    width = min(100 if rect.w < 400 else 140, (rect.w - 2 * pad - 48) // 2)
    width = max(LEAST, width)
    for key, x in ((block.less, rect.x + pad), (block.more, rect.right - pad - width)):
        spot = Rect(x, base, width, keys)
        ink = "action" if key.state is not KeyState.NOT_YET else "dis-text"
        content: list[Shape] = [icon(key.icon.value, 44, ink, spot)] if key.icon else []
        draft.add(target(draft, key, spot, content))
    middle = Rect(rect.x + pad + width, base, rect.w - 2 * pad - 2 * width, keys)
    number = Style(52, 60, theme.SEMIBOLD if chosen else theme.REGULAR)
    shown = str(block.count)
    number = fitted(shown, number, middle.w)
    line_of = wrap((Run(shown, number.face),), number.size, 10_000)
    at = Rect(middle.x, middle.mid_y - number.line // 2, middle.w, 0)
    draft.put(lay(line_of, number, "text" if chosen else "muted", at, "centre"))
