"""The pages of bulky waste until the day is chosen: a line to type with suggestions, tiles with steppers, the calendar.

Longer than most modules because each page lies differently on each panel, and each arrangement is written once.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeVar

from screens.pages import (
    Calendar,
    DayKind,
    DayList,
    Heading,
    Keyboard,
    KeyboardKind,
    KeyState,
    Note,
    Steppers,
    Suggested,
    Typed,
    Volume,
)
from screens.views import blocks, entry, frame, theme
from screens.views.keys import fitted, row_key, stacked_key, target
from screens.views.scene import Box, KeyColours, Picture, Rect, Shape, Target
from screens.views.text import Run, icon, lay, measure, wrap
from screens.views.theme import Style

if TYPE_CHECKING:
    from screens.pages import Block, CalendarDay, Key, Stepper, Turn
    from screens.views.draft import Draft

B = TypeVar("B", bound="Block")
GAP: Final = 16
LEAST: Final = 96
LOW_TOP: Final = 1296
"""The first key below the yellow line."""


def begin(draft: Draft) -> int:
    """Ground, header and step header; where the page's own begins."""
    frame.plain_ground(draft)
    frame.header(draft)
    below = frame.step_header(draft)
    return (below or draft.panel.header) + (40 if draft.portrait else 14)


def block_of(draft: Draft, kind: type[B]) -> B | None:
    """The page's block of that kind."""
    return next((block for block in draft.blocks if isinstance(block, kind)), None)


def search(draft: Draft) -> None:
    """A line to type, what may be meant, and the keys to type with."""
    if draft.low:
        draft.bar_height = 128
    y = begin(draft)
    typed, found, keyboard = block_of(draft, Typed), block_of(draft, Suggested), block_of(draft, Keyboard)
    assert typed is not None
    assert keyboard is not None
    if draft.landscape:
        _wide_search(draft, y, typed, found, keyboard)
    elif draft.low:
        _low_search(draft, y, typed, found, keyboard)
    else:
        _upright_search(draft, y, typed, found, keyboard)
    frame.bar(draft)


def _line(draft: Draft, block: Typed, at: Rect) -> None:
    """What is typed, with its label above and a caret behind it."""
    label = Style(28, 34, theme.MEDIUM) if not draft.large or not draft.portrait else Style(36, 42, theme.MEDIUM)
    draft.say(block.label, label, "muted", Rect(at.x, at.y - label.line - 6, at.w, 0))
    token = "bad" if block.wrong else "action"
    draft.add(Box(at, token, 12), Box(at.inset(6), "face", 9))
    room = at.w - 64
    style = fitted(block.text, Style(56, 64, theme.MEDIUM) if at.h >= 100 else Style(48, 56, theme.MEDIUM), room)
    width = 0
    if block.text:
        line = wrap((Run(block.text, style.face),), style.size, 10_000)
        width = line[0].width
        draft.put(lay(line, style, "text", Rect(at.x + 28, at.mid_y - style.line // 2, room, 0)))
    tall = at.h * 9 // 16
    draft.add(Box(Rect(at.x + 32 + width, at.mid_y - tall // 2, 5, tall), "action", 2))


def _upright_search(draft: Draft, y: int, typed: Typed, found: Suggested | None, keyboard: Keyboard) -> None:
    column = draft.column
    high = 112 if draft.portrait else 76
    label = 50 if draft.portrait else 40
    below = 640 if found is not None and draft.portrait else 832
    if draft.small:
        below = max(draft.touch_from, draft.action_top - 18 - _keys_height(draft, keyboard))
    bottom = entry.reading(draft, Rect(column.x, y, column.w, 0), below - high - label - 28)
    top = below - high - 28 if draft.portrait else max(bottom + label - 8, below - high - 10)
    _line(draft, typed, Rect(column.x, min(top, below - high - 10), column.w, high))
    keys_top = below
    if found is not None and draft.portrait:
        _suggestions(draft, found, Rect(column.x, below, column.w, 232))
        keys_top = below + 256
    floor = draft.action_top - (40 if draft.portrait else 16)
    keys = Rect(column.x, keys_top, column.w, floor - keys_top)
    if keyboard.kind is KeyboardKind.LETTERS:
        entry.letters(draft, keyboard, keys)
    else:
        entry.keypad(draft, keyboard, keys)
    _search_actions(draft, found if not draft.portrait else None)


def _keys_height(draft: Draft, keyboard: Keyboard) -> int:
    """How much room the keys need at least on the small panel."""
    pitch = LEAST + draft.panel.edge + GAP
    if keyboard.kind is KeyboardKind.DIGITS:
        return 4 * pitch
    rows, spare = -(-len(keyboard.keys) // 6), -len(keyboard.keys) % 6
    return rows * pitch - GAP if spare >= 2 else (rows + 1) * pitch


def _search_actions(draft: Draft, found: Suggested | None) -> None:
    """The action row; where there is no room above, the suggestions stand in it."""
    if found is None:
        frame.action_row(draft)
        return
    column = draft.column
    back = draft.page.actions[0]
    width = 200 if draft.small else 280
    row = Rect(column.x, draft.action_top, column.w, draft.action_height)
    draft.add(row_key(draft, back, Rect(row.x, row.y, width, row.h)))
    left = row.x + width + GAP
    if not found.keys:
        return
    each = (row.right - left - GAP * (len(found.keys) - 1)) // len(found.keys)
    each = min(each, 700)
    for place, key in enumerate(found.keys):
        draft.add(_suggestion(draft, key, Rect(left + place * (each + GAP), row.y, each, row.h)))


def _suggestion(draft: Draft, key: Key, rect: Rect) -> Target:
    """A key with the name of a street, in as many lines as it needs."""
    style = draft.type.button.cut(theme.MEDIUM)
    if draft.small or draft.low:
        style = Style(30, 34, theme.MEDIUM)
    lines = 2 if rect.h >= 2 * 32 + 16 else 1
    one = fitted(key.words, style, rect.w - 32, 1)
    if one.size < 30 and lines == 2:
        one = fitted(key.words, Style(min(30, style.size), 34, theme.MEDIUM), rect.w - 32, 2)
    broken = wrap((Run(key.words, one.face),), one.size, rect.w - 32)
    at = Rect(rect.x + 16, rect.mid_y - len(broken) * one.line // 2, rect.w - 32, 0)
    return target(draft, key, rect, [*lay(broken, one, "text", at, "centre")])


def _suggestions(draft: Draft, found: Suggested, at: Rect) -> None:
    """Two by two; a sentence where nothing fits."""
    if not found.keys:
        draft.say(found.words, draft.type.body, "text", at)
        return
    edge = draft.panel.edge
    width, height = (at.w - GAP) // 2, (at.h - GAP - 2 * edge) // 2
    for place, key in enumerate(found.keys):
        spot = Rect(at.x + place % 2 * (width + GAP), at.y + place // 2 * (height + GAP + edge), width, height)
        draft.add(_suggestion(draft, key, spot))


def _wide_search(draft: Draft, y: int, typed: Typed, found: Suggested | None, keyboard: Keyboard) -> None:
    """Landscape: words left, the line right, keys below over the whole width, suggestions in the action row."""
    column = draft.column
    half = (column.w - 48) // 2
    keys = Rect(column.x, 404, column.w, draft.action_top - 16 - 404)
    entry.reading(draft, Rect(column.x, y, half, 0), keys.y - 12)
    _line(draft, typed, Rect(column.x + half + 48, 250, half, 104))
    if found is not None and not found.keys:
        words = Rect(column.x + 320, draft.action_top + 24, column.w - 320, 0)
        draft.say(found.words, draft.type.body, "text", words)
    if keyboard.kind is KeyboardKind.LETTERS:
        entry.wide_letters(draft, keyboard, keys)
    else:
        entry.wide_digits(draft, keyboard, keys)
    _search_actions(draft, found)


def _low_search(draft: Draft, y: int, typed: Typed, found: Suggested | None, keyboard: Keyboard) -> None:
    """Low reach: the line above, letters, suggestions and the way back below the yellow line."""
    column = draft.column
    bottom = entry.reading(draft, Rect(column.x, y, column.w, 0), 880)
    _line(draft, typed, Rect(column.x, max(960, bottom + 60), column.w, 128))
    frame.yellow_line(draft, draft.page.reach_line, 1184)
    if found is None:
        if keyboard.kind is KeyboardKind.LETTERS:
            entry.low_letters(draft, keyboard)
        else:
            entry.low_digits(draft, keyboard)
        return
    if not found.keys:
        draft.say(found.words, draft.type.body, "text", Rect(column.x, max(960, bottom + 60) - 120, column.w, 0))
    made = []
    pitch = 96 + 8 + 18
    for place, key in enumerate(keyboard.keys):
        spot = Rect(24 + place % 9 * 116, LOW_TOP + place // 9 * pitch, 100, 96)
        made.append(entry.letter(draft, key, spot, entry.LETTER))
    draft.keep(made)
    last = LOW_TOP + 3 * pitch
    for place, key in enumerate((*draft.page.actions[:1], keyboard.delete, keyboard.again)):
        draft.add(_stacked(draft, key, Rect(24 + place * 136, last, 120, 96)))
    each = (1056 - 432 - GAP) // 2
    for place, key in enumerate(found.keys[:2]):
        draft.add(_suggestion(draft, key, Rect(432 + place * (each + GAP), last, each, 96)))


def _stacked(draft: Draft, key: Key, rect: Rect) -> Target:
    return stacked_key(draft, key, rect, Style(26, 32, theme.MEDIUM), 40, gap=2)


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


_DAY_COLOURS: Final = {
    DayKind.FREE: KeyColours("face", "face-pressed", "ok", "ok", 3),
    DayKind.FEW: KeyColours("warn-bg", "warn-bg", "warn", "warn", 3),
    DayKind.FULL: KeyColours("sunken", "sunken", "muted", "", 3, dashed=True),
    DayKind.CHOSEN: KeyColours("action", "action-pressed", "action", "action-edge", 0),
}
_DAY_INK: Final = {
    DayKind.FREE: ("text", "ok"),
    DayKind.FEW: ("text", "warn"),
    DayKind.FULL: ("muted", "muted"),
    DayKind.CHOSEN: ("on-action", "on-action"),
}


def days(draft: Draft) -> None:
    """A month, or a few days at once where there is no room for one."""
    if draft.low:
        draft.bar_height = 128
    y = begin(draft)
    month, few = block_of(draft, Calendar), block_of(draft, DayList)
    column = draft.column
    extra: tuple[Key, ...] = ()
    bottom = _days_reading(draft, Rect(column.x, y, column.w, 0), month)
    if few is not None:
        extra = _day_list(draft, few, bottom)
    elif month is not None and draft.landscape:
        extra = _wide_month(draft, month, bottom)
    elif month is not None:
        _month(draft, month)
    frame.action_row(draft, extra)
    frame.bar(draft)


def _days_reading(draft: Draft, at: Rect, month: Calendar | None) -> int:
    """Heading, sentence, legend and notes."""
    heading = block_of(draft, Heading)
    assert heading is not None
    notes = [block for block in (*draft.blocks, draft.page.explanation) if isinstance(block, Note)]
    style = fitted(heading.words, draft.type.heading if not draft.small else Style(44, 50, theme.SEMIBOLD), at.w)
    y = draft.say(heading.words, style, "text", at)
    picture = draft.portrait and not draft.large and bool(heading.art) and not notes
    width = at.w - 460 if picture else at.w
    if picture:
        draft.add(Picture(Rect(at.right - 427, y + 12, 427, 204), heading.art))
    if heading.body and (not notes or draft.portrait) and not (draft.large and notes):
        body = draft.type.body if not draft.small else draft.type.small
        y = draft.say(heading.body, body, "text", Rect(at.x, y + 14, width, 0))
    if month is not None and not (notes and draft.landscape):
        y = _legend(draft, month, Rect(at.x, y + (18 if draft.portrait else 10), at.w, 40))
    if draft.small and notes:
        draft.type = replace(draft.type, small=Style(28, 34))
    for block in notes[-1:]:
        y = blocks.note(draft, block, Rect(at.x, y + 14, at.w, 0), padding=16 if draft.portrait else 10)
    return y


def _legend(draft: Draft, month: Calendar, at: Rect) -> int:
    x = at.x
    for kind, word in month.legend:
        colours = _DAY_COLOURS[kind]
        rect = Rect(x, at.y + 4, 42, 32)
        draft.add(Box(rect, colours.line, 6), Box(rect.inset(3), colours.face, 4))
        style = Style(28, 36)
        width, _ = measure(word, style.face, style.size)
        draft.say(word, style, "text", Rect(rect.right + 12, at.y + 2, width + 2, 0))
        x = rect.right + 12 + width + 32
    return at.y + 40


def _month(draft: Draft, block: Calendar) -> None:
    """Portrait: weeks below one another, as on paper."""
    column = draft.column
    title = Style(44, 52, theme.SEMIBOLD)
    side = 128
    top = draft.touch_from
    draft.add(_arrow(draft, block.earlier, Rect(column.x, top, side, LEAST)))
    draft.add(_arrow(draft, block.later, Rect(column.right - side, top, side, LEAST)))
    middle = Rect(column.x + side, top + 22, column.w - 2 * side, 0)
    draft.put(lay(wrap((Run(block.title, title.face),), title.size, 10_000), title, "text", middle, "centre"))
    pitch_x = (column.w + GAP) / 7
    weekday_top = top + LEAST + draft.panel.edge + 20
    for place, word in enumerate(block.weekdays):
        spot = Rect(round(column.x + place * pitch_x), weekday_top, round(pitch_x - GAP), 0)
        style = Style(28, 36, theme.MEDIUM if place < 5 else theme.REGULAR)
        line = wrap((Run(word, style.face),), style.size, 10_000)
        draft.put(lay(line, style, "text" if place < 5 else "muted", spot, "centre"))
    first = weekday_top + 50
    weeks = len(block.weeks)
    pitch_y = min(140, (draft.action_top - 24 - first) // weeks)
    for row, weekly in enumerate(block.weeks):
        for place, day in enumerate(weekly):
            if day is None:
                continue
            spot = Rect(
                round(column.x + place * pitch_x),
                first + row * pitch_y,
                int(pitch_x) - GAP,
                pitch_y - GAP - draft.panel.edge,
            )
            _draw_day(draft, day, spot)


def _arrow(draft: Draft, key: Key, rect: Rect) -> Target:
    ink = "action" if key.state is not KeyState.NOT_YET else "dis-text"
    return target(draft, key, rect, [icon(key.icon.value, 52, ink, rect)] if key.icon else [])


def _draw_day(draft: Draft, day: CalendarDay, rect: Rect, *, weekday: bool = False) -> None:
    number = Style(44, 50, theme.SEMIBOLD) if day.key is not None else Style(40, 48)
    word = Style(26, 32, theme.MEDIUM)
    if weekday and draft.large:
        number, word = Style(40, 46, theme.SEMIBOLD), Style(32, 36, theme.MEDIUM)
    shown = f"{day.weekday} {day.number}" if weekday else day.number
    number = fitted(shown, number, rect.w - 12)
    word = fitted(day.word, word, rect.w - 8)
    line = wrap((Run(shown, number.face),), number.size, 10_000)
    if day.key is None:
        spot = Rect(rect.x, rect.mid_y - number.line // 2, rect.w, 0)
        draft.put(lay(line, number, "muted", spot, "centre"))
        return
    ink, soft = _DAY_INK[day.kind]
    tall = number.line + word.line - 4
    y = rect.mid_y - tall // 2
    content: list[Shape] = [*lay(line, number, ink, Rect(rect.x, y, rect.w, 0), "centre")]
    if day.kind is DayKind.FULL:
        width = line[0].width + 8
        content.append(Box(Rect(rect.mid_x - width // 2, y + number.line // 2, width, 3), "muted"))
    below = wrap((Run(day.word, word.face),), word.size, 10_000)
    content.extend(lay(below, word, soft, Rect(rect.x, y + number.line - 4, rect.w, 0), "centre"))
    draft.add(Target(day.key.name, day.key.act, rect, _DAY_COLOURS[day.kind], draft.panel.edge, 12, tuple(content)))


def _wide_month(draft: Draft, block: Calendar, bottom: int) -> tuple[Key, ...]:
    """Landscape: only the days of collection, in three rows; the months turn in the action row."""
    column = draft.column
    shown = [day for week in block.weeks for day in week if day is not None and day.key is not None]
    draft.say(
        block.title,
        Style(40, 48, theme.SEMIBOLD),
        "text",
        Rect(column.right - 420, draft.panel.header + 110, 420, 0),
        "right",
    )
    _grid(draft, shown, Rect(column.x, max(draft.touch_from, bottom + 12), column.w, 0), columns=8)
    return (block.earlier, block.later)


def _day_list(draft: Draft, block: DayList, bottom: int) -> tuple[Key, ...]:
    """Four by two, on the small panel two by four; *Earlier* and *Later* beside *Back*, or in a row of their own."""
    column = draft.column
    if draft.low:
        frame.yellow_line(draft, draft.page.reach_line, 1184)
        room = Rect(column.x, LOW_TOP, column.w - 216, 0)
        floor = draft.action_top - 20
        _grid(draft, list(block.days), room, columns=4, floor=floor)
        tall = (floor - LOW_TOP - GAP) // 2 - draft.panel.edge
        for place, key in enumerate((block.earlier, block.later)):
            spot = Rect(room.right + GAP, LOW_TOP + place * (tall + GAP + draft.panel.edge), 200, tall)
            draft.add(stacked_key(draft, key, spot, Style(30, 36, theme.MEDIUM), 48, gap=2))
        return ()
    if draft.landscape:
        top = max(draft.touch_from, bottom + 16)
        _grid(draft, list(block.days), Rect(column.x, top, column.w, 0), columns=4)
        return (block.earlier, block.later)
    top = max(draft.touch_from, bottom + 20)
    tall = 120 if draft.portrait else LEAST
    turn_top = draft.action_top - (36 if draft.portrait else 17) - tall - draft.panel.edge
    columns = 2
    _grid(draft, list(block.days), Rect(column.x, top, column.w, 0), columns=columns, floor=turn_top - GAP)
    half = (column.w - GAP) // 2
    draft.add(row_key(draft, block.earlier, Rect(column.x, turn_top, half, tall)))
    draft.add(row_key(draft, block.later, Rect(column.x + half + GAP, turn_top, half, tall)))
    return ()


def _grid(draft: Draft, shown: list[CalendarDay], at: Rect, *, columns: int, floor: int = 0) -> None:
    edge = draft.panel.edge
    rows = max(1, -(-len(shown) // columns))
    floor = floor or draft.action_top - 16
    width = (at.w - GAP * (columns - 1)) // columns
    height = max(LEAST, min(150, (floor - at.y + GAP) // rows - GAP - edge))
    for place, day in enumerate(shown):
        spot = Rect(
            at.x + place % columns * (width + GAP), at.y + place // columns * (height + edge + GAP), width, height
        )
        _draw_day(draft, day, spot, weekday=True)
