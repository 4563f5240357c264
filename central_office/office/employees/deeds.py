"""What staff did at kiosks, written down: by number, as it was told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from central_office.office.models import CompartmentMark, StaffDeed, StaffPass

if TYPE_CHECKING:
    from datetime import datetime

    from central_office.office.models import Document, Kiosk


@dataclass(frozen=True)
class Told:
    """Which command said it: its kiosk, its number there, when it arrived."""

    kiosk: Kiosk
    seq: int
    at: datetime


def note(  # noqa: PLR0913 - what there is to say about one deed
    told: Told,
    number: str,
    kind: str,
    *,
    compartment: int | None = None,
    document: Document | None = None,
    detail: str = "",
) -> None:
    """Write one deed down, once."""
    StaffDeed.objects.get_or_create(
        kiosk=told.kiosk,
        seq=told.seq,
        defaults={
            "at": told.at,
            "number": number,
            "kind": kind,
            "compartment": compartment,
            "document": document,
            "detail": detail[:120],
        },
    )


def name_of(number: str) -> str:
    """Whose number it is, for histories; the number itself if it is nobody's."""
    found = StaffPass.objects.filter(number=number).select_related("user").first()
    return (found.user.get_full_name() or found.user.get_username()) if found else number


def mark(kiosk: Kiosk, compartment: int, why: str, by: str, at: datetime) -> None:
    """Say that a compartment is not to be used; the first reason stays."""
    CompartmentMark.objects.get_or_create(
        kiosk=kiosk, compartment=compartment, defaults={"why": why, "by": by, "since": at}
    )


def unmark(kiosk: Kiosk, compartment: int) -> bool:
    """Say that it is in order again; False if it was."""
    return bool(CompartmentMark.objects.filter(kiosk=kiosk, compartment=compartment).delete()[0])
