"""The page to type on: cells for what is typed, keys to type with."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from screens.pages import Cells, Heading, Keyboard, KeyboardKind, Note
from screens.views import blocks, frame, question, theme
from screens.views.keys import fitted, letter_key, row_key, stacked_key
from screens.views.scene import Box, Item, Rect
from screens.views.text import Run, lay, wrap
from screens.views.theme import Style

if TYPE_CHECKING:
    from screens.pages import Key
    from screens.views.draft import Draft

CELL = Style(72, 84, theme.MEDIUM)
DIGIT = Style(56, 64, theme.MEDIUM)
LETTER = Style(48, 56, theme.MEDIUM)


def entry(draft: Draft) -> None:
    """Heading and picture above, cells, keyboard, action row, bar."""
    if draft.low:
        draft.bar_height = 128
    frame.plain_ground(draft)
    frame.header(draft)
    below = frame.step_header(draft)
    keyboard = next((block for block in draft.blocks if isinstance(block, Keyboard)), None)
    cells = next((block for block in draft.blocks if isinstance(block, Cells)), None)
    if draft.landscape:
        _landscape(draft, below, cells, keyboard)
    else:
        _upright(draft, below, cells, keyboard)
    frame.bar(draft)


def reading(draft: Draft, at: Rect, floor: int) -> int:
    """Heading and notes, down to `floor`: where all does not fit, first the picture goes, then the explanation."""
    heading = next((block for block in draft.blocks if isinstance(block, Heading)), None)
    notes = [block for block in (*draft.blocks, draft.page.explanation) if isinstance(block, Note)]
    y, before = at.y, len(draft.body)
    tries = [heading]
    if draft.small and heading is not None:
        style = Style(44, 50, theme.SEMIBOLD)
        style = fitted(heading.words, style, at.w) if notes else style
        draft.type = replace(draft.type, heading=style, body=Style(28, 36), small=Style(28, 34))
    if heading is not None:
        tries = [replace(heading, art=""), replace(heading, art="", body="")]
        if not draft.landscape:
            tries.insert(0, heading)
    for shown in tries:
        del draft.body[before:]
        y = at.y
        if shown is not None:
            y = question.draw_block(draft, shown, Rect(at.x, y, at.w, 0)) - (8 if notes else 0)
        for block in notes:
            y = blocks.note(draft, block, Rect(at.x, y, at.w, 0), padding=20 if draft.portrait else 10) + 16
        if y - 16 <= floor:
            break
    return y


def _upright(draft: Draft, below: int, cells: Cells | None, keyboard: Keyboard | None) -> None:
    column = draft.column
    y = (below or draft.panel.header) + (40 if draft.portrait else 12)
    labelled = 44 if cells and cells.labels else 0
    cell_height = 128 if draft.portrait else 96
    keys_top, cells_top = 832, 656
    if draft.small:
        of_letters = keyboard is not None and keyboard.kind is KeyboardKind.LETTERS
        keys_top, cells_top = (428, 0) if of_letters else (514, 404)
        cell_height = 80 if of_letters else 88
    floor = (960 if draft.low else keys_top - cell_height - 16) - labelled
    bottom = reading(draft, Rect(column.x, y, column.w, 0), floor)
    if draft.low:
        if cells:
            draw_cells(draft, cells, Rect(column.x, 968, column.w, 152))
        frame.yellow_line(draft, draft.page.reach_line, 1184)
        if keyboard and keyboard.kind is KeyboardKind.LETTERS:
            low_letters(draft, keyboard)
        elif keyboard:
            low_digits(draft, keyboard)
        return
    if cells:
        top = min(max(bottom + labelled, cells_top), keys_top - cell_height - 16)
        draw_cells(draft, cells, Rect(column.x, top, column.w, cell_height))
    if keyboard:
        floor = draft.action_top - (56 if draft.portrait else 16)
        keys = Rect(column.x, keys_top, column.w, floor - keys_top)
        if keyboard.kind is KeyboardKind.LETTERS:
            letters(draft, keyboard, keys)
        else:
            keypad(draft, keyboard, Rect(keys.x, keys.y, keys.w, keys.h + (20 if draft.portrait else 0)))
    frame.action_row(draft)


def _landscape(draft: Draft, below: int, cells: Cells | None, keyboard: Keyboard | None) -> None:
    """Words left, cells and keys right."""
    column = draft.column
    y = (below or draft.panel.header) + 20
    left = Rect(column.x, y, 540, 0)
    right = Rect(
        left.right + 48, draft.touch_from, column.right - left.right - 48, draft.action_top - 24 - draft.touch_from
    )
    reading(draft, left, draft.action_top - 24)
    if cells:
        high = 96 if cells.labels else 112
        draw_cells(draft, cells, Rect(right.x, right.y - 16 - high, right.w, high))
    if keyboard:
        keys = right
        if keyboard.kind is KeyboardKind.LETTERS:
            wide_letters(draft, keyboard, keys)
        else:
            wide_digits(draft, keyboard, keys)
    frame.action_row(draft)


def draw_cells(draft: Draft, block: Cells, at: Rect) -> None:
    """A box a character; a dash between groups; the current one has a thick frame and a caret."""
    count, dashes = sum(block.groups), len(block.groups) - 1
    gap = 14 if count > 6 else 16
    if draft.small or count > 8:
        gap = 8 if draft.small else 10
    between = 56 if count <= 8 else 40
    if draft.small:
        between = 24
    room = at.w - between * dashes - gap * (count - dashes - 1)
    width = min(131, room // count)
    used = width * count + between * dashes + gap * (count - dashes - 1)
    x = at.x + (at.w - used) // 2
    shapes: list[Item] = []
    number = 0
    label = Style(28, 34, theme.MEDIUM) if not draft.large or not draft.portrait else Style(36, 42, theme.MEDIUM)
    for group, length in enumerate(block.groups):
        start = x
        for _ in range(length):
            shapes.extend(_cell(block, number, Rect(x, at.y, width, at.h)))
            number += 1
            x += width + gap
        x -= gap
        if group < len(block.labels):
            words = wrap((Run(block.labels[group], label.face),), label.size, 10_000)
            spot = Rect(start, at.y - label.line - 8, x - start, 0)
            shapes.extend(lay(words, label, "muted", spot, "centre"))
        if group < dashes:
            if not block.labels:
                dash = min(28, between - 8)
                shapes.append(Box(Rect(x + (between - dash) // 2, at.mid_y - 3, dash, 6), "line", 3))
            x += between
    draft.keep(shapes)


def _cell(block: Cells, number: int, rect: Rect) -> list[Item]:
    filled, current = number < len(block.text), number == len(block.text)
    if block.wrong:
        line, width = "bad", 6
    elif current:
        line, width = "action", 6
    else:
        line, width = ("text", 3) if filled else ("line", 3)
    shapes: list[Item] = [Box(rect, line, 12), Box(rect.inset(width), "face", 12 - width // 2)]
    if filled and block.hidden:
        side = min(rect.w, rect.h) // 3
        shapes.append(Box(rect.centred(side, side), "text", side // 2))
    elif filled:
        style = CELL if rect.h >= 112 and rect.w >= 72 else Style(52, 60, theme.MEDIUM)
        words = wrap((Run(block.text[number], style.face),), style.size, 10_000)
        shapes.extend(lay(words, style, "text", Rect(rect.x, rect.mid_y - style.line // 2, rect.w, 0), "centre"))
    elif current:
        tall = rect.h * 9 // 16
        shapes.append(Box(Rect(rect.mid_x - 2, rect.mid_y - tall // 2, 5, tall), "action", 2))
    return shapes


def letters(draft: Draft, block: Keyboard, at: Rect) -> None:
    """Eight columns, on the small panel six, then *Delete* and *Start again* side by side."""
    columns = 8 if draft.portrait else 6
    edge, gap = draft.panel.edge, 16
    rows = -(-len(block.keys) // columns)
    spare = rows * columns - len(block.keys)
    if (not draft.portrait or rows > 4) and spare >= 2:
        _tight_letters(draft, block, at, columns)
        return
    last = 112 if draft.portrait else 96
    width = (at.w - gap * (columns - 1)) / columns
    space = at.h - last - edge - (24 if draft.portrait else gap)
    height = min(116, (space + gap) // rows - gap - edge)
    made: list[Item] = []
    for number, key in enumerate(block.keys):
        x = round(at.x + (number % columns) * (width + gap))
        y = at.y + (number // columns) * (height + edge + gap)
        made.append(letter(draft, key, Rect(x, y, int(width), height), LETTER))
    y = at.y + rows * (height + edge + gap) + (8 if draft.portrait else 0)
    half = (at.w - 16) // 2
    for number, key in enumerate((block.delete, block.again)):
        made.append(_edit_key(draft, key, Rect(at.x + number * (half + 16), y, half, last)))
    draft.keep(made)


def _tight_letters(draft: Draft, block: Keyboard, at: Rect, columns: int) -> None:
    """*Delete* and *Start again* share the places left in the last row."""
    edge, gap = draft.panel.edge, 16
    rows = -(-len(block.keys) // columns)
    width = (at.w - gap * (columns - 1)) / columns
    height = min(116, (at.h + gap) // rows - gap - edge)
    made: list[Item] = []
    for number, key in enumerate(block.keys):
        x = round(at.x + (number % columns) * (width + gap))
        made.append(
            letter(draft, key, Rect(x, at.y + (number // columns) * (height + edge + gap), int(width), height), LETTER)
        )
    start = round(at.x + (len(block.keys) % columns) * (width + gap))
    each = (at.right - start - gap) // 2
    y = at.y + (rows - 1) * (height + edge + gap)
    for number, key in enumerate((block.delete, block.again)):
        spot = Rect(start + number * (each + gap), y, each, height)
        made.append(stacked_key(draft, key, spot, Style(26, 32, theme.MEDIUM), 36, gap=2))
    draft.keep(made)


def wide_letters(draft: Draft, block: Keyboard, at: Rect) -> None:
    """Landscape: three rows, *Delete* and *Start again* at the end of the last one, two columns wide each."""
    edge, gap, rows = draft.panel.edge, 16, 3
    columns = -(-(len(block.keys) + 4) // rows)
    height = min(116, (at.h + gap) // rows - gap - edge)
    width = (at.w - gap * (columns - 1)) // columns
    made: list[Item] = []
    for number, key in enumerate(block.keys):
        x = at.x + (number % columns) * (width + gap)
        y = at.y + (number // columns) * (height + edge + gap)
        made.append(letter(draft, key, Rect(x, y, width, height), LETTER))
    y = at.y + (rows - 1) * (height + edge + gap)
    double = 2 * width + gap
    for number, key in enumerate((block.delete, block.again)):
        x = at.x + (columns - 4 + 2 * number) * (width + gap)
        made.append(stacked_key(draft, key, Rect(x, y, double, height), Style(28, 34, theme.SEMIBOLD), 44, gap=4))
    draft.keep(made)


def wide_digits(draft: Draft, block: Keyboard, at: Rect) -> None:
    """Landscape: three rows of four, the digits as on a keypad, *Delete* and *Start again* beside them."""
    edge, gap = draft.panel.edge, 16
    digits = [*block.keys]
    if digits[0].words == "0":
        digits = [*digits[1:], digits[0]]
    cells = [*digits[:3], block.delete, *digits[3:6], block.again, *digits[6:]]
    height = min(116, (at.h + gap) // 3 - gap - edge)
    width = (at.w - 3 * gap) // 4
    made: list[Item] = []
    for number, key in enumerate(cells):
        x = at.x + (number % 4) * (width + gap)
        rect = Rect(x, at.y + (number // 4) * (height + edge + gap), width, height)
        if key in (block.delete, block.again):
            made.append(stacked_key(draft, key, rect, Style(28, 34, theme.MEDIUM), 44, gap=4))
        else:
            made.append(letter_key(draft, key, rect, DIGIT))
    draft.keep(made)


def letter(draft: Draft, key: Key, rect: Rect, style: Style) -> Item:
    """A key with one character; digits are tinted, to be found sooner."""
    made = letter_key(draft, key, rect, style)
    if key.words.isdigit() and made.colours.face == "face" and not draft.high_contrast:
        colours = made.colours
        tinted = type(colours)("sel", colours.pressed, colours.line, colours.edge, colours.line_width, colours.ring)
        return type(made)(made.name, made.act, made.rect, tinted, made.edge, made.radius, made.content)
    return made


def _edit_key(draft: Draft, key: Key, rect: Rect) -> Item:
    style = Style(34, 40, theme.MEDIUM) if not draft.large else Style(44, 50, theme.MEDIUM)
    if draft.small:
        style = Style(30, 36, theme.MEDIUM)
    return row_key(draft, key, rect, style=style)


def keypad(draft: Draft, block: Keyboard, at: Rect) -> None:
    """Three by four; last row *Delete*, 0, *Start again*."""
    edge = draft.panel.edge
    gap = 16
    pad = 60 if draft.portrait else 0
    area = Rect(at.x + pad, at.y, at.w - 2 * pad, at.h)
    width = (area.w - 2 * gap) / 3
    gap_y = 16
    height = min(156, (area.h + gap_y) // 4 - gap_y - edge)
    digits = [*block.keys]
    cells: list[Key] = [*digits[:-1], block.delete, digits[-1], block.again]
    if digits[0].words == "0":
        cells = [*digits[1:], block.delete, digits[0], block.again]
    small = Style(28, 34, theme.MEDIUM)
    made: list[Item] = []
    for number, key in enumerate(cells):
        x = round(area.x + (number % 3) * (width + gap))
        rect = Rect(x, area.y + (number // 3) * (height + edge + gap_y), int(width), height)
        if key in (block.delete, block.again):
            made.append(stacked_key(draft, key, rect, small, 48 if height > 120 else 40, gap=6 if height > 120 else 2))
        else:
            made.append(letter_key(draft, key, rect, DIGIT))
    draft.keep(made)


def low_letters(draft: Draft, block: Keyboard) -> None:
    """Low reach: a ninth column takes *Delete*, *Start again* and the actions."""
    made: list[Item] = []
    for number, key in enumerate(block.keys):
        rect = Rect(24 + (number % 8) * 112, 1304 + (number // 8) * 120, 96, 96)
        made.append(letter(draft, key, rect, LETTER))
    style = Style(28, 32, theme.SEMIBOLD)
    for number, key in enumerate((block.delete, block.again, *draft.page.actions)):
        rect = Rect(920, 1304 + number * 120, 136, 96)
        made.append(stacked_key(draft, key, rect, style, 40, gap=2))
    draft.keep(made)


def low_digits(draft: Draft, block: Keyboard) -> None:
    """Low reach: six by two, then the action row."""
    made: list[Item] = []
    digits = [*block.keys]
    if digits and digits[0].words == "0":
        digits = [*digits[1:], digits[0]]
    cells = [*digits[:5], block.delete, *digits[5:], block.again]
    for number, key in enumerate(cells):
        rect = Rect(48 + (number % 6) * 166, 1304 + (number // 6) * 148, 150, 120)
        if key in (block.delete, block.again):
            made.append(stacked_key(draft, key, rect, Style(28, 34, theme.MEDIUM), 44, gap=4))
        else:
            made.append(letter_key(draft, key, rect, DIGIT))
    draft.keep(made)
    row = Rect(48, 1620, 984, 120)
    draft.put(frame.actions(draft, draft.page.actions, row))
