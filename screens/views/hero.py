"""The pages with the town: attract, home, and out of service."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from screens.icons import Icon
from screens.look import Format
from screens.pages import Heading, Languages, Mentions, Note, Places, Small, Tiles, Turn, Welcome
from screens.views import blocks, frame, theme
from screens.views.keys import fitted, target
from screens.views.scene import Box, Cycle, Drift, KeyColours, Picture, Rect, Shape, Target, Words
from screens.views.text import Run, balanced, icon, lay, paragraph, wrap
from screens.views.theme import Style

if TYPE_CHECKING:
    from screens.pages import Mention, Tile
    from screens.views.draft import Draft

DISPLAY = Style(72, 80, theme.SEMIBOLD)
DISPLAY_LARGE = Style(112, 116, theme.SEMIBOLD)


def _ground(draft: Draft, hero: int) -> None:
    panel = draft.panel
    draft.back.append(Box(Rect(0, 0, panel.width, panel.height), "page"))
    draft.back.append(Box(Rect(0, 0, panel.width, hero), "hero"))


# Home


def home(draft: Draft) -> None:
    """What would you like to do: the town above, the services below."""
    hero = {"portrait": 600, "landscape": 340, "small": 400}[draft.format.value]
    shift = 0
    if draft.page.notice and draft.portrait and not draft.low:
        hero, shift = 580, -16
    if draft.low:
        hero = 1160
    _ground(draft, hero)
    frame.header(draft)
    if not draft.high_contrast:
        _town(draft, hero)
    heading = next((block for block in draft.blocks if isinstance(block, Heading)), None)
    if heading:
        _home_heading(draft, heading, shift)
    top = _home_notice(draft, hero)
    tiles = [tile for block in draft.blocks if isinstance(block, Tiles) for tile in block.tiles]
    if draft.low:
        frame.yellow_line(draft, draft.page.reach_line, 1160)
        _low_tiles(draft, tiles)
    elif draft.large and (len(tiles) > FEW or draft.page.notice or any(isinstance(b, Turn) for b in draft.blocks)):
        _list_tiles(draft, tiles, top)
    else:
        _grid_tiles(draft, tiles, top)
    for block in draft.blocks:
        if isinstance(block, Turn):
            _turn(draft, block)
    frame.bar(draft)


def _turn(draft: Draft, block: Turn) -> None:
    """The key to more services, at the lower end."""
    height = TURN[draft.format]
    at = Rect(draft.column.x, draft.bar_top - 16 - draft.panel.edge - height, draft.column.w, 0)
    blocks.turn(draft, block, at, height)


TURN = {Format.PORTRAIT: 128, Format.LANDSCAPE: 104, Format.SMALL: 96}
"""Height of the key that turns to more services."""


def _floor(draft: Draft, rest: int) -> int:
    """Where the tiles must end."""
    floor = draft.bar_top - rest
    if any(isinstance(block, Turn) for block in draft.blocks):
        floor = draft.bar_top - 16 - TURN[draft.format] - draft.panel.edge - 16
    return floor


def _town(draft: Draft, hero: int) -> None:
    width = draft.panel.width
    if draft.low:
        draft.add(Picture(Rect(0, hero - 565, 1080, 565), "town-hero-low-reach"))
        return
    height = {"portrait": 323, "landscape": 340, "small": 216}[draft.format.value]
    draft.add(Picture(Rect(0, hero - height, width, height), f"town-hero-{draft.format.value}"))


def _home_heading(draft: Draft, block: Heading, shift: int) -> None:
    panel = draft.panel
    if draft.landscape:
        room = 560 if not draft.high_contrast else 1400
        style = fitted(block.words, DISPLAY, room, 2)
        draft.say(block.words, style, "on-hero", Rect(panel.margin, 109, room, 0), even=True)
        return
    if draft.small:
        style = fitted(block.words, Style(50, 56, theme.SEMIBOLD), 672, 1 if not draft.high_contrast else 2)
        draft.say(block.words, style, "on-hero", Rect(panel.margin, 101, 672, 0))
        return
    grown = draft.low or draft.high_contrast or draft.large
    over = Style(44, 52) if draft.low else Style(36, 44)
    y = (177 if draft.low else 152) + shift
    if block.over:
        draft.say(block.over, over, "hero-muted", Rect(panel.margin, y, 984, 0))
    if draft.low or draft.high_contrast:
        style, top = (DISPLAY_LARGE, 238) if draft.low else (Style(112, 120, theme.SEMIBOLD), 212)
        draft.say(block.words, style, "on-hero", Rect(panel.margin, top, 984, 0), even=draft.low)
        return
    style = fitted(block.words, DISPLAY if not grown else Style(80, 86, theme.SEMIBOLD), 984)
    draft.say(block.words, style, "on-hero", Rect(panel.margin, 198 + shift, 984, 0))


def _home_notice(draft: Draft, hero: int) -> int:
    """The notice below the town; the y where the tiles begin."""
    first = {"portrait": 640, "landscape": 376, "small": 428}[draft.format.value]
    if draft.page.notice is None:
        return first
    if draft.low:
        blocks.note(draft, draft.page.notice, Rect(48, 500, 984, 0))
        return first
    y = hero + (20 if draft.portrait else 8)
    bottom = blocks.note(
        draft, draft.page.notice, Rect(draft.column.x, y, draft.column.w, 0), padding=24 if draft.portrait else 10
    )
    return max(bottom + (24 if draft.portrait else 10), draft.touch_from)


def _grid_tiles(draft: Draft, tiles: list[Tile], top: int) -> None:
    panel = draft.panel
    if len(tiles) <= FEW:
        _few_tiles(draft, tiles, top)
        return
    columns = 4 if draft.landscape else 2
    rows = max(math.ceil(len(tiles) / columns), 2 if draft.landscape else 4)
    gap_x = panel.gap
    gap_y = {"portrait": 20, "landscape": 24, "small": 16}[draft.format.value]
    usual = {"portrait": 236, "landscape": 236, "small": 160}[draft.format.value]
    floor = _floor(draft, 8 if draft.small else 36)
    if draft.page.notice and draft.portrait:
        gap_y = 16
    height = min(usual, (floor - top + gap_y) // rows - gap_y - panel.edge)
    if draft.page.notice and draft.portrait:
        height = min(height, 212)
    width = (draft.column.w - gap_x * (columns - 1)) // columns
    for number, tile in enumerate(tiles):
        x = panel.margin + (number % columns) * (width + gap_x)
        y = top + (number // columns) * (height + panel.edge + gap_y)
        draft.add(_tile(draft, tile, Rect(x, y, width, height)))


FEW = 3
"""So few services get a wide key each."""


def _few_tiles(draft: Draft, tiles: list[Tile], top: int) -> None:
    """A town that begins with few services: a wide key each, in landscape side by side."""
    panel, count = draft.panel, max(1, len(tiles))
    columns = count if draft.landscape else 1
    width = (draft.column.w - panel.gap * (columns - 1)) // columns
    height = {"portrait": 320, "landscape": 400, "small": 200}[draft.format.value]
    for number, tile in enumerate(tiles):
        x = panel.margin + (number % columns) * (width + panel.gap)
        y = top + (number // columns) * (height + panel.edge + 24)
        rect = Rect(x, y, width, height)
        side = 176 if not draft.small else 112
        chip = Rect(rect.x + (48 if not draft.small else 24), rect.mid_y - side // 2, side, side)
        content = _chip(draft, tile, chip, round(side * 0.64))
        left = chip.right + (44 if not draft.small else 24)
        wide = width > 800
        room = rect.right - (136 if wide else 32) - left
        ink = "text" if tile.available else "muted"
        title = fitted(
            tile.key.words, Style(56, 64, theme.SEMIBOLD) if not draft.small else Style(40, 46, theme.SEMIBOLD), room, 2
        )
        line = Style(36, 46) if not draft.small else Style(28, 36)
        titles = balanced((Run(tile.key.words, title.face),), title.size, room)
        lines = wrap((Run(tile.line, line.face),), line.size, room)
        tall = len(titles) * title.line + 8 + len(lines) * line.line
        start = rect.y + (rect.h - tall) // 2
        content.extend(lay(titles, title, ink, Rect(left, start, room, 0)))
        content.extend(lay(lines, line, "muted", Rect(left, start + len(titles) * title.line + 8, room, 0)))
        if wide and tile.available:
            content.append(icon(Icon.CHEVRON_RIGHT.value, 80, "action", Rect(rect.right - 120, rect.y, 80, rect.h)))
        draft.add(_tile_target(draft, tile, rect, content))


def _list_tiles(draft: Draft, tiles: list[Tile], top: int) -> None:
    """Large text: one column, one line each; two columns in landscape."""
    panel = draft.panel
    columns = 2 if draft.landscape else 1
    rows = max(1, math.ceil(len(tiles) / columns))
    floor = _floor(draft, 8 if draft.small else 32)
    gap = 16
    height = min(220, (floor - top + gap) // rows - gap - panel.edge)
    width = (draft.column.w - panel.gap * (columns - 1)) // columns
    for number, tile in enumerate(tiles):
        x = panel.margin + (number % columns) * (width + panel.gap)
        y = top + (number // columns) * (height + panel.edge + gap)
        draft.add(_tile(draft, tile, Rect(x, y, width, height)))


def _low_tiles(draft: Draft, tiles: list[Tile]) -> None:
    columns = 4 if len(tiles) > 4 else max(1, len(tiles))
    width = (1000 - 16 * (columns - 1)) // columns
    for number, tile in enumerate(tiles):
        x = 40 + (number % columns) * (width + 16)
        y = 1280 + (number // columns) * 220
        rect = Rect(x, y, width, 196)
        chip = Rect(rect.mid_x - 40, rect.y + 18, 80, 80)
        content = _chip(draft, tile, chip, 52)
        style = fitted(tile.key.words, Style(28, 32, theme.SEMIBOLD), width - 16, 2)
        lines = balanced((Run(tile.key.words, style.face),), style.size, width - 16)
        at = Rect(rect.x + 8, rect.y + 140 - len(lines) * style.line // 2, width - 16, 0)
        content.extend(lay(lines, style, "text" if tile.available else "muted", at, "centre"))
        draft.add(_tile_target(draft, tile, rect, content))


def _chip(draft: Draft, tile: Tile, chip: Rect, size: int) -> list[Shape]:
    ground = frame.chip_ground(tile.family) if tile.available else "sunken"
    ink = frame.chip_ink(tile.family) if tile.available else "muted"
    shapes: list[Shape] = [] if draft.high_contrast else [Box(chip, ground, 16 if chip.w > 100 else 14)]
    shapes.append(icon(tile.icon.value, size, ink, chip, filled=True))
    return shapes


def _tile(draft: Draft, tile: Tile, rect: Rect) -> Target:
    inset = draft.key_line + {"portrait": 28, "landscape": 22, "small": 14}[draft.format.value]
    side = {"portrait": 112, "landscape": 104, "small": 76}[draft.format.value]
    side = min(side, rect.h - 16)
    space = {"portrait": 24, "landscape": 20, "small": 14}[draft.format.value]
    chip = Rect(rect.x + inset, rect.mid_y - side // 2, side, side)
    content = _chip(draft, tile, chip, round(side * 0.64))
    left = chip.right + space
    room = rect.right - {"portrait": 16, "landscape": 26, "small": 10}[draft.format.value] - left
    title = draft.type.tile if not draft.small or draft.large else Style(30, 34, theme.SEMIBOLD)
    line = Style(28, 34) if not draft.large else draft.type.small
    ink = "text" if tile.available else "muted"
    roomy = rect.h >= 2 * title.line + 8
    title = fitted(tile.key.words, title, room, 2 if roomy else 1)
    titles = balanced((Run(tile.key.words, title.face),), title.size, room)
    lines = wrap((Run(tile.line, line.face),), line.size, room) if not draft.small or not tile.available else ()
    tall = len(titles) * title.line + (8 + len(lines) * line.line if lines else 0)
    if tall > rect.h - 16:
        lines, tall = (), len(titles) * title.line
    y = rect.y + (rect.h - tall) // 2
    content.extend(lay(titles, title, ink, Rect(left, y, room, 0)))
    content.extend(lay(lines, line, "muted", Rect(left, y + len(titles) * title.line + 8, room, 0)))
    return _tile_target(draft, tile, rect, content)


def _tile_target(draft: Draft, tile: Tile, rect: Rect, content: list[Shape]) -> Target:
    if tile.available:
        return target(draft, tile.key, rect, content)
    dashed = KeyColours("page", "sunken", "line", "", 2, dashed=True)
    return Target(tile.key.name, tile.key.act, rect, dashed, draft.panel.edge, 16, tuple(content))


# Attract


def attract(draft: Draft) -> None:
    """Invite in every language: the town, what one can do here, the languages to begin in."""
    panel = draft.panel
    hero = {"portrait": 800, "landscape": 420 if draft.large else 470, "small": 520}[draft.format.value]
    _ground(draft, hero)
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
    _ground(draft, panel.height)
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
