"""A citizen collects a document, whatever the wall does meanwhile: the whole service, on a disk in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any, Final, cast

from central_office.contract.messages import DeviceId
from devices.roles import LOCKER_WALL, BoardSilent, Door, Opened, StillClosed
from kiosk_app.desk import Desk, VisitNotes
from kiosk_app.services.collect import collect
from kiosk_app.wall_duty import settle_opening
from offline_cache.pickups import OPENING
from offline_cache.store import open_ledger
from screens.steps import EnterBirthDate, Retry
from screens.steps_collect import CodeOpensNothing, Collected, DoorAnswer, EnterPickupCode, GoToCounter, LockerOpen
from screens.surroundings import OtherPlace, Surroundings
from tests.crash.medium import FOLDER, Remains
from tests.crash.plain_files import owed
from tests.crash.ram_disk import RamDisk
from tests.kiosk_app.lockers import Wall
from tests.kiosk_app.rehearsal import TOWN, TUESDAY, Cupboard
from tests.offline_cache.clockwork import Clockwork
from tests.offline_cache.deposits import CHEAP, PEPPER, deposit, office_tells

if TYPE_CHECKING:
    from collections.abc import Callable

    from devices.roles import OpenOutcome
    from offline_cache.store import Ledger
    from screens.steps import Step
    from tests.crash.ram_disk import Anchors

PATH = Path("/kiosk/ledger.db")
CLOCK = Clockwork()


@dataclass(frozen=True)
class Day:
    """What the lock and the contact do, and what the citizen says."""

    name: str
    outcomes: tuple[OpenOutcome, ...]
    contacts: tuple[Door, ...]
    says: DoorAnswer | None


def days() -> dict[str, Day]:
    """Every behaviour of a lock with every behaviour of a contact and every word of a citizen that fits."""
    locks: dict[str, tuple[OpenOutcome, ...]] = {
        "opens": (Opened(),),
        "opens at the second pulse": (StillClosed(), Opened()),
        "stays closed": (StillClosed(),),
        "is silent": (BoardSilent(sent=False),),
        "may have opened": (BoardSilent(sent=True),),
    }
    contacts = {"is true": (Door.OPEN, Door.CLOSED), "says open": (Door.OPEN,), "says closed": (Door.CLOSED,)}
    words: tuple[DoorAnswer | None, ...] = (None, DoorAnswer.FINISHED, DoorAnswer.DID_NOT_OPEN)
    found = {}
    for (lock, outcomes), (contact, doors), says in product(locks.items(), contacts.items(), words):
        if says is None and contact != "is true":
            continue  # she would wait for the minute to pass, which is tried without power cuts
        name = f"the lock {lock}, the contact {contact}, she {'shuts the door' if says is None else says.value}"
        found[name] = Day(name, outcomes, doors, says)
    return found


class _Citizen:
    """Knows her code, shuts the door or says what the day has her say; goes home after the first answer of any page."""

    def __init__(self, says: DoorAnswer | None) -> None:
        self._answers: dict[type[Step[Any]], object] = {
            EnterPickupCode: "471183025591",
            EnterBirthDate: "29021984",
            CodeOpensNothing: Retry.FINISH,
            LockerOpen: says,
            Collected: "done",
            GoToCounter: "done",
        }

    def ask(self, step: Step[Any], meanwhile: Callable[[], Any] | None = None, every: float = 0.0) -> Any:  # noqa: ANN401 - as `Citizen`
        assert every >= 0
        answer = self._answers[type(step)]
        while answer is None and meanwhile is not None:
            answer = meanwhile()
        return answer

    def tell(self, step: Step[Any]) -> None:
        """She reads it."""

    def show_sighting(self, sighting: object) -> None:
        """There is no camera."""


@dataclass
class _PulsedWall(Wall):
    """Notes after which step of the disk each command went out."""

    disk: RamDisk | None = None
    pulsed_at: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.before_opening = self._note

    def _note(self) -> None:
        assert self.disk is not None
        self.pulsed_at.append(len(self.disk.steps))


class Collecting:
    """One pickup from the code to the closed door; a `tests.crash.plain_files.Story`."""

    def __init__(self, anchors: Anchors, day: Day) -> None:
        self._day = day
        self.owed: list[int] = []
        disk = RamDisk(anchors, Remains({"/kiosk": FOLDER}))
        ledger = _open(disk)
        office_tells(ledger, deposit())
        ledger.close()
        self.before = disk.as_it_is()
        disk.throw_away()

    def lives(self, disk: RamDisk) -> None:
        """She collects her document on this day."""
        ledger = _open(disk)
        wall = self._wall(disk)
        collect(_desk(ledger, wall, self._day.says))
        self.owed = [wall.pulsed_at[0], len(disk.steps)]
        ledger.close()

    def look(self, disk: RamDisk, acts: int, step: int) -> None:
        """After the cut the door is asked, the lock is left alone; a code that was used opens nothing."""
        ledger = _open(disk)
        try:
            self._look(ledger, disk, acts)
        finally:
            ledger.close()
        del step

    def _look(self, ledger: Ledger, disk: RamDisk, acts: int) -> None:
        wall = self._wall(disk)
        desk = _desk(ledger, wall, DoorAnswer.FINISHED)
        unfinished = ledger.journal.unfinished()
        used = bool(_told(ledger))
        owed(used or not acts, "the lock was released and the office would never hear of it")
        owed(not unfinished or used, "an opening in the journal that is not in the outbox")
        if acts == 2:
            owed(len(_told(ledger)) == 2, "how it ended")
        ledger.journal.settle({OPENING: settle_opening(desk.devices, desk.cancel, lambda _: None)})
        owed(not ledger.journal.unfinished(), "an opening that nobody settles")
        told = _told(ledger)
        assert told in ([], ["pickup.opened", "pickup.collected"], ["pickup.opened", "pickup.failed"]), told
        assert not wall.pulsed_at, "the lock was released by itself"
        collect(desk)
        assert bool(wall.pulsed_at) == (not used), "a used code opened again, or a good one did not"
        pulses = len(wall.pulsed_at)
        collect(desk)
        assert len(wall.pulsed_at) == pulses, "a code opened twice"

    def _wall(self, disk: RamDisk) -> _PulsedWall:
        return _PulsedWall(list(self._day.outcomes), list(self._day.contacts), disk=disk)


def _told(ledger: Ledger) -> list[str]:
    return [one.type for one in ledger.outbox.take(limit=100, room=1_000_000).commands]


def _open(disk: RamDisk) -> Ledger:
    return open_ledger(PATH, clock=CLOCK.now, uptime=CLOCK.uptime, disk=disk)


_NO_PLACE: Final = Surroundings("Musterstadt", "MS-01", TUESDAY, OtherPlace("Schalter 3", "", None))


def _desk(ledger: Ledger, wall: Wall, says: DoorAnswer | None) -> Desk:
    cupboard = Cupboard()
    cupboard.put(LOCKER_WALL, wall)
    return Desk(
        citizen=_Citizen(says),
        devices=cupboard,
        noticeboard=cupboard.noticeboard,
        device=DeviceId("MS-01"),
        replica=cast("Any", None),  # nothing of this service is read there
        tries=ledger.tries(PEPPER),
        leases=ledger.leases,
        journal=ledger.journal,
        counts=ledger.counts,
        orders=ledger.orders,
        pickups=ledger.pickups(PEPPER, cost=CHEAP),
        staff=ledger.staff(PEPPER, cost=CHEAP),
        sales=ledger.sales,
        town=TOWN,
        now=CLOCK.now,
        language=lambda: "de",
        surroundings=lambda: _NO_PLACE,
        stale_after_hours=24,
        cancel=Event(),
        visit=VisitNotes(),
    )
