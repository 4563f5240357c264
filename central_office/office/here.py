"""What whoever started the office decided: its one clock, and its own settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from datetime import datetime

    from central_office.office.settings import OfficeSettings

# Names of Django settings of our own, which the type checker cannot know.
_OFFICE = "OFFICE"
_CLOCK = "OFFICE_CLOCK"


def now() -> datetime:
    """The present, as an aware UTC moment."""
    moment: datetime = getattr(settings, _CLOCK)()
    return moment


def this_office() -> OfficeSettings:
    """The settings this office was started with."""
    office: OfficeSettings = getattr(settings, _OFFICE)
    return office
