"""The folder with those who are trusted to sign cards: a sub-folder for each state's register, `icao` for all CSCAs.

Reading six hundred certificates takes a quarter of a second, so each sub-folder is read when it is first asked for, or
before, while a card is waited for.
"""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Survey:
    """Whether anybody's cards are believed and every file counts, and a sentence about it."""

    believes: bool
    says: str


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

    def survey(self) -> Survey:
        """What a technician should know of it."""
        if self._folder is None:
            return Survey(believes=False, says="no folder of issuers (trust): no card proves anything")
        if not self._folder.is_dir():
            return Survey(believes=False, says=f"{self._folder} is no folder: no card proves anything")
        read = {issuers: self.of(issuers) for issuers in ISSUERS}
        problems = [f"{issuers}/{problem}" for issuers, anchors in read.items() for problem in anchors.problems]
        counted = [
            f"{issuers}: {anchors.certificates} certificates, {anchors.lists} revocation lists"
            for issuers, anchors in read.items()
            if anchors.certificates
        ]
        if os.geteuid() != 0 and os.access(self._folder, os.W_OK):
            problems.append("this account may write there, so that whoever has it makes cards that are believed")
        believes = bool(counted) and not problems
        return Survey(believes, "; ".join((*counted, *problems)) or f"{self._folder} is empty: no card proves anything")

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
