"""Documents in compartments: what waits, what staff has to take out, the message to send next, another code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from central_office.office import here, lifecycle
from central_office.office.models import Pickup
from central_office.office.pages.documents import staff_name
from central_office.office.pickups import messages as prepared
from central_office.office.pickups import sweeping
from central_office.office.pickups.issuing import LIVE, CannotBeDeposited, reissue
from central_office.office.roles import StaffRole, only

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from central_office.office.models import Town

_SHOWN = 500


@only(StaffRole.CLERK)
def listing(request: HttpRequest) -> HttpResponse:
    """What is to be taken out of compartments, and what waits there."""
    waiting = Pickup.objects.filter(state__in=LIVE).select_related("document", "kiosk")
    context = {"take_out": sweeping.to_take_out()[:_SHOWN], "waiting": waiting[:_SHOWN]}
    return render(request, "office/compartments.html", context)


@require_safe
@only(StaffRole.CLERK)
def message(request: HttpRequest, key: str) -> HttpResponse:
    """The message to the holder as a mail, with the QR code's picture."""
    return _sent(request, key, prepared.mail, "message/rfc822", "eml")


@require_safe
@only(StaffRole.CLERK)
def notice(request: HttpRequest, key: str) -> HttpResponse:
    """The message to the holder on paper, with the QR code."""
    return _sent(request, key, prepared.notice, "application/pdf", "pdf")


def _sent(
    request: HttpRequest, key: str, make: Callable[[Pickup, Town], bytes], kind: str, ending: str
) -> HttpResponse:
    pickup = get_object_or_404(Pickup.objects.select_related("document", "kiosk"), pk=key)
    try:
        content = make(pickup, lifecycle.the_town())
    except prepared.NothingToSend:
        messages.error(request, _("Zu diesem Fach ist nichts zu senden."))
        return redirect("compartments")
    name = f"abholung-{pickup.document.reference}.{ending}"
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@require_POST
@only(StaffRole.CLERK)
def new_code(request: HttpRequest, key: str) -> HttpResponse:
    """Give out another code for the same compartment."""
    pickup = get_object_or_404(Pickup.objects.select_related("document", "kiosk"), pk=key)
    try:
        reissue(pickup, here.now(), staff_name(request.user))
    except CannotBeDeposited as problem:
        if problem.code == "kiosk_revoked":
            messages.error(
                request, _("Dieses Terminal wurde gesperrt und hört von keinem Code. Nehmen Sie das Dokument heraus.")
            )
        else:
            messages.error(request, _("Dieses Dokument wartet nicht mehr im Fach."))
    else:
        messages.success(request, _("Der neue Code gilt, sobald das Terminal ihn gehört hat. Der alte öffnet nichts."))
    return redirect("compartments")


@require_POST
@only(StaffRole.CLERK)
def taken_out(request: HttpRequest, key: str) -> HttpResponse:
    """Note that somebody looked into the compartment and took the document out."""
    if sweeping.take_out(get_object_or_404(sweeping.to_take_out(), pk=key), staff_name(request.user), here.now()):
        messages.success(request, _("Das Fach ist leer. Das Dokument liegt am Schalter."))
    else:
        messages.error(request, _("Jemand war schneller. Sehen Sie sich das Dokument an."))
    return redirect("compartments")
