"""Cuts the power of whatever else lies on a kiosk's disk: keys, identity, parts of files, a ledger being encrypted.

A `Story` runs the production code once, on a disk in memory, and notes after each act from which step on it owes what
(`owed`). Then the power is cut at each step; the story's own `look` starts a kiosk on the remains, holds what it finds
against what was owed at that step or became true later, and lets the kiosk go on with its work. A share of the cuts is
followed by another one while that kiosk starts.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Protocol

import apsw

from offline_cache.database import StoreError
from offline_cache.line import LineError
from tests.crash.engine import Mishap, Tally
from tests.crash.medium import Medium
from tests.crash.ram_disk import RamDisk

if TYPE_CHECKING:
    from tests.crash.medium import Flaw, Remains, Step
    from tests.crash.ram_disk import Anchors

_AGAIN = 0.2
"""The share of cuts after which the power fails once more."""


class Story(Protocol):
    """What a kiosk does to its disk, and what it owes for it."""

    before: Remains
    """What the disk holds when it begins."""
    owed: list[int]
    """After which step each act had returned: from then on what it did must be there. Rising; filled by `lives`."""

    def lives(self, disk: RamDisk) -> None:
        """Do it all, once."""
        ...

    def look(self, disk: RamDisk, acts: int, step: int) -> None:
        """Start a kiosk on what a cut at `step` left when `acts` acts had returned, and go on with its work.

        Raises:
            AssertionError, StoreError, LineError, apsw.Error, OSError: something owed is not there.
        """
        ...


def cut(  # what, on which medium, by which chance, and how bad the disk's own manners are
    anchors: Anchors,
    story: Story,
    flaw: Flaw,
    seed: str,
    *,
    every: int = 1,
    careless: bool = False,
    forgetful: bool = False,
) -> Tally:
    """Let a story happen and cut its power at `every` step; `careless` and `forgetful` as in `RamDisk`."""
    disk = RamDisk(anchors, story.before, careless=careless)
    disk.forgetful = forgetful
    story.lives(disk)
    done = list(disk.steps)
    disk.throw_away()
    tally = Tally(steps=len(done))
    medium = Medium(story.before, flaw)
    for step in range(len(done) + 1):
        if step:
            medium.obey(done[step - 1])
        if step % every and step < len(done):
            continue
        acts = sum(returned <= step for returned in story.owed)
        rng = Random(f"{seed}/{step}")
        remains = medium.after_the_cut(rng)
        started = _look(anchors, story, remains, acts, tally, (seed, step, flaw))
        if started and rng.random() < _AGAIN:
            once_more = Medium(remains, flaw)
            for one in started[: rng.randint(1, len(started))]:
                once_more.obey(one)
            _look(anchors, story, once_more.after_the_cut(rng), acts, tally, (f"{seed}+", step, flaw))
    return tally


def _look(  # noqa: PLR0917  # one cut of `cut`
    anchors: Anchors, story: Story, remains: Remains, acts: int, tally: Tally, where: tuple[str, int, Flaw]
) -> list[Step]:
    tally.cuts += 1
    tally.promises += acts
    seed, step, flaw = where
    disk = RamDisk(anchors, remains)
    try:
        story.look(disk, acts, step)
    except (AssertionError, StoreError, LineError, apsw.Error, OSError, ValueError, KeyError) as trouble:
        word = f"{type(story).__name__}: {type(trouble).__name__}: {trouble}"
        lost = isinstance(trouble, Lost)
        tally.mishaps.append(Mishap(seed, step, flaw, word, int(lost), corrupt=not lost))
        return []
    finally:
        disk.throw_away()
    return list(disk.steps)


class Lost(AssertionError):
    """What was owed is not there; the text says what."""


def owed(kept: bool, what: str) -> None:  # noqa: FBT001
    """Demand what was owed.

    Raises:
        Lost: it is not there.
    """
    if not kept:
        raise Lost(what)
