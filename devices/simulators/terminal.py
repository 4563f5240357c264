"""A card terminal at the end of a TCP port or a pseudo-terminal: what a person does to it, and its power."""

from __future__ import annotations

import contextlib
import json
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from devices.simulators.listener import Listener
from devices.simulators.pseudo_line import plug_in, pull_out
from devices.simulators.terminal_books import CARDS, Books
from devices.simulators.terminal_commands import Conversation, Fault, Left, Panel, PowerCut, Reach
from devices.simulators.terminal_lines import PtyEar, TcpEar

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from devices.simulators.terminal_lines import Ear

BAUD: Final = 9600
_SLIPS_SHOWN: Final = 12


def _now() -> datetime:
    return datetime.now(UTC)


class Terminal:
    """All methods may be called from any thread.

    With a `link` it hangs on a serial line under that path, else on a TCP port. `tempo` multiplies every time it takes
    by itself. Its books outlive every power cut.
    """

    def __init__(
        self,
        port: int = 0,
        link: Path | None = None,
        tempo: float = 1.0,
        baud: int = BAUD,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self.books = Books(clock)
        self._clock = clock
        self.panel = Panel(tempo=tempo)
        self._baud = baud
        self._serving = threading.Lock()
        self._off = threading.Event()
        self._link = link
        self._line: tuple[tuple[int, int], threading.Thread] | None = None
        self._listener: Listener | None = None
        self.ear: Ear | None = None
        if link is None:
            self._listener = Listener(port, self._serve_caller)
        else:
            self.plug()

    # What a person does to it.

    def present(self, name: str) -> None:
        """Hold up a card, or put it in.

        Raises:
            KeyError: no such card.
        """
        self.panel.card = next((card for card in CARDS if card.name == name), None)
        if self.panel.card is None:
            raise KeyError(name)

    def take_card(self) -> None:
        """Take the card away again."""
        self.panel.card = None

    def press_stop(self) -> None:
        """Press the red key."""
        self.panel.stop_key = True

    def fail(self, fault: Fault) -> None:
        """Let something be wrong with it; `Fault.NONE` mends it."""
        self.panel.fault = fault

    def set_reach(self, reach: Reach) -> None:
        """Say which payments it reverses."""
        self.panel.reach = reach

    def set_left(self, left: Left) -> None:
        """Say what becomes of an authorised payment that is left alone."""
        self.panel.left = left

    def unplug(self) -> None:
        """Pull its plug: line and power go together."""
        self._off.set()
        if self._listener is not None:
            self._listener.close()
        elif self._line is not None and self._link is not None:
            (ends, thread), self._line = self._line, None
            thread.join(5)
            pull_out(self._link, ends)
        self.panel.display, self.panel.card = "", None

    def cut_line(self) -> None:
        """Break every connection on its TCP port, and keep the power."""
        if self._listener is not None:
            self._listener.reset()

    def plug(self) -> None:
        """Put its plug in."""
        self._off.clear()
        self.panel.display = "Bereit"
        if self._listener is not None:
            self._listener.open()
        elif self._line is None and self._link is not None:
            ends = plug_in(self._link)
            thread = threading.Thread(target=self._serve_line, args=(ends[0],), name="terminal", daemon=True)
            self._line = (ends, thread)
            thread.start()

    def exchange(self, number: str = "") -> None:
        """Put another terminal in its place: without memory, with `number` (eight digits) or one of its own."""
        self.unplug()
        self.books = Books(self._clock, number or f"{int(self.books.number) + 1:08}")
        self.plug()

    @property
    def plugged(self) -> bool:
        """Whether it has power and line."""
        return not self._off.is_set()

    @property
    def address(self) -> str:
        """Where a rig file finds it."""
        if self._listener is not None:
            return f"tcp://127.0.0.1:{self._listener.port}"
        return f"serial://{self._link}?baud={self._baud or BAUD}"

    def state(self) -> Mapping[str, object]:
        """What the dock shows."""
        panel = self.panel
        return {
            "plugged": self.plugged,
            "address": self.address,
            "display": panel.display,
            "card": panel.card.name if panel.card is not None else None,
            "cards": [card.name for card in CARDS],
            "fault": panel.fault.value,
            "reach": panel.reach.value,
            "left": panel.left.value,
            "charged": self.books.charged,
            "payments": [
                {"receipt": each.receipt, "amount": each.amount, "card": each.card.scheme, "fate": each.fate.value}
                for each in self.books.payments[-_SLIPS_SHOWN:]
            ],
            "slips": panel.slips[-_SLIPS_SHOWN:],
        }

    def rig(self) -> str:
        """Its table in a rig file."""
        return f"""[card_terminal]
driver = "zvt_terminal"
address = {json.dumps(self.address)}
"""

    def close(self) -> None:
        """Take it away."""
        self.unplug()

    # What it does.

    def _serve_caller(self, connection: socket.socket) -> None:
        self._serve(TcpEar(connection))

    def _serve_line(self, ours: int) -> None:
        while not self._off.is_set():
            with contextlib.suppress(OSError):
                self._serve(PtyEar(ours, self._baud, self._off.is_set))

    def _serve(self, ear: Ear) -> None:
        # One register at a time; the next waits until the last has gone.
        with self._serving, contextlib.suppress(PowerCut):
            self.ear = ear
            Conversation(ear, self.books, self.panel, self._powered).go_on()

    def _powered(self) -> None:
        if self._off.is_set():
            raise PowerCut
