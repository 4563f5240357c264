"""What libraries log is told again as declared events: which library, where in its source, and the error's class.

A library puts into its sentence what it pleases (an address with a token, a value that the database refused); so its
sentence is never written, nor the text of an exception, nor a traceback with its lines.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from logbook import CodePlace, Event, place_of, say, word

if TYPE_CHECKING:
    from collections.abc import Callable

    from logbook import Word

    Failed = Callable[[Word, type[object], CodePlace], Event]
    Complained = Callable[[Word, CodePlace], Event]


class ToldAgain(logging.Handler):
    """Says an event for each record of somebody else; `failed` if there is an exception, else `complained`."""

    def __init__(self, failed: Failed, complained: Complained) -> None:
        super().__init__()
        self._failed = failed
        self._complained = complained

    def emit(self, record: logging.LogRecord) -> None:
        """Never the record's own words; an event needs no telling again."""
        if _declared(record):
            return
        library = word(record.name.lower())
        error = record.exc_info[1] if record.exc_info else None
        if error is None:
            say(self._complained(library, CodePlace(record.module, record.lineno)))
        else:
            say(self._failed(library, type(error), place_of(error)))


class DeclaredAlone(logging.Filter):
    """Lets nothing pass but events."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether an event was said."""
        return _declared(record)


def _declared(record: logging.LogRecord) -> bool:
    return isinstance(record.args, tuple) and len(record.args) == 1 and isinstance(record.args[0], Event)


def warnings_too() -> None:
    """Let Python's warnings take the way of all records; they quote values."""
    logging.captureWarnings(capture=True)
