"""Sales in `ledger.db`: every arrow one transaction, and what the office is told in the same one as the last.

A column is counted down before its motor turns and corrected when it is known what fell; of a turn that nobody saw the
end of, the piece stays off the count, and the column is not turned again until somebody was there.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, cast

from offline_cache.sale_reports import ended, settled
from offline_cache.sales import (
    CardPayment,
    ColumnStock,
    Ending,
    Line,
    NotEnough,
    OpenSale,
    SaleEnd,
    SaleId,
    Sold,
    State,
    Turn,
    Ware,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from uuid import UUID

    import apsw

    from offline_cache.clocks import Clock
    from offline_cache.database import Database
    from offline_cache.sales import Basket, Purpose
    from offline_cache.stored_outbox import StoredOutbox

KEPT: Final = 20_000
"""Sales that stay for technicians and for vouchers that come again; no clock has a part in this."""

_RECENT: Final = 100
"""Sales before this one in which a masked card number may still stand."""

_COLUMNS: Final = (
    "number, sale, purpose, state, began, asked, voucher, reference, told,"
    " amount, receipt, trace, terminal, card, masked_pan, stamp"
)
_PAYMENT: Final = "amount, receipt, trace, terminal, card, masked_pan, stamp"

Row = tuple[Any, ...]
"""Of SQLite; each column has the type that its table declares."""


class StoredSales:
    """The sales in the ledger; implements `offline_cache.sales.Sales`."""

    def __init__(self, database: Database, outbox: StoredOutbox, *, clock: Clock, new_id: Callable[[], UUID]) -> None:
        self._database = database
        self._outbox = outbox
        self._clock = clock
        self._new_id = new_id

    # The bags

    def stock(self) -> tuple[ColumnStock, ...]:
        """Every column that was ever filled, as counted."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT bag_column, article, year, pieces, trouble FROM bag_stock ORDER BY bag_column"
            ).fetchall()
        return tuple(_column(row) for row in rows)

    def reserved(self) -> Mapping[Ware, int]:
        """What open sales have still to get out of the columns; none that waits for its terminal alone."""
        found: dict[Ware, int] = {}
        for each in self.unfinished():
            if each.state in (State.DISPENSED, State.FAILED) or each.told:
                continue
            for sold in each.lines:
                found[sold.line.ware] = found.get(sold.line.ware, 0) + sold.line.pieces - sold.issued
        return found

    def drawn(self, voucher: str) -> int:
        """How many pieces were issued against a voucher; a turn that nobody saw the end of counts."""
        with self._database.reading() as connection:
            found = connection.execute(
                "SELECT count(*) FROM turns JOIN sales USING (number)"
                " WHERE voucher = ? AND voucher <> '' AND ifnull(turns.pieces, 1) > 0",
                (voucher,),
            ).get
        return int(found)

    def refill(self, column: int, ware: Ware, pieces: int, *, counted: bool, employee: str) -> ColumnStock:
        """Staff filled a column, freed it, or counted it: so many lie in it now; it may turn again."""
        from central_office.contract.sales import BagsRefilled  # noqa: PLC0415 - pydantic, after the first frame

        with self._database.writing() as connection:
            before = connection.execute("SELECT pieces FROM bag_stock WHERE bag_column = ?", (column,)).get
            connection.execute(
                "INSERT INTO bag_stock (bag_column, article, year, pieces) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE"
                " SET article = excluded.article, year = excluded.year, pieces = excluded.pieces, trouble = ''",
                (column, ware.article, ware.year, pieces),
            )
            report = {
                "column": column, "article": ware.article, "year": ware.year, "before": before or 0,
                "pieces": pieces, "counted": counted, "employee": employee,
            }  # fmt: skip
            self._outbox.put_within(connection, BagsRefilled.model_validate(report))
        return ColumnStock(column, ware, pieces)

    # A sale from arrow to arrow

    def unfinished(self) -> tuple[OpenSale, ...]:
        """Every sale that was begun and has no end, oldest first."""
        with self._database.reading() as connection:
            return self._open_within(connection)

    def one(self, sale: SaleId) -> OpenSale:
        """A sale as it stands now."""
        with self._database.reading() as connection:
            return _one_within(connection, sale)

    def reserve(self, basket: Basket, voucher: str = "") -> SaleId:
        """Begin a sale of bags: what was chosen is kept for it."""
        asked = sum(line.sum for line in basket)
        with self._database.writing() as connection:
            self._nothing_open(connection, free=not asked)
            for ware in {line.ware for line in basket}:
                there = connection.execute(
                    "SELECT total(pieces) FROM bag_stock WHERE article = ? AND year = ? AND trouble = ''",
                    (ware.article, ware.year),
                ).get
                if sum(line.pieces for line in basket if line.ware == ware) > there:
                    raise NotEnough
            number, sale = self._begin(connection, "bags", asked, voucher)
            connection.executemany(
                "INSERT INTO sale_lines VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    (number, at, line.product, line.ware.article, line.ware.year, line.pieces, line.cents)
                    for at, line in enumerate(basket)
                ],
            )
            _can_be_told(connection, sale)
        return sale

    def begin_fee(self, purpose: Purpose, cents: int) -> SaleId:
        """Begin a sale of something that no motor issues."""
        with self._database.writing() as connection:
            self._nothing_open(connection, free=False)
            sale = self._begin(connection, purpose, cents, "")[1]
            _can_be_told(connection, sale)
        return sale

    def drop(self, sale: SaleId) -> None:
        """Forget a sale for which nothing was done in the world."""
        with self._database.writing() as connection:
            connection.execute("DELETE FROM sales WHERE sale = ? AND state = ?", (sale, State.RESERVED))
            _changed(connection)

    def authorizing(self, sale: SaleId) -> None:
        """The terminal is about to be asked for the money."""
        with self._database.writing() as connection:
            _step(connection, sale, (State.RESERVED,), State.AUTHORIZING)

    def authorized(self, sale: SaleId, payment: CardPayment) -> None:
        """The terminal accepted the card."""
        with self._database.writing() as connection:
            _step(connection, sale, (State.AUTHORIZING,), State.AUTHORIZED)
            _keep_payment(connection, sale, payment)

    def turning(self, sale: SaleId, line: int, column: int) -> int:
        """A motor is about to turn for the line with this index; its piece is taken off the column. The turn."""
        with self._database.writing() as connection:
            # Without a payment only what costs nothing is issued.
            connection.execute(
                "UPDATE sales SET state = 'dispensing' WHERE sale = ? AND (state IN ('authorized', 'dispensing')"
                " OR state = 'reserved' AND asked = 0)",
                (sale,),
            )
            _changed(connection)
            connection.execute(
                "UPDATE bag_stock SET pieces = max(0, pieces - 1) WHERE bag_column = ? AND trouble = ''", (column,)
            )
            _changed(connection)
            turn = connection.execute(
                "INSERT INTO turns (number, line, bag_column)"
                " SELECT number, ?, ? FROM sales WHERE sale = ? RETURNING turn",
                (line, column, sale),
            ).get
        return int(turn)

    def turned(self, turn: int, outcome: str, pieces: int | None, trouble: str = "") -> None:
        """So many fell in a turn, None: nobody knows; the column is counted by that."""
        with self._database.writing() as connection:
            _turned_within(connection, turn, outcome, pieces, trouble)

    def issued(self, sale: SaleId) -> OpenSale:
        """No motor turns for this sale any more: `DISPENSED`, or `FAILED` when nothing came out.

        A turn that has no end by now will have none: its column is not turned again until somebody was there.
        """
        with self._database.writing() as connection:
            for (turn,) in connection.execute(
                "SELECT turn FROM turns JOIN sales USING (number) WHERE sale = ? AND outcome IS NULL", (sale,)
            ).fetchall():
                _turned_within(connection, int(cast("int", turn)), "unclear", None, "unclear")
            found = _one_within(connection, sale)
            state = State.DISPENSED if found.pieces else State.FAILED
            _step(connection, sale, (State.RESERVED, State.AUTHORIZED, State.DISPENSING), state)
            return _one_within(connection, sale)

    def commit(self, sale: SaleId, durable: Callable[[], str]) -> str:
        """What a fee is for is made durable, and the sale `DISPENSED`, in one transaction; what `durable` returned."""
        with self._database.writing() as connection:
            _step(connection, sale, (State.AUTHORIZED,), State.DISPENSED)
            reference = durable()
            connection.execute("UPDATE sales SET reference = ? WHERE sale = ?", (reference, sale))
            _can_be_told(connection, sale)
        return reference

    def end(self, sale: SaleId, end: SaleEnd) -> None:
        """The sale has come to this end, and the office is told; of one that it knows as unclear, how it was settled.

        What is told but still to be asked of the terminal stays open, in the state that it had.
        """
        with self._database.writing() as connection:
            found = _one_within(connection, sale)
            if end.payment is not None:
                _keep_payment(connection, sale, end.payment)
                found = _one_within(connection, sale)
            state = found.state if end.asked_in_vain else State.ENDED
            connection.execute(
                "UPDATE sales SET state = ?, told = 1, ending = ?, charged = ?, why = ? WHERE sale = ?",
                (state, end.ending, end.charged, end.why, sale),
            )
            if not (end.asked_in_vain and found.told):
                self._outbox.put_within(connection, settled(found, end) if found.told else ended(found, end))

    def let_go(self) -> None:
        """The calling thread is done with the disk for good."""
        self._database.let_go()

    # Within a transaction

    def _nothing_open(self, connection: apsw.Connection, *, free: bool) -> None:
        # What costs nothing needs no terminal, and may be issued while an earlier payment waits for it.
        if any(not (free and each.told) for each in self._open_within(connection)):
            raise NotEnough

    def _begin(self, connection: apsw.Connection, purpose: Purpose, asked: int, voucher: str) -> tuple[int, SaleId]:
        sale = SaleId(str(self._new_id()))
        number = int(
            connection.execute(
                "INSERT INTO sales (sale, purpose, state, began, asked, voucher) VALUES (?, ?, ?, ?, ?, ?)"
                " RETURNING number",
                (sale, purpose, State.RESERVED, _text(self._clock()), asked, voucher),
            ).get
        )
        connection.execute(
            "DELETE FROM sales WHERE number <= ? AND state = 'ended' AND number <= (SELECT upto FROM till)",
            (number - KEPT,),
        )
        # The office has it by now or will; here it served the receipts alone.
        connection.execute(
            "UPDATE sales SET masked_pan = '' WHERE number > ? AND state = 'ended' AND masked_pan <> ''",
            (number - _RECENT,),
        )
        return number, sale

    def _open_within(self, connection: apsw.Connection) -> tuple[OpenSale, ...]:
        rows = connection.execute(f"SELECT {_COLUMNS} FROM sales WHERE state <> 'ended' ORDER BY number").fetchall()  # noqa: S608
        return tuple(_sale(connection, row) for row in rows)


def _one_within(connection: apsw.Connection, sale: SaleId) -> OpenSale:
    row = connection.execute(f"SELECT {_COLUMNS} FROM sales WHERE sale = ?", (sale,)).fetchone()  # noqa: S608
    if row is None:
        raise RuntimeError("there is no such sale")
    return _sale(connection, row)


def _sale(connection: apsw.Connection, row: Row) -> OpenSale:
    number, sale, purpose, state, began, asked, voucher, reference, told, *payment = row
    lines = connection.execute(
        "SELECT product, article, year, pieces, cents, (SELECT count(*) FROM turns WHERE turns.number ="
        " sale_lines.number AND turns.line = sale_lines.line AND turns.pieces > 0)"
        " FROM sale_lines WHERE number = ? ORDER BY line",
        (number,),
    ).fetchall()
    turns = connection.execute(
        "SELECT bag_column, outcome, pieces FROM turns WHERE number = ? ORDER BY turn", (number,)
    ).fetchall()
    before = connection.execute(
        f"SELECT {_PAYMENT} FROM sales WHERE number < ? AND amount IS NOT NULL ORDER BY number DESC LIMIT 1",  # noqa: S608
        (number,),
    ).fetchone()
    return OpenSale(
        sale=SaleId(sale),
        purpose=purpose,
        state=State(state),
        began=datetime.fromisoformat(began),
        asked=asked,
        lines=tuple(_sold(line) for line in lines),
        turns=tuple(_turn(turn) for turn in turns),
        payment=_payment(payment),
        before=None if before is None else _payment(before),
        reference=reference,
        voucher=voucher,
        told=bool(told),
    )


def _sold(row: Row) -> Sold:
    product, article, year, pieces, cents, issued = row
    return Sold(Line(product, Ware(article, year), pieces, cents), issued)


def _turn(row: Row) -> Turn:
    return Turn(*row)


def _column(row: Row) -> ColumnStock:
    column, article, year, pieces, trouble = row
    return ColumnStock(column, Ware(article, year), pieces, trouble)


def _payment(row: Iterable[Any]) -> CardPayment | None:
    amount, receipt, trace, terminal, card, masked_pan, stamp = row
    if amount is None:
        return None
    at = None if stamp is None else datetime.fromisoformat(stamp)
    return CardPayment(amount, receipt, trace, terminal, card, masked_pan, at)


def _keep_payment(connection: apsw.Connection, sale: SaleId, payment: CardPayment) -> None:
    connection.execute(
        "UPDATE sales SET amount = ?, receipt = ?, trace = ?, terminal = ?, card = ?, masked_pan = ?, stamp = ?"
        " WHERE sale = ?",
        (
            payment.amount, payment.receipt, payment.trace, payment.terminal, payment.card, payment.masked_pan,
            None if payment.stamp is None else _text(payment.stamp), sale,
        ),
    )  # fmt: skip


def _turned_within(connection: apsw.Connection, turn: int, outcome: str, pieces: int | None, trouble: str) -> None:
    connection.execute(
        "UPDATE turns SET outcome = ?, pieces = ? WHERE turn = ? AND outcome IS NULL", (outcome, pieces, turn)
    )
    _changed(connection)
    connection.execute(
        "UPDATE bag_stock SET pieces = max(0, pieces + ?), trouble = CASE ? WHEN '' THEN trouble ELSE ? END"
        " WHERE bag_column = (SELECT bag_column FROM turns WHERE turn = ?)",
        (0 if pieces is None else 1 - pieces, trouble, trouble, turn),
    )


def _can_be_told(connection: apsw.Connection, sale: SaleId) -> None:
    """What the office would not take is found out before there is money in it: a `ValueError`."""
    ended(_one_within(connection, sale), SaleEnd(Ending.ABORTED, 0))


def _step(connection: apsw.Connection, sale: SaleId, before: tuple[State, ...], after: State) -> None:
    marks = ", ".join("?" * len(before))
    connection.execute(f"UPDATE sales SET state = ? WHERE sale = ? AND state IN ({marks})", (after, sale, *before))  # noqa: S608
    _changed(connection)


def _changed(connection: apsw.Connection) -> None:
    if connection.changes() != 1:
        raise RuntimeError("the sale is not where this step begins")


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds")
