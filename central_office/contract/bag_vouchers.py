"""Vouchers for free bags: signed by the office, checked by a kiosk without asking anybody.

`BTG1:<AGS>:<body>:<signature>` in base 32, with the key and in the way of a voucher of bulky waste (`bulky_codes`).
The body holds an identifier (8 bytes), the number of pieces (1), the last day (2, days since 2020) and the product's
key. A voucher is good for its pieces in all, at once or one by one. Whether it was used at another kiosk is known only
when both have spoken; if it was overdrawn, the office lays that on the desk.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from central_office.contract.bulky_codes import signed_body, signed_text
from central_office.contract.letter_code import DamagedCode
from central_office.contract.sale_words import MAX_PIECES

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from central_office.contract.letter_code import TownKey

FORM: Final = "BTG1"
_WORDS: Final = b"citizen kiosk voucher for bags 1\0"
_EPOCH: Final = date(2020, 1, 1)
_ID_BYTES: Final = 8
_FIXED_BYTES: Final = _ID_BYTES + 1 + 2
_KEY = re.compile(r"[a-z][a-z0-9_]{0,23}")


@dataclass(frozen=True)
class BagVoucher:
    """So many pieces of a free product, until and on a day; `id` is 16 hexadecimal characters."""

    id: str
    product: str
    pieces: int
    until: date

    def __post_init__(self) -> None:
        if len(bytes.fromhex(self.id)) != _ID_BYTES or self.id != self.id.lower():
            raise ValueError("a voucher's identifier is 16 small hexadecimal characters")
        if not 1 <= self.pieces <= MAX_PIECES or not _KEY.fullmatch(self.product):
            raise ValueError(f"a voucher is for 1 to {MAX_PIECES} pieces of a product")
        if not 0 <= (self.until - _EPOCH).days < 1 << 16:
            raise ValueError("a voucher ends between 2020 and 2199")

    @property
    def body(self) -> bytes:
        """The bytes that are signed."""
        days = (self.until - _EPOCH).days
        return bytes.fromhex(self.id) + bytes((self.pieces,)) + days.to_bytes(2) + self.product.encode("ascii")


def sign_bag_voucher(voucher: BagVoucher, town: TownKey, key: Ed25519PrivateKey) -> str:
    """The text of the voucher's QR code."""
    return signed_text(FORM, _WORDS, voucher.body, town, key)


def parse_bag_voucher(payload: bytes, town: TownKey, office_key: bytes) -> BagVoucher:
    """Read and check the QR code of a voucher; `office_key` is the office's public key, 32 bytes.

    Raises:
        NotOurCode: something else.
        DamagedCode: a voucher that is cut off.
        OtherTownsCode: another town's.
        Forged: this town's office did not sign it.
    """
    body = signed_body(payload, FORM, _WORDS, town, office_key)
    fixed, product = body[:_FIXED_BYTES], body[_FIXED_BYTES:]
    try:
        until = _EPOCH + timedelta(days=int.from_bytes(fixed[_ID_BYTES + 1 :]))
        return BagVoucher(fixed[:_ID_BYTES].hex(), product.decode("ascii"), fixed[_ID_BYTES], until)
    except (ValueError, IndexError):
        raise DamagedCode("the parts do not fit") from None
