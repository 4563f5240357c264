"""An order that a citizen makes by telephone: taken for one day of one district, by the rules that kiosks follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from central_office.contract import bulky as words
from central_office.contract.addresses import Ambiguous, NoSuchHouse, folded
from central_office.contract.bulky import Problem
from central_office.contract.bulky_codes import Household as HouseholdWords
from central_office.contract.bulky_codes import household_key
from central_office.contract.bulky_days import Price, price
from central_office.office import escrow, here
from central_office.office.bulky import by_phone
from central_office.office.lifecycle import the_town
from central_office.office.models import BulkyOrder, Household
from central_office.office.pages.bulky import address_of, nobody_knows, tour_of
from central_office.office.pages.documents import staff_name
from central_office.office.pages.forms import CallForm
from central_office.office.publishing import streets_of
from central_office.office.roles import StaffRole, only

if TYPE_CHECKING:
    from datetime import date

    from django.http import HttpRequest, HttpResponse

    from central_office.contract.bulky import WasteRules
    from central_office.office.bulky.tours import Tour


@only(StaffRole.CLERK)
def new(request: HttpRequest, kind: str, district: str, day: date) -> HttpResponse:
    """Ask what is to be collected where, and promise it."""
    tour, rules = tour_of(kind, district, day)
    if day < escrow.today(the_town(), here.now()):
        raise Http404
    form = CallForm(rules.of_kind(tour.kind), get_language() or "de", request.POST or None)
    around = {"tour": tour, "form": form, "back": address_of(tour.kind, district, day)}
    problem = ""
    if request.method == "POST":
        if (known := _taken_before(form)) is not None:
            # Sent twice, by a second press or by loading the page anew: it is one order all the same.
            return redirect("bulky_order", key=known.pk)
        found = _take(request, form, tour, rules) if form.is_valid() else _("Prüfen Sie die markierten Felder.")
        if not isinstance(found, str):
            order, code = found
            return render(request, "office/bulky_new.html", around | {"order": order, "code": code})
        problem = found
    return render(request, "office/bulky_new.html", around | {"problem": problem}, status=400 if problem else 200)


def _taken_before(form: CallForm) -> BulkyOrder | None:
    if not form.is_valid():
        return None
    return BulkyOrder.objects.filter(reservation=str(form.cleaned_data["once"])).first()


def _take(request: HttpRequest, form: CallForm, tour: Tour, rules: WasteRules) -> by_phone.Taken | str:
    """The order that was taken, or what hinders it."""
    said = form.cleaned_data
    place = _place(form, tour)
    if isinstance(place, str):
        return place
    street, house = place
    items = form.items()
    if (trouble := words.problem(rules, items)) is not None:
        return _("Wählen Sie, was abgeholt werden soll.") if trouble is Problem.NOTHING else _too_much(rules)
    key = household_key(HouseholdWords(said["name"], street, house)).hex()
    known = Household.objects.filter(key=key).first()
    used = 0 if known is None else int(known.used.get(str(tour.day.year), 0))
    cost = price(rules, tour.day, words.litres(rules, items), used=used)
    if not isinstance(cost, Price):
        return _("Dieser Haushalt hat seine freien Abholungen für das Jahr schon gehabt.")
    call = by_phone.Call(said["name"], street, house, items, said["phone"], cost.cents, free=cost.pickup > 0)
    try:
        return by_phone.take(tour, call, rules, staff_name(request.user), here.now(), once=said["once"])
    except escrow.NobodyKnows:
        return nobody_knows()
    except by_phone.NoRoom:
        return _("So viel ist an diesem Tag nicht mehr frei. Wählen Sie einen anderen.")


def _place(form: CallForm, tour: Tour) -> tuple[str, str] | str:
    """Street and number as the town's book has them, or what hinders: never a street that only somebody typed."""
    book = streets_of(here.this_office().data / "blobs")
    if book is None:
        return _("Das Straßenverzeichnis fehlt. Laden Sie die Stadt: office town DATEI.")
    typed, house = form.cleaned_data["street"], form.cleaned_data["house"]
    suggested = book.search(typed)
    found = suggested.streets
    exact = [one for one in found if folded(str(one)) == folded(typed)]
    street = exact[0] if exact else found[0] if suggested.sure and len(found) == 1 else None
    if street is None and found:
        form.ask_which(str(one) for one in found)
        return _("Welche Straße ist gemeint? Wählen Sie sie aus und senden Sie noch einmal.")
    if street is None:
        return _("Diese Straße steht nicht im Straßenverzeichnis.")
    located = book.locate(street, house)
    if isinstance(located, NoSuchHouse):
        numbers = ", ".join(located.known)
        return (
            (_("Diese Hausnummer gibt es dort nicht. Im Verzeichnis: %s.") % numbers)
            if numbers
            else _("Diese Hausnummer gibt es dort nicht.")
        )
    districts = located.districts if isinstance(located, Ambiguous) else (located.district,)
    if not {tour.district.name, tour.district.key} & set(districts):
        return _("Diese Adresse liegt in: %s. Wählen Sie dort einen Tag.") % ", ".join(districts)
    return str(street), located.house


def _too_much(rules: WasteRules) -> str:
    limit = f"{rules.limits.order_litres / 1000:.1f}".replace(".", ",")
    return _("Das ist mehr, als ein Auftrag haben darf (%s m³).") % limit
