"""Claims and rows for stories about documents."""

from __future__ import annotations

from datetime import date
from functools import cache
from hashlib import sha256, shake_256
from typing import TYPE_CHECKING

from central_office.contract.claims import (
    Cost,
    Pepper,
    Secret,
    TypedNumber,
    card_secret,
    claim_keys,
    secret,
    stretched_holder,
)
from central_office.contract.document_number import ALPHABET, DocumentNumber
from central_office.contract.documents import DocumentId, DocumentStatus, StageReached
from central_office.contract.letter_code import LetterCode, TownKey
from central_office.contract.messages import DocumentRow, VisitReported
from central_office.contract.sealed_row import SLOTS, SealedRow
from central_office.contract.sealing import row_id, seal, unseal
from central_office.contract.stages import DocumentKind, Stage
from tests.offline_cache.clockwork import NOON

if TYPE_CHECKING:
    from central_office.contract.claims import CardHolder, Claim
    from central_office.contract.sealed_row import RowId

PEPPER = Pepper(b"p" * 32)
TOWN = TownKey("09999999")
BORN = date(1984, 2, 29)
CHEAP = Cost(kib=8, passes=1)
"""What a guess costs in stories with thousands of documents."""


def number(which: int) -> TypedNumber:
    digits = (ALPHABET[which // len(ALPHABET) ** place % len(ALPHABET)] for place in range(5))
    return TypedNumber(DocumentNumber("LMNP" + "".join(digits)), BORN)


def letter(which: int) -> LetterCode:
    return LetterCode(TOWN, sha256(str(which).encode()).digest()[:16])


def claims(which: int) -> tuple[Claim, ...]:
    return (letter(which), number(which))


def document(which: int) -> DocumentId:
    return DocumentId(f"00000000-0000-4000-8000-{which:012d}")


def status(which: int, stage: Stage = Stage.APPLIED) -> DocumentStatus:
    return DocumentStatus(
        document=document(which),
        kind=DocumentKind.IDENTITY_CARD,
        reference=f"A-{which}",
        history=(StageReached(stage=stage, on=NOON.date()),),
    )


def row_name(which: int, pepper: Pepper = PEPPER) -> RowId:
    """What the row of the document is called at the kiosk with this pepper."""
    return row_id(pepper, document(which))


def sealed(
    status: DocumentStatus, which: int, pepper: Pepper = PEPPER, card: Secret | None = None, slots: int = SLOTS
) -> DocumentRow:
    """A row for the status, opened by the claims of `which`; the same every time."""
    text = status.model_dump_json(exclude_none=True).encode()

    def chance(size: int) -> bytes:
        return shake_256(text).digest(size)

    row = seal(text, status.document, pepper, *secrets(which), card, slots=slots, random=chance)
    return DocumentRow(id=row.id, slots=row.slots, sealed=row.sealed)


def of_holder(
    holder: CardHolder, which: int, place: int, stage: Stage = Stage.APPLIED, slots: int = SLOTS
) -> DocumentRow:
    """A row that the holder's card opens too, as hers at `place`."""
    card = card_secret(stretched_holder(holder, CHEAP), place)
    return sealed(status(which, stage), which, card=card, slots=slots)


def row(which: int, stage: Stage = Stage.APPLIED, pepper: Pepper = PEPPER) -> DocumentRow:
    return sealed(status(which, stage), which, pepper)


def opened(row: DocumentRow, which: int, pepper: Pepper = PEPPER) -> DocumentStatus:
    """What the claims of `which` find in the row."""
    parts = SealedRow(row.id, row.slots, row.sealed)
    letter, number = (unseal(parts, claim_keys(pepper, secret)) for secret in secrets(which))
    assert letter == number
    return DocumentStatus.model_validate_json(letter)


@cache
def secrets(which: int) -> tuple[Secret, Secret]:
    return secret(letter(which)), secret(number(which), CHEAP)


def visit(seconds: int = 42) -> VisitReported:
    return VisitReported(
        service="document_status", outcome="answered", began=NOON, seconds=seconds, language="de", claim="letter"
    )
