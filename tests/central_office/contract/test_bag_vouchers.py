"""Vouchers for free bags: signed by the office, checked without asking anybody."""

from __future__ import annotations

from datetime import date

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as some

from central_office.contract.bag_vouchers import BagVoucher, parse_bag_voucher, sign_bag_voucher
from central_office.contract.bulky_codes import Forged, Voucher, parse_voucher, sign_voucher
from central_office.contract.letter_code import DamagedCode, NotOurCode, OtherTownsCode, TownKey

TOWN, OTHER = TownKey("08999001"), TownKey("08999002")
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OFFICE = KEY.public_key().public_bytes_raw()
VOUCHER = BagVoucher("00112233445566ff", "nappy", 10, date(2027, 6, 30))
TEXT = sign_bag_voucher(VOUCHER, TOWN, KEY)


def test_a_voucher_says_how_many_of_what_and_until_when() -> None:
    assert parse_bag_voucher(TEXT.encode(), TOWN, OFFICE) == VOUCHER
    assert len(TEXT) < 200, "a small code is read from a hand that trembles"


def test_nobody_makes_ten_bags_of_one() -> None:
    head, town, body, signature = TEXT.split(":")
    more = sign_bag_voucher(BagVoucher(VOUCHER.id, "nappy", 99, VOUCHER.until), TOWN, Ed25519PrivateKey.generate())
    for text in (more, f"{head}:{town}:{body[:-1]}A:{signature}", TEXT.replace(TOWN, OTHER)):
        with pytest.raises((Forged, OtherTownsCode, DamagedCode)):
            parse_bag_voucher(text.encode(), TOWN, OFFICE)
    with pytest.raises(Forged):
        parse_bag_voucher(more.encode(), TOWN, OFFICE)
    with pytest.raises(Forged):
        parse_bag_voucher(TEXT.encode(), TOWN, b"")


def test_another_town_s_voucher_is_said_to_be_one() -> None:
    with pytest.raises(OtherTownsCode):
        parse_bag_voucher(sign_bag_voucher(VOUCHER, OTHER, KEY).encode(), TOWN, OFFICE)


def test_a_voucher_for_a_sofa_buys_no_bags_and_the_other_way_round() -> None:
    sofa = sign_voucher(Voucher(VOUCHER.id, 2000, VOUCHER.until), TOWN, KEY)
    for text in (sofa, sofa.replace("BTV1", "BTG1")):
        with pytest.raises((NotOurCode, Forged)):
            parse_bag_voucher(text.encode(), TOWN, OFFICE)
    with pytest.raises((NotOurCode, Forged)):
        parse_voucher(TEXT.replace("BTG1", "BTV1").encode(), TOWN, OFFICE)


@given(some.text(max_size=200) | some.binary(max_size=99).map(lambda raw: f"BTG1:{TOWN}:{raw.hex().upper()}:AAAA"))
def test_nonsense_is_no_voucher(text: str) -> None:
    with pytest.raises((NotOurCode, DamagedCode, OtherTownsCode, Forged)):
        parse_bag_voucher(text.encode(), TOWN, OFFICE)


@pytest.mark.parametrize(
    "said",
    [
        {"id": "00"},
        {"id": "00112233445566FF"},
        {"product": "Nappy"},
        {"product": ""},
        {"pieces": 0},
        {"pieces": 100},
        {"until": date(2019, 1, 1)},
        {"until": date(2999, 1, 1)},
    ],
)
def test_a_voucher_for_nothing_is_never_made(said: dict[str, object]) -> None:
    whole = {"id": VOUCHER.id, "product": "nappy", "pieces": 10, "until": VOUCHER.until} | said
    with pytest.raises(ValueError, match=r"voucher|hex"):
        BagVoucher(**whole)  # type: ignore[arg-type]
