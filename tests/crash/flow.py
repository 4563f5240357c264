"""What a row of the matrix of kills says: what lies on the disk before, what somebody does, and what may befall it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from devices.roles import Door, Opened

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from central_office.contract.capacity import Resource
    from central_office.contract.pickups import PickupRow
    from central_office.contract.staff import Worklist
    from screens.steps import ServiceKey
    from screens.steps import Step as Page

NUMBER: Final = "the number on her slip"
CODE: Final = "the change code on her slip"
"""Answers that stand for what her confirmation says."""


@dataclass(frozen=True)
class Flow:
    """One thing that is done at a kiosk, and everything that a cut may interrupt in it."""

    name: str
    service: ServiceKey | None
    """None: an employee does it."""
    run: Callable[[Any], object]
    answers: Mapping[type[Page[Any]], tuple[object, ...]]
    """What she answers on each page, one after the other, the last one again and again; None: as devices do.

    A function gets the page. An exception is raised instead. `LockerOpens` is no question; an exception there is
    raised when it is shown.
    """
    tells: tuple[str, ...]
    """What the office hears of it in the end if nothing is cut, besides who came and went."""
    waits: tuple[PickupRow, ...] = ()
    work: Worklist | None = None
    """What there is to do for staff."""
    lent: tuple[Resource, ...] = ()
    lock: tuple[Any, ...] = (Opened(),)
    contact: tuple[Door, ...] = (Door.OPEN, Door.CLOSED)
    durable: bool = True
    """Whether the office keeps copies, so that the kiosk forgets what it told: nothing of it comes down again here."""
    torn_before: bool = False
    """Whether the visit before was cut while a compartment was being opened and a slip printed."""
    again: bool = False
    """Whether an employee may open the same compartment in a later visit: to see what lies there, or to take it out."""


@dataclass(frozen=True)
class Seen:
    """Something in the world that no power cut undoes: after which step of the disk it was."""

    step: int
    what: str
    which: str
    visit: int = 0
