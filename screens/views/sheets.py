"""What lies above a page: the sheets for language, settings and help, and the idle warning."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screens.pages import Heading, Languages, Note, Ring, Segment, Small, Steps
from screens.views import blocks, frame, question, theme
from screens.views.keys import fitted, row_key
from screens.views.scene import Arc, Box, Item, Rect, Target, moved
from screens.views.text import Run, icon, lay, measure, wrap
from screens.views.theme import Style

if TYPE_CHECKING:
    from screens.views.draft import Draft
    from screens.views.scene import Scene

SCRIM = "#131525B8"
"""`chrome` at 72 %."""


def sheet(draft: Draft, beneath: Scene | None) -> None:
    """A sheet from below, the page dimmed behind it."""
    panel = draft.panel
    if beneath is None:
        frame.plain_ground(draft)
        frame.header(draft)
    else:
        draft.back.extend(beneath.back)
        draft.under.extend((*beneath.body, *beneath.fixed))
        draft.kept.update((*beneath.back, *beneath.body, *beneath.fixed))
        draft.under.append(Box(Rect(0, 0, panel.width, panel.height), SCRIM))
    if any(isinstance(block, Segment) for block in draft.blocks):
        _settings(draft)
    else:
        _simple(draft)
    draft.body[:0] = _ground_of(draft)
    frame.bar(draft)
    draft.fixed.insert(0, draft.back.pop(_bar_ground(draft)))


def _bar_ground(draft: Draft) -> int:
    """Where the bar's ground lies among the grounds: it must cover the page beneath."""
    return max(i for i, item in enumerate(draft.back) if isinstance(item, Box) and item.fill == "chrome")


def _ground_of(draft: Draft) -> list[Item]:
    top = min(item.rect.y for item in draft.body) - (42 if draft.portrait else 28)
    ground = Rect(0, top, draft.panel.width, draft.panel.height - top)
    if draft.high_contrast:
        return [Box(ground, "card-line", 28), Box(Rect(0, top + 3, ground.w, ground.h), "page", 26)]
    return [Box(ground, "page", 28)]


def _settings(draft: Draft) -> None:
    """Rows of keys of which one is on, from below upwards: as many as fit, two columns where it is tight."""
    column = draft.column if not draft.low else Rect(24, draft.column.y, draft.panel.width - 48, draft.column.h)
    segments = [block for block in draft.blocks if isinstance(block, Segment)]
    heading = next((block for block in draft.blocks if isinstance(block, Heading)), None)
    columns = 2 if draft.landscape or draft.low else 1
    rows = -(-len(segments) // columns)
    height = 108 if draft.portrait and not draft.low else 96
    label = draft.type.label if not draft.large else Style(44, 50, theme.SEMIBOLD)
    if not draft.portrait or draft.low:
        label = Style(30, 36, theme.SEMIBOLD)
    base = draft.action_top - (36 if draft.portrait and not draft.low else 16)
    pitch = 190.667 if draft.portrait and not draft.low and not draft.large else None
    tight = height + draft.panel.edge + label.line + 12 + (12 if not draft.large else 20)
    if draft.small:
        tight = height + draft.panel.edge + label.line + 16
    step = pitch or tight
    between = 32 if draft.low else draft.panel.gap * 2
    width = (column.w - between * (columns - 1)) // columns
    first = round(base - (rows - 1) * step) - draft.panel.edge - height
    for number, segment in enumerate(segments):
        x = column.x + (number % columns) * (width + between)
        y = round(first + (number // columns) * step)
        _segment(draft, segment, Rect(x, y, width, height), label)
    if heading:
        style = draft.type.heading if draft.portrait else Style(44, 50, theme.SEMIBOLD)
        if draft.low:
            draft.say(heading.words, draft.type.heading, "text", Rect(column.x, 1104, column.w, 0))
        else:
            top = first - label.line - 16 - style.line - (28 if draft.portrait else 4)
            draft.say(heading.words, style, "text", Rect(column.x, top, column.w, 0))
    frame.action_row(draft)


def _segment(draft: Draft, block: Segment, row: Rect, label: Style) -> None:
    size = 40 if not draft.large else 48
    top = row.y - label.line - (16 if draft.portrait and not draft.low else 6)
    draft.add(icon(block.icon.value, size, "action", Rect(row.x, top + 1, size, label.line), filled=True))
    style = label if draft.large or not draft.portrait else Style(34, 40, theme.MEDIUM)
    draft.say(block.title, style, "text", Rect(row.x + size + 16, top, row.w - size - 16, 0))
    count = len(block.keys)
    width = (row.w - 16 * (count - 1)) / count
    for number, key in enumerate(block.keys):
        x = round(row.x + number * (width + 16))
        style = Style(32, 38, theme.MEDIUM)
        if key.name.endswith(("large", "very_large")) and draft.portrait and not draft.low:
            style = Style(48 if key.name.endswith("very_large") else 42, 50, theme.MEDIUM)
        elif draft.large and draft.portrait:
            style = Style(40, 46, theme.MEDIUM)
        elif not draft.portrait or draft.low:
            style = Style(28, 32, theme.MEDIUM)
        draft.add(row_key(draft, key, Rect(x, row.y, int(width), row.h), style=style))


def _simple(draft: Draft) -> None:
    """Languages or help: what is to be read lies upon what is to be touched."""
    column = draft.column
    touch_top = draft.action_top
    groups: list[tuple[list[Item], int]] = []
    for block in draft.blocks:
        if isinstance(block, Languages):
            touch_top = max(draft.touch_from, draft.action_top - _languages_height(draft, block) - 40)
            question.draw_block(draft, block, Rect(column.x, touch_top, column.w, 0))
            continue
        start = len(draft.body)
        tall = _read(draft, block, Rect(column.x, 0, column.w, 0))
        groups.append((draft.body[start:], tall))
        del draft.body[start:]
    y = touch_top - (40 if draft.portrait else 20)
    for items, tall in reversed(groups):
        y -= tall
        draft.put(moved(item, 0, y) for item in items if not isinstance(item, Target))
        y -= 32 if draft.portrait else 16
    frame.action_row(draft)


def _languages_height(draft: Draft, block: Languages) -> int:
    rows = -(-len(block.languages) // 2)
    return rows * (132 + draft.panel.edge + 16)


def _read(draft: Draft, block: object, at: Rect) -> int:
    match block:
        case Heading():
            return blocks.heading(draft, block, at)
        case Note():
            return blocks.note(draft, block, at)
        case Steps():
            return blocks.steps(draft, block, at)
        case Small(words=words):
            return draft.say(words, Style(28, 34), "muted", at)
        case _:
            return at.y


def idle(draft: Draft) -> None:
    """Hide the page and count down."""
    panel = draft.panel
    draft.back.append(Box(Rect(0, 0, panel.width, panel.height), "chrome"))
    draft.back.append(Box(Rect(0, 0, panel.width, panel.header), "hero"))
    frame.header(draft)
    ring = next((block for block in draft.blocks if isinstance(block, Ring)), None)
    heading = next((block for block in draft.blocks if isinstance(block, Heading)), None)
    hidden = next((block for block in draft.blocks if isinstance(block, Note)), None)
    if draft.landscape:
        _idle_landscape(draft, ring, heading, hidden)
    else:
        _idle_upright(draft, ring, heading, hidden)
    frame.bar(draft)


def _idle_upright(draft: Draft, ring: Ring | None, heading: Heading | None, hidden: Note | None) -> None:
    panel = draft.panel
    top = 640 if draft.portrait else 300
    card = Rect(panel.margin, top, panel.width - 2 * panel.margin, draft.bar_top - (40 if draft.portrait else 16) - top)
    if hidden and not draft.small:
        draft.add(icon(hidden.icon.value, 120, "chrome-muted", Rect(0, 260, panel.width, 120)))
        draft.say(
            hidden.words, Style(40, 48, theme.SEMIBOLD), "on-chrome", Rect(100, 403, panel.width - 200, 0), "centre"
        )
    elif hidden:
        draft.add(icon(hidden.icon.value, 72, "chrome-muted", Rect(0, 110, panel.width, 72)))
        draft.say(
            hidden.words, Style(30, 36, theme.SEMIBOLD), "on-chrome", Rect(24, 200, panel.width - 48, 0), "centre"
        )
    _dialogue_ground(draft, card)
    inner = Rect(card.x + 56, card.y, card.w - 112, card.h) if draft.portrait else card.inset(24)
    keys_height = _idle_keys(draft, inner, card.bottom - (48 if draft.portrait else 20))
    y = card.y + (75 if draft.portrait else 28)
    if ring:
        size = 326 if draft.portrait and not draft.low else 236
        if draft.small:
            size = 240
        draw_ring(draft, ring, Rect(card.mid_x - size // 2, y, size, size))
        y += size + (50 if draft.portrait else 20)
    if heading:
        _idle_words(draft, heading, Rect(inner.x, y, inner.w, keys_height - y))


def _idle_words(draft: Draft, heading: Heading, at: Rect) -> None:
    style = Style(72, 80, theme.SEMIBOLD) if draft.portrait else Style(48, 54, theme.SEMIBOLD)
    body = Style(36, 50) if not draft.large else draft.type.body
    if not draft.portrait and not draft.large:
        body = Style(30, 38)
    y = draft.say(heading.words, fitted(heading.words, style, at.w), "text", at, "centre")
    if heading.body:
        room = at.w - 200 if draft.portrait and not draft.large else at.w
        draft.say(heading.body, body, "text", Rect(at.mid_x - room // 2, y + 17, room, 0), "centre")


def _dialogue_ground(draft: Draft, card: Rect) -> None:
    if draft.high_contrast:
        draft.card(card, radius=28)
    else:
        draft.add(Box(card, "surface", 28))


def _idle_keys(draft: Draft, inner: Rect, floor: int) -> int:
    """Primary above secondary; the y where they begin."""
    keys = draft.page.actions
    if draft.low:
        y = 1480
        draft.add(row_key(draft, keys[-1], Rect(inner.x, y - 100, inner.w, 120)))
        for key in keys[:-1]:
            y += 52
            draft.add(row_key(draft, key, Rect(inner.x, y, inner.w, 112)))
        return 1380
    y = floor - draft.panel.edge
    for number, key in enumerate(keys):
        primary = number == len(keys) - 1
        tall = (144 if primary else 120) if draft.portrait else 112 if primary else 104
        y -= tall
        style = Style(44, 50, theme.SEMIBOLD) if primary and draft.portrait else None
        draft.add(row_key(draft, key, Rect(inner.x, y, inner.w, tall), style=style))
        y -= 24 + draft.panel.edge if number + 1 < len(keys) else 0
    return y


def _idle_landscape(draft: Draft, ring: Ring | None, heading: Heading | None, hidden: Note | None) -> None:
    panel = draft.panel
    if hidden:
        draft.add(icon(hidden.icon.value, 72, "chrome-muted", Rect(panel.margin, 128, 72, 72)))
        draft.say(hidden.words, Style(36, 44, theme.SEMIBOLD), "on-chrome", Rect(panel.margin + 96, 142, 1400, 0))
    card = Rect(240, 232, panel.width - 480, draft.bar_top - 24 - 232)
    _dialogue_ground(draft, card)
    if ring:
        draw_ring(draft, ring, Rect(card.x + 64, card.y + 64, 300, 300))
    left = Rect(card.x + 430, card.y + 60, card.right - 64 - card.x - 430, 0)
    if heading:
        y = draft.say(heading.words, Style(60, 68, theme.SEMIBOLD), "text", left)
        if heading.body:
            draft.say(
                heading.body,
                Style(34, 46) if not draft.large else Style(42, 50),
                "text",
                Rect(left.x, y + 16, left.w, 0),
            )
    keys = draft.page.actions
    row = Rect(card.x + 48, card.bottom - 40 - 8 - 128, card.w - 96, 128)
    width = (row.w - 24 * (len(keys) - 1)) // max(1, len(keys))
    for number, key in enumerate(keys):
        draft.add(row_key(draft, key, Rect(row.x + number * (width + 24), row.y, width, row.h)))


def draw_ring(draft: Draft, block: Ring, at: Rect) -> None:
    """The countdown: an arc and its number, each digit in a cell of its own."""
    stroke = 26 if at.w > 280 else 20
    line = at.inset(stroke // 2)
    urgent = block.left <= 10
    share = block.left / block.of if block.of else 0
    items: list[Item] = [Arc(line, stroke, 360.0, "track")]
    if share > 0:
        items.append(Arc(line, stroke, 360.0 * share, "bad" if urgent else "action"))
    style = Style(128 * at.w // 326, 140 * at.w // 326, theme.SEMIBOLD)
    widest = max(measure(digit, style.face, style.size)[0] for digit in "0123456789")
    digits = str(block.left)
    x = at.mid_x - widest * len(digits) // 2
    for digit in digits:
        words = wrap((Run(digit, style.face),), style.size, 10_000)
        items.extend(lay(words, style, "text", Rect(x, at.mid_y - style.line // 2 + 3, widest, 0), "centre"))
        x += widest
    draft.keep(items)
