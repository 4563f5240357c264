"""A month of days to choose from, or a few days where there is no room for one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from screens.pages import (
    Calendar,
    DayKind,
    DayList,
    Heading,
    KeyState,
    Note,
)
from screens.views import blocks, frame, theme
from screens.views.keys import fitted, row_key, stacked_key, target
from screens.views.pieces import GAP, LEAST, LOW_TOP, begin, block_of
from screens.views.scene import Box, KeyColours, Picture, Rect, Shape, Target
from screens.views.text import Run, icon, lay, measure, wrap
from screens.views.theme import Style

if TYPE_CHECKING:
    from screens.pages import CalendarDay, Key
    from screens.views.draft import Draft


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
