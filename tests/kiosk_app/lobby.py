"""A conductor at work in his thread, and the test as whoever touches the screen."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from kiosk_app.conductor import Conductor, Fault, House, Memory, Programme
from kiosk_app.slips import PRINTING, settle_printing
from screens.stage import Ending, Stage
from screens.steps import Attract, Begin, Home, Reason, ServiceKey, Step
from tests.kiosk_app.rehearsal import PEPPER, TOWN, Rehearsal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kiosk_app.desk import Desk
    from kiosk_app.outcomes import Outcome
    from screens.steps import Back

STATUS = ServiceKey.DOCUMENT_STATUS


class Lobby:
    """The public's side of one kiosk with one service."""

    def __init__(self, folder: Path, service: Callable[[Desk], Outcome | Back]) -> None:
        self.rehearsal = Rehearsal(folder)
        self.rehearsal.office_sends()
        self.stage = Stage()
        self.fault: Callable[[], Fault | None] = lambda: None
        self.stand_still: Callable[[Memory | None], object] = lambda _: None
        self.reason: Reason | None = None
        self.limited: Reason | None = None
        rehearsal = self.rehearsal
        house = House(
            stage=self.stage,
            devices=rehearsal.cupboard,
            noticeboard=rehearsal.cupboard.noticeboard,
            memory=lambda: Memory(
                rehearsal.device,
                rehearsal.replica,
                rehearsal.ledger.outbox,
                rehearsal.ledger.tries(PEPPER),
                rehearsal.ledger.leases,
                rehearsal.ledger.journal,
                rehearsal.ledger.counts,
                rehearsal.ledger.orders,
                rehearsal.ledger.pickups(PEPPER),
                rehearsal.ledger.staff(PEPPER),
                rehearsal.ledger.sales,
                rehearsal.ledger.till,
            ),
            town=TOWN,
            now=lambda: rehearsal.now,
            language=lambda: "en",
            surroundings=rehearsal.surroundings,
            stale_after_hours=24,
            fault=self._fault,
            stand_still=self._stand_still,
            settlers={PRINTING: settle_printing(rehearsal.cupboard, self.stage.cancel, lambda _: None)},
        )
        conductor = Conductor(house, {STATUS: Programme(service, lambda: self.reason, lambda: self.limited)})
        self.thread = threading.Thread(target=conductor.run)
        self.thread.start()

    def sees(self, kind: type[Step[Any]]) -> Step[Any]:
        for _ in range(1500):
            question = self.stage.current
            if question is not None and question.open and isinstance(question.step, kind):
                return question.step
            threading.Event().wait(0.002)
        pytest.fail(f"{kind.__name__} was not asked")

    def answers(self, kind: type[Step[Any]], value: object) -> Step[Any]:
        step = self.sees(kind)
        question = self.stage.current
        assert question is not None
        assert self.stage.answer(question.number, value)
        return step

    def comes_in(self) -> None:
        self.answers(Attract, Begin("en"))
        self.answers(Home, STATUS)

    def reported(self) -> list[dict[str, object]]:
        return [command.body for command in self.rehearsal.ledger.outbox.take(limit=100, room=100_000).commands]

    def close(self) -> None:
        self.stage.abandon(Ending.SHUTDOWN)
        self.thread.join(5)
        assert not self.thread.is_alive()
        self.rehearsal.close()

    def _fault(self) -> Fault | None:
        return self.fault()

    def _stand_still(self, memory: Memory | None) -> None:
        self.stand_still(memory)
