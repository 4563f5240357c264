"""What every page shows around its matter: the town, who is signed in, what they may do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from central_office.office import desk
from central_office.office.models import Town
from central_office.office.roles import roles_of

if TYPE_CHECKING:
    from django.http import HttpRequest

_SECTIONS = {
    "documents": "documents",
    "document": "documents",
    "document_new": "documents",
    "document_move": "documents",
    "import": "import",
    "compartments": "compartments",
    "bulky": "bulky",
    "bulky_order": "bulky",
    "bulky_result": "bulky",
    "bulky_call_off": "bulky",
    "bulky_capacity": "bulky",
    "bulky_new": "bulky",
    "bulky_vouchers": "bulky",
    "sales": "sales",
    "sale": "sales",
    "sale_clear": "sales",
    "sales_close_day": "sales",
    "sales_table": "sales",
    "sales_tills": "sales",
    "tariff": "sales",
    "tariff_new": "sales",
    "tariff_withdraw": "sales",
    "bag_vouchers": "sales",
    "kiosks": "kiosks",
    "kiosk": "kiosks",
    "kiosk_new": "kiosks",
    "evidence": "kiosks",
    "matters": "matters",
    "matter_close": "matters",
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
        "matters_waiting": desk.waiting_for(mine).count() if mine else 0,
    }
