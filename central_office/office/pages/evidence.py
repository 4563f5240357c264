"""The signed digests: listed, and downloaded to be kept where the office's own machine cannot reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from central_office.office.models import DailyDigest
from central_office.office.roles import StaffRole, only

if TYPE_CHECKING:
    from datetime import date

    from django.http import HttpRequest

_PER_PAGE = 25


@only(StaffRole.TECHNICIAN)
def listing(request: HttpRequest) -> HttpResponse:
    """The latest digests, what they cover, and the key that signed them."""
    page = Paginator(DailyDigest.objects.order_by("-day"), _PER_PAGE).get_page(request.GET.get("seite"))
    newest = DailyDigest.objects.order_by("-day").first()
    return render(request, "office/evidence.html", {"page": page, "key": newest.key if newest else ""})


@only(StaffRole.TECHNICIAN)
def one(request: HttpRequest, day: date) -> HttpResponse:  # noqa: ARG001  # the guard has looked at it
    """One digest as a file."""
    return _file(get_object_or_404(DailyDigest, day=day).signed.file, f"digest-{day}.txt")


@only(StaffRole.TECHNICIAN)
def every(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  # same
    """All digests as one file, oldest first."""
    return _file("".join(row.signed.file for row in DailyDigest.objects.order_by("day").iterator()), "digests.txt")


def _file(text: str, name: str) -> HttpResponse:
    response = HttpResponse(text, content_type="text/plain; charset=us-ascii")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
