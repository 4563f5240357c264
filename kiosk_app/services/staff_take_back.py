"""Taking out what nobody collected in time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from central_office.contract.pickups import PickupFailed
from central_office.contract.staff import PickupTakenOut
from kiosk_app.staff_door import End, StaffOpening
from kiosk_app.staff_post import DOORS, NEWS, Post, row
from screens.steps_staff import Overdue, OverdueRow, Purpose, StaffNews, StaffTab, TakeBack

if TYPE_CHECKING:
    from central_office.contract.staff import Lying
    from devices.roles import LockerWall


def take_back(post: Post) -> StaffTab:
    """Take out what is listed, until another part of the work is chosen."""
    while True:
        today = post.today()
        rows = {
            row(one, Overdue.UNCLEAR if one.state == "failed" else Overdue.EXPIRED): one
            for one in post.stock().overdue(today)
        }
        answer = post.desk.citizen.ask(TakeBack(post.duty, tuple(rows), post.told()))
        if isinstance(answer, StaffTab):
            return answer
        if isinstance(answer, OverdueRow):
            with post.wall() as wall:
                if wall is not None:
                    _take_out(post, wall, rows[answer])


def _take_out(post: Post, wall: LockerWall, lying: Lying) -> None:
    page = post.page(Purpose.TAKE_BACK, wall, lying.compartment, lying)
    with post.desk.staff.taking(post.shift, lying) as effect:
        opening = StaffOpening(post.desk, wall, lying.compartment, post.duty)
        end = opening.go(page)
        match end:
            case End.CLOSED | End.TOLD | End.LEFT_OPEN:
                effect.done(end.value, PickupTakenOut(pickup=lying.pickup, employee=post.shift.number))
            case End.SKIPPED | End.NOT_SENT:
                effect.done(end.value)
            case End.STUCK:
                effect.done(end.value, post.mark(lying.compartment, in_order=False))
            case End.UNCLEAR:
                effect.done(end.value, PickupFailed(pickup=lying.pickup, why=DOORS[opening.lock.door]))
    taken = end in {End.CLOSED, End.TOLD, End.LEFT_OPEN}
    post.news(StaffNews.TAKEN_BACK if taken else NEWS.get(end, StaffNews.DOOR_UNCLEAR), lying.compartment)
