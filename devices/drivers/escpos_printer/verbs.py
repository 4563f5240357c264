"""A receipt printer as the rest of the kiosk sees it."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Final, TypeVar

from devices.conditions import Condition, Need, NeedsStaff, Ready
from devices.drivers.escpos_printer import layout
from devices.drivers.escpos_printer.exchange import ask_all, clear, print_job
from devices.drivers.escpos_printer.frames import ABANDON, CUT_OFF
from devices.drivers.scripts import Script, run
from devices.errors import Cancelled, TransportError
from devices.roles import NotPrinted, Printed, PrintOutcome, PrintUnknown

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from threading import Event

    from devices.receipts import Receipt
    from devices.wires.byte_wire import ByteWire

_WRITE_WITHIN: Final = 2.0
"""Seconds for one piece of a job; at 9600 baud 512 bytes take half a second."""

T = TypeVar("T")


class EscposPrinter:
    """Prints receipts and believes only what the printer says itself."""

    def __init__(
        self,
        wire: ByteWire,
        *,
        columns: int,
        profile: str,
        picture_font: Path | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._wire = wire
        self._columns = columns
        self._profile = profile
        self._picture_font = picture_font
        self._clock = clock
        # Half a slip of an earlier citizen may still hang in the printer.
        self._unfinished = False
        # Whoever spoke to it before us, a kiosk that was killed perhaps, may have left half a command in it.
        self._cleared = False

    def condition(self) -> Condition:
        """Ask the printer; a silent one needs to be switched on."""
        # An answer that came too late for an earlier question must not be taken for one to this.
        self._wire.drain()
        return self._run(ask_all(self._clock())).condition()

    def lent(self) -> None:
        """Nothing is kept between leases."""

    def print_receipt(self, receipt: Receipt, cancel: Event) -> PrintOutcome:
        """Print and cut; `Printed` only when the printer confirmed after the cut."""
        job = layout.job(receipt, self._columns, self._profile, self._picture_font)
        if not self._cleared:
            self._run(clear(self._clock()))
            self._cleared = True
        match self.condition():
            case Ready():
                pass
            case NeedsStaff() as condition:
                return NotPrinted(condition)
            case _:  # a printer that answers is there
                return NotPrinted(NeedsStaff(Need.LOOK_AT_IT))
        if cancel.is_set():
            raise Cancelled
        if self._unfinished:
            job = (CUT_OFF, *job)
        self._unfinished = True
        try:
            outcome = self._run(print_job(job, self._clock()))
        except TransportError:
            # The cable was pulled, or the printer stopped taking bytes: the paper may or may not be there.
            with contextlib.suppress(TransportError):
                self._wire.write(ABANDON, _WRITE_WITHIN)
            outcome = PrintUnknown()
        self._unfinished = not isinstance(outcome, Printed)
        return outcome

    def close(self) -> None:
        """Let go of the wire."""
        self._wire.close()

    def _run(self, script: Script[T]) -> T:
        return run(script, self._wire, self._clock, _WRITE_WITHIN)
