"""Reading TOML tables into frozen dataclasses: an unknown key is an error that names the nearest known one."""

from __future__ import annotations

import dataclasses
import tomllib
import types
import typing
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

D = TypeVar("D")


class BadSettings(Exception):
    """A settings file says something that cannot be used; the text says where and what to do."""


def read_file(path: Path) -> dict[str, Any]:
    """The tables of a TOML file.

    Raises:
        BadSettings: the file is missing or is not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadSettings(f"{path}: there is no such file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise BadSettings(f"{path}: cannot be read: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise BadSettings(f"{path}: is not TOML: {error}") from error


def read_table(kind: type[D], table: object, where: str) -> D:
    """Make a `kind` from `table`; fields may be str, int, float, bool, Path, nested dataclasses, or tuples of these.

    Raises:
        BadSettings: an unknown or missing key, or a value of another type.
    """
    if not isinstance(table, Mapping):
        raise BadSettings(f"{where}: a table is expected here")
    fields = {field.name: field for field in dataclasses.fields(typing.cast("Any", kind))}
    hints = _hints(typing.cast("Any", kind))
    for key in table:
        if key not in fields:
            import difflib  # noqa: PLC0415 - for a file that is wrong; the first frame waits for every file

            near = difflib.get_close_matches(str(key), fields, n=1)
            hint = f'; did you mean "{near[0]}"?' if near else f"; known are {', '.join(sorted(fields))}"
            raise BadSettings(f'{where}: unknown key "{key}"{hint}')
    values = {
        name: _value(hints[name], table[name], f"{where}.{name}") for name, field in fields.items() if name in table
    }
    missing = [
        name
        for name, field in fields.items()
        if name not in values and field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    ]
    if missing:
        raise BadSettings(f'{where}: the key "{missing[0]}" is missing')
    try:
        return kind(**values)
    except ValueError as error:
        raise BadSettings(f"{where}: {error}") from error


@cache
def _hints(kind: type[object]) -> dict[str, Any]:
    return get_type_hints(kind)


def _value(kind: Any, value: object, where: str) -> object:  # noqa: ANN401 - a type hint may be any form
    if get_origin(kind) in {typing.Union, types.UnionType}:
        kind = next(choice for choice in get_args(kind) if choice is not type(None))
    if get_origin(kind) is tuple:
        if not isinstance(value, list):
            raise BadSettings(f"{where}: a list is expected")
        return tuple(_value(get_args(kind)[0], item, f"{where}[{place}]") for place, item in enumerate(value))
    if dataclasses.is_dataclass(kind):
        return read_table(typing.cast("type[object]", kind), value, where)
    if kind is Path and isinstance(value, str):
        return Path(value)
    if kind is float and type(value) is int:
        return float(value)
    kind = getattr(kind, "__supertype__", kind)  # a NewType is, in the file, what it is made of
    if not isinstance(kind, type) or type(value) is not kind:
        if isinstance(kind, type) and not issubclass(kind, bool) and isinstance(value, str) and issubclass(kind, str):
            try:
                return kind(value)
            except ValueError as error:
                raise BadSettings(f"{where}: {error}") from error
        raise BadSettings(f"{where}: {getattr(kind, '__name__', kind)} is expected, not {value!r}")
    return value
