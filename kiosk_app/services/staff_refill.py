"""Filling the dispenser: by column, how many pieces were put in, or how many lie there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kiosk_app.readers import CodeReaders
from offline_cache.sales import Ware
from screens.steps import ReadersChanged
from screens.steps_staff import FillColumn, OneMoreIn, RefillBags, RefillChoice, StaffNews, StaffTab

if TYPE_CHECKING:
    from central_office.contract.tariff import Tariff
    from kiosk_app.staff_post import Post


def refill(post: Post, tariff: Tariff | None) -> StaffTab:
    """Set what lies in the columns, until another part of the work is chosen; nothing counts before it is saved."""
    changes: dict[int, int] = {}
    refused: bytes | None = None
    while True:
        post.stock()  # who was struck off the list meanwhile signs out here
        columns = _columns(post, tariff, changes)
        step = RefillBags(post.duty, columns, post.told())
        with CodeReaders(post.desk, refused) as readers:
            step = replace(step, readable=readers.by_camera or readers.by_scanner)
            answer = post.desk.citizen.ask(step, meanwhile=readers.read, every=readers.pause)
        refused = None
        match answer:
            case ReadersChanged():
                post.tell = step.tell
            case bytes():
                refused = answer  # a pack that is still held there is not another one
                news = _take_pack(columns, tariff, answer.decode(errors="replace").strip(), changes)
                if news is not None:
                    post.news(news)
            case StaffTab() as tab:
                return tab
            case OneMoreIn(column=number, by=by):
                column = next((one for one in columns if one.number == number), None)
                if column is not None:
                    changes[number] = min(column.room, max(0, column.now + by))
            case RefillChoice.UNDO:
                changes.clear()
            case RefillChoice.SAVE:
                if _save(post, columns):
                    post.news(StaffNews.REFILLED)
                changes.clear()


def _take_pack(
    columns: tuple[FillColumn, ...], tariff: Tariff | None, code: str, changes: dict[int, int]
) -> StaffNews | None:
    """Put a scanned pack into the columns of its article, one after the other; what there is to tell of it."""
    found = tariff.packed(code) if tariff is not None else None
    if found is None:
        return StaffNews.UNKNOWN_PACK
    product, pack = found
    left = pack.pieces
    for column in columns:
        if column.article == product.article and left:
            put = min(left, max(0, column.room - column.now))
            changes[column.number] = column.now + put
            left -= put
    return StaffNews.PACK_TOO_LARGE if left else None


def _columns(post: Post, tariff: Tariff | None, changes: dict[int, int]) -> tuple[FillColumn, ...]:
    """The columns of the rig file with what the books say of each; another article than that was taken out before."""
    layout, found = post.desk.columns, []
    books = {stock.column: stock for stock in post.desk.sales.stock()}
    for column in layout.columns if layout is not None else ():
        stock = books.get(column.number)
        same = stock is not None and stock.ware == Ware(column.article, column.year)
        was = stock.pieces if stock is not None and same else 0
        found.append(
            FillColumn(
                column.number,
                tariff.holding(column.article) if tariff is not None else None,
                column.article,
                column.year,
                was,
                changes.get(column.number, min(was, column.capacity)),
                column.capacity,
                stock.trouble if stock is not None else "",
            )
        )
    return tuple(found)


def _save(post: Post, columns: tuple[FillColumn, ...]) -> bool:
    """Tell the books of every column that changed, and of every one that staff has freed; whether there was any."""
    saved = False
    for column in columns:
        if column.now == column.was and not column.trouble:
            continue
        # Fewer than the books say, or a column that was stuck: then somebody has counted.
        counted = column.now < column.was or bool(column.trouble)
        ware = Ware(column.article, column.year)
        post.desk.sales.refill(column.number, ware, column.now, counted=counted, employee=post.shift.number)
        saved = True
    return saved
