"""The folder with those who are trusted to sign cards: a sub-folder for each state's register, `icao` for all CSCAs.

Reading six hundred certificates takes a quarter of a second, so each sub-folder is read when it is first asked for, or
before, while a card is waited for.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final

from devices.cards.anchors import NOBODY, Anchors, laid_down
from devices.cards.profiles import PROFILES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

LARGEST: Final = 16 * 1024 * 1024
"""Bytes of one file; a master list has less than two million."""
ISSUERS: Final = tuple(dict.fromkeys(one.issuers for one in PROFILES if one.issuers))


class TrustFolder:
    """Who is trusted, by sub-folder; an empty `folder` trusts nobody."""

    def __init__(self, folder: str, now: Callable[[], datetime]) -> None:
        self._folder = Path(folder) if folder else None
        self._now = now
        self._lock = threading.Lock()
        self._read: dict[str, Anchors] = {}

    def of(self, issuers: str) -> Anchors:
        """Those in this sub-folder."""
        if self._folder is None or not issuers:
            return NOBODY
        with self._lock:
            if issuers not in self._read:
                self._read[issuers] = laid_down(_files(self._folder / issuers), self._now())
            return self._read[issuers]

    def read_all(self) -> None:
        """Read every sub-folder, so that no card waits for it."""
        for issuers in ISSUERS:
            self.of(issuers)


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Names and contents; a file that can't be read has the empty content, which counts for nothing."""
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if path.is_file() and not path.name.startswith("."):
            try:
                yield path.name, path.read_bytes() if path.stat().st_size <= LARGEST else b""
            except OSError:
                yield path.name, b""
