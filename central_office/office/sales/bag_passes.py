"""Vouchers for free bags: given out by the office, signed, good for so many pieces."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from central_office.contract.bag_vouchers import BagVoucher, sign_bag_voucher
from central_office.office.models import BagPass

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from central_office.contract.letter_code import TownKey

AT_ONCE = 50


def issue(  # noqa: PLR0913, PLR0917 - what a voucher is made of
    count: int,
    product: str,
    pieces: int,
    until: date,
    why: str,
    by: str,
    at: datetime,
    random: Callable[[int], bytes] = secrets.token_bytes,
) -> list[BagPass]:
    """Take `count` new vouchers (at most `AT_ONCE`) into the books."""
    made = [
        BagPass(
            id=random(8).hex(), product=product, pieces=pieces, until=until, why=why[:120], issued_at=at, issued_by=by
        )
        for _ in range(min(count, AT_ONCE))
    ]
    return BagPass.objects.bulk_create(made)


def payload(voucher: BagPass, town: TownKey, key: Ed25519PrivateKey) -> str:
    """The text of its QR code; the same voucher always has the same one."""
    return sign_bag_voucher(BagVoucher(voucher.id, voucher.product, voucher.pieces, voucher.until), town, key)
