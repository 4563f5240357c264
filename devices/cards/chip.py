"""Whether the chip is the one that was issued: chip authentication and active authentication (ICAO 9303-11 section 6).

Both ask for a secret that cannot be read out of a chip, so a copy of the data on another chip fails here.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

from devices.cards import public_keys, tlv
from devices.cards.apdu import LONGEST_LE, SHORT_LE, CommandApdu, ResponseApdu
from devices.cards.ciphers import Suite
from devices.cards.errors import Deceived, Malformed, Refused, Unsupported
from devices.cards.files import SHORT_CHUNK, WRONG_LENGTH
from devices.cards.libcrypto import Residues
from devices.cards.pace import secret_scalar
from devices.cards.public_keys import DhKey, EcKey, RsaKey
from devices.cards.secure_messaging import SecureChannel, SessionKeys

if TYPE_CHECKING:
    from collections.abc import Callable

    from devices.cards.apdu import Link
    from devices.cards.security_infos import ChipKey, SecurityInfos

CHIP_STEP = "chip authentication"
ACTIVE_STEP = "active authentication"
DG14 = b"\x01\x0e"
_TRAILERS = {0x33: "sha1", 0x34: "sha256", 0x35: "sha512", 0x36: "sha384", 0x38: "sha224"}
_PLAIN_ECDSA = "0.4.0.127.0.7.1.1.4.1."
_PLAIN_DIGESTS = {"1": "sha1", "2": "sha224", "3": "sha256", "4": "sha384", "5": "sha512"}


def authenticate_chip(channel: SecureChannel, infos: SecurityInfos, random: Callable[[int], bytes]) -> SecureChannel:
    """The new session that only the genuine chip can hold, already tried out (chip authentication version 1, 6.2).

    `infos` must come from an EF.DG14 that passed passive authentication, or nothing is proven.

    Raises:
        Unsupported: the chip offers none, or none that this library speaks.
        Refused: the chip refused a step.
        Deceived: the chip does not hold the secret of its signed key.
    """
    chosen, suite, protocol = _chosen(infos)
    key = public_keys.parse(chosen.spki)
    if isinstance(key, RsaKey):
        raise Unsupported("RSA key for chip authentication")
    group, theirs = (key.curve, key.point) if isinstance(key, EcKey) else (key.group, key.element)
    ours = secret_scalar(group, random)
    our_key = group.power(ours)
    key_id = b"" if chosen.key_id is None else tlv.encode(0x84, _octets(chosen.key_id))
    if suite is Suite.TDES:
        _done(channel.exchange(CommandApdu(0x00, 0x22, 0x41, 0xA6, tlv.encode(0x91, our_key) + key_id)))
    else:
        reference = tlv.encode(0x80, tlv.oid_bytes(protocol)) + key_id
        _done(channel.exchange(CommandApdu(0x00, 0x22, 0x41, 0xA4, reference)))
        data = tlv.encode(0x7C, tlv.encode(0x80, our_key))
        _done(channel.exchange(CommandApdu(0x00, 0x86, 0x00, 0x00, data, SHORT_LE)))
    secret = group.secret(group.power(ours, theirs))
    fresh = SecureChannel(channel.link, SessionKeys.derived(suite, secret))
    # implicit: the proof is that the chip answers in the new session
    _done(fresh.exchange(CommandApdu(0x00, 0xA4, 0x02, 0x0C, DG14)))
    return fresh


def authenticate_actively(link: Link, dg15: bytes, infos: SecurityInfos | None, random: Callable[[int], bytes]) -> bool:
    """Whether the chip signs our challenge with the secret of its key in EF.DG15 (6.1).

    `dg15` must have passed passive authentication, or nothing is proven; `infos` are those of EF.DG14, if there is one.

    Raises:
        Refused: the chip refused.
        Malformed, Unsupported, Deceived: its key is broken, or of a kind this library does not speak.
    """
    key = public_keys.parse(tlv.only(dg15, 0x6F, "EF.DG15"))
    challenge = random(8)
    size = (key.modulus.bit_length() + 7) // 8 if isinstance(key, RsaKey) else SHORT_CHUNK
    command = CommandApdu(0x00, 0x88, 0x00, 0x00, challenge, SHORT_LE if size <= SHORT_CHUNK else LONGEST_LE)
    answer = link.exchange(command)
    if answer.sw == WRONG_LENGTH and size > SHORT_CHUNK:
        answer = link.exchange(CommandApdu(0x00, 0x88, 0x00, 0x00, challenge, SHORT_LE))
    if not answer.ok:
        raise Refused(ACTIVE_STEP, answer.sw)
    match key:
        case RsaKey():
            return recovers(key, challenge, answer.data)
        case EcKey():
            return _ecdsa(key, challenge, answer.data, infos.active_signature if infos else None)
        case DhKey():
            raise Unsupported("DH key for active authentication")


def recovers(key: RsaKey, challenge: bytes, signature: bytes) -> bool:
    """Whether the signature with message recovery is over the challenge (ISO/IEC 9796-2, scheme 1; 9303-11, 6.1)."""
    size = (key.modulus.bit_length() + 7) // 8
    number = int.from_bytes(signature, "big")
    if len(signature) != size or not 0 < number < key.modulus:
        return False
    opened = Residues(key.modulus).power(number, key.exponent)
    if opened & 0x0F != 0x0C:  # of a signature and its negative, the smaller may have been sent
        opened = key.modulus - opened
    text = opened.to_bytes(size, "big")
    if text[-1] == 0xBC:
        digest, tail = "sha1", 1
    elif text[-1] == 0xCC and text[-2] in _TRAILERS:
        digest, tail = _TRAILERS[text[-2]], 2
    else:
        return False
    length = hashlib.new(digest).digest_size
    if text[0] != 0x6A or len(text) < 1 + length + tail:
        return False
    recovered, claimed = text[1 : -length - tail], text[-length - tail : -tail]
    return hmac.compare_digest(hashlib.new(digest, recovered + challenge).digest(), claimed)


def _ecdsa(key: EcKey, challenge: bytes, signature: bytes, algorithm: str | None) -> bool:
    digest = "sha256" if key.curve.bits <= 256 else "sha384" if key.curve.bits <= 384 else "sha512"
    if algorithm is not None:
        named = _PLAIN_DIGESTS.get(algorithm.removeprefix(_PLAIN_ECDSA))
        if named is None:
            raise Unsupported(f"active authentication {algorithm}")
        digest = named
    half = (key.curve.order.bit_length() + 7) // 8
    if len(signature) == 2 * half:  # plain r and s, as TR-03111 has it; the curves' own library wants DER
        numbers = (int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big"))
        signature = tlv.encode(0x30, b"".join(tlv.encode(0x02, _octets(number, signed=True)) for number in numbers))
    return key.curve.verifies(key.point, hashlib.new(digest, challenge).digest(), signature)


def _chosen(infos: SecurityInfos) -> tuple[ChipKey, Suite, str]:
    """The strongest offer whose key is there; a key without an offer means Triple DES (9303-11, 9.2.5)."""
    offers: list[tuple[ChipKey, Suite, str]] = []
    for choice in infos.chip:
        for key in infos.keys:
            same_family = choice.protocol.split(".")[-2] == key.protocol.split(".")[-1]
            if same_family and choice.version == 1 and choice.key_id == key.key_id:
                offers.append((key, choice.suite(), choice.protocol))
    if not infos.chip:
        offers = [(key, Suite.TDES, "") for key in infos.keys]
    if not offers:
        raise Unsupported("chip authentication")
    return max(offers, key=lambda offer: offer[1].key_size + offer[1].block)


def _octets(number: int, *, signed: bool = False) -> bytes:
    if number < 0:
        raise Malformed(CHIP_STEP, "negative number")
    return number.to_bytes(number.bit_length() // 8 + 1 if signed else max(1, (number.bit_length() + 7) // 8), "big")


def _done(answer: ResponseApdu) -> None:
    if not answer.ok:
        raise Refused(CHIP_STEP, answer.sw)


def static_key(infos: SecurityInfos, group: object) -> bytes:
    """The chip's signed key of this group, to which chip authentication mapping is compared.

    Raises:
        Deceived: there is none, or one that is there is not in its group.
        Malformed, Unsupported: one that is there does not decode.
    """
    for key in infos.keys:
        parsed = public_keys.parse(key.spki)
        if isinstance(parsed, EcKey) and parsed.curve == group:
            return parsed.point
    raise Deceived(CHIP_STEP, "no signed key of the session's group")
