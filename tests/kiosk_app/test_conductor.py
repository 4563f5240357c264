"""One citizen after the other: invited, served, reported, forgotten; whatever the service does."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Protocol

import pytest

from devices.errors import Cancelled
from kiosk_app.conductor import Fault
from kiosk_app.outcomes import Outcome
from kiosk_app.slips import PRINTING
from screens.stage import Ending
from screens.steps import (
    BACK,
    Apology,
    Attract,
    Back,
    Begin,
    ChooseWay,
    ExplainUnavailable,
    Farewell,
    Home,
    Offer,
    OutOfService,
    Reason,
    Way,
)
from tests.kiosk_app.lobby import STATUS, Lobby
from tests.kiosk_app.rehearsal import Rehearsal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from kiosk_app.desk import Desk


class Open(Protocol):
    """Opens a lobby with one service."""

    def __call__(self, service: Callable[[Desk], Outcome | Back]) -> Lobby: ...


@pytest.fixture
def lobby(tmp_path: Path) -> Iterator[Open]:
    opened: list[Lobby] = []

    def make(service: Callable[[Desk], Outcome | Back]) -> Lobby:
        opened.append(Lobby(tmp_path, service))
        return opened[-1]

    yield make
    for one in opened:
        one.close()


def ways(desk: Desk) -> Outcome | Back:
    answer = desk.citizen.ask(ChooseWay((Way.LETTER, Way.NUMBER)))
    return BACK if isinstance(answer, Back) else Outcome.ANSWERED


def test_a_visit_is_reported_and_the_next_citizen_is_invited(lobby: Open) -> None:
    hall = lobby(ways)
    hall.comes_in()
    hall.answers(ChooseWay, Way.LETTER)
    assert hall.answers(Farewell, None) == Farewell(by_itself=False)
    hall.sees(Attract)
    (visit,) = hall.reported()
    assert visit["outcome"] == "answered"
    assert visit["service"] == "document_status"
    assert visit["language"] == "en"


def test_going_back_leads_home_and_is_no_visit(lobby: Open) -> None:
    hall = lobby(ways)
    hall.comes_in()
    hall.answers(ChooseWay, BACK)
    hall.sees(Home)
    assert hall.reported() == []


@pytest.mark.parametrize(("ending", "outcome"), [(Ending.BY_CITIZEN, "ended_by_citizen"), (Ending.IDLE, "ended_idle")])
def test_a_session_that_is_ended_says_goodbye_and_is_reported(lobby: Open, ending: Ending, outcome: str) -> None:
    hall = lobby(ways)
    hall.comes_in()
    hall.sees(ChooseWay)
    hall.stage.abandon(ending)
    assert hall.answers(Farewell, None) == Farewell(by_itself=ending is Ending.IDLE)
    hall.sees(Attract)
    assert [visit["outcome"] for visit in hall.reported()] == [outcome]


def test_a_service_that_fails_apologises_without_saying_what_it_held(
    lobby: Open,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fails(desk: Desk) -> Outcome | Back:
        raise RuntimeError("L01X00T471 29.02.1984")

    hall = lobby(fails)
    hall.comes_in()
    assert hall.answers(Apology, None) == Apology("S-01")
    hall.answers(Farewell, None)
    hall.sees(Attract)
    assert [visit["outcome"] for visit in hall.reported()] == ["fault"]
    assert "RuntimeError at tests.kiosk_app.test_conductor:" in caplog.text
    assert "L01X" not in caplog.text
    assert "1984" not in caplog.text


def test_a_device_that_lets_go_at_the_end_of_the_session_is_no_fault(
    lobby: Open, caplog: pytest.LogCaptureFixture
) -> None:
    def waits(desk: Desk) -> Outcome | Back:
        desk.cancel.wait(5)
        raise Cancelled

    hall = lobby(waits)
    hall.comes_in()
    threading.Event().wait(0.05)
    hall.stage.abandon(Ending.BY_CITIZEN)
    hall.answers(Farewell, None)
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_a_service_that_cannot_be_used_now_says_why(lobby: Open) -> None:
    hall = lobby(ways)
    hall.reason = Reason.NO_DATA_YET
    hall.answers(Attract, Begin("de"))
    assert hall.sees(Home) == Home((Offer(STATUS, Reason.NO_DATA_YET),), Reason.NO_DATA_YET)
    hall.answers(Home, STATUS)
    assert hall.answers(ExplainUnavailable, BACK) == ExplainUnavailable(STATUS, Reason.NO_DATA_YET)
    hall.sees(Home)


def test_what_does_not_work_of_a_service_is_told_and_the_rest_can_be_used(lobby: Open) -> None:
    hall = lobby(ways)
    hall.limited = Reason.NO_CARD
    hall.answers(Attract, Begin("de"))
    assert hall.sees(Home) == Home((Offer(STATUS),), Reason.NO_CARD)
    hall.answers(Home, STATUS)
    hall.answers(ChooseWay, Way.LETTER)


def test_the_home_page_changes_when_a_service_can_be_used_again(lobby: Open) -> None:
    hall = lobby(ways)
    hall.reason = Reason.NO_DATA_YET
    hall.answers(Attract, Begin("de"))
    hall.sees(Home)
    hall.reason = None
    for _ in range(300):
        if hall.sees(Home) == Home((Offer(STATUS),)):
            return
        threading.Event().wait(0.01)
    pytest.fail("the home page still says that the service cannot be used")


def test_a_broken_terminal_says_so_until_it_is_repaired(lobby: Open) -> None:
    hall = lobby(ways)
    hall.sees(Attract)
    broken = Fault("D-01", hall.rehearsal.now)
    hall.fault = lambda: broken
    assert hall.sees(OutOfService) == OutOfService("D-01", hall.rehearsal.now)
    hall.fault = lambda: None
    hall.sees(Attract)


def test_what_a_power_cut_tore_is_found_out_before_anybody_is_served(tmp_path: Path) -> None:
    class PulledPlug(BaseException):
        """Nothing runs after it."""

    lobby_before = Rehearsal(tmp_path)
    with pytest.raises(PulledPlug), lobby_before.ledger.journal.effect("drawer.open", {"drawer": 4}):
        raise PulledPlug
    with pytest.raises(PulledPlug), lobby_before.ledger.journal.effect(PRINTING, {"lines": 9}):
        raise PulledPlug
    lobby_before.close()
    lobby = Lobby(tmp_path, lambda _desk: Outcome.ANSWERED)
    lobby.sees(Attract)
    assert lobby.rehearsal.ledger.journal.unfinished() == ()
    (told,) = lobby.reported()
    # The receipt's end is noted as unknown; the drawer's nobody can tell.
    assert (told["kind"], told["detail"]) == ("drawer.open", {"drawer": 4})
    lobby.close()


def test_an_effect_that_an_ended_session_tore_is_found_out_before_the_next_citizen(tmp_path: Path) -> None:
    def torn(desk: Desk) -> Outcome:
        with desk.journal.effect("drawer.open"):
            desk.citizen.ask(ChooseWay(()))
        raise AssertionError("the citizen chose")

    lobby = Lobby(tmp_path, torn)
    lobby.comes_in()
    lobby.sees(ChooseWay)
    lobby.stage.abandon(Ending.BY_CITIZEN)
    lobby.answers(Farewell, None)
    lobby.sees(Attract)
    assert lobby.rehearsal.ledger.journal.unfinished() == ()
    assert [body.get("kind") for body in lobby.reported()] == [None, "drawer.open"]
    lobby.close()
