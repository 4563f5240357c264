"""What the kiosk does about money besides selling: settles torn sales before a session, closes the till between two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from devices.conditions import Ready
from devices.roles import CARD_TERMINAL
from kiosk_app.apart import Apart
from kiosk_app.settling_sales import SaleSettler
from kiosk_app.till import Till

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from threading import Event

    from central_office.contract.town import Town
    from devices.noticeboard import Noticeboard
    from kiosk_app.conductor import Memory
    from kiosk_app.desk import Devices

LOOK_AT_TILL_EVERY: Final = 60.0
"""Seconds between two looks at whether the day is to be closed."""

TRY_AGAIN_AFTER: Final = 600.0
"""Seconds after which a terminal that would not close its day is asked again."""

ASK_AGAIN_AFTER: Final = 10.0
"""Seconds after which a terminal is asked again about a sale of which it told nothing."""


class MoneyDuty:
    """Called on the session's thread while nobody is served; what may take long runs apart, and `beat` is called.

    `stop` set: the program ends. `clock` counts seconds steadily.
    """

    def __init__(  # noqa: PLR0913  # the ports of the house
        self,
        devices: Devices,
        noticeboard: Noticeboard,
        *,
        town: Town,
        now: Callable[[], datetime],
        stop: Event,
        clock: Callable[[], float],
        beat: Callable[[], None],
    ) -> None:
        self._devices = devices
        self._noticeboard = noticeboard
        self._town = town
        self._now = now
        self._stop = stop
        self._clock = clock
        self._beat = beat
        self._ask_at = self._till_at = clock()

    def settle(self, memory: Memory) -> None:
        """Before a session: find out about every sale that was begun and has no end."""
        if any(not sale.told for sale in memory.sales.unfinished()):
            self._settle(memory)

    def look(self, memory: Memory) -> bool:
        """While nobody is there: ask again about what is unclear, close the day when it is over; whether it was."""
        now = self._clock()
        if now >= self._ask_at:
            self._ask_at = now + ASK_AGAIN_AFTER
            if isinstance(self._noticeboard.of(CARD_TERMINAL), Ready) and memory.sales.unfinished():
                self._settle(memory)
        if now >= self._till_at:
            self._till_at = now + LOOK_AT_TILL_EVERY
            till = Till(
                self._devices,
                self._noticeboard,
                memory.sales,
                memory.till,
                town=self._town,
                now=self._now,
                cancel=self._stop,
            )
            if till.due():
                if Apart("till", till.close, memory.sales.let_go).result(self._beat):
                    return True
                self._till_at = self._clock() + TRY_AGAIN_AFTER
        return False

    def _settle(self, memory: Memory) -> None:
        settler = SaleSettler(
            self._devices,
            self._noticeboard,
            memory.sales,
            town=self._town,
            now=self._now,
            cancel=self._stop,
            pause=self._stop.wait,
        )
        Apart("settle", settler.settle, memory.sales.let_go).result(self._beat)
