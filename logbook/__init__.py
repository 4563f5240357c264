"""What the kiosk's programs may say in a log: declared events, and in them nothing of anyone.

An event is a class with a level and a sentence; its fields have types of the table `SAYABLE`, and no other. A class
that declares another (a text, a date, bytes) is refused as soon as it is imported, a value of another type by mypy.
Nobody else speaks to `logging` (a test looks). The room of all leaves: it imports none of them, anybody may import it.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from enum import IntEnum
from threading import Lock
from typing import Any, ClassVar, Final, NewType, Self, dataclass_transform

Word = NewType("Word", str)
"""A word of a program: a code, a role, a driver. Made by `word`, which lets no name, number or date pass."""

SAYABLE: Final = {
    "int": "a count, or the number of a command",
    "float": "seconds",
    "Word": "a program's word",
    "type[object]": "the name of a class",
    "CodePlace": "a line of the program",
    "DeviceId": "the kiosk, as the office calls it",
    "Condition": "what a device is able to do: enumerations and nothing else",
    "ServiceKey": "an enumeration",
    "Backroom": "the same",
    "BadSettings": "what is wrong with a settings file that a technician wrote",
    "RigError": "the same, with the rig file",
    "StoreError": "what is wrong with a file of the store: its name and SQLite's words",
}
"""The types an event's field may have, by name, and why nothing of a citizen can be in them."""

_WORD: Final = re.compile(r"(?=.{1,40}$)[a-z]+([_.-]([a-z]+|[0-9]{1,3}))*")


_DEFINING: Final = Lock()


class Level(IntEnum):
    """How loud an event is."""

    DEBUG = logging.DEBUG
    INFO = logging.INFO
    WARNING = logging.WARNING
    ERROR = logging.ERROR


class NotSayable(TypeError):
    """An event declares a field whose type could hold something of a person."""


@dataclass_transform(frozen_default=True)
class Event:
    """Something that happened, as a value: subclasses declare level, sentence, log and fields."""

    level: ClassVar[Level]
    says: ClassVar[str]
    log: ClassVar[str]

    def __init_subclass__(cls, *, level: Level, says: str, log: str) -> None:
        """Take the declaration in.

        Raises:
            NotSayable: a field has another type than those of `SAYABLE`.
        """
        super().__init_subclass__()
        for name, kind in cls.__annotations__.items():
            if not set(re.split(r"\s*\|\s*", str(kind))) <= SAYABLE.keys():
                raise NotSayable(f"{cls.__name__}.{name}: {kind} cannot be said in a log")
        cls.level, cls.says, cls.log = level, says, log

    def __new__(cls, *_places: object, **_names: object) -> Self:
        """Make the declaration a frozen value, once it is said: most are loaded and never said."""
        with _DEFINING:
            if "__dataclass_fields__" not in vars(cls):
                dataclass(frozen=True)(cls)
        return super().__new__(cls)

    def __str__(self) -> str:
        said = {name: one.__name__ if isinstance(one, type) else one for name, one in vars(self).items()}
        return self.says.format(**said)


@dataclass(frozen=True)
class CodePlace:
    """A line of the program: the innermost that an error passed."""

    module: str
    line: int

    def __str__(self) -> str:
        return f"{self.module}:{self.line}"


def place_of(error: BaseException) -> CodePlace:
    """Where the error was raised."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return CodePlace("nowhere", 0)
    return CodePlace(str(trace.tb_frame.f_globals.get("__name__")), trace.tb_lineno)


def word(text: str | None) -> Word:
    """The text, if it looks like a program's word: small letters and short numbers, joined; else `strange`."""
    return Word(text) if text is not None and _WORD.fullmatch(text) else Word("strange")


def say(event: Event) -> None:
    """Write the event to its log."""
    logging.getLogger(event.log).log(event.level, "%s", event)


def declared(of: type[Event] = Event) -> list[type[Event]]:
    """Every event that was declared so far."""
    found: list[Any] = of.__subclasses__()
    return found
