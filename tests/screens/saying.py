"""What a page says, for the tests that weigh its words."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from enum import Enum
from itertools import product
from typing import TYPE_CHECKING

from screens.entry import Entry
from screens.look import TextSize
from screens.pages import LivePicture, keys_of
from screens.present import present
from screens.wording import languages
from tests.screens.samples import SAMPLES, entry_for, look, surroundings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from screens.pages import Key, Page
    from screens.steps import Step

_NO_WORDS = frozenset({"step", "language", "layout", "art", "name", "character", "code", "text", "look", "value"})
"""Fields that hold identifiers, codes and what was typed, not words."""


def said_in(value: object) -> Iterator[str]:
    """Every word, sentence and label within `value`."""
    if isinstance(value, Enum):
        return
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from said_in(one)
    elif isinstance(value, LivePicture):
        yield value.waiting
        yield from (sentence for _, sentence in value.hints)
    elif is_dataclass(value):
        for field in fields(value):
            if field.name not in _NO_WORDS:
                yield from said_in(getattr(value, field.name))


def pages_of(name: str, language: str, text: TextSize = TextSize.NORMAL) -> Iterator[Page]:
    """The page of a sample, all its parts."""
    part, parts = 0, 1
    while part < parts:
        entry = entry_for(name)
        around = surroundings(language)
        page = present(SAMPLES[name], look(language, text=text), around, Entry(entry.text, part=part))
        yield page
        part, parts = part + 1, page.parts


def all_pages() -> Iterator[tuple[str, Page]]:
    """Every sample in every language and text size, all parts."""
    for name, language, text in product(SAMPLES, languages(), TextSize):
        for page in pages_of(name, language, text):
            yield f"{name}, {language}, {text.value}, part {page.part}", page


def show(step: Step[Any], language: str = "en", entry: Entry = Entry(), **changes: Any) -> Page:  # noqa: ANN401, B008
    """The page of `step`, in a look changed by `changes`."""
    return present(step, look(language, **changes), surroundings(language), entry)


def blocks_of(page: Page, kind: type) -> list[Any]:
    """The page's blocks of one kind."""
    return [block for block in page.blocks if isinstance(block, kind)]


def key(page: Page, name: str) -> Key:
    """The page's key called `name`."""
    return next(key for key in keys_of(page) if key.name == name)
