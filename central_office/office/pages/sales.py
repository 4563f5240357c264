"""Sales and reconciliation: a day of sales, one sale, what was not clear, ends of day, the bookkeeping's table."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from central_office.office import desk, escrow, here
from central_office.office.lifecycle import the_town
from central_office.office.models import DeskEntry, Kiosk, Sale, TillReport
from central_office.office.pages.documents import note, staff_name
from central_office.office.pages.sales_forms import ClearForm, PeriodForm
from central_office.office.roles import StaffRole, only
from central_office.office.sales import bookkeeping, clearing, days, stock
from central_office.office.sales.clearing import Reason
from central_office.office.sales.reconciling import till_of
from central_office.office.sales.tariff_book import tariff_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from central_office.contract.tariff import Tariff
    from central_office.office.sales.days import Seen

_TILLS = 60


@only(StaffRole.CLERK)
def listing(request: HttpRequest) -> HttpResponse:
    """The sales of a day."""
    return _listing(request, _day(request.GET.get("tag", "")), request.GET.get("terminal", ""))


@only(StaffRole.CLERK)
def one(request: HttpRequest, key: str) -> HttpResponse:
    """One sale, and the form that clears it up."""
    return _one(request, get_object_or_404(Sale.objects.select_related("kiosk", "till"), pk=key))


@require_POST
@only(StaffRole.CLERK)
def clear(request: HttpRequest, key: str) -> HttpResponse:
    """Write down what was found out about a sale that was not clear."""
    sale = get_object_or_404(Sale.objects.select_related("kiosk", "till__kiosk"), pk=key)
    form = ClearForm(sale, request.POST)
    if not form.is_valid():
        return _one(request, sale, form, 400)
    said = form.cleaned_data
    try:
        reason = Reason(said["reason"])
        clearing.clear(sale, reason, said["cents"], said["note"], staff_name(request.user), here.now())
    except (desk.AlreadyDone, ValueError):
        problem = _("Jemand war schneller: Das ist schon erledigt. Es wurde nichts geändert.")
        return _one(request, Sale.objects.select_related("kiosk", "till").get(pk=key), None, 409, problem)
    note(request, f"sale {sale.pk} cleared: {reason.value}")
    messages.success(request, _("Geklärt."))
    return redirect("sale", sale.pk)


@require_POST
@only(StaffRole.CLERK)
def close_day(request: HttpRequest, day: date) -> HttpResponse:
    """Close a day that was gone through."""
    town = the_town()
    try:
        days.close_day(town, day, staff_name(request.user), here.now())
    except desk.AlreadyDone:
        return _listing(request, day, "", 409, _("Dieser Tag ist schon abgeschlossen."))
    except ValueError:
        return _listing(request, day, "", 409, _("Dieser Tag ist noch nicht vorbei, oder etwas ist noch zu klären."))
    note(request, f"day of sales {day} closed")
    messages.success(request, _("Der Tag ist abgeschlossen."))
    return redirect(f"{reverse('sales')}?{urlencode({'tag': day.isoformat()})}")


@require_safe
@only(StaffRole.CLERK)
def table(request: HttpRequest) -> HttpResponse:
    """The sales of some days for the city's bookkeeping, as CSV."""
    form = PeriodForm(request.GET)
    if not form.is_valid():
        return _listing(request, _day(""), "", 400, _("Wählen Sie den ersten und den letzten Tag, höchstens ein Jahr."))
    town, first, last = the_town(), form.cleaned_data["first"], form.cleaned_data["last"]
    content = bookkeeping.table(town, tariff_of(town), first, last, here.now())
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="verkauf-{first}-{last}.csv"'
    return response


@only(StaffRole.CLERK)
def tills(request: HttpRequest) -> HttpResponse:
    """The terminals' ends of day beside the books, newest first."""
    reports = TillReport.objects.select_related("kiosk")[:_TILLS]
    open_ones = DeskEntry.objects.filter(kind=DeskEntry.Kind.TILL, done_at=None).values_list("kiosk_id", "seq", "pk")
    waiting = {(kiosk, seq): pk for kiosk, seq, pk in open_ones}
    rows = [(till_of(one), waiting.get((one.kiosk_id, one.seq))) for one in reports]
    return render(request, "office/sales_tills.html", {"tills": rows})


def _listing(request: HttpRequest, day: date, kiosk: str, status: int = 200, problem: str = "") -> HttpResponse:
    town, now = the_town(), here.now()
    tariff, today = tariff_of(town), escrow.today(town, now)
    shown = days.sales_day(town, day, kiosk, now)
    stocks = stock.in_machines(tariff, today, kiosk)
    over = days.limits(town, day)[1] <= now
    context: dict[str, Any] = {
        "shown": shown,
        "rows": [(seen, _said(seen, tariff)) for seen in shown.sales],
        "gap": shown.sold - shown.settled,
        "to_check": [seen for seen in shown.sales if seen.sale.open],
        "stocks": [(one, _stock_name(one)) for one in stocks],
        "to_refill": [f"{one.kiosk} · {_stock_name(one)}" for one in stocks if one.low],
        "kiosks": Kiosk.objects.filter(sales__isnull=False).distinct().order_by("pk"),
        "kiosk": kiosk,
        "day": day,
        "today": today,
        "month": day.replace(day=1),
        "can_close": over and not shown.closed and not kiosk and not shown.open and shown.sales,
        "before": day - timedelta(days=1) if day > date.min else day,
        "after": day + timedelta(days=1) if day < today else None,
        "tariff": tariff,
        "problem": problem,
    }
    return render(request, "office/sales.html", context, status=status)


def _one(
    request: HttpRequest, sale: Sale, form: ClearForm | None = None, status: int = 200, problem: str = ""
) -> HttpResponse:
    tariff = tariff_of(the_town())
    (seen,) = days.look_at([sale], here.now())
    context = {
        "sale": sale,
        "seen": seen,
        "lines": [(line, _name(tariff, line.product)) for line in sale.lines.all()],
        "form": (form or ClearForm(sale)) if sale.open else None,
        "problem": problem,
    }
    return render(request, "office/sale.html", context, status=status)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text) if text and "1970" < text < "9999" else _today()
    except ValueError:
        return _today()


def _today() -> date:
    return escrow.today(the_town(), here.now())


def _said(seen: Seen, tariff: Tariff | None) -> str:
    """Such as "2 Restabfallsack, 1 Gelber Sack"."""
    return ", ".join(f"{line.wanted} {_name(tariff, line.product)}" for line in seen.sale.lines.all())


def _name(tariff: Tariff | None, product: str) -> str:
    named = tariff.named(product) if tariff is not None else None
    return product if named is None else named.called(_language())


def _stock_name(one: stock.Stock) -> str:
    return one.article if one.product is None else one.product.called(_language())


def _language() -> str:
    return (get_language() or "de").partition("-")[0]
