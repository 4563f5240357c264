"""What kiosk and office tell one another about staff at the kiosk: who may sign in, what they do there.

Down goes one list, whole, whenever it changed: for each employee a number, a salt and two verifiers, of the PIN and of
the staff card; and, closed with a key that only a right PIN opens, what there is to do: documents to be laid in, and
what lies in the compartments. Without a PIN the list names nobody and no document. Up go commands with the employee's
number, never a name. Decision 018 says what the PIN protects and what it does not.
"""

from __future__ import annotations

import hmac
import os
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING, Annotated, Final, Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

from central_office.contract.base import Message
from central_office.contract.claims import COST
from central_office.contract.documents import DocumentId
from central_office.contract.pickup_code import SALT_BYTES, VERIFIER_BYTES, opened, verifier
from central_office.contract.pickups import MAX_PICKUPS, CompartmentNumber, PickupId
from central_office.contract.staff_card import EmployeeNumber, StaffCard
from central_office.contract.stages import DocumentKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from central_office.contract.claims import Cost, Pepper

MAX_STAFF: Final = 200
MAX_TO_LOAD: Final = 500
MAX_NOTE: Final = 60
KEY_BYTES: Final = 32
_MAX_SEALED: Final = 512 * 1024
_NONCE: Final = bytes(12)
"""Every key closes one text and is never used again."""

_Number = Annotated[EmployeeNumber, StringConstraints(pattern=r"^[0-9]{4}$")]
_Pickup = Annotated[PickupId, StringConstraints(pattern=r"^[0-9A-Za-z-]{1,64}$")]
_Document = Annotated[DocumentId, StringConstraints(max_length=40)]
_Salt = Annotated[bytes, Field(min_length=SALT_BYTES, max_length=SALT_BYTES)]
_Verifier = Annotated[bytes, Field(min_length=VERIFIER_BYTES, max_length=VERIFIER_BYTES)]


class Right(StrEnum):
    """What an employee may do at the kiosk."""

    LOAD = "load"
    HAND_OVER = "hand_over"
    TAKE_BACK = "take_back"
    OPEN = "open"
    """Open any compartment with a reason, and say which is out of order."""
    REFILL = "refill"
    """Fill the columns of the bag dispenser."""


def _known(rights: object) -> object:
    # A newer office may give a right that this kiosk does not know: its holder signs in all the same, without it.
    return [one for one in rights if one in set(Right)] if isinstance(rights, list | tuple) else rights


class Employee(Message):
    """Who signed in; `name` is for the screen alone."""

    name: Annotated[str, StringConstraints(max_length=80)]
    rights: Annotated[tuple[Right, ...], BeforeValidator(_known)]


class StaffRow(Message):
    """One employee as a kiosk knows them; `card` is None without a valid card."""

    model_config = ConfigDict(val_json_bytes="base64", ser_json_bytes="base64")

    number: _Number
    salt: _Salt
    pin: _Verifier
    sealed: Annotated[bytes, Field(max_length=1024)]
    card: _Verifier | None = None
    badge: Annotated[bytes, Field(max_length=512)] = b""
    """The employee's name, opened by the card."""


class ToLoad(Message):
    """A document that lies at the office and may be laid into a compartment."""

    document: _Document
    reference: Annotated[str, StringConstraints(max_length=20)]
    kind: DocumentKind
    holder: Annotated[str, StringConstraints(max_length=120)]
    reach: bool = False


class Lying(Message):
    """What lies in one compartment. `placed`: a second employee has to confirm it."""

    pickup: _Pickup
    compartment: CompartmentNumber
    state: Literal["placed", "waiting", "locked", "opened", "failed", "expired"]
    reference: Annotated[str, StringConstraints(max_length=20)]
    kind: DocumentKind
    holder: Annotated[str, StringConstraints(max_length=120)]
    born: date
    until: date
    ask_pin_letter: bool = False
    by: Annotated[str, StringConstraints(max_length=4)] = ""
    """The number of the employee who laid it in, if that was at the kiosk."""


class Worklist(Message):
    """What staff needs to know at one kiosk."""

    to_load: Annotated[tuple[ToLoad, ...], Field(max_length=MAX_TO_LOAD)] = ()
    lying: Annotated[tuple[Lying, ...], Field(max_length=2 * MAX_PICKUPS)] = ()
    out_of_order: Annotated[tuple[CompartmentNumber, ...], Field(max_length=MAX_PICKUPS)] = ()
    four_eyes: bool = False


class StaffList(Message):
    """All who may sign in at this kiosk, and their closed work list; `tag` stands for all of it."""

    model_config = ConfigDict(val_json_bytes="base64", ser_json_bytes="base64")

    tag: Annotated[str, StringConstraints(max_length=64)]
    rows: Annotated[tuple[StaffRow, ...], Field(max_length=MAX_STAFF)] = ()
    sealed: Annotated[bytes, Field(max_length=_MAX_SEALED)] = b""


# What staff did, told to the office


class StaffSignedIn(Message):
    """An employee signed in (`staff.signed_in`, version 1)."""

    employee: _Number
    with_card: bool = False


class StaffSignedOut(Message):
    """Their session is over (`staff.signed_out`, version 1)."""

    employee: _Number
    how: Literal["by_self", "idle", "revoked", "fault"]


class PickupConfirmed(Message):
    """A second employee saw the document in its compartment (`pickup.confirmed`, version 1): a code is given out."""

    pickup: _Pickup
    employee: _Number


class PickupHandedOver(Message):
    """A document was handed over by staff against its code (`pickup.handed_over`, version 1).

    `how` as in `PickupCollected`; `old_document`: kept, made void and given back, said to be lost, or there was none.
    """

    pickup: _Pickup
    employee: _Number
    collector: Literal["holder", "proxy", "parent"]
    old_document: Literal["retained", "returned", "lost", "none"]
    how: Literal["closed", "left_open", "told"]


class PickupTakenOut(Message):
    """Staff took a document out of its compartment (`pickup.taken_out`, version 1): it goes to the counter."""

    pickup: _Pickup
    employee: _Number


class LoadingUnclear(Message):
    """A document may or may not lie in a compartment (`loading.unclear`, version 1): the power was cut meanwhile.

    `why` is what the door said.
    """

    pickup: _Pickup
    document: _Document
    compartment: CompartmentNumber
    employee: _Number
    why: Literal["door_open", "door_closed", "door_unknown"]


class OpeningReason(StrEnum):
    """Why staff opens a compartment."""

    DOCUMENT_JAMMED = "document_jammed"
    CITIZEN_ASKED = "citizen_asked"
    LOOK_INSIDE = "look_inside"
    CLEANING = "cleaning"
    REPAIR = "repair"
    OTHER = "other"


class CompartmentOpened(Message):
    """Staff is about to open a compartment (`compartment.opened`, version 1); written before the lock is released."""

    compartment: CompartmentNumber
    employee: _Number
    reason: OpeningReason
    note: Annotated[str, StringConstraints(max_length=MAX_NOTE)] = ""


class CompartmentMarked(Message):
    """Staff said that a compartment is out of order, or in order again (`compartment.marked`, version 1)."""

    compartment: CompartmentNumber
    employee: _Number
    in_order: bool


# How the list is closed and opened


def pin_secret(number: EmployeeNumber, pin: str, salt: bytes, cost: Cost = COST) -> bytes:
    """What a number and PIN come to, the same for every kiosk (32 bytes); takes `cost`."""
    # Not at the top: the kiosk wants its first picture before it wants cryptography.
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id  # noqa: PLC0415

    stretching = Argon2id(salt=salt, length=KEY_BYTES, iterations=cost.passes, lanes=1, memory_cost=cost.kib)
    return stretching.derive(b"staff pin 1\0" + number.encode() + b"\0" + pin.encode())


def card_secret(card: StaffCard) -> bytes:
    """What a card's token comes to; it has 128 random bits, nothing needs to slow a guess down."""
    return sha256(b"staff card 1\0" + card.number.encode() + b"\0" + card.token).digest()


def keyed(pepper: Pepper, secret: bytes) -> bytes:
    """The 64 bytes that a secret comes to at one kiosk: without its pepper there is nothing to try PINs at."""
    return hmac.digest(pepper, b"staff 1\0" + secret, "sha512")


@dataclass(frozen=True)
class Credential:
    """What an employee signs in with, the same for every kiosk: `pin` and `card` are what `..._secret` gives."""

    number: EmployeeNumber
    salt: bytes
    pin: bytes
    card: bytes | None = None

    def __repr__(self) -> str:
        return "Credential(…)"


def row_for(
    pepper: Pepper,
    credential: Credential,
    employee: Employee,
    list_key: bytes,
    random: Callable[[int], bytes] = os.urandom,
) -> StaffRow:
    """Make one kiosk's row of an employee; the PIN opens `list_key`."""
    key = random(KEY_BYTES)
    row = StaffRow(
        number=credential.number,
        salt=credential.salt,
        pin=verifier(keyed(pepper, credential.pin), key),
        sealed=_seal(key, list_key + employee.model_dump_json().encode(), 512),
    )
    if credential.card is None:
        return row
    card_key = random(KEY_BYTES)
    return row.model_copy(
        update={
            "card": verifier(keyed(pepper, credential.card), card_key),
            "badge": _seal(card_key, employee.name.encode(), 256),
        }
    )


def seal_worklist(worklist: Worklist, list_key: bytes) -> bytes:
    """Close the work list with a key that was made for it alone."""
    return _seal(list_key, worklist.model_dump_json().encode(), 4096)


def name_on(row: StaffRow, card_keyed: bytes) -> str | None:
    """Whose card it is; None if it is not this row's."""
    key = opened(row.card, card_keyed) if row.card is not None else None
    text = None if key is None else _unseal(key, row.badge)
    return None if text is None else text.decode(errors="replace")


def employee_of(row: StaffRow, pin_keyed: bytes) -> tuple[Employee, bytes] | None:
    """Who the PIN belongs to, and the key of the work list; None if it is not this row's."""
    key = opened(row.pin, pin_keyed)
    text = None if key is None else _unseal(key, row.sealed)
    if text is None:
        return None
    try:
        return Employee.model_validate_json(text[KEY_BYTES:]), text[:KEY_BYTES]
    except ValidationError:
        return None


def unseal_worklist(sealed: bytes, list_key: bytes) -> Worklist | None:
    """The work list, or None if it was altered."""
    text = _unseal(list_key, sealed)
    try:
        return None if text is None else Worklist.model_validate_json(text)
    except ValidationError:
        return None


def _seal(key: bytes, text: bytes, step: int) -> bytes:
    # Filled up with spaces: its length says little about what it holds.
    room = -(-max(1, len(text)) // step) * step
    return ChaCha20Poly1305(key).encrypt(_NONCE, text.ljust(room), b"staff 1")


def _unseal(key: bytes, sealed: bytes) -> bytes | None:
    try:
        return ChaCha20Poly1305(key).decrypt(_NONCE, sealed, b"staff 1").rstrip()
    except InvalidTag:
        return None
