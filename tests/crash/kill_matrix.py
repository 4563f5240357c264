"""Every flow of the kiosk, with the line up and down, cut at every step of its disk: the matrix of kills, generated.

A `Flow` says what lies on the disk before, what a citizen does, and what the world does to it; the rest follows. She is
led by the production conductor, so settling at the start and the report of the visit are among what is cut. After each
cut the kiosk starts on the remains, the next citizen does the very same, the office hears of all of it, and then these
must hold: what a citizen saw confirmed is at the office, once; a reservation has its order and an order its
reservation; no code opened in two visits; every effect has its end or is a person's matter; office and kiosk are one.

Another flow is one more entry of `FLOWS`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from random import Random
from threading import Event
from typing import TYPE_CHECKING, Any, Final, cast

import apsw

from central_office.contract.bulky import OrderKind
from central_office.contract.capacity import Lease, Resource
from central_office.contract.chain import GENESIS, command_hash
from central_office.contract.messages import DeviceId, SyncAnswer
from central_office.contract.pickups import Pickups
from devices.roles import LOCKER_WALL, RECEIPT_PRINTER, BoardSilent, Door, Opened, Printed, StillClosed
from kiosk_app.conductor import Conductor, House, Memory, Programme
from kiosk_app.services.bulky_waste import bulky_waste
from kiosk_app.services.collect import collect
from kiosk_app.slips import PRINTING, settle_printing
from kiosk_app.wall_duty import settle_opening
from offline_cache.database import StoreError
from offline_cache.pickups import OPENING
from offline_cache.replica import ReplicaUnavailable
from offline_cache.store import open_ledger
from offline_cache.stored_journal import UNSETTLED
from screens.stage import Abandoned, Ending
from screens.steps import Apology, Attract, Begin, EnterBirthDate, Farewell, Home, Retry, ServiceKey
from screens.steps_bulky import (
    Ask,
    Booked,
    BulkyStart,
    ChooseDay,
    ChooseItems,
    EnterHouse,
    EnterName,
    EnterPhone,
    EnterStreet,
    OneMore,
    Review,
    ReviewOrder,
    ShowBooked,
    ShowRules,
    Start,
)
from screens.steps_bulky_mine import ConfirmCancel, EnterChangeCode, EnterOrderNumber, ShowOrder, Wish
from screens.steps_collect import (
    CodeOpensNothing,
    Collected,
    DoorAnswer,
    EnterPickupCode,
    GoToCounter,
    LockerOpen,
    LockerOpens,
)
from screens.surroundings import OtherPlace, Surroundings
from tests.crash.engine import Mishap, Tally
from tests.crash.medium import FOLDER, Medium, Remains
from tests.crash.plain_files import Lost, owed
from tests.crash.ram_disk import RamDisk
from tests.kiosk_app.lockers import Wall
from tests.kiosk_app.rehearsal import TOWN, TUESDAY, Cupboard
from tests.kiosk_app.test_bulky_waste import BULKY, LINDEN, WEDNESDAY, south
from tests.kiosk_app.test_document_status import Printer
from tests.offline_cache.clockwork import Clockwork
from tests.offline_cache.deposits import CHEAP, PEPPER, deposit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from central_office.contract.messages import Command
    from central_office.contract.pickups import PickupRow
    from kiosk_app.desk import Desk
    from kiosk_app.outcomes import Outcome
    from offline_cache.store import Ledger
    from offline_cache.stored_outbox import Batch
    from screens.steps import Back
    from screens.steps import Step as Page
    from tests.crash.medium import Flaw, Step
    from tests.crash.ram_disk import Anchors

PATH: Final = Path("/kiosk/ledger.db")
NUMBER: Final = "the number on her slip"
CODE: Final = "the change code on her slip"
"""Answers that stand for what her confirmation says."""
LENT: Final = 50
"""Units of a day that the office lends this kiosk."""

_AGAIN: Final = 0.2
"""The share of cuts after which the power fails once more, in the life that follows."""

_AROUND: Final = Surroundings("Musterstadt", "MS-01", TUESDAY, OtherPlace("Schalter 3", "", None))


@dataclass(frozen=True)
class Flow:
    """One thing that is done at a kiosk, and everything that a cut may interrupt in it."""

    name: str
    service: ServiceKey
    run: Callable[[Any], Outcome | Back]
    answers: Mapping[type[Page[Any]], tuple[object, ...]]
    """What she answers on each page, one after the other, the last one again and again; None: as devices do.

    An exception is raised instead. `LockerOpens` is no question; an exception there is raised when it is shown.
    """
    waits: tuple[PickupRow, ...] = ()
    lent: Resource | None = None
    lock: tuple[Any, ...] = (Opened(),)
    contact: tuple[Door, ...] = (Door.OPEN, Door.CLOSED)
    durable: bool = True
    """Whether the office keeps copies, so that the kiosk forgets what it told: nothing of it comes down again here."""
    torn_before: bool = False
    """Whether the visit before was cut while a compartment was being opened and a slip printed."""


def flows() -> dict[str, Flow]:
    """Every flow by its name."""
    return {flow.name: flow for flow in FLOWS}


@dataclass(frozen=True)
class Seen:
    """Something in the world that no power cut undoes: after which step of the disk it was."""

    step: int
    what: str
    which: str
    visit: int = 0


class Ear:
    """An office that takes commands exactly once, lends one day and lists what waits; no disk of its own fails."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self.commands: list[Command] = []
        self._version = 1

    @property
    def last(self) -> int:
        """The newest number heard."""
        return len(self.commands)

    @property
    def head(self) -> str:
        """The hash of the newest command."""
        return command_hash(self.commands[-1]) if self.commands else GENESIS

    def bodies(self, kind: str) -> list[dict[str, Any]]:
        """What was said in commands of this kind."""
        return [one.body for one in self.commands if one.type == kind]

    def free(self) -> int:
        """What is left of the lent day."""
        return LENT - sum(int(body["units"]) for body in self.bodies("reservation.made"))

    def hears(self, batch: Batch) -> SyncAnswer:
        """Take what is new; an old number must be the old command."""
        for one in batch.commands:
            if one.seq <= self.last:
                owed(command_hash(self.commands[one.seq - 1]) == command_hash(one), "a number was given out twice")
                continue
            owed(one.seq == self.last + 1, "a command is missing")
            assert one.prev == self.head, "the chain is broken"
            self.commands.append(one)
        assert batch.last >= self.last, "the kiosk forgot what the office has heard"
        opened = [body["pickup"] for body in self.bodies("pickup.opened")]
        spared = Counter(body["pickup"] for body in self.bodies("pickup.spared"))
        used = Counter(opened) - spared
        rows = tuple(row for row in self._flow.waits if row.pickup not in used)
        of = self._flow.lent
        return SyncAnswer(
            attempt=batch.attempt,
            ack=self.last,
            as_of=TUESDAY,
            changes={},
            durable=max(0, self.last - 1) if self._flow.durable else 0,
            pickups=Pickups(tag=f"e1.{self.last}", rows=rows),
            leases=() if of is None else (Lease(resource=of, granted=self.free(), as_of=self.last),),
        )


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

    def __post_init__(self) -> None:
        self.before_opening = lambda: self.note("pulse", "32")


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
            Attract: [Begin("de"), Abandoned(Ending.SHUTDOWN)], Home: [flow.service], Farewell: [None],
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
        if isinstance(step, ShowBooked):
            self._note("booked", step.number)
            self._slip = {NUMBER: step.number, CODE: step.code}
        self._between()
        answers = self._answers[type(step)]
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, BaseException):
            raise answer
        if isinstance(answer, str):
            answer = self._slip.get(answer, answer)
        while answer is None and meanwhile is not None:
            answer = meanwhile()
        return answer

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
            settlers={PRINTING: settle_printing, OPENING: settle_opening(cupboard, stage.cancel, lambda _: None)},
        )
        Conductor(house, {flow.service: Programme(flow.run, lambda: None)}).run()

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
                    _are_one(kiosk.ledger, ear, [*world.book, *kiosk.book])
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


def _are_one(ledger: Ledger, ear: Ear, book: list[Seen]) -> None:
    orders = Counter(_shown(body["number"]) for body in ear.bodies("bulky.ordered"))
    booked = {one.which for one in book if one.what == "booked"}
    owed(booked <= set(orders), "an order that was confirmed on the screen is not at the office")
    assert not orders or max(orders.values()) == 1, "an order is there twice"
    made = Counter(str(body["reservation"]) for body in ear.bodies("reservation.made"))
    ordered = Counter(
        str(body["reservation"]) for kind in ("bulky.ordered", "bulky.changed") for body in ear.bodies(kind)
    )
    off = Counter(body["number"] for body in ear.bodies("bulky.cancelled"))
    assert not off or max(off.values()) == 1, "an order was called off twice"
    assert made == ordered, "a reservation without its order, or an order without its reservation"
    visits = {(one.which, one.visit) for one in book if one.what == "pulse"}
    assert len(visits) == len({which for which, _ in visits}), "a used code opened once more"
    opened = Counter(body["pickup"] for body in ear.bodies("pickup.opened"))
    opened -= Counter(body["pickup"] for body in ear.bodies("pickup.spared"))
    owed(bool(opened) or not visits, "the lock was released and the office never heard of it")
    ended = Counter(body["pickup"] for kind in ("pickup.collected", "pickup.failed") for body in ear.bodies(kind))
    assert ended == opened, "an opening without its one end"
    assert ledger.journal.unfinished() == (), "an effect without an end"
    with ledger._database.reading() as connection:
        left = connection.execute("SELECT count(*) FROM effects WHERE outcome = ?", (UNSETTLED,)).get
    assert left == len(ear.bodies("effect.unsettled")), "what nobody could settle is on nobody's list"
    line = ledger.outbox.line()
    with ledger._database.reading() as connection:
        head = connection.execute("SELECT head FROM line").get
    assert (line.last, line.acked, head) == (ear.last, ear.last, ear.head), "office and kiosk tell different stories"
    of = ear._flow.lent
    assert of is None or ledger.leases.available(of) == ear.free() >= 0, "office and kiosk count differently"


def _shown(number: str) -> str:
    from central_office.contract.bulky_codes import OrderNumber, order_number  # noqa: PLC0415

    found = order_number(number)
    assert isinstance(found, OrderNumber)
    return str(found)


_KNOCKS: Final[dict[type[Page[Any]], tuple[object, ...]]] = {
    EnterPickupCode: ("471183025591",),
    EnterBirthDate: ("29021984",),
    CodeOpensNothing: (Retry.FINISH,),
    LockerOpen: (None,),
    Collected: ("done",),
    GoToCounter: ("done",),
}


def _collecting(name: str, **more: Any) -> Flow:  # noqa: ANN401 - fields of `Flow`
    answers = _KNOCKS | more.pop("answers", {})
    return Flow(name, ServiceKey.COLLECT, collect, answers, waits=(deposit(),), **more)


def _bulky(desk: Desk) -> Outcome | Back:
    return bulky_waste(BULKY, desk)


_ORDERS: Final[dict[type[Page[Any]], tuple[object, ...]]] = {
    BulkyStart: (Start.ORDER,),
    EnterStreet: (LINDEN,),
    EnterHouse: ("14",),
    ShowRules: (OrderKind.BULKY,),
    ChooseItems: (OneMore("sofa", 1), Ask.GO_ON),
    ChooseDay: (WEDNESDAY, Ask.GO_ON),
    EnterName: ("MUSTER",),
    EnterPhone: ("",),
    ReviewOrder: (Review.AGREE, Review.BOOK),
    ShowBooked: (Booked.PRINT, Booked.FINISH),
}

FLOWS: Final = (
    Flow("bulky waste is ordered and its slip printed", ServiceKey.BULKY_WASTE, _bulky, _ORDERS, lent=south(WEDNESDAY)),
    Flow(
        "bulky waste is ordered and called off",
        ServiceKey.BULKY_WASTE,
        _bulky,
        {
            **_ORDERS,
            BulkyStart: (Start.ORDER, Start.MINE),
            ShowBooked: (Booked.ELSE,),
            EnterOrderNumber: (NUMBER,),
            EnterChangeCode: (CODE,),
            ShowOrder: (Wish.CANCEL, Wish.FINISH),
            ConfirmCancel: (True,),
        },
        lent=south(WEDNESDAY),
        durable=False,
    ),
    _collecting("a document is collected"),
    _collecting(
        "a lock sticks and may have opened",
        lock=(StillClosed(), BoardSilent(sent=True)),
        contact=(Door.CLOSED,),
        answers={LockerOpen: (DoorAnswer.DID_NOT_OPEN,)},
    ),
    _collecting(
        "she leaves before the lock is spoken to", answers={LockerOpens: (Abandoned(Ending.BY_CITIZEN),)}
    ),
    _collecting("she leaves at the open door", answers={LockerOpen: (Abandoned(Ending.IDLE),)}),
    _collecting("what was torn is settled at the start", torn_before=True, contact=(Door.OPEN,)),
)  # fmt: skip
"""One entry for each flow."""


def rows(anchors: Anchors) -> Iterator[Row]:
    """The whole matrix: every flow, with the line up and down."""
    for flow, online in product(FLOWS, (True, False)):
        yield Row(anchors, flow, online=online)
