"""The pages under the town before and after visits: attract, and out of service."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from screens.pages import Heading, Languages, Mentions, Note, Places, Small, Welcome
from screens.views import blocks, frame, theme
from screens.views.keys import fitted
from screens.views.scene import Box, Cycle, Drift, Picture, Rect, Words
from screens.views.text import Run, icon, lay, paragraph, wrap
from screens.views.theme import Style

if TYPE_CHECKING:
    from screens.pages import Mention
    from screens.views.draft import Draft

DISPLAY = Style(72, 80, theme.SEMIBOLD)
DISPLAY_LARGE = Style(112, 116, theme.SEMIBOLD)


def ground(draft: Draft, hero: int) -> None:
    """The page's ground, down to `hero` in the blue of the town's sky."""
    panel = draft.panel
    draft.back.append(Box(Rect(0, 0, panel.width, panel.height), "page"))
    draft.back.append(Box(Rect(0, 0, panel.width, hero), "hero"))


def attract(draft: Draft) -> None:
    """Invite in every language: the town, what one can do here, the languages to begin in."""
    panel = draft.panel
    hero = {"portrait": 800, "landscape": 420 if draft.large else 470, "small": 520}[draft.format.value]
    ground(draft, hero)
    if not draft.high_contrast:
        _moving_town(draft, hero)
    frame.header(draft)
    y = hero
    for block in draft.blocks:
        match block:
            case Welcome(lines=lines):
                draft.add(_welcome(draft, lines))
            case Mentions():
                y = _mentions(draft, block, y)
            case Languages():
                _languages(draft, block, y)
            case _:
                pass
    if draft.page.notice and draft.portrait:
        blocks.note(draft, draft.page.notice, Rect(panel.margin, 330, draft.column.w, 0))
    frame.bar(draft)


def _moving_town(draft: Draft, hero: int) -> None:
    """Clouds drift behind the town and a boat crosses before it; standing still by wish."""
    width = draft.panel.width
    height = {"portrait": 469, "landscape": 400, "small": 313}[draft.format.value]
    name = draft.format.value
    place = Rect(0, hero - height, width, height)
    if draft.look.still:
        draft.add(Picture(place, f"town-attract-{name}"))
        return
    span = width + 260
    for x, y in ((-66, 112), (418, 69), (width - 18, 112)):
        draft.add(Drift(Rect(x, place.y + y * height // 469, 117, 63), "cloud", span, 130))
    draft.add(Picture(place, f"town-attract-bare-{name}"))
    draft.add(Drift(Rect(-120, hero - 86, 104, 68), "boat", span, 130))


def _welcome(draft: Draft, lines: tuple[tuple[str, str], ...]) -> Cycle:
    panel = draft.panel
    if draft.landscape:
        first, second, top = Style(84, 90, theme.SEMIBOLD), Style(40, 50, theme.MEDIUM), 116
    elif draft.small:
        first, second, top = Style(64, 68, theme.SEMIBOLD), Style(30, 36, theme.MEDIUM), 96
    else:
        first, second, top = Style(96, 100, theme.SEMIBOLD), Style(44, 52, theme.MEDIUM), 154
    room = draft.column.w
    faces: list[tuple[Words, ...]] = []
    for large, smaller in lines:
        one, below = paragraph(large, fitted(large, first, room), "on-hero", Rect(panel.margin, top, room, 0))
        two, _ = paragraph(
            smaller,
            fitted(smaller, second, room),
            "on-hero",
            Rect(panel.margin, max(below, top + first.line) + 10, room, 0),
        )
        faces.append((*one, *two))
    if draft.look.still:
        faces = faces[:1]
    return Cycle(Rect(panel.margin, top, room, first.line + second.line), tuple(faces))


def _mentions(draft: Draft, block: Mentions, y: int) -> int:
    panel = draft.panel
    title = draft.type.title if draft.portrait else Style(32, 40, theme.SEMIBOLD)
    top = y + (36 if draft.portrait else 20)
    draft.say(block.title, title, "text", Rect(panel.margin, top, draft.column.w, 0))
    count = len(block.mentions)
    if not count:
        return top + title.line
    start = top + title.line + (24 if draft.portrait else 16)
    if count <= 2 or draft.large or draft.small:
        return _mention_list(draft, block.mentions, start)
    wide = 166 if count == 6 and draft.portrait else draft.column.w // max(count, 4)
    first = 42 if draft.portrait else panel.margin
    side = 88 if not draft.small else 64
    caption = Style(26, 30)
    lowest = 0
    for number, mention in enumerate(block.mentions):
        x = first + number * wide
        chip = Rect(x + (wide - side) // 2, start, side, side)
        draft.chip(chip, frame.chip_ground(mention.family))
        draft.add(icon(mention.icon.value, round(side * 0.62), frame.chip_ink(mention.family), chip, filled=True))
        bottom = draft.say(mention.words, caption, "text", Rect(x + 4, chip.bottom + 11, wide - 8, 0), "centre")
        lowest = max(lowest, bottom)
    return max(lowest, start + side + 71)


def _mention_list(draft: Draft, mentions: tuple[Mention, ...], y: int) -> int:
    """Few services: chip and words side by side."""
    panel = draft.panel
    columns = 3 if draft.landscape else 1 if draft.large else 2
    width = (draft.column.w - panel.gap * (columns - 1)) // columns
    side = 88 if draft.portrait else 56
    style = draft.type.body
    if draft.portrait and not draft.large:
        side, style = 112, Style(40, 48)
    if draft.small:
        side, style = 48, Style(28, 34)
    row = side + (16 if draft.portrait else 10)
    if columns == 1 and len(mentions) > 2:
        mentions = mentions[:2]
    for number, mention in enumerate(mentions):
        x = panel.margin + (number % columns) * (width + panel.gap)
        chip = Rect(x, y + (number // columns) * row, side, side)
        draft.chip(chip, frame.chip_ground(mention.family))
        draft.add(icon(mention.icon.value, round(side * 0.62), frame.chip_ink(mention.family), chip, filled=True))
        room = width - side - 24
        shown = fitted(mention.words, style, room, 2)
        lines = wrap((Run(mention.words, shown.face),), shown.size, room)
        draft.put(lay(lines, shown, "text", Rect(chip.right + 24, chip.mid_y - len(lines) * shown.line // 2, room, 0)))
    return y + math.ceil(len(mentions) / columns) * row


def _languages(draft: Draft, block: Languages, y: int) -> None:
    panel = draft.panel
    count = len(block.languages)
    columns = min(4, max(2, count)) if draft.landscape else 2
    rows = math.ceil(count / columns)
    floor = draft.bar_top - (40 if draft.portrait else 20) - panel.edge
    title = Style(40, 48, theme.SEMIBOLD) if draft.portrait else Style(32, 40, theme.SEMIBOLD)
    if draft.large and draft.portrait:
        title = draft.type.title
    top = max(y + (40 if draft.portrait else 16), draft.touch_from - (80 if not draft.low else 0))
    gap = 24 if draft.portrait else 16
    usual = 108 if draft.portrait else 96
    height = min(300 if rows == 1 else 200, (floor - top - title.line - 28 + gap) // rows - gap)
    if rows >= 3:
        height = min(usual, height)
    if draft.low:
        top = min(top, 1100)
        first = 1304
        height = max(96, min(200, (floor - first + gap) // rows - gap))
        frame.yellow_line(draft, draft.page.reach_line, 1184)
    else:
        first = top + title.line + (28 if draft.portrait else 16)
    size = 60 if draft.portrait else 44
    draft.add(icon(block.icon.value, size, "action", Rect(panel.margin, top - 5, size, title.line + 12), filled=True))
    room = draft.column.w - size - 20
    draft.say(block.title, fitted(block.title, title, room), "text", Rect(panel.margin + size + 20, top, room, 0))
    width = (draft.column.w - panel.gap * (columns - 1)) // columns
    for number, language in enumerate(block.languages):
        x = panel.margin + (number % columns) * (width + panel.gap)
        rect = Rect(x, first + (number // columns) * (height + gap), width, height)
        blocks.language_key(draft, language, rect)


# Out of service


def out_of_service(draft: Draft) -> None:
    """This terminal does not work; nothing is lost; where else to go."""
    panel = draft.panel
    ground(draft, panel.height)
    frame.header(draft)
    two = draft.landscape
    column = draft.column if not two else Rect(panel.margin, 0, 860, 0)
    y = panel.header + (87 if draft.portrait else 40 if draft.small else 36)
    for block in draft.blocks:
        match block:
            case Heading():
                y = _sorry(draft, block, column, y)
            case Note():
                y = _safe(draft, block, Rect(column.x, y, column.w, 0))
            case Places():
                at = Rect(panel.width // 2 + 24, panel.header + 36, draft.column.right - panel.width // 2 - 24, 0)
                y = _elsewhere(draft, block, at if two else Rect(column.x, y + 32, column.w, 0))
            case Small(words=words):
                spot = Rect(panel.margin, draft.bar_top - 50, draft.column.w, 0)
                draft.say(words, Style(26, 32), "hero-muted", spot)
            case _:
                pass
    frame.bar(draft)


def _sorry(draft: Draft, block: Heading, column: Rect, y: int) -> int:
    art = bool(block.art) and not draft.small and not draft.large
    if art and draft.portrait:
        draft.add(Picture(Rect(713, 175, 283, 500), "kiosk-off"))
    room = 620 if art and draft.portrait else column.w
    style = Style(76, 82, theme.SEMIBOLD) if not draft.small else Style(48, 54, theme.SEMIBOLD)
    body = Style(40, 52) if not draft.small else Style(28, 36)
    if draft.portrait:
        body = Style(38, 52) if not draft.large else Style(48, 58)
    y = draft.say(block.words, style, "on-hero", Rect(column.x, y, room, 0))
    if block.body:
        y = draft.say(block.body, body, "on-hero", Rect(column.x, y + 33, room, 0))
    return max(y + 32, 700) if draft.portrait and not draft.large else y + (24 if draft.small else 40)


def _safe(draft: Draft, block: Note, at: Rect) -> int:
    title = Style(40, 48, theme.SEMIBOLD) if not draft.small else Style(30, 36, theme.SEMIBOLD)
    body = Style(32, 44) if not draft.small else Style(28, 34)
    if draft.large and not draft.small:
        title, body = Style(52, 60, theme.SEMIBOLD), Style(42, 50)
    size = 72 if not draft.small else 52
    left = at.x + 34 + size + 30
    room = at.right - 28 - left
    first = wrap((Run(block.strong, title.face),), title.size, room) if block.strong else ()
    second = wrap((Run(block.words, body.face),), body.size, room)
    tall = len(first) * title.line + len(second) * body.line + 4
    rect = Rect(at.x, at.y, at.w, max(160 if not draft.small else 100, tall + 48))
    if draft.high_contrast:
        draft.card(rect)
    else:
        draft.add(Box(rect, "#1537A1", 20))
    spot = Rect(rect.x + 36, rect.y, size, rect.h)
    draft.add(icon(block.icon.value, size, "glow", spot, filled=True))
    y = rect.mid_y - tall // 2
    draft.put(lay(first, title, "on-hero", Rect(left, y, room, 0)))
    draft.put(lay(second, body, "on-hero", Rect(left, y + len(first) * title.line + 4, room, 0)))
    return rect.bottom


def _elsewhere(draft: Draft, block: Places, at: Rect) -> int:
    title = Style(40, 48, theme.SEMIBOLD) if not draft.small else Style(30, 36, theme.SEMIBOLD)
    y = at.y + 8
    if block.title:
        y = draft.say(block.title, title, "on-hero", Rect(at.x, y, at.w, 0)) + (24 if not draft.small else 12)
    floor = draft.bar_top - 64
    rows = len(block.rows)
    codes = sum(1 for row in block.rows if row.code)
    gap = 16
    room = floor - y - gap * (rows - 1) - codes * 232
    height = min(128, max(92, room // max(1, rows - codes)))
    for row in block.rows:
        before = len(draft.body)
        bottom = blocks.place(draft, row, Rect(at.x, y, at.w, 0), height=232 if row.code else height, outlined=False)
        if bottom > floor + 8:
            del draft.body[before:]
            break
        y = bottom + gap
    return y
