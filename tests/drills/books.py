"""Whether office and kiosks tell the same story: what each side has written down, read from its own files, compared."""

from __future__ import annotations

import time
from collections import Counter
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from central_office.contract.capacity import Resource
from central_office.contract.documents import DocumentStatus
from central_office.contract.letter_code import LetterCode, TownKey
from kiosk_app.settings import read_settings
from offline_cache import identity as identities
from offline_cache.at_rest import open_disk
from offline_cache.database import Database, StoreError
from offline_cache.migrations.ledger import LEDGER
from offline_cache.migrations.replica import REPLICA
from offline_cache.store import LEDGER_FILE, REPLICA_FILE, open_ledger, open_replica
from tests.drills.lean_kiosk import TOKEN, hand, witness

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from offline_cache.disk import Disk
    from offline_cache.identity import Identity
    from offline_cache.store import Ledger
    from tests.drills.field import Kiosk, Office

PATIENCE = 300.0
"""Seconds after which a line that is whole again has brought everything home."""

_OFFICES_BOOKS = """
from base64 import urlsafe_b64decode
from central_office.contract.sealed_row import SLOTS
from central_office.office.line.row_shapes import epoch_of
from central_office.office.travelling import all_lines
town = Town.objects.get()
received = {}
for kiosk, seq, command in ReceivedCommand.objects.order_by("kiosk", "seq").values_list("kiosk", "seq", "command"):
    received.setdefault(kiosk, []).append([seq, command])
leases = {}
for lease in Lease.objects.select_related("resource"):
    leases.setdefault(lease.kiosk_id, []).append([lease.resource.key, str(lease.resource.day), lease.units])
told = {
    "epoch": town.epoch,
    "epoch_of_rows": epoch_of(town, SLOTS),
    "town": town.key,
    "kiosks": {
        one.pk: {"state": one.state, "last": one.last_seq, "head": one.head, "broken": one.chain_broken_at}
        for one in Kiosk.objects.all()
    },
    "received": received,
    "resources": [
        [one.key, str(one.day), one.capacity, one.promised, one.leased] for one in Resource.objects.all()
    ],
    "leases": leases,
    "reservations": {
        one.pk: [one.kiosk_id, one.state, one.units, one.resource.key, str(one.resource.day)]
        for one in Reservation.objects.select_related("resource")
    },
    "desk": [[one.kiosk_id, one.kind, one.seq, one.code] for one in DeskEntry.objects.filter(done_at=None)],
    "visits": dict(Kiosk.objects.annotate(visits=models.Count("visit")).values_list("pk", "visits")),
    "rows": {
        one.pk: sorted(urlsafe_b64decode(json.loads(line)["id"]).hex() for line in all_lines(one, town))
        for one in Kiosk.objects.filter(state="active")
    },
    "documents": {one.token: one.travels for one in Document.objects.all()},
}
"""


def offices(office: Office) -> Mapping[str, Any]:
    """What the office has in its books."""
    found: Mapping[str, Any] = office.asks(f"from django.db import models\n{_OFFICES_BOOKS}")
    return found


@dataclass(frozen=True)
class KioskBooks:
    """What one kiosk has on its disk, and what citizens saw there."""

    last: int
    acked: int
    durable: int
    head: str
    commands: Sequence[tuple[int, str]]
    kinds: Mapping[str, int]
    unfinished: int
    outcomes: Mapping[str, str]
    available: Mapping[tuple[str, str], int]
    promised: Counter[str] = field(default_factory=Counter)
    cancelled: Counter[str] = field(default_factory=Counter)
    served: int = 0
    tokens: Counter[str] = field(default_factory=Counter)


def disk_of(kiosk: Kiosk) -> Disk:
    """The kiosk's disk, opened with its own key."""
    table = read_settings(kiosk.config).disk
    return open_disk(kiosk.data, key_file=table.key, encrypted_partition=table.encrypted_partition)


@contextmanager
def ledger_of(kiosk: Kiosk) -> Iterator[Ledger]:
    """The kiosk's ledger, as another process of the same machine opens it."""
    ledger = open_ledger(kiosk.data / LEDGER_FILE, disk=disk_of(kiosk))
    try:
        yield ledger
    finally:
        ledger.close()


def kiosks(kiosk: Kiosk) -> KioskBooks:
    """What the kiosk has on its disk."""
    disk = disk_of(kiosk)
    with (
        closing(Database(kiosk.data / LEDGER_FILE, LEDGER, mode="reader", disk=disk)) as ledger,
        ledger.reading() as at,
    ):
        last, acked, durable, head = at.execute("SELECT last, acked, durable, head FROM line").get
        commands = [(int(str(seq)), str(name)) for seq, name in at.execute("SELECT seq, id FROM outbox ORDER BY seq")]
        kinds = at.execute("SELECT json_extract(command, '$.type'), count(*) FROM outbox GROUP BY 1").fetchall()
        effects = at.execute("SELECT kind, json_extract(detail, '$.reservation'), outcome FROM effects").fetchall()
        leased = at.execute("SELECT key, day FROM leases").fetchall()
    with ledger_of(kiosk) as opened:
        available = {
            (str(key), str(day)): opened.leases.available(
                Resource(key=str(key), day=date.fromisoformat(str(day)))
            )
            for key, day in leased
        }  # fmt: skip
    seen = witness(kiosk.folder).lines()
    return KioskBooks(
        last=int(last), acked=int(acked), durable=int(durable), head=str(head), commands=commands,
        kinds={str(kind): int(str(count)) for kind, count in kinds},
        unfinished=sum(outcome is None for _, _, outcome in effects),
        outcomes={str(name): str(outcome) for kind, name, outcome in effects if kind == TOKEN and outcome is not None},
        available=available,
        promised=Counter(line[1] for line in seen if line[0] == "promised"),
        cancelled=Counter(line[1] for line in seen if line[0] == "cancelled"),
        served=sum(line[0] == "served" for line in seen),
        tokens=Counter(line[0] for line in hand(kiosk.folder).lines()),
    )  # fmt: skip


def differences(office: Office, fleet: Sequence[Kiosk]) -> list[str]:
    """In what office and kiosks, and what citizens saw, are not one; empty if nothing was lost, doubled or overbooked.

    Once the line is whole and nobody does anything any more.
    """
    theirs = offices(office)
    found = [f"the desk has {entry}" for entry in theirs["desk"]]
    found += _capacity(theirs)
    for kiosk in fleet:
        try:
            own = kiosks(kiosk)
            found += [f"{kiosk.device}: {words}" for words in _kiosk(kiosk.device, own, theirs)]
            found += [f"{kiosk.device}: {words}" for words in _replica(kiosk, theirs)]
        except StoreError as trouble:
            found.append(f"{kiosk.device}: {trouble!r}")
    return found


def _capacity(theirs: Mapping[str, Any]) -> Iterator[str]:
    held: Counter[tuple[str, str]] = Counter()
    for _kiosk, state, units, key, day in theirs["reservations"].values():
        held[key, day] += units if state == "held" else 0
    leased: Counter[tuple[str, str]] = Counter()
    for rows in theirs["leases"].values():
        for key, day, units in rows:
            leased[key, day] += units
    for key, day, capacity, promised, lent in theirs["resources"]:
        if (promised, lent) != (held[key, day], leased[key, day]) or promised + lent > capacity:
            yield f"{key} {day}: {promised} + {lent} of {capacity}, {held[key, day]} held, {leased[key, day]} leased"


def _kiosk(device: str, own: KioskBooks, theirs: Mapping[str, Any]) -> Iterator[str]:
    known = theirs["kiosks"][device]
    if (known["state"], known["broken"]) != ("active", None):
        yield f"the office says {known['state']}, chain broken at {known['broken']}"
    if (own.acked, own.last, own.head) != (own.last, known["last"], known["head"]):
        yield f"gave out {own.last}, knows {own.acked} acknowledged, the office has {known['last']}"
    received = [(seq, name) for seq, name in theirs["received"].get(device, ())]
    if received != list(own.commands):
        differ = len(set(received) ^ set(own.commands))
        yield f"{len(own.commands)} commands here, {len(received)} there, {differ} differ"
    if own.unfinished:
        yield f"{own.unfinished} effects without an end"
    if own.kinds.get("visit.reported", 0) != theirs["visits"][device] or own.served > theirs["visits"][device]:
        yield f"{own.served} citizens were served, {own.kinds} here, {theirs['visits'][device]} visits there"
    there = {name: row for name, row in theirs["reservations"].items() if row[0] == device}
    if len(there) != own.kinds.get("reservation.made", 0) or own.promised - Counter(list(there)):
        yield f"{len(own.promised)} citizens were promised something, {own.kinds} here, {len(there)} there"
    ended = Counter(name for name, row in there.items() if row[1] == "cancelled")
    # A pickup that is moved or called off gives its old day back without a word of its own.
    given_back = sum(own.kinds.get(kind, 0) for kind in ("reservation.cancelled", "bulky.changed", "bulky.cancelled"))
    if ended.total() != given_back or own.cancelled - ended:
        yield f"{own.cancelled.total()} promises were taken back, {ended.total()} there"
    if strange := {row[1] for row in there.values()} - {"held", "cancelled"}:
        yield f"promises are {strange}"
    granted = {(key, day): units for key, day, units in theirs["leases"].get(device, ()) if units}
    if granted != {place: units for place, units in own.available.items() if units}:
        yield f"may promise {own.available}, the office lent {granted}"
    fell = Counter(name for name, outcome in own.outcomes.items() if outcome == "dropped")
    if fell != own.tokens:
        yield f"{own.tokens.total()} tokens fell, {fell.total()} are in the journal"


def _replica(kiosk: Kiosk, theirs: Mapping[str, Any]) -> Iterator[str]:
    disk, identity = disk_of(kiosk), identities.load(kiosk.data)
    with closing(Database(kiosk.data / REPLICA_FILE, REPLICA, mode="reader", disk=disk)) as file, file.reading() as at:
        rows = [str(name) for (name,) in at.execute("SELECT lower(hex(id)) AS name FROM documents ORDER BY name")]
        epoch = at.execute("SELECT epoch FROM sets").get
    told = theirs["rows"][kiosk.device]
    if (rows, epoch) != (told, theirs["epoch_of_rows"]):
        yield f"{len(rows)} rows of {epoch}, the office has {len(told)} in {theirs['epoch_of_rows']}"
    wrong = sum(1 for one in _told(kiosk, identity, disk, theirs) if not one)
    if wrong:
        yield f"{wrong} documents are not as the office has them"


def _told(kiosk: Kiosk, identity: Identity, disk: Disk, theirs: Mapping[str, Any]) -> Iterator[bool]:
    """Whether each document is found by its letter, and as the office has it."""
    with closing(open_replica(kiosk.data / REPLICA_FILE, identity.pepper, disk=disk)) as replica:
        for token, travels in theirs["documents"].items():
            found = replica.document(LetterCode(TownKey(theirs["town"]), bytes.fromhex(token)))
            yield found == DocumentStatus.model_validate_json(travels)


def become_one(
    office: Office, fleet: Sequence[Kiosk], patience: float = PATIENCE, look: Callable[[], None] = lambda: None
) -> float:
    """Wait until office and kiosks are one; how many seconds that took.

    Raises:
        AssertionError: they are not, after `patience`; what differs.
    """
    began = time.monotonic()
    while found := differences(office, fleet):
        look()
        if time.monotonic() - began > patience:
            raise AssertionError("office and kiosks are not one:\n" + "\n".join(found))
        time.sleep(0.5)
    return time.monotonic() - began
