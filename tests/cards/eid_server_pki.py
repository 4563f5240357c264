"""The papers of an eID service for tests: a chain of card verifiable certificates, its description, and a TLS key.

The root bears the name of a test root that AusweisApp knows by heart, or it would refuse to be tried with; its key is
made here. Structures: TR-03110-3, appendix C (certificates); TR-03110-4, 2.2.6 (description).
"""

from __future__ import annotations

import hashlib
import ipaddress
import ssl
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from devices.cards import curves
from devices.cards.tlv import encode, oid_bytes

if TYPE_CHECKING:
    from pathlib import Path

ROOT: Final = b"DECVCAeIDCT00001"
_CURVE: Final = curves.by_oid("1.3.36.3.3.2.8.1.1.7")
"""brainpoolP256r1."""
_TA_ECDSA_SHA_256: Final = "0.4.0.127.0.7.2.2.2.2.3"
_TERMINAL: Final = "0.4.0.127.0.7.3.1.2.2"
"""id-AT."""
_DESCRIPTION: Final = "0.4.0.127.0.7.3.1.3.1"
_PLAIN_TEXT: Final = "0.4.0.127.0.7.3.1.3.1.1"

GIVEN_NAMES, FAMILY_NAME, BIRTH_DATE, ADDRESS = (1 << 8 + group - 1 for group in (4, 5, 8, 17))
CAN_ALLOWED: Final = 1 << 4
"""Bits of what a terminal may do (TR-03110-4, 2.2.3.2)."""
_ROOT_ROLE, _DOMESTIC_ROLE, _TERMINAL_ROLE = (0b11 << 38, 0b10 << 38, 0)


def template(rights: int, role: int = _TERMINAL_ROLE) -> bytes:
    """A certificate holder authorisation template (CHAT)."""
    body = encode(0x06, oid_bytes(_TERMINAL)) + encode(0x53, (role | rights).to_bytes(5, "big"))
    return encode(0x7F4C, body)


def point(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The public key, uncompressed."""
    numbers = key.public_key().public_numbers()
    return _CURVE.point(numbers.x, numbers.y)


def new_key() -> ec.EllipticCurvePrivateKey:
    """A key on the curve of all of them."""
    return ec.generate_private_key(ec.BrainpoolP256R1())


def signed(key: ec.EllipticCurvePrivateKey, message: bytes) -> bytes:
    """A plain signature, r and s one after the other."""
    r, s = decode_dss_signature(key.sign(message, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def _public(key: ec.EllipticCurvePrivateKey, *, whole: bool) -> bytes:
    body = encode(0x06, oid_bytes(_TA_ECDSA_SHA_256))
    if whole:
        numbers = _CURVE.parameters
        for tag, number in ((0x81, numbers.p), (0x82, numbers.a), (0x83, numbers.b)):
            body += encode(tag, number.to_bytes(32, "big"))
        body += encode(0x84, _CURVE.generator()) + encode(0x85, numbers.n.to_bytes(32, "big"))
    body += encode(0x86, point(key))
    return encode(0x7F49, body + (encode(0x87, b"\x01") if whole else b""))


def _day(day: date) -> bytes:
    return bytes(int(digit) for digit in day.strftime("%y%m%d"))


@dataclass(frozen=True)
class _Party:
    """Somebody in the chain: a reference (CAR or CHR) and a key."""

    name: bytes
    key: ec.EllipticCurvePrivateKey


def _certificate(authority: _Party, holder: _Party, chat: bytes, description: bytes | None = None) -> bytes:
    today = datetime.now(UTC).date()
    body = encode(0x5F29, b"\x00") + encode(0x42, authority.name)
    body += _public(holder.key, whole=authority is holder) + encode(0x5F20, holder.name) + chat
    body += encode(0x5F25, _day(today - timedelta(days=2))) + encode(0x5F24, _day(today + timedelta(days=60)))
    if description is not None:
        told = encode(0x06, oid_bytes(_DESCRIPTION)) + encode(0x80, hashlib.sha256(description).digest())
        body += encode(0x65, encode(0x73, told))
    body = encode(0x7F4E, body)
    return encode(0x7F21, body + encode(0x5F37, signed(authority.key, body)))


def _described(service: str, address: str, tls_certificate: bytes) -> bytes:
    """With explicit tags, each around a whole value."""
    terms = "Stadt Musterstadt\r\n\r\nZweck des Auslesevorgangs:\r\nAnmeldung am Bürgerterminal\r\n"
    parts = (
        (0xA1, encode(0x0C, b"Issuer of tests")),
        (0xA2, encode(0x13, b"https://issuer.invalid")),
        (0xA3, encode(0x0C, service.encode("utf-8"))),
        (0xA4, encode(0x13, address.encode("ascii"))),
        (0xA5, encode(0x0C, terms.encode("utf-8"))),
        (0xA7, encode(0x31, encode(0x04, hashlib.sha256(tls_certificate).digest()))),
    )
    return encode(0x30, encode(0x06, oid_bytes(_PLAIN_TEXT)) + b"".join(encode(tag, value) for tag, value in parts))


@dataclass(frozen=True)
class TlsKey:
    """A key for https on this machine, signed by nobody."""

    certificate: bytes
    context: ssl.SSLContext

    @classmethod
    def new(cls, folder: Path) -> Self:
        """Make one; `ssl` wants to read it from a file."""
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
        now = datetime.now(UTC)
        alternative = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=30))
            .add_extension(alternative, critical=False)
            .sign(key, hashes.SHA256())
        )
        file = folder / "tls.pem"
        file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return cls(certificate.public_bytes(serialization.Encoding.DER), context)


@dataclass(frozen=True)
class Papers:
    """What the service shows the client, and the root that a card of this country trusts."""

    root: bytes
    chain: tuple[bytes, ...]
    description: bytes
    key: ec.EllipticCurvePrivateKey

    @classmethod
    def new(cls, address: str, tls_certificate: bytes, rights: int) -> Self:
        """Root, domestic authority and the service's terminal, which may have no more than `rights`."""
        root, authority = _Party(ROOT, new_key()), _Party(b"DEDVTESTS00001", new_key())
        service = _Party(b"DEATTESTS00001", new_key())
        description = _described("Stadt Musterstadt", address, tls_certificate)
        chain = (
            _certificate(authority, service, template(rights), description),
            _certificate(root, authority, template(rights, _DOMESTIC_ROLE)),
        )
        own = _certificate(root, root, template(rights, _ROOT_ROLE))
        return cls(own, chain, description, service.key)
