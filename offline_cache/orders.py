"""Orders of bulky waste that this kiosk has a part in: what it told the office of them, and may tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from central_office.contract.bulky_codes import OrderNumber
    from central_office.contract.bulky_orders import BulkyCancelled, BulkyChanged, BulkyOrdered


class Orders(Protocol):
    """What was said here stays here until the office has it in a copy; the replica has the rest."""

    def told(self, number: OrderNumber) -> tuple[BulkyOrdered | BulkyChanged | BulkyCancelled, ...]:
        """What this kiosk said of an order and still knows, oldest first; nothing that the office rejected.

        Ask it before the replica: what comes down between two looks is missing in neither then.
        """
        ...

    def cancel(self, number: OrderNumber, revision: int) -> None:
        """Call an order off for its citizen; on disk, synced, when this returns. `revision`: the one she saw."""
        ...

    def office_key(self) -> bytes | None:
        """The public key that the office's vouchers are checked with; None until the office told it."""
        ...
