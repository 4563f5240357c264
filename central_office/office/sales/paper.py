"""Vouchers for free bags on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from central_office.office.bulky.sheets import code_sheet

if TYPE_CHECKING:
    from central_office.contract.tariff import Product
    from central_office.office.models import BagPass, Town


def voucher_pdf(voucher: BagPass, product: Product | None, payload: str, town: Town) -> bytes:
    """One voucher as A4: what it is good for, its code, and in English the same."""
    german, english = (voucher.product,) * 2 if product is None else (product.called("de"), product.called("en"))
    return code_sheet(
        f"Gutschein: {voucher.pieces} {german}",
        (
            f"{voucher.pieces} Stück kostenlos, auch nach und nach, bis {voucher.until:%d.%m.%Y}.",
            "Wählen Sie am Terminal „Müllsäcke“ und halten Sie den Code vor die Kamera.",
            "Wer den Gutschein hat, kann ihn nutzen: Heben Sie ihn gut auf.",
        ),
        (
            f"English: {voucher.pieces} {english}, free of charge,",
            f"until {voucher.until:%d.%m.%Y}. Touch “Garbage bags” at the terminal",
            "and hold this code to the camera.",
        ),
        voucher.pk,
        payload,
        town,
    )
