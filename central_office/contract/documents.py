"""An identity document as far as a kiosk may know it.

What travels to a kiosk carries no name, no birth date and no number: only kind,
stages, dates, place and what to bring; and even that is sealed (see `sealing`).
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, NewType

from pydantic import Field, StringConstraints

from central_office.contract.base import Message
from central_office.contract.stages import READY_STAGES, DocumentKind, Stage, ToBring

DocumentId = NewType("DocumentId", str)
"""The office's identifier of a document (UUID text); says nothing to a citizen."""


class StageReached(Message):
    """One line of a document's history: the stage and the day it was reached."""

    stage: Stage
    on: date


class Place(Message):
    """Where a citizen goes: a name as on the sign, and when it is open today in the town's own words."""

    key: Annotated[str, StringConstraints(max_length=40)]
    name: Annotated[str, StringConstraints(max_length=80)]
    way: Annotated[str, StringConstraints(max_length=120)] = ""


class DocumentStatus(Message):
    """All that a kiosk knows of one document, and all that it may show.

    `reference` is the order's public number on the letter (no secret, no key to anything).
    """

    document: DocumentId
    kind: DocumentKind
    reference: Annotated[str, StringConstraints(max_length=20)]
    history: Annotated[tuple[StageReached, ...], Field(min_length=1, max_length=32)]
    place: Place | None = None
    collect_until: date | None = None
    expected_on: date | None = None
    bring: Annotated[tuple[ToBring, ...], Field(max_length=6)] = ()

    @property
    def stage(self) -> Stage:
        """The stage the document is in now."""
        return self.history[-1].stage

    @property
    def ready(self) -> bool:
        """Whether the citizen can collect it today."""
        return self.stage in READY_STAGES
