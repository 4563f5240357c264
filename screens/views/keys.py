"""Keys: the only things on a page with a base edge, because they are the only ones to touch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screens.icons import Icon
from screens.pages import KeyState, Weight
from screens.views.scene import Box, KeyColours, Rect, Shape, Target
from screens.views.text import Run, icon, lay, measure, wrap
from screens.views.theme import Style

if TYPE_CHECKING:
    from screens.pages import Key
    from screens.views.draft import Draft

SMALLEST = 26
"""Pixels of the smallest letters anywhere (board README, section 10)."""

_FILLED_WHEN_ON = frozenset({Icon.CONTRAST, Icon.ACCESSIBLE, Icon.VOLUME_UP, Icon.HELP, Icon.LANGUAGE})


def colours_of(draft: Draft, key: Key) -> tuple[KeyColours, str]:
    """The tokens of a key and of what is written on it."""
    edge_line = draft.key_line
    match key.weight, key.state:
        case ((Weight.PRIMARY | Weight.SECONDARY), KeyState.NOT_YET):
            outlined = draft.high_contrast
            return KeyColours(
                "dis", "track", "dis-text" if outlined else "dis", "", 3 * outlined, dashed=outlined
            ), "dis-text"
        case _, KeyState.BUSY:
            return KeyColours("action-pressed", "action-pressed", "action", "", 3), "on-action"
        case Weight.PRIMARY, _:
            return KeyColours("action", "action-pressed", "action", "action-edge", 0), "on-action"
        case Weight.SECONDARY, _:
            return KeyColours("face", "sel", "action", "action", 3), "action"
        case Weight.BAR, KeyState.ON:
            line = "chrome-line" if draft.high_contrast else "chrome-on"
            return KeyColours("chrome-on", "chrome-on", line, "chrome-on-edge", 3, "chrome-on"), "chrome-on-text"
        case Weight.BAR, KeyState.NOT_YET:
            return KeyColours("chrome", "chrome", "chrome-line", "", 2, "chrome-on"), "chrome-edge"
        case Weight.BAR, _:
            line = "chrome-line" if draft.high_contrast else "chrome-key"
            return KeyColours("chrome-key", "chrome-line", line, "chrome-edge", 3, "chrome-on"), "on-chrome"
        case Weight.END, KeyState.NOT_YET:
            line = "chrome-line" if draft.high_contrast else "chrome-key"
            outlined = draft.high_contrast
            return KeyColours("chrome-key", "chrome-line", line, "", 3, "chrome-on", dashed=outlined), "chrome-edge"
        case Weight.END, _:
            return KeyColours("end-face", "end-edge", "end-face", "end-edge", 0, "chrome-on"), "end-text"
        case _, KeyState.ON:
            return KeyColours("sel", "face-pressed", "action", "action", 4), "text"
        case _, KeyState.NOT_YET:
            line = "line" if draft.high_contrast else "key-line"
            return KeyColours("page", "sunken", line, "", 2, dashed=draft.high_contrast), "dis-text"
        case _:
            return KeyColours("face", "face-pressed", "key-line", "edge", edge_line), "text"


def target(  # noqa: PLR0913 - a key's whole shape
    draft: Draft, key: Key, rect: Rect, content: list[Shape], *, radius: int = 16, edge: int | None = None
) -> Target:
    """The key at `rect` with what lies on it."""
    colours, _ = colours_of(draft, key)
    if key.state is KeyState.BUSY:
        rect = rect.moved(dy=draft.panel.edge - 2)
    return Target(key.name, key.act, rect, colours, draft.panel.edge if edge is None else edge, radius, tuple(content))


def fitted(words: str, style: Style, width: int, lines: int = 1) -> Style:
    """The style in which the words fit into so many lines: a size smaller only where nothing else helps."""
    size = style.size
    while size > SMALLEST:
        broken = wrap((Run(words, style.face),), size, width)
        if len(broken) <= lines and all(line.width <= width for line in broken):
            break
        size -= 2
    return Style(size, round(style.line * size / style.size), style.face)


def row_key(draft: Draft, key: Key, rect: Rect, *, style: Style | None = None, radius: int = 16) -> Target:
    """A key with its words and pictogram side by side in the middle."""
    _, ink = colours_of(draft, key)
    wished = style or draft.type.button
    tick = key.weight is Weight.PLAIN and key.state is KeyState.ON
    sign = Icon.CHECK if tick else key.icon
    sign_first = key.icon_first or tick
    size = (40 if tick else 48) if sign else 0
    gap = (12 if tick else 20) if sign else 0
    pad = 20 if rect.w < 300 else 28
    if rect.w < 180:
        size, gap, pad = 26 if sign else 0, 4 if sign else 0, 6
    room = rect.w - 2 * pad - size - gap
    lines = 2 if rect.h >= 2 * wished.line + 16 else 1
    chosen = fitted(key.words, wished, room)
    if chosen.size < wished.size * 0.85 and lines == 2:
        chosen = fitted(key.words, wished, room, 2)
    broken = wrap((Run(key.words, chosen.face),), chosen.size, room)
    width = max((line.width for line in broken), default=0)
    start = rect.x + (rect.w - width - size - gap) // 2
    text_x = start + size + gap if sign_first else start
    height = chosen.line * len(broken)
    at = Rect(text_x, rect.y + (rect.h - height) // 2, width, height)
    content: list[Shape] = [*lay(broken, chosen, ink, at, "centre")]
    if sign:
        sign_x = start if sign_first else start + width + gap
        spot = Rect(sign_x, rect.mid_y - size // 2, size, size)
        content.append(icon(sign.value, size, "action" if tick and not draft.high_contrast else ink, spot))
    return target(draft, key, rect, content, radius=radius)


def stacked_key(  # noqa: PLR0913 - a key's whole shape
    draft: Draft,
    key: Key,
    rect: Rect,
    style: Style,
    icon_size: int,
    *,
    gap: int = 12,
    radius: int = 16,
    edge: int | None = None,
) -> Target:
    """A key with its pictogram above its words."""
    _, ink = colours_of(draft, key)
    chosen = fitted(key.words, style, rect.w - 12)
    broken = wrap((Run(key.words, chosen.face),), chosen.size, rect.w - 12)
    size = icon_size if key.icon else 0
    if len(broken) * chosen.line + size + gap > rect.h:
        size = 0
    height = size + (gap if size else 0) + chosen.line * len(broken)
    top = rect.y + (rect.h - height) // 2
    content: list[Shape] = []
    if key.icon and size:
        filled = key.state is KeyState.ON and key.icon in _FILLED_WHEN_ON
        content.append(icon(key.icon.value, size, ink, Rect(rect.x, top, rect.w, size), filled=filled))
    at = Rect(rect.x, rect.y + (rect.h + height) // 2 - chosen.line * len(broken), rect.w, chosen.line)
    content.extend(lay(broken, chosen, ink, at, "centre"))
    return target(draft, key, rect, content, radius=radius, edge=edge)


def letter_key(draft: Draft, key: Key, rect: Rect, style: Style) -> Target:
    """A key with one character."""
    _, ink = colours_of(draft, key)
    width, _ = measure(key.words, style.face, style.size)
    line = wrap((Run(key.words, style.face),), style.size, max(width, rect.w))
    at = Rect(rect.x, rect.mid_y - style.line // 2, rect.w, style.line)
    return target(draft, key, rect, [*lay(line, style, ink, at, "centre")])


def tag(draft: Draft, words: str, sign: Icon | None, tone: str, at: Rect) -> tuple[list[Shape], Rect]:
    """A small round label with pictogram and word, 46 high."""
    style = draft.type.caption.cut("medium")
    height = 46 if not draft.large else style.line + 14
    size = draft.icon(30) if sign else 0
    width, _ = measure(words, style.face, style.size)
    rect = Rect(at.x, at.y, 16 + size + (8 if size else 0) + width + 20, height)
    shapes: list[Shape] = [Box(rect, f"{tone}-bg", height // 2)]
    if sign:
        shapes.append(icon(sign.value, size, tone, Rect(rect.x + 16, rect.y, size, height), filled=True))
    x = rect.x + 16 + size + (8 if size else 0)
    spot = Rect(x, rect.mid_y - style.line // 2, width, style.line)
    shapes.extend(lay(wrap((Run(words, style.face),), style.size, 10_000), style, tone, spot))
    return shapes, rect
