"""What a library logs about a person is not repeated; where it logged it is."""

from __future__ import annotations

import io
import logging
import re
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from central_office.office.events import LibraryComplained, LibraryFailed
from logbook import say
from logbook.libraries import DeclaredAlone, ToldAgain, warnings_too
from offline_cache.events import FilledAnew

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def said() -> Iterator[io.StringIO]:
    """All that reaches the office's log of libraries."""
    stream = io.StringIO()
    door = logging.StreamHandler(stream)
    logging.getLogger("office.libraries").addHandler(door)
    yield stream
    logging.getLogger("office.libraries").removeHandler(door)


@contextmanager
def told_again(name: str) -> Iterator[logging.Logger]:
    """A library that logs, told again."""
    library, told = logging.getLogger(name), ToldAgain(LibraryFailed, LibraryComplained)
    library.addHandler(told)
    library.propagate = False  # the office's own door may stand behind it
    try:
        yield library
    finally:
        library.removeHandler(told)
        library.propagate = True


def test_a_sentence_with_an_address_is_not_repeated(said: io.StringIO) -> None:
    with told_again("some.library") as library:
        library.warning("Not found: %s", "/letters?token=L01XCF7GH&name=Aydin")
    assert re.fullmatch(r"some\.library complained at test_libraries:\d+\n", said.getvalue())


def test_an_error_is_told_by_its_class_and_place(said: io.StringIO) -> None:
    with told_again("some.library") as library:
        try:
            int("Aydin, Kemal")
        except ValueError:
            library.exception("Internal Server Error: /dokumente/Aydin")
    assert re.fullmatch(rf"some\.library failed: ValueError at {re.escape(__name__)}:\d+\n", said.getvalue())


def test_a_warning_of_python_is_told_again_too(said: io.StringIO) -> None:
    with told_again("py.warnings"), warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings_too()
        try:
            warnings.warn("received a naive datetime for Aydin", stacklevel=1)
        finally:
            logging.captureWarnings(capture=False)
    assert said.getvalue().startswith("py.warnings complained at ")


def test_nothing_but_events_passes_the_last_door() -> None:
    stream = io.StringIO()
    door = logging.StreamHandler(stream)
    door.addFilter(DeclaredAlone())
    logger = logging.getLogger("kiosk.courier")
    logger.addHandler(door)
    level = logger.level
    logger.setLevel(logging.INFO)
    try:
        logger.warning("Kemal %s", "Aydin")
        logger.warning("Kemal Aydin")
        say(FilledAnew(3))
    finally:
        logger.removeHandler(door)
        logger.setLevel(level)
    assert stream.getvalue() == "The replica was filled anew with 3 documents.\n"
