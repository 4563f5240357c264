"""A relay board as the drivers of locks and motors see it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from devices.drivers.relay_board import frames
from devices.drivers.relay_board.exchange import ask
from devices.drivers.scripts import run

if TYPE_CHECKING:
    from collections.abc import Callable

    from devices.wires.byte_wire import ByteWire

_WRITE_WITHIN: Final = 0.3
_READ_TRIES: Final = 2
"""A question may be asked again without harm; a command is not, because nobody knows whether it was heard."""


class RelayBoard:
    """One board on a line, by its id; every verb takes at most a third of a second. Channels count from 0.

    Each may raise `TransportError`: the line failed.
    """

    def __init__(self, wire: ByteWire, unit: int, channels: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._wire = wire
        self._unit = unit
        self._channels = channels
        self._clock = clock

    def all_off(self) -> bool:
        """Switch every relay off and make each obey commands alone; False when the board did not confirm it."""
        # Said twice it does no harm, so it may be said again.
        off = self._ask(frames.all_off(self._unit), _READ_TRIES)
        if off is None or off.refused:
            return False
        found = self._ask(frames.modes(self._unit, self._channels), _READ_TRIES)
        # A board that has no modes refuses the question.
        for channel, mode in enumerate(found.registers[: self._channels] if found is not None else ()):
            normal = frames.set_normal(self._unit, channel)
            if mode != frames.NORMAL_MODE and self._ask(normal, _READ_TRIES) is None:
                return False
        return True

    def flash(self, channel: int, tenths: int) -> bool:
        """Switch a relay on for so many tenths of a second; the board counts. False when it did not say that it will.

        Sent once: without an answer, whether the board heard it is unknown.
        """
        answer = self._ask(frames.flash(self._unit, channel, tenths), 1)
        return answer is not None and not answer.refused

    def off(self, channel: int) -> bool:
        """Switch a relay off before its time; False when the board did not confirm it. It may be said again."""
        answer = self._ask(frames.off(self._unit, channel), 1)
        return answer is not None and not answer.refused

    def inputs(self) -> tuple[bool, ...] | None:
        """Every input, none if the board refuses because it has fewer; None when it is silent."""
        return self._bits(frames.inputs(self._unit, self._channels))

    def relays(self) -> tuple[bool, ...] | None:
        """Every relay, none if the board refuses because it has fewer; None when it is silent."""
        return self._bits(frames.relays(self._unit, self._channels))

    def _bits(self, request: frames.Request) -> tuple[bool, ...] | None:
        answer = self._ask(request, _READ_TRIES)
        return None if answer is None else answer.bits[: self._channels]

    def _ask(self, request: frames.Request, tries: int) -> frames.Answer | None:
        answer = run(ask(request, self._clock(), tries), self._wire, self._clock, _WRITE_WITHIN)
        return None if answer is not None and answer.refused in frames.NOBODY_THERE else answer
