"""The shape of a sealed row: what of it is how long. How it is closed and opened stands in `sealing`."""

from __future__ import annotations

from typing import Final, NamedTuple, NewType

from central_office.contract.claims import LOOKUP_KEY_BYTES

RowId = NewType("RowId", bytes)
"""Names a document's row at one kiosk; says nothing about the document."""

ROW_ID_BYTES: Final = 16
NONCE_BYTES: Final = 12
KEY_BYTES: Final = 32
TAG_BYTES: Final = 16

SLOTS: Final = 3
"""One for the letter, one for number and birth date, one for the holder's card."""
FEWEST_SLOTS: Final = 2
"""What offices and kiosks of before know: the first two."""
SLOT_BYTES: Final = LOOKUP_KEY_BYTES + NONCE_BYTES + KEY_BYTES + TAG_BYTES
"""A look-up key, and the row's own key closed with what the claim opens."""

BUCKET: Final = 320
"""What a status is filled up to a multiple of; twenty steps of history fit into one."""
SHORTEST: Final = BUCKET + TAG_BYTES
LONGEST: Final = 16 * BUCKET + TAG_BYTES


class SealedRow(NamedTuple):
    """A row as it travels and as it is kept; nothing in it can be read."""

    id: RowId
    slots: tuple[bytes, ...]
    sealed: bytes
