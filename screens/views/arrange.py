"""From a page to its scene: the arrangement its layout names, for one panel and one look.

The first page is here alone; all others are loaded when one of them is asked for, or `load` is called behind it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from screens.pages import Layout
from screens.views import hero
from screens.views.draft import Draft

if TYPE_CHECKING:
    from screens.look import Format, Look
    from screens.pages import Page
    from screens.views.scene import Scene


def arrange(page: Page, look: Look, form: Format, beneath: Page | None = None) -> Scene:
    """The page as shapes; a sheet lies above `beneath`."""
    draft = Draft(page, look, form)
    if page.layout is Layout.ATTRACT:
        hero.attract(draft)
        return draft.scene()
    from screens.views import arrangements  # noqa: PLC0415 - never before the first frame

    if page.layout is Layout.SHEET:
        arrangements.sheet(draft, arrange(beneath, look, form) if beneath is not None else None)
    else:
        arrangements.ARRANGEMENTS[page.layout](draft)
    return draft.scene()


def load() -> None:
    """Load all arrangements, so that no citizen waits for the first of them."""
    import screens.views.arrangements  # noqa: F401, PLC0415 - that is all
