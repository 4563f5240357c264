"""How this machine becomes a kiosk: its own key, one ticket, one look at eight characters, one try of the line."""

from __future__ import annotations

import base64
import platform
from dataclasses import dataclass
from typing import TYPE_CHECKING

import requests
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from central_office.contract.claims import PEPPER_BYTES, Pepper
from central_office.contract.enrolment_ticket import parse_typed
from central_office.contract.fingerprint import fingerprint
from central_office.contract.letter_code import TownKey
from central_office.contract.messages import EnrolRequest, SyncRequest
from offline_cache import identity as identities
from offline_cache.clocks import Clock, system_clock
from offline_cache.courier import line_of, only_courier
from offline_cache.disk import MACHINE
from offline_cache.identity import Identity, IdentityBroken, NotEnrolled
from offline_cache.line import LineError, NotUnderstood, OfficeLine, Refused, UntrustedOffice, checked_address
from offline_cache.store import LEDGER_FILE, open_ledger

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from central_office.contract.messages import EnrolAnswer
    from offline_cache.disk import Disk


class AlreadyEnrolled(Exception):
    """This machine is a kiosk already; it changes only if told to replace what it is."""

    def __init__(self, device: str, office: str) -> None:
        super().__init__(f"this machine is kiosk {device} of {office} already; enrol it with replace to change that")
        self.device = device
        self.office = office


class TicketRefused(Exception):
    """The office does not take the ticket; `code` is its word, `detail` its advice."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail or f"the office does not take the ticket ({code})")
        self.code = code
        self.detail = detail


class OtherKeyEnrolled(Exception):
    """The office answered with the fingerprint of another key: someone stands in between. Nothing was kept."""

    def __init__(self, own: str, told: str) -> None:
        super().__init__(f"this kiosk's key is {own}, the office enrolled {told}: someone stands in between")
        self.own = own
        self.told = told


class FirstSyncFailed(Exception):
    """The kiosk is enrolled, but its first signed request came to nothing; `word` says why."""

    def __init__(self, identity: Identity, word: str) -> None:
        super().__init__(f"kiosk {identity.device} is enrolled, but its first sync failed: {word}")
        self.identity = identity
        self.word = word


@dataclass(frozen=True)
class _Wish:
    data_dir: Path
    office: str
    token: str
    hardware: str


def enrol(  # noqa: PLR0913  # the four things a technician gives, and the parts a test holds in its own hand
    data_dir: Path,
    office: str,
    token: str,
    *,
    ca_file: Path | None = None,
    replace: bool = False,
    hardware: str | None = None,
    clock: Clock = system_clock,
    session: Callable[[], requests.Session] = requests.Session,
    disk: Disk = MACHINE,
) -> Identity:
    """Make this machine a kiosk of `office` with the ticket's `token` as typed, and try the line once.

    The key is made here and never leaves. If the answer got lost, the same token may be used once more.

    Raises:
        NotATicket, AddressRefused: what was typed cannot be right.
        AlreadyEnrolled: it is a kiosk, and `replace` is not set.
        CourierAlreadyRuns: stop the courier first.
        StoreError: the directory cannot be used, or the disk refuses.
        TicketRefused: used, expired or unknown.
        Unreachable, UntrustedOffice, NotUnderstood, Refused: no enrolment came about, as far as this machine knows.
        OtherKeyEnrolled: someone stands between this machine and the office.
        FirstSyncFailed: enrolled, but the office does not take the first request.
    """
    wish = _Wish(data_dir, checked_address(office), parse_typed(token), hardware or platform.platform()[:200])
    if not replace:
        _require_new(data_dir, disk)
    with only_courier(data_dir, disk=disk), session() as open_session:
        pinned = None if ca_file is None else _pinned(data_dir, ca_file, disk)
        line = OfficeLine(wish.office, session=open_session, ca_file=pinned)
        answer, own = _present(line, wish, disk)
        if answer.fingerprint.replace("-", "") != own.replace("-", ""):
            identities.forget_pending_key(data_dir, disk=disk)
            raise OtherKeyEnrolled(own, answer.fingerprint)
        identity = Identity(
            device=answer.device,
            town=TownKey(answer.town),
            site=answer.site,
            pepper=_pepper(answer),
            office=wish.office,
            fingerprint=own,
            key_file=identities.key_file_for(data_dir, own),
            ca_file=pinned,
        )
        identities.save(data_dir, identity, disk=disk)
        _try_out(identity, open_session, clock, data_dir, disk)
    return identity


def _require_new(data_dir: Path, disk: Disk) -> None:
    try:
        known = identities.load(data_dir, disk=disk)
    except (NotEnrolled, IdentityBroken):
        return
    raise AlreadyEnrolled(known.device, known.office)


def _pinned(data_dir: Path, ca_file: Path, disk: Disk) -> Path:
    try:
        certificates = ca_file.read_bytes()
    except OSError as trouble:
        raise UntrustedOffice("ca_file_missing") from trouble
    return identities.keep_ca(data_dir, certificates, disk=disk)


def _present(line: OfficeLine, wish: _Wish, disk: Disk) -> tuple[EnrolAnswer, str]:
    """The office's answer, and the fingerprint of the key it was asked for."""
    try:
        try:
            return _present_once(line, wish, disk)
        except Refused as refusal:
            if refusal.code != "key_known":
                raise
            # An earlier answer got lost and its ticket with it: that key belongs to a kiosk that never was.
            identities.forget_pending_key(wish.data_dir, disk=disk)
            return _present_once(line, wish, disk)
    except Refused as refusal:
        if refusal.status == 403:
            raise TicketRefused(refusal.code, refusal.detail) from refusal
        raise


def _present_once(line: OfficeLine, wish: _Wish, disk: Disk) -> tuple[EnrolAnswer, str]:
    key = identities.pending_key(wish.data_dir, disk=disk)
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    request = EnrolRequest(token=wish.token, public_key=base64.b64encode(public).decode(), hardware=wish.hardware)
    return line.enrol(request), fingerprint(public)


def _pepper(answer: EnrolAnswer) -> Pepper:
    try:
        pepper = base64.b64decode(answer.pepper + "=" * (-len(answer.pepper) % 4), validate=True)
    except ValueError:
        pepper = b""
    if len(pepper) != PEPPER_BYTES:
        raise NotUnderstood("pepper_of_wrong_length")
    return Pepper(pepper)


def _try_out(identity: Identity, session: requests.Session, clock: Clock, data_dir: Path, disk: Disk) -> None:
    """Send one signed request that carries nothing: a wrong key, address or CA shows now, not in the night."""
    ledger = open_ledger(data_dir / LEDGER_FILE, clock=clock, disk=disk)
    try:
        ledger.outbox.speak_as(identity.device, anew=True)
        batch = ledger.outbox.take(limit=0, room=0)
        line_of(identity, session=session, clock=clock, disk=disk).sync(
            SyncRequest(db=batch.db, attempt=batch.attempt, at=clock(), waiting=batch.waiting, cursors={})
        )
    except LineError as trouble:
        raise FirstSyncFailed(identity, trouble.word) from trouble
    finally:
        ledger.close()
