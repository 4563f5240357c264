"""What every page shows around its matter: the town, who is signed in, what they may do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from central_office.office.models import ReceivedCommand, Town
from central_office.office.roles import StaffRole, roles_of

if TYPE_CHECKING:
    from django.http import HttpRequest

_SECTIONS = {
    "documents": "documents",
    "document": "documents",
    "document_new": "documents",
    "document_move": "documents",
    "import": "import",
    "kiosks": "kiosks",
    "kiosk": "kiosks",
    "kiosk_new": "kiosks",
    "visits": "visits",
}
"""Which entry of the menu a page belongs to."""


def surroundings(request: HttpRequest) -> dict[str, Any]:
    """Names for all templates."""
    user = getattr(request, "user", None)
    match = request.resolver_match
    mine = roles_of(user) if user is not None else frozenset()
    return {
        "town": Town.objects.first(),
        "section": _SECTIONS.get((match.url_name if match else "") or "", ""),
        "roles": {role.value for role in mine},
        "rejected_waiting": ReceivedCommand.objects.filter(result="rejected").count()
        if StaffRole.TECHNICIAN in mine
        else 0,
    }
