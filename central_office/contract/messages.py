"""The messages of the line, version 1: enrolment, sync, and the commands a kiosk sends up.

`POST /v1/enrol`, `POST /v1/sync`, `GET /v1/sync` (a poll), `GET /v1/snapshot/{set}/{epoch}`, `GET /v1/blobs/{sha256}`,
`POST /v1/keys`, `POST /v1/telemetry`. All bodies are JSON (UTF-8), sync bodies may be gzip-encoded; a receiver bounds
what it unpacks. The signature scheme is in `signatures`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, NewType

from pydantic import ConfigDict, Field, StringConstraints

from central_office.contract.base import Hex64, Message, Utc, Word
from central_office.contract.bulky_orders import BulkyCancelled, BulkyChanged, BulkyOrdered
from central_office.contract.capacity import (
    MAX_LEASES,
    MAX_OUTLOOKS,
    MAX_WANTS,
    Lease,
    LeaseReturned,
    Outlook,
    ReservationCancelled,
    ReservationMade,
    Want,
)
from central_office.contract.pickups import (
    LockerIncident,
    PickupCollected,
    PickupFailed,
    PickupGuessing,
    PickupLoaded,
    PickupLocked,
    PickupOpened,
    Pickups,
    PickupSpared,
)
from central_office.contract.sales import BagsRefilled, SaleEnded, SaleSettled, TillClosed
from central_office.contract.sealed_row import FEWEST_SLOTS, LONGEST, ROW_ID_BYTES, SHORTEST, SLOT_BYTES, SLOTS, RowId
from central_office.contract.staff import (
    CompartmentMarked,
    CompartmentOpened,
    LoadingUnclear,
    PickupConfirmed,
    PickupHandedOver,
    PickupTakenOut,
    StaffList,
    StaffSignedIn,
    StaffSignedOut,
)

PROTOCOL = 1
MAX_COMMANDS = 100
MAX_BODY = 256 * 1024
"""Bytes of one sync request, unpacked."""
MAX_ANSWER = 4 * 1024 * 1024
"""Bytes of one sync answer, unpacked."""
MAX_BLOB = 64 * 1024 * 1024
"""Bytes of one blob."""
MAX_SMALL_BODY = 8 * 1024
"""Bytes of a body that is neither a sync nor an enrolment."""
MAX_CHANGES = 1000
"""Rows of one set in one sync answer; `more` says that others wait."""
TOKEN_LIFETIME_SECONDS = 3600

DeviceId = NewType("DeviceId", str)
CommandId = NewType("CommandId", str)
Seq = NewType("Seq", int)
"""Number of a command within its kiosk's database: 1, 2, 3 ... without a gap."""


class EnrolRequest(Message):
    """A new kiosk presents its one-time token and the public key it made itself (Ed25519, raw, base64)."""

    token: Annotated[str, StringConstraints(min_length=8, max_length=128)]
    public_key: Annotated[str, StringConstraints(min_length=43, max_length=44)]
    hardware: Annotated[str, StringConstraints(max_length=200)] = ""


class EnrolAnswer(Message):
    """The office knows the kiosk from now on.

    `pepper` (base64, 32 bytes) makes the look-up keys of this kiosk; `fingerprint` is the eight characters that kiosk
    and console show, for two people to compare.
    """

    device: DeviceId
    town: Annotated[str, StringConstraints(pattern=r"^\d{8}$")]
    site: Annotated[str, StringConstraints(max_length=80)]
    pepper: Annotated[str, StringConstraints(min_length=43, max_length=44)]
    fingerprint: Annotated[str, StringConstraints(min_length=8, max_length=9)]


class VisitReported(Message):
    """A visit came to its end: what was asked for and how it went, never who asked (`visit.reported`, version 2).

    Version 1 knew no claim by card.
    """

    service: Word
    outcome: Literal["answered", "not_found", "ended_by_citizen", "ended_idle", "locked", "fault"]
    began: Utc
    seconds: Annotated[int, Field(ge=0, le=86_400)]
    language: Annotated[str, StringConstraints(max_length=12)]
    claim: Literal["letter", "number", "card", "none"] = "none"
    taken_away: Annotated[tuple[Literal["receipt", "phone"], ...], Field(max_length=2)] = ()


class EffectUnsettled(Message):
    """Something was begun in the world and nobody can tell its end (`effect.unsettled`, version 1): a person must look.

    `effect` is its number in the kiosk's journal, `detail` what the journal held: words and numbers, nothing of anyone.
    """

    effect: Annotated[int, Field(ge=1)]
    kind: Word
    began: Utc
    why: Word
    detail: Annotated[dict[str, str | int | bool | None], Field(max_length=32)]


class LogHead(Message):
    """How far a log of this kiosk has come (`log.head`, version 1): `head` is the hash of line `lines` (see `logbook`).

    As a command it is part of the kiosk's chain: a log that is changed later no longer fits what the kiosk once said.
    """

    log: Word
    lines: Annotated[int, Field(ge=1)]
    head: Hex64


COMMANDS: dict[tuple[str, int], type[Message]] = {
    ("visit.reported", 2): VisitReported,
    ("reservation.made", 1): ReservationMade,
    ("reservation.cancelled", 1): ReservationCancelled,
    ("lease.return", 1): LeaseReturned,
    ("effect.unsettled", 1): EffectUnsettled,
    ("log.head", 1): LogHead,
    ("bulky.ordered", 1): BulkyOrdered,
    ("bulky.changed", 1): BulkyChanged,
    ("bulky.cancelled", 1): BulkyCancelled,
    ("pickup.loaded", 1): PickupLoaded,
    ("pickup.opened", 1): PickupOpened,
    ("pickup.collected", 1): PickupCollected,
    ("pickup.failed", 1): PickupFailed,
    ("pickup.locked", 1): PickupLocked,
    ("pickup.spared", 1): PickupSpared,
    ("pickup.guessing", 1): PickupGuessing,
    ("locker.incident", 1): LockerIncident,
    ("staff.signed_in", 1): StaffSignedIn,
    ("staff.signed_out", 1): StaffSignedOut,
    ("pickup.confirmed", 1): PickupConfirmed,
    ("pickup.handed_over", 1): PickupHandedOver,
    ("pickup.taken_out", 1): PickupTakenOut,
    ("loading.unclear", 1): LoadingUnclear,
    ("compartment.opened", 1): CompartmentOpened,
    ("compartment.marked", 1): CompartmentMarked,
    ("sale.ended", 1): SaleEnded,
    ("sale.settled", 1): SaleSettled,
    ("bags.refilled", 1): BagsRefilled,
    ("till.closed", 1): TillClosed,
}
"""Every command type in its present version; the office lifts up to two older versions to it and rejects the rest."""


class Command(Message):
    """One thing that happened at the kiosk; `prev` chains it to the command before (see `chain`)."""

    seq: Annotated[int, Field(ge=1)]
    id: Annotated[CommandId, StringConstraints(pattern=r"^[0-9A-Za-z-]{1,64}$")]
    type: Word
    tv: Annotated[int, Field(ge=1, le=99)]
    at: Utc
    body: dict[str, Any]
    prev: Hex64


class Scrubbed(Message):
    """A command whose body the kiosk no longer has, because the office once called it durable; `hash` is the whole's.

    Sent only to an office that went back behind its own word; it keeps the number, and a person must look.
    """

    seq: Annotated[int, Field(ge=1)]
    id: Annotated[CommandId, StringConstraints(pattern=r"^[0-9A-Za-z-]{1,64}$")]
    type: Word
    tv: Annotated[int, Field(ge=1, le=99)]
    at: Utc
    hash: Hex64
    prev: Hex64


class SyncRequest(Message):
    """Commands up, cursors for what comes down; `attempt` lets the kiosk know its answers apart.

    A cursor is what the office last gave as `to`, or the empty text for "nothing yet" (answered by `snapshot`).
    `life` is that of the last answer whose leases the kiosk took in.
    """

    v: Literal[1] = 1
    db: Annotated[str, StringConstraints(pattern=r"^[0-9a-f-]{36}$")]
    attempt: Annotated[int, Field(ge=1)]
    at: Utc
    clock: Literal["ntp", "rtc", "unsure"] = "unsure"
    commands: Annotated[tuple[Command, ...], Field(max_length=MAX_COMMANDS)] = ()
    waiting: Annotated[int, Field(ge=0)] = 0
    """Commands that stay behind for the next request; shown to technicians."""
    cursors: Annotated[dict[str, str], Field(max_length=16, default_factory=dict)]
    scrubbed: Annotated[tuple[Scrubbed, ...], Field(max_length=MAX_COMMANDS)] = ()
    want: Annotated[tuple[Want, ...], Field(max_length=MAX_WANTS)] = ()
    life: Annotated[str, StringConstraints(max_length=40)] = ""
    pickups: Annotated[str, StringConstraints(max_length=64)] = ""
    """The tag of the list of pickups that the kiosk has."""
    staff: Annotated[str, StringConstraints(max_length=64)] = ""
    """The tag of the list of staff that the kiosk has."""
    leases: Annotated[str, StringConstraints(max_length=64)] = ""
    """The tag of the leases that the kiosk has."""
    outlook: bool = True
    """Whether the kiosk would hear what else is free."""
    slots: Annotated[int, Field(ge=FEWEST_SLOTS, le=99)] = FEWEST_SLOTS
    """How many slots the rows may have that the kiosk can read; a newer one reads rows of fewer, too."""


class Result(Message):
    """What became of one command."""

    seq: Annotated[int, Field(ge=1)]
    r: Literal["ok", "rejected"]
    code: Word | None = None


SealedId = Annotated[RowId, Field(min_length=ROW_ID_BYTES, max_length=ROW_ID_BYTES)]
Slot = Annotated[bytes, Field(min_length=SLOT_BYTES, max_length=SLOT_BYTES)]


class DocumentRow(Message):
    """One row of the `docs` set as it travels to one kiosk, closed (see `sealing`); bytes are base 64 in JSON."""

    model_config = ConfigDict(val_json_bytes="base64", ser_json_bytes="base64")

    id: SealedId
    slots: Annotated[tuple[Slot, ...], Field(min_length=FEWEST_SLOTS, max_length=SLOTS)]
    sealed: Annotated[bytes, Field(min_length=SHORTEST, max_length=LONGEST)]


class Changes(Message):
    """What changed in one set since the cursor; `to` is the next cursor, `gone` are tombstones.

    `snapshot` set: the cursor is missing, too old or of another epoch; fetch `/v1/snapshot/{set}/{epoch}` first.
    """

    model_config = ConfigDict(val_json_bytes="base64", ser_json_bytes="base64")

    epoch: Annotated[str, StringConstraints(max_length=40)]
    to: Annotated[str, StringConstraints(max_length=60)]
    more: bool = False
    up: Annotated[tuple[DocumentRow, ...], Field(max_length=MAX_CHANGES)] = ()
    gone: Annotated[tuple[SealedId, ...], Field(max_length=MAX_CHANGES)] = ()
    snapshot: bool = False


class SnapshotEnd(Message):
    """The last line of a snapshot: it proves that the file is whole, and says where the changes go on.

    `GET /v1/snapshot/{set}/{epoch}` answers gzip-compressed NDJSON (`application/gzip`, no Content-Encoding): one row
    of the set per line, then this line. `ETag` is the SHA-256 (hexadecimal, quoted) of the compressed bytes; `Range`
    with `If-Range: <etag>` resumes. Another epoch than the office's: 410 with a Problem; sync again to learn it.
    """

    rows: Annotated[int, Field(ge=0)]
    epoch: Annotated[str, StringConstraints(max_length=40)]
    to: Annotated[str, StringConstraints(max_length=60)]
    as_of: Utc


class SyncAnswer(Message):
    """Results up to `ack`, changes down, and when to come again.

    `durable`: commands up to here survive even the loss of the office's machine; their bodies may go at the kiosk.
    `life` names this life of the office's database (another after a restore). `leases` lists all of this kiosk's, or is
    None if they are as the tag in the request says; `leases_tag` stands for them. `config` is the SHA-256 of the
    `Config` to use; `new_key` asks for a new key; `tag` stands for all that this answer said: the kiosk polls with it
    until something is new. `outlook` is what else was free when the office answered (nothing that can be promised;
    None: nothing is said), `office_key` the public key (hexadecimal) of what the office signs for kiosks to check, such
    as vouchers. `pickups` is all that waits in this kiosk's compartments (None: the list that it has).
    """

    v: Literal[1] = 1
    attempt: int
    ack: Annotated[int, Field(ge=0)]
    as_of: Utc
    results: Annotated[tuple[Result, ...], Field(max_length=MAX_COMMANDS)] = ()
    changes: Annotated[dict[str, Changes], Field(max_length=16, default_factory=dict)]
    retry_after: Annotated[int, Field(ge=0, le=3600)] = 30
    durable: Annotated[int, Field(ge=0)] = 0
    life: Annotated[str, StringConstraints(max_length=40)] = ""
    leases: Annotated[tuple[Lease, ...], Field(max_length=MAX_LEASES)] | None = None
    leases_tag: Annotated[str, StringConstraints(max_length=64)] = ""
    config: Hex64 | None = None
    new_key: bool = False
    tag: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{0,64}$")] = ""
    outlook: Annotated[tuple[Outlook, ...], Field(max_length=MAX_OUTLOOKS)] | None = None
    office_key: Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{64})?$")] = ""
    pickups: Pickups | None = None
    staff: StaffList | None = None
    """Who may sign in at this kiosk, and what there is to do (None: the list that it has)."""


POLL_AS_OF = "As-Of"
"""Header of a 304 to `GET /v1/sync?poll=<once>` with `If-None-Match: "<tag>"`: nothing is new, as of this moment.

A 204 says that something is: come with a POST. `POLL_ECHO` repeats `poll`, so that a late answer is known as such.
"""
POLL_ECHO = "Poll"


class BlobRef(Message):
    """A file known by its content: `GET /v1/blobs/{sha256}`, never another, resumable by `Range` and `If-Range`."""

    sha256: Hex64
    size: Annotated[int, Field(ge=0, le=MAX_BLOB)]


class Config(Message):
    """What a kiosk is to use, itself a blob: files by their names, each by its content."""

    v: Literal[1] = 1
    files: Annotated[dict[Word, BlobRef], Field(max_length=64)]


class KeyRequest(Message):
    """A new public key (Ed25519, raw, base64), presented in a request that the old one signs.

    `proof` (base64) is the new key's own signature over `signatures.new_key_words`: nobody presents another's key.
    """

    public_key: Annotated[str, StringConstraints(min_length=43, max_length=44)]
    proof: Annotated[str, StringConstraints(min_length=86, max_length=88)]


class KeyAnswer(Message):
    """The office takes both keys, until the new one signed a request; then the old one is void."""

    fingerprint: Annotated[str, StringConstraints(min_length=8, max_length=9)]


class Telemetry(Message):
    """How the machine is, now; only the latest counts, and it may get lost (`POST /v1/telemetry`).

    `conditions` are the devices' by role, one word each; `waiting` the outbox's length; `uptime` seconds since boot.
    """

    at: Utc
    clock: Literal["ntp", "rtc", "unsure"] = "unsure"
    version: Annotated[str, StringConstraints(max_length=40)]
    uptime: Annotated[int, Field(ge=0)]
    waiting: Annotated[int, Field(ge=0)]
    unsettled: Annotated[int, Field(ge=0)] = 0
    free_mib: Annotated[int, Field(ge=0)]
    ledger: Annotated[int, Field(ge=0)]
    conditions: Annotated[dict[Word, Word], Field(max_length=32, default_factory=dict)]


class Problem(Message):
    """Why a request was refused (RFC 9457): `code` for machines, `detail` says what to do."""

    code: Word
    detail: Annotated[str, StringConstraints(max_length=500)]
