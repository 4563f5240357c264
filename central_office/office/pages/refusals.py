"""Pages for what went wrong, each with what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001  # Django calls it so
    """400."""
    return _page(
        request,
        400,
        _("Diese Anfrage versteht das Amt nicht."),
        _("Gehen Sie zurück und versuchen Sie es noch einmal."),
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001  # Django calls it so
    """403."""
    return _page(request, 403, _("Das dürfen Sie hier nicht."), _("Fragen Sie die Leitung, wenn Sie es brauchen."))


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001  # same
    """403, because the form was too old or came from elsewhere."""
    return _page(
        request, 403, _("Das Formular ist zu alt."), _("Laden Sie die Seite neu und füllen Sie es noch einmal aus.")
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001  # Django calls it so
    """404."""
    return _page(request, 404, _("Diese Seite gibt es nicht."), _("Vielleicht wurde das Dokument inzwischen gelöscht."))


def broken(request: HttpRequest) -> HttpResponse:
    """500."""
    return _page(
        request, 500, _("Hier ist etwas kaputt gegangen."), _("Es ist nichts verloren. Sagen Sie der Technik Bescheid.")
    )


def _page(request: HttpRequest, status: int, heading: str, advice: str) -> HttpResponse:
    return render(request, "office/refusal.html", {"heading": heading, "advice": advice}, status=status)
