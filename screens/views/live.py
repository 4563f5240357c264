"""The camera's picture on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screens.views import theme
from screens.views.scene import Box, Live, Rect, Words
from screens.views.text import Run, lay, wrap
from screens.views.theme import Style

if TYPE_CHECKING:
    from screens.pages import LivePicture
    from screens.views.draft import Draft


def live(draft: Draft, block: LivePicture, at: Rect) -> int:
    """The picture as large as `at` allows with the hint on a dark strip below it; the y below."""
    style = Style(36, 44, theme.MEDIUM) if not draft.large else draft.type.label
    if draft.small and not draft.large:
        style = Style(30, 38, theme.MEDIUM)
    hints = [words for _, words in block.hints]
    room = at.w - 48
    lines = max(len(wrap((Run(words, style.face),), style.size, room)) for words in (*hints, block.waiting))
    strip = lines * style.line + 40
    height = min(at.h - strip, at.w * 3 // 4)
    whole = Rect(at.x, at.y, at.w, height + strip)
    draft.add(Box(whole, "chrome", 24))
    if draft.high_contrast:
        draft.card(whole, fill="chrome", radius=24)
    picture = Rect(at.x + 8, at.y + 8, at.w - 16, height - 8)
    below = Rect(at.x + 24, picture.bottom, room, strip)

    def words(text: str) -> tuple[Words, ...]:
        broken = wrap((Run(text, style.face),), style.size, room)
        top = below.mid_y - len(broken) * style.line // 2
        return tuple(lay(broken, style, "on-chrome", Rect(below.x, top, room, 0), "centre"))

    draft.add(
        Live(
            picture,
            tuple((name, words(text)) for name, text in block.hints),
            words(block.waiting),
            "glow",
            "ok" if draft.high_contrast else "#4FCBA7",
        )
    )
    return whole.bottom
