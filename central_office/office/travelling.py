"""A document as it travels to a kiosk: no name, number or birth date; found by keys made with that kiosk's pepper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from central_office.contract.claims import LookupKey, Pepper, TypedNumber, lookup_key
from central_office.contract.document_number import DocumentNumber
from central_office.contract.documents import DocumentId, DocumentStatus, StageReached
from central_office.contract.documents import Place as PlaceWords
from central_office.contract.letter_code import LetterCode, TownKey
from central_office.contract.messages import DocumentRow
from central_office.contract.stages import DocumentKind, Stage, ToBring
from central_office.office.models import Document

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date, datetime

    from central_office.office.models import Kiosk, Town

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


def status(document: Document, steps: Iterable[tuple[str, datetime]], town: Town) -> DocumentStatus:
    """All that a kiosk may know of the document; `steps` are its stages and when they were reached, oldest first."""
    zone = ZoneInfo(town.time_zone)
    reached = tuple(
        StageReached(stage=Stage(stage), on=at.astimezone(zone).date()) for stage, at in list(steps)[-_HISTORY_SHOWN:]
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


def as_text(status: DocumentStatus) -> str:
    """The status as it is kept in `Document.travels` and as it travels."""
    return status.model_dump_json(exclude_none=True)


@dataclass(frozen=True)
class Found:
    """What a document is found by: the secret of its letter, and number with birth date."""

    token: str
    number: str
    birth_date: date

    def __repr__(self) -> str:
        # Personal: it must not slip into a log.
        return "Found(…)"


def keys(found: Found, pepper: Pepper, town: TownKey) -> tuple[LookupKey, LookupKey]:
    """The keys of one document for one kiosk."""
    return (
        lookup_key(pepper, LetterCode(town, bytes.fromhex(found.token))),
        lookup_key(pepper, TypedNumber(DocumentNumber(found.number), found.birth_date)),
    )


def row(document: Document, kiosk: Kiosk, town: Town) -> DocumentRow:
    """The document's row for one kiosk."""
    found = Found(document.token, document.number, document.birth_date)
    return DocumentRow(
        keys=keys(found, Pepper(bytes(kiosk.pepper)), town.town_key),
        status=DocumentStatus.model_validate_json(document.travels),
    )


def all_lines(kiosk: Kiosk, town: Town) -> Iterator[bytes]:
    """Every document's row for one kiosk as a line of JSON; one statement, so all lines are of one moment."""
    pepper = Pepper(bytes(kiosk.pepper))
    wanted = Document.objects.order_by().values_list("token", "number", "birth_date", "travels")
    for token, number, birth_date, travels in wanted.iterator(chunk_size=2000):
        letter, typed = keys(Found(token, number, birth_date), pepper, town.town_key)
        yield f'{{"keys":["{letter}","{typed}"],"status":{travels}}}\n'.encode()
