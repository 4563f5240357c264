"""How far this kiosk's logs have come, told to the office as commands: from then on it is part of the chain.

A head is told only once its lines are synced, so that a power cut never makes a log shorter than the kiosk said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from central_office.contract.messages import LogHead
from logbook.chained import FOLDER, End, synced_end

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from offline_cache.outbox import Outbox

FIRST_AFTER: Final = 600.0
EVERY: Final = 6 * 3600.0
"""Seconds from start to the first time, and between two times: a few commands a day."""


class Attesting:
    """Tells the heads of the logs in turn with everything else that the kiosk has to say."""

    def __init__(self, data_dir: Path, outbox: Outbox, ticks: Callable[[], float]) -> None:
        self._folder = data_dir / FOLDER
        self._outbox = outbox
        self._ticks = ticks
        self._due = ticks() + FIRST_AFTER
        self._told: dict[str, End] = {}

    def due(self) -> bool:
        """Whether it is time again."""
        return self._ticks() >= self._due

    def tell(self) -> None:
        """Put a command for each log that grew since it was told last.

        Raises:
            StoreError: the ledger cannot be written.
            OSError: a log cannot be synced.
        """
        for path in sorted(self._folder.glob("*.log")):
            end = synced_end(path)
            if end is not None and end != self._told.get(path.stem):
                self._outbox.put(LogHead(log=path.stem, lines=end.lines, head=end.head))
                self._told[path.stem] = end
        self._due = self._ticks() + EVERY
