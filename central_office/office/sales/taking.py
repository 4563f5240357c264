"""What kiosks say of money and bags, applied: inside the transaction that counts their commands.

A sale has happened: it is never refused. What nobody could tell at the kiosk (unclear, unpaid), a till that does not
agree, and a voucher that was drawn twice are kept as told and laid before a clerk.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from central_office.contract.sale_words import Ending
from central_office.contract.sales import MACHINE_TROUBLES, BagsRefilled, SaleEnded, SaleSettled, TillClosed
from central_office.office import desk, escrow
from central_office.office.employees.deeds import Told
from central_office.office.models import BagPass, DeskEntry, Kiosk, Sale, SaleLine, TillReport, Town
from central_office.office.sales import reconciling, stock

if TYPE_CHECKING:
    from datetime import datetime

Speech = SaleEnded | SaleSettled | BagsRefilled | TillClosed
_FOR_A_PERSON = frozenset({Ending.UNCLEAR, Ending.UNPAID})


def apply(kiosk: Kiosk, body: Speech, seq: int, at: datetime) -> str:
    """Do what the kiosk said; empty, or the code with which the office rejects it. The kiosk's row is locked."""
    told = Told(kiosk, seq, at)
    match body:
        case SaleEnded():
            return _end(told, body)
        case SaleSettled():
            return _settle(told, body)
        case BagsRefilled():
            stock.refill(told, body)
        case TillClosed():
            _close(told, body)
    return ""


def _end(told: Told, body: SaleEnded) -> str:
    known = Sale.objects.filter(pk=body.sale).first()
    if known is not None:
        # A kiosk that was enrolled anew tells again what its old self may have told already.
        return "" if (known.began, known.asked) == (body.began, body.asked) else "sale_known"
    sale = Sale.objects.create(
        id=body.sale,
        kiosk=told.kiosk,
        seq=told.seq,
        purpose=body.purpose,
        reference=body.reference,
        began=body.began,
        heard_at=told.at,
        asked=body.asked,
        charged=body.charged,
        ending=body.ending.value,
        why=body.why,
        receipt=body.receipt,
        trace=body.trace,
        terminal=body.terminal,
        card=body.card,
        masked_pan=body.masked_pan,
        stamp=body.stamp,
        merchant_slip=body.merchant_slip,
        voucher=body.voucher,
    )
    SaleLine.objects.bulk_create(
        SaleLine(
            sale=sale,
            product=one.product,
            article=one.article,
            year=one.year,
            cents=one.cents,
            wanted=one.wanted,
            issued=one.issued,
        )
        for one in body.lines
    )
    stock.fall(told, body.columns)
    if body.ending in _FOR_A_PERSON:
        _lay(told, DeskEntry.Kind.SALE, _code(body), sale)
    elif not _adds_up(body):
        _lay(told, DeskEntry.Kind.SALE, "sale_adds_up_not", sale)
    elif body.why in MACHINE_TROUBLES:
        _lay(told, DeskEntry.Kind.SALE, f"machine_{body.why}", sale)
    if body.voucher:
        _draw(told, body, sale)
    return ""


def _code(body: SaleEnded) -> str:
    """The word for what a person has to look at; a fee is no bags, unless nobody knows even what was charged."""
    if body.ending is Ending.UNCLEAR and body.charged is None:
        return "sale_unclear"
    ending = "unclear_amount" if body.ending is Ending.UNCLEAR else body.ending.value
    return f"{'sale' if body.purpose == 'bags' else 'fee'}_{ending}"


def _adds_up(body: SaleEnded) -> bool:
    """Whether what was charged is what was issued, to the cent; a fee's worth is known to its kiosk alone."""
    worth = sum(one.issued * one.cents for one in body.lines) if body.purpose == "bags" else body.charged
    return body.charged == worth


def _draw(told: Told, body: SaleEnded, sale: Sale) -> None:
    """Count what was given out against a voucher; two kiosks that could not hear of one another may have overdrawn."""
    issued = {one.product: one.issued for one in body.lines if one.issued}
    if not issued:
        return
    row = BagPass.objects.select_for_update().filter(pk=body.voucher).first()
    if row is None:
        # Signed, or the kiosk would not have taken it: only an office that came back from a backup forgets one.
        _lay(told, DeskEntry.Kind.VOUCHER, "bag_voucher_unknown", sale)
        return
    row.drawn, row.drawn_at = row.drawn + sum(issued.values()), told.at
    row.save()
    if row.drawn > row.pieces:
        _lay(told, DeskEntry.Kind.VOUCHER, "bag_voucher_overdrawn", sale)
    elif set(issued) != {row.product}:
        _lay(told, DeskEntry.Kind.VOUCHER, "bag_voucher_other_bags", sale)
    elif escrow.today(Town.objects.get(), body.began) > row.until:
        _lay(told, DeskEntry.Kind.VOUCHER, "bag_voucher_late", sale)


def _settle(told: Told, body: SaleSettled) -> str:
    sale = Sale.objects.select_related("kiosk", "till__kiosk").filter(pk=body.sale).first()
    # A kiosk that was enrolled anew speaks for its old self, which is revoked.
    if sale is None or (sale.kiosk_id != told.kiosk.pk and sale.kiosk.state != Kiosk.State.REVOKED):
        return "unknown_sale"
    sale.ending, sale.charged, sale.why, sale.settled_at = body.ending.value, body.charged, body.why, told.at
    sale.receipt = sale.receipt if body.receipt is None else body.receipt
    sale.trace = sale.trace if body.trace is None else body.trace
    sale.terminal = body.terminal or sale.terminal
    sale.save()
    if sale.cleared and sale.found != body.charged:
        _lay(told, DeskEntry.Kind.SALE, "settled_otherwise", sale)
    if body.ending not in _FOR_A_PERSON:
        waiting = DeskEntry.objects.filter(kiosk=sale.kiosk, seq=sale.seq, kind=DeskEntry.Kind.SALE, done_at=None)
        waiting.update(done_at=told.at, done_by=told.kiosk.pk, done_how="Das Terminal hat es später geklärt.")
    reconciling.look_again(sale, told.kiosk.pk, told.at)
    return ""


def _close(told: Told, body: TillClosed) -> None:
    if TillReport.objects.filter(closed_at=body.closed_at, terminal=body.terminal).exclude(kiosk=told.kiosk).exists():
        return  # its old self told it already
    report = TillReport.objects.create(
        kiosk=told.kiosk,
        seq=told.seq,
        closed_at=body.closed_at,
        terminal=body.terminal,
        amount=body.amount,
        count=body.count,
        tallies=[{"card": one.card, "count": one.count, "amount": one.amount} for one in body.tallies],
        first_receipt=body.first_receipt,
        last_receipt=body.last_receipt,
        expected_amount=body.expected_amount,
        expected_count=body.expected_count,
        differences=list(body.differences),
    )
    Sale.objects.filter(kiosk=told.kiosk, till=None, seq__lt=told.seq).update(till=report)
    reconciling.lay_open(report, told.at)


def _lay(told: Told, kind: DeskEntry.Kind, code: str, sale: Sale) -> None:
    detail = json.dumps({"sale": sale.pk, "asked": sale.asked, "charged": sale.charged})
    desk.put([desk.entry(kind, told.kiosk, told.seq, told.at, code, detail)])
