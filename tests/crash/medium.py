"""What a storage medium holds when the power fails: everything that was synced, and any part of what was not.

A `Step` is one thing that a program did to its disk. A `Medium` obeys step after step; `after_the_cut` says what a
kiosk might find there if the power failed now. It is a choice, made with the `random.Random` given: the same numbers,
the same remains.

What was not synced survives in any order and in part, 512 bytes at a time, and the sector that was being written may
be torn at any byte. A file may have its new length without its new content. Names made and removed are not on the
medium before their directory was synced: `ORDERED` (ext4, xfs) keeps them in their order, and any sync takes them
along; `UNORDERED` keeps any of them; `OWN_NAME` (F2FS as it is mounted by default) too, but with a file it syncs the
file's own name.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

SECTOR = 512
_NEWEST = 16
"""How many of the newest steps come apart; to take all apart costs more than it shows."""


class Flaw(Enum):
    """What a medium does not promise, from best to worst."""

    ORDERED = auto()
    OWN_NAME = auto()
    UNORDERED = auto()
    DEAF = auto()
    """A cheap card: it says that it synced, and did not."""


@dataclass(frozen=True)
class Named:
    """A name was given to a file or a folder."""

    path: str
    inode: int


@dataclass(frozen=True)
class Unnamed:
    """A name was taken away."""

    path: str


@dataclass(frozen=True)
class Renamed:
    """A file got another name in its folder, and took it from whatever had it: both at once, or neither."""

    old: str
    path: str
    inode: int


@dataclass(frozen=True)
class NamesSynced:
    """The directory at `folder` was synced."""

    folder: str


@dataclass(frozen=True)
class Written:
    """Bytes were written to a file."""

    inode: int
    offset: int
    content: bytes


@dataclass(frozen=True)
class Resized:
    """A file was cut off, or made longer with zeros."""

    inode: int
    size: int


@dataclass(frozen=True)
class Synced:
    """A file's content and length were synced."""

    inode: int


Naming = Named | Unnamed | Renamed
Step = Naming | NamesSynced | Written | Resized | Synced

FOLDER = 0
"""The inode of every folder: a folder is its path."""


@dataclass
class Remains:
    """What is on a medium that has no power: names, and the content of each file."""

    names: dict[str, int] = field(default_factory=dict)
    content: dict[int, bytes] = field(default_factory=dict)


class Medium:
    """A medium that obeys steps, beginning with `remains`."""

    def __init__(self, remains: Remains, flaw: Flaw) -> None:
        self.flaw = flaw
        self._names = dict(remains.names)
        self._content: dict[int, bytes] = dict(remains.content)
        self._names_on_their_way: list[Naming] = []
        self._on_their_way: dict[int, list[Written | Resized]] = {}

    def obey(self, step: Step) -> None:
        """Do one step."""
        match step:
            case Named() | Unnamed() | Renamed():
                self._names_on_their_way.append(step)
            case Written() | Resized():
                self._on_their_way.setdefault(step.inode, []).append(step)
            case NamesSynced(folder):
                self._sync_names(folder)
            case Synced(inode):
                self._sync(inode)

    def after_the_cut(self, rng: Random) -> Remains:
        """Choose what is found when the power comes back."""
        names = dict(self._names)
        for step in _surviving_names(self._names_on_their_way, self.flaw, rng):
            _rename(names, step)
        names = {path: inode for path, inode in names.items() if _reachable(path, names)}
        content = {}
        for inode in sorted(set(names.values()) - {FOLDER}):
            settled = self._content.get(inode, b"")
            waiting = self._on_their_way.get(inode)
            content[inode] = _partly(settled, waiting, rng) if waiting else settled
        return Remains(names, content)

    def _sync(self, inode: int) -> None:
        if self.flaw is Flaw.DEAF:
            return
        waiting = self._on_their_way.pop(inode, None)
        if waiting:
            content = bytearray(self._content.get(inode, b""))
            for step in waiting:
                _do(content, step)
            self._content[inode] = bytes(content)
        if self.flaw is Flaw.ORDERED:
            self._sync_names(None)
        if self.flaw is Flaw.OWN_NAME:
            self._sync_own_name(inode)

    def _sync_own_name(self, inode: int) -> None:
        newest = {step.path: step for step in self._names_on_their_way}
        for step in newest.values():
            if isinstance(step, Named | Renamed) and step.inode == inode:
                _rename(self._names, step)
                self._names_on_their_way = [one for one in self._names_on_their_way if one.path != step.path]

    def _sync_names(self, folder: str | None) -> None:
        if self.flaw is Flaw.DEAF:
            return
        if self.flaw is Flaw.ORDERED:
            folder = None
        left = []
        for step in self._names_on_their_way:
            if folder is None or _parent(step.path) == folder:
                _rename(self._names, step)
            else:
                left.append(step)
        self._names_on_their_way = left


def _parent(path: str) -> str:
    return path.rpartition("/")[0] or "/"


def _reachable(path: str, names: dict[str, int]) -> bool:
    above = _parent(path)
    return path == "/" or above == "/" or (above in names and _reachable(above, names))


def _rename(names: dict[str, int], step: Naming) -> None:
    match step:
        case Named(path, inode):
            names[path] = inode
        case Unnamed(path):
            names.pop(path, None)
        case Renamed(old, path, inode):
            names.pop(old, None)
            names[path] = inode


def _do(content: bytearray, step: Written | Resized) -> None:
    if isinstance(step, Written):
        if len(content) < step.offset:
            content.extend(bytes(step.offset - len(content)))
        content[step.offset : step.offset + len(step.content)] = step.content
    elif len(content) < step.size:
        content.extend(bytes(step.size - len(content)))
    else:
        del content[step.size :]


def _surviving_names(steps: list[Naming], flaw: Flaw, rng: Random) -> list[Naming]:
    if flaw is Flaw.ORDERED:
        return steps[: rng.randint(0, len(steps))]
    return [step for step in steps if rng.random() < 0.5]


def _partly(settled: bytes, steps: list[Written | Resized], rng: Random) -> bytes:
    """Some of `steps` done to `settled`, in one of the manners in which media fail."""
    content = bytearray(settled)
    manner = rng.randrange(6)
    if manner == 0:  # nothing came through
        return settled
    if manner == 1:  # everything did
        for step in steps:
            _do(content, step)
        return bytes(content)
    if manner == 2:  # in order, and the last one torn
        reached = rng.randrange(len(steps))
        for step in steps[:reached]:
            _do(content, step)
        return bytes(_torn(content, steps[reached], rng))
    share = rng.choice((0.05, 0.3, 0.5, 0.7, 0.95))
    longer = rng.random() < 0.5
    filler = rng.choice((b"\0", bytes([rng.randrange(256)])))
    if manner == 3:  # whole steps, any of them
        pieces = steps
    else:  # any sectors of the newest steps, any of the older steps as a whole
        pieces = steps[:-_NEWEST] + [piece for step in steps[-_NEWEST:] for piece in _sectors(step)]
    for piece in pieces:
        if rng.random() < share:
            if manner == 5 and rng.random() < 0.1:
                _torn(content, piece, rng)
            else:
                _do(content, piece)
        elif longer and isinstance(piece, Written) and (end := piece.offset + len(piece.content)) > len(content):
            # The length was kept and the content was not: zeros, or what an older file left in these blocks.
            content.extend(filler * (end - len(content)))
    return bytes(content)


def _torn(content: bytearray, step: Written | Resized, rng: Random) -> bytearray:
    if isinstance(step, Written):
        _do(content, Written(step.inode, step.offset, step.content[: rng.randint(0, len(step.content))]))
    return content


def _sectors(step: Written | Resized) -> list[Written | Resized]:
    if isinstance(step, Resized):
        return [step]
    end = step.offset + len(step.content)
    edges = [step.offset, *range((step.offset // SECTOR + 1) * SECTOR, end, SECTOR), end]
    return [
        Written(step.inode, begin, step.content[begin - step.offset : stop - step.offset])
        for begin, stop in pairwise(edges)
    ]
