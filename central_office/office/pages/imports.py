"""The import of documents from a CSV file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render

from central_office.office import csv_import, here
from central_office.office.pages.documents import note, staff_name
from central_office.office.pages.forms import UploadForm
from central_office.office.roles import StaffRole, only

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@only(StaffRole.CLERK)
def upload(request: HttpRequest) -> HttpResponse:
    """Take a file, keep its good rows, show its bad ones."""
    form = UploadForm(request.POST or None, request.FILES or None)
    report = None
    if request.method == "POST" and form.is_valid():
        report = csv_import.take(form.cleaned_data["file"].read(), staff_name(request.user), here.now())
        note(
            request,
            f"CSV import: {report.new} new, {report.moved} moved, {report.changed} changed, {report.refused} refused",
        )
        form = UploadForm()
    context = {
        "form": form,
        "report": report,
        "columns": "kind;number;birth_date;holder;stage;place;collect_until;reach",
    }
    return render(request, "office/import.html", context, status=400 if form.errors else 200)
