"""A visit without a screen: a citizen who answers from a script, at a real desk with a real disk."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any, TypeVar, cast

from central_office.contract.claims import Cost, Pepper, card_secret, secret, stretched_holder
from central_office.contract.documents import DocumentId, DocumentStatus, Place, StageReached
from central_office.contract.messages import DeviceId, DocumentRow, SnapshotEnd
from central_office.contract.sealing import seal
from central_office.contract.stages import DocumentKind, Stage, ToBring
from central_office.contract.town import read_town
from devices.conditions import Absent, Ready
from devices.errors import Unavailable
from devices.noticeboard import Noticeboard
from kiosk_app.desk import Desk, VisitNotes
from offline_cache.clocks import Uptime
from offline_cache.store import open_ledger, open_replica, open_replica_for_writing
from screens.surroundings import OtherPlace, Surroundings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from central_office.contract.claims import CardHolder, Claim
    from devices.roles import Device, Role
    from screens.stage import Sighting
    from screens.steps import Step

A = TypeVar("A")
D = TypeVar("D", bound="Device")

ROOT = Path(__file__).resolve().parents[2]
TOWN = read_town(ROOT / "town" / "musterstadt.toml")
PEPPER = Pepper(bytes(range(32)))
CHEAP = Cost(kib=8, passes=1)
TUESDAY = datetime(2026, 6, 16, 8, 24, tzinfo=UTC)


class ScriptedCitizen:
    """Answers each step from a list of (expected kind of step, answer); None lets `meanwhile` answer."""

    def __init__(self, script: list[tuple[type[Step[Any]], object]]) -> None:
        self._script = iter(script)
        self.asked: list[Step[Any]] = []
        self.told: list[Step[Any]] = []
        self.sightings: list[Sighting] = []

    def ask(self, step: Step[A], meanwhile: Callable[[], A | None] | None = None, every: float = 0.0) -> A:
        assert every >= 0
        self.asked.append(step)
        kind, answer = next(self._script)
        assert isinstance(step, kind), f"{kind.__name__} was expected, {step} was asked"
        if isinstance(answer, BaseException):
            raise answer
        if answer is not None or meanwhile is None:
            return cast("A", answer)
        for _ in range(1000):
            if (found := meanwhile()) is not None:
                return found
        raise AssertionError("no device answered")

    def tell(self, step: Step[Any]) -> None:
        self.told.append(step)

    def show_sighting(self, sighting: Sighting) -> None:
        self.sightings.append(sighting)

    def finished(self) -> bool:
        return next(self._script, None) is None


@dataclass
class Cupboard:
    """Devices by role, lent one at a time."""

    devices: dict[str, Device] = field(default_factory=dict)
    noticeboard: Noticeboard = field(default_factory=Noticeboard)

    def put(self, role: Role[D], device: D) -> None:
        self.devices[role.name] = device
        self.noticeboard.pin({**self.noticeboard.latest(), role.name: Ready()})

    def take_away(self, role: Role[D]) -> None:
        self.devices.pop(role.name, None)
        self.noticeboard.pin({**self.noticeboard.latest(), role.name: Absent()})

    @contextlib.contextmanager
    def lease(self, role: Role[D]) -> Iterator[D]:
        if role.name not in self.devices:
            raise Unavailable(role.name, Absent())
        yield cast("D", self.devices[role.name])


class Rehearsal:
    """A desk with a ledger and a replica in `folder`, and a clock that the story turns."""

    def __init__(self, folder: Path) -> None:
        self.now = TUESDAY
        self.device = DeviceId("MS-01")
        self.cupboard = Cupboard()
        self.visit = VisitNotes()
        self.ledger = open_ledger(
            folder / "ledger.db", clock=lambda: self.now, uptime=lambda: Uptime("boot", self.now.timestamp())
        )
        self._writer = open_replica_for_writing(folder / "replica.db", PEPPER)
        self.replica = open_replica(folder / "replica.db", PEPPER, cost=CHEAP)

    def office_sends(
        self, *documents: tuple[DocumentStatus, tuple[Claim, Claim]], holder: CardHolder | None = None
    ) -> None:
        """Send the documents; `holder` is whom all of them are for, as her card names her."""
        rows = [_sealed(status, claims, holder, place) for place, (status, claims) in enumerate(documents)]
        self._writer.begin_snapshot()
        self._writer.add_to_snapshot(rows)
        self._writer.finish_snapshot(SnapshotEnd(rows=len(rows), epoch="e1", to="e1.1", as_of=self.now))

    def desk(self, citizen: ScriptedCitizen) -> Desk:
        return Desk(
            citizen=citizen,
            devices=self.cupboard,
            noticeboard=self.cupboard.noticeboard,
            device=self.device,
            replica=self.replica,
            tries=self.ledger.tries(PEPPER),
            leases=self.ledger.leases,
            journal=self.ledger.journal,
            counts=self.ledger.counts,
            orders=self.ledger.orders,
            pickups=self.ledger.pickups(PEPPER, cost=CHEAP),
            staff=self.ledger.staff(PEPPER, cost=CHEAP),
            sales=self.ledger.sales,
            town=TOWN,
            now=lambda: self.now,
            language=lambda: "de",
            surroundings=self.surroundings,
            stale_after_hours=24,
            cancel=Event(),
            visit=self.visit,
        )

    def surroundings(self) -> Surroundings:
        return Surroundings("Musterstadt", "MS-01", self.now, OtherPlace("Schalter 3", "", None))

    def passes(self, **time: float) -> None:
        self.now += timedelta(**time)

    def close(self) -> None:
        self.ledger.close()
        self.replica.close()
        self._writer.close()


def ready_card() -> DocumentStatus:
    """An identity card that waits at counter 3."""
    return DocumentStatus(
        document=DocumentId("00000000-0000-4000-8000-000000000001"),
        kind=DocumentKind.IDENTITY_CARD,
        reference="4711-0815",
        history=(
            StageReached(stage=Stage.APPLIED, on=datetime(2026, 5, 18, tzinfo=UTC).date()),
            StageReached(stage=Stage.IN_PRODUCTION, on=datetime(2026, 5, 20, tzinfo=UTC).date()),
            StageReached(stage=Stage.ARRIVED, on=datetime(2026, 6, 12, tzinfo=UTC).date()),
            StageReached(stage=Stage.READY_COUNTER, on=datetime(2026, 6, 15, tzinfo=UTC).date()),
        ),
        place=Place(key="counter-3", name="Schalter 3", way="im Erdgeschoss links"),
        collect_until=datetime(2026, 9, 15, tzinfo=UTC).date(),
        bring=(ToBring.OLD_DOCUMENT,),
    )


def _sealed(status: DocumentStatus, claims: tuple[Claim, Claim], holder: CardHolder | None, place: int) -> DocumentRow:
    letter, number = (secret(claim, CHEAP) for claim in claims)
    card = None if holder is None else card_secret(stretched_holder(holder, CHEAP), place)
    row = seal(status.model_dump_json().encode(), status.document, PEPPER, letter, number, card)
    return DocumentRow(id=row.id, slots=row.slots, sealed=row.sealed)
