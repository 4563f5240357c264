"""The messages of the line, version 1: enrolment, sync, and the commands a kiosk sends up.

`POST /v1/enrol`, `POST /v1/sync`, `GET /v1/snapshot/{set}/{epoch}`. All bodies are JSON (UTF-8), sync bodies may be
gzip-encoded; a receiver bounds what it unpacks. The signature scheme is in `signatures`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal, NewType

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from central_office.contract.base import Message
from central_office.contract.documents import DocumentId, DocumentStatus

PROTOCOL = 1
MAX_COMMANDS = 100
MAX_BODY = 256 * 1024
"""Bytes of one sync request, unpacked."""
MAX_ANSWER = 4 * 1024 * 1024
"""Bytes of one sync answer, unpacked."""
MAX_CHANGES = 1000
"""Rows of one set in one sync answer; `more` says that others wait."""
TOKEN_LIFETIME_SECONDS = 3600

DeviceId = NewType("DeviceId", str)
CommandId = NewType("CommandId", str)
Seq = NewType("Seq", int)
"""Number of a command within its kiosk's database: 1, 2, 3 ... without a gap."""


def _utc(moment: datetime) -> datetime:
    # Any clock may be wrong, even by decades; but every moment must survive being shown in local time.
    if not 1900 < moment.year < 2200:
        raise ValueError("not a year that a clock shows")
    return moment.astimezone(UTC)


Utc = Annotated[AwareDatetime, AfterValidator(_utc)]
Hex64 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.]{0,39}$")]


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
    """A visit came to its end: what was asked for and how it went, never who asked (`visit.reported`, version 1)."""

    service: Word
    outcome: Literal["answered", "not_found", "ended_by_citizen", "ended_idle", "locked", "fault"]
    began: Utc
    seconds: Annotated[int, Field(ge=0, le=86_400)]
    language: Annotated[str, StringConstraints(max_length=12)]
    claim: Literal["letter", "number", "none"] = "none"
    taken_away: Annotated[tuple[Literal["receipt", "phone"], ...], Field(max_length=2)] = ()


COMMANDS: dict[tuple[str, int], type[Message]] = {("visit.reported", 1): VisitReported}
"""Every command type and version the office accepts; another is rejected, stored and shown to staff."""


class Command(Message):
    """One thing that happened at the kiosk; `prev` chains it to the command before (see `chain`)."""

    seq: Annotated[int, Field(ge=1)]
    id: Annotated[CommandId, StringConstraints(pattern=r"^[0-9A-Za-z-]{1,64}$")]
    type: Word
    tv: Annotated[int, Field(ge=1, le=99)]
    at: Utc
    body: dict[str, Any]
    prev: Hex64


class SyncRequest(Message):
    """Commands up, cursors for what comes down; `attempt` lets the kiosk know its answers apart.

    A cursor is what the office last gave as `to`, or the empty text for "nothing yet" (answered by `snapshot`).
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


class Result(Message):
    """What became of one command."""

    seq: Annotated[int, Field(ge=1)]
    r: Literal["ok", "rejected"]
    code: Word | None = None


class DocumentRow(Message):
    """One row of the `docs` set as it travels to one kiosk: found by its keys, holding no name."""

    keys: Annotated[tuple[Hex64, ...], Field(min_length=1, max_length=4)]
    status: DocumentStatus


class Changes(Message):
    """What changed in one set since the cursor; `to` is the next cursor, `gone` are tombstones.

    `snapshot` set: the cursor is missing, too old or of another epoch; fetch `/v1/snapshot/{set}/{epoch}` first.
    """

    epoch: Annotated[str, StringConstraints(max_length=40)]
    to: Annotated[str, StringConstraints(max_length=60)]
    more: bool = False
    up: Annotated[tuple[DocumentRow, ...], Field(max_length=MAX_CHANGES)] = ()
    gone: Annotated[tuple[DocumentId, ...], Field(max_length=MAX_CHANGES)] = ()
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
    """Results up to `ack`, changes down, and when to come again."""

    v: Literal[1] = 1
    attempt: int
    ack: Annotated[int, Field(ge=0)]
    as_of: Utc
    results: Annotated[tuple[Result, ...], Field(max_length=MAX_COMMANDS)] = ()
    changes: Annotated[dict[str, Changes], Field(max_length=16, default_factory=dict)]
    retry_after: Annotated[int, Field(ge=0, le=3600)] = 30


class Problem(Message):
    """Why a request was refused (RFC 9457): `code` for machines, `detail` says what to do."""

    code: Word
    detail: Annotated[str, StringConstraints(max_length=500)]
