"""Every layout but that of the first page, and what arranges it."""

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

if TYPE_CHECKING:
    from collections.abc import Callable

    from screens.views.draft import Draft

ARRANGEMENTS: Final[dict[Layout, Callable[[Draft], None]]] = {
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

sheet = sheets.sheet
"""The one that needs to know what it lies above."""
