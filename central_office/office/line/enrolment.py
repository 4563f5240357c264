"""How a machine becomes a kiosk: a ticket from the console, used once within an hour."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from django.db import transaction

from central_office.contract.claims import PEPPER_BYTES
from central_office.contract.enrolment_ticket import TOKEN_BYTES, EnrolmentTicket, NotATicket, parse_typed, token_from
from central_office.contract.fingerprint import fingerprint
from central_office.contract.messages import TOKEN_LIFETIME_SECONDS, DeviceId, EnrolAnswer, EnrolRequest
from central_office.office import escrow
from central_office.office.events import KioskEnrolled, KioskRevoked
from central_office.office.line.refusals import Refused
from central_office.office.models import EnrolmentToken, Kiosk, Town
from central_office.office.pickups import carrying
from logbook import say

if TYPE_CHECKING:
    from collections.abc import Callable


def new_ticket(
    site: str, office: str, by: str, at: datetime, random: Callable[[int], bytes] = secrets.token_bytes
) -> EnrolmentTicket:
    """Give out a ticket for one kiosk at `site`; only its hash is kept."""
    ticket = EnrolmentTicket(office.rstrip("/"), token_from(random(TOKEN_BYTES)))
    EnrolmentToken.objects.create(
        hash=_hash(ticket.token),
        site=site,
        made_at=at,
        made_by=by,
        expires_at=at + timedelta(seconds=TOKEN_LIFETIME_SECONDS),
    )
    return ticket


def enrol(request: EnrolRequest, at: datetime, random: Callable[[int], bytes] = secrets.token_bytes) -> EnrolAnswer:
    """Make the machine a kiosk; the same ticket with the same key gets the same answer again, if the first got lost.

    Raises:
        Refused: no such ticket, one that is used or too old, a key that is none or belongs to another kiosk.
    """
    try:
        token = parse_typed(request.token)
    except NotATicket:
        raise Refused(403, "ticket_unknown", "There is no such ticket. Type it again, or make a new one.") from None
    key = _public_key(request.public_key)
    with transaction.atomic():
        town = Town.objects.select_for_update().first()
        if town is None:
            raise Refused(503, "no_town", "The office has no town yet. Load one: office town FILE.")
        ticket = EnrolmentToken.objects.select_for_update().filter(hash=_hash(token)).first()
        if ticket is None:
            raise Refused(403, "ticket_unknown", "There is no such ticket. Type it again, or make a new one.")
        if ticket.expires_at <= at:
            raise Refused(403, "ticket_expired", "The ticket is older than an hour. Make a new one at the console.")
        if ticket.used_at is not None:
            known = ticket.kiosk
            if known is None or bytes(known.public_key) != key or known.state == Kiosk.State.REVOKED:
                raise Refused(403, "ticket_used", "The ticket was used already. Make a new one at the console.")
            return _answer(known, town)
        if Kiosk.objects.filter(key_print=sha256(key).hexdigest()).exists():
            raise Refused(409, "key_known", "This key belongs to a kiosk already. The machine must make a new one.")
        town.kiosk_last += 1
        town.save(update_fields=["kiosk_last"])
        kiosk = Kiosk.objects.create(
            id=f"{town.short}-{town.kiosk_last:02d}",
            site=ticket.site,
            public_key=key,
            key_print=sha256(key).hexdigest(),
            pepper=random(PEPPER_BYTES),
            fingerprint=fingerprint(key),
            hardware=request.hardware.replace("\0", ""),
            enrolled_at=at,
            enrolled_by=ticket.made_by,
            key_since=at,
            confirmed=town.epoch,
        )
        ticket.used_at, ticket.kiosk = at, kiosk
        ticket.save(update_fields=["used_at", "kiosk"])
    say(KioskEnrolled(DeviceId(kiosk.pk)))
    return _answer(kiosk, town)


def revoke(kiosk: Kiosk, at: datetime) -> None:
    """Never listen to this kiosk again, and take back the capacity it held; what it sent so far stays."""
    with transaction.atomic():
        locked = Kiosk.objects.select_for_update().get(pk=kiosk.pk)
        # First the key, then the leases: nothing that this kiosk says any more can count on them.
        locked.state, locked.revoked_at, locked.next_key = Kiosk.State.REVOKED, at, None
        locked.save(update_fields=["state", "revoked_at", "next_key"])
        units = escrow.release(locked)
        carrying.note_stranded(locked, at)
    say(KioskRevoked(DeviceId(kiosk.pk), units))


def _answer(kiosk: Kiosk, town: Town) -> EnrolAnswer:
    return EnrolAnswer(
        device=DeviceId(kiosk.pk),
        town=town.key,
        site=kiosk.site,
        pepper=base64.b64encode(bytes(kiosk.pepper)).decode(),
        fingerprint=kiosk.fingerprint,
    )


def _public_key(text: str) -> bytes:
    try:
        key = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except ValueError:  # no base64, or no ASCII at all
        key = b""
    if len(key) != 32:
        raise Refused(422, "public_key", "A public key is 32 bytes of Ed25519, in base64.")
    return key


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
