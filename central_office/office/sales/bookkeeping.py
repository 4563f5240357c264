"""Sales for the city's bookkeeping: a table with a row for each line of a sale, semicolons, UTF-8, decimal commas.

The column `Betrag` adds up to the money that was really taken. Where a sale's goods and its money are not the same, a
row of its own says the difference.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from central_office.office.bulky.sheets import harmless
from central_office.office.models import Sale
from central_office.office.sales.days import Goods, Payment, limits, look_at

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from central_office.contract.tariff import Tariff
    from central_office.office.models import Town
    from central_office.office.sales.days import Seen

MOST_DAYS = 366
_HEAD = (
    "Tag", "Uhrzeit", "Terminal", "Verkauf", "Art", "Auftrag", "Produkt", "Bezeichnung", "Tarifjahr", "Stück",
    "Einzelpreis", "Betrag", "Zahlung", "Beleg", "Kartenterminal", "Kassenschluss", "Klärung", "Gutschein",
)  # fmt: skip
_AMOUNT = _HEAD.index("Betrag")
_PAYMENTS = {
    Payment.MATCHED: "abgeglichen",
    Payment.WAITING: "noch nicht abgerechnet",
    Payment.OVERDUE: "noch nicht abgerechnet",
    Payment.TILL_DIFFERS: "Kasse weicht ab",
    Payment.REVERSED: "zurückgebucht",
    Payment.FREE: "ohne Zahlung",
    Payment.UNCLEAR: "unklar",
    Payment.UNPAID: "nicht bezahlt",
    Payment.CLEARED: "geklärt",
}
_ARTS = {"bags": "Säcke", "bulky_fee": "Sperrmüllgebühr", "permit": "Parkausweis"}


def table(town: Town, tariff: Tariff | None, first: date, last: date, now: datetime) -> bytes:
    """All sales from `first` to `last` that moved goods or money, oldest first; begins with a byte order mark."""
    begin, end = limits(town, first)[0], limits(town, last)[1]
    sales = Sale.objects.filter(began__gte=begin, began__lt=end).order_by("began", "id")
    seen = look_at(list(sales.select_related("till").prefetch_related("lines")), now)
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(_HEAD)
    zone = ZoneInfo(town.time_zone)
    for one in seen:
        if one.goods is not Goods.NEVER and one.payment not in {Payment.DECLINED, Payment.ABORTED}:
            writer.writerows(_rows(one, tariff, zone))
    return "\ufeff".encode() + text.getvalue().encode()


def euros(cents: int) -> str:
    """Cents as a decimal number, as German writes it."""
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100},{abs(cents) % 100:02d}"


def _rows(seen: Seen, tariff: Tariff | None, zone: ZoneInfo) -> Iterator[tuple[str, ...]]:
    sale, local = seen.sale, seen.sale.began.astimezone(zone)
    before = (
        f"{local:%d.%m.%Y}", f"{local:%H:%M}", sale.kiosk_id, sale.pk, _ARTS.get(sale.purpose, sale.purpose),
        sale.reference,
    )  # fmt: skip
    after = (
        _PAYMENTS[seen.payment],
        "" if sale.receipt is None else str(sale.receipt),
        sale.terminal,
        "" if sale.till is None else f"{sale.till.closed_at.astimezone(zone):%d.%m.%Y %H:%M}",
        sale.cleared_note,
        sale.voucher,
    )
    for line in sale.lines.all():
        named = tariff.named(line.product) if tariff is not None else None
        said = named.name if named is not None else line.product
        pieces = (line.product, said, str(line.year), str(line.issued), euros(line.cents), euros(line.worth))
        yield _harmless((*before, *pieces, *after))
    if seen.goods is Goods.A_FEE:
        yield _harmless((*before, "", "Gebühr", "", "1", euros(seen.worth), euros(seen.worth), *after))
    gap = (sale.taken or 0) - seen.worth
    if gap:
        yield _harmless((*before, "", "Differenz", "", "", "", euros(gap), *after))


def _harmless(cells: tuple[str, ...]) -> tuple[str, ...]:
    """No cell that a spreadsheet takes for a formula; our own amounts may begin with a minus."""
    return tuple(cell if at == _AMOUNT else harmless(cell) for at, cell in enumerate(cells))
