"""The code that opens one citizen's compartment: `4711 8302 5591` to type, or a QR code to show.

The first four digits, the selector, are public and find a row; the secret is eight random digits, or in the QR code a
token of 128 bits. With the second factor (the holder's birth date) they give, by a kiosk's own pepper and argon2id, 64
bytes: one half is compared with the row, the other opens what the row says. So neither code nor birth date can be
tried one by one, and whoever holds the rows without the pepper has nothing to try at.

QR form: `BP1:<AGS, 8 digits>:<selector>:<token, 26 characters of base 32>:<check, 2 characters>`.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Final, NewType

from central_office.contract.claims import COST
from central_office.contract.letter_code import (
    MAX_PAYLOAD,
    DamagedCode,
    OtherTownsCode,
    TownKey,
    check_of,
    from_base32,
    in_base32,
    parts_of,
)
from central_office.contract.values import value

if TYPE_CHECKING:
    from datetime import date

    from central_office.contract.claims import Cost, Pepper

Selector = NewType("Selector", str)
"""Four digits that find a pickup at one kiosk; no secret."""

SELECTOR_DIGITS: Final = 4
SECRET_DIGITS: Final = 8
GROUPS: Final = (4, 4, 4)
"""How the digits stand on letters and screens."""
TOKEN_BYTES: Final = 16
SALT_BYTES: Final = 16
CHECK_BYTES: Final = 32
VERIFIER_BYTES: Final = 64
"""A check to compare, and a key that is closed with the rest."""

FREE_MISSES: Final = 5
"""Wrong tries after which a code opens nothing any more; the office gives out another."""

_PREFIX: Final = "BP1"
_TOKEN_CHARACTERS: Final = 26


class NotAPickupCode(ValueError):
    """What was typed has not the form of a pickup code."""


@value
class PickupCode:
    """What a citizen brings to open a compartment: the public selector, and eight digits or the token."""

    selector: Selector
    digits: str = ""
    token: bytes = b""

    def __post_init__(self) -> None:
        if not _is_digits(self.selector, SELECTOR_DIGITS):
            raise NotAPickupCode("a selector has four digits")
        if bool(self.digits) == bool(self.token):
            raise NotAPickupCode("either digits or a token")
        if self.digits and not _is_digits(self.digits, SECRET_DIGITS):
            raise NotAPickupCode("the secret has eight digits")
        if self.token and len(self.token) != TOKEN_BYTES:
            raise NotAPickupCode(f"the token has {TOKEN_BYTES} bytes")

    def __repr__(self) -> str:
        # Whoever has it opens a compartment: it must not slip into a log.
        return "PickupCode(…)"

    @property
    def words(self) -> str:
        """The digits in three groups of four, as they stand in the message to the citizen."""
        text = self.selector + self.digits
        return " ".join(text[at : at + 4] for at in range(0, len(text), 4))

    def payload(self, town: TownKey) -> str:
        """The text of the QR code, of a code with a token."""
        body = f"{_PREFIX}:{town}:{self.selector}:{in_base32(self.token)}"
        return f"{body}:{check_of(body)}"


def parse_typed(text: str) -> PickupCode:
    """Read twelve typed digits; spaces and hyphens between them do not matter.

    Raises:
        NotAPickupCode: these are not twelve digits.
    """
    digits = text.replace(" ", "").replace("-", "") if len(text) <= MAX_PAYLOAD else ""
    return PickupCode(Selector(digits[:SELECTOR_DIGITS]), digits=digits[SELECTOR_DIGITS:])


def parse_shown(payload: bytes, town: TownKey) -> PickupCode:
    """Read a QR code that a citizen of `town` showed.

    Raises:
        NotOurCode: something else than a pickup code: a letter, an advertisement, garbage.
        DamagedCode: a pickup code that is cut off or altered.
        OtherTownsCode: a sound one of another town.
    """
    parts = parts_of(payload, _PREFIX, 5)
    if parts[4] != check_of(":".join(parts[:4])) or len(parts[3]) != _TOKEN_CHARACTERS:
        raise DamagedCode("the check does not fit")
    try:
        code = PickupCode(Selector(parts[2]), token=from_base32(parts[3]))
    except ValueError:
        raise DamagedCode("the parts do not fit") from None
    if parts[1] != town:
        raise OtherTownsCode(TownKey(parts[1]))
    return code


def stretched(  # all that a guess is made of, and what it costs
    pepper: Pepper, code: PickupCode, birth_date: date | None, salt: bytes, *, cost: Cost = COST
) -> bytes:
    """The 64 bytes that a code and a second factor come to at one kiosk; takes `cost`, also for a wrong one."""
    # Not at the top: the kiosk wants its first picture before it wants cryptography.
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id  # noqa: PLC0415

    secret = code.digits.encode() or code.token
    second = birth_date.isoformat().encode() if birth_date else b""
    words = b"\0".join(
        (b"pickup 1", code.selector.encode(), b"digits" if code.digits else b"token", secret.hex().encode())
    )
    keyed = hmac.digest(pepper, words + b"\0" + second, "sha256")
    stretching = Argon2id(salt=salt, length=VERIFIER_BYTES, iterations=cost.passes, lanes=1, memory_cost=cost.kib)
    return stretching.derive(keyed)


def verifier(stretched_bytes: bytes, key: bytes) -> bytes:
    """What a row holds of one way to open it: the check, and `key` (32 bytes) closed with the rest."""
    return stretched_bytes[:CHECK_BYTES] + _xor(stretched_bytes[CHECK_BYTES:], key)


def opened(kept: bytes, stretched_bytes: bytes) -> bytes | None:
    """The key that `kept` holds, or None if what was stretched is not what it was made with; takes constant time."""
    fits = hmac.compare_digest(kept[:CHECK_BYTES], stretched_bytes[:CHECK_BYTES])
    key = _xor(kept[CHECK_BYTES:], stretched_bytes[CHECK_BYTES:])
    return key if fits else None


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


def _is_digits(text: str, count: int) -> bool:
    return len(text) == count and text.isascii() and text.isdigit()
