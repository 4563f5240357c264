"""Visits that kiosks reported; nothing about persons is known here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.db.models import Avg, Count
from django.shortcuts import render

from central_office.office.models import Visit
from central_office.office.roles import StaffRole, only, roles_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

_PER_PAGE = 25


def listing(request: HttpRequest) -> HttpResponse:
    """The latest visits, and how they went; for clerks and technicians alike."""
    role = StaffRole.TECHNICIAN if StaffRole.TECHNICIAN in roles_of(request.user) else StaffRole.CLERK
    return only(role)(_listing)(request)


def _listing(request: HttpRequest) -> HttpResponse:
    counts = dict(Visit.objects.order_by().values_list("outcome").annotate(Count("pk")))
    seconds = Visit.objects.aggregate(mean=Avg("seconds"))["mean"]
    return render(
        request,
        "office/visits.html",
        {
            "page": Paginator(Visit.objects.select_related("kiosk"), _PER_PAGE).get_page(request.GET.get("seite")),
            "total": sum(counts.values()),
            "answered": counts.get("answered", 0),
            "not_found": counts.get("not_found", 0),
            "faults": counts.get("fault", 0),
            "seconds": round(seconds or 0),
        },
    )
