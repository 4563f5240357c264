"""What a row says to whoever has no claim (nothing), and to whoever has one (everything)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from central_office.contract.claims import COST, Cost, Pepper, Secret, TypedNumber, claim_keys, letter_secret, secret
from central_office.contract.document_number import DocumentNumber
from central_office.contract.documents import DocumentId, DocumentStatus, Place, StageReached
from central_office.contract.letter_code import LetterCode, TownKey
from central_office.contract.sealed_row import BUCKET, SHORTEST, SLOT_BYTES, SLOTS, SealedRow
from central_office.contract.sealing import SealBroken, row_id, seal, unseal
from central_office.contract.stages import DocumentKind, Stage, ToBring

if TYPE_CHECKING:
    from collections.abc import Callable

PEPPER = Pepper(b"p" * 32)
CHEAP = Cost(kib=8, passes=1)
LETTER = LetterCode(TownKey("08999001"), bytes(range(16)))
TYPED = TypedNumber(DocumentNumber("L01XCF7GH"), date(1980, 3, 1))
DOCUMENT = DocumentId("6f0c2f5e-4b0b-4b59-9a4e-0d9f1c3c8f00")


def status(steps: int = 6) -> DocumentStatus:
    return DocumentStatus(
        document=DOCUMENT,
        kind=DocumentKind.IDENTITY_CARD,
        reference="MS-26-00042",
        history=tuple(StageReached(stage=list(Stage)[step % 16], on=date(2026, 3, step + 1)) for step in range(steps)),
        place=Place(key="counter-3", name="Bürgerbüro, Schalter 3 bis 7", way="Vom Eingang links, am Aufzug vorbei"),
        collect_until=date(2027, 3, 4),
        bring=(ToBring.OLD_DOCUMENT, ToBring.THIS_LETTER, ToBring.PIN_LETTER_CONFIRMATION),
    )


def closed(one: DocumentStatus | None = None, number: Secret | None = Secret(b"number")) -> SealedRow:  # noqa: B008
    text = (one or status()).model_dump_json(exclude_none=True).encode()
    return seal(text, DOCUMENT, PEPPER, secret(LETTER), number)


def test_letter_and_number_open_the_same_row() -> None:
    number = secret(TYPED, CHEAP)
    row = closed(number=number)
    for one in (secret(LETTER), number):
        assert DocumentStatus.model_validate_json(unseal(row, claim_keys(PEPPER, one))) == status()


@pytest.mark.parametrize(
    "other",
    [
        LetterCode(TownKey("08999001"), bytes(16)),
        LetterCode(TownKey("08999002"), bytes(range(16))),
        TypedNumber(DocumentNumber("L01XCF7GH"), date(1980, 3, 2)),
        TypedNumber(DocumentNumber("L01XCF7GJ"), date(1980, 3, 1)),
    ],
)
def test_a_claim_that_is_off_by_a_little_finds_nothing(other: LetterCode | TypedNumber) -> None:
    with pytest.raises(SealBroken):
        unseal(closed(number=secret(TYPED, CHEAP)), claim_keys(PEPPER, secret(other, CHEAP)))


def test_another_kiosk_finds_and_opens_nothing() -> None:
    here, there = (claim_keys(pepper, secret(LETTER)) for pepper in (PEPPER, Pepper(b"q" * 32)))
    assert here.find != there.find
    assert here.open != there.open
    assert row_id(PEPPER, DOCUMENT) != row_id(Pepper(b"q" * 32), DOCUMENT)


def test_the_keys_are_those_of_the_standard() -> None:
    for info in (b"find", b"open"):
        expected = HKDF(SHA256(), 32, salt=PEPPER, info=info).derive(secret(LETTER))
        keys = claim_keys(PEPPER, secret(LETTER))
        assert (keys.find if info == b"find" else keys.open) == expected[: 16 if info == b"find" else 32]


def test_a_guess_at_number_and_birth_date_costs_memory_and_time() -> None:
    assert COST.kib * COST.passes >= 38 * 1024
    assert secret(TYPED) != secret(TYPED, CHEAP)


def test_sealed_twice_no_two_bytes_are_the_same_but_the_names() -> None:
    first, second = closed(), closed()
    assert first.id == second.id
    assert first.sealed[:32] != second.sealed[:32]
    for one, other in zip(first.slots[:2], second.slots[:2], strict=True):
        assert one[:16] == other[:16]
        assert one[16:48] != other[16:48]


def test_all_rows_have_one_size_whatever_stands_in_them() -> None:
    short = status(1).model_copy(update={"place": None, "collect_until": None, "bring": ()})
    rows = [closed(one) for one in (short, status(6), status(10), status(20))] + [closed(number=None)]
    assert {len(row.sealed) for row in rows} == {SHORTEST}
    assert {tuple(map(len, row.slots)) for row in rows} == {(SLOT_BYTES,) * SLOTS}


def test_a_status_too_long_for_one_bucket_takes_more_and_comes_back_whole() -> None:
    long = status(31).model_copy(update={"reference": "".join(map(chr, range(0x4E00, 0x4E14)))})
    long = long.model_copy(update={"place": Place(key="k", name=ascii_noise(80), way=ascii_noise(120))})
    row = closed(long)
    assert (len(row.sealed) - len(closed().sealed)) % BUCKET == 0
    assert len(row.sealed) > SHORTEST
    assert DocumentStatus.model_validate_json(unseal(row, claim_keys(PEPPER, secret(LETTER)))) == long


def ascii_noise(length: int) -> str:
    return "".join(chr(33 + (place * place * 7 + place * 13) % 90) for place in range(length))


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda row: row._replace(sealed=bytes([row.sealed[0] ^ 1]) + row.sealed[1:]),
        lambda row: row._replace(sealed=row.sealed[:-1]),
        lambda row: row._replace(id=bytes(16)),
        lambda row: row._replace(slots=(row.slots[0][:-1] + bytes([row.slots[0][-1] ^ 1]), row.slots[1])),
        lambda row: row._replace(slots=(row.slots[0][:16] + row.slots[1][16:], row.slots[1])),
        lambda row: row._replace(slots=row.slots[1:]),
    ],
)
def test_a_row_that_somebody_wrote_into_does_not_open(spoilt: Callable[[SealedRow], SealedRow]) -> None:
    with pytest.raises(SealBroken):
        unseal(spoilt(closed()), claim_keys(PEPPER, secret(LETTER)))


def test_the_parts_of_two_rows_cannot_be_exchanged() -> None:
    other = seal(b"{}", DocumentId("another"), PEPPER, secret(LETTER), None)
    for swapped in (closed()._replace(sealed=other.sealed), other._replace(slots=closed().slots)):
        with pytest.raises(SealBroken):
            unseal(swapped, claim_keys(PEPPER, secret(LETTER)))


def test_no_key_slips_into_a_log() -> None:
    assert "b'" not in repr(claim_keys(PEPPER, secret(LETTER)))
    assert letter_secret(LETTER.town, LETTER.token) == secret(LETTER)
