"""Who says what when, between us and a KERONG board, without I/O: scripts (`devices.drivers.scripts`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from devices.drivers.kerong_wall import frames
from devices.drivers.scripts import Listen, Send

if TYPE_CHECKING:
    from devices.drivers.scripts import Script

ANSWER_WITHIN: Final = 0.15
"""Seconds; at 19200 baud question and answer take ten milliseconds, and the board as much again to turn around."""

_QUIET: Final = 0.003
_QUIET_WITHIN: Final = 0.1
_TRIES: Final = 2
_KEPT: Final = 512


def ask_locks(board: int, codes: frames.Codes, now: float) -> Script[tuple[bool, ...] | None]:
    """Ask for all locks of a board, twice if need be; None when it is silent."""
    for _ in range(_TRIES):
        now = yield from _quiet(now)
        yield Send(frames.status(board, codes))
        deadline, received = now + ANSWER_WITHIN, b""
        while now < deadline:
            heard = yield Listen(deadline - now)
            now = heard.now
            received = (received + heard.received)[-_KEPT:]
            if (locks := frames.locks_in(received, board, codes)) is not None:
                return locks
    return None


def release(board: int, lock: int, codes: frames.Codes, now: float) -> Script[None]:
    """Release a lock, counted from 0; said once, and not answered."""
    yield from _quiet(now)
    yield Send(frames.unlock(board, lock, codes))


def _quiet(now: float) -> Script[float]:
    """Let the line fall silent; what comes meanwhile is nobody's answer. The time it then is."""
    quiet_by = now + _QUIET_WITHIN
    while (heard := (yield Listen(_QUIET))).received and heard.now < quiet_by:
        pass
    return heard.now
