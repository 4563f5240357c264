"""The code that opens a compartment: as typed, as shown, and what is refused."""

from __future__ import annotations

import pytest

from central_office.contract.letter_code import DamagedCode, LetterCode, NotOurCode, OtherTownsCode, TownKey
from central_office.contract.pickup_code import NotAPickupCode, PickupCode, Selector, parse_shown, parse_typed

TOWN = TownKey("00000000")
SHOWN = PickupCode(Selector("4711"), token=b"0123456789abcdef")


def test_twelve_digits_are_read_in_groups_or_without() -> None:
    code = parse_typed("4711 8302-5591")
    assert (code.selector, code.digits, code.words) == ("4711", "83025591", "4711 8302 5591")
    assert parse_typed("471183025591") == code


@pytest.mark.parametrize("text", ["", "4711", "4711830255911", "4711 8302 559x", "٤٧١١٨٣٠٢٥٥٩١", "1" * 100_000])
def test_anything_else_is_no_pickup_code(text: str) -> None:
    with pytest.raises(NotAPickupCode):
        parse_typed(text)


def test_the_shown_code_comes_back_from_its_qr_code() -> None:
    assert parse_shown(SHOWN.payload(TOWN).encode() + b"\r\n", TOWN) == SHOWN


def test_a_letter_and_an_advertisement_are_no_pickup_codes() -> None:
    letter = LetterCode(TOWN, b"0123456789abcdef").payload.encode()
    for payload in (letter, b"https://example.org", b"BP1", b"\xff", b"BP1:" * 1000, b""):
        with pytest.raises(NotOurCode):
            parse_shown(payload, TOWN)


def test_a_cut_or_altered_code_is_damaged_wherever_it_is_cut() -> None:
    payload = SHOWN.payload(TOWN).encode()
    for length in range(5, len(payload)):
        with pytest.raises((DamagedCode, NotOurCode)):
            parse_shown(payload[:length], TOWN)
    for at in range(4, len(payload)):
        altered = payload[:at] + bytes([payload[at] ^ 1]) + payload[at + 1 :]
        with pytest.raises(DamagedCode):
            parse_shown(altered, TOWN)


def test_another_towns_code_is_told_apart() -> None:
    with pytest.raises(OtherTownsCode):
        parse_shown(SHOWN.payload(TownKey("11111111")).encode(), TOWN)


def test_no_code_can_slip_into_a_log() -> None:
    assert "83025591" not in repr(parse_typed("471183025591"))
    assert "0123" not in repr(SHOWN)
