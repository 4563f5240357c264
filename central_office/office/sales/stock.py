"""Bags in the machines: what was filled in, less what has fallen; who runs low, and who ran low is on the desk."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from central_office.contract.tariff import tariff_year
from central_office.office import desk, escrow
from central_office.office.employees.deeds import Told, note
from central_office.office.models import BagColumn, BagRefill, DeskEntry, Town
from central_office.office.sales.tariff_book import tariff_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from central_office.contract.sales import BagsRefilled, Fallen
    from central_office.contract.tariff import Product, Tariff

_FEW = 5
"""For an article that the tariff no longer names."""


@dataclass(frozen=True)
class Stock:
    """Bags of one article in one kiosk: `stale` of them carry a year that is not sold any more."""

    kiosk: str
    article: str
    product: Product | None
    pieces: int
    filled: int
    stale: int

    @property
    def low(self) -> bool:
        """Whether somebody should refill it."""
        return self.pieces - self.stale < (self.product.low if self.product else _FEW)

    @property
    def empty(self) -> bool:
        """Whether nothing can be sold from it."""
        return self.pieces <= self.stale

    @property
    def share(self) -> int:
        """How full it is, in percent of what lay in after the last refill."""
        return min(100, 100 * self.pieces // self.filled) if self.filled else 0


def in_machines(tariff: Tariff | None, today: date, kiosk: str = "") -> list[Stock]:
    """What lies in every kiosk, by article; in one alone if it is named."""
    columns = BagColumn.objects.filter(kiosk=kiosk) if kiosk else BagColumn.objects.exclude(kiosk__state="revoked")
    found: dict[tuple[str, str], list[BagColumn]] = {}
    for column in columns:
        found.setdefault((column.kiosk_id, column.article), []).append(column)
    stocks = []
    for (where, article), together in sorted(found.items()):
        product = tariff.holding(article) if tariff is not None else None
        dated = product is not None and product.dated
        stale = sum(one.pieces for one in together if dated and one.year != tariff_year(today))
        pieces, filled = sum(one.pieces for one in together), sum(one.filled for one in together)
        stocks.append(Stock(where, article, product, pieces, filled, stale))
    return stocks


def fall(told: Told, fallen: Iterable[Fallen]) -> None:
    """Take what fell off the columns, and say who runs low now."""
    drops = {one.column: one.pieces for one in fallen if one.pieces}
    if not drops:
        return
    columns = list(BagColumn.objects.filter(kiosk=told.kiosk, column__in=drops))
    for one in columns:
        one.pieces = max(0, one.pieces - drops[one.column])
    BagColumn.objects.bulk_update(columns, ["pieces"])
    _look(told, {one.article for one in columns})


def refill(told: Told, body: BagsRefilled) -> None:
    """An employee filled a column: write it down, and count anew."""
    column = BagColumn.objects.filter(kiosk=told.kiosk, column=body.column).first()
    before = {body.article} if column is None else {body.article, column.article}
    BagRefill.objects.create(
        kiosk=told.kiosk,
        seq=told.seq,
        at=told.at,
        column=body.column,
        article=body.article,
        year=body.year,
        before=body.before,
        books=None if column is None else column.pieces,
        pieces=body.pieces,
        counted=body.counted,
        number=body.employee,
    )
    filled = {"article": body.article, "year": body.year, "pieces": body.pieces, "filled": body.pieces}
    BagColumn.objects.update_or_create(kiosk=told.kiosk, column=body.column, defaults={**filled, "filled_at": told.at})
    detail = f"{body.column}: {body.article} {body.year}, {body.before} → {body.pieces}"
    note(told, body.employee, "bags.refilled", detail=detail)
    _look(told, before)


def _look(told: Told, articles: set[str]) -> None:
    town = Town.objects.get()
    here = in_machines(tariff_of(town), escrow.today(town, told.at), told.kiosk.pk)
    low = [one for one in here if one.article in articles and one.low]
    plenty = articles - {one.article for one in low}
    waiting = DeskEntry.objects.filter(kiosk=told.kiosk, kind=DeskEntry.Kind.STOCK, done_at=None)
    if plenty:
        # Of these there is enough again, or their column holds something else now.
        waiting.filter(code__in=plenty).update(done_at=told.at, done_by=told.kiosk.pk, done_how="Nachgefüllt.")
    asked = set(waiting.values_list("code", flat=True)) if low else set()
    desk.put(
        desk.entry(DeskEntry.Kind.STOCK, told.kiosk, told.seq, told.at, one.article, json.dumps({"pieces": one.pieces}))
        for one in low
        if one.article not in asked
    )
