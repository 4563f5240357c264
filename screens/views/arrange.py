"""From a page to its scene: the arrangement its layout names, for one panel and one look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from screens.pages import Layout
from screens.views import (
    booking,
    card,
    days,
    entry,
    hero,
    home,
    question,
    refill,
    result,
    sale,
    search,
    sheets,
    shop,
    staff,
    steppers,
    wall,
)
from screens.views.draft import Draft

if TYPE_CHECKING:
    from collections.abc import Callable

    from screens.look import Format, Look
    from screens.pages import Page
    from screens.views.scene import Scene

_ARRANGEMENTS: Final[dict[Layout, Callable[[Draft], None]]] = {
    Layout.ATTRACT: hero.attract,
    Layout.HOME: home.home,
    Layout.QUESTION: question.question,
    Layout.SCAN: question.question,
    Layout.ENTRY: entry.entry,
    Layout.WAITING: question.question,
    Layout.RESULT: result.result,
    Layout.LOCKERS: wall.lockers,
    Layout.CARD: card.card,
    Layout.FILL: refill.refill,
    Layout.SHOP: shop.shop,
    Layout.SALE: sale.sale,
    Layout.STAFF: staff.staff,
    Layout.SEARCH: search.search,
    Layout.ITEMS: steppers.items,
    Layout.DAYS: days.days,
    Layout.REVIEW: booking.review,
    Layout.BOOKED: booking.booked,
    Layout.OUT_OF_SERVICE: hero.out_of_service,
    Layout.IDLE: sheets.idle,
}


def arrange(page: Page, look: Look, form: Format, beneath: Page | None = None) -> Scene:
    """The page as shapes; a sheet lies above `beneath`."""
    draft = Draft(page, look, form)
    if page.layout is Layout.SHEET:
        sheets.sheet(draft, arrange(beneath, look, form) if beneath is not None else None)
    else:
        _ARRANGEMENTS[page.layout](draft)
    return draft.scene()
