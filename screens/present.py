"""From a step to its page: a pure function, and the only way a sentence gets onto the screen.

The first page is here alone; all others are loaded when one of them is asked for, or `load` is called behind it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from screens.presenting.occasion import Occasion
from screens.presenting.welcome import attract
from screens.steps import Attract
from screens.wording import Words

if TYPE_CHECKING:
    from screens.entry import Entry
    from screens.look import Look
    from screens.pages import Page
    from screens.presenting.page_of import AnyStep
    from screens.steps import Step
    from screens.surroundings import Surroundings


def present(step: Step[Any], look: Look, surroundings: Surroundings, entry: Entry) -> Page:
    """The page of `step` in the look's language.

    Raises:
        NoSuchLanguage: the look's or an offered language has no wording.
    """
    occasion = Occasion(Words(look.language), look, surroundings, entry)
    if isinstance(step, Attract):
        return attract(step, occasion)
    from screens.presenting.page_of import page_of  # noqa: PLC0415 - never before the first frame

    return page_of(cast("AnyStep", step), occasion)


def load() -> None:
    """Load all pages, so that no citizen waits for the first of them."""
    import screens.presenting.page_of  # noqa: F401, PLC0415 - that is all
