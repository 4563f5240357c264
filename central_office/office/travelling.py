"""A document as it travels to a kiosk: no name, number or birth date, and sealed with what its citizen brings."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from central_office.contract.claims import Pepper, Secret, card_secret, letter_secret
from central_office.contract.documents import DocumentId, DocumentStatus, StageReached
from central_office.contract.documents import Place as PlaceWords
from central_office.contract.messages import DocumentRow
from central_office.contract.sealed_row import SLOTS
from central_office.contract.sealing import row_id, seal
from central_office.contract.stages import DocumentKind, Stage, ToBring
from central_office.office.bulky import travelling as bulky
from central_office.office.card_holders import found_by_card
from central_office.office.models import Document

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date, datetime

    from central_office.contract.sealed_row import SealedRow
    from central_office.office.models import Kiosk, Town

PIN_LETTER_FROM_AGE = 16
"""Holders of this age and older get a PIN letter with an identity card (PAuswG section 13)."""

_HISTORY_SHOWN = 32
_AT_ONCE = 1000
_SEALED = ("token", "number_secret", "card_key", "card_place", "travels")
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


def row(document: Document, kiosk: Kiosk, town: Town, slots: int = SLOTS) -> DocumentRow:
    """The document's row for one kiosk, of so many slots."""
    sealed = _sealed(document, kiosk, town, slots)
    return DocumentRow(id=sealed.id, slots=sealed.slots, sealed=sealed.sealed)


def all_lines(kiosk: Kiosk, town: Town, slots: int = SLOTS) -> Iterator[bytes]:
    """Every document's, order's and household's row for one kiosk as a line of JSON, in the order of their names there.

    That order says nothing about which document is older, or which row of another kiosk is the same document's; and
    the kiosk can write it down from front to back. A document that changes meanwhile is told of once more.
    """
    pepper = Pepper(bytes(kiosk.pepper))
    everyone = [*Document.objects.order_by().values_list("pk", flat=True), *bulky.names()]
    named = sorted((row_id(pepper, DocumentId(str(document))), document) for document in everyone)
    for start in range(0, len(named), _AT_ONCE):
        some = named[start : start + _AT_ONCE]
        found = Document.objects.only(*_SEALED).in_bulk([document for _, document in some])
        others = bulky.sealed(kiosk, [document for _, document in some if document not in found], slots)
        for _, document in some:
            if document in found or document in others:
                one = others[document] if document in others else _sealed(found[document], kiosk, town, slots)
                name, *closed, sealed = (urlsafe_b64encode(part) for part in (one.id, *one.slots, one.sealed))
                yield b'{"id":"%b","slots":["%b"],"sealed":"%b"}\n' % (name, b'","'.join(closed), sealed)


def _sealed(document: Document, kiosk: Kiosk, town: Town, slots: int) -> SealedRow:
    number, card, place = document.number_secret, document.card_key, document.card_place
    if not found_by_card(town):
        # The walk may have been at work while the town changed its mind.
        card = None
    return seal(
        document.travels.encode(),
        DocumentId(str(document.pk)),
        Pepper(bytes(kiosk.pepper)),
        letter_secret(town.key, bytes.fromhex(document.token)),
        # Some databases give a view of the bytes.
        None if number is None else Secret(bytes(number)),
        None if card is None or place is None else card_secret(bytes(card), place),
        slots=slots,
    )
