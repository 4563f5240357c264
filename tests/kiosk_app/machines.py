"""Terminal and dispenser with their lines, a supervisor, and a ledger on this machine's disk."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import UTC, datetime
from random import Random
from typing import TYPE_CHECKING

from devices.conditions import Ready
from devices.dispensing import layout_in
from devices.noticeboard import Noticeboard
from devices.roles import CARD_TERMINAL, DISPENSER
from devices.simulators.dispenser import Dispenser as Standing
from devices.simulators.terminal import Terminal
from devices.supervisor import Supervisor, load_rig
from offline_cache.sales import Ware
from tests.kiosk_app.rehearsal import Rehearsal, ScriptedCitizen

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kiosk_app.desk import Desk

GREY = Ware("residual-60", 2026)
PATIENCE = 60.0


class Machines:
    """All of it; `baud` is the dispenser's line, `clock` the terminal's own, asked whenever a card was accepted."""

    def __init__(
        self, folder: Path, *, baud: int = 115200, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        # Faster than a real one, but not too fast for whoever thinks about the goods for two seconds.
        self.terminal = Terminal(tempo=0.5, clock=clock)
        # A machine under load may not look for a while: the drop sensor holds what it saw for longer than that.
        self.dispenser = Standing(folder / "line", turn=0.5, baud=baud, held=3.0)
        rig_file = folder / "rig.toml"
        rig_file.write_text(self.terminal.rig() + self.dispenser.rig(), encoding="utf-8")
        rig = load_rig(rig_file)
        self.columns = layout_in(rig)
        self.noticeboard = Noticeboard()
        self.supervisor = Supervisor(rig, self.noticeboard, Random(1))
        self.rehearsal = Rehearsal(folder)
        self.stop = threading.Event()
        self.watch = threading.Thread(target=self.supervisor.watch, args=(self.stop,))
        self.watch.start()
        assert self.columns is not None
        for each in self.columns.columns:
            self.rehearsal.ledger.sales.refill(
                each.number, Ware(each.article, each.year), each.capacity, counted=True, employee="1234"
            )
        self.comes("both are ready", self.ready)

    def ready(self) -> bool:
        return all(isinstance(self.noticeboard.of(role), Ready) for role in (CARD_TERMINAL, DISPENSER))

    @staticmethod
    def comes(what: str, there: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not there():
            assert time.monotonic() < deadline, what
            time.sleep(0.02)

    @property
    def desk(self) -> Desk:
        usual = self.rehearsal.desk(ScriptedCitizen([]))
        return replace(usual, devices=self.supervisor, noticeboard=self.noticeboard, columns=self.columns)

    def close(self) -> None:
        self.stop.set()
        self.watch.join()
        self.rehearsal.close()
        self.dispenser.close()
        self.terminal.close()
