"""A document as it travels to a kiosk: no name, number or birth date; found by keys made with that kiosk's pepper."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from central_office.contract.claims import Pepper, TypedNumber, lookup_key
from central_office.contract.documents import DocumentId, DocumentStatus, StageReached
from central_office.contract.documents import Place as PlaceWords
from central_office.contract.messages import DocumentRow
from central_office.contract.stages import DocumentKind, Stage, ToBring

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from central_office.office.models import Document, HistoryEntry, Kiosk, Town

PIN_LETTER_FROM_AGE = 16
"""Holders of this age and older get a PIN letter with an identity card (PAuswG section 13)."""

_HISTORY_SHOWN = 32
_BRING: dict[DocumentKind, tuple[ToBring, ...]] = {
    DocumentKind.IDENTITY_CARD: (ToBring.OLD_DOCUMENT, ToBring.THIS_LETTER),
    DocumentKind.PASSPORT: (ToBring.OLD_DOCUMENT, ToBring.THIS_LETTER),
    DocumentKind.RESIDENCE_PERMIT: (ToBring.OLD_DOCUMENT, ToBring.THIS_LETTER),
    DocumentKind.EID_CARD: (ToBring.SECOND_IDENTITY_DOCUMENT, ToBring.THIS_LETTER),
    DocumentKind.CHILD_PASSPORT: (ToBring.THIS_LETTER, ToBring.WRITTEN_AUTHORITY),
}
_WITH_PIN = frozenset({DocumentKind.IDENTITY_CARD, DocumentKind.RESIDENCE_PERMIT, DocumentKind.EID_CARD})


def to_bring(kind: DocumentKind, stage: Stage, birth_date: date, on: date) -> tuple[ToBring, ...]:
    """What the holder brings to collect a document on that day; nothing once it is out of the house."""
    if stage in {Stage.HANDED_OVER, Stage.DELIVERED, Stage.CANCELLED, Stage.DESTROYED, Stage.DIRECT_SHIP}:
        return ()
    age = on.year - birth_date.year - ((on.month, on.day) < (birth_date.month, birth_date.day))
    code = (ToBring.PICKUP_CODE,) if stage is Stage.READY_BOX else ()
    pin = (ToBring.PIN_LETTER_CONFIRMATION,) if kind in _WITH_PIN and age >= PIN_LETTER_FROM_AGE else ()
    return code + _BRING[kind] + pin


def status(document: Document, history: Iterable[HistoryEntry], town: Town) -> DocumentStatus:
    """All that a kiosk may know of the document; `history` oldest first."""
    zone = ZoneInfo(town.time_zone)
    reached = tuple(
        StageReached(stage=entry.at_stage, on=entry.at.astimezone(zone).date())
        for entry in list(history)[-_HISTORY_SHOWN:]
    )
    return DocumentStatus(
        document=DocumentId(str(document.pk)),
        kind=document.of_kind,
        reference=document.reference,
        history=reached,
        place=PlaceWords(key=document.place.key, name=document.place.name, way=document.place.way)
        if document.place
        else None,
        collect_until=document.collect_until,
        expected_on=document.expected_on,
        bring=to_bring(document.of_kind, document.at_stage, document.birth_date, reached[-1].on),
    )


def row(document: Document, history: Iterable[HistoryEntry], kiosk: Kiosk, town: Town) -> DocumentRow:
    """The document's row for one kiosk: a key for the letter's code, a key for number and birth date."""
    pepper = Pepper(bytes(kiosk.pepper))
    return DocumentRow(
        keys=(
            lookup_key(pepper, document.letter_code(town.town_key)),
            lookup_key(pepper, TypedNumber(document.document_number, document.birth_date)),
        ),
        status=status(document, history, town),
    )


def rows(documents: Iterable[Document], kiosk: Kiosk, town: Town) -> Iterator[DocumentRow]:
    """Rows of documents whose places and histories were fetched along."""
    for document in documents:
        yield row(document, document.history.all(), kiosk, town)
