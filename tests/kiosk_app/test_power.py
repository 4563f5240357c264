"""The mains fail: nothing is sold on battery, and the kiosk stops in good order before that ends."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

import pytest

from devices.conditions import Condition, Ready, Soon
from devices.roles import CARD_TERMINAL, UPS
from kiosk_app.outcomes import Outcome
from kiosk_app.power import POWER_ENDS, TELL_WITHIN, Power, on_battery
from kiosk_app.sale import NoCard, card_sales
from kiosk_app.services.bags import AtHome
from screens.steps import BACK, Attract, Back, ChooseWay, OutOfService, Way
from tests.kiosk_app.lobby import Lobby

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from kiosk_app.desk import Desk

MAINS, BATTERY, ENDING = Ready(), Ready(Soon.ON_BATTERY), Ready(Soon.BATTERY_LOW)


def ways(desk: Desk) -> Outcome | Back:
    answer = desk.citizen.ask(ChooseWay((Way.LETTER,)))
    return BACK if isinstance(answer, Back) else Outcome.ANSWERED


class PoweredLobby(Lobby):
    """A lobby whose kiosk hangs on a UPS."""

    def __init__(self, folder: Path, service: Callable[[Desk], Outcome | Back]) -> None:
        super().__init__(folder, service)
        self.seconds = 0.0
        self.power = self.powered()

    def powered(self, *off: str) -> Power:
        noticeboard = self.rehearsal.cupboard.noticeboard
        power = Power(noticeboard, self.stage, lambda: self.rehearsal.now, lambda: self.seconds, off)
        self.fault, self.stand_still, self.power = power.fault, power.stand_still, power
        return power

    def runs_on(self, condition: Condition) -> None:
        noticeboard = self.rehearsal.cupboard.noticeboard
        noticeboard.pin({**noticeboard.latest(), UPS.name: condition})
        self.power.look()


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[PoweredLobby]:
    hall = PoweredLobby(tmp_path, ways)
    yield hall
    hall.close()


def ended(path: Path) -> bool:
    for _ in range(500):
        if path.exists():
            return True
        threading.Event().wait(0.01)
    return False


def test_a_session_goes_on_while_the_battery_lasts(hall: PoweredLobby) -> None:
    hall.comes_in()
    hall.sees(ChooseWay)
    hall.runs_on(BATTERY)
    threading.Event().wait(0.1)
    hall.sees(ChooseWay)
    assert hall.power.fault() is None


def test_a_session_ends_when_the_battery_ends_and_citizens_are_invited_again_when_the_mains_are_back(
    hall: PoweredLobby,
) -> None:
    hall.comes_in()
    hall.sees(ChooseWay)
    hall.runs_on(ENDING)
    assert hall.sees(OutOfService) == OutOfService(POWER_ENDS, hall.rehearsal.now, power=True)
    assert [visit["outcome"] for visit in hall.reported()] == ["fault"]
    hall.runs_on(BATTERY)
    hall.sees(Attract)


def test_nobody_is_invited_while_the_battery_ends(hall: PoweredLobby) -> None:
    hall.sees(Attract)
    hall.runs_on(ENDING)
    hall.sees(OutOfService)


def test_the_machine_is_switched_off_when_the_office_knows_everything(hall: PoweredLobby, tmp_path: Path) -> None:
    hall.powered("touch", str(tmp_path / "off"))
    hall.sees(Attract)
    hall.runs_on(ENDING)
    assert ended(tmp_path / "off")


def test_a_machine_without_a_line_is_switched_off_all_the_same(hall: PoweredLobby, tmp_path: Path) -> None:
    hall.powered("touch", str(tmp_path / "off"))
    hall.comes_in()
    hall.sees(ChooseWay)
    hall.runs_on(ENDING)
    hall.sees(OutOfService)
    threading.Event().wait(1.2)
    assert not (tmp_path / "off").exists(), "the office has not heard of the visit yet"
    hall.seconds += TELL_WITHIN
    assert ended(tmp_path / "off")


def test_a_machine_that_cannot_be_switched_off_says_so_once(
    hall: PoweredLobby, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    hall.powered("false")
    with caplog.at_level(logging.WARNING):
        hall.runs_on(ENDING)
        hall.sees(OutOfService)
        threading.Event().wait(2.2)
    assert [record.getMessage() for record in caplog.records if "[power]" in record.getMessage()] == [
        "the command that switches the machine off failed (CalledProcessError): look at [power] in kiosk.toml"
    ]
    assert not (tmp_path / "off").exists()


def test_nothing_is_sold_on_battery(hall: PoweredLobby) -> None:
    noticeboard = hall.rehearsal.cupboard.noticeboard
    noticeboard.pin({CARD_TERMINAL.name: Ready(), UPS.name: MAINS})
    counter = AtHome(noticeboard, hall.rehearsal.ledger.sales, None)
    assert card_sales(counter) is None
    assert not on_battery(noticeboard)
    for condition in (BATTERY, ENDING):
        noticeboard.pin({CARD_TERMINAL.name: Ready(), UPS.name: condition})
        assert card_sales(counter) is NoCard.ON_BATTERY


def test_a_kiosk_without_a_ups_sells(hall: PoweredLobby) -> None:
    assert not on_battery(hall.rehearsal.cupboard.noticeboard)
