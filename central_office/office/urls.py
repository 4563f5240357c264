"""Where everything is: the line under `/v1/`, the staff's pages under everything else."""

from __future__ import annotations

from django.urls import include, path

from central_office.office.line.api import api

urlpatterns = [
    path("v1/", api.urls),
    path("", include("central_office.office.pages.urls")),
]
handler400 = "central_office.office.pages.refusals.bad_request"
handler403 = "central_office.office.pages.refusals.forbidden"
handler404 = "central_office.office.pages.refusals.not_found"
handler500 = "central_office.office.pages.refusals.broken"
