"""The matrix of kills in real processes, generated: each flow, with the line up and down, killed at each of its points.

One office and one kiosk with simulated boards on pseudo-terminals. For each flow an undisturbed life tells how many
points there are; then for each point one life is killed there, and another one starts, settles, and its citizen does
the very same. In the end the line is whole, and office, kiosk, doors and what citizens saw must tell one story.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from central_office.contract.bulky_codes import order_number
from offline_cache.database import Database
from offline_cache.migrations.ledger import LEDGER
from offline_cache.store import LEDGER_FILE
from tests.drills import books
from tests.drills.doomed_kiosk import FLOWS
from tests.drills.field import KIOSK_COMMAND, TOWN, Kiosk, environment
from tests.drills.lean_kiosk import witness
from tests.visit.town_hall import LEASHED, ROOT, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.drills.field import Office

BORN: Final = "29021984"
KILLED: Final = -9
DOORS: Final = 35
"""Compartments of the simulated wall: as many documents can wait."""

_DEPOSITS = """
from datetime import date
from central_office.contract.document_number import ALPHABET, DocumentNumber
from central_office.contract.stages import DocumentKind, Stage
from central_office.office import here, lifecycle
from central_office.office.lifecycle import Application
from central_office.office.pickups import sweeping
from central_office.office.pickups.issuing import LIVE, Into, codes_of, issue
kiosk, told = Kiosk.objects.get(pk="{kiosk}"), []
for pickup in sweeping.to_take_out():
    sweeping.take_out(pickup, "Weber", here.now())
taken = set(Pickup.objects.filter(state__in=LIVE).values_list("compartment", flat=True))
for compartment in [one for one in range(1, {doors} + 1) if one not in taken][:{count}]:
    number = 1 + Pickup.objects.count()
    typed = "L09" + "".join(ALPHABET[number // 20**place % 20] for place in range(6))
    one = Application(DocumentKind.PASSPORT, DocumentNumber(typed), date(1984, 2, 29), f"Muster, {number}")
    document = lifecycle.register(one, "Weber", here.now())
    for to in (Stage.SENT_TO_PRODUCER, Stage.IN_PRODUCTION, Stage.SHIPPED_TO_OFFICE, Stage.ARRIVED):
        document = lifecycle.move(document, to, "Weber", here.now())
    pickup = issue(document, Into(kiosk, compartment, "Weber"), here.now())
    told.append([compartment, codes_of(pickup)[0].words])
"""
_ENDS = """
told = {
    "orders": {one.number: one.placed for one in BulkyOrder.objects.filter(kiosk="{kiosk}")},
    "reservations": {one.pk: one.state for one in Reservation.objects.filter(kiosk="{kiosk}")},
    "ordered": [
        one.reservation for one in BulkyOrder.objects.filter(kiosk="{kiosk}").exclude(state="cancelled")
    ],
    "days": {one.number: one.day.isoformat() for one in BulkyOrder.objects.filter(kiosk="{kiosk}")},
    "off": [one.number for one in BulkyOrder.objects.filter(kiosk="{kiosk}", state="cancelled")],
    "pickups": [
        [one.compartment, one.state, one.how, one.document.stage] for one in Pickup.objects.order_by("issued_at")
    ],
    "desk": [[one.kind, one.code] for one in DeskEntry.objects.filter(kiosk="{kiosk}")],
}
"""


class DoomedKiosk(Kiosk):
    """Its devices are simulated, its lives are ordered one by one."""

    front = "lives"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._lives: subprocess.Popen[str] | None = None

    def enrols(self, office: Office, *options: object) -> None:
        devices = self.folder / "devices"
        self.start("simulators", (*KIOSK_COMMAND, "simulate", "--run", devices))
        wait_until("the simulators say where they are", (devices / "simulators.json").exists, 60)
        super().enrols(office, *options)

    def settings(self, office: Office) -> str:
        return (
            f'terminal = "{self.folder.name}"\ndata = "data"\ntown = "{TOWN}"\nrig = "devices/rig.toml"\n'
            f'[office]\naddress = "{office.address}"\n'
        )

    @property
    def dock(self) -> str:
        """Where its devices are played with."""
        return str(json.loads((self.folder / "devices" / "simulators.json").read_text(encoding="utf-8"))["dock"])

    def pulses(self) -> dict[int, int]:
        """How often each lock was released."""
        with urllib.request.urlopen(f"{self.dock}state", timeout=20) as answer:
            doors = json.loads(answer.read())["wall"]["compartments"]
        return {door["number"]: door["pulses"] for door in doors}

    def lives(self, **order: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        """One life; how it ended, and its points if it was not killed."""
        if self._lives is None:
            log = (self.folder / "lives.log").open("ab")
            self._lives = subprocess.Popen(
                [*LEASHED, sys.executable, "-m", "tests.drills.doomed_kiosk", str(self.config)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, cwd=ROOT, env=environment(),
            )  # fmt: skip
            log.close()
        assert self._lives.stdin is not None
        assert self._lives.stdout is not None
        self._lives.stdin.write(json.dumps({"dock": self.dock, **order}) + "\n")
        self._lives.stdin.flush()
        told: dict[str, Any] = json.loads(self._lives.stdout.readline() or '{"ended": "the program ended"}')
        return told

    def close(self) -> None:
        if self._lives is not None:
            for pipe in (self._lives.stdin, self._lives.stdout):
                assert pipe is not None
                pipe.close()
            self._lives.wait(30)
        super().close()


@dataclass
class Tally:
    """What was killed where, and what came of it."""

    kills: Counter[str] = field(default_factory=Counter)
    orders: int = 0
    opened: int = 0
    for_a_person: int = 0
    seconds: float = 0.0

    def rows(self) -> list[tuple[str, str]]:
        """For a table."""
        told = "; ".join(f"{name}: {count}" for name, count in sorted(self.kills.items()))
        return [
            ("kills in all", f"{self.kills.total()}"),
            ("flow, line: kills, one at each of its points", told),
            ("orders at the office, each once, each with its reservation", f"{self.orders}"),
            ("compartments opened, each once", f"{self.opened}"),
            ("openings that a kill left to a person, each on the desk", f"{self.for_a_person}"),
            ("lost, doubled, half", "0"),
            ("seconds", f"{self.seconds:.0f}"),
        ]


class KillPoints:
    """Runs the matrix, or every n-th of its points."""

    def __init__(self, office: Office, folder: Path, say: Callable[[str], None] = lambda _: None) -> None:
        self._office = office
        self.kiosk = DoomedKiosk(folder / "kiosk-1")
        self._say = say
        self._waiting: list[tuple[int, str]] = []
        self._points: dict[str, range] = {}
        self._at = 0
        self.tally = Tally()

    def begins(self, deposits: int = DOORS) -> None:
        """The kiosk is enrolled, documents lie in so many compartments, and it has heard all that the office knows."""
        self.kiosk.enrols(self._office)
        self._lay(deposits)
        self.kiosk.carries()
        wait_until("the replica is filled", lambda: "filled anew" in self.kiosk.courier_said(), 90)

    def run(self, every: int = 1) -> Tally:
        """Kill at every n-th point of each flow, offline and online; then all must be one.

        With the matrix whole, compartments are filled once more between the two.

        Raises:
            AssertionError: something was lost, doubled or left half.
        """
        began = time.monotonic()
        before = self.kiosk.pulses()
        for online in (False, True):
            if not online:
                self.kiosk.kill("courier")
            elif every == 1:
                self._are_one(before)
                self._lay(DOORS)
                wait_until("the kiosk hears of them", lambda: self._heard() >= len(self._waiting), 90)
                before = self.kiosk.pulses()
            for name in FLOWS:
                if not online and every == 1:
                    self._takes_breath()
                self._kills(name, every, online=online)
            if not online:
                self.kiosk.carries()
        self._are_one(before)
        self.tally.seconds = time.monotonic() - began
        return self.tally

    def _takes_breath(self) -> None:
        """The line comes up for a moment: what was lent would not last for the points of all flows."""
        self.kiosk.carries()
        self._comes_into_step()
        self.kiosk.kill("courier")

    def _lay(self, count: int) -> None:
        """What failed is taken out by staff, and documents are laid into empty compartments."""
        script = _DEPOSITS.replace("{kiosk}", self.kiosk.device).replace("{doors}", str(DOORS))
        found = self._office.asks(script.replace("{count}", str(count)))
        self._waiting += [(number, words.replace(" ", "")) for number, words in found]

    def _heard(self) -> int:
        """Of how many compartments the kiosk knows."""
        path, disk = self.kiosk.data / LEDGER_FILE, books.disk_of(self.kiosk)
        with closing(Database(path, LEDGER, mode="reader", disk=disk)) as file, file.reading() as at:
            return int(at.execute("SELECT count(*) FROM pickups").get)

    def _kills(self, name: str, every: int, *, online: bool) -> None:
        line = f"{name}, {'online' if online else 'offline'}"
        if name not in self._points:
            self._points[name] = self._undisturbed(name)
        for point in self._points[name]:
            self._at += 1
            if self._at % every:
                continue
            order = self._order(name)
            self._tear(name, order)
            told = self.kiosk.lives(flow=name, point=point, **order)
            # A courier that is quicker or slower than the last time may make a life shorter by a page.
            assert told["ended"] in {KILLED, 0}, (line, point, told, self._tail())
            if told["ended"] == KILLED:
                self.tally.kills[line] += 1
                again = self.kiosk.lives(flow=name, **order)
                assert again["ended"] == 0, (line, point, again, self._tail())
            self._say(f"{line}, point {point} of {self._points[name][-1]}, {self.tally.kills.total()} kills")

    def _undisturbed(self, name: str) -> range:
        """The points of a life that nobody ends, from the first transaction on: before it there is nothing to lose."""
        order = self._order(name)
        self._tear(name, order)
        told = self.kiosk.lives(flow=name, **order)
        assert told["ended"] == 0, (name, told, self._tail())
        points = list(told["points"])
        return range(1 + points.index("before a commit"), len(points) + 1)

    def _order(self, name: str) -> dict[str, Any]:
        if FLOWS[name].service.value != "collect":
            return {"answers": {}}
        assert self._waiting, "there are more points than compartments"
        number, code = self._waiting.pop(0)
        return {"answers": {"EnterPickupCode": code, "EnterBirthDate": BORN}, "compartment": number}

    def _tear(self, name: str, order: dict[str, Any]) -> None:
        if FLOWS[name].torn:
            assert self.kiosk.lives(flow=name, page="LockerOpen", **order)["ended"] == KILLED, self._tail()

    def _tail(self) -> str:
        return (self.kiosk.folder / "lives.log").read_text(encoding="utf-8", errors="replace")[-3000:]

    def _comes_into_step(self) -> None:
        began = time.monotonic()
        while found := self._differences():
            assert time.monotonic() - began < books.PATIENCE, "\n".join(found)
            time.sleep(0.3)

    def _differences(self) -> list[str]:
        found = books.differences(self._office, [self.kiosk])
        return [words for words in found if not words.startswith("the desk has")]

    def _are_one(self, before: dict[int, int]) -> None:
        """All that must hold; `before` is how often each lock had been released before this part of the matrix."""
        self._comes_into_step()
        ends = self._office.asks(_ENDS.replace("{kiosk}", self.kiosk.device))
        seen = [(what, _number(number), *rest) for what, number, *rest in witness(self.kiosk.folder).lines()]
        lost = {number for _, number, *_ in seen} - set(ends["orders"])
        assert not lost, f"confirmed on the screen and not at the office: {lost}"
        moved = {number: rest[0] for what, number, *rest in seen if what == "moved"}
        assert moved.items() <= ends["days"].items(), (
            "another day was confirmed on the screen, and is not at the office"
        )
        off = {number for what, number, *_ in seen if what == "called_off"}
        assert off <= set(ends["off"]), "called off on the screen, and not at the office"
        assert all(ends["orders"].values()), "an order has no place"
        made = Counter(name for name, state in ends["reservations"].items() if state == "held")
        assert Counter(ends["ordered"]) == made, "a reservation without its order, or an order without its reservation"
        pulses = {number: times - before[number] for number, times in self.kiosk.pulses().items()}
        assert max(pulses.values()) <= 1, f"a used code opened once more: {pulses}"
        latest = {compartment: (state, stage) for compartment, state, _, stage in ends["pickups"]}
        for compartment, times in pulses.items():
            state, stage = latest.get(compartment, ("", ""))
            assert not times or state in {"collected", "failed"}, f"compartment {compartment}: {state}"
            assert (state == "collected") == (stage == "handed_over"), f"compartment {compartment}: {state}, {stage}"
        failed = sum(state != "collected" and bool(how) for _, state, how, _ in ends["pickups"])
        # One household orders again and again, more than is free: that is a clerk's matter, and no kill's.
        # So are twenty codes typed again after their compartments were opened: that looks like somebody guessing.
        desk = Counter(kind for kind, code in ends["desk"] if kind != "quota" and code != "many_misses")
        assert desk == Counter({"pickup": failed} if failed else {}), desk
        self.tally.orders, self.tally.for_a_person = len(ends["orders"]), failed
        self.tally.opened += sum(pulses.values())


def _number(shown: str) -> str:
    return order_number(shown.replace("_", " ")).characters
