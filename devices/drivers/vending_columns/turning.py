"""When a motor runs, when it stops, and what the sensors say about it: one turn, without I/O.

A turn is a script that yields what to do and is sent what was seen. Its strokes: a full turn from home to home; if
nothing fell, half a turn more, which shakes loose what hangs; if nothing fell again, the other half, home. A bag that
fell after half a turn leaves the next one half way to the edge, so that the next turn begins with the other half.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass
from enum import Enum
from typing import Final

from devices.dispensing import Dropped, Jammed, NothingDropped, NotStarted, Obstacle, TurnOutcome, Unclear

LEAVES_HOME: Final = 0.8
"""Seconds within which a motor that runs has left its home."""

LONGEST: Final = 1.3
"""A turn lasts at most so many times what it should; the board itself ends it then."""

FALLS: Final = 1.5
"""Seconds after the motor has stopped in which a bag may still fall."""

DOUBLES: Final = 0.8
"""Seconds after a bag, and after the stop, in which a second one is waited for."""


@dataclass(frozen=True)
class Timing:
    """Seconds: a turn's nominal length, and how long the drop sensor holds what it saw at the least."""

    turn: float
    drop_held: float


@dataclass(frozen=True)
class Flash:
    """Let the board run the motor for so many tenths of a second at most; sent once."""

    tenths: int


@dataclass(frozen=True)
class Off:
    """Switch the motor off; may be said again."""


@dataclass(frozen=True)
class Look:
    """Read the sensors."""


Act = Flash | Off | Look


@dataclass(frozen=True)
class Seen:
    """The time by a steady clock; after `Look` the sensors, None when a board is silent; else if the board agreed."""

    now: float
    home: bool | None = None
    drop: bool | None = None
    heard: bool = True


@dataclass(frozen=True)
class Ended:
    """What became of the turn, and where the column stands: `half` way, at `home`, or neither of them."""

    outcome: TurnOutcome
    home: bool = False
    half: bool = False


class _Stroke(Enum):
    FULL = 1.0
    HALF = 0.5
    REST = 0.51
    """The other half, home."""


Script = Generator[Act, Seen, Ended]
_Part = Generator[Act, Seen, bool]


def turn(timing: Timing, now: float, *, half: bool) -> Script:
    """One turn to its end; `half`: the column stands half way. The drop sensor must be clear when it begins."""
    watch = _Watch(timing, now)
    strokes = (_Stroke.REST if half else _Stroke.FULL, _Stroke.HALF, _Stroke.REST)
    for at, stroke in enumerate(strokes):
        well = yield from watch.stroke(stroke, first=not at)
        yield from watch.fall()
        if watch.pieces:
            return Ended(
                Dropped(watch.pieces),
                home=watch.home is True,
                half=well and stroke is _Stroke.HALF and watch.home is False,
            )
        if watch.blind:
            return Ended(Unclear())
        if not well and not at and not watch.heard and not watch.moved:
            return Ended(NotStarted(Obstacle.NOT_HEARD), home=True)
        if not well:
            return Ended(Jammed())
    return Ended(NothingDropped(), home=True)


class _Watch:
    """Eyes on the sensors through all strokes: counts what falls, and notices when it could have missed something."""

    def __init__(self, timing: Timing, now: float) -> None:
        self._timing = timing
        self._known_at = self._now = now
        self._drop = False
        self._dropped_at = now
        self._stopped_at = now
        self.home: bool | None = None
        self.pieces = 0
        self.blind = False
        self.heard = True
        self.moved = False

    def stroke(self, stroke: _Stroke, *, first: bool) -> _Part:
        """Run the motor; whether it did as told."""
        lasts = self._timing.turn * (1.0 if stroke is _Stroke.FULL else 0.5)
        longest = lasts if stroke is _Stroke.HALF else lasts * LONGEST
        # Without the rounding, 1.3 turns of 1.0 seconds were 14 tenths.
        tenths = math.ceil(round(longest * 10, 6))
        seen = yield Flash(tenths)
        self.heard, self._now, begun = seen.heard, seen.now, seen.now
        ends_at = begun + tenths / 10
        if first:
            # Nothing falls yet while the command is on the line, even if its answer is waited for in vain.
            self._known_at = begun
        self.moved = False
        if stroke is not _Stroke.REST and not (yield from self._wait(home=False, until=begun + LEAVES_HOME)):
            yield from self._off(ends_at)
            return False
        self.moved = True
        if stroke is _Stroke.HALF:
            yield from self._wait(home=True, until=ends_at)
            self._stopped_at = max(self._now, ends_at)
            return self.home is not True
        arrived = yield from self._wait(home=True, until=ends_at)
        yield from self._off(ends_at)
        return arrived

    def fall(self) -> _Part:
        """Wait for what falls after the motor has stopped, and for a second one after that; whether any fell."""
        while not self.pieces and self._now < self._stopped_at + FALLS:
            yield from self._look()
        while self.pieces and self._now < max(self._stopped_at, self._dropped_at) + DOUBLES:
            yield from self._look()
        # At the very end nothing was looked at for a while, if the board is silent by now.
        self.blind = self.blind or self._now - self._known_at > self._timing.drop_held
        return self.pieces > 0

    def _wait(self, *, home: bool, until: float) -> _Part:
        while self._now < until:
            yield from self._look()
            if self.home is home:
                return True
        return False

    def _look(self) -> Generator[Act, Seen, None]:
        seen = yield Look()
        self._now, self.home = seen.now, seen.home
        if seen.drop is None or seen.home is None:
            return
        if seen.now - self._known_at > self._timing.drop_held:
            self.blind = True
        self._known_at = seen.now
        if seen.drop and not self._drop:
            self.pieces += 1
            self._dropped_at = seen.now
        self._drop = seen.drop

    def _off(self, ends_at: float) -> Generator[Act, Seen, None]:
        seen = yield Off()
        self._now = seen.now
        # Not confirmed: it runs on until the board itself ends it.
        self._stopped_at = seen.now if seen.heard else max(seen.now, ends_at)
