"""The page with the wall of lockers: the map as the wall stands, the open door in yellow, what to do below."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from screens.icons import Icon
from screens.pages import DoorMark, Heading, LockerMap, StaffMap, Steps
from screens.views import frame, question, theme
from screens.views.draft import lowest
from screens.views.scene import Box, Dashed, Item, Rect
from screens.views.text import Run, icon, lay, wrap
from screens.views.theme import Style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from screens.pages import Block
    from screens.views.draft import Draft

_LEAST: Final = 300
"""A lower map says nothing."""
_SMALLEST: Final = 26
"""Pixels of the smallest letters anywhere."""


def lockers(draft: Draft) -> None:
    """Heading, map, what to do and the action row; in landscape the map stands at the right."""
    frame.plain_ground(draft)
    frame.header(draft)
    below = frame.step_header(draft) or draft.panel.header
    y = below + (40 if draft.portrait else 16)
    column = draft.column
    floor = draft.action_top - 24
    if draft.low:
        floor = 1456 - 24
        frame.yellow_line(draft, draft.page.reach_line, 1456)
    the_map = next(block for block in draft.blocks if isinstance(block, LockerMap))
    words = [block for block in draft.blocks if not isinstance(block, LockerMap)]
    if draft.landscape:
        left, right = Rect(column.x, y, 740, 0), Rect(column.x + 788, y, column.w - 788, floor - y)
        _beside(draft, [*words, *([draft.page.explanation] if draft.page.explanation else [])], left, floor)
        draw_map(draft, the_map, right)
    else:
        _upright(draft, the_map, y, floor)
    frame.action_row(draft)
    frame.bar(draft)


def _beside(draft: Draft, words: Sequence[Block], at: Rect, floor: int) -> None:
    """The words beside the map, closer together where they are many; at last without the steps."""
    before = len(draft.body)
    shorter = [block for block in words if not isinstance(block, Steps)]
    for tried, draft.tight in ((words, 0), (words, 1), (words, 2), (words, 3), (shorter, 2), (shorter, 3)):
        del draft.body[before:]
        y = at.y
        for block in tried:
            y = question.draw_block(draft, block, Rect(at.x, y, at.w, 0))
        if lowest(draft.body[before:]) <= floor + 8:
            return


def _upright(draft: Draft, the_map: LockerMap, y: int, floor: int) -> None:
    """The map takes what the words leave; where that is too little, the steps go, which the note repeats."""
    column = draft.column
    heading = next(block for block in draft.blocks if isinstance(block, Heading))
    rest: list[Block] = [block for block in draft.blocks if not isinstance(block, Heading | LockerMap)]
    if draft.page.explanation is not None:
        rest[-1:] = [draft.page.explanation]
    before = len(draft.body)
    for draft.tight in range(4):
        del draft.body[before:]
        top = question.draw_block(draft, heading, Rect(column.x, y, column.w, 0))
        kept = len(draft.body)
        _flow(draft, rest, 0)
        tail = lowest(draft.body[kept:])
        del draft.body[kept:]
        if floor - top - tail >= _LEAST + 24:
            break
    else:
        rest = rest[-1:]
        _flow(draft, rest, 0)
        tail = lowest(draft.body[kept:])
        del draft.body[kept:]
    height = min(715 if draft.portrait else 400, max(_LEAST, floor - top - tail - 24))
    draw_map(draft, the_map, Rect(column.x, top, column.w, height))
    _flow(draft, rest, top + height + 24)


def _flow(draft: Draft, words: Sequence[Block], y: int) -> int:
    for block in words:
        y = question.draw_block(draft, block, Rect(draft.column.x, y, draft.column.w, 0))
    return y


def draw_map(draft: Draft, block: LockerMap | StaffMap, at: Rect) -> None:
    """The wall as it stands, in the measures of the rig file; never mirrored."""
    strip = 52 if not draft.small else 40
    ground = Rect(at.x, at.y, at.w, at.h)
    items: list[Item] = []
    if draft.high_contrast:
        items += [Box(ground, "card-line", 24), Box(ground.inset(draft.card_line), "surface", 24 - draft.card_line)]
    else:
        items += [Box(ground, "sel", 24), Box(Rect(at.x, at.bottom - strip, at.w, strip), "sunken", 0)]
    rights = [left + width for _, left, _, width, _ in block.doors]
    tops = [bottom + height for _, _, bottom, _, height in block.doors]
    if block.terminal is not None:
        rights.append(block.terminal[0] + block.terminal[1])
        tops.append(block.terminal[2])
    wide, high = max(rights), max(tops)
    low = min(bottom for _, _, bottom, _, _ in block.doors)
    pad = 28 if not draft.small else 16
    room = Rect(at.x + pad + 16, at.y + pad, at.w - 2 * pad - 32, at.h - strip - pad - 16)
    # The map is not as wide as the wall: each direction has a measure of its own, within reason.
    across = room.w / wide
    up = min(room.h / (high - low + 1), across * 1.6)
    across = min(across, up * 1.6)
    used = Rect(0, 0, round(wide * across), round((high - low) * up))
    x0 = room.x + (room.w - used.w) // 2
    y1 = room.bottom

    def spot(left: int, bottom: int, width: int, height: int) -> Rect:
        x, right = x0 + round(left * across), x0 + round((left + width) * across)
        lower, upper = y1 - round((bottom - low) * up), y1 - round((bottom + height - low) * up)
        return Rect(x, upper, right - x, lower - upper)

    items.append(Box(Rect(x0 - 10, y1 - used.h - 10, used.w + 20, used.h + 20), "line", 16))
    opened: list[Item] = []
    size = min(34, round(min(spot(*door[1:]).h for door in block.doors) * 0.45))
    number_style = Style(max(size, _SMALLEST), max(size, _SMALLEST) + 6, theme.MEDIUM)
    marks = block.marks if isinstance(block, StaffMap) else (DoorMark.FREE,) * len(block.doors)
    for (number, *place), mark in zip(block.doors, marks, strict=True):
        rect = spot(*place).inset(4)
        if number == block.open:
            opened = _open_door(draft, number, rect.centred(max(rect.w, 64), max(rect.h, 44)), size)
        elif mark is not DoorMark.FREE:
            items += door(mark, rect)
            items += _number(number, number_style, _INK[mark], rect) if size >= _SMALLEST and _INK[mark] else []
        else:
            items.append(Box(rect, "surface", 6))
            # Where the others' numbers would be too small to read, the open door's alone is said.
            items += _number(number, number_style, "muted", rect) if size >= _SMALLEST else []
    if block.terminal is not None:
        left, width, height = block.terminal
        items += _terminal(draft, block, spot(left, low, width, height - low).inset(4), at.bottom - strip, strip)
    draft.keep(items)
    draft.keep(opened)


def _open_door(draft: Draft, number: int, rect: Rect, size: int) -> list[Item]:
    leaf = max(14, rect.w // 5)
    made: list[Item] = []
    if not draft.high_contrast:
        made.append(Box(rect.inset(-18), "#FFE12F59", 24))
        made.append(Box(rect.inset(-9), "#FFE12F99", 16))
    made += [
        Box(Rect(rect.right - 4, rect.y - 4, leaf, rect.h + 16), "#131525", 6),
        Box(Rect(rect.right, rect.y + 2, leaf - 10, rect.h + 4), "#D9B400", 4),
        Box(rect.inset(-4), "#131525", 10),
        Box(rect.inset(3), "#FFE12F", 6),
    ]
    large = min(54, max(size, _SMALLEST, round(rect.h * 0.75)))
    return [*made, *_number(number, Style(large, large + 8, theme.SEMIBOLD), "#131525", rect)]


def _number(number: int, style: Style, colour: str, rect: Rect) -> list[Item]:
    lines = wrap((Run(str(number), style.face),), style.size, 10_000)
    return [*lay(lines, style, colour, Rect(rect.x, rect.mid_y - style.line // 2, rect.w, 0), "centre")]


def _terminal(draft: Draft, block: LockerMap | StaffMap, rect: Rect, floor: int, strip: int) -> list[Item]:
    """The terminal in the wall, who stands before it, and the words below."""
    made: list[Item] = [Box(rect, "page", 10)]
    screen_w, screen_h = min(rect.w - 24, rect.h * 2 // 5), rect.h * 2 // 5
    screen = Rect(rect.mid_x - screen_w // 2, rect.y + rect.h // 8, screen_w, screen_h)
    made += [
        Box(screen, "#131525", 10),
        Box(Rect(screen.x + 8, screen.y + 8, screen.w - 16, screen.h * 3 // 5), "#FFFFFF", 4),
    ]
    side = max(40, min(rect.w - 16, rect.h // 3))
    person = Rect(rect.mid_x - side // 2, rect.bottom - side - 8, side, side)
    head = side * 2 // 5
    made += [
        Box(Rect(person.mid_x - head // 2, person.y, head, head), "action", head // 2),
        Box(Rect(person.x + side // 6, person.y + head + 6, side - side // 3, side - head - 6), "action", side // 4),
    ]
    style = Style(28, 34, theme.MEDIUM) if not draft.small else Style(26, 32, theme.MEDIUM)
    lines = wrap((Run(block.here, style.face),), style.size, 10_000)
    wide = 400
    made += lay(
        lines, style, "text", Rect(rect.mid_x - wide // 2, floor + (strip - style.line) // 2, wide, 0), "centre"
    )
    return made


def door(mark: DoorMark, rect: Rect) -> list[Item]:
    """One closed door of the map in the colours of its state; never by colour alone, where there is room."""
    match mark:
        case DoorMark.LOADED:
            return [Box(rect, "c-doc", 8)]
        case DoorMark.OVERDUE:
            return [Box(rect, "#734000", 8), Box(rect.inset(4), "#FFB53A", 5)]
        case DoorMark.OUT_OF_ORDER:
            made: list[Item] = [Box(rect, "dis", 8), Dashed(rect.inset(1), "bad", 3, 8)]
            if rect.h >= 44:
                made.append(icon(Icon.CLOSE.value, 40, "bad", rect))
            return made
        case DoorMark.FREE:
            return [Box(rect, "line", 8), Box(rect.inset(2), "surface", 7)]


_INK: Final = {
    DoorMark.FREE: "muted",
    DoorMark.LOADED: "surface",
    DoorMark.OVERDUE: "#131525",
    DoorMark.OUT_OF_ORDER: "",
}
"""What the number on a door is written with."""
