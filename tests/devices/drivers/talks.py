"""A citizen who is led through the Online-Ausweis: what they type, and what happens meanwhile."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from devices.online_ausweis import CanWanted, CardWanted, NewPinWanted, Over, PadWanted, PinWanted, Wish

PATIENCE = 20.0


class Citizen:
    """Types what was given, in that order; None gives up. Keeps what was asked."""

    def __init__(
        self,
        pins: tuple[str | None, ...] = (),
        cans: tuple[str | None, ...] = (),
        new_pins: tuple[str | None, ...] = (),
        *,
        willing: bool = True,
        meanwhile: Callable[[object], object] = lambda _asked: None,
    ) -> None:
        self._pins, self._cans, self._new_pins = iter(pins), iter(cans), iter(new_pins)
        self._willing = willing
        self._meanwhile = meanwhile
        self.asked: list[object] = []

    def allow(self, wish: Wish, over: Over) -> bool:
        self._at(wish)
        return self._willing and not over()

    def want_card(self, wanted: CardWanted, over: Over) -> bool:
        self._at(wanted)
        return self._until(over)

    def work(self, over: Over) -> bool:
        self._meanwhile("work")
        return self._until(over)

    def type_on_reader(self, wanted: PadWanted, over: Over) -> bool:
        self._at(wanted)
        return self._until(over)

    def pin(self, wanted: PinWanted, over: Over) -> str | None:
        self._at(wanted)
        return self._typed(next(self._pins, "later"), over)

    def can(self, wanted: CanWanted, over: Over) -> str | None:
        self._at(wanted)
        return self._typed(next(self._cans, "later"), over)

    def new_pin(self, wanted: NewPinWanted, over: Over) -> str | None:
        self._at(wanted)
        return self._typed(next(self._new_pins, "later"), over)

    def _at(self, asked: object) -> None:
        self.asked.append(asked)
        self._meanwhile(asked)

    def _typed(self, value: str | None, over: Over) -> str | None:
        """Who has nothing to type any more stands there until something happens."""
        if value == "later":
            self._until(over)
        return value

    def _until(self, over: Over) -> bool:
        give_up = time.monotonic() + PATIENCE
        while not over():
            assert time.monotonic() < give_up, "nothing happens"
            time.sleep(0.01)
        return True
