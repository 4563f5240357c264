"""Three kiosks and an office on a day when everything happens; the seed is the day.

Nobody is ever promised what is not there, and in the end both sides tell the same story.
"""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from central_office.office import escrow
from central_office.office.models import DeskEntry, Kiosk, Lease, Reservation, Resource
from offline_cache.leases import Promised
from offline_cache.line import LineError
from tests.central_office.together.in_process import SLOTS, copy_of_the_office, doubled, lost, restore
from tests.offline_cache.letters import visit

if TYPE_CHECKING:
    from collections.abc import Callable

    import requests

    from central_office.office.models import Town
    from tests.central_office.together.in_process import Machine, Work


class Day:
    """What the citizens were told, beside what both sides believe."""

    def __init__(self, machines: list[Machine], capacity: int, chance: random.Random) -> None:
        self.machines = machines
        self.capacity = capacity
        self.chance = chance
        self.promised: dict[str, int] = {}
        self.cancelled: set[str] = set()
        self.late: list[requests.Response] = []
        self.copy = copy_of_the_office()

    def hour(self) -> None:
        kiosk = self.chance.choice(self.machines)
        leases = kiosk.ledger.leases
        match self.chance.choice(
            ["promise"] * 5 + ["go"] * 6 + ["want"] * 3 + ["return", "cancel", "visit", "cut", "spoil", "plug", "clock"]
            + self.chance.choice([["copy"], ["restore"], []])
        ):  # fmt: skip
            case "promise":
                units = self.chance.randint(1, 3)
                made = leases.promise(SLOTS, units)
                if isinstance(made, Promised):
                    self.promised[made.reservation] = units
            case "go":
                kiosk.cable.cut = False
                self.goes(kiosk)
            case "want":
                leases.want(SLOTS, self.chance.randint(1, 6))
            case "return":
                leases.give_back(SLOTS, self.chance.randint(1, 3))
            case "cancel":
                mine = [one for one in self.promised if one not in self.cancelled and self._knows(kiosk, one)]
                if mine:
                    one = self.chance.choice(mine)
                    leases.cancel(one)  # type: ignore[arg-type]
                    self.cancelled.add(one)
            case "visit":
                kiosk.ledger.outbox.put(visit())
            case "cut":
                kiosk.cable.cut = True
            case "spoil":
                kiosk.cable.mishaps.append(self.chance.choice([lost, doubled, self._delayed, self._old]))
            case "plug":
                kiosk.restarts(off=timedelta(days=self.chance.choice([0, 400, -400])))
            case "clock":
                kiosk.clock.is_set(timedelta(days=self.chance.choice([400, -400])))
            case "copy":
                self.copy = copy_of_the_office()
            case "restore":
                restore(self.copy)

    def goes(self, kiosk: Machine) -> None:
        for _ in range(self.chance.randint(1, 3)):
            try:
                kiosk.trip.go()
            except LineError:
                return

    def holds(self) -> None:
        resource = Resource.objects.get()
        assert sum(self.promised.values()) - self._given_back() <= self.capacity
        assert resource.promised + resource.leased <= resource.capacity
        assert resource.leased == sum(Lease.objects.values_list("units", flat=True))
        assert not DeskEntry.objects.exists()

    def ends(self) -> None:
        for kiosk in self.machines:
            kiosk.cable.cut = False
            kiosk.cable.mishaps.clear()
        for _ in range(2):
            for kiosk in self.machines:
                kiosk.ledger.outbox.put(visit())
                kiosk.settles()
        told = {one.pk: (one.units, one.state) for one in Reservation.objects.all()}
        assert told == {
            one: (units, "cancelled" if one in self.cancelled else "held") for one, units in self.promised.items()
        }
        assert Resource.objects.get().promised == sum(units for units, state in told.values() if state == "held")
        leased = dict(Lease.objects.values_list("kiosk", "units"))
        for kiosk in self.machines:
            assert kiosk.available() == leased.get(kiosk.device, 0)
        assert not Kiosk.objects.exclude(chain_broken_at=None).exists()

    def _given_back(self) -> int:
        return sum(self.promised[one] for one in self.cancelled)

    def _knows(self, kiosk: Machine, reservation: str) -> bool:
        batch = kiosk.ledger.outbox.take(limit=100, room=200_000)
        return any(command.body.get("reservation") == reservation for command in batch.commands)

    def _delayed(self, work: Work) -> requests.Response:
        self.late.append(work())
        return lost(work)

    def _old(self, work: Work) -> requests.Response:
        return self.late.pop() if self.late else work()


@pytest.mark.parametrize("seed", range(6))
def test_whatever_happens_nobody_is_promised_what_is_not_there(
    seed: int, town: Town, machines: Callable[[str], Machine]
) -> None:
    chance = random.Random(seed)
    capacity = chance.randint(4, 25)
    escrow.open_day("slots", SLOTS.day, capacity, spare=chance.randint(0, 3))
    day = Day([machines(name) for name in ("foyer", "library", "station")], capacity, chance)
    for _ in range(chance.randint(40, 90)):
        day.hour()
        day.holds()
    day.ends()
