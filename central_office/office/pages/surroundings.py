"""What every page shows around its matter: the town, who is signed in, what they may do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from central_office.office.models import ReceivedCommand, Town
from central_office.office.roles import StaffRole, roles_of

if TYPE_CHECKING:
    from django.http import HttpRequest


def surroundings(request: HttpRequest) -> dict[str, Any]:
    """Names for all templates."""
    user = getattr(request, "user", None)
    mine = roles_of(user) if user is not None else frozenset()
    return {
        "town": Town.objects.first(),
        "roles": {role.value for role in mine},
        "rejected_waiting": ReceivedCommand.objects.filter(result="rejected").count()
        if StaffRole.TECHNICIAN in mine
        else 0,
    }
