"""Public keys of chips and of issuers, and the signatures they verify (RFC 3279, RFC 5480, TR-03110-3 A.4).

A key on a curve whose parameters are spelled out, as a fifth of all issuers write it, is a key on the named curve that
has exactly these parameters, or none at all.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from devices.cards import curves, tlv
from devices.cards.curves import Curve
from devices.cards.errors import Deceived, Malformed, Unsupported
from devices.cards.modp import DhGroup
from devices.cards.security_infos import standardised

PART = "public key"
RSA = ("1.2.840.113549.1.1.1", "1.2.840.113549.1.1.10")
EC = "1.2.840.10045.2.1"
PRIME_FIELD = "1.2.840.10045.1.1"
DH_PKCS3 = "1.2.840.113549.1.3.1"
DH_X942 = "1.2.840.10046.2.1"
STANDARDISED = "0.4.0.127.0.7.1.2"
LARGEST_MODULUS = 8192
SMALLEST_MODULUS = 1024
SEQUENCE, INTEGER, BITS, OCTETS, OID = 0x30, 0x02, 0x03, 0x04, 0x06


@dataclass(frozen=True, slots=True)
class RsaKey:
    """Modulus and exponent."""

    modulus: int = field(repr=False)
    exponent: int


@dataclass(frozen=True, slots=True)
class EcKey:
    """A point, checked to be on its curve."""

    curve: Curve
    point: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class DhKey:
    """An element, checked to be in its group."""

    group: DhGroup
    element: bytes = field(repr=False)


PublicKey: TypeAlias = RsaKey | EcKey | DhKey


class Kind(Enum):
    """Families of signatures."""

    RSA_PKCS1 = "rsassa_pkcs1v15"
    RSA_PSS = "rsassa_pss"
    ECDSA = "ecdsa"


@dataclass(frozen=True, slots=True)
class Scheme:
    """How something was signed; `mask` and `salt` belong to RSA-PSS."""

    kind: Kind
    digest: str
    mask: str = ""
    salt: int = 0


HASHES: dict[str, type[hashes.HashAlgorithm]] = {
    "sha1": hashes.SHA1,
    "sha224": hashes.SHA224,
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}


def parse(spki: bytes) -> PublicKey:
    """The key in a SubjectPublicKeyInfo.

    Raises:
        Malformed: it does not decode.
        Unsupported: an algorithm, group or size that no identity card should have.
        Deceived: the key is not in its group.
    """
    algorithm, bits = _children(tlv.only(spki, SEQUENCE, PART), (SEQUENCE, BITS))
    inside = algorithm.children()
    if not inside or inside[0].tag != OID or bits.value[:1] != b"\x00":
        raise Malformed(PART, "names no algorithm, or is no whole number of bytes")
    oid, parameters, key = tlv.oid_text(inside[0].value), inside[1:], bits.value[1:]
    if oid in RSA:
        return _rsa(key)
    if oid == STANDARDISED and parameters:
        group = standardised(_integer(parameters[0]))
        return EcKey(group, group.checked(key)) if isinstance(group, Curve) else _dh(group, key)
    if oid == EC and parameters:
        curve = _curve(parameters[0])
        return EcKey(curve, curve.checked(_uncompressed(key)))
    if oid in (DH_PKCS3, DH_X942) and parameters:
        return _dh(_dh_group(parameters[0], with_order=oid == DH_X942), key)
    raise Unsupported(f"public key {oid}")


def verifies(key: PublicKey, scheme: Scheme, text: bytes, signature: bytes) -> bool:
    """Whether the signature over `text` is the key's.

    Raises:
        Unsupported: a hash or a size that is not to be trusted, or a key that cannot sign so.
    """
    if scheme.digest not in HASHES or (scheme.kind is Kind.RSA_PSS and scheme.mask not in HASHES):
        raise Unsupported(f"hash {scheme.digest}")
    match key:
        case EcKey() if scheme.kind is Kind.ECDSA:
            return key.curve.verifies(key.point, hashlib.new(scheme.digest, text).digest(), signature)
        case RsaKey() if scheme.kind is not Kind.ECDSA:
            return _rsa_verifies(key, scheme, text, signature)
        case _:
            raise Unsupported("a signature that is not of the key's kind")


def _rsa_verifies(key: RsaKey, scheme: Scheme, text: bytes, signature: bytes) -> bool:
    digest = HASHES[scheme.digest]()
    filling: padding.AsymmetricPadding = padding.PKCS1v15()
    if scheme.kind is Kind.RSA_PSS:
        filling = padding.PSS(padding.MGF1(HASHES[scheme.mask]()), scheme.salt)
    try:
        rsa.RSAPublicNumbers(key.exponent, key.modulus).public_key().verify(signature, text, filling, digest)
    except InvalidSignature:
        return False
    except (ValueError, UnsupportedAlgorithm) as refused:
        raise Unsupported("RSA key or padding") from refused
    return True


def _rsa(key: bytes) -> RsaKey:
    n, e = _children(tlv.only(key, SEQUENCE, PART), (INTEGER, INTEGER))
    modulus, exponent = _integer(n), _integer(e)
    if not (SMALLEST_MODULUS <= modulus.bit_length() <= LARGEST_MODULUS and modulus & 1):
        raise Unsupported(f"RSA modulus of {modulus.bit_length()} bits")
    if not (exponent >= 3 and exponent & 1 and exponent.bit_length() <= 64):
        raise Unsupported("RSA exponent")
    return RsaKey(modulus, exponent)


def _dh_group(parameters: tlv.Tlv, *, with_order: bool) -> DhGroup:
    numbers = [_integer(element) for element in parameters.children()[: 3 if with_order else 2]]
    if parameters.tag != SEQUENCE or len(numbers) != (3 if with_order else 2):
        raise Malformed(PART, "group")
    p, g = numbers[:2]
    q = numbers[2] if with_order else 0
    if not (SMALLEST_MODULUS <= p.bit_length() <= LARGEST_MODULUS and p & 1 and 1 < g < p - 1 and q < p):
        raise Unsupported(f"group of {p.bit_length()} bits")
    return DhGroup("modp", p, g, q)


def _dh(group: DhGroup, key: bytes) -> DhKey:
    number = tlv.only(key, INTEGER, PART)
    return DhKey(group, group.checked(number))


def _curve(parameters: tlv.Tlv) -> Curve:
    if parameters.tag == OID:
        return curves.by_oid(tlv.oid_text(parameters.value))
    if parameters.tag != SEQUENCE:
        raise Unsupported("curve left to the reader")
    version, where, shape, base, order = _children(
        parameters.value, (INTEGER, SEQUENCE, SEQUENCE, OCTETS, INTEGER), more=True
    )
    kind, prime = _children(where.value, (OID, INTEGER))
    a, b = _children(shape.value, (OCTETS, OCTETS), more=True)
    if not 1 <= _integer(version) <= 3 or tlv.oid_text(kind.value) != PRIME_FIELD:
        raise Unsupported("curve over another field")
    n = _integer(order)
    for curve in curves.CURVES:
        numbers = curve.parameters
        # the generator may be compressed, so it is compared as a point of the candidate
        if numbers.n == n and _matches(curve, base.value):
            explicit = curves.Parameters(
                _integer(prime),
                int.from_bytes(a.value, "big"),
                int.from_bytes(b.value, "big"),
                numbers.x,
                numbers.y,
                n,
            )
            return curves.by_parameters(explicit)
    raise Unsupported("curve with parameters of its own")


def _matches(curve: Curve, base: bytes) -> bool:
    whole = curve.generator()
    compressed = bytes((2 + (whole[-1] & 1),)) + whole[1 : 1 + curve.size]
    return base in (whole, compressed)


def _uncompressed(key: bytes) -> bytes:
    if key[:1] in (b"\x02", b"\x03"):
        raise Unsupported("compressed point")
    return key


def _children(raw: bytes, tags: tuple[int, ...], *, more: bool = False) -> tuple[tlv.Tlv, ...]:
    elements = tlv.parse(raw)
    found = elements[: len(tags)]
    if tuple(element.tag for element in found) != tags or (len(elements) > len(tags) and not more):
        raise Malformed(PART, "other elements than expected")
    return found


def _integer(element: tlv.Tlv) -> int:
    if element.tag != INTEGER or not element.value or len(element.value) > LARGEST_MODULUS // 8 + 1:
        raise Malformed(PART, "a number is none")
    value = int.from_bytes(element.value, "big", signed=True)
    if value < 0:
        raise Deceived(PART, "negative number")
    return value
