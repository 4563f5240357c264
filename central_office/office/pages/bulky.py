"""Bulky waste: how full the days are, the orders of a tour, one order with what the crew found, sheets for the crew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from central_office.contract.bulky import OrderKind, WasteRules
from central_office.contract.bulky_codes import NotAnOrderNumber, order_number
from central_office.contract.bulky_orders import LeftReason, OrderState
from central_office.office import escrow, here
from central_office.office.bulky import sheets, tours
from central_office.office.bulky.rules import rules_of, spare_units
from central_office.office.lifecycle import the_town
from central_office.office.models import BulkyOrder, Sale, Town
from central_office.office.pages.documents import note, staff_name
from central_office.office.pages.forms import CapacityForm, ResultForm
from central_office.office.roles import StaffRole, only
from central_office.office.words import LEFT

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

_CHART = (1060, 176)
"""Width and height of the bars' field, in its own units."""


@dataclass(frozen=True)
class Bar:
    """One day of the chart: where its bar stands, and how high."""

    load: tours.Load
    left: int
    middle: int
    width: int
    top: int
    height: int
    chosen: bool
    address: str


@only(StaffRole.CLERK)
def days(request: HttpRequest) -> HttpResponse:
    """Two weeks of one district, and the orders of the chosen day."""
    town, rules = the_town(), rules_of(the_town())
    if rules is None:
        return render(request, "office/bulky_none.html")
    if wanted := request.GET.get("nr", "").strip():
        return _by_number(request, wanted, rules, town)
    return _days(request, rules, town)


def _days(request: HttpRequest, rules: WasteRules, town: Town, problem: str = "", status: int = 200) -> HttpResponse:
    today = escrow.today(town, here.now())
    kind = next((one for one in OrderKind if one == request.GET.get("art")), OrderKind.BULKY)
    district = next((one for one in rules.district if one.key == request.GET.get("ort")), rules.district[0])
    day = _day(request.GET.get("tag", ""), tours.next_day(kind, district, today))
    shown = [one for one in tours.loads(rules, kind, district, tours.two_weeks(day)) if one.capacity or one.stops]
    tour = tours.Tour(kind, district, day)
    load = next((one for one in shown if one.tour.day == day), tours.Load(tour, 0, 0, 0, 0))
    return render(
        request,
        "office/bulky.html",
        {
            "bars": _bars(shown, day),
            "chart": _CHART,
            "load": load,
            "capacity_top": _CHART[1] // 8,
            "most": max((one.capacity for one in shown), default=0),
            "tour": tour,
            "orders": [(one, sheets.spoken_items(one, rules, get_language() or "de")) for one in tour.orders()],
            "waiting": tour.orders().filter(state=OrderState.BOOKED.value).count() if day <= today else 0,
            "kinds": [(one, address_of(one, district.key, day)) for one in OrderKind],
            "districts": [(one, address_of(kind, one.key, day)) for one in rules.district],
            "before": address_of(kind, district.key, day - timedelta(days=14)),
            "after": address_of(kind, district.key, day + timedelta(days=14)),
            "first": tours.two_weeks(day)[0],
            "last": tours.two_weeks(day)[-1],
            "form": CapacityForm(initial={"cubic_metres": load.capacity / 1000}),
            "problem": problem,
            "today": today,
        },
        status=status,
    )


@only(StaffRole.CLERK)
def order(request: HttpRequest, key: UUID) -> HttpResponse:
    """One order: what was ordered, what happened, what the crew found."""
    return _order(request, get_object_or_404(BulkyOrder.objects.select_related("kiosk"), pk=key))


@only(StaffRole.CLERK)
@require_POST
def result(request: HttpRequest, key: UUID) -> HttpResponse:
    """Write down what the crew found."""
    found = get_object_or_404(BulkyOrder, pk=key)
    form = ResultForm(request.POST)
    if not form.is_valid():
        return _order(request, found, _("Wählen Sie ein Ergebnis, und bei Resten einen Grund."), 400)
    found.revision = form.cleaned_data["seen"]  # what the colleague saw when pressing the button
    state = OrderState(form.cleaned_data["result"])
    left = [LeftReason(one) for one in form.cleaned_data["left"]]
    try:
        tours.report(found, state, left, form.cleaned_data["note"], staff_name(request.user), here.now())
    except tours.MovedOn:
        return _faster(request, key)
    messages.success(request, _("Das Ergebnis ist eingetragen. Der Bürger sieht es mit seinem Code."))
    return redirect("bulky_order", key=key)


@only(StaffRole.CLERK)
@require_POST
def call_off(request: HttpRequest, key: UUID) -> HttpResponse:
    """Cancel an order for its citizen."""
    found = get_object_or_404(BulkyOrder, pk=key)
    try:
        found.revision = int(request.POST.get("seen", "0"))
        tours.call_off(found, staff_name(request.user), here.now())
    except (tours.MovedOn, ValueError):
        return _faster(request, key)
    messages.success(request, _("Die Abholung ist abgesagt, ihr Platz ist wieder frei."))
    return redirect("bulky_order", key=key)


@only(StaffRole.CLERK)
@require_POST
def collected(request: HttpRequest, kind: str, district: str, day: date) -> HttpResponse:
    """All orders of the tour that have no result were collected."""
    tour, _rules = tour_of(kind, district, day)
    count = tours.rest_collected(tour, staff_name(request.user), here.now())
    messages.success(request, _("%d Aufträge sind als abgeholt eingetragen.") % count)
    return redirect(address_of(tour.kind, district, day))


@only(StaffRole.CLERK)
@require_POST
def capacity(request: HttpRequest, kind: str, district: str, day: date) -> HttpResponse:
    """Offer more or less of a day, or close it: then nothing is offered besides what is promised or lent."""
    tour, rules = tour_of(kind, district, day)
    form = CapacityForm(request.POST)
    unit, closing = rules.lending.unit_litres, "close" in request.POST
    (load,) = tours.loads(rules, tour.kind, tour.district, [day])
    if not closing and not form.is_valid():
        messages.error(request, _("Geben Sie Kubikmeter als Zahl ein."))
        return redirect(address_of(tour.kind, district, day))
    units = (load.booked + load.lent if closing else round(form.cleaned_data["cubic_metres"] * 1000)) // unit
    try:
        escrow.open_day(tour.key, day, units, spare=0 if closing else spare_units(rules, tour.district, tour.kind))
    except escrow.NobodyKnows:
        messages.error(request, nobody_knows())
    except escrow.NotEnough as problem:
        taken = problem.taken * unit
        messages.error(
            request,
            _("So wenig geht nicht: %s m³ sind versprochen oder bei Terminals.") % sheets.cubic_metres(taken),
        )
    else:
        note(request, f"capacity of {tour.key} on {day}: {units} units")
        messages.success(request, _("Der Tag ist geschlossen.") if closing else _("Die Kapazität ist geändert."))
    return redirect(address_of(tour.kind, district, day))


@only(StaffRole.CLERK)
def sheet(request: HttpRequest, kind: str, district: str, day: date) -> HttpResponse:
    """The crew's sheet as PDF; from then on a person must tell the crew of changes."""
    tour, rules = tour_of(kind, district, day)
    town = the_town()
    local = here.now().astimezone(ZoneInfo(town.time_zone))
    content = sheets.crew_pdf(tour, _driven(tour), rules, town, local)
    tours.printed(tour, staff_name(request.user), here.now())
    return _file(content, "application/pdf", f"tour-{kind}-{district}-{day}.pdf")


@only(StaffRole.CLERK)
def table(request: HttpRequest, kind: str, district: str, day: date) -> HttpResponse:
    """The same as CSV."""
    tour, rules = tour_of(kind, district, day)
    content = sheets.crew_csv(tour, _driven(tour), rules)
    tours.printed(tour, staff_name(request.user), here.now())
    return _file(content, "text/csv; charset=utf-8", f"tour-{kind}-{district}-{day}.csv")


def _by_number(request: HttpRequest, wanted: str, rules: WasteRules, town: Town) -> HttpResponse:
    try:
        found = BulkyOrder.objects.filter(number=order_number(wanted).characters).first()
    except NotAnOrderNumber:
        return _days(request, rules, town, _("Das ist keine Auftragsnummer. Prüfen Sie jedes Zeichen."), 400)
    if found is None:
        return _days(request, rules, town, _("Diesen Auftrag kennt das Amt nicht, oder noch nicht."), 404)
    return redirect("bulky_order", key=found.pk)


def _order(request: HttpRequest, found: BulkyOrder, problem: str = "", status: int = 200) -> HttpResponse:
    rules = rules_of(the_town())
    district = None if rules is None else rules.district_of(found.district)
    fee = _fee(found) if found.paid else None
    paid = found.paid if fee is None or fee.taken is None else fee.taken
    due = found.due(paid)
    return render(
        request,
        "office/bulky_order.html",
        {
            "order": found,
            "district": district.called(get_language() or "de") if district else found.district,
            "items": sheets.spoken_items(found, rules, get_language() or "de") if rules else "",
            "steps": found.steps.order_by("-id"),
            "vouchers": found.vouchers.all(),
            "fee": fee,
            "paid": paid,
            "due": max(0, due),
            "give_back": max(0, -due),
            "results": [one.value for one in tours.RESULTS],
            "reasons": list(LEFT.items()),
            "back": address_of(found.of_kind, found.district, found.day),
            "over": found.day <= escrow.today(the_town(), here.now()),
            "problem": problem,
        },
        status=status,
    )


def _fee(found: BulkyOrder) -> Sale | None:
    """The payment that came with the order, once its kiosk has told how it ended."""
    return Sale.objects.filter(kiosk=found.kiosk_id, purpose="bulky_fee", reference=found.number).first()


def _faster(request: HttpRequest, key: UUID) -> HttpResponse:
    fresh = BulkyOrder.objects.select_related("kiosk").get(pk=key)
    return _order(request, fresh, _("Jemand war schneller. Es wurde nichts geändert; so ist es jetzt."), 409)


def tour_of(kind: str, district: str, day: date) -> tuple[tours.Tour, WasteRules]:
    """The tour that an address names; a page that there is not, if the town has no such tour."""
    rules = rules_of(the_town())
    found = None if rules is None else rules.district_of(district)
    if rules is None or found is None or kind not in set(OrderKind):
        raise Http404
    return tours.Tour(OrderKind(kind), found, day), rules


def _driven(tour: tours.Tour) -> list[BulkyOrder]:
    return list(tour.orders().exclude(state=OrderState.CANCELLED.value))


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _day(text: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return otherwise


def nobody_knows() -> str:
    """Why the office itself promises and shrinks nothing for a while after a restore."""
    return _(
        "Das Amt wurde wiederhergestellt und weiß noch nicht, was Terminals versprochen haben. "
        "Es geht wieder, sobald sich alle gemeldet haben."
    )


def address_of(kind: OrderKind, district: str, day: date) -> str:
    """Where a tour's day is shown."""
    return f"{reverse('bulky')}?{urlencode({'art': kind.value, 'ort': district, 'tag': day.isoformat()})}"


def _bars(shown: list[tours.Load], chosen: date) -> list[Bar]:
    """The bars of the chart; the highest capacity reaches seven eighths of its height."""
    width, height = _CHART
    most = max((one.capacity for one in shown), default=0) or 1
    step = width // max(len(shown), 1)
    bars = []
    for place, one in enumerate(shown):
        high = round(min(one.booked / most, 1) * height * 7 / 8)
        left = place * step + step // 8
        bars.append(
            Bar(
                load=one,
                left=left,
                middle=place * step + step // 2,
                width=step * 3 // 4,
                top=height - high,
                height=high,
                chosen=one.tour.day == chosen,
                address=address_of(one.tour.kind, one.tour.district.key, one.tour.day),
            )
        )
    return bars
