"""Whatever happens in whatever order between kiosk and office: every visit is applied once, in order, none is lost."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from central_office.contract.chain import GENESIS, command_hash
from central_office.contract.messages import Command, DeviceId, Result, VisitReported
from offline_cache.store import LEDGER_FILE, open_ledger
from tests.offline_cache.clockwork import Clockwork
from tests.offline_cache.letters import visit

if TYPE_CHECKING:
    from offline_cache.stored_outbox import Batch


class KioskAndOffice(RuleBasedStateMachine):
    """The outbox is the real one on a real file; the office is three lines, the line between them is chance."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.clock = Clockwork()
        self.told: list[int] = []
        self.on_its_way: list[Batch] = []
        self.answers: list[tuple[int, int]] = []
        self.attempt = 0
        self.enrolments = 1
        self.earlier: list[Command] = []
        self.applied: list[Command] = []
        self.backup: list[Command] = []
        self.open()

    def open(self) -> None:
        self.ledger = open_ledger(Path(self.folder.name) / LEDGER_FILE, clock=self.clock.now, uptime=self.clock.uptime)
        self.ledger.outbox.speak_as(DeviceId(f"K-{self.enrolments}"))

    def teardown(self) -> None:
        self.exchange_until_quiet()
        known = [VisitReported.model_validate(command.body).seconds for command in (*self.earlier, *self.applied)]
        # What an acknowledgement did not reach before a new enrolment is there twice, never less than once.
        assert set(known) == set(self.told)
        if self.enrolments == 1:
            assert known == self.told
        self.ledger.close()
        self.folder.cleanup()

    @rule(count=st.integers(1, 4))
    def visits_end(self, count: int) -> None:
        for _ in range(count):
            self.told.append(len(self.told))
            self.ledger.outbox.put(visit(self.told[-1]))

    @rule(limit=st.integers(1, 5))
    def a_request_leaves(self, limit: int) -> None:
        batch = self.ledger.outbox.take(limit=limit, room=100_000)
        assert batch.attempt > self.attempt
        self.attempt = batch.attempt
        self.on_its_way.append(batch)

    @precondition(lambda self: self.on_its_way)
    @rule(which=st.integers(0, 9), twice=st.booleans())
    def a_request_arrives_perhaps_late_perhaps_twice(self, which: int, *, twice: bool) -> None:
        batch = self.on_its_way[which % len(self.on_its_way)]
        if not twice:
            self.on_its_way.remove(batch)
        for command in batch.commands:
            if command.seq == len(self.applied) + 1:
                self.applied.append(command)
            elif command.seq <= len(self.applied):
                assert self.applied[command.seq - 1] == command
        self.answers.append((batch.attempt, len(self.applied)))

    @precondition(lambda self: self.on_its_way)
    @rule(which=st.integers(0, 9))
    def a_request_is_lost(self, which: int) -> None:
        self.on_its_way.pop(which % len(self.on_its_way))

    @precondition(lambda self: self.answers)
    @rule(which=st.integers(0, 9))
    def an_answer_arrives_perhaps_late(self, which: int) -> None:
        attempt, ack = self.answers.pop(which % len(self.answers))
        if attempt == self.attempt:
            self.ledger.outbox.settle(ack, [Result(seq=seq, r="ok") for seq in range(1, ack + 1)])

    @rule()
    def the_plug_is_pulled(self) -> None:
        self.ledger.close()
        self.open()

    @rule()
    def the_office_makes_a_backup(self) -> None:
        self.backup = list(self.applied)

    @rule()
    def the_office_is_restored_from_its_backup(self) -> None:
        self.applied = list(self.backup)
        # Requests of the time before the loss meet an office that asks for earlier commands; answers are void.
        self.answers.clear()

    @precondition(lambda self: self.enrolments < 3 and len(self.applied) >= self.ledger.outbox.line().acked)
    @rule()
    def the_kiosk_is_enrolled_anew(self) -> None:
        self.enrolments += 1
        self.earlier += self.applied
        self.applied, self.backup = [], []
        self.on_its_way.clear()
        self.answers.clear()
        self.ledger.outbox.speak_as(DeviceId(f"K-{self.enrolments}"))

    @invariant()
    def the_chain_holds_at_the_office(self) -> None:
        head = GENESIS
        for command in self.applied:
            assert command.prev == head
            head = command_hash(command)

    def exchange_until_quiet(self) -> None:
        self.on_its_way.clear()
        self.answers.clear()
        while True:
            # One empty exchange first: an office restored from a backup says how far back it is.
            self.a_request_leaves(5)
            self.a_request_arrives_perhaps_late_perhaps_twice(0, twice=False)
            self.an_answer_arrives_perhaps_late(0)
            if self.ledger.outbox.waiting() == 0:
                return


KioskAndOffice.TestCase.settings = settings(
    max_examples=40,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,
)
TestKioskAndOffice = KioskAndOffice.TestCase
