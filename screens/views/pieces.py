"""What the pages of bulky waste begin with, and the distances they share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from screens.views import frame

if TYPE_CHECKING:
    from screens.pages import Block
    from screens.views.draft import Draft

B = TypeVar("B", bound="Block")
GAP: Final = 16
LEAST: Final = 96
LOW_TOP: Final = 1296
"""The first key below the yellow line."""


def begin(draft: Draft) -> int:
    """Ground, header and step header; where the page's own begins."""
    frame.plain_ground(draft)
    frame.header(draft)
    below = frame.step_header(draft)
    return (below or draft.panel.header) + (40 if draft.portrait else 14)


def block_of(draft: Draft, kind: type[B]) -> B | None:
    """The page's block of that kind."""
    return next((block for block in draft.blocks if isinstance(block, kind)), None)
