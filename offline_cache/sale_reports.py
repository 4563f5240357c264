"""What the office is told of a sale."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from central_office.contract.base import Message
    from offline_cache.sales import CardPayment, OpenSale, SaleEnd


def ended(sale: OpenSale, end: SaleEnd) -> Message:
    """How it ended."""
    from central_office.contract.sales import SaleEnded  # noqa: PLC0415 - pydantic, after the first frame

    payment = sale.payment
    fallen: dict[int, int] = {}
    for turn in sale.turns:
        if turn.pieces:
            fallen[turn.column] = fallen.get(turn.column, 0) + turn.pieces
    return SaleEnded.model_validate({
        "sale": sale.sale,
        "purpose": sale.purpose,
        "reference": sale.reference,
        "began": sale.began,
        "lines": tuple(
            {
                "product": sold.line.product, "article": sold.line.ware.article, "year": sold.line.ware.year,
                "cents": sold.line.cents, "wanted": sold.line.pieces, "issued": sold.issued,
            }
            for sold in sale.lines
        ),
        "columns": tuple({"column": column, "pieces": pieces} for column, pieces in sorted(fallen.items())),
        "asked": sale.asked,
        "charged": end.charged,
        "ending": end.ending.value,
        "why": end.why,
        **_numbers(payment),
        "card": payment.card if payment is not None else "",
        "masked_pan": payment.masked_pan if payment is not None else "",
        "stamp": payment.stamp if payment is not None else None,
        "merchant_slip": end.merchant_slip,
        "voucher": sale.voucher,
    })  # fmt: skip


def settled(sale: OpenSale, end: SaleEnd) -> Message:
    """How one ended that was told as unclear."""
    from central_office.contract.sales import SaleSettled  # noqa: PLC0415 - same

    told = {"sale": sale.sale, "ending": end.ending.value, "charged": end.charged, "why": end.why}
    return SaleSettled.model_validate(told | _numbers(sale.payment))


def _numbers(payment: CardPayment | None) -> dict[str, object]:
    if payment is None:
        return {}
    return {"receipt": payment.receipt, "trace": payment.trace, "terminal": payment.terminal}
