"""The QR code in the town's letter: which town wrote it, and a random token of 128 bits.

Form: `BT1:<AGS, 8 digits>:<token, 26 characters>:<check, 2 characters>`, all from the alphanumeric set of
QR codes (ISO/IEC 18004, table 5), so the code stays at 29 modules. The token is base 32 without padding (RFC 4648,
section 6); the check is the first ten bits of the SHA-256 over what stands before it: it tells a damaged print
from a stranger's code. The token itself is the secret; nobody can guess it.
"""

from __future__ import annotations

import base64
from typing import NewType

from central_office.contract.values import value

TownKey = NewType("TownKey", str)
"""The town's official key (Amtlicher Gemeindeschlüssel), eight digits."""

MAX_PAYLOAD = 512
"""A reader hands over no more bytes than this; a longer code is a stranger's."""

TOKEN_BYTES = 16
_PREFIX = "BT1"
_TOKEN_CHARACTERS = 26
_CHECK_CHARACTERS = 2


class NotOurCode(ValueError):
    """The code was read well, but no town's letter carries such a one."""


class DamagedCode(ValueError):
    """The code begins like a letter's, but is cut off or altered."""


class OtherTownsCode(ValueError):
    """A letter of another town; `town` is its key."""

    def __init__(self, town: TownKey) -> None:
        super().__init__("a letter of another town")
        self.town = town


@value
class LetterCode:
    """A letter's code: the town and the token that opens one document's status."""

    town: TownKey
    token: bytes

    def __post_init__(self) -> None:
        if len(self.town) != 8 or not self.town.isascii() or not self.town.isdigit():
            raise ValueError("a town's key has eight digits")
        if len(self.token) != TOKEN_BYTES:
            raise ValueError(f"a letter's token has {TOKEN_BYTES} bytes")

    def __repr__(self) -> str:
        # Whoever holds the token can see the document: it must not slip into a log.
        return "LetterCode(…)"

    @property
    def payload(self) -> str:
        """The text that goes into the QR code."""
        body = f"{_PREFIX}:{self.town}:{in_base32(self.token)}"
        return f"{body}:{check_of(body)}"


def parse(payload: bytes, town: TownKey) -> LetterCode:
    """Read a code that a citizen of `town` showed.

    Raises:
        NotOurCode: something else than a letter: an advertisement, a ticket, garbage.
        DamagedCode: a letter's code that is cut off or altered.
        OtherTownsCode: a sound letter of another town.
    """
    parts = parts_of(payload, _PREFIX, 4)
    if parts[3] != check_of(":".join(parts[:3])) or len(parts[2]) != _TOKEN_CHARACTERS:
        raise DamagedCode("the check does not fit")
    try:
        code = LetterCode(TownKey(parts[1]), from_base32(parts[2]))
    except ValueError:
        raise DamagedCode("the parts do not fit") from None
    if code.town != town:
        raise OtherTownsCode(code.town)
    return code


def parts_of(payload: bytes, prefix: str, count: int) -> list[str]:
    """The parts between the colons of any code of a town's, which begins with `prefix`.

    Raises:
        NotOurCode: it begins with something else, is too long, or is no plain text.
        DamagedCode: there are more or fewer than `count` parts.
    """
    if len(payload) > MAX_PAYLOAD:
        raise NotOurCode("too long")
    try:
        text = payload.decode("ascii").strip()
    except UnicodeDecodeError:
        raise NotOurCode("not plain text") from None
    if not text.startswith(f"{prefix}:"):
        raise NotOurCode("another prefix")
    parts = text.split(":")
    if len(parts) != count:
        raise DamagedCode("a part is missing or too many")
    return parts


def check_of(body: str) -> str:
    """The two characters that end a town's code: they tell a damaged print from a sound one."""
    from hashlib import sha256  # noqa: PLC0415 - loads OpenSSL: not before the first frame

    return in_base32(sha256(body.encode("ascii", "replace")).digest())[:_CHECK_CHARACTERS]


def in_base32(content: bytes) -> str:
    """The bytes in base 32 without padding (RFC 4648, section 6)."""
    return base64.b32encode(content).decode().rstrip("=")


def from_base32(text: str) -> bytes:
    """What `in_base32` was given.

    Raises:
        DamagedCode: the text is not base 32.
    """
    try:
        return base64.b32decode(text + "=" * (-len(text) % 8))
    except ValueError:
        raise DamagedCode("the parts do not fit") from None
