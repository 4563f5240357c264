"""Staff at the kiosk: who may sign in, with or without a line, what there is to do, and what they did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from datetime import date

    from central_office.contract.base import Message
    from central_office.contract.pickups import PickupId
    from central_office.contract.staff import Lying, OpeningReason, Right, ToLoad
    from central_office.contract.staff_card import EmployeeNumber, StaffCard
    from offline_cache.journal import Effect

LOADING: Final = "staff.load"
"""The kinds under which the journal knows a compartment that staff opened: to lay a document in,"""
TAKING: Final = "staff.take"
"""to take one out,"""
LOOKING: Final = "staff.open"
"""or for another reason."""


@dataclass(frozen=True)
class Shift:
    """An employee who signed in; kept by the running service alone, and gone with it."""

    number: EmployeeNumber
    name: str
    rights: frozenset[Right]
    pin_keyed: bytes

    def __repr__(self) -> str:
        return f"Shift({self.number})"


@dataclass(frozen=True)
class Stock:
    """How the compartments stand and what is to be done, as far as this kiosk knows now.

    `taken`: compartments that something lies in or may lie in. `out_of_order`: not to be used.
    """

    to_load: tuple[ToLoad, ...]
    lying: tuple[Lying, ...]
    taken: frozenset[int]
    out_of_order: frozenset[int]
    four_eyes: bool

    def __repr__(self) -> str:
        # It names citizens.
        return f"Stock({len(self.to_load)}, {len(self.lying)})"

    def overdue(self, today: date) -> tuple[Lying, ...]:
        """What is to be taken out: what nobody collected in time, and what is not clear."""
        return tuple(
            one
            for one in self.lying
            if one.state in {"expired", "failed"} or (one.state in {"waiting", "locked"} and one.until < today)
        )


class Staff(Protocol):
    """The office's list of staff, and what this kiosk knows besides that the office was not told yet."""

    def name_on(self, card: StaffCard) -> str | None:
        """Whose card it is; None if it is nobody's any more."""
        ...

    def sign_in(self, number: EmployeeNumber, pin: str, *, with_card: bool) -> Shift | None:
        """Who the PIN belongs to, told to the office before this returns; None, in the same time, for whatever else."""
        ...

    def tell(self, message: Message) -> None:
        """Keep what staff did for the office; on disk when this returns."""
        ...

    def stock(self, shift: Shift) -> Stock | None:
        """What there is to do; None: this employee may not be signed in any more."""
        ...

    def loading(
        self, shift: Shift, document: ToLoad, compartment: int, pickup: PickupId
    ) -> AbstractContextManager[Effect]:
        """Begin to lay a document into a compartment; on disk when the block begins."""
        ...

    def taking(self, shift: Shift, lying: Lying) -> AbstractContextManager[Effect]:
        """Begin to take a document out: its code opens nothing from here on; on disk when the block begins."""
        ...

    def looking(
        self, shift: Shift, compartment: int, reason: OpeningReason, note: str = ""
    ) -> AbstractContextManager[Effect]:
        """Begin to open a compartment for a reason, told to the office; on disk when the block begins."""
        ...
