"""The eight characters by which two people compare a kiosk's key: one at the kiosk, one at the console."""

from __future__ import annotations

from hashlib import sha256

from central_office.contract.enrolment_ticket import ALPHABET


def fingerprint(public_key: bytes) -> str:
    """`XXXX-XXXX`: the first 40 bits of the SHA-256 over the raw Ed25519 public key, in Crockford's base 32."""
    number = int.from_bytes(sha256(public_key).digest()[:5])
    text = "".join(ALPHABET[number >> (5 * place) & 31] for place in range(7, -1, -1))
    return f"{text[:4]}-{text[4:]}"
