"""What kiosk and office tell one another about documents that wait in compartments.

Down goes the list of one kiosk's pickups, whole, whenever it changed: selector, salt, verifiers, compartment, dates.
What document it is stands in the sealed part, which only the code opens. Up go the commands below. `pickup.opened` is
written before the lock is released: from then on the code is used, whatever happens.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Annotated, Final, Literal, NewType

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from pydantic import ConfigDict, Field, StringConstraints, ValidationError

from central_office.contract.base import Message, Utc, Word
from central_office.contract.claims import COST
from central_office.contract.documents import DocumentId
from central_office.contract.pickup_code import CHECK_BYTES, SALT_BYTES, VERIFIER_BYTES, PickupCode, stretched, verifier
from central_office.contract.stages import DocumentKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from central_office.contract.claims import Cost, Pepper

PickupId = NewType("PickupId", str)
"""The identifier of one document in one compartment (UUID text)."""

MAX_PICKUPS: Final = 480
"""As many as the largest wall has compartments."""
SEALED_BYTES: Final = 128 + 16

ALERT_MISSES: Final = 20
"""So many codes that open nothing within an hour at one kiosk, and the office is told."""

_Pickup = Annotated[PickupId, StringConstraints(pattern=r"^[0-9A-Za-z-]{1,64}$")]
CompartmentNumber = Annotated[int, Field(ge=1, le=999)]
_Verifier = Annotated[bytes, Field(min_length=VERIFIER_BYTES, max_length=VERIFIER_BYTES)]


class Contents(Message):
    """What lies in a compartment, said only to who has the code.

    `ask_pin_letter`: the law wants the holder's word that the PIN letter has come. `counter_only`: a box cannot check
    what is needed (a minor's document, a proxy), so it is handed over at the counter.
    """

    kind: DocumentKind
    ask_pin_letter: bool = False
    counter_only: bool = False


class PickupRow(Message):
    """One document in one compartment, as its kiosk knows it; documents of one holder share selector and code.

    `typed` and `shown` are the verifiers of the digits and of the QR code's token (see `pickup_code`); `until` is the
    last day on which the code opens; `reach`: assigned for somebody who sits.
    """

    model_config = ConfigDict(val_json_bytes="base64", ser_json_bytes="base64")

    pickup: _Pickup
    selector: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}$")]
    salt: Annotated[bytes, Field(min_length=SALT_BYTES, max_length=SALT_BYTES)]
    typed: _Verifier
    shown: _Verifier
    sealed: Annotated[bytes, Field(min_length=SEALED_BYTES, max_length=SEALED_BYTES)]
    compartment: CompartmentNumber
    until: date
    reach: bool = False


class Pickups(Message):
    """All that waits in this kiosk's compartments; `tag` stands for the list."""

    tag: Annotated[str, StringConstraints(max_length=64)]
    rows: Annotated[tuple[PickupRow, ...], Field(max_length=MAX_PICKUPS)] = ()


class PickupLoaded(Message):
    """Staff laid a document into a compartment (`pickup.loaded`, version 1): the office gives out a code for it."""

    pickup: _Pickup
    document: Annotated[DocumentId, StringConstraints(max_length=40)]
    compartment: CompartmentNumber
    reach: bool = False
    employee: Annotated[str, StringConstraints(pattern=r"^([0-9]{4})?$")] = ""


class PickupOpened(Message):
    """A code was used, and the lock is about to be released (`pickup.opened`, version 1); it never opens again."""

    pickup: _Pickup
    compartment: CompartmentNumber
    pin_letter: bool = False
    """Whether the citizen said that the PIN letter has come."""


class PickupSpared(Message):
    """The lock was not released after all (`pickup.spared`, version 1): the citizen left first, the code stays good."""

    pickup: _Pickup


class PickupCollected(Message):
    """How a pickup ended (`pickup.collected`, version 1).

    `closed`: the door was open and is closed again; `left_open`: it was still open when the citizen had gone; `told`:
    the contact said nothing of use, the citizen said that it was open and the document taken.
    """

    pickup: _Pickup
    how: Literal["closed", "left_open", "told"]


class PickupFailed(Message):
    """The code is used, and nobody knows that the document was taken (`pickup.failed`, version 1): a person must look.

    `why`: what the door or the program said.
    """

    pickup: _Pickup
    why: Literal["still_closed", "board_silent", "command_late", "door_open", "door_closed", "door_unknown"]


class PickupLocked(Message):
    """A code was guessed at too often (`pickup.locked`, version 1): it opens nothing, the office gives out another."""

    pickup: _Pickup


class PickupGuessing(Message):
    """Many codes that open nothing were tried at one kiosk (`pickup.guessing`, version 1): somebody may be guessing.

    `misses`: how many since `since`; told at every `ALERT_MISSES` of them within an hour.
    """

    misses: Annotated[int, Field(ge=1, le=10_000)]
    since: Utc


class LockerIncident(Message):
    """A door did what nobody asked of it (`locker.incident`, version 1), such as opening by itself: tampering."""

    mishap: Word
    compartment: CompartmentNumber
    seen: Utc


@dataclass(frozen=True)
class Deposit:
    """What a row is made of: who can open it with what, where it lies and until when."""

    pickup: PickupId
    typed: PickupCode
    shown: PickupCode
    birth_date: date | None
    contents: Contents
    compartment: int
    until: date
    reach: bool = False


def row_of(
    deposit: Deposit, pepper: Pepper, *, salt: bytes, random: Callable[[int], bytes] = os.urandom, cost: Cost = COST
) -> PickupRow:
    """Make a row for one kiosk; rows of one code share the `salt`. Takes `cost` twice."""
    key = random(CHECK_BYTES)
    typed, shown = (
        verifier(stretched(pepper, code, deposit.birth_date, salt, cost=cost), key)
        for code in (deposit.typed, deposit.shown)
    )
    return PickupRow(
        pickup=deposit.pickup,
        selector=deposit.typed.selector,
        salt=salt,
        typed=typed,
        shown=shown,
        sealed=seal_contents(deposit.contents, deposit.pickup, key),
        compartment=deposit.compartment,
        until=deposit.until,
        reach=deposit.reach,
    )


def seal_contents(contents: Contents, pickup: PickupId, key: bytes) -> bytes:
    """Close what lies in a compartment; always of one length. `key` (32 bytes) must be made for this row alone."""
    text = contents.model_dump_json().encode().ljust(SEALED_BYTES - 16)
    return ChaCha20Poly1305(key).encrypt(bytes(12), text, b"pickup row 1\0" + pickup.encode())


def unseal_contents(row: PickupRow, key: bytes) -> Contents | None:
    """What lies in the compartment, or None if the row does not open: it was altered."""
    try:
        text = ChaCha20Poly1305(key).decrypt(bytes(12), row.sealed, b"pickup row 1\0" + row.pickup.encode())
        return Contents.model_validate_json(text)
    except (InvalidTag, ValidationError):
        return None
