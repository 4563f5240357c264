"""What others import and nobody uses before the first frame stays away until then: the frame comes sooner by that.

A stand-in is put where Python looks for the module, and taken away again: whoever imports it later gets the real one.
Kivy is pinned; a version that wants more of them fails in the first test that opens a window.
"""

from __future__ import annotations

import importlib.util
import json
import sys
import threading
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager


def lean() -> AbstractContextManager[None]:
    """Import our own modules within: on one thread, before any other has begun."""
    return _standing_in(_OF_PYTHON)


def lean_kivy() -> AbstractContextManager[None]:
    """Import Kivy within, in the same way; what it reads from the environment is pinned before."""
    return _standing_in(_OF_PYTHON | _OF_KIVY)


@contextmanager
def _standing_in(makers: Mapping[str, Callable[[str], ModuleType | None]]) -> Iterator[None]:
    stand_ins = {name: make(name) for name, make in makers.items() if name not in sys.modules}
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
    """Who imports it has no use for it yet: whoever asks it for something loads the real one by that."""

    def found(wanted: str) -> object:
        if wanted == "__path__":  # Python asks, wherever something is imported from a module, whether it is a package
            raise AttributeError(wanted)
        return getattr(_real(name, module), wanted)

    module = ModuleType(name)
    module.__dict__["__getattr__"] = found
    return module


def _real(name: str, stand_in: ModuleType) -> ModuleType:
    if sys.modules.get(name) is stand_in:
        del sys.modules[name]
    return importlib.import_module(name)


def _inspect(name: str) -> ModuleType:
    """Kivy takes one function out of it, to show what is in a touch; dataclasses name it. It brings a disassembler."""
    module = _later(name)
    module.__dict__["isroutine"] = lambda one: _real(name, module).isroutine(one)
    return module


def _ast(name: str) -> ModuleType:
    """Kivy reads a list with it: the names of its own fonts, which are JSON but for their quotes."""
    module = _later(name)
    module.__dict__["literal_eval"] = lambda text: json.loads(text.replace("'", '"'))
    return module


def _pkgutil(name: str) -> ModuleType:
    """Kivy looks for packages that bring its libraries on other systems; here they are in its own."""
    module = _later(name)
    module.__dict__["iter_modules"] = lambda *_: iter(())
    return module


def _package(name: str) -> ModuleType:
    """A package of which only those modules are loaded that are asked for by name."""
    top, *rest = name.split(".")
    spec = importlib.util.find_spec(top)  # its place alone: whoever imports Kivy has pinned what it reads
    assert spec is not None
    module = ModuleType(name)
    module.__path__ = ["/".join((path, *rest)) for path in spec.submodule_search_locations or ()]
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


_OF_PYTHON: Final[dict[str, Callable[[str], ModuleType | None]]] = {
    "inspect": _inspect,
    "queue": _later,  # Kivy offers it to programs that run with older Pythons
    "shutil": _later,  # for files of Kivy's settings, which are pinned
    "subprocess": _later,  # for programs that play sounds and find devices
    "tempfile": _later,  # for a window that photographs itself
    "traceback": _later,  # for errors: logging names it, and Kivy
    "zipfile": _later,  # for pictures that move
}
_OF_KIVY: Final[dict[str, Callable[[str], ModuleType | None]]] = {
    "ast": _ast,
    "asyncio": _asyncio,
    "ctypes": lambda _: None,  # Kivy looks for the C library, with a process of its own; Python's clock does as well
    "filetype": _filetype,
    "kivy.input.providers": _package,
    "kivy.uix.behaviors": _behaviours,
    "pkgutil": _pkgutil,
}
