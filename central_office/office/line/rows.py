"""Rows written in the way in which each database takes them fastest.

Django would make an instance of every row and a statement of every hundred: for a batch of commands that is three
quarters of the time it takes. Here PostgreSQL gets a COPY and SQLite one statement with many parameters.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import connection
from django.db.models import Model

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    Value = str | int | datetime | None

M = TypeVar("M", bound=Model)


def insert(kind: type[Model], columns: Sequence[str], rows: Sequence[Sequence[Value]]) -> None:
    """Write the rows; belongs into a transaction that is rolled back if this fails.

    Raises:
        django.db.DatabaseError: the database does not take one of them.
    """
    table = connection.ops.quote_name(kind._meta.db_table)  # noqa: SLF001 - Django's documented way to a table's name
    names = ", ".join(map(connection.ops.quote_name, columns))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with connection.wrap_database_errors, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)  # noqa: S608 - names of ours


def one(statement: str, values: Sequence[Value]) -> tuple[Any, ...] | None:
    """The first row of an answer; PostgreSQL plans the statement once for each connection and not each time."""
    found: tuple[Any, ...] | None
    if connection.vendor != "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            found = cursor.fetchone()
        return found
    import psycopg  # noqa: PLC0415 - an office on SQLite need not have it

    connection.ensure_connection()
    # Django's own cursors put the values into the text, so that no two statements are the same.
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as prepared:
        found = prepared.execute(statement.encode(), values, prepare=True).fetchone()
    return found


def instance(kind: type[M], where: str, values: Sequence[Value]) -> M | None:
    """The row of which `where` holds (with all that follows it), as Django would make it at a quarter of its time."""
    statement, converters = _read(kind, connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(f"{statement} {where}", values)
        found = cursor.fetchone()
    if found is None:
        return None
    row = list(found)
    for at, column, each in converters:
        for convert in each:
            row[at] = convert(row[at], column, connection)
    return kind.from_db(None, [field.attname for field in kind._meta.concrete_fields], row)  # noqa: SLF001 - as above


@cache
def _read(kind: type[Model], vendor: str) -> tuple[str, tuple[tuple[int, Any, list[Callable[..., Any]]], ...]]:
    """The statement that reads a row of this kind, and what makes Python's values of some columns of the database's."""
    del vendor  # a key of the cache alone: each database wants its own converters
    table = connection.ops.quote_name(kind._meta.db_table)  # noqa: SLF001 - as above
    columns = [field.get_col(kind._meta.db_table) for field in kind._meta.concrete_fields]  # noqa: SLF001 - as above
    names = ", ".join(f"{table}.{connection.ops.quote_name(str(column.target.column))}" for column in columns)
    converters = (
        (at, column, connection.ops.get_db_converters(column) + column.get_db_converters(connection))
        for at, column in enumerate(columns)
    )
    return f"SELECT {names} FROM {table}", tuple(one for one in converters if one[2])  # noqa: S608 - names of ours


def update(row: Model, columns: Sequence[str]) -> None:
    """Write some columns of a row that is there; as `save(update_fields=...)`, at a quarter of its time."""
    kind = row._meta  # noqa: SLF001 - as above
    fields = [field for field in kind.concrete_fields if field.name in columns]
    values = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
    quote = connection.ops.quote_name
    setting = ", ".join(f"{quote(str(field.column))} = %s" for field in fields)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {quote(kind.db_table)} SET {setting} WHERE {quote(str(kind.pk.column))} = %s",  # noqa: S608 - names of ours
            [*values, row.pk],
        )


def stored() -> Callable[[datetime], datetime | str]:
    """How the database takes a moment in UTC: what Django's own way comes to, at a tenth of its time."""
    return _itself if connection.vendor == "postgresql" else _words


def _itself(moment: datetime) -> datetime:
    return moment


def _words(moment: datetime) -> str:
    return str(moment.replace(tzinfo=None))
