"""Who listens while a terminal works: the sale for which it does, and a greeting that outlasts a look at it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from devices.drivers.scripts import Heard, Listen, Script, Send

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

    from devices.drivers.zvt_terminal.exchange import Ended
    from devices.payments import Advice, Booking, Goods
    from devices.wires.byte_wire import ByteWire

WRITE_WITHIN: Final = 2.0
"""Seconds for one packet."""


class Sale:
    """An `exchange.Audience`; knows at any time what was authorised, and whether the goods went wrong."""

    def __init__(self, goods: Goods | None, advise: Callable[[Advice], None], cancel: Event | None) -> None:
        self._goods = goods
        self._advise = advise
        self._cancel = cancel
        self.booking: Booking | None = None
        self.at_work = False

    def hint(self, advice: Advice) -> None:
        """Hand on what the citizen should do."""
        self.at_work = True
        self._advise(advice)
        self.at_work = False

    def authorised(self, booking: Booking) -> None:
        """Remember it, and let the goods begin."""
        self.booking = booking
        if self._goods is not None:
            # Stays set when the goods raise: then the error is theirs and not the wire's.
            self.at_work = True
            self._goods.authorised(booking)
            self.at_work = False

    def issued(self, within: float) -> int | None:
        """Ask the goods; a sale without any is issued at once."""
        if self._goods is None:
            return self.booking.amount if self.booking is not None else 0
        self.at_work = True
        issued = self._goods.issued(within)
        self.at_work = False
        return issued

    def stopping(self) -> bool:
        """Whether the visit has ended."""
        return self._cancel is not None and self._cancel.is_set()


def unheard(_: Advice) -> None:
    """Nobody stands before the terminal."""


class Greeting:
    """A registration that may take longer than a look at the terminal does."""

    def __init__(self, script: Script[Ended]) -> None:
        self._script = script
        self._action: Send | Listen | None = None

    def go_on(self, wire: ByteWire, clock: Callable[[], float], until: float) -> Ended | None:
        """Get on with it; None when it has not ended by then."""
        try:
            if self._action is None:
                self._action = next(self._script)
            while True:
                if isinstance(self._action, Send):
                    wire.write(self._action.data, WRITE_WITHIN)
                    self._action = next(self._script)
                    continue
                left = until - clock()
                if left <= 0:
                    return None
                received = wire.read(256, min(self._action.timeout, left))
                self._action = self._script.send(Heard(received, clock()))
        except StopIteration as ended:
            result: Ended = ended.value
            return result
