"""The named elliptic curves of identity cards, their arithmetic by libcrypto (RFC 5639, FIPS 186-4).

Points are their uncompressed bytes: 04, x, y. A point that came from a card is `checked` before anything else is done
with it. All these curves have cofactor one, so a point on the curve is a point of the group.
"""

from __future__ import annotations

import ctypes
import functools
from dataclasses import dataclass

from devices.cards import tlv
from devices.cards.errors import Deceived, Unsupported
from devices.cards.libcrypto import Residues, Scratch, library

UNCOMPRESSED = 4


@dataclass(frozen=True, slots=True)
class Parameters:
    """y² = x³ + ax + b modulo p; the generator's coordinates and its order."""

    p: int
    a: int
    b: int
    x: int
    y: int
    n: int


@dataclass(frozen=True, slots=True)
class Curve:
    """One named curve; `parameter_id` is its number among the standardised domain parameters (9303-11, table 5)."""

    name: str
    oid: str
    parameter_id: int

    @property
    def parameters(self) -> Parameters:
        """Its numbers, as libcrypto knows them."""
        return _parameters(self.name)

    @property
    def order(self) -> int:
        """How many points it has."""
        return self.parameters.n

    @property
    def size(self) -> int:
        """Bytes of a coordinate."""
        return (self.parameters.p.bit_length() + 7) // 8

    @property
    def bits(self) -> int:
        """Bits of the field."""
        return self.parameters.p.bit_length()

    def generator(self) -> bytes:
        """Its agreed generator."""
        numbers = self.parameters
        return self.point(numbers.x, numbers.y)

    def point(self, x: int, y: int) -> bytes:
        """The bytes of a point; whether it is on the curve is not looked at."""
        return b"\x04" + x.to_bytes(self.size, "big") + y.to_bytes(self.size, "big")

    def checked(self, raw: bytes) -> bytes:
        """`raw`, if it is a point of this curve other than infinity.

        Raises:
            Deceived: it is not.
        """
        with Scratch() as scratch:
            self._loaded(scratch, raw)
        return raw

    def power(self, scalar: int, element: bytes | None = None) -> bytes:
        """The point added to itself `scalar` times; the generator's without one.

        Raises:
            Deceived: the point is off the curve, or the result is infinity.
        """
        with Scratch() as scratch:
            group, out, number = _group(self.name), scratch.point(_group(self.name)), scratch.number(scalar)
            if element is None:
                scratch.worked(scratch.lib.EC_POINT_mul(group, out, number, None, None, scratch.context))
            else:
                point = self._loaded(scratch, element)
                scratch.worked(scratch.lib.EC_POINT_mul(group, out, None, point, number, scratch.context))
            return self._stored(scratch, out)

    def combine(self, one: bytes, other: bytes) -> bytes:
        """The sum of two points.

        Raises:
            Deceived: one is off the curve, or the sum is infinity.
        """
        with Scratch() as scratch:
            out = scratch.point(_group(self.name))
            points = self._loaded(scratch, one), self._loaded(scratch, other)
            scratch.worked(scratch.lib.EC_POINT_add(_group(self.name), out, *points, scratch.context))
            return self._stored(scratch, out)

    def secret(self, element: bytes) -> bytes:
        """The octets that two parties of a key agreement share: x."""
        return element[1 : 1 + self.size]

    def integrated(self, residue: int) -> bytes:
        """The point that a pseudo-random number maps to (9303-11, appendix B.2).

        Raises:
            Unsupported: the field does not lend itself to it (P-224).
            Deceived: the number maps to infinity.
        """
        numbers, field = self.parameters, Residues(self.parameters.p)
        p, a, b = numbers.p, numbers.a, numbers.b
        if p % 4 != 3:
            raise Unsupported(f"integrated mapping on {self.name}")
        t = residue % p
        alpha = field.minus(0, field.power(t, 2))
        squares = field.plus(alpha, field.times(alpha, alpha))
        x2 = field.times(field.minus(0, b), field.times(field.plus(1, squares), field.inverse(field.times(a, squares))))
        h2 = field.plus(field.plus(field.power(x2, 3), field.times(a, x2)), b)
        root = field.power(h2, p - 1 - (p + 1) // 4)
        if field.times(field.times(root, root), h2) == 1:
            return self.checked(self.point(x2, field.times(root, h2)))
        u = field.times(field.power(t, 3), h2)
        return self.checked(self.point(field.times(alpha, x2), field.times(root, u)))

    def token_element(self, element: bytes) -> bytes:
        """The public key as it stands in an authentication token (9303-11, 4.4.3.4.3)."""
        return tlv.encode(0x86, element)

    def verifies(self, public: bytes, digest: bytes, signature: bytes) -> bool:
        """Whether the DER-encoded ECDSA signature over `digest` is the key's.

        Raises:
            Deceived: the key is off the curve.
        """
        with Scratch() as scratch:
            key = scratch.key()
            scratch.lib.EC_KEY_set_group(key, _group(self.name))
            scratch.lib.EC_KEY_set_public_key(key, self._loaded(scratch, public))
            return bool(scratch.lib.ECDSA_verify(0, digest, len(digest), signature, len(signature), key) == 1)

    def _loaded(self, scratch: Scratch, raw: bytes) -> int:
        group, point = _group(self.name), scratch.point(_group(self.name))
        whole = len(raw) == 1 + 2 * self.size and raw[0] == UNCOMPRESSED
        if (
            not whole
            or scratch.lib.EC_POINT_oct2point(group, point, raw, len(raw), scratch.context) != 1
            or scratch.lib.EC_POINT_is_on_curve(group, point, scratch.context) != 1
            or scratch.lib.EC_POINT_is_at_infinity(group, point) == 1
        ):
            raise Deceived("key agreement", "point off the curve")
        return point

    def _stored(self, scratch: Scratch, point: int) -> bytes:
        octets = ctypes.create_string_buffer(1 + 2 * self.size)
        written = scratch.lib.EC_POINT_point2oct(
            _group(self.name), point, UNCOMPRESSED, octets, len(octets), scratch.context
        )
        if written != len(octets):
            raise Deceived("key agreement", "point at infinity")
        return octets.raw


CURVES: tuple[Curve, ...] = (
    Curve("prime192v1", "1.2.840.10045.3.1.1", 8),
    Curve("brainpoolP192r1", "1.3.36.3.3.2.8.1.1.3", 9),
    Curve("secp224r1", "1.3.132.0.33", 10),
    Curve("brainpoolP224r1", "1.3.36.3.3.2.8.1.1.5", 11),
    Curve("prime256v1", "1.2.840.10045.3.1.7", 12),
    Curve("brainpoolP256r1", "1.3.36.3.3.2.8.1.1.7", 13),
    Curve("brainpoolP320r1", "1.3.36.3.3.2.8.1.1.9", 14),
    Curve("secp384r1", "1.3.132.0.34", 15),
    Curve("brainpoolP384r1", "1.3.36.3.3.2.8.1.1.11", 16),
    Curve("brainpoolP512r1", "1.3.36.3.3.2.8.1.1.13", 17),
    Curve("secp521r1", "1.3.132.0.35", 18),
)


def by_oid(oid: str) -> Curve:
    """The curve with this object identifier.

    Raises:
        Unsupported: no curve of identity cards.
    """
    for curve in CURVES:
        if curve.oid == oid:
            return curve
    raise Unsupported(f"curve {oid}")


def by_parameters(explicit: Parameters) -> Curve:
    """The named curve that these explicit parameters spell out, every one of them compared.

    Raises:
        Unsupported: they are no named curve's, perhaps somebody's own invention.
    """
    for curve in CURVES:
        if curve.parameters == explicit:
            return curve
    raise Unsupported("curve with parameters of its own")


@functools.cache
def _group(name: str) -> int:
    # never freed: there are at most as many as there are curves
    lib = library()
    group = lib.EC_GROUP_new_by_curve_name(lib.OBJ_txt2nid(name.encode("ascii")))
    lib.ERR_clear_error()
    if not group:
        raise Unsupported(f"curve {name}")
    return int(group)


@functools.cache
def _parameters(name: str) -> Parameters:
    group = _group(name)
    with Scratch() as scratch:
        p, a, b = scratch.number(), scratch.number(), scratch.number()
        scratch.lib.EC_GROUP_get_curve(group, p, a, b, scratch.context)
        p_value = scratch.value(p)
        size = (p_value.bit_length() + 7) // 8
        octets = ctypes.create_string_buffer(1 + 2 * size)
        generator = scratch.lib.EC_GROUP_get0_generator(group)
        scratch.lib.EC_POINT_point2oct(group, generator, UNCOMPRESSED, octets, len(octets), scratch.context)
        x, y = octets.raw[1 : 1 + size], octets.raw[1 + size :]
        return Parameters(
            p=p_value,
            a=scratch.value(a),
            b=scratch.value(b),
            x=int.from_bytes(x, "big"),
            y=int.from_bytes(y, "big"),
            n=scratch.value(scratch.lib.EC_GROUP_get0_order(group)),
        )
