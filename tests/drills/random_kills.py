"""Office, couriers and kiosks are killed at random moments while citizens and staff go on, and must become one again.

The seed draws what happens and after which pause; which instruction a process is at when it dies is chance. What is
killed is a process with all its children, by SIGKILL: nothing is said, nothing closed. It is started again within
seconds, as a service manager does, which also starts a kiosk anew that no longer says it lives. Staff import documents
and back up meanwhile, and are killed at it; now and then the office comes back from its latest backup. A process that
ends by itself is a mishap at once.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from central_office.contract.document_number import ALPHABET
from tests.drills.books import PATIENCE, become_one, kiosks, offices
from tests.visit.town_hall import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.drills.field import Field, Kiosk, Place

BETWEEN = 1.5
"""Seconds between two events, on the average."""
AWAY = 2.0
"""Seconds at most until what was killed is started again."""
OFFICE = "office"
COURIER = "courier"
_PATH = ("applied", "sent_to_producer", "in_production", "shipped_to_office", "arrived", "ready_counter", "handed_over")
_WEIGHTS = {
    "kill the office": 4, "kill a courier": 4, "kill a kiosk": 5, "cut a kiosk's power": 2,
    "staff import": 2, "back up": 1, "restore": 0.4,
}  # fmt: skip


@dataclass
class Tally:
    """What happened, and what came of it."""

    seed: int
    seconds: float = 0.0
    events: Counter[str] = field(default_factory=Counter)
    commands: int = 0
    visits: int = 0
    promises: int = 0
    taken_back: int = 0
    tokens: int = 0
    documents: int = 0
    one_after: float = 0.0

    def rows(self) -> list[tuple[str, str]]:
        """For a table."""
        kills = sum(count for name, count in self.events.items() if name.startswith(("kill", "cut")))
        told = ", ".join(f"{name}: {count}" for name, count in sorted(self.events.items()))
        return [
            ("seconds of killing, seed", f"{self.seconds:.0f}, {self.seed}"),
            ("kills in all", f"{kills}"),
            ("what happened", told),
            ("commands told, each once at the office, chains equal", f"{self.commands:,}"),
            ("visits; promises; taken back; tokens handed out",
             f"{self.visits:,}; {self.promises:,}; {self.taken_back:,}; {self.tokens:,}"),
            ("documents equal at the office and every kiosk", f"{self.documents:,}"),
            ("lost, doubled, overbooked, left for a person", "0"),
            ("seconds until all were one after the last kill", f"{self.one_after:.0f} (at most {PATIENCE:.0f})"),
        ]  # fmt: skip


class RandomKills:
    """One run over a field whose office serves and whose kiosks are enrolled."""

    def __init__(self, town: Field, seed: int, say: Callable[[str], None] = lambda _: None) -> None:
        self._field = town
        self._rng = random.Random(seed)
        self._say = say
        self._copy = town.folder / "copy.db"
        self._due: list[tuple[float, Callable[[], None]]] = []
        self._wanted: set[tuple[str, str]] = set()
        self._lives = 0
        self._stages: dict[str, int] = {}
        self.tally = Tally(seed)

    def run(self, seconds: float) -> Tally:
        """Kill for so long, let all come back, and wait until they are one.

        Raises:
            AssertionError: something ended by itself, or office and kiosks are not one in time.
        """
        places: list[Place] = [self._field.office, *self._field.kiosks]
        self._wanted = {
            (place.folder.name, name) for place in places for name in (OFFICE, COURIER) if place.alive(name)
        }
        for kiosk in self._field.kiosks:
            self._front(kiosk)
        began = time.monotonic()
        upcoming = began + self._pause()
        while (now := time.monotonic()) < began + seconds:
            self._start_what_is_due(now)
            self._all_live()
            if now >= upcoming:
                self._happen()
                upcoming = time.monotonic() + self._pause()
            time.sleep(0.02)
        self.tally.seconds = time.monotonic() - began
        self._settle()
        return self.tally

    def _pause(self) -> float:
        return self._rng.expovariate(1 / BETWEEN)

    def _happen(self) -> None:
        (event,) = self._rng.choices(list(_WEIGHTS), list(_WEIGHTS.values()))
        kiosk = self._rng.choice(self._field.kiosks)
        match event:
            case "kill the office":
                happened = self._kill(self._field.office, OFFICE)
            case "kill a courier":
                happened = self._kill(kiosk, COURIER)
            case "kill a kiosk":
                happened = self._kill(kiosk, kiosk.front)
            case "cut a kiosk's power":
                happened = all([self._kill(kiosk, COURIER), self._kill(kiosk, kiosk.front)])
            case "staff import":
                happened = self._staff("import", "import", self._some_documents())
            case "back up":
                happened = self._staff("backup", "manage", "backup", self._copy)
            case _:
                happened = self._copy.exists() and self._restore()
        if happened:
            self.tally.events[event] += 1
            self._say(f"{event} {kiosk.folder.name if 'a ' in event else ''}".rstrip())

    def _kill(self, place: Place, name: str) -> bool:
        if (place.folder.name, name) not in self._wanted:
            return False
        self._wanted.discard((place.folder.name, name))
        place.kill(name)
        self._later(self._rng.uniform(0, AWAY), lambda: self._start(place, name))
        return True

    def _start(self, place: Place, name: str) -> None:
        if name == OFFICE:
            self._field.office.starts()
        else:
            kiosk = next(one for one in self._field.kiosks if one is place)
            if name != COURIER:
                self._front(kiosk)
                return
            kiosk.carries()
        self._wanted.add((place.folder.name, name))

    def _front(self, kiosk: Kiosk) -> None:
        self._lives += 1
        kiosk.serves(self._field.office.letters, self._field.first_day, 1000 * self.tally.seed + self._lives)
        self._wanted.add((kiosk.folder.name, kiosk.front))

    def _staff(self, name: str, *command: object) -> bool:
        """A command of the office's staff, now and then killed at it; one of a kind at a time."""
        office = self._field.office
        if office.alive(name):
            return False
        office.start(name, office.argv(*map(str, command)))
        if self._rng.random() < 0.3:
            self._later(self._rng.uniform(0.2, 2.0), lambda: office.kill(name))
        return True

    def _some_documents(self) -> str:
        """A file with new documents and with known ones one stage further."""
        for number in self._rng.sample(sorted(self._stages), min(3, len(self._stages))):
            self._stages[number] = min(self._stages[number] + 1, len(_PATH) - 1)
        changed = self._rng.sample(sorted(self._stages), min(5, len(self._stages)))
        for _ in range(2):
            changed.append("L01" + "".join(self._rng.choices(ALPHABET, k=6)))
            self._stages[changed[-1]] = 0
        rows = [f"passport;{number};1990-12-31;Nowak, Jan;{_PATH[self._stages[number]]}" for number in changed]
        file = self._field.folder / f"documents-{self.tally.events['staff import']}.csv"
        file.write_text("\n".join(["kind;number;birth_date;holder;stage", *rows, ""]), encoding="utf-8")
        return str(file)

    def _restore(self) -> bool:
        """The office's machine is lost: its latest copy takes its place, perhaps at the second try."""
        office = self._field.office
        if (office.folder.name, OFFICE) not in self._wanted:
            return False
        self._wanted.discard((office.folder.name, OFFICE))
        for name in (OFFICE, "import", "backup"):
            if office.alive(name):
                office.kill(name)
        command = ("manage", "restore", self._copy)
        if self._rng.random() < 0.5:
            office.start("restore", office.argv(*command))
            time.sleep(self._rng.uniform(0.3, 1.5))
            office.kill("restore")
        office.does(*command)
        self._start(office, OFFICE)
        return True

    def _later(self, seconds: float, act: Callable[[], None]) -> None:
        self._due.append((time.monotonic() + seconds, act))

    def _start_what_is_due(self, now: float) -> None:
        due = [act for moment, act in self._due if moment <= now]
        self._due = [(moment, act) for moment, act in self._due if moment > now]
        for act in due:
            act()

    def _all_live(self) -> None:
        for kiosk in self._field.kiosks:
            if (kiosk.folder.name, kiosk.front) in self._wanted and kiosk.look_after():
                self.tally.events["watchdog"] += 1
                self._say(f"the watchdog starts {kiosk.folder.name} anew")
        for place in (self._field.office, *self._field.kiosks):
            for name, running in place.running.items():
                if (place.folder.name, name) in self._wanted and running.process.poll() is not None:
                    tail = running.said()[-2000:]
                    raise AssertionError(f"{place.folder.name}: {name} ended by itself:\n{tail}")

    def _settle(self) -> None:
        while self._due:
            self._start_what_is_due(float("inf"))
        healed = time.monotonic()
        for name in ("import", "backup"):
            if self._field.office.alive(name):
                wait_until(f"{name} ends", lambda name=name: not self._field.office.alive(name), 120)  # type: ignore[misc]
        for kiosk in self._field.kiosks:
            self._say(f"{kiosk.folder.name} must serve")
            kiosk.is_serving()
        for kiosk in self._field.kiosks:
            kiosk.closes()
            self._wanted.discard((kiosk.folder.name, kiosk.front))
        self._say("all live; waiting until they are one")
        become_one(self._field.office, self._field.kiosks, PATIENCE, self._all_live)
        self.tally.one_after = time.monotonic() - healed
        self._count(self._field.kiosks)

    def _count(self, fleet: Sequence[Kiosk]) -> None:
        books = offices(self._field.office)
        self.tally.commands = sum(len(rows) for rows in books["received"].values())
        self.tally.visits = sum(books["visits"].values())
        self.tally.promises = len(books["reservations"])
        self.tally.taken_back = sum(row[1] == "cancelled" for row in books["reservations"].values())
        self.tally.tokens = sum(kiosks(kiosk).tokens.total() for kiosk in fleet)
        self.tally.documents = len(books["documents"])
