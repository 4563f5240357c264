"""The daily digest: what every kiosk had told the office by the end of a UTC day, in canonical bytes, signed.

As a file it is two lines of ASCII: the digest as canonical JSON (sorted keys, no spaces), then
`ed25519 <public key> <signature>` in hexadecimal. The signature is over the bytes of the first line without its end.
Whoever has the public key can check it with any Ed25519 program; this module needs neither Django nor a database.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Annotated, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import Field, StringConstraints, ValidationError

from central_office.contract.base import Hex64, Message, Utc, Word

FIRST = "0" * 64
"""The `prev` of an office's first digest."""

_SECOND_LINE = re.compile(r"ed25519 ([0-9a-f]{64}) ([0-9a-f]{128})")


class LogPosition(Message):
    """How far a log of a kiosk had come: its last line's number and hash, as the kiosk chained them."""

    lines: Annotated[int, Field(ge=1)]
    head: Hex64


class ChainHead(Message):
    """How far one kiosk had come: command `seq` has `hash`; `first` is the oldest command that the office keeps.

    It says what the database says, be that a hash or not: whether it is one is for a verification to tell.
    """

    device: Annotated[str, StringConstraints(max_length=20)]
    db: Annotated[str, StringConstraints(max_length=36)]
    state: Annotated[str, StringConstraints(max_length=10)]
    first: Annotated[int, Field(ge=1)]
    seq: Annotated[int, Field(ge=1)]
    hash: Annotated[str, StringConstraints(max_length=64)]
    logs: dict[Word, LogPosition]


class Digest(Message):
    """One day of one town; `prev` is the SHA-256 of the digest before, `epoch` the life of the office's database."""

    what: Literal["daily digest of a central office"] = "daily digest of a central office"
    v: Literal[1] = 1
    town: Annotated[str, StringConstraints(pattern=r"^\d{8}$")]
    epoch: Annotated[str, StringConstraints(max_length=40)]
    day: date
    made_at: Utc
    prev: Hex64
    kiosks: tuple[ChainHead, ...]

    @property
    def canonical(self) -> str:
        """The text that is signed: sorted keys, no spaces, plain ASCII."""
        return json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"), ensure_ascii=True)


class NotADigest(ValueError):
    """This is no file of digests; the sentence says where it stops being one."""


@dataclass(frozen=True)
class Signed:
    """A digest's canonical text, with the public key and the signature, both in hexadecimal."""

    text: str
    key: str
    signature: str

    @property
    def sha256(self) -> str:
        """What the next digest calls its `prev`."""
        return sha256(self.text.encode()).hexdigest()

    @property
    def digest(self) -> Digest:
        """What is signed.

        Raises:
            NotADigest: the text is none, or not in its canonical form.
        """
        try:
            found = Digest.model_validate_json(self.text)
        except ValidationError:
            raise NotADigest("The text that is signed is no digest.") from None
        if found.canonical != self.text:
            raise NotADigest("The digest is not in its canonical form: somebody wrote it anew.")
        return found

    @property
    def sound(self) -> bool:
        """Whether the signature is that of the key it names."""
        try:
            Ed25519PublicKey.from_public_bytes(bytes.fromhex(self.key)).verify(
                bytes.fromhex(self.signature), self.text.encode()
            )
        except (InvalidSignature, ValueError):
            return False
        return True

    @property
    def file(self) -> str:
        """The two lines."""
        return f"{self.text}\ned25519 {self.key} {self.signature}\n"


def sign(digest: Digest, key: Ed25519PrivateKey) -> Signed:
    """Put the office's name under it."""
    text = digest.canonical
    return Signed(text, public(key), key.sign(text.encode("ascii")).hex())


def public(key: Ed25519PrivateKey) -> str:
    """The public key in hexadecimal."""
    return key.public_key().public_bytes_raw().hex()


def read(text: str) -> list[Signed]:
    """The digests of a file, in its order; nothing is checked but their form.

    Raises:
        NotADigest: a line is none, or one is missing.
    """
    lines = text.splitlines()
    if not lines:
        raise NotADigest("The file is empty.")
    found = []
    for number in range(0, len(lines), 2):
        second = _SECOND_LINE.fullmatch(lines[number + 1]) if number + 1 < len(lines) else None
        if second is None or not lines[number].isascii():
            raise NotADigest(f"Line {number + 2} is no signature: a digest is two lines, its text and `ed25519 ...`.")
        found.append(Signed(lines[number], second[1], second[2]))
    return found
