"""Handing a document over at the counter, against its code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from central_office.contract.pickup_code import NotAPickupCode, parse_shown, parse_typed
from central_office.contract.pickups import PickupFailed
from central_office.contract.staff import PickupHandedOver
from central_office.contract.town import SecondFactor
from kiosk_app.readers import CodeReaders, read_as
from kiosk_app.staff_door import End, StaffOpening
from kiosk_app.staff_post import DOORS, NEWS, Post, envelope
from offline_cache.pickups import AlreadyUsed
from offline_cache.tries import Locked
from screens.steps import CodeProblem, ReadersChanged
from screens.steps_staff import (
    Check,
    Collector,
    HandOverCheck,
    HandOverChoice,
    HandOverCode,
    OldDocument,
    Purpose,
    StaffNews,
    StaffTab,
)

if TYPE_CHECKING:
    from central_office.contract.pickup_code import PickupCode
    from central_office.contract.staff import Lying
    from devices.roles import LockerWall
    from offline_cache.pickups import Waiting


def hand_over(post: Post) -> StaffTab:
    """Hand over what codes open, until another part of the work is chosen."""
    problem: CodeProblem | None = None
    refused: bytes | None = None
    while True:
        post.stock()
        with CodeReaders(post.desk, refused) as readers:
            step = HandOverCode(post.duty, readers.by_camera or readers.by_scanner, problem, post.told())
            answer = post.desk.citizen.ask(step, meanwhile=readers.read, every=readers.pause)
        problem, refused = None, None
        match answer:
            case StaffTab():
                return answer
            case ReadersChanged():
                post.tell = step.tell
            case bytes():
                read = read_as(parse_shown, answer, post.desk.town.key)
                if isinstance(read, CodeProblem):
                    problem = read
                else:
                    _against(post, read)
                refused = answer
            case str():
                try:
                    code = parse_typed(answer)
                except NotAPickupCode:
                    continue
                _against(post, code)


def _against(post: Post, code: PickupCode) -> None:
    """Hand over what the code opens; counted like a citizen's guess."""
    if isinstance(post.desk.tries.state(code), Locked):
        post.news(StaffNews.CODE_LOCKED)
        return
    found = _found(post, code)
    if not found:
        post.desk.pickups.missed(code)
        locked = isinstance(post.desk.tries.missed(code), Locked)
        post.news(StaffNews.CODE_LOCKED if locked else StaffNews.CODE_OPENS_NOTHING)
        return
    post.desk.tries.hit(code)
    for lying, waiting in found:
        if not _one_over(post, lying, waiting):
            return


def _found(post: Post, code: PickupCode) -> list[tuple[Lying, Waiting]]:
    """What the code opens. The second factor stands in the work list: staff compares it with who is there."""
    stock, today = post.stock(), post.today()
    lying = {one.pickup: one for one in stock.lying}
    born = None
    if post.desk.town.collect.second_factor is SecondFactor.BIRTH_DATE:
        born = next((lying[one].born for one in post.desk.pickups.selected(code) if one in lying), None)
    waiting = post.desk.pickups.waiting(code, born, today)
    return [(lying[one.pickup], one) for one in waiting if one.pickup in lying]


def _one_over(post: Post, lying: Lying, waiting: Waiting) -> bool:
    """Check, open, and write down who got it; False if it was the wrong person."""
    checks = (Check.IDENTITY, Check.PIN_LETTER) if lying.ask_pin_letter else (Check.IDENTITY,)
    step = HandOverCheck(post.duty, envelope(lying), lying.born, lying.compartment, checks)
    while True:
        checked, collector, old = step.checked, step.collector, step.old_document
        match post.desk.citizen.ask(step):
            case HandOverChoice.NOT_THIS_PERSON:
                return False
            case HandOverChoice.OPEN if collector and old and set(checked) == set(checks):
                break
            case Check() as check:
                checked = tuple(one for one in checks if (one in checked) != (one is check))
            case Collector() as collector:
                pass
            case OldDocument() as old:
                pass
            case _:
                pass
        step = HandOverCheck(post.duty, step.envelope, step.born, step.compartment, checks, checked, collector, old)
    with post.wall() as wall:
        if wall is None:
            return False
        try:
            end = _give(post, wall, lying, waiting, _Receiver(collector, old))
        except AlreadyUsed:
            post.news(StaffNews.CODE_OPENS_NOTHING)
            return False
    handed = end in {End.CLOSED, End.TOLD, End.LEFT_OPEN}
    post.news(StaffNews.HANDED_OVER if handed else NEWS.get(end, StaffNews.DOOR_UNCLEAR), lying.compartment)
    return handed


@dataclass(frozen=True)
class _Receiver:
    """Who gets it, and what became of the old document."""

    collector: Collector
    old_document: OldDocument


def _give(post: Post, wall: LockerWall, lying: Lying, waiting: Waiting, to: _Receiver) -> End:
    page = post.page(Purpose.HAND_OVER, wall, lying.compartment, lying)
    with post.desk.pickups.opening(waiting, pin_letter=lying.ask_pin_letter) as effect:
        opening = StaffOpening(post.desk, wall, lying.compartment, post.duty)
        try:
            end = opening.go(page)
        except BaseException:
            if not opening.lock.sent:
                effect.spare()
            raise
        match end:
            case End.NOT_SENT:
                effect.spare()
            case End.CLOSED | End.TOLD | End.LEFT_OPEN:
                effect.done(
                    end.value,
                    PickupHandedOver(
                        pickup=lying.pickup,
                        employee=post.shift.number,
                        collector=to.collector.value,
                        old_document=to.old_document.value,
                        how=end.value,
                    ),
                )
            case End.STUCK:
                effect.done(end.value, PickupFailed(pickup=lying.pickup, why="still_closed"))
            case _:
                effect.done(end.value, PickupFailed(pickup=lying.pickup, why=DOORS[opening.lock.door]))
    return end
