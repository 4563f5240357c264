"""The block ciphers, MACs and key derivation of ICAO 9303-11 sections 9.7 and 9.8, over `cryptography`."""

from __future__ import annotations

import hashlib
from enum import Enum

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.cmac import CMAC

from devices.cards.errors import Malformed

MAC_SIZE = 8


class Suite(Enum):
    """A cipher with its MAC: two-key Triple DES with the retail MAC, or AES with CMAC."""

    TDES = (16, 8, "sha1")
    AES128 = (16, 16, "sha1")
    AES192 = (24, 16, "sha256")
    AES256 = (32, 16, "sha256")

    def __init__(self, key_size: int, block: int, digest: str) -> None:
        self.key_size = key_size
        self.block = block
        self.digest = digest

    def __repr__(self) -> str:
        return f"Suite.{self.name}"

    def derive(self, secret: bytes, counter: int) -> bytes:
        """KDF(secret, counter): 1 for encryption, 2 for the MAC, 3 for a password (9.7.1)."""
        return hashlib.new(self.digest, secret + counter.to_bytes(4, "big")).digest()[: self.key_size]

    def encrypt(self, key: bytes, iv: bytes, plain: bytes) -> bytes:
        """CBC over whole blocks, without padding."""
        encryptor = self._cbc(key, iv).encryptor()
        return encryptor.update(plain) + encryptor.finalize()

    def decrypt(self, key: bytes, iv: bytes, secret: bytes) -> bytes:
        """CBC over whole blocks, padding left on.

        Raises:
            Malformed: not whole blocks.
        """
        if len(secret) % self.block:
            raise Malformed("cryptogram", "is not made of whole blocks")
        decryptor = self._cbc(key, iv).decryptor()
        return decryptor.update(secret) + decryptor.finalize()

    def mac(self, key: bytes, padded: bytes) -> bytes:
        """Eight bytes of MAC; Triple DES wants `padded` in whole blocks, AES takes any length (9.8.6)."""
        if self is not Suite.TDES:
            cmac = CMAC(AES(key))
            cmac.update(padded)
            return cmac.finalize()[:MAC_SIZE]
        head, last = padded[:-8], padded[-8:]
        first = bytes(8)
        if head:  # single DES, as Triple DES with three times the same key
            encryptor = Cipher(TripleDES(key[:8] * 3), modes.CBC(bytes(8))).encryptor()
            first = (encryptor.update(head) + encryptor.finalize())[-8:]
        return self.encrypt(key, bytes(8), bytes(a ^ b for a, b in zip(first, last, strict=True)))

    def _cbc(self, key: bytes, iv: bytes) -> Cipher[modes.CBC]:
        if self is Suite.TDES:
            return Cipher(TripleDES(key + key[:8]), modes.CBC(iv))
        return Cipher(AES(key), modes.CBC(iv))


def pad(plain: bytes, block: int) -> bytes:
    """ISO/IEC 9797-1 padding method 2: 80 and zeros, always at least the 80."""
    return plain + b"\x80" + bytes(-(len(plain) + 1) % block)


def unpad(padded: bytes) -> bytes:
    """What was padded with method 2.

    Raises:
        Malformed: no padding there.
    """
    plain = padded.rstrip(b"\x00")
    if not plain.endswith(b"\x80"):
        raise Malformed("cryptogram", "has no padding")
    return plain[:-1]
