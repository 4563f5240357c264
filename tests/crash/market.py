"""Sale after sale at one terminal and one dispenser, with something happening at any arrow of most of them.

What happens, and in which order, comes out of one number. After each sale everything is plugged in and set right again,
a kiosk starts on what the disk kept, settles, and tells; then the terminal's books, the tray and what was told must
agree about this sale alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Any, Final

from devices.simulators.columns import Falls, Motor, Reads
from devices.simulators.terminal_commands import Fault, Left
from kiosk_app.sale import NotBegun
from offline_cache.sales import Ware
from tests.crash.medium import FOLDER, Flaw, Medium, Remains
from tests.crash.ram_disk import RamDisk
from tests.crash.sale_story import BLOWS, Steps, Struck
from tests.crash.shop import SPIRALS, Kiosk, Town, accounts, brown, grey, worth

if TYPE_CHECKING:
    from collections.abc import Callable

    from offline_cache.sales import Sales
    from tests.crash.ram_disk import Anchors

HISTORY: Final = 100
"""Sales at one terminal, before another one is opened with another number."""

_FAULTS: Final = (Fault.LOST_COMPLETION, Fault.NO_HOST, Fault.TRACKS)
_CARDS: Final = ("contactless",) * 6 + ("girocard",) * 3 + ("poor", "blocked", "refused")


@dataclass
class Balance:
    """What came of all sales, in cents and in sales."""

    sales: int = 0
    charged: int = 0
    issued: int = 0
    struck: int = 0
    kiosks_killed: int = 0
    for_a_person: int = 0
    gifts: int = 0
    """Second bags that fell along."""
    endings: dict[str, int] = field(default_factory=dict)
    mishaps: list[str] = field(default_factory=list)

    def rows(self) -> list[tuple[str, str]]:
        """The table."""
        endings = ", ".join(f"{count:,} {ending}" for ending, count in sorted(self.endings.items()))
        return [
            ("sales", f"{self.sales:,}"),
            ("with something happening at an arrow", f"{self.struck:,}"),
            ("kiosks killed at a step of their disk", f"{self.kiosks_killed:,}"),
            ("endings", endings),
            ("charged less given back", f"{self.charged / 100:,.2f} €"),
            ("issued", f"{self.issued / 100:,.2f} €"),
            ("second bags that fell along", f"{self.gifts:,}"),
            ("on the human list", f"{self.for_a_person:,}"),
            ("sales that do not balance and are on no list", f"{len(self.mishaps):,}"),
        ]


class Market:
    """One history of sales."""

    def __init__(self, anchors: Anchors, seed: str, balance: Balance) -> None:
        self._anchors = anchors
        self._seed = seed
        self._rng = Random(seed)
        self._balance = balance
        self._town = Town()
        self._remains = Remains({"/kiosk": FOLDER})

    def run(self, sales: int) -> None:
        """So many sales, one after the other."""
        try:
            for number in range(sales):
                self._restock()
                self._one(f"seed {self._seed}, sale {number}")
        finally:
            self._town.close()

    def _restock(self) -> None:
        disk = RamDisk(self._anchors, self._remains)
        kiosk = Kiosk(self._town, disk)
        for each in SPIRALS:
            self._town.columns.refill(each.number, 8)
            kiosk.ledger.sales.refill(each.number, Ware(each.article, each.year), 8, counted=True, employee="1234")
        kiosk.tells()
        kiosk.close()
        self._remains = disk.as_it_is()
        disk.throw_away()

    def _one(self, where: str) -> None:
        town, balance = self._town, self._balance
        self._weather()
        charged, fallen = town.terminal.books.charged, len(town.fallen)
        payments = len(town.terminal.books.payments)
        told_not_charged = self._sells()
        self._mended()
        starts = [town.columns.starts(each.number) for each in SPIRALS]
        disk = RamDisk(self._anchors, self._remains)
        kiosk = Kiosk(town, disk)
        kiosk.settles()
        town.rest()
        told = kiosk.tells()
        unfinished = kiosk.ledger.sales.unfinished()
        kiosk.close()
        self._remains = disk.as_it_is()
        disk.throw_away()
        charged = town.terminal.books.charged - charged
        issued = worth(town.fallen[fallen:])
        sold = accounts(told)
        listed = any(account.for_a_person for account in sold.values())
        double = any(_double(body) for kind, body in told if kind == "sale.ended")
        wrong = [
            ("a sale has no end", bool(unfinished)),
            ("told as several", len(sold) > 1),
            ("charged twice", len(town.terminal.books.payments) - payments > 1),
            ("more given back than charged", charged < 0),
            ("issued again", starts != [town.columns.starts(each.number) for each in SPIRALS]),
            (f"charged {charged}, issued {issued}", not listed and not (charged == issued or (double and charged))),
            (f"charged {charged}, and told that she was not", told_not_charged and charged > 0),
        ]
        balance.mishaps += [f"{where}: {what}" for what, is_so in wrong if is_so]
        balance.sales += 1
        balance.charged += charged
        balance.issued += issued
        balance.gifts += double
        balance.for_a_person += listed
        for account in sold.values():
            balance.endings[account.ending.value] = balance.endings.get(account.ending.value, 0) + 1
        if not sold:
            balance.endings["not begun"] = balance.endings.get("not begun", 0) + 1
        town.clock.passes(timedelta(seconds=self._rng.randint(30, 7200)))

    def _weather(self) -> None:
        """How terminal, card and dispenser are when she comes."""
        town, rng = self._town, self._rng
        town.terminal.set_left(rng.choice(list(Left)))
        town.terminal.fail(rng.choice(_FAULTS) if rng.random() < 0.1 else Fault.NONE)
        town.terminal.present(rng.choice(_CARDS))
        for each in SPIRALS:
            if rng.random() < 0.1:
                town.columns.break_motor(each.number, rng.choice(list(Motor)))
            if rng.random() < 0.1:
                town.columns.let_fall(each.number, rng.choice(list(Falls)))
        if rng.random() < 0.03:
            town.columns.break_drop(rng.choice(list(Reads)))

    def _sells(self) -> bool:
        """One citizen buys, and something may happen; whether she was told that she was not charged."""
        rng, balance = self._rng, self._balance
        disk = RamDisk(self._anchors, self._remains)
        opened: list[Kiosk] = []
        blow = rng.choice(list(BLOWS)) if rng.random() < 0.5 else None
        call = rng.randrange(24)
        killed_at = rng.randint(1, 130) if rng.random() < 0.4 else None
        disk.steps = Steps(killed_at, lambda: opened[0].dies() if opened else None)

        def wrap(sales: Sales) -> Sales:
            found: Any = sales if blow is None else Struck(sales, call, _strike(BLOWS[blow], opened))
            return found  # type: ignore[no-any-return]

        kiosk = Kiosk(self._town, disk, wrap)
        opened.append(kiosk)
        if killed_at is not None and len(disk.steps) >= killed_at:
            kiosk.dies()
        basket = [grey(rng.randint(1, 3)), *([brown(rng.randint(1, 2))] if rng.random() < 0.4 else [])]
        try:
            result = kiosk.sells(*basket)
        except Exception:
            if not kiosk.dead:
                raise
            result = None
        kiosk.close()
        steps = list(disk.steps)
        balance.struck += blow is not None
        if killed_at is None or not kiosk.dead:
            self._remains = disk.as_it_is()
        else:
            balance.kiosks_killed += 1
            medium = Medium(self._remains, Flaw.UNORDERED)
            for one in steps[:killed_at]:
                medium.obey(one)
            self._remains = medium.after_the_cut(rng)
        disk.throw_away()
        shown = result is not None and not kiosk.dead and not isinstance(result, NotBegun)
        return shown and result.not_charged_known  # type: ignore[union-attr]

    def _mended(self) -> None:
        """Everything is plugged in, and a technician was there."""
        town = self._town
        town.rest()
        town.terminal.fail(Fault.NONE)
        town.terminal.plug()
        town.terminal.take_card()
        town.columns.kill(dead=False)
        town.columns.break_drop(Reads.TRUTH)
        for each in SPIRALS:
            town.columns.break_motor(each.number, Motor.RUNS)
            town.columns.let_fall(each.number, Falls.ONE)


def run(anchors: Anchors, sales: int, seed: int, say: Callable[[Balance], None] = lambda _: None) -> Balance:
    """So many sales, in histories with numbers of their own."""
    balance = Balance()
    for history in range(-(-sales // HISTORY)):
        Market(anchors, f"{seed}/{history}", balance).run(min(HISTORY, sales - balance.sales))
        say(balance)
    return balance


def _strike(blow: Callable[[Kiosk], None], opened: list[Kiosk]) -> Callable[[], None]:
    return lambda: blow(opened[0])


def _double(body: dict[str, Any]) -> bool:
    fell = sum(column["pieces"] for column in body["columns"])
    return bool(fell > sum(line["issued"] for line in body["lines"]))
