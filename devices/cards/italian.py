"""The Italian identity card (CIE 3.0) unopened: the number that it tells every service, and the proof of its chip.

The state signs that number (NIS) and the chip's public key in a security object like a passport's, whose files are
numbered A1 and A5; the chip signs a challenge with that key.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Final

from devices.cards import passive, public_keys, tlv
from devices.cards.apdu import SHORT_LE, CommandApdu
from devices.cards.errors import CardError, LinkFailed, Malformed, Unsupported
from devices.cards.libcrypto import Residues
from devices.cards.passive import Finding
from devices.cards.proof import ChipProof
from devices.cards.public_keys import RsaKey

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from devices.cards.apdu import Link
    from devices.cards.passive import Trust, Verdict

PART: Final = "CIE number"
NUMBER_FILE, KEY_FILE = 0xA1, 0xA5
NUMBER_SIZE: Final = 12
_CHALLENGE: Final = 16
_USE_SERVICES_KEY: Final = CommandApdu(0x00, 0x22, 0x41, 0xA4, bytes.fromhex("800102840183"))


def number(raw: bytes) -> str:
    """The number in its file, twelve digits.

    Raises:
        Malformed: it is none.
    """
    written = raw[:NUMBER_SIZE]
    if len(written) != NUMBER_SIZE or not written.isdigit() or raw[NUMBER_SIZE:].strip(b"\0"):
        raise Malformed(PART, "is not twelve digits")
    return written.decode("ascii")


def key(raw: bytes) -> RsaKey:
    """The chip's public key in its file: modulus and exponent.

    Raises:
        Malformed, Unsupported: it is none, or of a size that is not to be trusted.
    """
    spki = tlv.encode(
        0x30,
        tlv.encode(0x30, tlv.encode(0x06, tlv.oid_bytes(public_keys.RSA[0])) + b"\x05\x00")
        + tlv.encode(0x03, b"\0" + raw),
    )
    found = public_keys.parse(spki)
    if not isinstance(found, RsaKey):
        raise Unsupported("the key of a CIE")
    return found


def judged(files: Mapping[str, bytes], trust: Trust, at: datetime) -> tuple[str, Verdict]:
    """The number, and whether the state signed it and the chip's key; `files` are "number", "key" and "signed".

    Raises:
        Malformed: the number is none.
    """
    signed = {NUMBER_FILE: files["number"], KEY_FILE: files["key"]}
    return number(files["number"]), passive.authenticate(files["signed"], signed, trust, at)


def chip_proof(link: Link, key_file: bytes, verdict: Verdict, random: Callable[[int], bytes]) -> ChipProof:
    """Whether the chip holds the secret of its signed key."""
    if verdict.finding is not Finding.SIGNED:
        return ChipProof.NOT_TRIED
    try:
        public = key(key_file)
        if not link.exchange(_USE_SERVICES_KEY).ok:
            return ChipProof.FAILED
        challenge = random(_CHALLENGE)
        answer = link.exchange(CommandApdu(0x00, 0x88, 0x00, 0x00, challenge, SHORT_LE))
        genuine = answer.ok and _opens_to(public, answer.data, challenge)
    except LinkFailed:
        raise
    except Unsupported:
        return ChipProof.UNSUPPORTED
    except CardError:
        return ChipProof.FAILED
    return ChipProof.ACTIVE_AUTHENTICATION if genuine else ChipProof.FAILED


def _opens_to(public: RsaKey, signature: bytes, challenge: bytes) -> bool:
    """Whether the signature is over the challenge itself, filled up as PKCS #1 does it (RFC 8017, 9.2, step 4)."""
    size = (public.modulus.bit_length() + 7) // 8
    opened = int.from_bytes(signature, "big")
    if len(signature) != size or not 0 < opened < public.modulus:
        return False
    text = Residues(public.modulus).power(opened, public.exponent).to_bytes(size, "big")
    filled = b"\x00\x01" + b"\xff" * (size - 3 - len(challenge)) + b"\x00" + challenge
    return hmac.compare_digest(text, filled)
