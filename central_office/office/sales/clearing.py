"""Clearing up what no program could tell: a clerk says what was really charged, why, and by which evidence."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from django.db import transaction

from central_office.contract.sale_words import Ending
from central_office.office.desk import AlreadyDone
from central_office.office.models import DeskEntry, Sale
from central_office.office.sales import reconciling

if TYPE_CHECKING:
    from datetime import datetime


class Reason(StrEnum):
    """What a clerk found out."""

    CHARGED = "charged"
    """The card company's list shows the payment."""
    NOT_CHARGED = "not_charged"
    """It does not, and never will."""
    REFUNDED = "refunded"
    """It was charged, and the town gave it back, or what was too much of it."""
    PAID_LATER = "paid_later"
    """The citizen paid in another way."""
    WRITTEN_OFF = "written_off"
    """Bags are gone, and nobody will pay them."""


WITH_AMOUNT: Final = frozenset({Reason.CHARGED, Reason.PAID_LATER})
"""For these the clerk says how much. A refund may leave something in the till, too; the others leave nothing."""
REASONS: Final = {
    Ending.UNCLEAR: (Reason.CHARGED, Reason.NOT_CHARGED, Reason.REFUNDED, Reason.WRITTEN_OFF),
    Ending.UNPAID: (Reason.CHARGED, Reason.PAID_LATER, Reason.WRITTEN_OFF),
}
"""Which reasons there are for which ending."""


_CODES: Final = frozenset({"sale_unclear", "sale_unclear_amount", "sale_unpaid", "fee_unclear_amount", "fee_unpaid"})


def cleared_only_at_its_sale(entry: DeskEntry) -> bool:
    """Whether a matter on the desk is such a sale: a sentence alone does not say what was charged."""
    return entry.kind == DeskEntry.Kind.SALE and entry.code in _CODES


def most(sale: Sale) -> int:
    """Cents that can have been charged at most."""
    return max(sale.asked, sale.charged or 0)


def clear(sale: Sale, reason: Reason, cents: int, note: str, by: str, at: datetime) -> None:  # noqa: PLR0913, PLR0917 - what there is to say about it
    """Write down what was found out; the sale's matter leaves the desk, and its end of day is looked at again.

    Raises:
        AlreadyDone: a colleague or the terminal was faster; nothing was changed.
        ValueError: no such reason for this ending, or more than was asked for.
    """
    if reason not in REASONS.get(sale.at_ending, ()) or not 0 <= cents <= most(sale):
        raise ValueError(reason)
    found = cents if reason in {*WITH_AMOUNT, Reason.REFUNDED} else 0
    with transaction.atomic():
        changed = Sale.objects.filter(pk=sale.pk, cleared="", ending=sale.ending).update(
            found=found, cleared=reason.value, cleared_note=note[:400], cleared_at=at, cleared_by=by
        )
        if not changed:
            raise AlreadyDone
        sale.refresh_from_db()
        waiting = DeskEntry.objects.filter(kiosk=sale.kiosk_id, seq=sale.seq, kind=DeskEntry.Kind.SALE, done_at=None)
        waiting.update(done_at=at, done_by=by, done_how=f"{reason.value}: {note}"[:400])
        reconciling.look_again(sale, by, at)
