"""Giving employees what they sign in with at kiosks, and taking it away again."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from central_office.contract.claims import COST
from central_office.contract.pickup_code import SALT_BYTES
from central_office.contract.staff import Right, card_secret, pin_secret
from central_office.contract.staff_card import NUMBER_DIGITS, PIN_DIGITS, TOKEN_BYTES, EmployeeNumber, StaffCard
from central_office.office.models import StaffPass, Town
from central_office.office.roles import StaffRole, roles_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from django.contrib.auth.models import User

    from central_office.contract.claims import Cost

RIGHTS: dict[StaffRole, tuple[Right, ...]] = {
    StaffRole.CLERK: (Right.LOAD, Right.HAND_OVER, Right.TAKE_BACK, Right.REFILL),
    StaffRole.TECHNICIAN: (Right.OPEN, Right.REFILL),
    StaffRole.ADMIN: (),
}
"""What a role may do at kiosks; an admin has the other roles as well."""


class NoRights(ValueError):
    """This employee has no role with anything to do at a kiosk."""


@dataclass(frozen=True)
class NewPin:
    """A PIN that was just given out; shown once, kept nowhere."""

    number: EmployeeNumber
    pin: str

    def __repr__(self) -> str:
        return "NewPin(…)"


def rights_of(user: User) -> tuple[Right, ...]:
    """What the employee may do at kiosks, by the roles that they have now."""
    roles = roles_of(user)
    return tuple(dict.fromkeys(right for role in StaffRole if role in roles for right in RIGHTS[role]))


def new_pin(  # noqa: PLR0913 - what a test holds in its own hand
    user: User,
    by: str,
    at: datetime,
    *,
    pin: str = "",
    random: Callable[[int], bytes] = secrets.token_bytes,
    cost: Cost = COST,
) -> NewPin:
    """Give the employee a PIN, and a number if they have none; the one before is void.

    Raises:
        NoRights: there is nothing that they may do at a kiosk.
    """
    if not rights_of(user):
        raise NoRights
    pin = pin or _digits(PIN_DIGITS, random)
    salt = random(SALT_BYTES)
    with transaction.atomic():
        known = StaffPass.objects.filter(user=user).first()
        number = EmployeeNumber(known.number if known else _free_number(random))
        StaffPass.objects.update_or_create(
            user=user,
            defaults={
                "number": number,
                "salt": salt,
                "pin": pin_secret(number, pin, salt, cost),
                "set_at": at,
                "set_by": by,
                "revoked_at": None,
            },
        )
        changed()
    return NewPin(number, pin)


def new_card(staff_pass: StaffPass, at: datetime, *, random: Callable[[int], bytes] = secrets.token_bytes) -> StaffCard:
    """Give the employee a card; the one before opens nothing any more. Its token is kept nowhere."""
    card = StaffCard(EmployeeNumber(staff_pass.number), random(TOKEN_BYTES))
    with transaction.atomic():
        StaffPass.objects.filter(pk=staff_pass.pk).update(card=card_secret(card), card_at=at)
        changed()
    return card


def revoke(staff_pass: StaffPass, at: datetime) -> None:
    """Let the employee sign in nowhere, as soon as the kiosks hear of it; the number stays theirs."""
    with transaction.atomic():
        StaffPass.objects.filter(pk=staff_pass.pk, revoked_at=None).update(revoked_at=at, card=None, card_at=None)
        changed()


def changed() -> None:
    """Let every kiosk hear its list of staff with its next word."""
    Town.objects.update(staff_version=F("staff_version") + 1)


def _free_number(random: Callable[[int], bytes]) -> str:
    taken = set(StaffPass.objects.values_list("number", flat=True))
    while (number := _digits(NUMBER_DIGITS, random)) in taken:
        pass
    return number


def _digits(count: int, random: Callable[[int], bytes]) -> str:
    return f"{int.from_bytes(random(8), 'big') % 10**count:0{count}}"
