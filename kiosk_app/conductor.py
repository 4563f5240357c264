"""The conductor: leads one citizen after the other through a session, on the thread `session`.

Invite, ask what she came for, run that service at a fresh desk, report the visit, say goodbye, forget. This module
holds the program's one broad `except`: it logs the service's name and the error's type, never what the citizen said.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeVar

from kiosk_app.desk import Desk, VisitNotes
from kiosk_app.events import Backroom, ServiceFailed
from kiosk_app.outcomes import Outcome
from logbook import place_of, say
from screens.stage import Abandoned, Ending
from screens.steps import (
    Apology,
    Attract,
    Back,
    Changed,
    ExplainUnavailable,
    Farewell,
    Home,
    Offer,
    OutOfService,
    ServiceKey,
    StaffCalled,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from central_office.contract.messages import DeviceId
    from central_office.contract.town import Town
    from devices.dispensing import DispenserLayout
    from devices.noticeboard import Noticeboard
    from kiosk_app.desk import Devices
    from offline_cache.counts import Counts
    from offline_cache.journal import Journal, Settler
    from offline_cache.leases import Leases
    from offline_cache.orders import Orders
    from offline_cache.outbox import Outbox
    from offline_cache.pickups import Pickups
    from offline_cache.replica import Replica
    from offline_cache.sales import Sales, TillBook
    from offline_cache.staff import Staff
    from offline_cache.tries import Tries
    from screens.stage import Stage
    from screens.steps import Reason
    from screens.surroundings import Surroundings

A = TypeVar("A")

LOOK_EVERY = 1.0
"""Seconds between looks at whether what a waiting page shows is still true."""


@dataclass(frozen=True)
class Programme:
    """One service of this kiosk: how it runs, and what hinders it now."""

    run: Callable[[Desk], Outcome | Back]
    hindrance: Callable[[], Reason | None]
    limited: Callable[[], Reason | None] = lambda: None
    """What does not work of it now though it can be used; told on the home page."""


@dataclass(frozen=True)
class Fault:
    """Why the whole terminal is out of service; `code` is for staff, `power` says that the mains have failed."""

    code: str
    since: datetime
    power: bool = False


@dataclass(frozen=True)
class Memory:
    """The kiosk's disk as services see it; `device` is the name that the office gave it."""

    device: DeviceId
    replica: Replica
    outbox: Outbox
    tries: Tries
    leases: Leases
    journal: Journal
    counts: Counts
    orders: Orders
    pickups: Pickups
    staff: Staff
    sales: Sales
    till: TillBook


@dataclass(frozen=True)
class House:
    """What the conductor hands out; `memory` gives None while the disk cannot be trusted, and `fault` then says so."""

    stage: Stage
    devices: Devices
    noticeboard: Noticeboard
    memory: Callable[[], Memory | None]
    town: Town
    now: Callable[[], datetime]
    language: Callable[[], str]
    surroundings: Callable[[], Surroundings]
    stale_after_hours: float
    fault: Callable[[], Fault | None]
    settlers: Mapping[str, Settler] = field(default_factory=dict)
    """Who finds out about effects that were begun and have no end, by their kind."""
    tidy: Callable[[], object] = lambda: None
    """Called before each session, while nobody waits for a page."""
    staff: Callable[[Desk], object] | None = None
    """What employees do here; None: nothing, there is neither wall nor dispenser."""
    settle_sales: Callable[[Memory], object] = lambda _: None
    """Called before each session: finds out how sales ended that were begun and have no end."""
    columns: DispenserLayout | None = None
    """The columns of this kiosk's dispenser; None without one."""
    ends_with_card: bool = False
    """A visit signed in by card ends when the card leaves the reader."""
    duty: Callable[[Memory], object] = lambda _: None
    """Called every second while nobody is served, on the session's thread, which holds no device then."""
    stand_still: Callable[[Memory | None], object] = lambda _: None
    """Called every second while the terminal is out of service, on the session's thread."""


class Conductor:
    """Runs one session after the other until the stage is shut down."""

    def __init__(self, house: House, programmes: Mapping[ServiceKey, Programme]) -> None:
        self._house = house
        self._programmes = programmes
        self._card_laid = False
        """In this session an identity card lay on the reader."""

    def run(self) -> None:
        """Lead sessions until the program ends."""
        while True:
            self._house.tidy()
            self._house.stage.begin()
            try:
                self._session()
            except Abandoned as abandoned:
                if abandoned.ending is Ending.SHUTDOWN:
                    return

    def _session(self) -> None:
        if (fault := self._house.fault()) is not None:
            self._wait_for_repair(fault)
            return
        self._settle()
        answer = self._house.stage.ask(self._invitation(), meanwhile=self._broken, every=LOOK_EVERY)
        if isinstance(answer, Changed):
            return
        if isinstance(answer, StaffCalled):
            self._staff()
            return
        by_itself = self._card_laid = False
        try:
            while not self._next_service():
                pass
        except Abandoned as abandoned:
            if abandoned.ending in {Ending.SHUTDOWN, Ending.POWER}:
                raise
            by_itself = abandoned.ending is Ending.IDLE
            self._house.stage.begin()
        self._house.stage.ask(Farewell(by_itself, self._card_laid))

    def _staff(self) -> None:
        """Let an employee work; whatever ends that, the next citizen is invited."""
        memory = self._house.memory()
        if memory is None or self._house.staff is None:
            return
        run, desk = self._house.staff, self._desk(memory, VisitNotes())
        try:
            if self._safely(Backroom.STAFF, lambda: run(desk)) is Outcome.FAULT:
                self._house.stage.ask(Apology("S-00"))
        except Abandoned as abandoned:
            if abandoned.ending is Ending.SHUTDOWN:
                raise

    def _settle(self) -> None:
        """Find out what became of everything that was begun, before anybody is served."""
        memory = self._house.memory()
        if memory is not None and memory.journal.unfinished():
            memory.journal.settle(self._house.settlers)
        if memory is not None:
            self._house.settle_sales(memory)

    def _wait_for_repair(self, fault: Fault) -> None:
        step = OutOfService(fault.code, fault.since, fault.power)

        def repaired() -> Changed | None:
            self._house.stand_still(self._house.memory())
            return None if self._house.fault() == fault else Changed()

        self._house.stage.ask(step, meanwhile=repaired, every=LOOK_EVERY)

    def _broken(self) -> Changed | None:
        memory = self._house.memory()
        if memory is not None:
            self._house.duty(memory)
        return None if self._house.fault() is None else Changed()

    def _invitation(self) -> Attract:
        return Attract(tuple(self._programmes))

    def _offers(self) -> tuple[Offer, ...]:
        return tuple(Offer(key, programme.hindrance()) for key, programme in self._programmes.items())

    def _home(self) -> Home:
        offers = self._offers()
        limits = (programme.limited() for programme in self._programmes.values())
        reasons = (*(offer.reason for offer in offers), *limits)
        return Home(offers, next((reason for reason in reasons if reason is not None), None))

    def _next_service(self) -> bool:
        """Ask what the citizen came for and serve it; True when that was all."""
        home = self._home()
        chosen = self._house.stage.ask(
            home, meanwhile=lambda: None if self._home() == home else Changed(), every=LOOK_EVERY
        )
        if isinstance(chosen, Changed):
            return False
        reason = self._programmes[chosen].hindrance()
        if reason is not None:
            self._house.stage.ask(ExplainUnavailable(chosen, reason))
            return False
        return self._serve(chosen)

    def _serve(self, key: ServiceKey) -> bool:
        memory = self._house.memory()
        if memory is None:
            return False
        began, visit = self._house.now(), VisitNotes()
        programme, desk = self._programmes[key], self._desk(memory, visit)
        try:
            outcome = self._safely(key, lambda: programme.run(desk))
        except Abandoned as abandoned:
            self._report(memory, key, visit, began, _ENDED[abandoned.ending])
            raise
        finally:
            self._card_laid |= visit.card_laid
        if isinstance(outcome, Back):
            return False
        self._report(memory, key, visit, began, outcome)
        if outcome is Outcome.FAULT:
            self._house.stage.ask(Apology(f"S-{list(ServiceKey).index(key) + 1:02}"))
            return True
        return not visit.goes_on

    def _safely(self, name: ServiceKey | Backroom, run: Callable[[], A]) -> A | Literal[Outcome.FAULT]:
        try:
            return run()
        except Exception as error:  # noqa: BLE001 - the one place: the visit ends with an apology, the kiosk lives on
            if self._house.stage.ending is None:
                # No message and no trace: both may hold what the citizen said. The line of code holds nothing.
                say(ServiceFailed(name, type(error), place_of(error)))
            return Outcome.FAULT

    def _desk(self, memory: Memory, visit: VisitNotes) -> Desk:
        house = self._house
        return Desk(
            citizen=house.stage,
            devices=house.devices,
            noticeboard=house.noticeboard,
            device=memory.device,
            replica=memory.replica,
            tries=memory.tries,
            leases=memory.leases,
            journal=memory.journal,
            pickups=memory.pickups,
            staff=memory.staff,
            sales=memory.sales,
            columns=house.columns,
            ends_with_card=house.ends_with_card,
            beat=self._beat,
            counts=memory.counts,
            orders=memory.orders,
            town=house.town,
            now=house.now,
            language=house.language,
            surroundings=house.surroundings,
            stale_after_hours=house.stale_after_hours,
            cancel=house.stage.cancel,
            visit=visit,
        )

    def _beat(self) -> None:
        self._house.stage.beat()

    def _report(self, memory: Memory, key: ServiceKey, visit: VisitNotes, began: datetime, outcome: Outcome) -> None:
        # Loaded with the first visit, not with the program: pydantic would cost a third of the time to the first frame.
        from central_office.contract.messages import VisitReported  # noqa: PLC0415

        seconds = int((self._house.now() - began).total_seconds())
        memory.outbox.put(
            VisitReported(
                service=key.value,
                outcome=outcome.value,
                began=began,
                seconds=min(max(seconds, 0), 86_400),  # the clock may have been set meanwhile
                language=self._house.language(),
                claim=visit.claim,
                taken_away=tuple(sorted(visit.taken_away)),
            )
        )


_ENDED = {
    Ending.BY_CITIZEN: Outcome.ENDED_BY_CITIZEN,
    Ending.IDLE: Outcome.ENDED_IDLE,
    Ending.SHUTDOWN: Outcome.FAULT,
    Ending.POWER: Outcome.FAULT,
}
