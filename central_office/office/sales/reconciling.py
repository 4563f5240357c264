"""Does a terminal's end of day agree with the sales it stands for, and if not: which of them may explain it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce

from central_office.contract.sale_words import Ending
from central_office.office import desk
from central_office.office.models import DeskEntry, Sale

if TYPE_CHECKING:
    from datetime import datetime

    from central_office.office.models import TillReport

_TAKEN = Coalesce(F("found"), F("charged"), 0)


@dataclass(frozen=True)
class Till:
    """One end of day beside the office's books; `amount` and `count` are the books', `doubtful` may explain a gap."""

    report: TillReport
    amount: int
    count: int
    doubtful: tuple[Sale, ...]

    @property
    def gap(self) -> int | None:
        """Cents that the terminal says more than the books; None if it did not say."""
        return None if self.report.amount is None else self.report.amount - self.amount

    @property
    def agrees(self) -> bool:
        """Whether the terminal, the kiosk and the office say the same."""
        counted = self.report.count in {None, self.count}
        return self.gap == 0 and counted and self.report.expected_amount == self.amount

    @property
    def culprit(self) -> Sale | None:
        """The one doubtful sale that explains the gap alone, if there is exactly one."""
        fits = [one for one in self.doubtful if self.gap and self.gap == one.asked - (one.taken or 0)]
        return fits[0] if len(fits) == 1 else None


def till_of(report: TillReport) -> Till:
    """The report beside the books as they are now."""
    books = report.sales.aggregate(amount=Sum(_TAKEN, default=0), count=Count("pk", filter=Q(_taken_something())))
    unclear = Q(till=report, ending__in=(Ending.UNCLEAR.value, Ending.UNPAID.value))
    named = Q(pk__in=report.differences, kiosk_id=report.kiosk_id)
    doubtful = tuple(Sale.objects.filter(unclear | named).order_by("began"))
    return Till(report, books["amount"], books["count"], doubtful)


def lay_open(report: TillReport, at: datetime) -> None:
    """Lay an end of day that does not agree on the desk."""
    till = till_of(report)
    if not till.agrees:
        code = "till_silent" if till.gap is None else "till_differs"
        detail = f'{{"terminal": {report.amount if report.amount is not None else "null"}, "books": {till.amount}}}'
        desk.put([desk.entry(DeskEntry.Kind.TILL, report.kiosk, report.seq, at, code, detail)])


def look_again(sale: Sale, by: str, at: datetime) -> None:
    """Something was found out about a sale: if its end of day agrees now, nobody needs to look at that any more."""
    report = sale.till
    if report is not None and till_of(report).agrees:
        waiting = DeskEntry.objects.filter(kind=DeskEntry.Kind.TILL, kiosk=report.kiosk_id, seq=report.seq)
        waiting.filter(done_at=None).update(done_at=at, done_by=by, done_how="Der Kassenbericht stimmt jetzt.")


def _taken_something() -> Q:
    return Q(found__gt=0) | Q(found=None, charged__gt=0)
