"""Employees at kiosks: who may sign in there, PINs and cards, what they did, compartments out of order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from central_office.office import here
from central_office.office.employees import cards, passes
from central_office.office.lifecycle import the_town
from central_office.office.models import CompartmentMark, Pickup, StaffDeed, StaffPass
from central_office.office.pages.documents import note, staff_name
from central_office.office.pickups.issuing import CannotBeDeposited, confirm
from central_office.office.roles import StaffRole, only

if TYPE_CHECKING:
    from django.http import HttpRequest

_SHOWN = 100


@only(StaffRole.ADMIN)
def listing(request: HttpRequest) -> HttpResponse:
    """Everybody with something to do at a kiosk, and the latest deeds there."""
    return _page(request)


@only(StaffRole.ADMIN)
@require_POST
def new_pin(request: HttpRequest, key: int) -> HttpResponse:
    """Give out a PIN and show it once."""
    user = get_object_or_404(User, pk=key, is_active=True)
    try:
        made = passes.new_pin(user, staff_name(request.user), here.now())
    except passes.NoRights:
        messages.error(request, _("Diese Rolle hat am Terminal nichts zu tun."))
        return redirect("employees")
    note(request, f"kiosk PIN for employee {made.number}")
    return _page(request, made)


@only(StaffRole.ADMIN)
@require_POST
def new_card(request: HttpRequest, key: int) -> HttpResponse:
    """Give out a card as PDF; the one before opens nothing any more."""
    one = get_object_or_404(StaffPass.objects.select_related("user"), pk=key, revoked_at=None)
    card = passes.new_card(one, here.now())
    note(request, f"staff card for employee {one.number}")
    name = one.user.get_full_name() or one.user.get_username()
    response = HttpResponse(cards.card_pdf(card, name, the_town()), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="dienstausweis-{one.number}.pdf"'
    response["Cache-Control"] = "no-store"
    return response


@only(StaffRole.ADMIN)
@require_POST
def revoke(request: HttpRequest, key: int) -> HttpResponse:
    """Let this employee sign in at no kiosk any more."""
    one = get_object_or_404(StaffPass, pk=key)
    passes.revoke(one, here.now())
    note(request, f"revoked kiosk sign-in of employee {one.number}")
    messages.success(request, _("Nummer %s kann sich an keinem Terminal mehr anmelden.") % one.number)
    return redirect("employees")


@only(StaffRole.CLERK)
@require_POST
def confirm_loaded(request: HttpRequest, key: str) -> HttpResponse:
    """Confirm, as the second employee, what a colleague laid into a compartment."""
    pickup = get_object_or_404(Pickup.objects.select_related("document", "kiosk"), pk=key)
    mine = StaffPass.objects.filter(user__pk=request.user.pk or 0, number=pickup.laid_by).exists()
    if mine:
        messages.error(request, _("Eine zweite Person muss das bestätigen."))
        return redirect("compartments")
    try:
        confirm(pickup, staff_name(request.user), here.now())
    except CannotBeDeposited:
        messages.error(request, _("Dieses Dokument wartet nicht mehr auf Bestätigung."))
    else:
        messages.success(request, _("Der Code ist vergeben."))
    return redirect("compartments")


@only(StaffRole.TECHNICIAN)
@require_POST
def in_order(request: HttpRequest, key: int) -> HttpResponse:
    """Say that a compartment may be used again."""
    mark = get_object_or_404(CompartmentMark, pk=key)
    mark.delete()
    passes.changed()
    note(request, f"compartment {mark.compartment} of kiosk {mark.kiosk_id} in order")
    messages.success(request, _("Fach %d wird wieder benutzt.") % mark.compartment)
    return redirect("kiosk", key=mark.kiosk_id)


def _page(request: HttpRequest, made: passes.NewPin | None = None) -> HttpResponse:
    people = User.objects.filter(is_active=True).select_related("staff_pass").order_by("last_name", "username")
    shown = [(one, getattr(one, "staff_pass", None), passes.rights_of(one)) for one in people]
    context = {
        "people": [each for each in shown if each[2] or each[1]],
        "made": made,
        "deeds": StaffDeed.objects.select_related("kiosk", "document")[:_SHOWN],
        "names": {one.number: one.user.get_full_name() for one in StaffPass.objects.select_related("user")},
        "marks": CompartmentMark.objects.select_related("kiosk"),
    }
    response = render(request, "office/employees.html", context)
    if made is not None:
        response["Cache-Control"] = "no-store"
    return response
