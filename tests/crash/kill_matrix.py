"""Every flow of the kiosk, with the line up and down, cut at every step of its disk: the matrix of kills, generated.

A `Flow` (`tests.crash.flows`) says what lies on the disk before, what a citizen or an employee does, and what the
world does to it; the rest follows. They are led by the production conductor, so settling at the start and the report of
the visit are among what is cut. After each cut the kiosk starts on the remains, the next one does the very same, the
office hears of all of it, and then all must tell one story (`tests.crash.one_story`): what was seen confirmed is at the
office, once; a reservation has its order and an order its reservation; no code opened in two visits; every effect has
its end or is a person's matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from pathlib import Path
from random import Random
from threading import Event
from typing import TYPE_CHECKING, Any, Final, cast

import apsw

from central_office.contract.bulky_orders import OrderState
from central_office.contract.messages import DeviceId
from devices.roles import LOCKER_WALL, RECEIPT_PRINTER, Printed
from kiosk_app.conductor import Conductor, House, Memory, Programme
from kiosk_app.slips import PRINTING, settle_printing
from kiosk_app.wall_duty import settle_loading, settle_looking, settle_opening
from offline_cache.database import StoreError
from offline_cache.pickups import OPENING
from offline_cache.replica import ReplicaUnavailable
from offline_cache.staff import LOADING, LOOKING, TAKING
from offline_cache.store import open_ledger
from screens.stage import Abandoned, Ending
from screens.steps import Apology, Attract, Begin, Farewell, Home, StaffCalled
from screens.steps_bulky import ShowBooked, Told
from screens.steps_bulky_mine import ShowOrder
from screens.steps_collect import LockerOpens
from screens.steps_staff import EnterCompartment, HandOverCode, LoadDocuments, TakeBack
from screens.surroundings import OtherPlace, Surroundings
from tests.crash.engine import Mishap, Tally
from tests.crash.far_office import Ear
from tests.crash.flow import CODE, NUMBER, Seen
from tests.crash.flows import FLOWS
from tests.crash.medium import FOLDER, Medium, Remains
from tests.crash.one_story import are_one
from tests.crash.plain_files import Lost
from tests.crash.ram_disk import RamDisk
from tests.kiosk_app.lockers import Wall
from tests.kiosk_app.rehearsal import TOWN, TUESDAY, Cupboard
from tests.kiosk_app.test_document_status import Printer
from tests.offline_cache.clockwork import Clockwork
from tests.offline_cache.deposits import CHEAP, PEPPER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from central_office.contract.messages import Command
    from devices.roles import OpenCommand, OpenOutcome
    from screens.steps import Step as Page
    from tests.crash.flow import Flow
    from tests.crash.medium import Flaw, Step
    from tests.crash.ram_disk import Anchors

PATH: Final = Path("/kiosk/ledger.db")

_AGAIN: Final = 0.2
"""The share of cuts after which the power fails once more, in the life that follows."""

_AROUND: Final = Surroundings("Musterstadt", "MS-01", TUESDAY, OtherPlace("Schalter 3", "", None))


class _NoRows:
    """A replica of which nothing came yet."""

    def household(self, key: bytes) -> None:
        raise ReplicaUnavailable(len(key))

    def order(self, key: bytes) -> None:
        raise ReplicaUnavailable(len(key))

    def as_of(self) -> None:
        """Never."""


@dataclass
class _Hand(Wall):
    """Notes each command to the wall in the world's own book."""

    note: Callable[[str, str], None] = lambda _what, _which: None

    def open(self, command: OpenCommand, cancel: Event) -> OpenOutcome:
        self.note("pulse", str(command.compartment))
        return super().open(command, cancel)


class _Slips(Printer):
    """Notes each slip."""

    def __init__(self, note: Callable[[str, str], None]) -> None:
        super().__init__(Printed())
        self._note = note

    def print_receipt(self, receipt: Any, cancel: Event) -> Any:  # noqa: ANN401 - as `Printer`
        self._note("slip", "")
        return super().print_receipt(receipt, cancel)


class _Stage:
    """The stage and the citizen before it in one: she answers at once, and the program ends after her farewell."""

    def __init__(self, flow: Flow, note: Callable[[str, str], None], between: Callable[[], None]) -> None:
        self._answers = {kind: list(answers) for kind, answers in flow.answers.items()} | {
            Attract: [StaffCalled() if flow.service is None else Begin("de"), Abandoned(Ending.SHUTDOWN)],
            Home: [flow.service], Farewell: [None],
        }  # fmt: skip
        self._note = note
        self._between = between
        self._slip: dict[str, str] = {}
        self.cancel = Event()
        self.ending: Ending | None = None

    def begin(self) -> None:
        self.cancel.clear()

    def ask(self, step: Page[Any], meanwhile: Callable[[], Any] | None = None, every: float = 0.0) -> Any:  # noqa: ANN401 - as `Stage`
        assert every >= 0
        assert not isinstance(step, Apology), "a service failed"
        self._sees(step)
        self._between()
        answers = self._answers[type(step)]
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if callable(answer):
            answer = answer(step)
        if isinstance(answer, BaseException):
            raise answer
        if isinstance(answer, str):
            answer = self._slip.get(answer, answer)
        while answer is None and meanwhile is not None:
            answer = meanwhile()
        return answer

    def _sees(self, step: Page[Any]) -> None:
        """What she reads as done is hers from now on."""
        match step:
            case ShowBooked(told=Told.MOVED):
                self._note("moved", f"{step.number} {step.day}")
            case ShowBooked():
                self._note("booked", step.number)
                self._slip = {NUMBER: step.number, CODE: step.code}
            case ShowOrder() if step.order.state is OrderState.CANCELLED:
                self._note("called off", step.number)
            case LoadDocuments() | TakeBack() | HandOverCode() | EnterCompartment():
                self._note("signed in", step.duty.name)
                if step.tell is not None:
                    self._note(step.tell.news.value, str(step.tell.compartment))
            case _:
                pass

    def tell(self, step: Page[Any]) -> None:
        self._between()
        if isinstance(step, LockerOpens) and LockerOpens in self._answers:
            raise cast("BaseException", self._answers[LockerOpens][0])

    def show_sighting(self, sighting: object) -> None:
        """There is no camera."""


class Kiosk:
    """One life of a kiosk on a disk; its courier comes between any two pages if there is a line (`ear`)."""

    def __init__(self, flow: Flow, disk: RamDisk, ear: Ear | None, clock: Clockwork, visit: int = 0) -> None:
        self.flow = flow
        self.disk = disk
        self.ear = ear
        self.clock = clock
        self.book: list[Seen] = []
        self.heard: list[tuple[int, int]] = []
        """After which step the office had heard how many commands."""
        self._visit = visit
        self.ledger = open_ledger(PATH, clock=clock.now, uptime=clock.uptime, disk=disk)
        self.courier = open_ledger(PATH, clock=clock.now, uptime=clock.uptime, disk=disk)
        self.courier.outbox.speak_as(DeviceId("MS-01"))

    def close(self) -> None:
        self.ledger.close()
        self.courier.close()

    def talks(self) -> None:
        """One round of the courier, if there is a line and something to say."""
        if self.ear is not None and not self.courier.outbox.quiet():
            self.goes_round(self.ear)

    def goes_round(self, ear: Ear) -> None:
        batch = self.courier.outbox.take(limit=100, room=1_000_000)
        answer = ear.hears(batch)
        self.heard.append((len(self.disk.steps), ear.last))
        self.courier.settle(batch, answer)

    def serves(self) -> None:
        """What was torn is settled, one citizen comes, and the program is shut down."""
        flow, ledger = self.flow, self.ledger
        cupboard = Cupboard()
        cupboard.put(LOCKER_WALL, _Hand(list(flow.lock), list(flow.contact), note=self._note))
        cupboard.put(RECEIPT_PRINTER, _Slips(self._note))
        stage = _Stage(flow, self._note, self.talks)
        memory = Memory(
            device=DeviceId("MS-01"),
            replica=cast("Any", _NoRows()),
            outbox=ledger.outbox,
            tries=ledger.tries(PEPPER),
            leases=ledger.leases,
            journal=ledger.journal,
            counts=ledger.counts,
            orders=ledger.orders,
            pickups=ledger.pickups(PEPPER, cost=CHEAP),
            staff=ledger.staff(PEPPER, cost=CHEAP),
            sales=ledger.sales,
            till=ledger.till,
        )
        house = House(
            stage=cast("Any", stage),
            devices=cupboard,
            noticeboard=cupboard.noticeboard,
            memory=lambda: memory,
            town=TOWN,
            now=self.clock.now,
            language=lambda: "de",
            surroundings=lambda: _AROUND,
            stale_after_hours=24,
            fault=lambda: None,
            settlers={
                PRINTING: settle_printing(cupboard, stage.cancel, lambda _: None),
                OPENING: settle_opening(cupboard, stage.cancel, lambda _: None),
                LOADING: settle_loading(cupboard, stage.cancel, lambda _: None),
                TAKING: settle_opening(cupboard, stage.cancel, lambda _: None),
                LOOKING: settle_looking(cupboard, stage.cancel, lambda _: None),
            },
            staff=flow.run if flow.service is None else None,
        )
        programmes = {} if flow.service is None else {flow.service: Programme(cast("Any", flow.run), lambda: None)}
        Conductor(house, programmes).run()

    def tears(self) -> None:
        """A visit is cut while a slip is being printed and a compartment opened, and another kind of effect begun."""
        pickups = self.ledger.pickups(PEPPER, cost=CHEAP)
        from tests.offline_cache.deposits import BIRTH, CODE  # noqa: PLC0415

        (waiting,) = pickups.waiting(CODE, BIRTH, TUESDAY.date())
        for effect in (
            self.ledger.journal.effect(PRINTING, {"lines": 14}),
            self.ledger.journal.effect("token.drop", {"bay": 1}),
            pickups.opening(waiting),
        ):
            effect.__enter__()
        self._note("pulse", "32")

    def _note(self, what: str, which: str) -> None:
        self.book.append(Seen(len(self.disk.steps), what, which, self._visit))


@dataclass(frozen=True)
class World:
    """What no cut takes back: what the office heard, and what was seen at the kiosk."""

    commands: tuple[Command, ...]
    book: tuple[Seen, ...]

    @property
    def promises(self) -> int:
        """How much there is that must not be lost."""
        return len(self.commands) + len(self.book)


class Row:
    """One row of the matrix: a flow with the line up or down."""

    def __init__(self, anchors: Anchors, flow: Flow, *, online: bool) -> None:
        self.name = f"{flow.name}, {'online' if online else 'offline'}"
        self._anchors = anchors
        self._flow = flow
        self._online = online
        self._clock = Clockwork()
        self._clock.wall = TUESDAY
        disk = RamDisk(anchors, Remains({"/kiosk": FOLDER}))
        ear = Ear(flow)
        kiosk = Kiosk(flow, disk, None, self._clock)
        kiosk.goes_round(ear)
        if flow.torn_before:
            kiosk.tears()
        kiosk.close()
        self._before = disk.as_it_is()
        self._world = World(tuple(ear.commands), tuple(Seen(0, one.what, one.which) for one in kiosk.book))
        disk.throw_away()

    def cut(self, flaw: Flaw, seed: str, *, every: int = 1) -> Tally:
        """Let one visit happen, cut it at `every` step, and a share of the lives that follow once more."""
        tally = Tally()
        life = self._lives(self._before, self._world, 1)
        tally.steps = len(life.steps)
        medium = Medium(self._before, flaw)
        for step in range(tally.steps + 1):
            if step:
                medium.obey(life.steps[step - 1])
            if step % every and step < tally.steps:
                continue
            rng = Random(f"{seed}/{step}")
            remains, world = medium.after_the_cut(rng), life.at(step)
            after = self._look(remains, world, 2, tally, (seed, step, flaw))
            if after is not None and rng.random() < _AGAIN:
                once_more, then = Medium(remains, flaw), rng.randint(1, len(after.steps))
                for one in after.steps[:then]:
                    once_more.obey(one)
                self._look(once_more.after_the_cut(rng), after.at(then), 3, tally, (f"{seed}+", step, flaw))
        return tally

    def undisturbed(self) -> tuple[Ear, list[Seen]]:
        """A life that nobody cuts: what the office heard in the end, and what was seen."""
        life, ear = self._lives(self._before, self._world, 1, quiet=True), Ear(self._flow)
        ear.commands += life.commands
        return ear, [*self._world.book, *life.book]

    def _look(
        self, remains: Remains, world: World, visit: int, tally: Tally, where: tuple[str, int, Flaw]
    ) -> _Lived | None:
        tally.cuts += 1
        tally.promises += world.promises
        try:
            return self._lives(remains, world, visit, quiet=True)
        except (AssertionError, StoreError, apsw.Error, OSError, ValueError, KeyError) as trouble:
            lost = isinstance(trouble, Lost)
            word = f"{self.name}: {type(trouble).__name__}: {trouble}"
            tally.mishaps.append(Mishap(*where, word, int(lost), corrupt=not lost))
            return None

    def _lives(self, remains: Remains, world: World, visit: int, *, quiet: bool = False) -> _Lived:
        """The kiosk starts, serves one citizen, and with `quiet` goes on until all is told and must be one."""
        disk, ear = RamDisk(self._anchors, remains), Ear(self._flow)
        ear.commands += world.commands
        try:
            kiosk = Kiosk(self._flow, disk, ear if self._online else None, self._clock, visit)
            try:
                kiosk.serves()
                kiosk.talks()
                if quiet:
                    for _ in range(3):
                        kiosk.goes_round(ear)
                    are_one(kiosk.ledger, ear, [*world.book, *kiosk.book])
            finally:
                kiosk.close()
        finally:
            disk.throw_away()
        return _Lived(world, tuple(disk.steps), tuple(kiosk.heard), tuple(ear.commands), tuple(kiosk.book))


@dataclass(frozen=True)
class _Lived:
    """A life that was recorded; `at` is how the world stood when it had come so far."""

    before: World
    steps: tuple[Step, ...]
    heard: tuple[tuple[int, int], ...]
    commands: tuple[Command, ...]
    book: tuple[Seen, ...]

    def at(self, step: int) -> World:
        """What was heard and seen by then: all that happened before the next step of the disk."""
        count = max((count for then, count in self.heard if then <= step), default=len(self.before.commands))
        seen = tuple(one for one in self.book if one.step <= step)
        return World(self.commands[:count], (*self.before.book, *seen))


def rows(anchors: Anchors) -> Iterator[Row]:
    """The whole matrix: every flow, with the line up and down."""
    for flow, online in product(FLOWS, (True, False)):
        yield Row(anchors, flow, online=online)
