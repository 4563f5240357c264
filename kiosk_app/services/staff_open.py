"""Opening one compartment with a reason, and saying whether it is in order."""

from __future__ import annotations

from central_office.contract.staff import MAX_NOTE, OpeningReason
from kiosk_app.staff_door import End
from kiosk_app.staff_post import NEWS, Post
from screens.steps import Back
from screens.steps_staff import (
    DoorState,
    EnterCompartment,
    EnterNote,
    OpenChoice,
    OpenWithReason,
    Purpose,
    StaffNews,
    StaffTab,
    Why,
)


def open_one(post: Post) -> StaffTab:
    """Open compartments by number and reason, until another part of the work is chosen."""
    while True:
        with post.wall() as wall:
            layout = None if wall is None else wall.layout
        most = 0 if layout is None else max(one.number for one in layout.compartments)
        answer = post.desk.citizen.ask(EnterCompartment(post.duty, most, post.told()))
        if isinstance(answer, StaffTab):
            return answer
        number = int(answer or "0")
        if layout is None:
            post.news(StaffNews.WALL_AWAY)
        elif layout.compartment(number) is None:
            post.news(StaffNews.NO_SUCH_COMPARTMENT, number)
        else:
            _reason(post, number)


def _reason(post: Post, number: int) -> None:
    why: Why | None = None
    note = ""
    while True:
        stock = post.stock()
        state = DoorState.OUT_OF_ORDER if number in stock.out_of_order else DoorState.FREE
        if state is DoorState.FREE and number in stock.taken:
            state = DoorState.LOADED
        match post.desk.citizen.ask(OpenWithReason(post.duty, number, state, why, note)):
            case Back():
                return
            case Why.OTHER:
                said = post.desk.citizen.ask(EnterNote(post.duty, number, MAX_NOTE))
                if isinstance(said, str) and said.strip():
                    why, note = Why.OTHER, said.strip()[:MAX_NOTE]
            case Why() as why:
                note = ""
            case OpenChoice.IN_ORDER | OpenChoice.OUT_OF_ORDER as choice:
                in_order = choice is OpenChoice.IN_ORDER
                post.desk.staff.tell(post.mark(number, in_order=in_order))
                post.news(StaffNews.IN_ORDER if in_order else StaffNews.OUT_OF_ORDER, number)
                return
            case OpenChoice.OPEN if why is not None:
                _look(post, number, OpeningReason(why.value), note)
                return
            case _:
                pass


def _look(post: Post, number: int, reason: OpeningReason, note: str) -> None:
    with post.wall() as wall:
        if wall is None:
            return
        with post.desk.staff.looking(post.shift, number, reason, note) as effect:
            end = post.at_door(wall, number, Purpose.OPEN, None)
            effect.done(end.value, post.mark(number, in_order=False) if end is End.STUCK else None)
    opened = end in {End.CLOSED, End.TOLD, End.LEFT_OPEN}
    post.news(StaffNews.OPENED if opened else NEWS.get(end, StaffNews.DOOR_UNCLEAR), number)
