"""Laying documents in, and confirming what another employee laid in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

from central_office.contract.pickups import PickupId, PickupLoaded
from central_office.contract.staff import LoadingUnclear, OpeningReason, PickupConfirmed
from kiosk_app.readers import CodeReaders
from kiosk_app.staff_door import End, StaffOpening
from kiosk_app.staff_map import free_compartment, layout_of, staff_wall
from kiosk_app.staff_post import DOORS, NEWS, NEXT, Post, envelope, row
from screens.steps import Back, ReadersChanged
from screens.steps_staff import (
    EnterLabel,
    LoadChoice,
    LoadDocuments,
    Overdue,
    OverdueRow,
    Purpose,
    StaffNews,
    StaffTab,
    TakeBack,
)

if TYPE_CHECKING:
    from central_office.contract.staff import Lying, ToLoad
    from devices.roles import LockerWall
    from offline_cache.staff import Stock


def load(post: Post) -> StaffTab:
    """Lay documents in by their labels, until another part of the work is chosen."""
    refused: bytes | None = None
    while True:
        stock = post.stock()
        step = LoadDocuments(
            post.duty,
            staff_wall(post.desk, layout_of(post.desk), stock),
            post.done,
            post.done + len(stock.to_load),
            tuple(envelope(one) for one in stock.to_load[:NEXT]),
            tell=post.told(),
            to_confirm=len(_to_confirm(post, stock)),
        )
        with CodeReaders(post.desk, refused) as readers:
            step = replace(step, readable=readers.by_camera or readers.by_scanner)
            answer = post.desk.citizen.ask(step, meanwhile=readers.read, every=readers.pause)
        refused = None
        match answer:
            case StaffTab():
                return answer
            case ReadersChanged():
                post.tell = step.tell
            case LoadChoice.CONFIRM:
                _confirm(post)
            case LoadChoice.TYPE_LABEL:
                _type_label(post)
            case bytes():
                refused = answer
                _with_label(post, answer.decode(errors="replace").strip())


def _type_label(post: Post) -> None:
    letters = post.desk.town.town.short
    answer = post.desk.citizen.ask(EnterLabel(post.duty, letters))
    if not isinstance(answer, Back):
        _with_label(post, f"{letters}-{answer[:2]}-{answer[2:]}")


def _with_label(post: Post, label: str) -> None:
    stock = post.stock()
    document = next((one for one in stock.to_load if one.reference.casefold() == label.casefold()), None)
    if document is None:
        known = label.startswith(f"{post.desk.town.town.short}-")
        post.news(StaffNews.UNKNOWN_LABEL if known else StaffNews.NOT_A_LABEL)
        return
    with post.wall() as wall:
        if wall is not None:
            _lay_in(post, wall, document)


def _lay_in(post: Post, wall: LockerWall, document: ToLoad) -> None:
    """Into a free compartment; into another one if its door does not open."""
    while True:
        stock = post.stock()
        number = free_compartment(wall.layout, stock, reach=document.reach)
        if number is None:
            reach = document.reach and free_compartment(wall.layout, stock, reach=False) is not None
            post.news(StaffNews.NO_COMPARTMENT_IN_REACH if reach else StaffNews.NO_COMPARTMENT)
            return
        pickup = PickupId(str(uuid4()))
        page = post.page(Purpose.LOAD, wall, number, document)
        with post.desk.staff.loading(post.shift, document, number, pickup) as effect:
            opening = StaffOpening(post.desk, wall, number, post.duty)
            end = opening.go(page)
            match end:
                case End.CLOSED | End.TOLD:
                    effect.done(
                        end.value,
                        PickupLoaded(
                            pickup=pickup,
                            document=document.document,
                            compartment=number,
                            reach=document.reach,
                            employee=post.shift.number,
                        ),
                    )
                case End.SKIPPED | End.NOT_SENT:
                    effect.done(end.value)
                case End.STUCK:
                    effect.done(end.value, post.mark(number, in_order=False))
                case End.LEFT_OPEN | End.UNCLEAR:
                    effect.done(
                        end.value,
                        LoadingUnclear(
                            pickup=pickup,
                            document=document.document,
                            compartment=number,
                            employee=post.shift.number,
                            why=DOORS[opening.lock.door],
                        ),
                    )
        if end is End.STUCK:
            continue
        if end in {End.CLOSED, End.TOLD}:
            post.done += 1
        loaded = StaffNews.LOADED_FOUR_EYES if stock.four_eyes else StaffNews.LOADED
        post.news(
            {
                End.CLOSED: loaded,
                End.TOLD: loaded,
                End.SKIPPED: StaffNews.SKIPPED,
                End.NOT_SENT: StaffNews.WALL_AWAY,
            }.get(end, StaffNews.DOOR_UNCLEAR),
            number,
        )
        return


def _to_confirm(post: Post, stock: Stock) -> tuple[Lying, ...]:
    return tuple(one for one in stock.lying if one.state == "placed" and one.by != post.shift.number)


def _confirm(post: Post) -> None:
    while lying := _to_confirm(post, post.stock()):
        rows = {row(one, Overdue.TO_CONFIRM): one for one in lying}
        answer = post.desk.citizen.ask(TakeBack(post.duty, tuple(rows), post.told(), confirming=True))
        if not isinstance(answer, OverdueRow):
            return
        one = rows[answer]
        with post.wall() as wall:
            if wall is None:
                return
            with post.desk.staff.looking(post.shift, one.compartment, OpeningReason.LOOK_INSIDE) as effect:
                end = post.at_door(wall, one.compartment, Purpose.CONFIRM, one)
                seen = end in {End.CLOSED, End.TOLD}
                effect.done(end.value, PickupConfirmed(pickup=one.pickup, employee=post.shift.number) if seen else None)
        post.news(StaffNews.CONFIRMED if seen else NEWS.get(end, StaffNews.DOOR_UNCLEAR), one.compartment)
