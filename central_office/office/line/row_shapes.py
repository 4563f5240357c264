"""Rows of so many slots as a kiosk can read, and what they do to epochs.

A kiosk says how many slots it knows (`SyncRequest.slots`); one of an earlier release says nothing and means two. Rows
of another shape are told in an epoch of their own. So when kiosk or office is updated, or put back, the kiosk fetches
everything again in the shape that both know, and never holds rows of two shapes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from central_office.contract.sealed_row import FEWEST_SLOTS, SLOTS
from central_office.office import changes

if TYPE_CHECKING:
    from central_office.office.models import Town


def epoch_of(town: Town, slots: int) -> str:
    """What the epoch is called by kiosks whose rows have so many slots."""
    return town.epoch + _mark(slots)


def slots_of(epoch: str, town: Town) -> int | None:
    """The shape whose epoch this is; None if it is of another life of the database."""
    return next((slots for slots in range(FEWEST_SLOTS, SLOTS + 1) if epoch == epoch_of(town, slots)), None)


def told(cursor: changes.Cursor, town: Town, slots: int) -> str:
    """The cursor as it is told to a kiosk of this shape."""
    return str(replace(cursor, epoch=epoch_of(town, slots)))


def heard(text: str, town: Town, slots: int) -> changes.Cursor | None:
    """The cursor that a kiosk sent; None if it is empty, of another epoch or shape, or older than the log."""
    epoch, point, place = text.partition(".")
    if not epoch.endswith(_mark(slots)):
        return None
    return changes.parse(epoch.removesuffix(_mark(slots)) + point + place, town)


def _mark(slots: int) -> str:
    return "" if slots == FEWEST_SLOTS else f"-{slots}"
