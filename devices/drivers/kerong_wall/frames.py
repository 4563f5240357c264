"""KERONG CU48 commands and answers as bytes, without I/O (the maker's protocol 2.1 of 2020).

A request is `02 board lock command 03 sum`, an answer to the status question `02 board xx code D1…D6 03 sum`, where the
lowest bit of D1 is lock 1 and the highest of D6 lock 48; the sum is the lowest byte of all before it added up.
Releasing a lock is not answered.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

LOCKS: Final = 48

_BEGIN: Final = 0x02
_END: Final = 0x03
_ANSWER_SIZE: Final = 12


@dataclass(frozen=True)
class Codes:
    """The commands and the answer's code, as this board's version has them."""

    status: int = 0x50
    unlock: int = 0x51
    reply: int = 0x65


def status(board: int, codes: Codes = Codes()) -> bytes:
    """Ask a board for all its locks."""
    return _request(board, 0, codes.status)


def unlock(board: int, lock: int, codes: Codes = Codes()) -> bytes:
    """Release a lock, counted from 0."""
    return _request(board, lock, codes.unlock)


def locks_in(received: bytes, board: int, codes: Codes = Codes()) -> tuple[bool, ...] | None:
    """The 48 bits of the first whole answer of this board among what was received; None if there is none yet."""
    for start in range(len(received) - _ANSWER_SIZE + 1):
        frame = received[start : start + _ANSWER_SIZE]
        if (frame[0], frame[1], frame[3], frame[10]) != (_BEGIN, board, codes.reply, _END):
            continue
        if sum(frame[:-1]) & 0xFF != frame[-1]:
            continue
        bits = int.from_bytes(frame[4:10], "little")
        return tuple(bool(bits >> lock & 1) for lock in range(LOCKS))
    return None


def _request(board: int, lock: int, command: int) -> bytes:
    body = bytes((_BEGIN, board, lock, command, _END))
    return body + bytes((sum(body) & 0xFF,))
