"""What may be wrong with an arranged page, measured on its shapes (design board README, sections 5, 6 and 10)."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

from screens.look import Format, TextSize
from screens.pages import Layout, keys_of
from screens.views import theme
from screens.views.scene import Cycle, Rect, Target, Words
from screens.views.theme import LOW_REACH_FROM, PANELS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from screens.look import Look
    from screens.pages import Page
    from screens.views.scene import Item, Scene

LEAST_TARGET = 96
LEAST_GAP = 16
LEAST_LETTERS = 26
_ICONS = (theme.OUTLINED, theme.FILLED)


def faults(page: Page, scene: Scene, look: Look, form: Format) -> list[str]:
    """Every rule the scene breaks, in words."""
    return [
        *_missing(page, scene, look, form),
        *_targets(page, scene, look, form),
        *_texts(scene),
    ]


def _missing(page: Page, scene: Scene, look: Look, form: Format) -> Iterator[str]:
    compact = form is Format.SMALL or look.text is not TextSize.NORMAL
    drawn = {target.name for target in scene.targets}
    if "turn" in drawn and not compact:  # too much to say: drawn in parts as in the compact arrangement
        page = replace(page, blocks=page.compact_blocks)
    for key in keys_of(page, compact=compact):
        if key.name not in drawn:
            yield f"key {key.name} is not drawn"
    if len(drawn) != len(scene.targets):
        yield "two keys have one name"


def _targets(page: Page, scene: Scene, look: Look, form: Format) -> Iterator[str]:
    panel = PANELS[form]
    first = LOW_REACH_FROM if look.low_reach and form is Format.PORTRAIT else panel.touch_from
    if page.layout in {Layout.STAFF, Layout.FILL}:
        first = panel.header  # for citizens nothing touchable is above; staff works at the whole wall
    whole = Rect(0, 0, scene.width, scene.height)
    for target in scene.targets:
        rect = target.rect
        if rect.w < LEAST_TARGET or rect.h < LEAST_TARGET:
            yield f"key {target.name} is only {rect.w} x {rect.h}"
        if rect.y < first:
            yield f"key {target.name} begins at {rect.y}, above {first}"
        if not _inside(target.whole, whole):
            yield f"key {target.name} leaves the panel"
        for words in target.content:
            if isinstance(words, Words) and not _inside(_ink(words), rect):
                yield f"{words.text!r} leaves its key {target.name}"
    for one, other in combinations(scene.targets, 2):
        gap = _gap(one.whole, other.whole)
        if gap < LEAST_GAP:
            yield f"keys {one.name} and {other.name} are {gap} apart"


def _gap(one: Rect, other: Rect) -> int:
    across = max(other.x - one.right, one.x - other.right)
    down = max(other.y - one.bottom, one.y - other.bottom)
    return max(across, down)


def _inside(inner: Rect, outer: Rect) -> bool:
    return outer.x <= inner.x and outer.y <= inner.y and inner.right <= outer.right and inner.bottom <= outer.bottom


def _ink(words: Words) -> Rect:
    """The part of a line's box that letters fill."""
    rect = words.rect
    if words.face in _ICONS:
        return rect.inset(words.size // 6)
    return Rect(rect.x, rect.y + words.size // 5, rect.w, max(1, rect.h - 2 * (words.size // 5)))


def _words(items: tuple[Item, ...]) -> Iterator[Words]:
    for item in items:
        if isinstance(item, Words):
            yield item
        elif isinstance(item, Cycle):
            yield from item.faces[0]


def _texts(scene: Scene) -> Iterator[str]:
    panel = Rect(0, 0, scene.width, scene.height)
    loose = [*_words(scene.body), *_words(scene.fixed)]
    for words in loose:
        if words.face not in _ICONS and words.size < LEAST_LETTERS:
            yield f"{words.text!r} is only {words.size} pixels high"
        if not _inside(_ink(words), panel):
            yield f"{words.text!r} leaves the panel"
        if words.within is not None and words.rect.right > words.within.right + 1:
            yield f"{words.text!r} is cut off"
        for target in scene.targets:
            if _ink(words).overlaps(target.whole):
                yield f"{words.text!r} lies under key {target.name}"
    for one, other in combinations(loose, 2):
        if _ink(one).overlaps(_ink(other)):
            yield f"{one.text!r} and {other.text!r} overlap"
    for target in scene.targets:
        inner = [words for words in target.content if isinstance(words, Words)]
        for words in inner:
            if words.face not in _ICONS and words.size < LEAST_LETTERS:
                yield f"{words.text!r} on {target.name} is only {words.size} pixels high"
        for one, other in combinations(inner, 2):
            if _ink(one).overlaps(_ink(other)):
                yield f"{one.text!r} and {other.text!r} overlap on {target.name}"


def names(scene: Scene) -> list[str]:
    """The keys in reading order."""
    return [target.name for target in scene.targets if isinstance(target, Target)]
