"""A log on the disk in which each line carries the hash of all before it: none is changed or taken out unnoticed.

A line is `<number> <moment> <LEVEL> <log>: <sentence> <head>`; `head` is the SHA-256 (hexadecimal) over the head of the
line before, a line feed, and this line without its own head. Numbers go on over restarts and files; a file that is full
becomes `NAME.log.1`. Lines are not synced one by one (flash wears out): a power cut may take the last ones, and whoever
tells a head to somebody else syncs it first (`synced_end`). Nothing but declared events gets in.
"""

from __future__ import annotations

import fcntl
import logging
import os
import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from logbook.libraries import DeclaredAlone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

GENESIS: Final = "0" * 64
"""The head before the first line."""

FOLDER: Final = "log"
"""Below a kiosk's data directory; one file for each program (`run.log`, `courier.log`)."""

FULL: Final = 4 * 1024 * 1024
"""Bytes after which a new file begins; two files are kept."""

_LINE: Final = re.compile(r"((\d{1,15}) .*) ([0-9a-f]{64})")


class LogTaken(Exception):
    """Another process writes this log; there can be only one."""


class LogDamaged(ValueError):
    """A line does not follow the one before; `line` is its number, or that of the one before if it has none."""

    def __init__(self, line: int) -> None:
        super().__init__(f"line {line} does not follow the one before")
        self.line = line


@dataclass(frozen=True)
class End:
    """How far a log has come: its last line's number and head."""

    lines: int = 0
    head: str = GENESIS


class ChainedLog(logging.Handler):
    """Writes events to `path`, each line chained to the one before; a disk that refuses costs lines, never the kiosk.

    Raises:
        LogTaken: another process writes it.
        OSError: the folder cannot be made, or the file cannot be opened.
    """

    def __init__(self, path: Path, clock: Callable[[], datetime], full: int = FULL) -> None:
        super().__init__(logging.INFO)
        self.addFilter(DeclaredAlone())
        self._path = path
        self._clock = clock
        self._full = full
        path.parent.mkdir(mode=0o700, exist_ok=True)
        self._file, self._size = _opened(path), 0
        self._end = self._resumed()

    def emit(self, record: logging.LogRecord) -> None:
        """One line, in one write."""
        text = f"{self._end.lines + 1} {self._clock().isoformat(timespec='milliseconds')} {record.levelname} "
        text += " ".join(f"{record.name}: {record.getMessage()}".split())
        end = End(self._end.lines + 1, _head(self._end.head, text))
        line = f"{text} {end.head}\n".encode()
        try:
            if self._size and self._size + len(line) > self._full:
                self._begin_anew()
            if os.write(self._file, line) != len(line):
                os.ftruncate(self._file, self._size)
                return
        except OSError:
            return  # full, or going: the next line tries again, and follows the last one that was written
        self._end, self._size = end, self._size + len(line)

    def close(self) -> None:
        """Let go of the file."""
        super().close()
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _resumed(self) -> End:
        """Where the log goes on: behind its last whole line; what a power cut tore is cut off."""
        size = os.fstat(self._file).st_size
        whole, end = _last(self._file, size)
        if whole < size:
            os.ftruncate(self._file, whole)
        self._size = whole
        return end or _end_of(self._older()) or End()

    def _begin_anew(self) -> None:
        self._path.replace(self._older())
        os.close(self._file)
        self._file, self._size = _opened(self._path), 0

    def _older(self) -> Path:
        return self._path.with_name(f"{self._path.name}.1")


def synced_end(path: Path) -> End | None:
    """How far the log at `path` has come, once that is on the disk and cannot be lost; None if nothing was written.

    Raises:
        OSError: the disk refuses.
    """
    try:
        file = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        end = _last(file, os.fstat(file).st_size)[1] or _end_of(path.with_name(f"{path.name}.1"))
        os.fsync(file)
    finally:
        os.close(file)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return end


def read(path: Path) -> Iterator[End]:
    """The log line by line, each checked against the one before; the first line's own past lies in an older file.

    Raises:
        LogDamaged: a line was changed, taken out or put in.
        OSError, UnicodeDecodeError: the file cannot be read.
    """
    last: End | None = None
    with path.open(encoding="utf-8") as file:
        for line in file:
            found = _LINE.fullmatch(line.rstrip("\n"))
            number = last.lines + 1 if last else 1
            if found is None:
                raise LogDamaged(number)
            before = last.head if last else (GENESIS if found[2] == "1" else None)
            follows = last is None or int(found[2]) == number
            if not follows or (before is not None and _head(before, found[1]) != found[3]):
                raise LogDamaged(int(found[2]))
            last = End(int(found[2]), found[3])
            yield last


def _head(before: str, text: str) -> str:
    return sha256(f"{before}\n{text}".encode()).hexdigest()


def _opened(path: Path) -> int:
    file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        raise LogTaken(str(path.name)) from None
    return file


def _end_of(path: Path) -> End | None:
    try:
        file = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        return _last(file, os.fstat(file).st_size)[1]
    finally:
        os.close(file)


def _last(file: int, size: int) -> tuple[int, End | None]:
    """How many bytes hold whole lines that can be read, and the last of those lines."""
    tail = os.pread(file, size, 0)
    while (cut := tail.rfind(b"\n")) >= 0:
        line = tail[tail.rfind(b"\n", 0, cut) + 1 : cut].decode(errors="replace")
        if found := _LINE.fullmatch(line):
            return cut + 1, End(int(found[2]), found[3])
        tail = tail[:cut]
    return 0, None
