"""The daily digest is made: once for every UTC day, days that were missed included, each naming the one before.

The key is a file in the data directory, beside the database and not in it: who can write the one cannot sign the other.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction
from pydantic import ValidationError

from central_office.contract.messages import LogHead
from central_office.office.audit.digest import FIRST, ChainHead, Digest, LogPosition, sign
from central_office.office.models import DailyDigest, Kiosk, ReceivedCommand, Town

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from central_office.office.audit.digest import Signed

KEY_FILE = "audit_key"
SETTLES = timedelta(minutes=10)
"""After midnight, so that a transaction that began before it has come to its end."""
AT_ONCE = 92
"""Days that are caught up without a person; if it is more, the clock is likelier to be wrong than the office off."""


class ClockRanAway(RuntimeError):
    """So many days are missing that the office's clock must be looked at first."""

    def __init__(self, last: date, days: int) -> None:
        super().__init__(
            f"The last digest is of {last}, {days} days ago. If this machine's date is right, "
            "make what is missing with `office audit sign --all`."
        )
        self.days = days


class KeyBroken(RuntimeError):
    """The signing key cannot be read; the sentence says why."""


def signing_key(data: Path, name: str = KEY_FILE) -> Ed25519PrivateKey:
    """The office's own key; made on first use, readable by its owner alone, on the disk before it signs anything.

    `name` is its file's: whoever may sign one kind of thing may not sign another.

    Raises:
        KeyBroken: the file holds no key, or cannot be read.
    """
    path = data / name
    known = kept_key(data, name)
    if known is not None:
        return known
    key = Ed25519PrivateKey.generate()
    draft = data / f".{name}.{os.getpid()}.draft"
    try:
        draft.touch(mode=0o600)
        with draft.open("w", encoding="ascii") as file:
            file.write(f"{key.private_bytes_raw().hex()}\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)  # never over a key that another process made meanwhile
        except FileExistsError:
            return signing_key(data, name)
        finally:
            draft.unlink()
        folder = os.open(data, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as trouble:
        raise KeyBroken(f"{path}: {trouble.strerror}.") from trouble
    return key


def kept_key(data: Path, name: str = KEY_FILE) -> Ed25519PrivateKey | None:
    """The office's key, if it has made one.

    Raises:
        KeyBroken: the file holds no key, or cannot be read.
    """
    path = data / name
    try:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text(encoding="ascii").strip()))
    except FileNotFoundError:
        return None
    except OSError as trouble:
        raise KeyBroken(f"{path}: {trouble.strerror}.") from trouble
    except ValueError:
        raise KeyBroken(f"{path}: this is no key. Put the file back from the office's backup.") from None


def missing_days(now: datetime) -> list[date]:
    """The days that are over and have no digest yet, oldest first; none before there is something to sign."""
    until = (now.astimezone(UTC) - SETTLES).date() - timedelta(days=1)
    last = DailyDigest.objects.order_by("-day").first()
    if last is None:
        # Whatever came before this office began to sign is covered by its first digest.
        return [until] if ReceivedCommand.objects.filter(received_at__lt=_end(until)).exists() else []
    return [last.day + timedelta(days=one) for one in range(1, (until - last.day).days + 1)]


def make_missing(key: Ed25519PrivateKey, now: datetime, *, at_most: int | None = AT_ONCE) -> list[Signed]:
    """Sign what is missing; doing it twice, or in two processes at once, makes nothing twice.

    Raises:
        ClockRanAway: more days than `at_most` are missing; nothing was signed.
    """
    days = missing_days(now)
    if at_most is not None and len(days) > at_most:
        raise ClockRanAway(days[0] - timedelta(days=1), len(days))
    made = []
    for day in days:
        with transaction.atomic():
            town = Town.objects.select_for_update().first()
            last = DailyDigest.objects.order_by("-day").first()
            if town is None or (last is not None and last.day >= day):
                continue
            signed = sign(_digest(town, day, last, now), key)
            DailyDigest.of(signed, day, town.epoch, now).save(force_insert=True)
        made.append(signed)
    return made


def _digest(town: Town, day: date, last: DailyDigest | None, now: datetime) -> Digest:
    before = {} if last is None else last.heads
    heads = [_head(kiosk, before.get(kiosk.pk), day) for kiosk in Kiosk.objects.order_by("pk").iterator()]
    return Digest(
        town=town.key,
        epoch=town.epoch,
        day=day,
        made_at=now,
        prev=FIRST if last is None else last.signed.sha256,
        kiosks=tuple(head for head in heads if head is not None),
    )


def _head(kiosk: Kiosk, before: ChainHead | None, day: date) -> ChainHead | None:
    """How far the kiosk had come by the end of the day; None if it had said nothing."""
    kept = kiosk.commands.order_by("seq")
    newest = kiosk.commands.filter(received_at__lt=_end(day)).order_by("-seq").first()
    if newest is None:
        if before is None and (kept.exists() or not kiosk.last_seq):
            return None
        # Nothing of it is kept any more: it says what it said yesterday, or all that is known of it.
        return before or ChainHead(
            device=kiosk.pk,
            db=kiosk.database,
            state=str(kiosk.state),
            first=kiosk.last_seq + 1,
            seq=kiosk.last_seq,
            hash=kiosk.head,
            logs={},
        )
    oldest = kept.first()
    return ChainHead(
        device=kiosk.pk,
        db=kiosk.database,
        state=str(kiosk.state),
        first=newest.seq if oldest is None else oldest.seq,
        seq=newest.seq,
        hash=newest.hash,
        logs=_logs(kiosk, before, newest.seq),
    )


def _logs(kiosk: Kiosk, before: ChainHead | None, seq: int) -> Mapping[str, LogPosition]:
    logs: dict[str, LogPosition] = {} if before is None else dict(before.logs)
    told = kiosk.commands.filter(type="log.head", code="", seq__lte=seq, seq__gt=before.seq if before else 0)
    for body in told.order_by("seq").values_list("body", flat=True):
        try:
            said = LogHead.model_validate_json(body)
        except ValidationError:
            continue  # it was changed since it was taken: verifying the chain tells so
        logs[said.log] = LogPosition(lines=said.lines, head=said.head)
    return logs


def _end(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), UTC)
