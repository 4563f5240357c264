"""Giving out a code for a document in a compartment, and what its kiosk hears of it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F

from central_office.contract.claims import COST, Pepper
from central_office.contract.pickup_code import (
    SALT_BYTES,
    SECRET_DIGITS,
    SELECTOR_DIGITS,
    TOKEN_BYTES,
    PickupCode,
    Selector,
)
from central_office.contract.pickups import Contents, Deposit, PickupId, PickupRow, Pickups, row_of
from central_office.contract.stages import DocumentKind, Stage
from central_office.contract.town import CollectTable, SecondFactor
from central_office.office import lifecycle
from central_office.office.models import Document, Kiosk, Pickup, Place, Town

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from central_office.contract.claims import Cost

LIVE = (Pickup.State.PLACED, Pickup.State.WAITING, Pickup.State.LOCKED, Pickup.State.OPENED)
"""The states in which a compartment is taken."""

ADULT = 18
PIN_LETTER_FROM_AGE = 16
_WITH_PIN = frozenset({DocumentKind.IDENTITY_CARD, DocumentKind.EID_CARD, DocumentKind.RESIDENCE_PERMIT})


class CannotBeDeposited(ValueError):
    """This document cannot wait in that compartment; `code` says why: a word for the desk."""

    def __init__(self, code: str) -> None:
        super().__init__(f"it cannot be deposited: {code}")
        self.code = code


@dataclass(frozen=True)
class Into:
    """Where a document was laid, and by whom; `pickup` is the identifier that a kiosk gave it.

    `employee`: the number of who laid it in at the kiosk. Where the town wants four eyes, somebody else confirms it.
    """

    kiosk: Kiosk
    compartment: int
    by: str
    reach: bool = False
    pickup: PickupId | None = None
    employee: str = ""


def issue(
    document: Document,
    into: Into,
    at: datetime,
    *,
    random: Callable[[int], bytes] = secrets.token_bytes,
    cost: Cost = COST,
) -> Pickup:
    """Give out a code for a document that lies in a compartment, and move the document there; its kiosk will hear.

    Another document of the same holder that waits at the same kiosk shares its code.

    Raises:
        CannotBeDeposited: the compartment is taken, the document waits elsewhere, or it may not lie in a box.
    """
    with transaction.atomic():
        # The kiosk's row first: commands of kiosks lock in this order too.
        heard_anew(into.kiosk)
        town = lifecycle.the_town()
        table = CollectTable(**town.collect)
        if Pickup.objects.filter(kiosk=into.kiosk, compartment=into.compartment, state__in=LIVE).exists():
            raise CannotBeDeposited("compartment_taken")
        if document.pickups.filter(state__in=LIVE).exists():
            raise CannotBeDeposited("waits_already")
        pickup = _code_for(document, into, random)
        pickup.until, pickup.issued_at = _last_day(table, town, at), at
        if table.four_eyes and into.employee:
            if document.at_stage is not Stage.READY_BOX and Stage.READY_BOX not in lifecycle.next_stages(document):
                raise CannotBeDeposited("not_here")
            pickup.state = Pickup.State.PLACED
        else:
            _make_live(pickup, town, into.by, at, random, cost)
        pickup.save(force_insert=True)
    return pickup


def confirm(
    pickup: Pickup,
    by: str,
    at: datetime,
    *,
    random: Callable[[int], bytes] = secrets.token_bytes,
    cost: Cost = COST,
) -> None:
    """Give out the code of what a second employee saw in its compartment.

    Raises:
        CannotBeDeposited: nobody has to confirm it any more, or its document was moved elsewhere meanwhile.
    """
    with transaction.atomic():
        kiosk = pickup.kiosk
        heard_anew(kiosk)
        pickup = Pickup.objects.select_for_update().get(pk=pickup.pk)
        pickup.kiosk = kiosk
        if pickup.state != Pickup.State.PLACED:
            raise CannotBeDeposited("waits_no_more")
        town = lifecycle.the_town()
        pickup.state = Pickup.State.WAITING
        pickup.until, pickup.issued_at = _last_day(CollectTable(**town.collect), town, at), at
        _make_live(pickup, town, by, at, random, cost)
        pickup.save()


def _make_live(  # noqa: PLR0913, PLR0917 - all that a code is made of
    pickup: Pickup, town: Town, by: str, at: datetime, random: Callable[[int], bytes], cost: Cost
) -> None:
    """Move the document into its compartment, and make what its kiosk and its holder are told."""
    table = CollectTable(**town.collect)
    if pickup.document.at_stage is not Stage.READY_BOX:
        terms = lifecycle.Terms(place=_box(), collect_until=pickup.until)
        try:
            pickup.document = lifecycle.move(pickup.document, Stage.READY_BOX, by, at, terms)
        except (lifecycle.IllegalMove, lifecycle.MovedMeanwhile) as problem:
            raise CannotBeDeposited("not_here") from problem
    pickup.version = pickup.kiosk.pickups_version
    today = at.astimezone(ZoneInfo(town.time_zone)).date()
    pickup.row = row_as_sent(pickup, table, today, random, cost).model_dump_json()
    pickup.message = _collect_it(pickup, town)


def _last_day(table: CollectTable, town: Town, at: datetime) -> date:
    return at.astimezone(ZoneInfo(town.time_zone)).date() + timedelta(days=table.days)


def reissue(pickup: Pickup, at: datetime, by: str, *, cost: Cost = COST) -> Pickup:
    """Give out another code for the same compartment, because the old one was guessed at or lost.

    Raises:
        CannotBeDeposited: it does not wait any more, or its kiosk was revoked and hears of no code.
    """
    if pickup.kiosk.state == Kiosk.State.REVOKED:
        raise CannotBeDeposited("kiosk_revoked")
    with transaction.atomic():
        heard_anew(pickup.kiosk)
        ended = Pickup.objects.filter(pk=pickup.pk, state__in=(Pickup.State.WAITING, Pickup.State.LOCKED)).update(
            state=Pickup.State.WITHDRAWN, ended_at=at, digits="", token="", row="", message=""
        )
        if not ended:
            raise CannotBeDeposited("waits_no_more")
        return issue(pickup.document, Into(pickup.kiosk, pickup.compartment, by, pickup.reach), at, cost=cost)


def note_heard(kiosk: Kiosk, town: Town, known: str) -> None:
    """Note that the kiosk has its present list, if it has; the caller saves the row."""
    if kiosk.pickups_heard != kiosk.pickups_version and known == tag(kiosk, town):
        kiosk.pickups_heard = kiosk.pickups_version


def heard_anew(kiosk: Kiosk) -> None:
    """Let the kiosk hear its list of pickups with its next word; locks the kiosk's row until the transaction ends."""
    Kiosk.objects.filter(pk=kiosk.pk).update(pickups_version=F("pickups_version") + 1)
    kiosk.pickups_version += 1


def tag(kiosk: Kiosk, town: Town) -> str:
    """Stands for the kiosk's list; empty as long as nothing ever waited there."""
    if not kiosk.pickups_version:
        return ""
    return tag_of_version(kiosk, town, kiosk.pickups_version)


def tag_of_version(kiosk: Kiosk, town: Town, version: int) -> str:
    """Stands for one of the lists that the kiosk has or had."""
    return sha256(f"{town.epoch} {kiosk.pk} {version}".encode()).hexdigest()[:32]


def news(kiosk: Kiosk, town: Town, known: str) -> Pickups | None:
    """The kiosk's list, or None if it is the one that it knows."""
    # The tag first: a row that comes between makes the list newer than its tag, and it is sent once more.
    present = tag(kiosk, town)
    if present == known:
        return None
    rows = Pickup.objects.filter(kiosk=kiosk, state=Pickup.State.WAITING).values_list("row", flat=True)
    return Pickups(tag=present, rows=tuple(PickupRow.model_validate_json(row) for row in rows))


def codes_of(pickup: Pickup) -> tuple[PickupCode, PickupCode]:
    """What the citizen can type, and what she can show."""
    selector = Selector(pickup.selector)
    return PickupCode(selector, digits=pickup.digits), PickupCode(selector, token=bytes.fromhex(pickup.token))


def _code_for(document: Document, into: Into, random: Callable[[int], bytes]) -> Pickup:
    here = Pickup.objects.filter(kiosk=into.kiosk, state__in=LIVE)
    made = Pickup(
        id=into.pickup or str(uuid4()),
        document=document,
        kiosk=into.kiosk,
        compartment=into.compartment,
        reach=into.reach,
        issued_by=into.by,
        laid_by=into.employee,
    )
    shared = here.filter(
        state=Pickup.State.WAITING, document__holder=document.holder, document__birth_date=document.birth_date
    ).first()
    if shared is not None:
        made.selector, made.digits, made.token = shared.selector, shared.digits, shared.token
        made.salt = bytes(shared.salt)
        return made
    taken = set(here.values_list("selector", flat=True))
    while not made.selector or made.selector in taken:
        made.selector = _digits(SELECTOR_DIGITS, random)
    made.digits, made.token = _digits(SECRET_DIGITS, random), random(TOKEN_BYTES).hex()
    made.salt = random(SALT_BYTES)
    return made


def _digits(count: int, random: Callable[[int], bytes]) -> str:
    # Eight bytes for eight digits: no digit is likelier than another by more than a billionth.
    return f"{int.from_bytes(random(8), 'big') % 10**count:0{count}}"


def row_as_sent(
    pickup: Pickup, table: CollectTable, today: date, random: Callable[[int], bytes], cost: Cost
) -> PickupRow:
    """The row of a pickup as its kiosk opens it; takes `cost` twice."""
    document = pickup.document
    born = document.birth_date
    age = _age(document, today)
    typed, shown = codes_of(pickup)
    contents = Contents(
        kind=document.of_kind,
        ask_pin_letter=asks_pin_letter(document, table, today),
        counter_only=age < (PIN_LETTER_FROM_AGE if document.of_kind in _WITH_PIN else ADULT),
    )
    deposit = Deposit(
        pickup=PickupId(str(pickup.pk)),
        typed=typed,
        shown=shown,
        birth_date=born if table.second_factor == SecondFactor.BIRTH_DATE else None,
        contents=contents,
        compartment=pickup.compartment,
        until=pickup.until,
        reach=pickup.reach,
    )
    return row_of(deposit, Pepper(bytes(pickup.kiosk.pepper)), salt=bytes(pickup.salt), random=random, cost=cost)


def asks_pin_letter(document: Document, table: CollectTable, today: date) -> bool:
    """Whether the law wants the holder's word that the PIN letter has come."""
    return table.pin_letter and document.of_kind in _WITH_PIN and _age(document, today) >= PIN_LETTER_FROM_AGE


def _age(document: Document, today: date) -> int:
    born = document.birth_date
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _box() -> Place | None:
    return Place.objects.filter(box=True).first()


def _collect_it(pickup: Pickup, town: Town) -> str:
    typed, _ = codes_of(pickup)
    return (
        f"{town.name}: Ihr Dokument {pickup.document.reference} liegt im Fach bereit ({pickup.kiosk.site}). "
        f"Abholcode: {typed.words}. Bis {pickup.until:%d.%m.%Y}. Bitte den Geburtstag bereithalten."
    )
