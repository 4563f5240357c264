"""Claims and rows for stories about documents."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING

from central_office.contract.claims import Pepper, TypedNumber, lookup_key
from central_office.contract.document_number import ALPHABET, DocumentNumber
from central_office.contract.documents import DocumentId, DocumentStatus, StageReached
from central_office.contract.letter_code import LetterCode, TownKey
from central_office.contract.messages import DocumentRow, VisitReported
from central_office.contract.stages import DocumentKind, Stage
from tests.offline_cache.clockwork import NOON

if TYPE_CHECKING:
    from central_office.contract.claims import Claim

PEPPER = Pepper(b"p" * 32)
TOWN = TownKey("09999999")
BORN = date(1984, 2, 29)


def number(which: int) -> TypedNumber:
    digits = (ALPHABET[which // len(ALPHABET) ** place % len(ALPHABET)] for place in range(5))
    return TypedNumber(DocumentNumber("LMNP" + "".join(digits)), BORN)


def letter(which: int) -> LetterCode:
    return LetterCode(TOWN, sha256(str(which).encode()).digest()[:16])


def claims(which: int) -> tuple[Claim, ...]:
    return (letter(which), number(which))


def row(which: int, stage: Stage = Stage.APPLIED, pepper: Pepper = PEPPER) -> DocumentRow:
    return DocumentRow(
        keys=tuple(lookup_key(pepper, claim) for claim in claims(which)),
        status=DocumentStatus(
            document=DocumentId(f"00000000-0000-4000-8000-{which:012d}"),
            kind=DocumentKind.IDENTITY_CARD,
            reference=f"A-{which}",
            history=(StageReached(stage=stage, on=NOON.date()),),
        ),
    )


def visit(seconds: int = 42) -> VisitReported:
    return VisitReported(
        service="document_status", outcome="answered", began=NOON, seconds=seconds, language="de", claim="letter"
    )
