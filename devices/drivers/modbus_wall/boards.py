"""A relay board as a board of locks: a relay releases, an input is the contact."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from devices.drivers.relay_board.verbs import RelayBoard


class RelayLocks:
    """Locks on the relays of one board; `tenths` of a second is the pulse, which the board itself ends."""

    def __init__(self, board: RelayBoard, tenths: int) -> None:
        self._board = board
        self._tenths = tenths

    def greet(self) -> bool:
        """Switch every relay off."""
        return self._board.all_off()

    def release(self, lock: int) -> None:
        """Flash the lock's relay; whether the board heard it, the contact tells."""
        self._board.flash(lock, self._tenths)

    def contacts(self) -> tuple[bool, ...] | None:
        """What the inputs read."""
        return self._board.inputs()
