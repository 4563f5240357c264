"""I work here: an employee signs in, lays documents in, hands over, takes back, opens with a reason, fills bags up.

Works with the line cut: the list of staff and of what there is to do lies here, closed, and opens with the PIN. What is
done is told to the office by the employee's number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NoReturn

from central_office.contract.staff import Right, StaffSignedOut
from kiosk_app.services.staff_hand_over import hand_over
from kiosk_app.services.staff_load import load
from kiosk_app.services.staff_open import open_one
from kiosk_app.services.staff_refill import refill
from kiosk_app.services.staff_sign_in import sign_in
from kiosk_app.services.staff_take_back import take_back
from kiosk_app.staff_post import Post, Revoked
from screens.stage import Abandoned, Ending
from screens.steps_staff import OnDuty, StaffTab

if TYPE_CHECKING:
    from collections.abc import Callable

    from central_office.contract.tariff import Tariff
    from kiosk_app.desk import Desk
    from offline_cache.staff import Shift

_TABS: Final = {
    Right.LOAD: StaffTab.LOAD,
    Right.HAND_OVER: StaffTab.HAND_OVER,
    Right.TAKE_BACK: StaffTab.TAKE_BACK,
    Right.OPEN: StaffTab.OPEN,
    Right.REFILL: StaffTab.REFILL,
}
_WORK: Final[dict[StaffTab, Callable[[Post], StaffTab]]] = {
    StaffTab.LOAD: load,
    StaffTab.HAND_OVER: hand_over,
    StaffTab.TAKE_BACK: take_back,
    StaffTab.OPEN: open_one,
}


def staff(desk: Desk, *, tariff: Tariff | None = None, walled: bool = True) -> None:
    """Sign an employee in, and let them work until they sign out, fall silent, or the office says no.

    `tariff` names what lies in the columns of a dispenser. `walled`: this kiosk has compartments.
    """
    shift = sign_in(desk)
    if shift is None:
        return
    how: Literal["by_self", "idle", "revoked", "fault"] = "fault"
    try:
        _work(desk, shift, tariff, walled=walled)
    except Revoked:
        how = "revoked"
    except Abandoned as abandoned:
        how = _HOW[abandoned.ending]
        raise
    finally:
        desk.staff.tell(StaffSignedOut(employee=shift.number, how=how))


_HOW: Final[dict[Ending, Literal["by_self", "idle", "fault"]]] = {
    Ending.BY_CITIZEN: "by_self",
    Ending.IDLE: "idle",
    Ending.SHUTDOWN: "fault",
    Ending.POWER: "fault",
}


def _work(desk: Desk, shift: Shift, tariff: Tariff | None, *, walled: bool) -> NoReturn:
    """Go from one part of the work to the other, as the bar says."""
    here = dict.fromkeys(_WORK, walled) | {StaffTab.REFILL: desk.columns is not None}
    tabs = tuple(tab for right, tab in _TABS.items() if here[tab] and right in shift.rights)
    if not tabs:
        raise Revoked
    post, tab = Post(desk, shift, OnDuty(shift.name, tabs)), tabs[0]
    while True:
        tab = refill(post, tariff) if tab is StaffTab.REFILL else _WORK[tab](post)
