"""Orders in `ledger.db`: read out of the outbox, where each lies as it was told; there is no second copy of them.

A citizen who comes back minutes later, with the cable cut, is answered from her own promise. Once the office calls a
command durable its body is gone from here, and the order is in the replica.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import apsw

    from central_office.contract.bulky_codes import OrderNumber
    from central_office.contract.bulky_orders import BulkyCancelled, BulkyChanged, BulkyOrdered
    from offline_cache.database import Database
    from offline_cache.stored_outbox import StoredOutbox

_OF_AN_ORDER: Final = (
    "SELECT json_extract(command, '$.type'), json_extract(command, '$.body') FROM outbox"
    " WHERE NOT scrubbed AND (result IS NULL OR result = 'ok')"
    " AND json_extract(command, '$.type') IN ('bulky.ordered', 'bulky.changed', 'bulky.cancelled')"
    " AND json_extract(command, '$.body.number') = ? ORDER BY seq"
)


class StoredOrders:
    """The orders of this ledger; implements `offline_cache.orders.Orders`."""

    def __init__(self, database: Database, outbox: StoredOutbox) -> None:
        self._database = database
        self._outbox = outbox

    def told(self, number: OrderNumber) -> tuple[BulkyOrdered | BulkyChanged | BulkyCancelled, ...]:
        """What this kiosk said of an order and still knows, oldest first; nothing that the office rejected."""
        from central_office.contract.bulky_orders import (  # noqa: PLC0415 - pydantic, after the first frame
            BulkyCancelled,
            BulkyChanged,
            BulkyOrdered,
        )

        kinds: dict[str, type[BulkyOrdered | BulkyChanged | BulkyCancelled]] = {
            "bulky.ordered": BulkyOrdered,
            "bulky.changed": BulkyChanged,
            "bulky.cancelled": BulkyCancelled,
        }
        with self._database.reading() as connection:
            rows = connection.execute(_OF_AN_ORDER, (number.characters,)).fetchall()
        return tuple(kinds[str(word)].model_validate_json(str(body)) for word, body in rows)

    def cancel(self, number: OrderNumber, revision: int) -> None:
        """Call an order off for its citizen; on disk, synced, when this returns. `revision`: the one she saw.

        Raises:
            DiskTrouble: the disk is full or refuses; nothing was kept.
        """
        from central_office.contract.bulky_orders import BulkyCancelled  # noqa: PLC0415 - as in `told`

        self._outbox.put(BulkyCancelled(number=number.characters, revision=revision))

    def office_key(self) -> bytes | None:
        """The public key that the office's vouchers are checked with; None until the office told it."""
        with self._database.reading() as connection:
            key = connection.execute("SELECT office_key FROM line").get
        return bytes.fromhex(str(key)) or None


def hear_key_within(connection: apsw.Connection, key: str) -> None:
    """Keep the key that the office told; it has none to tell in a town without rules, and nothing is forgotten then."""
    if key:
        connection.execute("UPDATE line SET office_key = ? WHERE office_key <> ?", (key, key))
