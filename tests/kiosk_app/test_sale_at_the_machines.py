"""A sale over real wires: the supervisor, a terminal on its TCP port, and motors on a relay board behind a pty."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

import pytest

from central_office.contract.sale_words import Ending
from devices.conditions import Ready
from devices.dispensing import layout_in
from devices.noticeboard import Noticeboard
from devices.payments import Advice
from devices.roles import CARD_TERMINAL, DISPENSER
from devices.simulators.dispenser import Dispenser as Standing
from devices.simulators.terminal import Terminal
from devices.supervisor import Supervisor, load_rig
from kiosk_app.pace import Pace
from kiosk_app.sale import NoCard, SaleResult, Selling, available, card_sales, sell
from kiosk_app.settling_sales import SaleSettler
from offline_cache.sales import Line, Ware
from tests.crash.shop import Watcher
from tests.kiosk_app.rehearsal import TOWN, Rehearsal, ScriptedCitizen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from kiosk_app.desk import Desk

GREY = Ware("residual-60", 2026)
PATIENCE = 60.0


class Machines:
    """Terminal and dispenser with their lines, a supervisor, and a ledger on this machine's disk."""

    def __init__(self, folder: Path) -> None:
        # Faster than a real one, but not too fast for whoever thinks about the goods for two seconds.
        self.terminal = Terminal(tempo=0.5)
        # A machine under load may not look for a while: the drop sensor holds what it saw for longer than that.
        self.dispenser = Standing(folder / "line", turn=0.5, baud=115200, held=3.0)
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


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[Machines]:
    machines = Machines(tmp_path)
    yield machines
    machines.close()


def test_bags_for_money_over_real_wires_and_a_plug_that_is_pulled(machines: Machines) -> None:
    terminal = machines.terminal
    found = available(machines.desk)
    assert isinstance(found, Selling)
    assert found.stock[GREY] == 24
    terminal.present("girocard")
    result = sell(machines.desk, (Line("residual_60", GREY, 2, 450),), Watcher())
    assert isinstance(result, SaleResult)
    assert (result.ending, result.charged) == (Ending.PAID, 900), result.why
    assert terminal.books.charged == 900
    assert machines.dispenser.columns.take() == (1, 1)

    # The terminal's plug is out before the next card was read, and in again after a while.
    terminal.take_card()

    def pulls(advice: Advice) -> bool:
        if advice is Advice.PRESENT_CARD:
            terminal.unplug()
        return False

    result = sell(machines.desk, (Line("residual_60", GREY, 1, 450),), Watcher(cancels=pulls), pace=Pace(looks=2))
    assert isinstance(result, SaleResult)
    assert result.ending is Ending.UNCLEAR
    assert not result.not_charged_known
    assert card_sales(machines.desk) is not None
    terminal.plug()
    machines.comes("the terminal is back", machines.ready)
    assert card_sales(machines.desk) is NoCard.UNCLEAR
    settler = SaleSettler(
        machines.supervisor,
        machines.noticeboard,
        machines.rehearsal.ledger.sales,
        town=TOWN,
        now=lambda: machines.rehearsal.now,
        cancel=machines.stop,
        pause=machines.stop.wait,
    )
    machines.comes("the terminal told", lambda: settler.settle() == 1)
    assert card_sales(machines.desk) is None
    assert terminal.books.charged == 900
    assert machines.dispenser.columns.take() == ()
