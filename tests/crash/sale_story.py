"""Every arrow of a sale, and everything that can happen there: generated, and judged by the world's own books.

`cut` lets one sale happen and takes the power at a step of the disk, for every step: what the kiosk does from then on
reaches neither terminal nor motors, and the next kiosk starts on what the medium kept. `strike` lets something else
happen at one call to the ledger, before it or after it, for every call. Then whatever was unplugged is plugged in, what
has no end is settled, and the terminal's books, the tray and what the office is told must agree.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any, Final

from devices.simulators.columns import Falls, Motor, Reads
from devices.simulators.terminal_books import CARDS, Fate
from devices.simulators.terminal_commands import Left
from kiosk_app.sale import NotBegun
from kiosk_app.settling_sales import SaleSettler
from tests.crash.engine import Mishap, Tally
from tests.crash.medium import FOLDER, Flaw, Medium, Remains
from tests.crash.ram_disk import RamDisk
from tests.crash.shop import SPIRALS, Kiosk, Town, accounts, brown, grey, worth

if TYPE_CHECKING:
    from offline_cache.sales import Line, Sales
    from tests.crash.medium import Step
    from tests.crash.ram_disk import Anchors

ARROWS: Final = ("reserve", "authorizing", "authorized", "turning", "turned", "issued", "end")
"""Calls to the ledger between which something is done in the world."""

Wrap = Callable[["Sales"], "Sales"]


@dataclass(frozen=True)
class Day:
    """How terminal and dispenser behave before anything happens, and what a citizen wants."""

    name: str
    basket: tuple[Line, ...] = (grey(2), brown(1))
    left: Left = Left.TAKEN_BACK
    before: Callable[[Town], None] = lambda _: None
    card: str = "girocard"
    gifts: bool = False
    """Whether second bags fall along."""


DAYS: Final = {
    day.name: day
    for day in (
        Day("all is well"),
        Day("the terminal books what is left alone", left=Left.BOOKED),
        Day("the first column is jammed", before=lambda town: town.columns.break_motor(1, Motor.STUCK)),
        Day("a column sticks half way", before=lambda town: town.columns.break_motor(3, Motor.STICKS_HALFWAY)),
        Day("two fall at once", before=lambda town: town.columns.let_fall(1, Falls.TWO), gifts=True),
        Day("the drop sensor is dead", before=lambda town: town.columns.break_drop(Reads.OFF)),
        Day("the card is refused", card="refused"),
    )
}


def _unplugged(kiosk: Kiosk) -> None:
    kiosk.town.terminal.unplug()


def _terminal_cut(kiosk: Kiosk) -> None:
    kiosk.town.terminal.cut_line()


def _boards_cut(kiosk: Kiosk) -> None:
    kiosk.line_cut = True


def _board_dead(kiosk: Kiosk) -> None:
    kiosk.town.columns.kill(dead=True)


def _jam(motor: Motor) -> Callable[[Kiosk], None]:
    def act(kiosk: Kiosk) -> None:
        for each in SPIRALS:
            kiosk.town.columns.break_motor(each.number, motor)

    return act


def _sensor(reads: Reads) -> Callable[[Kiosk], None]:
    return lambda kiosk: kiosk.town.columns.break_drop(reads)


BLOWS: Final[dict[str, Callable[[Kiosk], None]]] = {
    "the terminal loses its power": _unplugged,
    "the terminal's wire is cut": _terminal_cut,
    "the dispenser's wire is cut": _boards_cut,
    "the dispenser's board dies": _board_dead,
    "every motor jams": _jam(Motor.STUCK),
    "every motor sticks half way": _jam(Motor.STICKS_HALFWAY),
    "the drop sensor goes blind": _sensor(Reads.OFF),
    "something lies on the drop sensor": _sensor(Reads.ON),
    "she cancels": lambda kiosk: kiosk.cancel.set(),
}


@dataclass(frozen=True)
class Seen:
    """What the world and the office hold of one sale in the end."""

    day: str
    at: str
    charged: int
    fallen: int
    for_a_person: bool
    payments: int
    turned_anew: bool
    """Whether a motor turned while it was settled."""
    counted: bool
    """Whether every column that may turn holds what the ledger says."""


class Struck:
    """The ledger's sales, and what happens at its calls; `calls` are all that were made."""

    def __init__(self, sales: Sales, at: int, blow: Callable[[], None]) -> None:
        self._sales = sales
        self._at = at
        self._blow = blow
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - stands before every method alike
        method = getattr(self._sales, name)
        if name not in ARROWS:
            return method

        def call(*given: Any, **named: Any) -> Any:  # noqa: ANN401 - same
            self._passes(f"before {name}")
            result = method(*given, **named)
            self._passes(f"after {name}")
            return result

        return call

    def _passes(self, where: str) -> None:
        self.calls.append(where)
        if len(self.calls) - 1 == self._at:
            self._blow()


class Steps(list["Step"]):
    """The steps of a disk whose power goes with one of them."""

    def __init__(self, at: int | None, cut: Callable[[], None]) -> None:
        super().__init__()
        self._at = at
        self._cut = cut

    def append(self, step: Step) -> None:
        super().append(step)
        if len(self) == self._at:
            self._cut()


class Sale:
    """One day's sale, again and again, each time in a world of its own."""

    def __init__(
        self, anchors: Anchors, day: Day, *, settler: type[SaleSettler] = SaleSettler, wrap: Wrap = lambda sales: sales
    ) -> None:
        self._anchors = anchors
        self._day = day
        self._settler = settler
        self._wrap = wrap
        disk = RamDisk(anchors, Remains({"/kiosk": FOLDER}))
        town = Town()
        kiosk = Kiosk(town, disk)
        kiosk.filled()
        # A payment of the same amount that was there before: it must not be taken for this one.
        town.terminal.present("girocard")
        kiosk.sells(*day.basket)
        self._stock = {stock.column: stock.pieces for stock in kiosk.ledger.sales.stock()}
        kiosk.close()
        self._before = disk.as_it_is()
        disk.throw_away()
        town.close()

    def cut(self, step: int | None, rng: Random, flaw: Flaw = Flaw.ORDERED) -> tuple[Seen, int]:
        """Take the power at this step of the disk; what is seen in the end, and how many steps there were."""
        town = self._town()
        disk = RamDisk(self._anchors, self._before)
        opened: list[Kiosk] = []
        disk.steps = Steps(step, lambda: opened[0].dies() if opened else None)
        kiosk = Kiosk(town, disk, self._wrap)
        opened.append(kiosk)
        if step is not None and len(disk.steps) >= step:
            kiosk.dies()
        self._sells(kiosk)
        kiosk.close()
        steps = list(disk.steps)
        disk.throw_away()
        if step is None:
            remains = disk.as_it_is()
        else:
            medium = Medium(self._before, flaw)
            for one in steps[:step]:
                medium.obey(one)
            remains = medium.after_the_cut(rng)
        return self._after(town, remains, f"step {step}"), len(steps)

    def calls(self) -> list[str]:
        """The calls to the ledger of a sale at which nothing strikes."""
        return self.strike(-1, "she cancels")[1]

    def strike(self, call: int, blow: str) -> tuple[Seen, list[str]]:
        """Let something happen at this call to the ledger; what is seen in the end, and all calls that were made."""
        town = self._town()
        disk = RamDisk(self._anchors, self._before)
        struck: list[Struck] = []

        def wrap(sales: Sales) -> Sales:
            struck.append(Struck(self._wrap(sales), call, lambda: BLOWS[blow](kiosk)))
            found: Any = struck[0]
            return found  # type: ignore[no-any-return]

        kiosk = Kiosk(town, disk, wrap)
        self._sells(kiosk)
        kiosk.close()
        remains = disk.as_it_is()
        disk.throw_away()
        calls = struck[0].calls
        where = calls[call] if call < len(calls) else "never"
        return self._after(town, remains, f"{blow} {where}"), calls

    def _town(self) -> Town:
        """A world in which the first sale has been, as the disk that every kiosk starts with has it."""
        town = Town()
        town.terminal.set_left(self._day.left)
        town.terminal.books.enter(CARDS[0], self._first, Fate.BOOKED)
        for column, pieces in self._stock.items():
            town.columns.refill(column, pieces)
        self._day.before(town)
        return town

    def _sells(self, kiosk: Kiosk) -> None:
        kiosk.town.terminal.present(self._day.card)
        try:
            result = kiosk.sells(*self._day.basket)
        except Exception:
            if not kiosk.dead:
                raise
            return
        if not kiosk.dead and not isinstance(result, NotBegun) and result.not_charged_known:
            kiosk.town.rest()
            said = kiosk.town.terminal.books.charged - self._first
            assert said == 0, f"she was told that she was not charged, and she was: {said}"

    @property
    def _first(self) -> int:
        return sum(line.sum for line in self._day.basket)

    def _after(self, town: Town, remains: Remains, at: str) -> Seen:
        """Everything is plugged in, a kiosk starts and settles; then the books are held against the tray."""
        town.rest()
        town.terminal.plug()
        town.columns.kill(dead=False)
        disk = RamDisk(self._anchors, remains)
        kiosk = Kiosk(town, disk)
        try:
            starts = [town.columns.starts(each.number) for each in SPIRALS]
            # Whose card is held up now is not she.
            town.terminal.present("contactless")
            kiosk.settles(self._settler)
            kiosk.settles(self._settler)
            town.rest()
            assert not kiosk.ledger.sales.unfinished(), f"{at}: a sale has no end"
            told = accounts(kiosk.told())
            seen = Seen(
                self._day.name,
                at,
                town.terminal.books.charged - self._first,
                worth(town.fallen),
                any(account.for_a_person for account in list(told.values())[1:]),
                len(town.terminal.books.payments) - 1,
                starts != [town.columns.starts(each.number) for each in SPIRALS],
                all(
                    stock.trouble or stock.pieces == self._stock[stock.column] - town.fallen.count(stock.column)
                    for stock in kiosk.ledger.sales.stock()
                ),
            )
            assert len(told) <= 2, f"{at}: one sale was told as several"
        finally:
            kiosk.close()
            disk.throw_away()
            town.close()
        return seen


def owed(seen: Seen, *, gift: bool = False) -> str:
    """What is wrong with what was seen; "" when it is right. `gift`: a second bag that fell along is nobody's debt."""
    if seen.turned_anew:
        return f"{seen.day}, {seen.at}: issued again"
    if seen.payments > 1:
        return f"{seen.day}, {seen.at}: charged twice"
    if seen.charged < 0:
        return f"{seen.day}, {seen.at}: more was given back than charged"
    if not (seen.counted or seen.for_a_person):
        return f"{seen.day}, {seen.at}: a column does not hold what was counted"
    if seen.for_a_person or seen.charged == seen.fallen or (gift and 0 < seen.charged <= seen.fallen):
        return ""
    return f"{seen.day}, {seen.at}: charged {seen.charged}, issued {seen.fallen}, and nobody is told"


def cut_sales(anchors: Anchors, day: Day, flaw: Flaw) -> Tally:
    """A day's sale, cut at every step."""
    sale, tally = Sale(anchors, day), Tally()
    whole, tally.steps = sale.cut(None, Random(0), flaw)
    for step in range(tally.steps + 1):
        seen = sale.cut(step, Random(step), flaw)[0] if step else whole
        tally.cuts += 1
        tally.promises += 1
        if wrong := owed(seen, gift=day.gifts):
            tally.mishaps.append(Mishap(day.name, step, flaw, wrong, lost=1, corrupt=False))
    return tally
