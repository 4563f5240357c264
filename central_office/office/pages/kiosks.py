"""Kiosks: who is there and when they were heard, what was rejected, tickets for new ones, revocation."""

from __future__ import annotations

import base64
import io
import json
from datetime import timedelta
from typing import TYPE_CHECKING

import qrcode
from django.contrib import messages
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from qrcode.constants import ERROR_CORRECT_M
from qrcode.image.svg import SvgPathFillImage

from central_office.office import here
from central_office.office.line import enrolment
from central_office.office.models import EnrolmentToken, Kiosk, StaffNote
from central_office.office.pages.documents import note, staff_name
from central_office.office.pages.forms import TicketForm
from central_office.office.roles import StaffRole, only

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


SILENT_AFTER = timedelta(minutes=10)
"""A kiosk that said nothing for so long is shown as without contact."""


@only(StaffRole.TECHNICIAN)
def listing(request: HttpRequest) -> HttpResponse:
    """All kiosks, the latest notes, open tickets."""
    now = here.now()
    kiosks = list(Kiosk.objects.annotate(rejected=Count("commands", filter=Q(commands__result="rejected"))))
    active = [kiosk for kiosk in kiosks if kiosk.state == Kiosk.State.ACTIVE]
    return render(
        request,
        "office/kiosks.html",
        {
            "kiosks": [(kiosk, _condition(kiosk)) for kiosk in kiosks if kiosk.state != Kiosk.State.REVOKED],
            "revoked": [kiosk for kiosk in kiosks if kiosk.state == Kiosk.State.REVOKED],
            "silent": sum(1 for kiosk in active if _condition(kiosk) == "silent"),
            "tickets": EnrolmentToken.objects.filter(used_at=None, expires_at__gt=now),
            "notes": StaffNote.objects.all()[:10],
            "now": now,
        },
    )


@only(StaffRole.TECHNICIAN)
def one(request: HttpRequest, key: str) -> HttpResponse:
    """One kiosk: its key's fingerprint, its clock, what it sent and what was rejected."""
    kiosk = get_object_or_404(Kiosk, pk=key)
    return render(
        request,
        "office/kiosk.html",
        {
            "kiosk": kiosk,
            "condition": _condition(kiosk),
            "rejected": kiosk.commands.filter(result="rejected").order_by("-seq")[:50],
            "latest": kiosk.commands.order_by("-seq")[:10],
            "visits": kiosk.visit_set.count(),
            "health": json.loads(kiosk.telemetry or "{}"),
        },
    )


@only(StaffRole.TECHNICIAN)
def new_ticket(request: HttpRequest) -> HttpResponse:
    """Make a ticket and show it once, as QR code and to type."""
    form = TicketForm(request.POST or None)
    ticket = None
    if request.method == "POST" and form.is_valid():
        office = here.this_office()
        address = office.public_url or request.build_absolute_uri("/")
        ticket = enrolment.new_ticket(form.cleaned_data["site"], address, staff_name(request.user), here.now())
        note(request, f"ticket for a kiosk at {form.cleaned_data['site']}")
    context = {"form": form, "ticket": ticket, "picture": _picture(ticket.payload) if ticket else ""}
    return render(request, "office/kiosk_new.html", context, status=400 if form.errors else 200)


@only(StaffRole.TECHNICIAN)
@require_POST
def revoke(request: HttpRequest, key: str) -> HttpResponse:
    """Never listen to this kiosk again."""
    kiosk = get_object_or_404(Kiosk, pk=key)
    enrolment.revoke(kiosk, here.now())
    note(request, f"revoked kiosk {kiosk.pk}")
    messages.success(request, _("%s ist gesperrt. Mit einer neuen Kopplung kommt das Gerät zurück.") % kiosk.pk)
    return redirect("kiosks")


@only(StaffRole.TECHNICIAN)
@require_POST
def new_key(request: HttpRequest, key: str) -> HttpResponse:
    """Ask this kiosk for a new key with its next word."""
    kiosk = get_object_or_404(Kiosk, pk=key, state=Kiosk.State.ACTIVE)
    Kiosk.objects.filter(pk=kiosk.pk).update(key_wanted=True)
    note(request, f"asked kiosk {kiosk.pk} for a new key")
    messages.success(request, _("%s nimmt beim nächsten Kontakt einen neuen Schlüssel.") % kiosk.pk)
    return redirect("kiosk", key=kiosk.pk)


def _condition(kiosk: Kiosk) -> str:
    if kiosk.state != Kiosk.State.ACTIVE:
        return str(kiosk.state)
    if kiosk.last_seen is None:
        return "new"
    return "silent" if kiosk.last_seen < here.now() - SILENT_AFTER else "ok"


def _picture(payload: str) -> str:
    """The QR code as an address that a page shows as a picture."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=4)
    code.add_data(payload)
    file = io.BytesIO()
    code.make_image(image_factory=SvgPathFillImage).save(file)
    return f"data:image/svg+xml;base64,{base64.b64encode(file.getvalue()).decode()}"
