"""Five kiosks order bulky waste for a thousand days, mostly with the cable cut; nobody is promised a full lorry."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection

from central_office.contract.bulky_days import eligible_days, nearest, offers
from central_office.office import escrow
from central_office.office.bulky import rules as rule_book
from central_office.office.models import BulkyOrder, DeskEntry, Lease, Resource
from tests.central_office.conftest import MORNING, HandClock
from tests.central_office.waste import SMALL_TOWN, Citizens, Slip, anybody, take_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from central_office.contract.bulky import WasteRules
    from central_office.office.models import Town
    from tests.central_office.together.in_process import Machine

DAYS = {"sqlite": 1000, "postgresql": 250}
"""On PostgreSQL, where a day takes four times as long, a quarter of them is enough: the rules are the same."""
CAPACITY = 12
"""Units a day that the small town's lorry holds."""


class Years:
    """What citizens were told, beside what the office knows."""

    def __init__(self, town: Town, rules: WasteRules, kiosks: list[Citizens], chance: random.Random) -> None:
        self.town = town
        self.rules = rules
        self.kiosks = kiosks
        self.chance = chance
        self.told: dict[str, tuple[date, int]] = {}
        self.open: list[tuple[Citizens, Slip, int]] = []
        self.refused = 0

    def day(self, today: date) -> None:
        for _ in range(self.chance.randint(0, 2)):
            self.order(today)
        if self.open and self.chance.random() < 0.2:
            self.think_again(today)
        if self.chance.random() < 0.25:
            self.chance.choice(self.kiosks).machine.go()

    def order(self, today: date) -> None:
        kiosk = self.chance.choice(self.kiosks)
        items = self.chance.choice([{"sofa": 1}, {"chair": 2}, {"sofa": 1, "chair": 5}])
        units = self.rules.units(sum(rule.litres * items.get(rule.key, 0) for rule in self.rules.item))
        leases = kiosk.machine.ledger.leases
        calendar = offers(
            self.rules, self.rules.district[0], self.rules.item[0].order, units, today,
            held=leases.available, known=lambda _: 0,
        )  # fmt: skip
        # Everybody wants the same few days: that is where a lorry fills.
        near = nearest(calendar, today + timedelta(days=self.chance.choice([4, 4, 8, 15, 20])))
        if near is None:
            self.refused += 1
            return
        slip = kiosk.orders(near.day, items=items, household=anybody(f"{self.chance.random()}"))
        assert slip is not None, "the calendar showed a day that was full"
        self.told[slip.order.number] = (near.day, slip.order.units)
        self.open.append((kiosk, slip, 1))

    def think_again(self, today: date) -> None:
        kiosk, slip, revision = self.open.pop(self.chance.randrange(len(self.open)))
        number = slip.order.number
        if self.told[number][0] <= today + timedelta(days=2):
            return  # too late: the terminal would say so
        days = list(eligible_days(self.rules, self.rules.district[0], today))
        to = self.chance.choice(days)
        if self.chance.random() < 0.5:
            kiosk.cancels(slip, revision)
            del self.told[number]
        elif kiosk.changes(slip, to, revision):
            self.told[number] = (to, slip.order.units)
            self.open.append((kiosk, slip, revision + 1))

    def holds(self) -> None:
        """No lorry is promised more than it holds, counted by what citizens were told."""
        loads: Counter[date] = Counter()
        for day, units in self.told.values():
            loads[day] += units
        assert max(loads.values(), default=0) <= CAPACITY

    def ends(self) -> None:
        for kiosk in self.kiosks:
            kiosk.machine.settles()
        booked = BulkyOrder.objects.filter(state="booked")
        assert {one.number: (one.day, one.units) for one in booked} == self.told
        assert not booked.filter(placed=False).exists()
        assert not DeskEntry.objects.exists()
        loads: Counter[date] = Counter()
        for day, units in self.told.values():
            loads[day] += units
        for resource in Resource.objects.all():
            assert resource.promised == loads[resource.day]
            assert resource.leased == sum(Lease.objects.filter(resource=resource).values_list("units", flat=True))
            assert resource.promised + resource.leased <= CAPACITY
        assert max(loads.values()) > CAPACITY // 2


@pytest.mark.timeout(600)  # a thousand days take twenty seconds; a busy machine needs some minutes
def test_no_lorry_is_overbooked_in_a_thousand_days(
    town: Town, machines: Callable[[str], Machine], clock: HandClock
) -> None:
    rules = take_in(SMALL_TOWN.replace("window_days = 10", "window_days = 25"))
    kiosks = [Citizens(machines(name), rules) for name in ("foyer", "library", "station", "pool", "market")]
    for kiosk in kiosks:
        kiosk.machine.settles()
    years = Years(town, rules, kiosks, random.Random(1973))
    days = DAYS[connection.vendor]
    for nth in range(days):
        years.day(escrow.today(town, MORNING + timedelta(days=nth)))
        clock.forward(days=1)
        if nth % 3 == 0:
            rule_book.open_new_days(town, clock.moment)
        years.holds()
    years.ends()
    assert len(years.told) > days // 3
    assert years.refused
