"""What the office told the kiosk: rows to read, each answer with the moment it was true."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from central_office.contract.bulky_orders import HouseholdUse, OrderStatus
    from central_office.contract.claims import CardHolder, Claim
    from central_office.contract.documents import DocumentStatus


class ReplicaUnavailable(Exception):
    """There are no rows to look at: none came yet, they are another kiosk's, or the file is damaged."""


class Replica(Protocol):
    """Theirs, to read; the courier alone writes it."""

    def as_of(self) -> datetime | None:
        """When the office last said that this replica is complete; None before the first snapshot."""
        ...

    def household(self, key: bytes) -> HouseholdUse | None:
        """How many pickups the household of this key had (`bulky_codes.household_key`), or None if it had none.

        Raises:
            ReplicaUnavailable: nobody can say, because there are no rows.
        """
        ...

    def order(self, key: bytes) -> OrderStatus | None:
        """The order of bulky waste of this key (`bulky_codes.order_key`), as the office last told it, or None.

        Raises:
            ReplicaUnavailable: nobody can say, because there are no rows.
        """
        ...

    def document(self, claim: Claim) -> DocumentStatus | None:
        """The document that `claim` opens, or None if there is none.

        Raises:
            ReplicaUnavailable: nobody can say, because there are no rows; `as_of` is None then.
        """
        ...

    def documents(self, claim: CardHolder) -> tuple[DocumentStatus, ...]:
        """All documents of the holder whom a signed card names; none if there are none, or two people of that name.

        It takes as long whether there are any or not.

        Raises:
            ReplicaUnavailable: nobody can say, because there are no rows; `as_of` is None then.
        """
        ...
