"""Vouchers: given away by the office, signed, good once."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from central_office.contract.bulky_codes import Voucher as VoucherWords
from central_office.contract.bulky_codes import sign_voucher
from central_office.office.models import Voucher

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from central_office.contract.letter_code import TownKey

AT_ONCE = 50


def issue(  # noqa: PLR0913, PLR0917 - what a voucher is made of
    count: int,
    litres: int,
    until: date,
    why: str,
    by: str,
    at: datetime,
    random: Callable[[int], bytes] = secrets.token_bytes,
) -> list[Voucher]:
    """Take `count` new vouchers (at most `AT_ONCE`) into the books."""
    made = [
        Voucher(id=random(8).hex(), litres=litres, until=until, why=why[:120], issued_at=at, issued_by=by)
        for _ in range(min(count, AT_ONCE))
    ]
    return Voucher.objects.bulk_create(made)


def payload(voucher: Voucher, town: TownKey, key: Ed25519PrivateKey) -> str:
    """The text of its QR code; the same voucher always has the same one."""
    return sign_voucher(VoucherWords(voucher.id, voucher.litres, voucher.until), town, key)
