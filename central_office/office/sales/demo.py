"""Vouchers for free bags of the demonstration town."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from central_office.office import escrow
from central_office.office.models import BagPass
from central_office.office.sales import bag_passes, paper

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path
    from random import Random

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from central_office.contract.tariff import Tariff
    from central_office.office.models import Town

_EACH = 3
_PIECES = 5


def load(town: Town, tariff: Tariff, random: Random, now: datetime) -> int:
    """Give out some of each free product, unless there are vouchers already; how many were made."""
    if BagPass.objects.exists():
        return 0
    until = escrow.today(town, now) + timedelta(days=365)
    return sum(
        len(bag_passes.issue(_EACH, one.key, _PIECES, until, "Demonstration", "Weber", now, random.randbytes))
        for one in tariff.product
        if one.free
    )


def write(town: Town, tariff: Tariff, folder: Path, key: Ed25519PrivateKey) -> list[dict[str, str]]:
    """Write a voucher that was not drawn yet for each free product; what `letters.json` says of them."""
    shown = []
    for product in tariff.product:
        row = BagPass.objects.filter(product=product.key, drawn=0).order_by("id").first()
        if row is None or not product.free:
            continue
        file, payload = f"85-bag-voucher-{product.key}.pdf", bag_passes.payload(row, town.town_key, key)
        (folder / file).write_bytes(paper.voucher_pdf(row, product, payload, town))
        title = f"Gutschein: {row.pieces} {product.called('de')}"
        shown.append({"file": file, "title": title, "kind": "bag_voucher", "payload": payload})
    return shown
