"""The Belgian register's files and signatures, as old and new cards have them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from devices.cards import belgian
from devices.cards.certificates import Certificate
from devices.cards.errors import Malformed
from devices.cards.passive import Finding, Trust
from tests.devices.cards.issuing import NOW, Hand, Signer, certificate, name, rsa_key
from tests.devices.cards.national import BELGIAN_ADDRESS, Register, belgian_identity, row

BELGIUM = Register.new("BE", Hand.RSA)
TRUST = Trust([Certificate.parse(BELGIUM.root_certificate)])
IDENTITY = belgian_identity()


@dataclass(frozen=True)
class Held(Signer):
    """A signer with a key of another kind than our countries have."""

    public: bytes = b""

    @property
    def spki(self) -> bytes:
        return self.public


def register(public: bytes) -> bytes:
    return certificate(name("BE", "RRN"), Held(Hand.ECDSA, public=public), BELGIUM.name, BELGIUM.root)


def test_a_card_of_the_first_years_signed_with_a_short_key_and_sha1_is_still_believed() -> None:
    key = rsa_key(30, 1024)
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    signature = key.sign(IDENTITY, padding.PKCS1v15(), hashes.SHA1())
    assert belgian.verdict(IDENTITY, signature, register(public), TRUST, NOW).signed
    assert belgian.verdict(IDENTITY, signature + bytes(20), register(public), TRUST, NOW).signed
    other = belgian.verdict(IDENTITY + row(0x20, ""), signature, register(public), TRUST, NOW)
    assert other.finding is Finding.SIGNATURE_WRONG


def test_a_new_card_signed_on_a_curve_is_believed_with_zeros_after_its_signature() -> None:
    key = ec.generate_private_key(ec.SECP384R1())
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    signature = key.sign(IDENTITY, ec.ECDSA(hashes.SHA384()))
    for written in (signature, signature + bytes(10)):
        assert belgian.verdict(IDENTITY, written, register(public), TRUST, NOW).signed
    other = belgian.verdict(IDENTITY[:-1], signature, register(public), TRUST, NOW)
    assert other.finding is Finding.SIGNATURE_WRONG


def test_an_address_is_tied_to_the_identity_beside_it() -> None:
    ours, another = (BELGIUM.signer.sign(IDENTITY + extra) for extra in (b"", row(0x20, "")))
    signature = BELGIUM.signer.sign(belgian.signed_address(BELGIAN_ADDRESS, ours))
    for beside, signed in ((ours, True), (another, False)):
        said = belgian.signed_address(BELGIAN_ADDRESS, beside)
        assert belgian.verdict(said, signature, BELGIUM.signer_certificate, TRUST, NOW).signed is signed


@pytest.mark.parametrize(
    ("written", "born"),
    [
        ("01 JANV 1971", date(1971, 1, 1)),
        ("17 MAAR 1985", date(1985, 3, 17)),
        ("17 MÄR  1985", date(1985, 3, 17)),
        (" 2 JUIL 2001", date(2001, 7, 2)),
        ("02.JUN 2001", date(2001, 6, 2)),
        ("31 DEZ. 1999", date(1999, 12, 31)),
        ("29 FEV 2000", date(2000, 2, 29)),
        ("1949", None),
    ],
)
def test_birth_dates_are_written_in_three_languages(written: str, born: date | None) -> None:
    assert belgian.identity(belgian_identity(birth=written)).birth_date == born


@pytest.mark.parametrize("written", ["30 FEV 2000", "01 XYZ 1971", "", "JANV 1971"])
def test_a_birth_date_that_is_none_is_refused(written: str) -> None:
    with pytest.raises(Malformed):
        belgian.identity(belgian_identity(birth=written))


def test_a_row_longer_than_a_hundred_and_twenty_seven_bytes_has_a_length_of_two() -> None:
    assert belgian.fields(b"\x07\x81\x02" + b"A" * 130) == {7: b"A" * 130}
