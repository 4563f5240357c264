"""Frozen values as bytes on the pipe between the kiosk and its card process, and back; nothing but what was declared.

A frame is four bytes of length and that much JSON. The process on the other end speaks to strangers' cards, so nothing
it sends can make anything but the declared classes: `str`, `int`, `bool`, `bytes` (base64), `date`, enums, `None`,
tuples and frozen dataclasses of these. Whatever else comes is a `ProtocolError`.
"""

from __future__ import annotations

import json
import types
from base64 import b64decode, b64encode
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from functools import cache
from typing import Any, Final, TypeVar, Union, get_args, get_origin, get_type_hints

from devices.errors import ProtocolError

LONGEST: Final = 4 * 1024 * 1024
"""Bytes of one frame: a face of several hundred kilobytes, twice as long in base64, with room."""
_HEAD: Final = 4
_DEEPEST: Final = 12

ValueT = TypeVar("ValueT")


def encode(value: object) -> bytes:
    """The frame of one value.

    Raises:
        ValueError: longer than `LONGEST`, or a field of a kind that does not travel.
    """
    body = json.dumps(_plain(value), separators=(",", ":")).encode()
    if len(body) > LONGEST:
        raise ValueError("too long for a frame")
    return len(body).to_bytes(_HEAD, "big") + body


def decode(body: bytes, kinds: tuple[type[ValueT], ...]) -> ValueT:
    """The value of one of `kinds` in a frame's body.

    Raises:
        ProtocolError: not a value of these.
    """
    try:
        written = json.loads(body)
        value = _value(written, Union[kinds], _DEEPEST)  # noqa: UP007 - made at run time
    except (ValueError, RecursionError, TypeError, KeyError, OverflowError):
        raise ProtocolError from None
    return value  # type: ignore[no-any-return]


class Framer:
    """Cuts what comes from the pipe into frames' bodies."""

    def __init__(self) -> None:
        self._come = bytearray()

    def feed(self, received: bytes) -> list[bytes]:
        """The bodies that are whole now.

        Raises:
            ProtocolError: a frame that says it is longer than `LONGEST`.
        """
        self._come += received
        bodies = []
        while len(self._come) >= _HEAD:
            length = int.from_bytes(self._come[:_HEAD], "big")
            if length > LONGEST:
                raise ProtocolError
            if len(self._come) < _HEAD + length:
                break
            bodies.append(bytes(self._come[_HEAD : _HEAD + length]))
            del self._come[: _HEAD + length]
        return bodies


def _plain(value: object) -> Any:  # noqa: ANN401 - what JSON knows
    match value:
        case Enum():
            return value.value
        case None | bool() | int() | str():
            return value
        case bytes():
            return b64encode(value).decode()
        case date():
            return value.isoformat()
        case tuple():
            return [_plain(each) for each in value]
    if is_dataclass(value) and not isinstance(value, type):
        written = {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
        return {"is": type(value).__name__, **written}
    raise ValueError(f"a {type(value).__name__} does not travel")


@cache
def _hints(kind: type) -> dict[str, Any]:
    """A class's fields and their types; its module may import them for type checkers alone, so they are looked for."""
    return get_type_hints(kind)


def _value(written: Any, kind: Any, deep: int) -> Any:  # noqa: ANN401 - what JSON knows
    if deep == 0:
        raise ValueError
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _one_of(written, get_args(kind), deep)
    if origin is tuple:
        inner = get_args(kind)
        if not isinstance(written, list):
            raise ValueError
        if len(inner) == 2 and inner[1] is Ellipsis:
            return tuple(_value(each, inner[0], deep - 1) for each in written)
        if len(inner) != len(written):
            raise ValueError
        return tuple(_value(each, one, deep - 1) for each, one in zip(written, inner, strict=True))
    if kind is bytes and isinstance(written, str):
        return b64decode(written, validate=True)
    if kind is date and isinstance(written, str):
        return date.fromisoformat(written)
    if kind in (str, bool) and isinstance(written, kind):
        return written
    if kind is int and isinstance(written, int) and not isinstance(written, bool):
        return written
    if kind in (None, type(None)) and written is None:
        return None
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(written)
    if is_dataclass(kind) and isinstance(kind, type) and isinstance(written, dict):
        hints = _hints(kind)
        if written.get("is") != kind.__name__ or set(written) != {"is", *hints}:
            raise ValueError
        return kind(**{name: _value(written[name], hint, deep - 1) for name, hint in hints.items()})
    raise ValueError


def _one_of(written: Any, kinds: tuple[Any, ...], deep: int) -> Any:  # noqa: ANN401 - as above
    for kind in kinds:
        try:
            return _value(written, kind, deep - 1)
        except (ValueError, TypeError, KeyError):
            continue
    raise ValueError
