"""One history from its seed: the morning, the day, the evening, and what became of it."""

from __future__ import annotations

import gc
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from tests.crash.ram_disk import Anchors
from tests.fleet.climate import climate
from tests.fleet.machine import EMPTY
from tests.fleet.office import Office
from tests.fleet.truth import Mishap
from tests.fleet.world import World

if TYPE_CHECKING:
    import sqlite3
    from collections import Counter

    from tests.crash.medium import Remains
    from tests.fleet.office import Identity

KIOSKS = (3, 4)


@dataclass(frozen=True)
class History:
    """What became of one seed; `mishap` is empty if all went well."""

    seed: int
    mishap: str
    digest: str
    lines: tuple[str, ...]
    counts: Counter[str]
    checks: int


class Stage:
    """An office and the cards of its kiosks as they are every morning; made once for a process, then used again."""

    def __init__(self) -> None:
        self.office = Office()
        folder = self.office.home / "anchors"
        folder.mkdir()
        self._anchors = Anchors(folder)
        self.office.build()
        self._births: list[tuple[Identity, Remains]] = []
        self._photographs: dict[int, sqlite3.Connection] = {}
        for count in range(1, max(KIOSKS) + 1):
            self._births.append((self.office.enrol(f"site {count}"), EMPTY))
            self._births[-1] = self._first_rounds(self._births[-1])
            self._photographs[count] = self.office.photograph()
        # What is here now stays: not to be looked through again and again.
        gc.collect()
        gc.freeze()

    def history(self, seed: int) -> History:
        """Live through it."""
        gc.disable()
        weather = climate(seed)
        count = weather.kiosks
        self.office.begin(self._photographs[count], seed, older=weather.older_office)
        world = World(seed, self.office, self._births[:count], self._anchors)
        mishap = ""
        try:
            world.begins()
            for _ in range(world.climate.events):
                world.happens()
            world.comes_to_rest()
        except Mishap as found:
            mishap = str(found)
        except Exception as error:  # noqa: BLE001  # whatever breaks in the middle of a history is what we look for
            mishap = f"{type(error).__name__}: {error}"
        finally:
            for machine in world.machines:
                machine.closes()
            gc.enable()
        digest = sha256("\n".join((*world.lines, mishap)).encode()).hexdigest()
        return History(seed, mishap, digest, tuple(world.lines), world.counts, world.truth.checks)

    def _first_rounds(self, birth: tuple[Identity, Remains]) -> tuple[Identity, Remains]:
        world = World(0, self.office, [birth], self._anchors)
        world.calm = True
        machine = world.machines[0]
        world.tells_everything(machine)
        machine.closes()
        return birth[0], machine.disk_left
