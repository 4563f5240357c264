"""A kiosk that sells: the production saga, the real drivers, a terminal and a dispenser that outlive every kiosk.

The terminal is the simulator on its TCP port, fifty or more times faster than a real one. The dispenser's driver turns
the simulator's mechanics in a time of its own, without a line, so that a turn costs milliseconds. What was charged
stands in the terminal's books and what fell lies in the tray: no kiosk's word is needed for either.
"""

from __future__ import annotations

import contextlib
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any, Final, cast

from central_office.contract.messages import DeviceId, SyncAnswer
from central_office.contract.sale_words import Ending
from central_office.contract.sales import MACHINE_TROUBLES
from devices.conditions import Absent, Ready
from devices.dispensing import Column, DispenserLayout
from devices.drivers.vending_columns.verbs import ColumnDispenser
from devices.drivers.vending_columns.wiring import Wires, Wiring
from devices.drivers.zvt_terminal.links import TcpLink
from devices.drivers.zvt_terminal.verbs import Habits, ZvtTerminal
from devices.errors import DeviceError, Disconnected, ProtocolError, TransportError, Unavailable
from devices.noticeboard import Noticeboard
from devices.payments import Capabilities
from devices.roles import CARD_TERMINAL, DISPENSER
from devices.simulators.columns import BOARD, DROP_INPUT, Columns, Spiral
from devices.simulators.terminal import Terminal
from devices.wires.address import TcpAddress, parse_address
from devices.wires.tcp_line import TcpLine
from kiosk_app.desk import Desk, VisitNotes
from kiosk_app.pace import Pace
from kiosk_app.sale import sell
from kiosk_app.settling_sales import SaleSettler
from offline_cache.sales import Line, Ware
from offline_cache.store import open_ledger
from screens.surroundings import OtherPlace, Surroundings
from tests.kiosk_app.rehearsal import TOWN, TUESDAY
from tests.offline_cache.clockwork import Clockwork
from tests.offline_cache.deposits import CHEAP, PEPPER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from devices.conditions import Condition
    from devices.payments import Advice
    from devices.roles import Device, Role
    from devices.wires.byte_wire import ByteWire
    from kiosk_app.desk import D
    from kiosk_app.sale import NotBegun, SaleResult
    from offline_cache.disk import Disk
    from offline_cache.sales import Sales

PATH: Final = Path("/kiosk/ledger.db")
GREY: Final = Ware("residual-70", 2026)
BROWN: Final = Ware("bio-10", 2026)
SPIRALS: Final = (
    Spiral(1, GREY.article, GREY.year, 12, channel=1),
    Spiral(2, GREY.article, GREY.year, 12, channel=2),
    Spiral(3, BROWN.article, BROWN.year, 12, channel=3),
)
WIRING: Final = Wiring(
    address=TcpAddress("127.0.0.1", 1),
    layout=DispenserLayout(tuple(Column(each.number, each.article, each.year, each.capacity) for each in SPIRALS)),
    wires={each.number: Wires(BOARD, each.channel - 1, each.channel - 1, None, 3.0) for each in SPIRALS},
    drop_board=BOARD,
    drop=DROP_INPUT - 1,
    drop_held=0.3,
    drop_reads=True,
    home_reads=True,
    low_reads=True,
)
FULL: Final = 10
"""Bags in each column when the shop opens."""
PRICES: Final = {GREY: 450, BROWN: 120}
TEMPO: Final = 0.002
_AROUND: Final = Surroundings("Musterstadt", "MS-01", TUESDAY, OtherPlace("Schalter 3", "", None))


def grey(pieces: int = 2) -> Line:
    """Bags for residual waste."""
    return Line("residual_70", GREY, pieces, PRICES[GREY])


def brown(pieces: int = 1) -> Line:
    """Bags for bio waste."""
    return Line("bio_10", BROWN, pieces, PRICES[BROWN])


class Town:
    """What stands around a kiosk and outlives it: terminal, mechanics, clocks."""

    def __init__(self) -> None:
        self.clock = Clockwork()
        self.clock.wall = TUESDAY
        self.terminal = Terminal(tempo=TEMPO, clock=lambda: self.clock.now().astimezone(TOWN.zone))
        self.terminal.panel.card_within = 2.0
        self.machine = 0.0
        """Seconds of the dispenser's own time."""
        self.columns = Columns(SPIRALS, clock=lambda: self.machine)
        for each in SPIRALS:
            self.columns.refill(each.number, FULL)

    def rest(self) -> None:
        """Motors stop, what falls has fallen."""
        self.machine += 20

    @property
    def fallen(self) -> tuple[int, ...]:
        """The columns of all bags that ever fell."""
        return cast("tuple[int, ...]", self.columns.state()["tray"])

    def close(self) -> None:
        self.terminal.close()


class _Board:
    """The relay board as one life of a kiosk reaches it; each question takes a twentieth of a second."""

    def __init__(self, life: Kiosk) -> None:
        self._life = life
        self._town = life.town

    def all_off(self) -> bool:
        return self._asked()

    def flash(self, channel: int, tenths: int) -> bool:
        if not self._asked():
            return False
        self._town.columns.energise(BOARD, channel + 1, tenths / 10)
        return True

    def off(self, channel: int) -> bool:
        if not self._asked():
            return False
        self._town.columns.release_current(BOARD, channel + 1)
        return True

    def inputs(self) -> tuple[bool, ...] | None:
        if not self._asked():
            return None
        return tuple(self._town.columns.contact_closed(BOARD, channel) for channel in range(1, 9))

    def _asked(self) -> bool:
        self._town.machine += 0.05
        if self._life.dead or self._life.line_cut:
            raise Disconnected
        return self._town.columns.alive(BOARD)


class _Wire:
    """The terminal's line as one life of a kiosk reaches it: from the moment of its death nothing goes out."""

    def __init__(self, life: Kiosk, line: ByteWire) -> None:
        self._life = life
        self._line = line

    def read(self, at_most: int, timeout: float) -> bytes:
        self._alive()
        received = self._line.read(at_most, timeout)
        self._alive()
        return received

    def write(self, data: bytes, timeout: float) -> None:
        self._alive()
        self._line.write(data, timeout)

    def drain(self) -> None:
        self._alive()
        self._line.drain()

    def close(self) -> None:
        self._line.close()

    def _alive(self) -> None:
        if self._life.dead:
            raise Disconnected


class _NoLine:
    """The dispenser's boards are reached without one."""

    def close(self) -> None:
        """Nothing is open."""


@dataclass
class Watcher:
    """Who stands before the kiosk: looks on, and may cancel at some advice."""

    cancels: Callable[[Advice], bool] = lambda _: False

    def paying(self, advice: Advice, changed: Callable[[], bool]) -> bool:
        if self.cancels(advice):
            return True
        self.dispensing(0, 0, changed)
        return False

    def dispensing(self, done: int, of: int, changed: Callable[[], bool]) -> None:
        while not changed():
            time.sleep(0.0005)


class Kiosk:
    """One life of a kiosk on a disk, until it is dead: then nothing of it reaches the world any more."""

    def __init__(self, town: Town, disk: Disk, wrap: Callable[[Sales], Sales] = lambda sales: sales) -> None:
        self.town = town
        self.dead = False
        self.line_cut = False
        """Whether the dispenser's line is."""
        self.ledger = open_ledger(PATH, clock=town.clock.now, uptime=town.clock.uptime, disk=disk)
        self.sales = wrap(self.ledger.sales)
        self._terminal: ZvtTerminal | None = None
        self._dispenser = ColumnDispenser(
            cast("ByteWire", _NoLine()), WIRING, {BOARD: _Board(self)}, lambda: self.town.machine
        )
        self.noticeboard = Noticeboard()
        self.noticeboard.pin({CARD_TERMINAL.name: Ready(), DISPENSER.name: Ready()})
        self.cancel = Event()
        self.capabilities = Capabilities()
        self._gate = threading.Lock()

    def dies(self) -> None:
        """The power is gone."""
        if not self.dead:
            self.dead = True
            self.town.terminal.cut_line()

    @contextlib.contextmanager
    def lease(self, role: Role[D]) -> Iterator[D]:
        """As a supervisor does: a device is looked at first, and one that is silent is opened anew the next time."""
        with self._gate:
            device = self._ready(cast("Role[Device]", role))
        yield cast("D", device)

    def condition(self, role: Role[D]) -> Condition:
        """What a supervisor's look says of it."""
        with self.lease(role) as device:
            return cast("Device", device).condition()

    def _ready(self, role: Role[Device]) -> Device:
        if self.dead:
            raise Unavailable(role.name, Absent())
        try:
            device = self._dispenser if role.name == DISPENSER.name else self._opened()
            condition = device.condition()
            device.lent()
        except (TransportError, ProtocolError) as error:
            if role.name == CARD_TERMINAL.name:
                self._let_go()
            raise Unavailable(role.name, Absent()) from error
        if not isinstance(condition, Ready):
            raise Unavailable(role.name, condition)
        return device

    def _opened(self) -> ZvtTerminal:
        if self._terminal is None:
            address = parse_address(self.town.terminal.address, 1, 2)
            assert isinstance(address, TcpAddress)
            wire = _Wire(self, TcpLine(address.host, address.port))
            self._terminal = ZvtTerminal(wire, TcpLink(), Habits(self.capabilities, interval=1))
            self._terminal.register(Event())
        return self._terminal

    def _let_go(self) -> None:
        terminal, self._terminal = self._terminal, None
        if terminal is not None:
            terminal.close()

    @property
    def desk(self) -> Desk:
        """Where it sells."""
        ledger = self.ledger
        return Desk(
            citizen=cast("Any", None),  # nobody is asked anything: `Watcher` stands there
            devices=self,
            noticeboard=self.noticeboard,
            device=DeviceId("MS-01"),
            replica=cast("Any", None),  # nor read there
            tries=ledger.tries(PEPPER),
            leases=ledger.leases,
            journal=ledger.journal,
            counts=ledger.counts,
            orders=ledger.orders,
            pickups=ledger.pickups(PEPPER, cost=CHEAP),
            staff=ledger.staff(PEPPER, cost=CHEAP),
            sales=self.sales,
            town=TOWN,
            now=self.town.clock.now,
            language=lambda: "de",
            surroundings=lambda: _AROUND,
            stale_after_hours=24,
            cancel=self.cancel,
            visit=VisitNotes(),
            columns=WIRING.layout,
        )

    @property
    def pace(self) -> Pace:
        """The dispenser's time for motors; a silent terminal is asked twice, without waiting."""
        return Pace(looks=2, clock=lambda: self.town.machine, pause=lambda _: None)

    def filled(self) -> None:
        """Staff fills every column."""
        for each in SPIRALS:
            self.ledger.sales.refill(each.number, Ware(each.article, each.year), FULL, counted=True, employee="1234")

    def sells(self, *basket: Line, voucher: str = "", watcher: Watcher | None = None) -> SaleResult | NotBegun:
        """A citizen buys."""
        return sell(self.desk, basket, watcher or Watcher(), voucher, pace=self.pace)

    def settles(self, settler: type[SaleSettler] = SaleSettler) -> int:
        """What happens before anyone is served."""
        asked = settler(
            self,
            self.noticeboard,
            self.sales,
            town=TOWN,
            now=self.town.clock.now,
            cancel=Event(),
            pause=lambda _: None,
        )
        return asked.settle()

    def tells(self) -> list[tuple[str, dict[str, Any]]]:
        """As `told`, and the office has heard it."""
        batch = self.ledger.outbox.take(limit=100, room=1_000_000)
        last = batch.commands[-1].seq if batch.commands else batch.acked
        self.ledger.settle(batch, SyncAnswer(attempt=batch.attempt, ack=last, as_of=TUESDAY, changes={}))
        return [(one.type, one.body) for one in batch.commands]

    def told(self) -> list[tuple[str, dict[str, Any]]]:
        """Kind and body of all that the office will hear, oldest first."""
        commands = self.ledger.outbox.take(limit=100, room=1_000_000).commands
        return [(one.type, one.body) for one in commands]

    def close(self) -> None:
        self._let_go()
        self.ledger.close()


@dataclass(frozen=True)
class Account:
    """What the office knows of one sale at the end of all things."""

    ending: Ending
    charged: int | None
    why: str
    worth: int

    @property
    def for_a_person(self) -> bool:
        """Whether it stands on the human list."""
        return self.ending in (Ending.UNCLEAR, Ending.UNPAID) or self.why in MACHINE_TROUBLES


def accounts(told: list[tuple[str, dict[str, Any]]]) -> dict[str, Account]:
    """Every sale that was told, as it stands after what was told later; none is told twice as ended."""
    found: dict[str, Account] = {}
    for kind, body in told:
        if kind == "sale.ended":
            assert body["sale"] not in found, "a sale ended twice"
            worth = sum(line["issued"] * line["cents"] for line in body["lines"])
            found[body["sale"]] = Account(Ending(body["ending"]), body["charged"], body["why"], worth)
        if kind == "sale.settled":
            worth = found[body["sale"]].worth
            found[body["sale"]] = Account(Ending(body["ending"]), body["charged"], body["why"], worth)
    return found


def worth(columns: tuple[int, ...]) -> int:
    """Cents for bags out of these columns."""
    of = {each.number: PRICES[Ware(each.article, each.year)] for each in SPIRALS}
    return sum(of[column] for column in columns)


__all__ = ["Account", "DeviceError", "Kiosk", "Town", "Watcher", "accounts", "brown", "grey", "worth"]
