"""What tests of the card terminal have in common: goods that are issued or not, and a terminal on either wire."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING

from devices.drivers.zvt_terminal import ZVT_TERMINAL

if TYPE_CHECKING:
    from collections.abc import Callable

    from devices.payments import Advice, Booking, CardTerminal, PayOutcome
    from devices.simulators.terminal import Terminal

TEMPO = 0.02
"""The terminal works fifty times faster than a real one."""

PRICE = 500


@dataclass
class Bags:
    """Goods of which `worth` cents come out after `slowly` questions; None: it is never known."""

    worth: int | None = PRICE
    slowly: int = 0
    then: Callable[[], None] = lambda: None
    written: list[Booking] = field(default_factory=list)
    asked: int = 0

    def authorised(self, booking: Booking) -> None:
        self.written.append(booking)
        self.then()

    def issued(self, within: float) -> int | None:
        self.asked += 1
        return None if self.asked <= self.slowly else self.worth


@dataclass
class Till:
    """A terminal, its driver, and what the citizen was told."""

    terminal: Terminal
    device: CardTerminal
    told: list[Advice] = field(default_factory=list)
    cancel: Event = field(default_factory=Event)

    def sell(self, goods: Bags, card: str | None = "girocard", cents: int = PRICE) -> PayOutcome:
        self.told.clear()
        if card is not None:
            self.terminal.present(card)
        return self.device.pay(cents, goods, self.told.append, self.cancel)

    def reverse(self, receipt: int | None) -> PayOutcome:
        assert receipt is not None
        return self.device.reverse(receipt, self.told.append, self.cancel)


def till_at(terminal: Terminal, **options: str | float | bool) -> Till:
    device = ZVT_TERMINAL.open({"address": terminal.address, **options})
    assert device.condition() is not None
    return Till(terminal, device)
