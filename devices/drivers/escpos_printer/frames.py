"""ESC/POS commands and answers as bytes, without I/O (Epson's ESC/POS reference: DLE EOT, DLE DC4, DLE ENQ, GS r).

Real-time commands (DLE …) are answered even while the printer is offline or its buffer is full; `GS r` waits in the
buffer like print data, so its answer says that everything before it has been done.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import Final

from devices.conditions import Condition, Need, NeedsStaff, Ready, Soon


class Ask(IntEnum):
    """The four real-time questions: n of DLE EOT n."""

    PRINTER = 1
    OFFLINE_CAUSE = 2
    ERROR_CAUSE = 3
    PAPER = 4


class _Printer(IntFlag):
    OFFLINE = 0x08
    WAITING_FOR_RECOVERY = 0x20


class _OfflineCause(IntFlag):
    COVER_OPEN = 0x04
    PAPER_END = 0x20
    ERROR = 0x40


class _ErrorCause(IntFlag):
    RECOVERABLE = 0x04
    CUTTER = 0x08
    UNRECOVERABLE = 0x20
    AUTO_RECOVERABLE = 0x40


class _Paper(IntFlag):
    NEAR_END = 0x0C
    END = 0x60


CONFIRM: Final = b"\x1dr\x01"
"""GS r 1: answer with the paper sensor once all before it is done."""

QUIET: Final = b"\x1da\x00"
"""GS a 0: send no status unasked, whatever somebody set before us."""

ABANDON: Final = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08" + b"\x10\x05\x02"
"""DLE DC4 8: clear the buffers; DLE ENQ 2: leave a recoverable error (the cutter's) without printing what was held."""

CUT_OFF: Final = b"\x1b@" + QUIET + b"\x1bd\x06\x1dV\x01"
"""Feed what lies before the blade past it and cut: the rest of an earlier slip does not become part of the next."""

REAL_TIME_HEADS: Final = (b"\x10\x04", b"\x10\x05", b"\x10\x14")
"""What a printer takes for a real-time command even in the middle of a picture's bytes."""


def question(ask: Ask) -> bytes:
    """DLE EOT n."""
    return b"\x10\x04" + bytes([ask])


def is_answer(byte: int) -> bool:
    """Whether a byte answers a DLE EOT: bits 1 and 4 set, bits 0 and 7 not."""
    return byte & 0x93 == 0x12


def is_confirmation(byte: int) -> bool:
    """Whether a byte answers a GS r 1: nothing but the four paper bits."""
    return byte & 0xF0 == 0


@dataclass(frozen=True)
class Answers:
    """What the printer said to each question; `None` is silence."""

    printer: int | None = None
    offline_cause: int | None = None
    error_cause: int | None = None
    paper: int | None = None

    def condition(self) -> Condition:
        """The one thing a person has to do first; silence is never taken for health."""
        if None in (self.printer, self.offline_cause, self.error_cause, self.paper):
            return NeedsStaff(Need.SWITCH_ON)
        printer, offline, error, paper = (
            self.printer or 0,
            self.offline_cause or 0,
            self.error_cause or 0,
            self.paper or 0,
        )
        if need := _need(offline, error):
            return NeedsStaff(need)
        if paper & _Paper.END == _Paper.END:
            return NeedsStaff(Need.PAPER)
        if printer & (_Printer.OFFLINE | _Printer.WAITING_FOR_RECOVERY):
            return NeedsStaff(Need.LOOK_AT_IT)
        return Ready(Soon.PAPER_NEAR_END if paper & _Paper.NEAR_END == _Paper.NEAR_END else None)


def stopped_by(offline_cause: int) -> Need | None:
    """Why a printer stopped in the middle of its work, from its answer to `OFFLINE_CAUSE`; an error is asked after."""
    return _need(offline_cause & ~_OfflineCause.ERROR, 0)


def has_error(offline_cause: int) -> bool:
    """Whether the answer to `OFFLINE_CAUSE` says that `ERROR_CAUSE` knows more."""
    return bool(offline_cause & _OfflineCause.ERROR)


def error_need(error_cause: int) -> Need | None:
    """What the answer to `ERROR_CAUSE` asks of a person; None for what the printer gets over by itself."""
    return _need(0, error_cause)


def _need(offline_cause: int, error_cause: int) -> Need | None:
    if offline_cause & _OfflineCause.COVER_OPEN:
        return Need.CLOSE_COVER
    if error_cause & _ErrorCause.CUTTER:
        return Need.CLEAR_CUTTER
    if offline_cause & _OfflineCause.PAPER_END:
        return Need.PAPER
    if error_cause & (_ErrorCause.RECOVERABLE | _ErrorCause.UNRECOVERABLE) or offline_cause & _OfflineCause.ERROR:
        return Need.LOOK_AT_IT
    return None
