"""What employees may lay into a compartment next, and whether its holder has to reach that one sitting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from central_office.contract.stages import Stage
from central_office.office import card_holders
from central_office.office.employees import passes
from central_office.office.models import Document
from central_office.office.pickups.issuing import LIVE

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

_HERE = (Stage.ARRIVED, Stage.RETURNED_TO_OFFICE)


def to_load() -> QuerySet[Document]:
    """The documents that lie at the office and in no compartment, the longest waiting first."""
    return (
        Document.objects.filter(stage__in=_HERE).exclude(pickups__state__in=LIVE).order_by("stage_since", "reference")
    )


def set_reach(document: Document, *, reach: bool) -> None:
    """Note whether the compartment must be within reach of somebody who sits; kiosks hear it with their next word."""
    with transaction.atomic():
        Document.objects.filter(pk=document.pk).update(reach=reach)
        passes.changed()


def correct(document: Document, at: datetime, *, holder: str, reach: bool) -> None:
    """Note what stands on its envelope and which compartment it needs; kiosks hear it with their next word."""
    with transaction.atomic():
        card_holders.rename(document, holder, at)
        Document.objects.filter(pk=document.pk).update(reach=reach)
        passes.changed()
