"""Numbers, codes and vouchers of bulky waste: made without asking anybody, checked without asking anybody.

*Order number*: eight characters, `BW 2A4K 7M3X`. Ten bits name the kiosk, 25 count its orders, the last is a check
character: one wrong character, or two exchanged, are always found. It is no secret: it sticks on the sofa outside.

*Change code*: six random digits on the part of the slip that the citizen keeps. Number and code together are the claim
that finds the order again and lets it be changed. `OrderCode.payload` holds both for the scanner:
`BTO1:<AGS>:<number>:<code>:<check, 2 characters>`.

*Voucher*: `BTV1:<AGS>:<body>:<signature>` in base 32; the office signs it (Ed25519), a kiosk checks it with the
office's public key alone. Whether it was used elsewhere is known only when both kiosks have spoken.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from central_office.contract.claims import COST, Cost, Secret
from central_office.contract.letter_code import (
    DamagedCode,
    OtherTownsCode,
    TownKey,
    check_of,
    from_base32,
    in_base32,
    parts_of,
)

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""32 characters without look-alikes: no 0, 1, I, O. The keys of the letter keyboard."""
PREFIX: Final = "BW"
NUMBER_CHARACTERS: Final = 8
CODE_DIGITS: Final = 6
MOST_KIOSKS: Final = 1 << 10
MOST_ORDERS: Final = 1 << 25

_ORDER: Final = "BTO1"
_VOUCHER: Final = "BTV1"
_VOUCHER_WORDS: Final = b"citizen kiosk voucher 1\0"
_EPOCH: Final = date(2020, 1, 1)
_BODY_BYTES: Final = 12
_SIGNATURE_BYTES: Final = 64


class NotAnOrderNumber(ValueError):
    """The text is no order number: too short, too long, or mistyped."""


class Forged(ValueError):
    """A voucher of this town's form that this town's office did not sign."""


@dataclass(frozen=True)
class OrderNumber:
    """Which kiosk took the order, and the how manieth it was there (counted durably, never twice the same)."""

    kiosk: int
    count: int

    def __post_init__(self) -> None:
        if not 0 <= self.kiosk < MOST_KIOSKS or not 0 <= self.count < MOST_ORDERS:
            raise NotAnOrderNumber("no such kiosk or count")

    @property
    def characters(self) -> str:
        """The eight characters, as they travel and are kept."""
        value = self.kiosk * MOST_ORDERS + self.count
        digits = [value >> (5 * place) & 31 for place in range(NUMBER_CHARACTERS - 2, -1, -1)]
        return "".join(ALPHABET[one] for one in (*digits, _check(digits)))

    def __str__(self) -> str:
        text = self.characters
        return f"{PREFIX} {text[:4]} {text[4:]}"


def order_number(text: str) -> OrderNumber:
    """Read a number as typed or printed: spaces, hyphens, small letters and the two leading letters are forgiven.

    Raises:
        NotAnOrderNumber: wrong length, a character that no number has, or a check that does not fit.
    """
    cleaned = "".join(text.upper().replace("-", "").split())
    if len(cleaned) == NUMBER_CHARACTERS + len(PREFIX):
        cleaned = cleaned.removeprefix(PREFIX)
    if len(cleaned) != NUMBER_CHARACTERS or not set(cleaned) <= set(ALPHABET):
        raise NotAnOrderNumber("not eight characters of the alphabet")
    *digits, check = (ALPHABET.index(one) for one in cleaned)
    if check != _check(digits):
        raise NotAnOrderNumber("the check character does not fit")
    value = 0
    for one in digits:
        value = value << 5 | one
    return OrderNumber(value // MOST_ORDERS, value % MOST_ORDERS)


def kiosk_of(device: str) -> int:
    """The number of a kiosk by its identifier, such as 3 for MS-03.

    Raises:
        NotAnOrderNumber: it ends in no number below 1024.
    """
    ending = device.rpartition("-")[2]
    if not (ending.isascii() and ending.isdigit()) or int(ending) >= MOST_KIOSKS:
        raise NotAnOrderNumber("the kiosk's identifier ends in no number below 1024")
    return int(ending)


@dataclass(frozen=True)
class OrderCode:
    """The claim to an order: its number and the change code of its slip."""

    number: OrderNumber
    code: str

    def __post_init__(self) -> None:
        if len(self.code) != CODE_DIGITS or not (self.code.isascii() and self.code.isdigit()):
            raise ValueError(f"a change code has {CODE_DIGITS} digits")

    def __repr__(self) -> str:
        # Whoever holds both can change the order: they must not slip into a log.
        return "OrderCode(…)"

    def payload(self, town: TownKey) -> str:
        """The text of the QR code on the slip."""
        body = f"{_ORDER}:{town}:{self.number.characters}:{self.code}"
        return f"{body}:{check_of(body)}"


def change_code(random: bytes) -> str:
    """The change code of (at least eight) random bytes."""
    if len(random) < 8:
        raise ValueError("a change code is made of eight random bytes")
    return f"{int.from_bytes(random) % 10**CODE_DIGITS:0{CODE_DIGITS}d}"


def parse_order(payload: bytes, town: TownKey) -> OrderCode:
    """Read the QR code of a slip.

    Raises:
        NotOurCode: something else.
        DamagedCode: a slip's code that is cut off or altered.
        OtherTownsCode: a sound slip of another town.
    """
    parts = parts_of(payload, _ORDER, 5)
    if parts[4] != check_of(":".join(parts[:4])):
        raise DamagedCode("the check does not fit")
    try:
        code = OrderCode(order_number(parts[2]), parts[3])
    except ValueError:
        raise DamagedCode("the parts do not fit") from None
    if parts[1] != town:
        raise OtherTownsCode(TownKey(parts[1]))
    return code


def order_key(claim: OrderCode, cost: Cost = COST) -> bytes:
    """The 32 bytes that number and change code are stretched to; takes `cost`, because a code can be guessed.

    They travel with the order (`BulkyOrdered.key`), so that the office can close its row for every kiosk without
    knowing the code. Make them before the last tap: it takes 0.1 s at a kiosk.
    """
    return _stretched(b"citizen kiosk, order 1", f"{claim.number.characters}\0{claim.code}", cost)


def order_secret(key: bytes) -> Secret:
    """The secret of an order's row, for `claims.claim_keys`."""
    return Secret(b"order\0" + key)


@dataclass(frozen=True)
class Household:
    """Who lives where, as far as it matters for the quota: the name at the door and the address."""

    name: str
    street: str
    number: str

    def __repr__(self) -> str:
        return "Household(…)"


def household_key(household: Household, cost: Cost = COST) -> bytes:
    """The 32 bytes that stand for a household; the same however the name is written in capitals, spaces and accents."""
    words = (_plain(household.name), _plain(household.street), _plain(household.number))
    return _stretched(b"citizen kiosk, household 1", "\0".join(words), cost)


def household_secret(key: bytes) -> Secret:
    """The secret of a household's row, for `claims.claim_keys`."""
    return Secret(b"household\0" + key)


@dataclass(frozen=True)
class Voucher:
    """One pickup of at most `litres`, good until and on a day; `id` is 16 hexadecimal characters, used once."""

    id: str
    litres: int
    until: date

    def __post_init__(self) -> None:
        if len(bytes.fromhex(self.id)) != 8 or not 0 < self.litres < 1 << 16:
            raise ValueError("a voucher has 8 bytes of identifier and 1 to 65535 litres")
        if not 0 <= (self.until - _EPOCH).days < 1 << 16:
            raise ValueError("a voucher ends between 2020 and 2199")

    @property
    def body(self) -> bytes:
        """The twelve bytes that are signed."""
        return bytes.fromhex(self.id) + self.litres.to_bytes(2) + (self.until - _EPOCH).days.to_bytes(2)


def sign_voucher(voucher: Voucher, town: TownKey, key: Ed25519PrivateKey) -> str:
    """The text of the voucher's QR code."""
    return signed_text(_VOUCHER, _VOUCHER_WORDS, voucher.body, town, key)


def parse_voucher(payload: bytes, town: TownKey, office_key: bytes) -> Voucher:
    """Read and check the QR code of a voucher; `office_key` is the office's public key, 32 bytes.

    Raises:
        NotOurCode: something else.
        DamagedCode: a voucher that is cut off.
        OtherTownsCode: another town's.
        Forged: this town's office did not sign it.
    """
    body = signed_body(payload, _VOUCHER, _VOUCHER_WORDS, town, office_key)
    if len(body) != _BODY_BYTES:
        raise DamagedCode("the parts do not fit")
    litres, days = int.from_bytes(body[8:10]), int.from_bytes(body[10:])
    return Voucher(body[:8].hex(), litres, _EPOCH + timedelta(days=days))


def signed_text(form: str, words: bytes, body: bytes, town: TownKey, key: Ed25519PrivateKey) -> str:
    """`<form>:<AGS>:<body>:<signature>`; `words` keep one form's signatures from being taken for another's."""
    signature = key.sign(words + town.encode() + b"\0" + body)
    return f"{form}:{town}:{in_base32(body)}:{in_base32(signature)}"


def signed_body(payload: bytes, form: str, words: bytes, town: TownKey, office_key: bytes) -> bytes:
    """What `signed_text` signed.

    Raises:
        NotOurCode, DamagedCode, OtherTownsCode, Forged: as `parse_voucher`.
    """
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - seldom needed, and slow to load
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415

    parts = parts_of(payload, form, 4)
    body, signature = from_base32(parts[2]), from_base32(parts[3])
    if not body or len(signature) != _SIGNATURE_BYTES:
        raise DamagedCode("the parts do not fit")
    if parts[1] != town:
        raise OtherTownsCode(TownKey(parts[1]))
    try:
        Ed25519PublicKey.from_public_bytes(office_key).verify(signature, words + town.encode() + b"\0" + body)
    except (InvalidSignature, ValueError):
        raise Forged("the office did not sign this") from None
    return body


def _check(digits: list[int]) -> int:
    """Digits times the powers of a generator of GF(32), added: no two places weigh the same, so exchanges show."""
    total = 0
    for digit in digits:
        total = _doubled(total ^ digit)
    return total


def _doubled(value: int) -> int:
    value <<= 1
    return value ^ 0b100101 if value & 0b100000 else value


def _plain(text: str) -> str:
    from central_office.contract.addresses import folded  # noqa: PLC0415 - loads a search engine

    return folded(text)


def _stretched(purpose: bytes, text: str, cost: Cost) -> bytes:
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id  # noqa: PLC0415 - as in `claims`

    return Argon2id(salt=purpose, length=32, iterations=cost.passes, lanes=1, memory_cost=cost.kib).derive(
        text.encode()
    )
