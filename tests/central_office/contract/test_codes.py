from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central_office.contract import enrolment_ticket, letter_code
from central_office.contract.claims import Cost, Pepper, TypedNumber, claim_keys, secret
from central_office.contract.document_number import (
    ALPHABET,
    DocumentNumber,
    NotADocumentNumber,
    check_digit,
    parse_typed,
)
from central_office.contract.enrolment_ticket import EnrolmentTicket, NotATicket
from central_office.contract.fingerprint import fingerprint
from central_office.contract.letter_code import DamagedCode, LetterCode, NotOurCode, OtherTownsCode, TownKey

CHEAP = Cost(kib=8, passes=1)
HERE, THERE = TownKey("08999001"), TownKey("08999002")
NUMBERS = st.text(ALPHABET, min_size=9, max_size=9).map(DocumentNumber)
TOKENS = st.binary(min_size=16, max_size=16)


@given(TOKENS)
def test_a_letter_that_was_written_can_be_read(token: bytes) -> None:
    code = LetterCode(HERE, token)
    assert letter_code.parse(code.payload.encode(), HERE) == code
    assert len(code.payload) <= 47  # what a QR code of version 3 with a quarter of redundancy holds


@given(TOKENS, st.integers(min_value=0, max_value=41), st.sampled_from("ABCDEFGH234567:"))
def test_a_letter_with_one_wrong_character_is_hardly_ever_believed(token: bytes, place: int, wrong: str) -> None:
    payload = LetterCode(HERE, token).payload
    damaged = payload[:place] + wrong + payload[place + 1 :]
    try:
        found = letter_code.parse(damaged.encode(), HERE)
    except (DamagedCode, NotOurCode, OtherTownsCode):
        return
    # Ten bits of check let one in a thousand pass; its token then opens nothing.
    assert found.token != token or damaged == payload


@given(st.binary(max_size=600))
def test_a_strangers_code_is_never_more_than_refused(payload: bytes) -> None:
    with pytest.raises((NotOurCode, DamagedCode)):
        letter_code.parse(payload, HERE)


@pytest.mark.parametrize("cut", range(4, 42))
def test_a_letter_cut_off_is_damaged(cut: int) -> None:
    payload = LetterCode(HERE, bytes(16)).payload
    with pytest.raises(DamagedCode):
        letter_code.parse(payload[:cut].encode(), HERE)


def test_another_towns_letter_is_recognised() -> None:
    with pytest.raises(OtherTownsCode) as told:
        letter_code.parse(LetterCode(THERE, bytes(16)).payload.encode(), HERE)
    assert told.value.town == THERE


@pytest.mark.parametrize(("characters", "digit"), [("L01X00T47", "1"), ("T22000129", "3"), ("520727", "3")])
def test_the_check_digit_is_the_one_of_icao(characters: str, digit: str) -> None:
    assert check_digit(characters) == digit


@given(NUMBERS)
def test_a_number_typed_in_groups_small_and_with_look_alikes_is_understood(number: DocumentNumber) -> None:
    assert parse_typed(str(number)) == number
    assert parse_typed(number.typed.lower().replace("0", "o").replace("1", "i")) == number


@given(NUMBERS, st.integers(min_value=0, max_value=8), st.sampled_from(ALPHABET))
def test_most_slips_of_the_finger_are_noticed(number: DocumentNumber, place: int, wrong: str) -> None:
    slipped = number.typed[:place] + wrong + number.typed[place + 1 :]
    fits = (int(wrong, 36) - int(number.typed[place], 36)) % 10 == 0
    if fits:
        assert parse_typed(slipped).typed == slipped
    else:
        with pytest.raises(NotADocumentNumber):
            parse_typed(slipped)


@given(st.text(max_size=30))
def test_any_text_is_a_number_or_politely_none(text: str) -> None:
    try:
        number = parse_typed(text)
    except NotADocumentNumber:
        return
    assert parse_typed(number.typed) == number


def test_secrets_do_not_show_in_tracebacks() -> None:
    number = DocumentNumber("L01X00T47")
    ticket = EnrolmentTicket("http://127.0.0.1:8000", enrolment_ticket.token_from(bytes(10)))
    for shown in (repr(number), repr(TypedNumber(number, date(1980, 3, 1))), repr(LetterCode(HERE, b"s" * 16))):
        assert "…" in shown
    assert ticket.token not in repr(ticket)


def test_keys_differ_by_kiosk_by_claim_and_by_birth_date() -> None:
    number = DocumentNumber("L01X00T47")
    letter = LetterCode(HERE, bytes(16))
    keys = {
        claim_keys(pepper, secret(claim, CHEAP)).find
        for pepper in (Pepper(b"a" * 32), Pepper(b"b" * 32))
        for claim in (letter, TypedNumber(number, date(1980, 3, 1)), TypedNumber(number, date(1980, 3, 2)))
    }
    assert len(keys) == 6
    assert all(len(key) == 16 for key in keys)


@given(st.binary(min_size=10, max_size=10))
def test_a_ticket_can_be_scanned_and_typed(random: bytes) -> None:
    ticket = EnrolmentTicket("https://office.example:8443", enrolment_ticket.token_from(random))
    assert enrolment_ticket.parse_payload(ticket.payload.encode()) == ticket
    typed = ticket.typed.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert enrolment_ticket.parse_typed(typed) == ticket.token


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"BTE1",
        b"BTE1 http://office 0000",
        b"BTE1 ftp://office 0000000000000000",
        b"BTE1 http:// 0000000000000000",
        b"BTE2 http://office 0000000000000000",
        b"BTE1 http://office 000000000000000U",
        b"BTE1 http://office 0000000000000000 more",
        b"\xff\xfe",
        b"BTE1 http://" + b"o" * 600 + b" 0000000000000000",
        LetterCode(HERE, bytes(16)).payload.encode(),
    ],
)
def test_another_code_is_no_ticket(payload: bytes) -> None:
    with pytest.raises(NotATicket):
        enrolment_ticket.parse_payload(payload)


def test_two_people_can_compare_a_fingerprint() -> None:
    shown = fingerprint(bytes(32))
    assert len(shown) == 9
    assert shown[4] == "-"
    assert shown == fingerprint(bytes(32)) != fingerprint(b"\1" + bytes(31))
