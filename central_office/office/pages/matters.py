"""What needs a human: the desk's open matters for whoever is signed in, and what was done about the latest ones."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from central_office.office import desk, here
from central_office.office.models import DeskEntry
from central_office.office.pages.documents import staff_name
from central_office.office.pages.forms import DoneForm
from central_office.office.roles import StaffRole, only, roles_of
from central_office.office.sales.clearing import cleared_only_at_its_sale

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

_SHOWN = 100
_DONE_SHOWN = 25


def listing(request: HttpRequest) -> HttpResponse:
    """The open matters of one's roles, and those that were closed last."""
    return only(_role(request))(_listing)(request)


@require_POST
def close(request: HttpRequest, key: int) -> HttpResponse:
    """Write down what was done about one matter."""
    return only(_role(request))(_close)(request, key)


def _role(request: HttpRequest) -> StaffRole:
    """Clerks and technicians alike may look; what they see is theirs."""
    return StaffRole.TECHNICIAN if StaffRole.TECHNICIAN in roles_of(request.user) else StaffRole.CLERK


def _listing(request: HttpRequest, problem: str = "", status: int = 200) -> HttpResponse:
    mine = roles_of(request.user)
    waiting = desk.waiting_for(mine).select_related("kiosk")
    done = DeskEntry.objects.filter(role__in=[role.value for role in mine]).exclude(done_at=None)
    return render(
        request,
        "office/matters.html",
        {
            "matters": [(entry, _facts(entry)) for entry in waiting[:_SHOWN]],
            "count": waiting.count(),
            "done": done.select_related("kiosk").order_by("-done_at")[:_DONE_SHOWN],
            "form": DoneForm(),
            "problem": problem,
        },
        status=status,
    )


def _close(request: HttpRequest, key: int) -> HttpResponse:
    entry = get_object_or_404(DeskEntry, pk=key, role__in=[role.value for role in roles_of(request.user)])
    form = DoneForm(request.POST)
    if not form.is_valid():
        return _listing(request, _("Schreiben Sie in einem Satz auf, was Sie getan haben."), 400)
    if cleared_only_at_its_sale(entry):
        return _listing(request, _("Klären Sie diesen Verkauf auf seiner Seite: mit Grund und Betrag."), 409)
    try:
        desk.close(entry, staff_name(request.user), form.cleaned_data["how"], here.now())
    except desk.AlreadyDone:
        return _listing(request, _("Jemand war schneller: Das ist schon erledigt. Es wurde nichts geändert."), 409)
    messages.success(request, _("Erledigt."))
    return redirect("matters")


def _facts(entry: DeskEntry) -> list[tuple[str, Any]]:
    """What the kiosk sent with it, flat enough to be read."""
    try:
        sent = json.loads(entry.detail or "{}")
    except ValueError:
        return []
    flat: dict[str, Any] = {}
    for name, value in sent.items():
        flat |= value if isinstance(value, dict) else {name: value}
    return [(name, value) for name, value in flat.items() if isinstance(value, str | int)]
