"""Where the office's log goes: to standard error, and nothing gets there but declared events (decision 013)."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Any

from central_office.office.events import LibraryComplained, LibraryFailed, PageBroke, ThreadBroke
from logbook import place_of, say, word
from logbook.libraries import ToldAgain, warnings_too

if TYPE_CHECKING:
    from django.http import HttpRequest

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"declared": {"()": "logbook.libraries.DeclaredAlone"}},
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["declared"]},
        "told_again": {"()": "central_office.office.logs.told_again"},
        "nowhere": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["told_again"], "level": "WARNING"},
    "loggers": {
        "office": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
        # Refused requests are the pages' business; only what broke is worth a line.
        "django": {"handlers": ["told_again"], "level": "ERROR", "propagate": False},
        # It names addresses, and prints what the error quotes: `page_broke` says what may be said.
        "django.request": {"handlers": ["nowhere"], "level": "CRITICAL", "propagate": False},
    },
}
"""What Django is told about logging."""


def told_again() -> ToldAgain:
    """A handler that says of a library's record which library and where, never what."""
    return ToldAgain(LibraryFailed, LibraryComplained)


def page_broke(request: HttpRequest | None = None, **_signal: object) -> None:
    """Say that a page ended in an error; Django calls it while the error is being handled."""
    error = sys.exc_info()[1]
    match = None if request is None else request.resolver_match
    if error is not None:
        say(PageBroke(word(match.url_name if match else None), type(error), place_of(error)))


def watch_threads() -> None:
    """Let threads and warnings of this process say an event, where Python would print what it has at hand."""
    threading.excepthook = _thread_broke
    warnings_too()


def _thread_broke(ended: threading.ExceptHookArgs) -> None:
    if ended.exc_value is not None:
        say(ThreadBroke(ended.exc_type, place_of(ended.exc_value)))
