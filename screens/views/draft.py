"""A scene in the making: the panel's measures, the text size's styles, and the layers being filled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screens.look import Colours, Format, TextSize
from screens.pages import Layout
from screens.views.scene import Box, Item, Rect, Scene, Target, Words, coloured, mirrored, recoloured
from screens.views.text import paragraph
from screens.views.theme import LOW_REACH_FROM, PANELS, STAFF_COLOURS, Style, styles

if TYPE_CHECKING:
    from collections.abc import Iterable

    from screens.look import Look
    from screens.pages import Page


class Draft:
    """What an arrangement works with; `y` is where the next block may begin."""

    def __init__(self, page: Page, look: Look, panel_format: Format) -> None:
        self.page = page
        self.look = look
        self.format = panel_format
        self.panel = PANELS[panel_format]
        self.type = styles(look.text, panel_format)
        self.large = look.text is not TextSize.NORMAL
        self.high_contrast = look.colours is Colours.HIGH_CONTRAST
        # Who is signed in has both hands at the wall: only signing in itself comes down to whoever sits.
        self.low = look.low_reach and panel_format is Format.PORTRAIT and page.layout not in {Layout.STAFF, Layout.FILL}
        self.portrait = panel_format is Format.PORTRAIT
        self.landscape = panel_format is Format.LANDSCAPE
        self.small = panel_format is Format.SMALL
        self.back: list[Item] = []
        self.under: list[Item] = []
        self.body: list[Item] = []
        self.fixed: list[Item] = []
        self.kept: set[Item] = set()
        self.compact = self.small or self.large
        self.blocks = page.compact_blocks or page.blocks if self.compact else page.blocks
        self.bar_keys = page.compact_bar or page.bar if self.compact else page.bar
        self.bar_height = self.panel.bar
        self.tight = 0
        """How far apart things need not be: 0 as on the board, up to 3 where much is to be said."""

    @property
    def bar_top(self) -> int:
        """Where the bar begins."""
        return self.panel.height - self.bar_height

    @property
    def column(self) -> Rect:
        """The page between its margins, below the header and above the bar."""
        margin, top = self.panel.margin, self.panel.header
        return Rect(margin, top, self.panel.width - 2 * margin, self.bar_top - top)

    @property
    def touch_from(self) -> int:
        """Nothing touchable begins above."""
        return LOW_REACH_FROM if self.low else self.panel.touch_from

    @property
    def key_line(self) -> int:
        """How thick the outline of a key is."""
        return 4 if self.high_contrast else 2

    @property
    def card_line(self) -> int:
        """How thick the outline of a card is."""
        return 3 if self.high_contrast else 2

    @property
    def action_height(self) -> int:
        """Height of the keys of the action row: 152 in large text."""
        return 152 if self.large and self.portrait else self.panel.action

    @property
    def action_top(self) -> int:
        """Where the action row begins."""
        panel = self.panel
        return self.bar_top - panel.below_action - panel.edge - self.action_height

    def icon(self, size: int) -> int:
        """The size of a pictogram in this text size."""
        return round(size * self.type.icon)

    def add(self, *items: Item) -> None:
        """Put items into the body."""
        self.body.extend(items)

    def put(self, items: Iterable[Item]) -> None:
        """Put many items into the body."""
        self.body.extend(items)

    def say(  # noqa: PLR0913 - all of a paragraph
        self, text: str, style: Style, colour: str, at: Rect, align: str = "left", *, even: bool = False
    ) -> int:
        """Put a wrapped text into the body; the y below it."""
        words, bottom = paragraph(text, style, colour, at, align, even=even)
        self.put(words)
        return bottom

    def card(
        self, rect: Rect, fill: str = "surface", line: str = "card-line", radius: int = 20, width: int = 0
    ) -> None:
        """A flat card: outline and surface, no edge."""
        thick = width or self.card_line
        self.add(Box(rect, line, radius), Box(rect.inset(thick), fill, max(0, radius - thick)))

    def chip(self, rect: Rect, fill: str, radius: int = 16) -> None:
        """The coloured ground of a pictogram; none in high contrast."""
        if not self.high_contrast:
            self.add(Box(rect, fill, radius))

    def keep(self, items: Iterable[Item]) -> None:
        """Put items into the body that stay as they are in languages written from the right."""
        items = tuple(items)
        self.kept.update(items)
        self.put(items)

    def scene(self) -> Scene:
        """The finished scene, mirrored if its language runs from the right."""
        made = Scene(
            self.panel.width,
            self.panel.height,
            tuple(self.back),
            tuple(self.under),
            tuple(self.body),
            tuple(self.fixed),
        )
        if self.page.staff and self.look.colours is Colours.LIGHT:
            self.kept = {recoloured(item, STAFF_COLOURS) for item in self.kept}
            made = coloured(made, STAFF_COLOURS)
        return mirrored(made, frozenset(self.kept)) if self.page.rtl else made


def lowest(items: Iterable[Item]) -> int:
    """The y below the lowest of the items."""
    return max(((item.whole if isinstance(item, Target) else item.rect).bottom for item in items), default=0)


def within(words: Iterable[Words], room: Rect) -> bool:
    """Whether all words lie in the room."""
    return all(
        room.x <= word.rect.x
        and word.rect.right <= room.right
        and room.y <= word.rect.y
        and word.rect.bottom <= room.bottom
        for word in words
    )
