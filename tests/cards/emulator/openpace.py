"""The modules `eac` and `chat` that the emulator's German card imports, over Debian's binary libeac3.

OpenPACE (libeac) has Python modules of its own, which Debian does not package. Only what that card calls is here; the
names are OpenPACE's, its functions are described in its headers `eac/eac.h`, `eac/pace.h`, `eac/ta.h` and `eac/ca.h`.
"""

from __future__ import annotations

import ctypes
from ctypes import CDLL, POINTER, Structure, c_char_p, c_int, c_size_t, c_ulong, c_void_p
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

PACE_MRZ, PACE_CAN, PACE_PIN, PACE_PUK = 1, 2, 3, 4
EAC_ID_PACE, EAC_ID_CA, EAC_ID_TA, EAC_ID_EAC = 0, 1, 2, 3

try:
    _eac = CDLL("libeac.so.3")
except OSError:
    raise ModuleNotFoundError("the package libeac3 is missing") from None
_crypto = CDLL("libcrypto.so.3")


class _Buffer(Structure):
    """BUF_MEM of OpenSSL."""

    _fields_ = (("length", c_size_t), ("data", c_void_p), ("capacity", c_size_t), ("flags", c_ulong))


_Buffers = POINTER(_Buffer)
_crypto.BUF_MEM_new.restype = _Buffers
_crypto.BUF_MEM_grow.argtypes = [_Buffers, c_size_t]
_crypto.BUF_MEM_free.argtypes = [_Buffers]
_crypto.ERR_get_error.restype = c_ulong


def _given(octets: bytes | None) -> Any:  # noqa: ANN401 - a pointer, or none
    if octets is None:
        return None
    buffer = _crypto.BUF_MEM_new()
    _crypto.BUF_MEM_grow(buffer, len(octets))
    ctypes.memmove(buffer.contents.data, bytes(octets), len(octets))
    return buffer


def _freed(buffer: Any) -> None:  # noqa: ANN401 - as above
    if buffer:
        _crypto.BUF_MEM_free(buffer)


def _taken(buffer: Any) -> bytes | None:  # noqa: ANN401 - as above
    if not buffer:
        return None
    octets = ctypes.string_at(buffer.contents.data, buffer.contents.length)
    _freed(buffer)
    return octets


def _function(name: str, result: Any, *arguments: Any) -> Callable[..., Any]:  # noqa: ANN401 - C types
    function = getattr(_eac, name)
    function.restype, function.argtypes = result, list(arguments)
    return function  # type: ignore[no-any-return]


def _makes(name: str) -> Callable[[int], bytes | None]:
    """A function that takes a context and gives octets."""
    function = _function(name, _Buffers, c_void_p)
    return lambda context: _taken(function(context))


def _takes(name: str) -> Callable[[int, bytes], int]:
    """A function that takes a context and octets and says whether it went well."""
    function = _function(name, c_int, c_void_p, _Buffers)

    def call(context: int, octets: bytes) -> int:
        buffer = _given(octets)
        outcome: int = function(context, buffer)
        _freed(buffer)
        return outcome

    return call


def _turns(name: str) -> Callable[[int, bytes], bytes | None]:
    """A function that takes a context and octets and gives octets."""
    function = _function(name, _Buffers, c_void_p, _Buffers)

    def call(context: int, octets: bytes) -> bytes | None:
        buffer = _given(octets)
        outcome = _taken(function(context, buffer))
        _freed(buffer)
        return outcome

    return call


EAC_init = _function("EAC_init", None)
EAC_CTX_new = _function("EAC_CTX_new", c_void_p)
EAC_CTX_clear_free = _function("EAC_CTX_clear_free", None, c_void_p)
EAC_CTX_set_encryption_ctx = _function("EAC_CTX_set_encryption_ctx", c_int, c_void_p, c_int)
EAC_increment_ssc = _function("EAC_increment_ssc", c_int, c_void_p)
CA_disable_passive_authentication = _function("CA_disable_passive_authentication", None, c_void_p)
TA_disable_checks = _function("TA_disable_checks", None, c_void_p)
PACE_STEP3C_derive_keys = _function("PACE_STEP3C_derive_keys", c_int, c_void_p)
PACE_SEC_clear_free = _function("PACE_SEC_clear_free", None, c_void_p)

_secret = _function("PACE_SEC_new", c_void_p, c_char_p, c_size_t, c_int)
_card_security = _function("EAC_CTX_init_ef_cardsecurity", c_int, c_char_p, c_size_t, c_void_p)
_card_access = _function("EAC_CTX_init_ef_cardaccess", c_int, c_char_p, c_size_t, c_void_p)
_trust = _function("EAC_CTX_init_ta", c_int, c_void_p, c_char_p, c_size_t, c_char_p, c_size_t)
_public_key = _function("CA_get_pubkey", _Buffers, c_void_p, c_char_p, c_size_t)
_set_key = _function("CA_set_key", c_int, c_void_p, c_char_p, c_size_t, c_char_p, c_size_t)
_import = _function("TA_STEP2_import_certificate", c_int, c_void_p, c_char_p, c_size_t)
_nonce = _function("PACE_STEP1_enc_nonce", _Buffers, c_void_p, c_void_p)
_compress = _function("EAC_Comp", _Buffers, c_void_p, c_int, _Buffers)
_derive = _function("CA_STEP5_derive_keys", c_int, c_void_p, _Buffers, POINTER(_Buffers), POINTER(_Buffers))
_verify = _function("TA_STEP6_verify", c_int, c_void_p, *([_Buffers] * 4))


def PACE_SEC_new(secret: bytes, kind: int) -> int:  # noqa: N802 - OpenPACE's name, as all below
    return _secret(secret, len(secret), kind)  # type: ignore[no-any-return]


def EAC_CTX_init_ef_cardsecurity(octets: bytes, context: int) -> int:  # noqa: N802
    return _card_security(octets, len(octets), context)  # type: ignore[no-any-return]


def EAC_CTX_init_ef_cardaccess(octets: bytes, context: int) -> int:  # noqa: N802
    return _card_access(octets, len(octets), context)  # type: ignore[no-any-return]


def EAC_CTX_init_ta(context: int, key: bytes | None, certificate: bytes | None) -> int:  # noqa: N802
    return _trust(context, key, len(key or b""), certificate, len(certificate or b""))  # type: ignore[no-any-return]


def CA_get_pubkey(context: int, card_security: bytes) -> bytes | None:  # noqa: N802
    return _taken(_public_key(context, card_security, len(card_security)))


def CA_set_key(context: int, key: bytes, public_key: bytes) -> int:  # noqa: N802
    return _set_key(context, key, len(key), public_key, len(public_key))  # type: ignore[no-any-return]


def TA_STEP2_import_certificate(context: int, certificate: bytes) -> int:  # noqa: N802
    return _import(context, certificate, len(certificate))  # type: ignore[no-any-return]


def PACE_STEP1_enc_nonce(context: int, secret: int) -> bytes | None:  # noqa: N802
    return _taken(_nonce(context, secret))


def EAC_Comp(context: int, identifier: int, public_key: bytes) -> bytes | None:  # noqa: N802
    buffer = _given(public_key)
    outcome = _taken(_compress(context, identifier, buffer))
    _freed(buffer)
    return outcome


def CA_STEP5_derive_keys(context: int, public_key: bytes) -> tuple[bytes | None, bytes | None]:  # noqa: N802
    buffer, nonce, token = _given(public_key), _Buffers(), _Buffers()
    well = _derive(context, buffer, ctypes.byref(nonce), ctypes.byref(token)) == 1
    _freed(buffer)
    return (_taken(nonce), _taken(token)) if well else (None, None)


def TA_STEP6_verify(  # noqa: N802
    context: int, public_key: bytes, card: bytes, auxiliary: bytes | None, signature: bytes
) -> int:
    buffers = [_given(each) for each in (public_key, card, auxiliary, signature)]
    outcome: int = _verify(context, *buffers)
    for buffer in buffers:
        _freed(buffer)
    return outcome


PACE_STEP3A_generate_mapping_data = _makes("PACE_STEP3A_generate_mapping_data")
_ephemeral_key = _makes("PACE_STEP3B_generate_ephemeral_key")
TA_STEP3_generate_ephemeral_key = _makes("TA_STEP3_generate_ephemeral_key")
TA_STEP4_get_nonce = _makes("TA_STEP4_get_nonce")
CA_STEP2_get_eph_pubkey = _makes("CA_STEP2_get_eph_pubkey")
PACE_STEP3A_map_generator = _takes("PACE_STEP3A_map_generator")
PACE_STEP3B_compute_shared_secret = _takes("PACE_STEP3B_compute_shared_secret")
PACE_STEP3D_verify_authentication_token = _takes("PACE_STEP3D_verify_authentication_token")
CA_STEP4_compute_shared_secret = _takes("CA_STEP4_compute_shared_secret")
PACE_STEP3D_compute_authentication_token = _turns("PACE_STEP3D_compute_authentication_token")
EAC_encrypt = _turns("EAC_encrypt")
EAC_decrypt = _turns("EAC_decrypt")
EAC_authenticate = _turns("EAC_authenticate")


def PACE_STEP3B_generate_ephemeral_key(context: int) -> bytes | None:  # noqa: N802
    """A key whose coordinate does not begin with a zero, over which its terminal authentication stumbles."""
    key = _ephemeral_key(context)
    while key is not None and key[1] == 0:
        key = _ephemeral_key(context)
    return key


def EAC_CTX_print_private(_context: int, _indent: int) -> str:  # noqa: N802
    return ""


def print_ossl_err() -> str:
    while _crypto.ERR_get_error():
        pass
    return ""


class PACE_SEC:  # noqa: N801 - as above
    """A secret of the card."""

    def __init__(self, secret: bytes, kind: int) -> None:
        self.sec = PACE_SEC_new(secret, kind)

    def __del__(self) -> None:
        PACE_SEC_clear_free(self.sec)


class EAC_CTX:  # noqa: N801 - as above
    """What one conversation with a terminal has come to."""

    def __init__(self) -> None:
        self.ctx = EAC_CTX_new()

    def __del__(self) -> None:
        EAC_CTX_clear_free(self.ctx)


class CHAT:
    """What a terminal may read."""

    def __init__(self, der: bytes) -> None:
        self.asn1_string = der


class CVC:
    """A terminal's certificate; the emulator asks for its holder's name (tag 5F20)."""

    def __init__(self, der: bytes) -> None:
        self.der = der

    def get_chr(self) -> bytes:
        start = self.der.index(b"\x5f\x20") + 2
        return self.der[start + 1 : start + 1 + self.der[start]]
