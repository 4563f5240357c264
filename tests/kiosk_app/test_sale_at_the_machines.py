"""A sale over real wires: the supervisor, a terminal on its TCP port, and motors on a relay board behind a pty."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from central_office.contract.sale_words import Ending
from devices.payments import Advice
from kiosk_app.pace import Pace
from kiosk_app.sale import NoCard, SaleResult, Selling, available, card_sales, sell
from kiosk_app.settling_sales import SaleSettler
from offline_cache.sales import Line
from tests.crash.shop import Watcher
from tests.kiosk_app.machines import GREY, Machines
from tests.kiosk_app.rehearsal import TOWN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


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
