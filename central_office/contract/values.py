"""Frozen values that cost little to define: what `dataclass(frozen=True)` promises, without compiling code per class.

The standard decorator writes and compiles six methods for every class, about a millisecond each time the program
starts; steps and pages are a hundred classes, all of them are loaded for the first frame, and few of them are in it.
Here all classes share the same methods, and a class's fields are read when they are first asked for.
`dataclasses.replace`, `fields` and pattern matching work as usual.
"""

from __future__ import annotations

from dataclasses import MISSING, FrozenInstanceError, dataclass, field, fields
from threading import RLock
from typing import Any, Final, NoReturn, TypeVar, dataclass_transform

C = TypeVar("C", bound=type)


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def value(cls: C) -> C:
    """Make `cls` a frozen value of its annotated fields, equal and hashed by them, as a frozen dataclass is."""
    for name, shared in (_METHODS | {late: _Late(cls, late) for late in _LATE}).items():
        if name not in vars(cls):
            setattr(cls, name, shared)
    return cls


class _Late:
    """What the standard library knows of a class of values, worked out when someone asks."""

    def __init__(self, owner: type, name: str) -> None:
        self._owner = owner
        self._name = name

    def __get__(self, _one: object, _kind: type) -> object:
        with _DEFINING:
            if vars(self._owner)[self._name] is self:
                _define(self._owner)
            return vars(self._owner)[self._name]


def _define(cls: Any) -> None:  # noqa: ANN401  any value class
    dataclass(init=False, repr=False, eq=False, match_args=False)(cls)
    cls.__fields__ = fields(cls)
    setattr(cls, "__match_args__", tuple(one.name for one in cls.__fields__))  # noqa: B010 - mypy thinks of `type`


def _init(self: Any, *places: object, **names: object) -> None:  # noqa: ANN401  any value class
    own, every = self.__dict__, self.__fields__
    if len(places) > len(every):
        raise TypeError(f"{type(self).__name__} has {len(every)} fields, not {len(places)}")
    for number, one in enumerate(every):
        name = one.name
        if number < len(places):
            own[name] = places[number]
        elif name in names:
            own[name] = names.pop(name)
        elif one.default is not MISSING:
            own[name] = one.default
        elif one.default_factory is not MISSING:
            own[name] = one.default_factory()
        else:
            raise TypeError(f"{type(self).__name__} needs {name!r}")
    if names:
        raise TypeError(f"{type(self).__name__} has no {next(iter(names))!r}, or has it twice")
    after = getattr(self, "__post_init__", None)
    if after is not None:
        after()


def _compared(self: Any) -> tuple[object, ...]:  # noqa: ANN401  any value class
    own = self.__dict__
    return tuple(own[one.name] for one in self.__fields__ if one.compare)


def _eq(self: Any, other: object) -> bool:  # noqa: ANN401  any value class
    return _compared(self) == _compared(other) if type(other) is type(self) else NotImplemented


def _hash(self: Any) -> int:  # noqa: ANN401  any value class
    return hash(_compared(self))


def _repr(self: Any) -> str:  # noqa: ANN401  any value class
    own = self.__dict__
    shown = ", ".join(f"{one.name}={own[one.name]!r}" for one in self.__fields__ if one.repr)
    return f"{type(self).__qualname__}({shown})"


def _frozen(self: Any, name: str, *_: object) -> NoReturn:  # noqa: ANN401  any value class
    raise FrozenInstanceError(f"{type(self).__name__} is a value: {name!r} stays as it is")


_LATE: Final = ("__dataclass_fields__", "__fields__", "__match_args__")
_DEFINING: Final = RLock()
"""Reentrant: a class asks the class it is made from. Two threads may make the first value of a class at once."""

_METHODS: dict[str, Any] = {
    "__init__": _init,
    "__eq__": _eq,
    "__hash__": _hash,
    "__repr__": _repr,
    "__setattr__": _frozen,
    "__delattr__": _frozen,
}
