"""A line to type, what may be meant, and the keys to type with; on each panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screens.pages import (
    Keyboard,
    KeyboardKind,
    Suggested,
    Typed,
)
from screens.views import entry, frame, theme
from screens.views.keys import fitted, row_key, stacked_key, target
from screens.views.pieces import GAP, LEAST, LOW_TOP, begin, block_of
from screens.views.scene import Box, Rect, Target
from screens.views.text import Run, lay, wrap
from screens.views.theme import Style

if TYPE_CHECKING:
    from screens.pages import Key
    from screens.views.draft import Draft


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
