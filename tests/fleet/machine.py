"""One kiosk of a simulation: the production store on the RAM disk of `tests.crash`, its courier's rounds, its plug.

The store is the kiosk's own, ledger and replica, and so is the round trip; what lies below it is the disk of the power
cut engine, which remembers every step, so that power can fail between any two of them, inside SQLite's own writing. A
cut is chosen when a deed is done: at any step between the last moment at which anybody else saw something of this
kiosk (a citizen was told, a request left) and now. What others saw has happened, the rest may not have.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING
from uuid import UUID

from central_office.contract.claims import Pepper
from offline_cache.round_trip import RoundTrip
from offline_cache.store import open_ledger, open_replica, open_replica_for_writing
from tests.crash.medium import FOLDER, Flaw, Medium, Remains
from tests.crash.ram_disk import RamDisk
from tests.fleet.office import MORNING
from tests.offline_cache.clockwork import Clockwork

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from offline_cache.carrier import Carrier
    from offline_cache.store import Ledger
    from offline_cache.stored_replica import ReplicaWriter, StoredReplica
    from tests.crash.ram_disk import Anchors
    from tests.fleet.office import Identity

PLACE = Path("/var/kiosk")
LEDGER = PLACE / "ledger.db"
REPLICA = PLACE / "replica.db"
EMPTY = Remains({"/var": FOLDER})


class PowerCut(BaseException):
    """The plug was pulled; nothing that runs on this machine runs on."""


class CourierKilled(BaseException):
    """The courier's process ended; the disk and everybody else go on."""


@dataclass(frozen=True)
class Ways:
    """How a machine reaches what is outside: its line, and what may happen between two steps of its courier."""

    line: Callable[[Machine], Carrier]
    beat: Callable[[Machine], None]


class Machine:
    """A kiosk, its clock and its disk; `dead`, `twin`, `trusted` are what the world knows of it.

    `trusted`: what it promises was lent to it alone. Not so after its card was copied, or while it is revoked.
    """

    def __init__(  # noqa: PLR0917  # a machine is made of all this
        self, name: str, identity: Identity, remains: Remains, anchors: Anchors, ways: Ways, rng: Random
    ) -> None:
        self.name = name
        self.identity = identity
        self.clock = Clockwork()
        self.clock.wall = MORNING
        self.rng = rng
        self.flaw = rng.choice((Flaw.ORDERED, Flaw.UNORDERED))
        self.dead = False
        self.trusted = True
        self.unplugged = False
        self.in_flight = False
        self.late: list[str] = []
        self.trouble = ""
        self.pruned = self.clock.wall
        self.twin: Machine | None = None
        self._anchors = anchors
        self._ways = ways
        self._remains = remains
        self.seen = 0
        self._open()

    def is_seen(self) -> None:
        """Somebody else knows what this machine did up to now."""
        self.seen = len(self.disk.steps)

    def courier_starts(self) -> None:
        """A new process, with nothing in its memory."""
        self.trip = RoundTrip(
            self._ways.line(self),
            self.ledger,
            self.writer,
            PLACE,
            clock=self.clock.now,
            quality=lambda: "unsure",
            beat=lambda: self._ways.beat(self),
            disk=self.disk,
        )

    def loses_power(self, chance: Random, off: timedelta) -> None:
        """The power fails at a step since somebody saw this machine, and comes back; its wall clock is `off` then."""
        cut = chance.randint(self.seen, len(self.disk.steps))
        medium = Medium(self._remains, self.flaw)
        for step in self.disk.steps[:cut]:
            medium.obey(step)
        remains = medium.after_the_cut(chance)
        self.closes()
        self._remains = remains
        self.clock.reboots(off)
        self._open()

    def copied(self, name: str) -> Machine:
        """Another machine, with a copy of this one's card."""
        self.is_seen()
        twin = Machine(name, self.identity, self.disk.as_it_is(), self._anchors, self._ways, Random(f"{name} of"))
        twin.clock.wall = self.clock.wall
        return twin

    def is_enrolled(self, identity: Identity) -> None:
        """It speaks to the office under a new name, with a new key and a new pepper."""
        self.closes()
        self._remains = self.disk_left
        self.identity = identity
        self._open()
        self.ledger.outbox.speak_as(identity.device, anew=True)
        self.is_seen()

    def closes(self) -> None:
        """Let go of everything; what the disk holds then is `disk_left`."""
        for one in (self.reader, self.writer, self.ledger):
            one.close()
        self.disk_left = self.disk.as_it_is()
        self.disk.throw_away()

    def _open(self) -> None:
        self.disk = RamDisk(self._anchors, self._remains)
        pepper = Pepper(self.identity.pepper)
        self.ledger: Ledger = open_ledger(
            LEDGER, clock=self.clock.now, uptime=self.clock.uptime, new_id=self._new_id, disk=self.disk
        )
        self.ledger.outbox.speak_as(self.identity.device)  # as the courier does when it begins
        self.writer: ReplicaWriter = open_replica_for_writing(REPLICA, pepper, disk=self.disk)
        self.reader: StoredReplica = open_replica(REPLICA, pepper, disk=self.disk)
        self.courier_starts()
        self.is_seen()

    def _new_id(self) -> UUID:
        return UUID(int=self.rng.getrandbits(128), version=4)
