"""The office's one clock; whoever starts the office decides which it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from datetime import datetime


def now() -> datetime:
    """The present, as an aware UTC moment."""
    moment: datetime = settings.OFFICE_CLOCK()
    return moment
