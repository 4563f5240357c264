"""What a kiosk hears of staff: who may sign in there, and, closed, what there is to do."""

from __future__ import annotations

import os
from hashlib import sha256
from typing import TYPE_CHECKING

from django.db import connection

from central_office.contract.claims import Pepper
from central_office.contract.documents import DocumentId
from central_office.contract.pickups import PickupId
from central_office.contract.staff import (
    KEY_BYTES,
    MAX_STAFF,
    MAX_TO_LOAD,
    Credential,
    Employee,
    Lying,
    StaffList,
    ToLoad,
    Worklist,
    row_for,
    seal_worklist,
)
from central_office.contract.staff_card import EmployeeNumber
from central_office.contract.town import CollectTable
from central_office.office import changes
from central_office.office.employees.loading import to_load
from central_office.office.employees.passes import rights_of
from central_office.office.models import CompartmentMark, Pickup, StaffPass
from central_office.office.pickups.issuing import LIVE, asks_pin_letter

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from central_office.office.models import Kiosk, Town

LIES = (*LIVE, Pickup.State.EXPIRED, Pickup.State.FAILED)
"""The states in which something lies, or may lie, in a compartment."""


def news(
    kiosk: Kiosk, town: Town, known: str, today: date, random: Callable[[int], bytes] = os.urandom
) -> StaffList | None:
    """The kiosk's list, or None if it is the one that it knows."""
    if not town.staff_version:
        return None
    tag = _tag(kiosk, town, today)
    if tag == known:
        return None
    people = [
        (one, Employee(name=one.user.get_full_name() or one.user.get_username(), rights=rights))
        for one in StaffPass.objects.filter(revoked_at=None, user__is_active=True).select_related("user")[:MAX_STAFF]
        if (rights := rights_of(one.user))
    ]
    worklist = _worklist(kiosk, town, today)
    pepper, list_key = Pepper(bytes(kiosk.pepper)), random(KEY_BYTES)
    return StaffList(
        tag=tag,
        rows=tuple(row_for(pepper, _credential(one), who, list_key, random) for one, who in people),
        sealed=seal_worklist(worklist, list_key),
    )


# Written out: every request of every kiosk asks these.
_WHO = (
    "SELECT p.number, u.username, u.first_name, u.last_name, u.is_superuser, g.group_id FROM office_staffpass p "
    "JOIN auth_user u ON u.id = p.user_id LEFT JOIN auth_user_groups g ON g.user_id = u.id "
    "WHERE p.revoked_at IS NULL AND u.is_active ORDER BY p.number, g.group_id"
)
_LIES = (
    "SELECT p.id, p.state, p.until, p.laid_by, d.holder FROM office_pickup p "  # noqa: S608 - nothing but marks
    "JOIN office_document d ON d.id = p.document_id "
    f"WHERE p.kiosk_id = %s AND p.state IN ({', '.join(['%s'] * len(LIES))}) ORDER BY p.id"
)
_MARKS = "SELECT compartment FROM office_compartmentmark WHERE kiosk_id = %s ORDER BY compartment"


def _tag(kiosk: Kiosk, town: Town, today: date) -> str:
    """Stands for all that the list is made of: as long as it is the same, the list need not be made to know so."""
    seen = []
    with connection.cursor() as cursor:
        for statement, values in ((_WHO, []), (_LIES, [kiosk.pk, *LIES]), (_MARKS, [kiosk.pk])):
            cursor.execute(statement, values)
            seen.append(cursor.fetchall())
    # The version tells of PINs and cards, the head of the log of every document.
    documents = str(changes.head(town))
    made_of = (kiosk.key_print, bytes(kiosk.pepper), town.staff_version, documents, town.collect, today, seen)
    return sha256(repr(made_of).encode()).hexdigest()[:32]


def _credential(one: StaffPass) -> Credential:
    card = None if one.card is None else bytes(one.card)
    return Credential(EmployeeNumber(one.number), bytes(one.salt), bytes(one.pin), card)


def _worklist(kiosk: Kiosk, town: Town, today: date) -> Worklist:
    table = CollectTable(**town.collect)
    lying = Pickup.objects.filter(kiosk=kiosk, state__in=LIES).select_related("document").order_by("compartment", "id")
    return Worklist(
        to_load=tuple(
            ToLoad(
                document=DocumentId(str(one.pk)),
                reference=one.reference,
                kind=one.of_kind,
                holder=one.holder,
                reach=one.reach,
            )
            for one in to_load()[:MAX_TO_LOAD]
        ),
        lying=tuple(_lying(one, table, today) for one in lying),
        out_of_order=tuple(CompartmentMark.objects.filter(kiosk=kiosk).values_list("compartment", flat=True)),
        four_eyes=table.four_eyes,
    )


def _lying(pickup: Pickup, table: CollectTable, today: date) -> Lying:
    document = pickup.document
    state = Pickup.State(pickup.state).value
    return Lying.model_validate(
        {
            "pickup": PickupId(str(pickup.pk)),
            "compartment": pickup.compartment,
            "state": state,
            "reference": document.reference,
            "kind": document.of_kind,
            "holder": document.holder,
            "born": document.birth_date,
            "until": pickup.until,
            "ask_pin_letter": asks_pin_letter(document, table, today),
            "by": pickup.laid_by,
        }
    )
