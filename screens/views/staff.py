"""The pages of staff: what to do on yellow, the wall with its states, what waits, checks; boards 18b and 18c."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from screens.icons import Icon
from screens.pages import (
    Consent,
    DoorMark,
    Glow,
    Heading,
    Note,
    Person,
    Progress,
    Segment,
    StaffMap,
    Turn,
    WorkRows,
)
from screens.views import blocks, booking, frame, theme, wall
from screens.views.keys import fitted, row_key, tag, target
from screens.views.scene import Box, Item, Rect, Shape
from screens.views.text import Run, icon, lay, measure, wrap
from screens.views.theme import Style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from screens.pages import Block
    from screens.views.draft import Draft

_LEAST_MAP: Final = 240
_LEAST: Final = 96
_GAP: Final = 16


def staff(draft: Draft) -> None:
    """Heading, cards, map, lists and checks one below the other; in landscape the map stands at the right."""
    frame.plain_ground(draft)
    frame.header(draft)
    column, page = draft.column, draft.page
    top = draft.panel.header + (36 if draft.portrait else 16)
    floor = (draft.action_top if page.actions else draft.bar_top) - (24 if draft.portrait else 14)
    todo: list[Block] = [*draft.blocks]
    if page.explanation is not None:
        place = next((i for i, one in enumerate(todo) if not isinstance(one, Heading | Progress)), len(todo))
        todo.insert(place, page.explanation)
    the_map = next((one for one in todo if isinstance(one, StaffMap)), None)
    if draft.landscape and any(isinstance(one, Person) for one in todo):
        touched = [one for one in todo if isinstance(one, Segment | Consent)]
        _fit(draft, [one for one in todo if one not in touched], None, Rect(column.x, top, 740, floor - top))
        _fit(draft, touched, None, Rect(column.x + 780, top, column.w - 780, floor - top))
    elif draft.landscape and the_map is not None:
        words = [one for one in todo if one is not the_map]
        _fit(draft, words, None, Rect(column.x, top, 860, floor - top))
        _map(draft, the_map, Rect(column.x + 900, top, column.w - 900, floor - top))
    else:
        _fit(draft, todo, the_map, Rect(column.x, top, column.w, floor - top))
    frame.action_row(draft)
    frame.bar(draft)


def _fit(draft: Draft, todo: Sequence[Block], the_map: StaffMap | None, at: Rect) -> None:
    """All of it if there is room; else fewer of what waits, then no map, then closer together."""
    before = len(draft.body)
    tries = [(rows, True, 0) for rows in (3, 2, 1, 0)] if the_map is not None and not draft.large else []
    tries += [(rows, False, tight) for tight in (0, 1, 2, 3) for rows in (3, 2, 1, 0)]
    for rows, mapped, draft.tight in tries:
        del draft.body[before:]
        plan = [one for one in todo if not isinstance(one, StaffMap)]
        bottom = _flow(draft, plan, at, rows)
        room = at.bottom - bottom - _GAP
        if mapped and room < _LEAST_MAP:
            continue
        if bottom <= at.bottom:
            break
    else:
        return
    if the_map is not None and mapped:
        # Drawn anew with the map between, in its place.
        del draft.body[before:]
        place = next(i for i, one in enumerate(todo) if isinstance(one, StaffMap))
        y = _flow(draft, todo[:place], at, rows)
        _map(draft, the_map, Rect(at.x, y, at.w, min(640, room)))
        _flow(draft, todo[place + 1 :], Rect(at.x, y + min(640, room) + _GAP, at.w, at.h), rows)


def _flow(draft: Draft, todo: Sequence[Block], at: Rect, rows: int) -> int:
    """The blocks from the top of `at` downwards; the y below them."""
    y, space = at.y, (24, 16, 12, 8)[draft.tight] if draft.portrait else (16, 12, 10, 8)[draft.tight]
    counting = next((one for one in todo if isinstance(one, Progress)), None)
    for block in todo:
        spot = Rect(at.x, y, at.w, 0)
        match block:
            case Heading():
                y = _heading(draft, block, counting, spot)
            case Progress():
                y = _progress(draft, block, spot)
            case Note():
                y = blocks.note(draft, block, spot, padding=20 if draft.portrait and not draft.tight else 10)
            case Glow():
                y = _glow(draft, block, spot)
            case Person():
                y = _person(draft, block, spot)
            case Segment():
                y = _segment(draft, block, spot)
            case Consent():
                tall = _LEAST if draft.tight > 1 else max(_LEAST, booking.consent_height(draft, block, at.w))
                booking.draw_consent(draft, block, Rect(at.x, y, at.w, tall))
                y += tall + draft.panel.edge
            case Turn():
                tall = 120 if draft.portrait else _LEAST
                draft.add(row_key(draft, block.key, Rect(at.x, y, at.w, tall), style=draft.type.label))
                y += tall + draft.panel.edge
            case WorkRows():
                y = _rows(draft, block, spot, rows)
                if not block.rows or (block.rows[0].key is None and not rows):
                    continue
            case _:
                continue
        y += max(space, _GAP) if isinstance(block, Segment | Consent | Turn) else space
    return y - space


def _heading(draft: Draft, block: Heading, counting: Progress | None, at: Rect) -> int:
    size = draft.type.heading if draft.portrait else Style(44, 52, theme.SEMIBOLD)
    label = draft.type.label
    room = at.w
    if counting is not None:
        width, _ = measure(counting.counting, label.face, label.size)
        room -= width + 32
        words = wrap((Run(counting.counting, label.face),), label.size, 10_000)
        draft.put(lay(words, label, "text", Rect(at.right - width, at.y + size.line - label.line - 8, width, 0)))
    style = fitted(block.words, size, room)
    y = draft.say(block.words, style, "text", Rect(at.x, at.y, room, 0))
    if block.body and draft.tight < 3:
        y = draft.say(
            block.body, draft.type.body if draft.portrait else draft.type.small, "text", Rect(at.x, y + 8, at.w, 0)
        )
    return y


def _progress(draft: Draft, block: Progress, at: Rect) -> int:
    height = 20 if draft.portrait else 14
    draft.add(Box(Rect(at.x, at.y, at.w, height), "track", height // 2))
    done = at.w * block.done // max(1, block.of)
    if done >= height:
        draft.add(Box(Rect(at.x, at.y, min(at.w, done), height), "action", height // 2))
    return at.y + height


def _glow(draft: Draft, block: Glow, at: Rect) -> int:
    """Yellow: what to do now."""
    ink, pad = "#131525", 32 if draft.portrait else 20
    left = at.x + pad
    large = Style(120, 128, theme.SEMIBOLD) if draft.portrait else Style(80, 88, theme.SEMIBOLD)
    strong = draft.type.title if draft.portrait else Style(32, 38, theme.SEMIBOLD)
    small, mono = draft.type.body if draft.portrait else Style(28, 36), Style(28, 38, theme.MONO)
    side = 0
    if block.number:
        side = measure(block.number, large.face, large.size)[0] + 44
    else:
        side = (96 if draft.portrait else 64) + 32
    room = at.right - pad - left - side
    lines = [(wrap((Run(block.words, strong.face),), strong.size, room), strong)]
    for place, line in enumerate(block.lines):
        style = mono if block.number and place == len(block.lines) - 1 else small
        style = fitted(line, style, room, 2)
        lines.append((wrap((Run(line, style.face),), style.size, room), style))
    tall = sum(len(words) * style.line for words, style in lines) + 6 * (len(lines) - 1)
    height = max(tall + 2 * pad - 8, (large.line if block.number else 96) + 24)
    rect = Rect(at.x, at.y, at.w, height)
    draft.add(Box(rect, "#FFE12F", 20))
    if block.number:
        number = wrap((Run(block.number, large.face),), large.size, 10_000)
        draft.put(lay(number, large, ink, Rect(left, rect.mid_y - large.line // 2, side, 0)))
        draft.add(Box(Rect(left + side - 24, rect.y + 20, 3, rect.h - 40), ink))
    else:
        sign = side - 32
        draft.add(icon(Icon.QR_CODE_SCANNER.value, sign, ink, Rect(left, rect.mid_y - sign // 2, sign, sign)))
    y = rect.mid_y - tall // 2
    for words, style in lines:
        draft.put(lay(words, style, ink, Rect(left + side, y, room, 0)))
        y += len(words) * style.line + 6
    return rect.bottom


def _person(draft: Draft, block: Person, at: Rect) -> int:
    """Whose document it is, framed in green, the compartment at the side."""
    pad = 32 if draft.portrait else 20
    begin = len(draft.body)
    side = 240 if draft.portrait else 190
    room = at.w - 2 * pad - side - 24
    y = at.y + pad - 8
    if draft.tight < 2:
        shapes, spot = tag(draft, block.tag, Icon.CHECK_CIRCLE, "ok", Rect(at.x + pad, y, room, 0))
        draft.put(shapes)
        y = spot.bottom + 12
    style = Style(52, 60, theme.SEMIBOLD) if draft.portrait and not draft.tight else draft.type.label
    y = draft.say(block.words, fitted(block.words, style, room), "text", Rect(at.x + pad, y, room, 0))
    y = draft.say(block.name, fitted(block.name, draft.type.label, room), "text", Rect(at.x + pad, y + 4, room, 0))
    y = draft.say(block.line, draft.type.small, "text", Rect(at.x + pad, y + 4, room, 0))
    rect = Rect(at.x, at.y, at.w, max(y + pad - 8 - at.y, 150))
    frame_items: list[Item] = [Box(rect, "ok", 20), Box(rect.inset(4), "surface", 16)]
    draft.body[begin:begin] = frame_items
    card = Rect(rect.right - pad - side, rect.y + 24, side, min(rect.h - 48, 190))
    draft.chip(card, "sunken")
    label = fitted(block.label, Style(28, 34), side - 24)
    number = Style(88, 96, theme.SEMIBOLD) if card.h > 150 else Style(56, 62, theme.SEMIBOLD)
    top = card.mid_y - (label.line + number.line) // 2
    draft.put(
        lay(
            wrap((Run(block.label, label.face),), label.size, side),
            label,
            "muted",
            Rect(card.x, top, side, 0),
            "centre",
        )
    )
    words = wrap((Run(block.number, number.face),), number.size, side)
    draft.put(lay(words, number, "text", Rect(card.x, top + label.line, side, 0), "centre"))
    return rect.bottom


def _segment(draft: Draft, block: Segment, at: Rect) -> int:
    """Keys side by side of which one is on, its title above."""
    y = at.y
    if block.title:
        style = draft.type.label if draft.portrait else Style(28, 34, theme.SEMIBOLD)
        y = draft.say(block.title, style, "text", Rect(at.x, y, at.w, 0)) + (14, 10, 8, 6)[draft.tight]
    height = 108 if draft.portrait and draft.tight < 2 else _LEAST
    count = len(block.keys)
    width = (at.w - _GAP * (count - 1)) / count
    style = Style(32, 38, theme.MEDIUM) if draft.portrait else Style(28, 32, theme.MEDIUM)
    for number, key in enumerate(block.keys):
        spot = Rect(round(at.x + number * (width + _GAP)), y, int(width), height)
        draft.add(row_key(draft, key, spot, style=style))
    return y + height + draft.panel.edge


def _rows(draft: Draft, block: WorkRows, at: Rect, most: int) -> int:
    """What waits as a card with lines; what can be touched as keys."""
    if any(row.key is not None for row in block.rows):
        return _key_rows(draft, block, at)
    shown = block.rows[:most]
    if not shown:
        return at.y
    each = 84 if draft.portrait and not draft.large else 64
    if draft.large:
        each = draft.type.body.line + 24
    rect = Rect(at.x, at.y, at.w, each * len(shown) + 16)
    draft.card(rect)
    for place, row in enumerate(shown):
        y = rect.y + 8 + place * each
        if place:
            draft.add(Box(Rect(rect.x + 28, y - 1, rect.w - 56, 2), "card-line"))
        small = Style(28, 36) if not draft.large else draft.type.small
        mono = Style(28, 36, theme.MONO)
        left, right = rect.x + 32, rect.right - 32
        lead = max(measure(one.label, small.face, small.size)[0] for one in shown) + 32
        tail = measure(row.code, mono.face, mono.size)[0]
        _line(draft, row.label, small, "muted", Rect(left, y + (each - small.line) // 2, lead, 0))
        _line(draft, row.code, mono, "muted", Rect(right - tail, y + (each - mono.line) // 2, tail, 0))
        room = right - tail - 24 - left - lead
        style = fitted(row.words, draft.type.body if draft.portrait else small, room)
        words = wrap((Run(row.words, style.face),), style.size, room)[:1]
        draft.put(lay(words, style, "text", Rect(left + lead, y + (each - style.line) // 2, room, 0)))
    return rect.bottom


def _key_rows(draft: Draft, block: WorkRows, at: Rect) -> int:
    edge, y = draft.panel.edge, at.y
    height = 148 if draft.portrait and not draft.tight else 120 if draft.portrait else 104
    columns = 2 if draft.landscape else 1
    width = (at.w - 24 * (columns - 1)) // columns
    for place, row in enumerate(block.rows):
        assert row.key is not None
        rect = Rect(at.x + place % columns * (width + 24), y, width, height)
        number = Style(64, 72, theme.SEMIBOLD)
        content: list[Shape] = []
        lead = 132
        words = wrap((Run(row.label, number.face),), number.size, lead)
        content.extend(lay(words, number, "action", Rect(rect.x, rect.mid_y - 36, lead, 0), "centre"))
        room = rect.w - lead - 96
        strong = fitted(row.words, draft.type.label if draft.portrait else Style(30, 36, theme.SEMIBOLD), room)
        small = fitted(row.code, Style(28, 34), room)
        top = rect.mid_y - (strong.line + small.line + 4) // 2
        content.extend(
            lay(
                wrap((Run(row.words, strong.face),), strong.size, room)[:1],
                strong,
                "text",
                Rect(rect.x + lead, top, room, 0),
            )
        )
        below = Rect(rect.x + lead, top + strong.line + 4, room, 0)
        content.extend(lay(wrap((Run(row.code, small.face),), small.size, room)[:1], small, "muted", below))
        content.append(icon(Icon.CHEVRON_RIGHT.value, 48, "action", Rect(rect.right - 72, rect.mid_y - 24, 48, 48)))
        draft.add(target(draft, row.key, rect, content))
        if (place + 1) % columns == 0 or place == len(block.rows) - 1:
            y += height + edge + _GAP
    return y - _GAP


def _line(draft: Draft, text: str, style: Style, colour: str, at: Rect) -> None:
    draft.put(lay(wrap((Run(text, style.face),), style.size, 10_000), style, colour, at))


def _map(draft: Draft, block: StaffMap, at: Rect) -> None:
    """The wall and, below it, what its colours mean."""
    style = Style(28, 36)
    rows = _legend_rows(block, style, at.w)
    tall = len(rows) * 44
    wall.draw_map(draft, block, Rect(at.x, at.y, at.w, at.h - tall - 8))
    y = at.bottom - tall
    for row in rows:
        x = at.x
        for mark, words, width in row:
            sample = Rect(x, y + 8, 44, 28)
            draft.put(wall.door(mark, sample))
            _line(draft, words, style, "text", Rect(x + 56, y + 4, width, 0))
            x += width + 96
        y += 44


def _legend_rows(block: StaffMap, style: Style, room: int) -> list[list[tuple[DoorMark, str, int]]]:
    rows: list[list[tuple[DoorMark, str, int]]] = [[]]
    used = 0
    for mark, words in block.legend:
        width = measure(words, style.face, style.size)[0]
        if rows[-1] and used + width + 56 > room:
            rows.append([])
            used = 0
        rows[-1].append((mark, words, width))
        used += width + 96
    return rows
