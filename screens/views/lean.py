"""What Kivy imports and this kiosk never uses stays away while the window opens: the first frame comes sooner by that.

A stand-in is put where Python looks for the module, and taken away again: whoever imports it later gets the real one.
Kivy is pinned; a version that wants more of them fails in the first test that opens a window.
"""

from __future__ import annotations

import importlib
import sys
import threading
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def lean() -> Iterator[None]:
    """Import Kivy's window within: on one thread, before any other has begun."""
    stand_ins = {name: make(name) for name, make in _STAND_INS.items() if name not in sys.modules}
    sys.modules.update(stand_ins)  # type: ignore[arg-type]  # None is how Python is told that there is no such module
    try:
        yield
    finally:
        for name, stand_in in stand_ins.items():
            if sys.modules.get(name) is stand_in:
                del sys.modules[name]


def _asyncio(name: str) -> ModuleType:
    """Kivy's clock holds these ready for a loop of asyncio; ours is Kivy's own. asyncio brings sockets and TLS."""
    module = ModuleType(name)
    module.__dict__.update(wait_for=None, Event=threading.Event)
    return module


def _filetype(name: str) -> ModuleType:
    """Kivy asks it what a picture's bytes are; ours are our own files, and their names tell the truth."""
    module = ModuleType(name)
    module.__dict__.update(guess_extension=lambda _: None)
    return module


def _later(name: str) -> ModuleType:
    """Kivy names it and has no use for it here: whoever asks it for something loads the real one by that."""

    def found(wanted: str) -> object:
        if sys.modules.get(name) is module:
            del sys.modules[name]
        return getattr(importlib.import_module(name), wanted)

    module = ModuleType(name)
    module.__dict__["__getattr__"] = found
    return module


def _package(name: str) -> ModuleType:
    """A package of which only those modules are loaded that are asked for by name."""
    top, *rest = name.split(".")
    module = ModuleType(name)
    module.__path__ = ["/".join((path, *rest)) for path in importlib.import_module(top).__path__]
    return module


def _behaviours(name: str) -> ModuleType:
    """Of all that widgets do, the window asks for one thing."""

    def found(wanted: str) -> object:
        if wanted != "FocusBehavior":
            raise AttributeError(wanted)
        return importlib.import_module(f"{name}.focus").FocusBehavior

    module = _package(name)
    module.__dict__["__getattr__"] = found
    return module


_STAND_INS: Final[dict[str, Callable[[str], ModuleType | None]]] = {
    "asyncio": _asyncio,
    "ctypes": lambda _: None,  # Kivy looks for the C library, with a process of its own; Python's clock does as well
    "filetype": _filetype,
    "kivy.input.providers": _package,
    "kivy.uix.behaviors": _behaviours,
    "shutil": _later,  # for files of its settings, which are pinned
    "subprocess": _later,  # for programs that play sounds and find devices
    "zipfile": _later,  # for pictures that move
}
