"""What the courier is told of this kiosk's devices, so that the office can see what needs a hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devices.conditions import Absent, NeedsStaff, Ready
from kiosk_app.events import ConditionsNotPinned
from logbook import say
from offline_cache.telemetry import pin_conditions

if TYPE_CHECKING:
    from pathlib import Path

    from devices.conditions import Condition
    from devices.noticeboard import Noticeboard


class Health:
    """Pins the noticeboard's words beside the ledger whenever one of them changed."""

    def __init__(self, data: Path, noticeboard: Noticeboard) -> None:
        self._data = data
        self._noticeboard = noticeboard
        self._told: dict[str, str] | None = None

    def look(self) -> None:
        """Pin what changed since the last look; a disk that refuses is somebody else's to report."""
        now = {role: word(condition) for role, condition in self._noticeboard.latest().items()}
        if now == self._told:
            return
        try:
            pin_conditions(self._data, now)
        except OSError as trouble:
            say(ConditionsNotPinned(trouble.errno or 0))
        self._told = now


def word(condition: Condition) -> str:
    """A condition in one word of the line."""
    match condition:
        case Ready(soon=None):
            return "ready"
        case Ready(soon=soon):
            return str(soon)
        case NeedsStaff(need=need):
            return f"needs_{need}"
        case Absent():
            return "absent"
