"""The home page: the town above, the services below."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from screens.icons import Icon
from screens.look import Format
from screens.pages import Heading, Tiles, Turn
from screens.views import blocks, frame, theme
from screens.views.hero import ground
from screens.views.keys import fitted, target
from screens.views.scene import Box, KeyColours, Picture, Rect, Shape, Target
from screens.views.text import Run, balanced, icon, lay, wrap
from screens.views.theme import Style

if TYPE_CHECKING:
    from screens.pages import Tile
    from screens.views.draft import Draft

DISPLAY = Style(72, 80, theme.SEMIBOLD)
DISPLAY_LARGE = Style(112, 116, theme.SEMIBOLD)


def home(draft: Draft) -> None:
    """What would you like to do: the town above, the services below."""
    hero = {"portrait": 600, "landscape": 340, "small": 400}[draft.format.value]
    shift = 0
    if draft.page.notice and draft.portrait and not draft.low:
        hero, shift = 580, -16
    if draft.low:
        hero = 1160
    ground(draft, hero)
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
