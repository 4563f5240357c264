"""Order numbers, change codes, households and vouchers."""

from __future__ import annotations

from datetime import date

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from central_office.contract.bulky_codes import (
    ALPHABET,
    MOST_KIOSKS,
    MOST_ORDERS,
    Forged,
    Household,
    NotAnOrderNumber,
    OrderCode,
    OrderNumber,
    Voucher,
    change_code,
    household_key,
    kiosk_of,
    order_key,
    order_number,
    parse_order,
    parse_voucher,
    sign_voucher,
)
from central_office.contract.claims import Cost
from central_office.contract.letter_code import DamagedCode, NotOurCode, OtherTownsCode, TownKey

TOWN, OTHER = TownKey("08999001"), TownKey("08999002")
CHEAP = Cost(kib=8, passes=1)
NUMBERS = st.builds(OrderNumber, st.integers(0, MOST_KIOSKS - 1), st.integers(0, MOST_ORDERS - 1))
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OFFICE = KEY.public_key().public_bytes_raw()
VOUCHER = Voucher("0123456789abcdef", 2000, date(2027, 5, 21))


@given(NUMBERS)
def test_a_number_is_read_as_it_is_printed_and_as_it_is_typed(number: OrderNumber) -> None:
    assert order_number(str(number)) == number
    assert order_number(number.characters.lower()) == number
    assert order_number("-".join(number.characters)) == number


@given(NUMBERS, NUMBERS)
def test_two_orders_never_have_one_number(one: OrderNumber, other: OrderNumber) -> None:
    assert (one == other) == (one.characters == other.characters)


@given(NUMBERS, st.integers(0, 7), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_found(number: OrderNumber, place: int, wrong: str) -> None:
    text = number.characters
    if text[place] != wrong:
        with pytest.raises(NotAnOrderNumber):
            order_number(text[:place] + wrong + text[place + 1 :])


@given(NUMBERS, st.integers(0, 7), st.integers(0, 7))
def test_two_exchanged_characters_are_always_found(number: OrderNumber, one: int, other: int) -> None:
    text = list(number.characters)
    if text[one] != text[other]:
        text[one], text[other] = text[other], text[one]
        with pytest.raises(NotAnOrderNumber):
            order_number("".join(text))


@pytest.mark.parametrize("text", ["", "BW", "BW 2222", "0123 4567", "BW 2222 2222 2", "ÄÖÜ", "BW 2522 22KX"])
def test_what_is_no_number_is_told(text: str) -> None:
    with pytest.raises(NotAnOrderNumber):
        order_number(text)


def test_kiosks_beyond_the_number_and_strange_names_are_refused() -> None:
    assert kiosk_of("MS-03") == 3
    for name in ("MS-1024", "MS", "MS-x", ""):
        with pytest.raises(NotAnOrderNumber):
            kiosk_of(name)
    with pytest.raises(NotAnOrderNumber):
        OrderNumber(0, MOST_ORDERS)


@given(NUMBERS, st.binary(min_size=8, max_size=8))
def test_the_code_on_the_slip_is_read_again(number: OrderNumber, chance: bytes) -> None:
    code = OrderCode(number, change_code(chance))
    assert parse_order(code.payload(TOWN).encode(), TOWN) == code
    with pytest.raises(OtherTownsCode):
        parse_order(code.payload(OTHER).encode(), TOWN)


@pytest.mark.parametrize(
    ("payload", "kind"),
    [
        (b"https://example.org", NotOurCode),
        (b"\xff\xfe", NotOurCode),
        (b"BTO1:" + b"x" * 600, NotOurCode),
        (b"BTO1:08999001:BW:1", DamagedCode),
        (b"BTO1:08999001:252222KT:123456:AA", DamagedCode),
    ],
)
def test_strangers_codes_and_torn_slips_are_told_apart(payload: bytes, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        parse_order(payload, TOWN)


def test_number_and_code_belong_together() -> None:
    code = OrderCode(OrderNumber(3, 17), "471108")
    keys = {
        order_key(one, CHEAP)
        for one in (code, OrderCode(OrderNumber(3, 18), "471108"), OrderCode(OrderNumber(3, 17), "471109"))
    }
    assert len(keys) == 3
    assert order_key(code, CHEAP) == order_key(OrderCode(OrderNumber(3, 17), "471108"), CHEAP)
    assert "471108" not in repr(code)


def test_a_household_is_the_same_however_its_name_is_written() -> None:
    same = [
        ("Müller", "Lindenstraße", "14 a"),
        ("MUELLER", "linden strasse", "14A"),
        ("muller ", "Lindenstrasse", "14a"),
    ]
    assert len({household_key(Household(*one), CHEAP) for one in same}) == 1
    assert household_key(Household("Möller", "Lindenstraße", "14 a"), CHEAP) != household_key(
        Household(*same[0]), CHEAP
    )
    assert "Müller" not in repr(Household(*same[0]))


def test_a_voucher_is_checked_with_the_offices_public_key_alone() -> None:
    text = sign_voucher(VOUCHER, TOWN, KEY)
    assert parse_voucher(text.encode(), TOWN, OFFICE) == VOUCHER
    assert len(text) < 160


def test_a_voucher_with_more_litres_or_a_later_day_is_forged() -> None:
    head, town, _, signature = sign_voucher(VOUCHER, TOWN, KEY).split(":")
    for better in (Voucher(VOUCHER.id, 5000, VOUCHER.until), Voucher(VOUCHER.id, 2000, date(2030, 1, 1))):
        body = sign_voucher(better, TOWN, KEY).split(":")[2]
        with pytest.raises(Forged):
            parse_voucher(f"{head}:{town}:{body}:{signature}".encode(), TOWN, OFFICE)


def test_a_voucher_of_another_office_or_town_is_refused() -> None:
    stranger = Ed25519PrivateKey.from_private_bytes(bytes(32))
    with pytest.raises(Forged):
        parse_voucher(sign_voucher(VOUCHER, TOWN, stranger).encode(), TOWN, OFFICE)
    with pytest.raises(OtherTownsCode):
        parse_voucher(sign_voucher(VOUCHER, OTHER, KEY).encode(), TOWN, OFFICE)
    with pytest.raises(Forged):
        parse_voucher(sign_voucher(VOUCHER, TOWN, KEY).replace(OTHER, TOWN).encode(), TOWN, b"")


@given(st.text(alphabet="BTV1:08999001ABCDEFGHIJ234567=", max_size=180))
def test_no_text_breaks_the_reader_of_vouchers(text: str) -> None:
    with pytest.raises((NotOurCode, DamagedCode, OtherTownsCode, Forged)):
        parse_voucher(text.encode(), TOWN, OFFICE)


def test_change_codes_keep_their_leading_noughts() -> None:
    assert change_code(bytes(8)) == "000000"
    with pytest.raises(ValueError, match="eight random bytes"):
        change_code(b"short")
