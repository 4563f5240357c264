"""A dispenser as the rest of the kiosk sees it: starts a motor once, watches it, and believes what it saw."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, Protocol

from devices.conditions import Condition, Need, NeedsStaff, Ready, Soon
from devices.dispensing import (
    ColumnSight,
    DispenserSight,
    Dropped,
    Jammed,
    NothingDropped,
    NotStarted,
    Obstacle,
    Trouble,
    Unclear,
)
from devices.drivers.vending_columns.turning import Flash, Off, Seen, Timing, turn
from devices.errors import Cancelled, TransportError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from threading import Event

    from devices.dispensing import DispenserLayout, TurnOutcome
    from devices.drivers.vending_columns.turning import Act, Ended, Script
    from devices.drivers.vending_columns.wiring import Wiring
    from devices.wires.byte_wire import ByteWire

_LOOK: Final = 0.1
"""Seconds after which a look asks no further board; the last one asked may take a third of a second more."""

_OFF_TRIES: Final = 2
_DOUBTED_AFTER: Final = 2
"""Columns one after the other that gave nothing, after which the drop sensor is doubted."""


class MotorBoard(Protocol):
    """A board with motors and sensors, counted from 0; each verb takes at most a third of a second.

    Each may raise `TransportError`: the line failed.
    """

    def all_off(self) -> bool:
        """Switch every motor off; False when the board is silent."""
        ...

    def flash(self, channel: int, tenths: int) -> bool:
        """Let the board run a motor for so long; sent once. False when it did not say that it will."""
        ...

    def off(self, channel: int) -> bool:
        """Switch a motor off; False when the board did not confirm it."""
        ...

    def inputs(self) -> tuple[bool, ...] | None:
        """What every sensor reads; None when the board is silent."""
        ...


class _Turning:
    """A turn that goes on: its script, and what the script wants next."""

    def __init__(self, column: int, script: Script) -> None:
        self.column = column
        self.script = script
        self.act: Act = next(script)


class ColumnDispenser:
    """Motors and sensors of columns on relay boards; `clock` counts seconds steadily."""

    def __init__(
        self,
        wire: ByteWire,
        wiring: Wiring,
        boards: Mapping[int, MotorBoard],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._wire = wire
        self._wiring = wiring
        self._boards = boards
        self._clock = clock
        self._inputs: dict[int, tuple[bool, ...] | None] = {}
        self._awake: set[int] = set()
        self._troubles: dict[int, Trouble] = {}
        self._half: set[int] = set()
        self._barren: set[int] = set()
        self._turning: _Turning | None = None
        self._untold: TurnOutcome | None = None
        self._next_look = 0

    @property
    def layout(self) -> DispenserLayout:
        """The columns as the rig file has them."""
        return self._wiring.layout

    def condition(self) -> Condition:
        """Look at the drop sensor, and at as many other boards as time allows."""
        self._forsake()
        deadline = self._clock() + _LOOK
        self._read(self._wiring.drop_board)
        others = [unit for unit in self._boards if unit != self._wiring.drop_board]
        for _ in others:
            if self._clock() >= deadline:
                break
            self._next_look = (self._next_look + 1) % len(others)
            self._read(others[self._next_look])
        return self._judged(self._sight())

    def lent(self) -> None:
        """A turn that nobody followed to its end makes its column unclear."""
        self._forsake()

    def close(self) -> None:
        """Let go of the line; a motor that turns is stopped by its board."""
        self._wire.close()

    def look(self, cancel: Event) -> DispenserSight:
        """Read every sensor now."""
        for unit in self._boards:
            if cancel.is_set():
                raise Cancelled
            self._read(unit)
        return self._sight()

    def start(self, column: int, cancel: Event) -> NotStarted | None:
        """Start the motor of a column, once."""
        if self.layout.column(column) is None:
            raise ValueError(column)
        if self._turning is not None or self._untold is not None:
            raise ValueError(column)
        wires = self._wiring.wires[column]
        if cancel.is_set():
            raise Cancelled
        for unit in {self._wiring.drop_board, wires.board}:
            if not self._read(unit):
                return NotStarted(Obstacle.BOARD_SILENT)
        sight = self._sight()
        if not sight.drop_clear:
            return NotStarted(Obstacle.DROP_BLOCKED)
        if next(each.trouble for each in sight.columns if each.column == column) is not None:
            return NotStarted(Obstacle.COLUMN)
        if cancel.is_set():
            raise Cancelled
        timing = Timing(wires.turn, self._wiring.drop_held)
        turning = _Turning(column, turn(timing, self._clock(), half=column in self._half))
        # From here on the column has turned as far as anybody knows, even if the line dies within the command.
        self._turning = turning
        self._untold = self._advance(turning)
        return None

    def follow(self, seconds: float) -> TurnOutcome | None:
        """Watch the turn for at most so many seconds."""
        if self._untold is not None:
            untold, self._untold = self._untold, None
            return untold
        if (turning := self._turning) is None:
            raise ValueError(seconds)
        until = self._clock() + seconds
        while True:
            if (outcome := self._advance(turning)) is not None:
                return outcome
            if self._clock() >= until:
                return None

    def cleared(self, column: int) -> None:
        """Staff have looked at the column: it may turn again."""
        if self.layout.column(column) is None:
            raise ValueError(column)
        self._troubles.pop(column, None)
        self._half.discard(column)
        self._barren.clear()

    def _advance(self, turning: _Turning) -> TurnOutcome | None:
        """Do what the turn wants next; its outcome at its end."""
        try:
            seen = self._do(turning)
        except TransportError:
            # The next look finds the line gone; what the motor did meanwhile nobody saw.
            self._forsake()
            return Unclear()
        try:
            turning.act = turning.script.send(seen)
        except StopIteration as stopped:
            ended: Ended = stopped.value
            self._turning = None
            self._learn(turning.column, ended)
            return ended.outcome
        return None

    def _do(self, turning: _Turning) -> Seen:
        wires = self._wiring.wires[turning.column]
        board = self._boards[wires.board]
        match turning.act:
            case Flash(tenths):
                heard = board.flash(wires.motor, tenths)
                return Seen(self._clock(), heard=heard)
            case Off():
                heard = any(board.off(wires.motor) for _ in range(_OFF_TRIES))
                return Seen(self._clock(), heard=heard)
            case _:
                # A board that is made safe while its motor turns would stop it: it is only read.
                for unit in {self._wiring.drop_board, wires.board}:
                    self._keep(unit, self._boards[unit].inputs())
                return Seen(self._clock(), self._home(turning.column), self._drop())

    def _learn(self, column: int, ended: Ended) -> None:
        self._half.discard(column)
        if ended.half:
            self._half.add(column)
        match ended.outcome:
            case Dropped():
                self._barren.clear()
                if not (ended.home or ended.half):
                    self._troubles[column] = Trouble.JAMMED
            case NothingDropped():
                self._barren.add(column)
                self._troubles[column] = Trouble.EMPTY
            case Jammed():
                self._troubles[column] = Trouble.JAMMED
            case Unclear():
                self._troubles[column] = Trouble.UNCLEAR
            case NotStarted():
                pass

    def _forsake(self) -> None:
        """Nobody follows the turn any more: what came of it is unclear."""
        self._untold = None
        if self._turning is not None:
            self._troubles[self._turning.column] = Trouble.UNCLEAR
            self._half.discard(self._turning.column)
            self._turning.script.close()
            self._turning = None

    def _read(self, unit: int) -> bool:
        """Read a board's sensors; one that was silent before is made safe first. False when it is silent."""
        board = self._boards[unit]
        if unit not in self._awake:
            if not board.all_off():
                self._inputs[unit] = None
                return False
            self._awake.add(unit)
        return self._keep(unit, board.inputs())

    def _keep(self, unit: int, inputs: tuple[bool, ...] | None) -> bool:
        self._inputs[unit] = inputs
        if inputs is None:
            self._awake.discard(unit)
        return inputs is not None

    def _input(self, unit: int, channel: int) -> bool | None:
        inputs = self._inputs.get(unit)
        return inputs[channel] if inputs is not None and channel < len(inputs) else None

    def _drop(self) -> bool | None:
        read = self._input(self._wiring.drop_board, self._wiring.drop)
        return None if read is None else read is self._wiring.drop_reads

    def _home(self, column: int) -> bool | None:
        wires = self._wiring.wires[column]
        read = self._input(wires.board, wires.home)
        return None if read is None else read is self._wiring.home_reads

    def _sight(self) -> DispenserSight:
        drop = self._drop()
        return DispenserSight(
            drop_clear=None if drop is None else not drop,
            sensor_doubted=len(self._barren) >= _DOUBTED_AFTER,
            columns=tuple(self._column(each.number) for each in self.layout.columns),
        )

    def _column(self, number: int) -> ColumnSight:
        wires, home = self._wiring.wires[number], self._home(number)
        read = self._input(wires.board, wires.low) if wires.low is not None else None
        trouble = self._troubles.get(number)
        if trouble is None and home is None and wires.board in self._inputs:
            trouble = Trouble.SILENT
        if trouble is None and home is False and number not in self._half:
            trouble = Trouble.AWAY
        return ColumnSight(number, home, None if read is None else read is self._wiring.low_reads, trouble)

    @staticmethod
    def _judged(sight: DispenserSight) -> Condition:
        """What a person has to do; what only staff can tell to be mended never keeps them from saying so."""
        if sight.drop_clear is None:
            return NeedsStaff(Need.SWITCH_ON)
        if not sight.drop_clear:
            return NeedsStaff(Need.CLEAR_CHUTE)
        troubles = {each.trouble for each in sight.columns}
        if troubles <= {Trouble.AWAY, Trouble.SILENT}:
            return NeedsStaff(Need.LOOK_AT_IT)
        if sight.sensor_doubted:
            return Ready(Soon.DROP_SENSOR_DOUBTED)
        if troubles & {Trouble.JAMMED, Trouble.UNCLEAR, Trouble.AWAY, Trouble.SILENT}:
            return Ready(Soon.COLUMN_OUT_OF_ORDER)
        if Trouble.EMPTY in troubles:
            return Ready(Soon.COLUMN_EMPTY)
        return Ready(Soon.STOCK_LOW if any(each.low for each in sight.columns) else None)
