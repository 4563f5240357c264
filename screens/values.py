"""Frozen values that cost little to define: what `dataclass(frozen=True)` promises, without compiling code per class.

The standard decorator writes and compiles six methods for every class, about a millisecond each time the program
starts; steps and pages are a hundred classes, and all of them are needed for the first frame. Here all classes share
the same methods. `dataclasses.replace`, `fields` and pattern matching work as usual.
"""

from __future__ import annotations

from dataclasses import MISSING, FrozenInstanceError, dataclass, field, fields
from typing import Any, NoReturn, TypeVar, dataclass_transform

C = TypeVar("C", bound=type)


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def value(cls: C) -> C:
    """Make `cls` a frozen value of its annotated fields, equal and hashed by them, as a frozen dataclass is."""
    dataclass(init=False, repr=False, eq=False)(cls)
    for name, shared in (_METHODS | {"__fields__": fields(cls)}).items():
        if name not in vars(cls):
            setattr(cls, name, shared)
    return cls


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


_METHODS: dict[str, Any] = {
    "__init__": _init,
    "__eq__": _eq,
    "__hash__": _hash,
    "__repr__": _repr,
    "__setattr__": _frozen,
    "__delattr__": _frozen,
}
