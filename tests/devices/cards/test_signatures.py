"""Certificates and signatures against the judgement of others."""

from __future__ import annotations

import hashlib

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from devices.cards import chip, public_keys
from devices.cards.certificates import Certificate
from devices.cards.curves import CURVES, Curve
from devices.cards.errors import CardError, Unsupported
from devices.cards.public_keys import EcKey, RsaKey
from tests.devices.cards.issuing import Country, Hand, Signer, ec_spki, rsa_key


@pytest.mark.parametrize("hand", [Hand.ECDSA, Hand.RSA, Hand.RSA_PSS])
def test_cryptography_finds_the_same_in_our_certificates(hand: Hand) -> None:
    country = Country.new(hand=hand)
    theirs = x509.load_der_x509_certificate(country.signer_certificate)
    ours = Certificate.parse(country.signer_certificate)
    assert ours.serial == theirs.serial_number
    assert ours.subject == theirs.subject.public_bytes()
    assert (ours.not_before, ours.not_after) == (theirs.not_valid_before_utc, theirs.not_valid_after_utc)
    assert ours.tbs == theirs.tbs_certificate_bytes
    assert ours.spki == theirs.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    theirs.verify_directly_issued_by(x509.load_der_x509_certificate(country.authority_certificate))
    assert Certificate.parse(country.authority_certificate).signed(ours)
    assert not ours.signed(ours)


def test_a_curve_spelled_out_is_recognised_where_cryptography_gives_up() -> None:
    explicit = Signer.new(Hand.ECDSA_EXPLICIT)
    key = public_keys.parse(explicit.spki)
    assert isinstance(key, EcKey)
    assert key.curve.name == "brainpoolP256r1"


@pytest.mark.parametrize("curve", CURVES, ids=lambda curve: curve.name)
def test_every_curve_named_or_spelled_out_is_the_same_key(curve: Curve) -> None:
    point = curve.power(12345)
    assert public_keys.parse(ec_spki(curve, point)) == public_keys.parse(ec_spki(curve, point, explicit=True))
    with pytest.raises(Unsupported):
        public_keys.parse(ec_spki(curve, point, explicit=True, invented=True))
    with pytest.raises(CardError):
        public_keys.parse(ec_spki(curve, point[:-1] + bytes((point[-1] ^ 1,))))


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("prime256v1", ec.SECP256R1()),
        ("secp384r1", ec.SECP384R1()),
        ("secp521r1", ec.SECP521R1()),
        ("brainpoolP256r1", ec.BrainpoolP256R1()),
        ("brainpoolP384r1", ec.BrainpoolP384R1()),
        ("brainpoolP512r1", ec.BrainpoolP512R1()),
    ],
)
def test_points_are_those_that_cryptography_computes(name: str, shape: ec.EllipticCurve) -> None:
    numbers = ec.derive_private_key(0xC0FFEE, shape).public_key().public_numbers()
    curve = next(curve for curve in CURVES if curve.name == name)
    assert curve.power(0xC0FFEE) == curve.point(numbers.x, numbers.y)


def test_the_worked_example_of_active_authentication() -> None:
    # 9303-11, appendix F.1: what the chip recovers, hashes and pads, here under a key of our own
    recovered = bytes.fromhex(
        "9D2784A67F8E7C659973EA1AEA25D95B6C8F91E5002F369F0FBDCE8A3CEC1991B543F1696546C5524CF23A5303CD6C98"
        "599F40B79F377B5F3A1406B3B4D8F96784D23AA88DB7E1032A405E69325FA91A6E86F5C71AEA978264C4A207446DAD4E"
        "7292E2DCDA3024B47DA8"
    )
    challenge = bytes.fromhex("F173589974BF40C6")
    digest = hashlib.sha1(recovered + challenge, usedforsecurity=False).digest()
    assert digest == bytes.fromhex("C063AA1E6D22FBD976AB0FE73D94D2D9C6D88127")
    text = int.from_bytes(b"\x6a" + recovered + digest + b"\xbc", "big")
    numbers = rsa_key(2, 1024).private_numbers()
    n = numbers.public_numbers.n
    key = RsaKey(n, numbers.public_numbers.e)
    opened = pow(text, numbers.d, n)
    for signature in (opened, n - opened):  # either of the two may be sent
        assert chip.recovers(key, challenge, signature.to_bytes(128, "big"))
    assert not chip.recovers(key, bytes(8), opened.to_bytes(128, "big"))
    assert not chip.recovers(key, challenge, bytes(128))
    assert not chip.recovers(key, challenge, n.to_bytes(128, "big"))
