"""Bags come out: motor after motor, each written down before it turns and after it is known what fell.

It has a thread of its own: a turn must be watched without a gap longer than the drop sensor holds its signal, and the
terminal, which asks in between, is served by the payment's thread. Each wire has one owner; the ledger lies between.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING, Final

from devices.dispensing import Dropped, Jammed, NothingDropped, NotStarted, Obstacle, Unclear
from devices.errors import ProtocolError, TransportError

if TYPE_CHECKING:
    from collections.abc import Callable

    from devices.dispensing import Dispenser, TurnOutcome
    from kiosk_app.pace import Pace
    from offline_cache.sales import OpenSale, SaleId, Sales, Ware

WATCH: Final = 1.0
"""Seconds for which a turn is followed at a time."""

SENSOR_LOOK: Final = 0.05
"""Seconds between two looks at a drop sensor that is to clear."""

BARREN: Final = 2
"""Columns one after the other that gave nothing, after which no third one turns: the drop sensor may be dead."""

JAMMED: Final = "jammed"
EMPTY: Final = "empty"
TURN_UNCLEAR: Final = "turn_unclear"
NOT_STARTED: Final = "not_started"
TOO_SLOW: Final = "too_slow"
STOPPED: Final = "stopped"
"""Words for staff: why fewer bags came than were chosen, or why somebody should look at a column."""


def trouble_of(sale: OpenSale) -> str:
    """The word for what went wrong with the motors of a sale, as far as it is on disk; "" when nothing did."""
    if any(turn.pieces is None for turn in sale.turns):
        return TURN_UNCLEAR
    return next((turn.outcome for turn in sale.turns if turn.outcome in _TROUBLES), "") or ""


_TROUBLES: Final = (EMPTY, JAMMED, NOT_STARTED)


@dataclass(frozen=True)
class Issued:
    """What came out, as it stands on disk, and a word for what went wrong first; "" when nothing did."""

    sale: OpenSale
    why: str


class Issuing:
    """The issue of one sale's pieces.

    `stop` set: no further motor starts; the one that turns is followed to its end. `came` hears how many are out after
    each one.
    """

    def __init__(
        self, dispenser: Dispenser, sales: Sales, stop: Event, pace: Pace, came: Callable[[int], None]
    ) -> None:
        self._dispenser = dispenser
        self._sales = sales
        self._stop = stop
        self._pace = pace
        self._began = pace.clock()
        self._came = came
        self._never = Event()
        self._barren = 0
        self._ended = False
        self.why = ""

    def run(self, sale: SaleId) -> Issued:
        """Issue line by line until all is out or nothing more can come."""
        out, self._began = 0, self._pace.clock()
        for at, sold in enumerate(self._sales.one(sale).lines):
            for _ in range(sold.line.pieces):
                if not self._piece(sale, at):
                    break
                out += 1
                self._came(out)
                self._wait_for_the_sensor()
        return Issued(self._sales.issued(sale), self.why)

    def _piece(self, sale: SaleId, line: int) -> bool:
        """Let one piece come, from the next column of its ware if need be; whether it did."""
        ware = self._sales.one(sale).lines[line].line.ware
        for column in self._dispenser.layout.holding(ware.article, ware.year):
            if not self._may_turn(column.number, ware):
                continue
            if self._ended or not self._goes_on():
                return False
            if self._turn(sale, line, column.number):
                return True
        self._note(EMPTY)
        return False

    def _may_turn(self, column: int, ware: Ware) -> bool:
        return any(
            each.column == column and each.ware == ware and each.pieces and not each.trouble
            for each in self._sales.stock()
        )

    def _goes_on(self) -> bool:
        if self._stop.is_set():
            self._note(STOPPED)
        elif self._pace.clock() - self._began >= self._pace.issue_within:
            self._note(TOO_SLOW)
        else:
            return True
        self._ended = True
        return False

    def _wait_for_the_sensor(self) -> None:
        """A drop sensor may hold what it saw for longer than a bag is waited for; the next drop is to be seen too."""
        until = self._pace.clock() + self._pace.clears_within
        while self._pace.clock() < until and not self._stop.is_set():
            try:
                if self._dispenser.look(self._never).drop_clear:
                    return
            except (TransportError, ProtocolError):
                return
            self._pace.pause(SENSOR_LOOK)

    def _turn(self, sale: SaleId, line: int, column: int) -> bool:
        turn = self._sales.turning(sale, line, column)
        outcome: TurnOutcome | None
        try:
            outcome = self._dispenser.start(column, self._never)
        except (TransportError, ProtocolError):
            # By the driver's promise the command has not gone out.
            outcome = NotStarted(Obstacle.BOARD_SILENT)
        while outcome is None:
            outcome = self._dispenser.follow(WATCH)
        match outcome:
            case Dropped(pieces):
                self._sales.turned(turn, "dropped", pieces)
                self._barren = 0
                return True
            case NothingDropped():
                self._sales.turned(turn, EMPTY, 0, EMPTY)
                self._note(EMPTY)
                self._barren += 1
                self._ended = self._barren >= BARREN
            case Jammed():
                self._sales.turned(turn, JAMMED, 0, JAMMED)
                self._note(JAMMED)
            case Unclear():
                # It may have fallen: no other motor turns for it, nor for anything else of this sale.
                self._sales.turned(turn, "unclear", None, "unclear")
                self._note(TURN_UNCLEAR)
                self._ended = True
            case NotStarted(why):
                self._sales.turned(turn, NOT_STARTED, 0)
                self._note(NOT_STARTED)
                self._ended = why is Obstacle.DROP_BLOCKED
        return False

    def _note(self, why: str) -> None:
        # A turn that nobody saw the end of outweighs whatever else went wrong.
        if not self.why or why == TURN_UNCLEAR:
            self.why = why
