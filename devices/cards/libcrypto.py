"""The few calls into the system's libcrypto that Python's own libraries do not offer: points, and powers of numbers.

Nothing is computed here. The functions used are those OpenSSL 1.1 and 3 both export. Every computation runs in a
`Scratch` that wipes and frees its numbers when it ends, and leaves OpenSSL's error queue, which Python's `ssl` shares,
as clean as it found it.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import functools
from typing import TYPE_CHECKING, Self

from devices.cards.errors import Deceived, Unsupported

if TYPE_CHECKING:
    from types import TracebackType

_P = ctypes.c_void_p
_I = ctypes.c_int
_Z = ctypes.c_size_t
_S = ctypes.c_char_p
CONSTANT_TIME = 0x04  # BN_FLG_CONSTTIME

_SIGNATURES: dict[str, tuple[object, tuple[object, ...]]] = {
    "BN_CTX_new": (_P, ()),
    "BN_CTX_free": (None, (_P,)),
    "BN_new": (_P, ()),
    "BN_clear_free": (None, (_P,)),
    "BN_bin2bn": (_P, (_S, _I, _P)),
    "BN_bn2binpad": (_I, (_P, _S, _I)),
    "BN_num_bits": (_I, (_P,)),
    "BN_set_flags": (None, (_P, _I)),
    "BN_mod_exp_mont_consttime": (_I, (_P, _P, _P, _P, _P, _P)),
    "BN_mod_mul": (_I, (_P, _P, _P, _P, _P)),
    "BN_mod_add": (_I, (_P, _P, _P, _P, _P)),
    "BN_mod_sub": (_I, (_P, _P, _P, _P, _P)),
    "OBJ_txt2nid": (_I, (_S,)),
    "EC_GROUP_new_by_curve_name": (_P, (_I,)),
    "EC_GROUP_get_curve": (_I, (_P, _P, _P, _P, _P)),
    "EC_GROUP_get0_order": (_P, (_P,)),
    "EC_GROUP_get0_generator": (_P, (_P,)),
    "EC_POINT_new": (_P, (_P,)),
    "EC_POINT_clear_free": (None, (_P,)),
    "EC_POINT_oct2point": (_I, (_P, _P, _S, _Z, _P)),
    "EC_POINT_point2oct": (_Z, (_P, _P, _I, _S, _Z, _P)),
    "EC_POINT_mul": (_I, (_P, _P, _P, _P, _P, _P)),
    "EC_POINT_add": (_I, (_P, _P, _P, _P, _P)),
    "EC_POINT_is_on_curve": (_I, (_P, _P, _P)),
    "EC_POINT_is_at_infinity": (_I, (_P, _P)),
    "EC_KEY_new": (_P, ()),
    "EC_KEY_free": (None, (_P,)),
    "EC_KEY_set_group": (_I, (_P, _P)),
    "EC_KEY_set_public_key": (_I, (_P, _P)),
    "ECDSA_verify": (_I, (_I, _S, _I, _S, _I, _P)),
    "ERR_clear_error": (None, ()),
}


@functools.cache
def library() -> ctypes.CDLL:
    """The system's libcrypto, its functions typed.

    Raises:
        Unsupported: there is none, or it lacks a function.
    """
    try:
        try:
            loaded = ctypes.CDLL("libcrypto.so.3")
        except OSError:
            loaded = ctypes.CDLL(ctypes.util.find_library("crypto") or "libcrypto.so")
        for name, (result, arguments) in _SIGNATURES.items():
            function = getattr(loaded, name)
            function.restype = result
            function.argtypes = arguments
    except (OSError, AttributeError) as missing:
        raise Unsupported("libcrypto") from missing
    return loaded


class Scratch:
    """Numbers and points of one computation; wiped and freed on leaving."""

    def __init__(self) -> None:
        self.lib = library()
        self._numbers: list[int] = []
        self._points: list[int] = []
        self._keys: list[int] = []
        self.context: int = 0

    def __enter__(self) -> Self:
        self.context = self.lib.BN_CTX_new()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, at: TracebackType | None
    ) -> None:
        for key in self._keys:
            self.lib.EC_KEY_free(key)
        for point in self._points:
            self.lib.EC_POINT_clear_free(point)
        for number in self._numbers:
            self.lib.BN_clear_free(number)
        self.lib.BN_CTX_free(self.context)
        self.lib.ERR_clear_error()

    def number(self, value: int = 0) -> int:
        """A fresh number, handled in constant time where libcrypto can."""
        octets = value.to_bytes((value.bit_length() + 7) // 8, "big")
        made = self.lib.BN_bin2bn(octets, len(octets), None)
        if not made:
            raise MemoryError
        self._numbers.append(made)
        self.lib.BN_set_flags(made, CONSTANT_TIME)
        return int(made)

    def point(self, group: int) -> int:
        """A fresh point of the group."""
        made = self.lib.EC_POINT_new(group)
        if not made:
            raise MemoryError
        self._points.append(made)
        return int(made)

    def key(self) -> int:
        """A fresh, empty key."""
        made = self.lib.EC_KEY_new()
        if not made:
            raise MemoryError
        self._keys.append(made)
        return int(made)

    def worked(self, result: int) -> None:
        """Pass if libcrypto did what it was asked.

        Raises:
            Deceived: it would not compute with these numbers, which only a card can have brought.
        """
        if result != 1:
            raise Deceived("key agreement", "numbers that cannot be computed with")

    def value(self, number: int) -> int:
        """What the number is."""
        size = (int(self.lib.BN_num_bits(number)) + 7) // 8
        octets = ctypes.create_string_buffer(size or 1)
        self.lib.BN_bn2binpad(number, octets, size)
        return int.from_bytes(octets.raw[:size], "big")


class Residues:
    """Arithmetic modulo one odd number, all of it libcrypto's."""

    def __init__(self, modulus: int) -> None:
        self.modulus = modulus

    def power(self, of: int, exponent: int) -> int:
        """`of` to the power of `exponent`, in constant time."""
        with Scratch() as scratch:
            out = scratch.number()
            numbers = (scratch.number(of % self.modulus), scratch.number(exponent), scratch.number(self.modulus))
            scratch.worked(scratch.lib.BN_mod_exp_mont_consttime(out, *numbers, scratch.context, None))
            return scratch.value(out)

    def times(self, one: int, other: int) -> int:
        """Their product."""
        return self._two("BN_mod_mul", one, other)

    def plus(self, one: int, other: int) -> int:
        """Their sum."""
        return self._two("BN_mod_add", one, other)

    def minus(self, one: int, other: int) -> int:
        """Their difference."""
        return self._two("BN_mod_sub", one, other)

    def inverse(self, of: int) -> int:
        """One over `of`, for a prime modulus (Fermat)."""
        return self.power(of, self.modulus - 2)

    def _two(self, function: str, one: int, other: int) -> int:
        with Scratch() as scratch:
            out = scratch.number()
            numbers = (scratch.number(one), scratch.number(other), scratch.number(self.modulus))
            scratch.worked(getattr(scratch.lib, function)(out, *numbers, scratch.context))
            return scratch.value(out)
