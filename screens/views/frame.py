"""What every page has: the town's header, the service's step header, the row of actions, the fixed bar."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from screens.icons import Icon
from screens.pages import Family, Weight
from screens.views import theme
from screens.views.keys import fitted, row_key, stacked_key
from screens.views.scene import Box, Item, Picture, Rect
from screens.views.text import Run, icon, lay, measure, paragraph, wrap
from screens.views.theme import Style

if TYPE_CHECKING:
    from screens.pages import Key
    from screens.views.draft import Draft
    from screens.views.scene import Target

BETWEEN_BAR_KEYS = 16


def _one_line(text: str, style: Style, colour: str, at: Rect, align: str = "left") -> list[Item]:
    return [*lay(wrap((Run(text, style.face),), style.size, 10_000), style, colour, at, align)]


def header(draft: Draft) -> None:
    """The town's shield and name, the terminal; clock and date at the other side."""
    panel, head = draft.panel, draft.page.header
    lift = (120 - panel.header) // 2
    if not draft.small:
        draft.fixed.append(Picture(Rect(panel.margin, 22 - lift, 64, 76), "mark-hc" if draft.high_contrast else "mark"))
        left = panel.margin + 88
        room = panel.width - left - 300 - panel.margin
        name = fitted(head.town, Style(36, 44, theme.SEMIBOLD), room)
        draft.fixed.extend(_one_line(head.town, name, "on-hero", Rect(left, 22 - lift, room, 44)))
        draft.fixed.extend(_one_line(head.line, Style(26, 32), "hero-muted", Rect(left, 64 - lift, room, 32)))
        if head.chip:
            _chip(draft, head.chip, panel.width - panel.margin, 30 - lift, 60)
            return
        right = Rect(panel.width - panel.margin - 400, 0, 400, 40)
        clock, date = Style(40, 48, theme.MEDIUM), Style(26, 32)
        draft.fixed.extend(_one_line(head.clock, clock, "on-hero", right.moved(dy=13 - lift), "right"))
        draft.fixed.extend(_one_line(head.date, date, "hero-muted", right.moved(dy=67 - lift), "right"))
        return
    draft.fixed.append(Picture(Rect(panel.margin, 14, 48, 57), "mark-hc" if draft.high_contrast else "mark"))
    name = fitted(head.town, Style(30, 40, theme.MEDIUM), 420)
    draft.fixed.extend(_one_line(head.town, name, "on-hero", Rect(panel.margin + 64, 24, 420, 40)))
    if head.chip:
        _chip(draft, head.chip, panel.width - panel.margin, 16, 56)
        return
    clock_room = Rect(panel.width - panel.margin - 150, 22, 150, 44)
    draft.fixed.extend(_one_line(head.clock, Style(36, 44, theme.MEDIUM), "on-hero", clock_room, "right"))


def _chip(draft: Draft, words: str, right: int, top: int, height: int) -> None:
    """Who is signed in, in an outlined chip at the end of the header."""
    style = fitted(words, Style(28, 36), 230 if draft.small else 420)
    width = measure(words, style.face, style.size)[0] + 34 + 16 + 52
    rect = Rect(right - width, top, width, height)
    draft.fixed.append(Box(rect, "chrome-line" if draft.high_contrast else "hero-muted", height // 2))
    draft.fixed.append(Box(rect.inset(2), "hero", height // 2 - 2))
    draft.fixed.append(icon(Icon.BADGE.value, 34, "on-hero", Rect(rect.x + 24, rect.y, 34, height), filled=True))
    spot = Rect(rect.x + 74, rect.mid_y - style.line // 2, width - 98, style.line)
    draft.fixed.extend(_one_line(words, style, "on-hero", spot))


def plain_ground(draft: Draft) -> None:
    """The page's ground with the blue header above."""
    panel = draft.panel
    draft.back.append(Box(Rect(0, 0, panel.width, panel.height), "page"))
    draft.back.append(Box(Rect(0, 0, panel.width, panel.header), "hero"))


def step_header(draft: Draft) -> int:
    """Which service and how far; the y below it, 0 without one."""
    step = draft.page.step_header
    if step is None:
        return 0
    panel = draft.panel
    top = panel.header + (40 if draft.portrait else 20 if draft.small else 24)
    side = 72 if not draft.small else 64
    chip = Rect(panel.margin, top, side, side)
    draft.chip(chip, chip_ground(step.family))
    draft.add(icon(step.icon.value, 46 if not draft.small else 40, chip_ink(step.family), chip, filled=True))
    left = chip.right + 20
    room = panel.width - left - panel.margin - (300 if step.of else 0) + (120 if draft.small else 0)
    service = Style(28, 36, theme.MEDIUM) if not draft.large else Style(36, 44, theme.MEDIUM)
    count = Style(26, 32) if not draft.large else Style(32, 38)
    if step.counting:
        first = top + (side - service.line - count.line) // 2
        draft.put(
            _one_line(step.service, fitted(step.service, service, room), "text", Rect(left, first, room, service.line))
        )
        draft.put(_one_line(step.counting, count, "muted", Rect(left, first + service.line, room, count.line)))
    else:
        spot = Rect(left, chip.mid_y - service.line // 2, room, service.line)
        draft.put(_one_line(step.service, fitted(step.service, service, room), "text", spot))
    if step.of:
        width = 280 if not draft.small else 160
        start = panel.width - panel.margin - width
        each = (width - 12 * (step.of - 1)) / step.of
        for number in range(step.of):
            x = round(start + number * (each + 12))
            token = "action" if number < step.at else "track"
            draft.add(Box(Rect(x, chip.mid_y - 6, round(each), 12), token, 6))
    return chip.bottom


def chip_ink(family: Family) -> str:
    """The token of a service group's pictograms."""
    return f"c-{family.value}"


def chip_ground(family: Family) -> str:
    """The token of the chip below them."""
    return f"c-{family.value}-bg"


def action_row(draft: Draft, extra: tuple[Key, ...] = ()) -> None:
    """*Back* and other secondary keys first, the primary key filling the row at its end."""
    keys = (*draft.page.actions[:-1], *extra, *draft.page.actions[-1:]) if extra else draft.page.actions
    draft.put(actions(draft, keys, Rect(draft.column.x, draft.action_top, draft.column.w, draft.action_height)))


def actions(draft: Draft, keys: tuple[Key, ...], row: Rect) -> list[Target]:
    """The keys side by side in `row`."""
    if not keys:
        return []
    gap = draft.panel.gap
    narrow = (300 if draft.large and draft.portrait else 248) if not draft.landscape else 280
    if draft.small:
        narrow = 200
    rests = [_natural(draft, key, narrow) for key in keys[:-1]]
    last = keys[-1]
    lonely = len(keys) == 1 and last.weight is not Weight.PRIMARY
    if lonely:
        rests, wide = [], _natural(draft, last, narrow)
    elif draft.landscape:
        wide = max(_natural(draft, last, 440), min(708, row.w - sum(rests) - gap * len(rests)))
    else:
        wide = row.w - sum(rests) - gap * len(rests)
        needed = _natural(draft, last, 0)
        if wide < needed and rests:
            share = (row.w - gap * len(rests)) // len(keys)
            rests = [min(rest, max(share, narrow)) for rest in rests]
            wide = row.w - sum(rests) - gap * len(rests)
    made: list[Target] = []
    x = row.x
    for key, width in zip(keys[:-1], rests, strict=False):
        made.append(row_key(draft, key, Rect(x, row.y, width, row.h)))
        x += width + gap
    at = row.x if lonely else row.right - wide
    made.append(row_key(draft, last, Rect(at, row.y, wide, row.h)))
    return made


def _natural(draft: Draft, key: Key, least: int) -> int:
    """How wide a key wants to be."""
    style = draft.type.button
    width, _ = measure(key.words, style.face, style.size)
    sign = 68 if key.icon else 0
    return max(least, width + sign + 72)


def bar(draft: Draft) -> None:
    """The fixed keys; *End session* is the last and widest."""
    panel, keys = draft.panel, draft.bar_keys
    top = draft.bar_top
    draft.back.append(Box(Rect(0, top, panel.width, draft.bar_height), "chrome"))
    if not keys:
        return
    compact = len(keys) <= 5
    side, gap = (32, 20) if draft.landscape else (12, BETWEEN_BAR_KEYS)
    ends = keys[-1].weight is Weight.END
    end = 0
    if ends:
        end = 280 if draft.landscape else 226 if compact and draft.portrait else 164
    inner = panel.width - 2 * side
    if draft.small and len(keys) > 5:
        end = (inner - gap * (len(keys) - 1)) // len(keys)  # staff with all rights: every key is as narrow as may be
    count = len(keys) - 1 if ends else len(keys)
    each = (inner - gap * (len(keys) - 1) - end) / count
    pad = 16 if draft.landscape else 12 if draft.small or draft.bar_height == 128 else 24
    height = (
        draft.bar_height
        - pad
        - (28 if not draft.landscape and draft.bar_height == 184 else 22 if draft.landscape else 18)
    )
    icon_size = 52 if not (compact and draft.large) else 56
    if draft.bar_height == 128:
        icon_size = 40
    style = draft.type.bar if compact and draft.portrait else theme.Style(26, 32, theme.MEDIUM)
    x = float(side)
    for key in keys:
        width = end if key.weight is Weight.END else each
        rect = Rect(round(x), top + pad, round(x + width) - round(x), height)
        if draft.landscape:
            label = theme.Style(28, 36, theme.MEDIUM)
            draft.fixed.append(_bar_row_key(draft, key, rect, label))
        else:
            tight = 4 if draft.bar_height == 128 else 8
            draft.fixed.append(stacked_key(draft, key, rect, style, icon_size, gap=tight, radius=12, edge=6))
        x += width + gap


def _bar_row_key(draft: Draft, key: Key, rect: Rect, style: Style) -> Target:
    made = row_key(draft, replace(key, icon_first=True), rect, style=style, radius=12)
    return replace(made, edge=6)


def yellow_line(draft: Draft, words: str, top: int, height: int = 96) -> None:
    """The line that says where low reach begins."""
    panel = draft.panel
    draft.add(Box(Rect(0, top, panel.width, height), "glow"))
    ink = "chrome-on-text"
    draft.add(icon(Icon.ACCESSIBLE.value, 52, ink, Rect(panel.margin, top, 52, height)))
    style = Style(32, 40, theme.MEDIUM)
    room = Rect(panel.margin + 72, top + (height - 40) // 2, draft.column.w - 72, 40)
    words_drawn, _ = paragraph(words, fitted(words, style, room.w), ink, room)
    draft.put(words_drawn)
