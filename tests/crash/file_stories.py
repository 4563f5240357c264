"""What a kiosk does to its plain files: it is enrolled, changes keys, closes its ledger, fetches files and snapshots.

All of it is the production code, from the line to the disk; the office is in this thread (`AtHand`).
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from central_office.contract.enrolment_ticket import token_from
from central_office.contract.messages import DeviceId, SnapshotEnd
from central_office.contract.stages import Stage
from offline_cache import blobs, configuration, enrolment, rotation
from offline_cache import identity as identities
from offline_cache.at_rest import open_disk
from offline_cache.courier import line_of
from offline_cache.identity import NotEnrolled
from offline_cache.line import LineError, NotUnderstood, OfficeLine, Signer, Unreachable
from offline_cache.round_trip import RoundTrip
from offline_cache.store import LEDGER_FILE, REPLICA_FILE, open_ledger, open_replica, open_replica_for_writing
from tests.crash.medium import FOLDER, Remains
from tests.crash.plain_files import owed
from tests.crash.ram_disk import RamDisk
from tests.offline_cache.clockwork import NOON, Clockwork
from tests.offline_cache.letters import CHEAP, PEPPER, letter, row, visit
from tests.offline_cache.office_double import AtHand, OfficeDouble, torn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from offline_cache.disk import Disk
    from offline_cache.identity import Identity
    from offline_cache.store import Ledger
    from offline_cache.stored_replica import ReplicaWriter
    from tests.crash.plain_files import Story
    from tests.crash.ram_disk import Anchors

HOME = Path("/var/lib/kiosk")
"""Two folders deep where there is one: both have to be made."""
NEW = Remains({"/var": FOLDER})
USED = Remains({"/var": FOLDER, "/var/lib": FOLDER, str(HOME): FOLDER})
CERTIFICATES = b"-----BEGIN CERTIFICATE-----\n" + b"of the town's own authority\n" * 30
PLAIN = b"SQLite format 3\0"
CLOCK = Clockwork()
_DEVICE = DeviceId("K-01")
_ROWS = 60
_TRIES = 3
"""So often a kiosk may find out that what it had of a file is of no use."""


class _Listening(AtHand):
    """Notes after which step the office knew which keys: from then on the kiosk must not lose the newest."""

    def __init__(self, office: OfficeDouble, disk: RamDisk, heard: list[tuple[int, bytes]]) -> None:
        super().__init__(office)
        self._keys = (office.keys, office.new_keys)
        self._disk = disk
        self._heard = heard

    def send(self, request: requests.PreparedRequest, **options: object) -> requests.Response:  # type: ignore[override]
        answer = super().send(request, **options)
        known = [key.public_bytes_raw() for keys in self._keys for key in keys.values()]
        for raw in known:
            if raw not in {one for _, one in self._heard}:
                self._heard.append((len(self._disk.steps), raw))
        return answer


class Enrolling:
    """A machine becomes a kiosk, changes its key twice, pins a CA, and is enrolled anew."""

    def __init__(self, office: OfficeDouble) -> None:
        self.before = NEW
        self.owed: list[int] = []
        self._office = office
        self._after: list[Identity | None] = [None]
        self._heard: list[tuple[int, bytes]] = []

    def lives(self, disk: RamDisk) -> None:
        tickets = [token_from(bytes([which] * 10)) for which in (1, 2)]
        self._office.tickets.update(tickets)
        with requests.Session() as session:
            session.mount("http://", _Listening(self._office, disk, self._heard))
            identity = self._enrols(tickets[0], session, disk)
            for _ in range(2):
                line = line_of(identity, session=session, clock=CLOCK.now, disk=disk)
                identity = rotation.rotate(HOME, identity, line, CLOCK.now, disk=disk)
                self._returned(identity, disk)
            self._pins(identity, disk)
            identity = self._enrols(tickets[1], session, disk)
        left = {HOME / identities.FOLDER / name for name in disk.listing(HOME / identities.FOLDER)}
        assert left == {HOME / identities.FOLDER / "identity.json", identity.key_file}, "an old secret was left"

    def look(self, disk: RamDisk, acts: int, step: int) -> None:
        try:
            found = identities.load(HOME, disk=disk)
        except NotEnrolled:
            found = None
        owed(found in self._after[acts : acts + 2], "it is not the kiosk that it was")
        keys = []
        if found is not None:
            keys.append(identities.signing_key(found, disk=disk).public_key().public_bytes_raw())
            owed(keys[0] in {raw for _, raw in self._heard}, "its key is not the one that the office knows")
            if found.previous_key_file is not None:
                identities.read_key(found.previous_key_file, disk=disk)
            if found.ca_file is not None:
                owed(disk.read(found.ca_file) == CERTIFICATES, "the pinned CA is not what was pinned")
        newest = [raw for at, raw in self._heard if at <= step][-1:]
        keys.append(identities.pending_key(HOME, disk=disk).public_key().public_bytes_raw())
        owed(not newest or newest[0] in keys, "the key that the office heard of last is gone")
        _opened(disk).close()

    def _enrols(self, ticket: str, session: requests.Session, disk: RamDisk) -> Identity:
        again = bool(self.owed)
        self._office.database = ""  # each enrolment speaks as another kiosk
        identity = enrolment.enrol(
            HOME, self._office.address, ticket, replace=again, clock=CLOCK.now, session=lambda: session, disk=disk
        )
        self._returned(identity, disk)
        return identity

    def _pins(self, identity: Identity, disk: RamDisk) -> None:
        """As an enrolment with a CA does, without the TLS."""
        key = identities.pending_key(HOME, disk=disk).public_key().public_bytes_raw()
        self._heard.append((len(disk.steps), key))
        ca_file = identities.keep_ca(HOME, CERTIFICATES, disk=disk)
        key_file = identities.key_file_for(HOME, "CAPI-NNED")
        pinned = replace(identity, fingerprint="CAPI-NNED", key_file=key_file, ca_file=ca_file, previous_key_file=None)
        identities.save(HOME, pinned, disk=disk)
        self._returned(pinned, disk)

    def _returned(self, identity: Identity, disk: RamDisk) -> None:
        self._after.append(identity)
        self.owed.append(len(disk.steps))


class Closing:
    """A kiosk starts whose files are to be closed with a key: a new one, or one that an earlier program left open."""

    def __init__(self, anchors: Anchors, *, visits: int, in_peace: bool = True) -> None:
        """With `visits` in an open ledger; if not `in_peace`, some of them are in its log only."""
        self.owed: list[int] = []
        self._visits = [visits]
        self._next = visits
        self.before = self._earlier_program(anchors, visits, in_peace=in_peace) if visits else NEW

    def lives(self, disk: RamDisk) -> None:
        closed = self._starts(disk)
        ledger = open_ledger(HOME / LEDGER_FILE, clock=CLOCK.now, uptime=CLOCK.uptime, disk=closed)
        writer = open_replica_for_writing(HOME / REPLICA_FILE, PEPPER, disk=closed)
        for _ in range(2):
            self._puts(ledger)
            self._visits.append(self._next)
            self.owed.append(len(disk.steps))
        _fill(writer, 2)
        steps = len(disk.steps)
        writer.close()
        ledger.close()
        del disk.steps[steps:]

    def look(self, disk: RamDisk, acts: int, step: int) -> None:
        closed = self._starts(disk)
        ledger = open_ledger(HOME / LEDGER_FILE, clock=CLOCK.now, uptime=CLOCK.uptime, disk=closed)
        try:
            told = [command.body["seconds"] for command in ledger.outbox.take(limit=100, room=200_000).commands]
            owed(len(told) >= self._visits[acts], "a visit that was kept is gone")
            owed(told == list(range(len(told))), "the visits are not those that were kept")
            assert ledger.outbox.put(visit(len(told))) == len(told) + 1
        finally:
            ledger.close()
        assert disk.read(HOME / LEDGER_FILE)[: len(PLAIN)] != PLAIN, "the ledger lies open"
        assert not [one for one in disk.listing(HOME) if "draft" in one], "a half copy of the ledger takes room"
        writer = open_replica_for_writing(HOME / REPLICA_FILE, PEPPER, disk=closed)
        reader = open_replica(HOME / REPLICA_FILE, PEPPER, disk=closed, cost=CHEAP)
        try:
            if reader.as_of() is not None:
                assert all(reader.document(letter(which)) for which in range(2)), "a row of the replica is gone"
        finally:
            reader.close()
            writer.close()

    def _earlier_program(self, anchors: Anchors, visits: int, *, in_peace: bool) -> Remains:
        disk = RamDisk(anchors, NEW)
        ledger = open_ledger(HOME / LEDGER_FILE, clock=CLOCK.now, uptime=CLOCK.uptime, disk=disk)
        writer = open_replica_for_writing(HOME / REPLICA_FILE, PEPPER, disk=disk)
        for which in range(visits):
            ledger.outbox.put(visit(which))
        _fill(writer, 3)
        left = disk.as_it_is()
        writer.close()
        ledger.close()
        if in_peace:
            left = disk.as_it_is()
        disk.throw_away()
        return left

    def _puts(self, ledger: Ledger) -> None:
        ledger.outbox.put(visit(self._next))
        self._next += 1

    def _starts(self, disk: RamDisk) -> Disk:
        return open_disk(HOME, random=lambda size: Random(7).randbytes(size), disk=disk)


class Fetching:
    """Two configurations come one after the other, each on a line that breaks in the middle of a film."""

    def __init__(self, office: OfficeDouble) -> None:
        self.before = USED
        self.owed: list[int] = []
        self._office = office
        chance = Random(1)
        kept = {"town.toml": b"key = 1\n" * 100}
        self._published = [
            kept | {"film": chance.randbytes(200_000)},
            kept | {"film": chance.randbytes(150_000), "words": b"new"},
        ]
        self._signed = _Signed(office)

    def lives(self, disk: RamDisk) -> None:
        for files in self._published:
            digest = self._office.publish(files)
            with self._signed.line() as line:
                for after in (70_000, 1):
                    # The configuration itself comes, then a file of it; the film breaks off.
                    self._office.next(*[None] * (len(files) - (after == 1)), torn(after))
                    with suppress(Unreachable):
                        self._takes(line, digest, disk)
                self._office.mishaps.clear()
                self._takes(line, digest, disk)
            self.owed.append(len(disk.steps))

    def look(self, disk: RamDisk, acts: int, step: int) -> None:
        files = {name: disk.read(path) for name, path in configuration.configured(HOME, disk=disk).items()}
        owed(files in [{}, *self._published][acts:], "it is not the configuration that was in use")
        digest = self._office.publish(self._published[-1])
        with self._signed.line() as line:
            for _ in range(_TRIES):
                with suppress(NotUnderstood):
                    self._takes(line, digest, disk)
                    break
        files = {name: disk.read(path) for name, path in configuration.configured(HOME, disk=disk).items()}
        assert files == self._published[-1], "it cannot take the configuration any more"
        left = {one for one in disk.listing(HOME / configuration.FOLDER) if one.endswith(".part")}
        assert not left, "parts that nobody wants any more are left"

    def _takes(self, line: OfficeLine, digest: str, disk: RamDisk) -> None:
        blobs.take_config(line, HOME, digest, beat=lambda: None, disk=disk)


class Filling:
    """The replica is filled twice, by snapshots that break off on their way."""

    def __init__(self, office: OfficeDouble) -> None:
        self.before = USED
        self.owed: list[int] = []
        self._office = office
        self._signed = _Signed(office)
        office.change(*(row(which) for which in range(_ROWS)))

    def lives(self, disk: RamDisk) -> None:
        ledger, writer = self._opened(disk)
        with self._signed.line() as line:
            for epoch in ("e1", "e2"):
                self._office.epoch = epoch
                for after in (5_000, 12_000):
                    self._office.next(None, torn(after))
                    with suppress(Unreachable):
                        self._trip(line, ledger, writer, disk).go()
                while self._trip(line, ledger, writer, disk).go() == 0.0:
                    pass
                self._office.change(*(row(which, Stage.READY_COUNTER) for which in range(0, _ROWS, 2)))
        steps = len(disk.steps)
        writer.close()
        ledger.close()
        del disk.steps[steps:]

    def look(self, disk: RamDisk, acts: int, step: int) -> None:
        self._office.epoch = "e3"
        self._office.database = ""
        reader = open_replica(HOME / REPLICA_FILE, PEPPER, disk=disk, cost=CHEAP)
        ledger, writer = self._opened(disk)
        try:
            before = reader.as_of() is not None and [reader.document(letter(which)) for which in range(3)]
            assert not before or all(before), "the replica says that it is whole, and a row is missing"
            with self._signed.line() as line:
                trip = self._trip(line, ledger, writer, disk)
                for _ in range(_TRIES):
                    with suppress(LineError):
                        while trip.go() == 0.0:
                            pass
                        break
            stages = [reader.document(letter(which)) for which in (0, 1, _ROWS - 1)]
            assert [one and one.stage for one in stages] == [Stage.READY_COUNTER, Stage.APPLIED, Stage.APPLIED]
        finally:
            for one in (reader, writer, ledger):
                one.close()
        assert not [one for one in disk.listing(HOME) if one.endswith(".part")], "parts are left that take the room"

    def _opened(self, disk: RamDisk) -> tuple[Ledger, ReplicaWriter]:
        ledger = _opened(disk)
        ledger.outbox.speak_as(_DEVICE)
        return ledger, open_replica_for_writing(HOME / REPLICA_FILE, PEPPER, disk=disk)

    def _trip(self, line: OfficeLine, ledger: Ledger, writer: ReplicaWriter, disk: RamDisk) -> RoundTrip:
        return RoundTrip(
            line, ledger, writer, HOME, clock=CLOCK.now, quality=lambda: "ntp", beat=lambda: None, disk=disk
        )


class _Signed:
    """A kiosk that the office knows, and its line."""

    def __init__(self, office: OfficeDouble) -> None:
        self._office = office
        self._key = Ed25519PrivateKey.from_private_bytes(bytes(32))
        office.keys[_DEVICE] = self._key.public_key()

    @contextmanager
    def line(self) -> Iterator[OfficeLine]:
        with requests.Session() as session:
            session.mount("http://", AtHand(self._office))
            signer = Signer(_DEVICE, self._key, CLOCK.now)
            yield OfficeLine(self._office.address, session=session, signer=signer)


def _opened(disk: Disk) -> Ledger:
    return open_ledger(HOME / LEDGER_FILE, clock=CLOCK.now, uptime=CLOCK.uptime, disk=disk)


def _fill(writer: ReplicaWriter, documents: int) -> None:
    writer.begin_snapshot()
    writer.add_to_snapshot([row(which) for which in range(documents)])
    writer.finish_snapshot(SnapshotEnd(rows=documents, epoch="e1", to="e1.1", as_of=NOON))


def stories(anchors: Anchors) -> dict[str, Callable[[OfficeDouble], Story]]:
    """Every story by its name."""
    return {
        "enrolled, keys changed, enrolled anew": Enrolling,
        "files closed from the first start on": lambda _: Closing(anchors, visits=0),
        "an earlier program's files closed": lambda _: Closing(anchors, visits=30),
        "an earlier program's files closed, after a cut": lambda _: Closing(anchors, visits=30, in_peace=False),
        "configurations fetched": Fetching,
        "snapshots fetched and swapped in": Filling,
    }
