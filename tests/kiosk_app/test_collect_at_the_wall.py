"""A document is collected at real boards on a pseudo-terminal, through the supervisor and the production driver."""

from __future__ import annotations

import random
import threading
import time
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from devices.conditions import Ready
from devices.noticeboard import Noticeboard
from devices.roles import LOCKER_WALL
from devices.simulators.doors import Says
from devices.simulators.settings import Boards
from devices.simulators.wall import Wall
from devices.supervisor import Supervisor, load_rig
from kiosk_app.conductor import Conductor, House, Memory, Programme
from kiosk_app.services.collect import collect, wall_hindrance
from kiosk_app.wall_duty import note_incidents, settle_opening
from offline_cache.pickups import OPENING
from screens.stage import Ending, Stage
from screens.steps import Attract, Begin, EnterBirthDate, Farewell, Home, Retry, ServiceKey
from screens.steps_collect import (
    AtCounter,
    CodeOpensNothing,
    Collected,
    DoorAnswer,
    EnterPickupCode,
    GoToCounter,
    LockerOpen,
)
from tests.kiosk_app.rehearsal import CHEAP, PEPPER, TOWN, Rehearsal
from tests.offline_cache.deposits import BIRTH, CODE, deposit, office_tells

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

    from central_office.contract.claims import Cost
    from screens.steps import Step

FAST = 115200


class Foyer:
    """A kiosk's session and its devices on their own threads, a wall of 35 doors, and the test as who stands there."""

    def __init__(self, folder: Path, kind: Boards, baud: int | None = FAST, cost: Cost = CHEAP) -> None:
        self._cost = cost
        self.wall = Wall(folder / "wall", kind, random.Random(1), baud)
        rig = folder / "rig.toml"
        rig.write_text(self.wall.rig(), encoding="utf-8")
        self.board = Noticeboard()
        self.supervisor = Supervisor(load_rig(rig), self.board, random.Random(1))
        self.stop = threading.Event()
        self.rehearsal = Rehearsal(folder)
        office_tells(self.rehearsal.ledger, deposit(until=date(2150, 1, 1)))
        self.stage = Stage()
        self.threads: list[threading.Thread] = []
        self._start("watch", lambda: self.supervisor.watch(self.stop))
        self.comes_to("the wall is ready", lambda: isinstance(self.board.of(LOCKER_WALL), Ready))

    def opens_its_doors(self) -> None:
        """The session begins: what was left unfinished is settled before anybody is served."""
        ledger, rehearsal = self.rehearsal.ledger, self.rehearsal
        memory = Memory(
            rehearsal.device,
            rehearsal.replica,
            ledger.outbox,
            ledger.tries(PEPPER),
            ledger.leases,
            ledger.journal,
            ledger.counts,
            ledger.orders,
            ledger.pickups(PEPPER, cost=self._cost),
            ledger.staff(PEPPER, cost=CHEAP),
            ledger.sales,
            ledger.till,
        )
        house = House(
            stage=self.stage,
            devices=self.supervisor,
            noticeboard=self.board,
            memory=lambda: memory,
            town=TOWN,
            now=lambda: datetime.now(UTC),
            language=lambda: "en",
            surroundings=rehearsal.surroundings,
            stale_after_hours=24,
            fault=lambda: None,
            settlers={OPENING: settle_opening(self.supervisor, self.stop, self.stop.wait)},
            duty=lambda memory: note_incidents(self.supervisor, self.board, memory.outbox),
        )
        programmes = {ServiceKey.COLLECT: Programme(collect, lambda: wall_hindrance(self.board))}
        self._start("session", Conductor(house, programmes).run)

    def comes_to(self, what: str, true: Any) -> Any:  # noqa: ANN401 - whatever is found
        give_up = time.monotonic() + 30
        while not (found := true()):
            assert time.monotonic() < give_up, f"it never came to this: {what}"
            time.sleep(0.01)
        return found

    def sees(self, kind: type[Step[Any]]) -> Any:  # noqa: ANN401 - the step
        def shown() -> object:
            question = self.stage.current
            return question.step if question is not None and question.open and isinstance(question.step, kind) else None

        return self.comes_to(kind.__name__, shown)

    def answers(self, kind: type[Step[Any]], value: object) -> Any:  # noqa: ANN401 - the step
        step = self.sees(kind)
        question = self.stage.current
        assert question is not None
        assert self.stage.answer(question.number, value)
        return step

    def brings_her_code(self, code: str = "471183025591", *, birth_date: bool = True) -> None:
        self.answers(Attract, Begin("en"))
        self.answers(Home, ServiceKey.COLLECT)
        self.answers(EnterPickupCode, code)
        if birth_date:
            self.answers(EnterBirthDate, "29021984")

    def pulses(self) -> int:
        return len(self.wall.doors.pulses(32))

    def pulsed(self, times: int) -> None:
        """The lock was released so often; the last pulse may just be ending."""
        self.comes_to("the pulse is over", lambda: self.pulses() >= times)
        assert self.pulses() == times

    def told(self) -> list[tuple[str, str]]:
        commands = self.rehearsal.ledger.outbox.take(limit=100, room=100_000).commands
        return [
            (one.type, str(one.body.get("how") or one.body.get("why") or one.body.get("mishap") or ""))
            for one in commands
            if one.type != "visit.reported"
        ]

    def close(self) -> None:
        self.stage.abandon(Ending.SHUTDOWN)
        self.stop.set()
        for thread in self.threads:
            thread.join(20)
            assert not thread.is_alive()
        self.supervisor.close()
        self.wall.close()
        self.rehearsal.close()

    def _start(self, name: str, run: Any) -> None:  # noqa: ANN401 - a callable
        thread = threading.Thread(target=run, name=name)
        thread.start()
        self.threads.append(thread)


@pytest.fixture
def kind() -> Boards:
    return Boards.MODBUS


@pytest.fixture
def foyer(tmp_path: Path, kind: Boards) -> Iterator[Foyer]:
    foyer = Foyer(tmp_path, kind)
    yield foyer
    foyer.close()


@pytest.mark.parametrize("kind", list(Boards))
def test_from_the_code_to_the_closed_door_without_any_line_to_the_office(foyer: Foyer) -> None:
    foyer.opens_its_doors()
    foyer.brings_her_code()
    step = foyer.sees(LockerOpen)
    assert (step.sure, step.wall.open, len(step.wall.doors)) == (True, 32, 35)
    foyer.pulsed(1)
    foyer.wall.set_open(32, opened=False)
    foyer.answers(Collected, None)
    foyer.sees(Farewell)
    assert foyer.told() == [("pickup.opened", ""), ("pickup.collected", "closed")]


def test_a_stuck_lock_gets_two_pulses_and_a_person(foyer: Foyer) -> None:
    foyer.wall.stick(32, stuck=True)
    foyer.opens_its_doors()
    foyer.brings_her_code()
    assert not foyer.answers(LockerOpen, DoorAnswer.DID_NOT_OPEN).sure
    assert foyer.answers(GoToCounter, None).why is AtCounter.DID_NOT_OPEN
    foyer.pulsed(2)
    assert ("pickup.failed", "still_closed") in foyer.told()


def test_a_contact_that_always_says_open_keeps_nobody_out(foyer: Foyer) -> None:
    foyer.wall.lie(32, Says.OPEN)
    foyer.opens_its_doors()
    foyer.brings_her_code()
    foyer.answers(LockerOpen, DoorAnswer.FINISHED)
    foyer.sees(Collected)
    foyer.pulsed(1)
    assert ("pickup.collected", "told") in foyer.told()


def test_a_board_without_power_sends_her_to_the_counter_and_opens_nothing_later(foyer: Foyer) -> None:
    board = next(each.board for each in foyer.wall.doors.fitted if each.number == 32)
    foyer.wall.silence(board, silent=True)
    foyer.opens_its_doors()
    foyer.brings_her_code()
    foyer.answers(GoToCounter, None)
    foyer.wall.silence(board, silent=False)
    foyer.answers(Farewell, None)
    foyer.brings_her_code()
    foyer.answers(CodeOpensNothing, Retry.FINISH)
    assert foyer.pulses() == 0


def test_she_ends_the_session_before_the_open_door_and_the_next_one_settles_it(foyer: Foyer) -> None:
    foyer.opens_its_doors()
    foyer.brings_her_code()
    foyer.sees(LockerOpen)
    foyer.stage.abandon(Ending.BY_CITIZEN)
    foyer.answers(Farewell, None)
    foyer.sees(Attract)
    assert ("pickup.failed", "door_open") in foyer.told()
    foyer.pulsed(1)


def test_after_a_power_cut_the_door_is_asked_and_the_lock_left_alone(foyer: Foyer) -> None:
    pickups = foyer.rehearsal.ledger.pickups(PEPPER, cost=CHEAP)
    (waiting,) = pickups.waiting(CODE, BIRTH, foyer.rehearsal.now.date())
    with pytest.raises(KeyboardInterrupt), pickups.opening(waiting):
        raise KeyboardInterrupt
    foyer.opens_its_doors()
    foyer.sees(Attract)
    assert foyer.told() == [("pickup.opened", ""), ("pickup.failed", "door_closed")]
    assert foyer.pulses() == 0


def test_a_door_that_is_forced_open_while_nobody_is_served_is_told_to_the_office(foyer: Foyer) -> None:
    foyer.opens_its_doors()
    foyer.sees(Attract)
    foyer.wall.set_open(31, opened=True)
    foyer.comes_to("the office is told", lambda: ("locker.incident", "opened_unasked") in foyer.told())
