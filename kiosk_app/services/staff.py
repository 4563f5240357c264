"""I work here: an employee signs in, lays documents into compartments, hands over, takes back, opens with a reason.

Works with the line cut: the list of staff and of what there is to do lies here, closed, and opens with the PIN. What is
done is told to the office by the employee's number. Longer than other services, as it is four short ones in one shift.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Literal, NoReturn
from uuid import uuid4

from central_office.contract.letter_code import DamagedCode, NotOurCode, OtherTownsCode
from central_office.contract.pickup_code import NotAPickupCode, parse_shown, parse_typed
from central_office.contract.pickups import PickupFailed, PickupId, PickupLoaded
from central_office.contract.staff import (
    MAX_NOTE,
    CompartmentMarked,
    LoadingUnclear,
    OpeningReason,
    PickupConfirmed,
    PickupHandedOver,
    PickupTakenOut,
    Right,
    StaffSignedOut,
)
from central_office.contract.staff_card import EmployeeNumber, is_number, is_pin, parse_card
from central_office.contract.town import SecondFactor
from devices.errors import Unavailable
from devices.roles import LOCKER_WALL, Door
from kiosk_app.readers import CodeReaders
from kiosk_app.staff_door import End, StaffOpening
from kiosk_app.staff_map import free_compartment, layout_of, staff_wall
from offline_cache.pickups import AlreadyUsed
from offline_cache.tries import EmployeeTries, Locked
from screens.stage import Abandoned, Ending
from screens.steps import Back, CodeProblem, ReadersChanged
from screens.steps_staff import (
    Check,
    Collector,
    DoorState,
    EnterCompartment,
    EnterLabel,
    EnterNote,
    Envelope,
    HandOverCheck,
    HandOverChoice,
    HandOverCode,
    LoadChoice,
    LoadDocuments,
    OldDocument,
    OnDuty,
    OpenChoice,
    OpenWithReason,
    Overdue,
    OverdueRow,
    Purpose,
    StaffDoor,
    StaffLocked,
    StaffNews,
    StaffPin,
    StaffSignIn,
    StaffTab,
    TakeBack,
    Tell,
    Why,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from central_office.contract.pickup_code import PickupCode
    from central_office.contract.staff import Lying, ToLoad
    from devices.roles import LockerWall
    from kiosk_app.desk import Desk
    from offline_cache.pickups import Waiting
    from offline_cache.staff import Shift, Stock

_TABS: Final = {
    Right.LOAD: StaffTab.LOAD,
    Right.HAND_OVER: StaffTab.HAND_OVER,
    Right.TAKE_BACK: StaffTab.TAKE_BACK,
    Right.OPEN: StaffTab.OPEN,
}
_NEXT: Final = 3
"""How many of the documents that wait are named."""

_DOORS: Final[dict[Door, Literal["door_open", "door_closed", "door_unknown"]]] = {
    Door.OPEN: "door_open",
    Door.CLOSED: "door_closed",
    Door.UNKNOWN: "door_unknown",
}


class _Revoked(Exception):
    """The office says that this employee may not be signed in any more."""


def staff(desk: Desk) -> None:
    """Sign an employee in, and let them work until they sign out, fall silent, or the office says no."""
    shift = _sign_in(desk)
    if shift is None:
        return
    how: Literal["by_self", "idle", "revoked", "fault"] = "fault"
    try:
        _Duty(desk, shift).run()
    except _Revoked:
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
}


def _sign_in(desk: Desk) -> Shift | None:
    """Who signed in; None if they went back. The same answer whether it was the number or the PIN."""
    left: int | None = None
    problem: CodeProblem | None = None
    refused: bytes | None = None
    while True:
        with CodeReaders(desk, refused) as readers:
            step = StaffSignIn(readers.by_camera or readers.by_scanner, left, problem)
            answer = desk.citizen.ask(step, meanwhile=readers.read, every=readers.pause)
        name, number = "", None
        match answer:
            case Back():
                return None
            case ReadersChanged():
                problem = None
            case bytes():
                left, read = None, _card(desk, answer)
                if isinstance(read, CodeProblem):
                    problem, refused = read, answer
                else:
                    number, name = read
            case str() if is_number(answer):
                number = EmployeeNumber(answer)
            case _:
                pass
        if number is None:
            continue
        problem = None
        tries = EmployeeTries(number)
        if isinstance(state := desk.tries.state(tries), Locked):
            desk.citizen.ask(StaffLocked(state.until))
            return None
        pin = desk.citizen.ask(StaffPin(name))
        if isinstance(pin, Back) or not is_pin(pin):
            continue
        shift = desk.staff.sign_in(number, pin, with_card=bool(name))
        if shift is not None:
            desk.tries.hit(tries)
            return shift
        state = desk.tries.missed(tries)
        if isinstance(state, Locked):
            desk.citizen.ask(StaffLocked(state.until))
            return None
        left = state.left


def _card(desk: Desk, shown: bytes) -> tuple[EmployeeNumber, str] | CodeProblem:
    """Whose card was shown; a card that was replaced or revoked is nobody's."""
    try:
        card = parse_card(shown, desk.town.key)
    except NotOurCode:
        return CodeProblem.NOT_OURS
    except DamagedCode:
        return CodeProblem.DAMAGED
    except OtherTownsCode:
        return CodeProblem.OTHER_TOWN
    name = desk.staff.name_on(card)
    return CodeProblem.NOT_OURS if name is None else (card.number, name)


class _Duty:
    """One shift, from signing in to signing out."""

    def __init__(self, desk: Desk, shift: Shift) -> None:
        self._desk = desk
        self._shift = shift
        self._duty = OnDuty(shift.name, tuple(tab for right, tab in _TABS.items() if right in shift.rights))
        self._done = 0
        """How many were laid in during this shift."""
        self._tell: Tell | None = None

    def run(self) -> NoReturn:
        """Go from one part of the work to the other, as the bar says."""
        pages = {
            StaffTab.LOAD: self._load,
            StaffTab.HAND_OVER: self._hand_over,
            StaffTab.TAKE_BACK: self._take_back,
            StaffTab.OPEN: self._open,
        }
        if not self._duty.tabs:
            raise _Revoked
        tab = self._duty.tabs[0]
        while True:
            tab = pages[tab]()

    def _stock(self) -> Stock:
        stock = self._desk.staff.stock(self._shift)
        if stock is None:
            raise _Revoked
        return stock

    def _news(self, news: StaffNews, compartment: int = 0) -> None:
        self._tell = Tell(news, compartment)

    def _told(self) -> Tell | None:
        told, self._tell = self._tell, None
        return told

    @contextmanager
    def _wall(self) -> Iterator[LockerWall | None]:
        """The wall alone for this employee; None if it is away, which is told."""
        try:
            lease = self._desk.devices.lease(LOCKER_WALL)
            wall = lease.__enter__()
        except Unavailable:
            self._news(StaffNews.WALL_AWAY)
            yield None
            return
        try:
            yield wall
        finally:
            lease.__exit__(None, None, None)

    # Laying in

    def _load(self) -> StaffTab:
        refused: bytes | None = None
        while True:
            stock = self._stock()
            step = LoadDocuments(
                self._duty,
                staff_wall(self._desk, layout_of(self._desk), stock),
                self._done,
                self._done + len(stock.to_load),
                tuple(_envelope(one) for one in stock.to_load[:_NEXT]),
                tell=self._told(),
                to_confirm=len(self._to_confirm(stock)),
            )
            with CodeReaders(self._desk, refused) as readers:
                step = replace(step, readable=readers.by_camera or readers.by_scanner)
                answer = self._desk.citizen.ask(step, meanwhile=readers.read, every=readers.pause)
            refused = None
            match answer:
                case StaffTab():
                    return answer
                case ReadersChanged():
                    self._tell = step.tell
                case LoadChoice.CONFIRM:
                    self._confirm()
                case LoadChoice.TYPE_LABEL:
                    self._type_label()
                case bytes():
                    refused = answer
                    self._with_label(answer.decode(errors="replace").strip())

    def _type_label(self) -> None:
        letters = self._desk.town.town.short
        answer = self._desk.citizen.ask(EnterLabel(self._duty, letters))
        if not isinstance(answer, Back):
            self._with_label(f"{letters}-{answer[:2]}-{answer[2:]}")

    def _with_label(self, label: str) -> None:
        stock = self._stock()
        document = next((one for one in stock.to_load if one.reference.casefold() == label.casefold()), None)
        if document is None:
            known = label.startswith(f"{self._desk.town.town.short}-")
            self._news(StaffNews.UNKNOWN_LABEL if known else StaffNews.NOT_A_LABEL)
            return
        with self._wall() as wall:
            if wall is not None:
                self._lay_in(wall, document)

    def _lay_in(self, wall: LockerWall, document: ToLoad) -> None:
        """Into a free compartment; into another one if its door does not open."""
        while True:
            stock = self._stock()
            number = free_compartment(wall.layout, stock, reach=document.reach)
            if number is None:
                reach = document.reach and free_compartment(wall.layout, stock, reach=False) is not None
                self._news(StaffNews.NO_COMPARTMENT_IN_REACH if reach else StaffNews.NO_COMPARTMENT)
                return
            pickup = PickupId(str(uuid4()))
            page = self._page(Purpose.LOAD, wall, number, document)
            with self._desk.staff.loading(self._shift, document, number, pickup) as effect:
                opening = StaffOpening(self._desk, wall, number, self._duty)
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
                                employee=self._shift.number,
                            ),
                        )
                    case End.SKIPPED | End.NOT_SENT:
                        effect.done(end.value)
                    case End.STUCK:
                        effect.done(end.value, self._mark(number, in_order=False))
                    case End.LEFT_OPEN | End.UNCLEAR:
                        effect.done(
                            end.value,
                            LoadingUnclear(
                                pickup=pickup,
                                document=document.document,
                                compartment=number,
                                employee=self._shift.number,
                                why=_DOORS[opening.door],
                            ),
                        )
            if end is End.STUCK:
                continue
            if end in {End.CLOSED, End.TOLD}:
                self._done += 1
            loaded = StaffNews.LOADED_FOUR_EYES if stock.four_eyes else StaffNews.LOADED
            self._news(
                {
                    End.CLOSED: loaded,
                    End.TOLD: loaded,
                    End.SKIPPED: StaffNews.SKIPPED,
                    End.NOT_SENT: StaffNews.WALL_AWAY,
                }.get(end, StaffNews.DOOR_UNCLEAR),
                number,
            )
            return

    def _page(
        self, purpose: Purpose, wall: LockerWall, number: int, about: ToLoad | Lying | None
    ) -> Callable[[bool, bool], StaffDoor]:
        """What is shown while the door is open: as sure as the contact is, and whether it should be closed by now."""
        layout, stock = wall.layout, self._stock()
        rest: tuple[ToLoad, ...] = ()
        if purpose is Purpose.LOAD:
            rest = tuple(one for one in stock.to_load if about is None or one.reference != about.reference)
        drawn = staff_wall(self._desk, layout, stock, number)

        def page(sure: bool, still_open: bool) -> StaffDoor:  # noqa: FBT001 - asked for by the opening alone
            return StaffDoor(
                self._duty,
                purpose,
                drawn,
                None if about is None else _envelope(about),
                self._done + 1,
                self._done + 1 + len(rest),
                tuple(_envelope(one) for one in rest[:_NEXT]),
                sure=sure,
                still_open=still_open,
            )

        return page

    def _mark(self, number: int, *, in_order: bool) -> CompartmentMarked:
        return CompartmentMarked(compartment=number, employee=self._shift.number, in_order=in_order)

    # A second pair of eyes

    def _to_confirm(self, stock: Stock) -> tuple[Lying, ...]:
        return tuple(one for one in stock.lying if one.state == "placed" and one.by != self._shift.number)

    def _confirm(self) -> None:
        while lying := self._to_confirm(self._stock()):
            rows = {_row(one, Overdue.TO_CONFIRM): one for one in lying}
            answer = self._desk.citizen.ask(TakeBack(self._duty, tuple(rows), self._told(), confirming=True))
            if not isinstance(answer, OverdueRow):
                return
            one = rows[answer]
            with self._wall() as wall:
                if wall is None:
                    return
                with self._desk.staff.looking(self._shift, one.compartment, OpeningReason.LOOK_INSIDE) as effect:
                    end = self._at_door(wall, one.compartment, Purpose.CONFIRM, one)
                    seen = end in {End.CLOSED, End.TOLD}
                    effect.done(
                        end.value, PickupConfirmed(pickup=one.pickup, employee=self._shift.number) if seen else None
                    )
            self._news(StaffNews.CONFIRMED if seen else _NEWS.get(end, StaffNews.DOOR_UNCLEAR), one.compartment)

    def _at_door(self, wall: LockerWall, number: int, purpose: Purpose, about: Lying | None) -> End:
        opening = StaffOpening(self._desk, wall, number, self._duty)
        return opening.go(self._page(purpose, wall, number, about))

    # Handing over

    def _hand_over(self) -> StaffTab:
        problem: CodeProblem | None = None
        refused: bytes | None = None
        while True:
            self._stock()
            with CodeReaders(self._desk, refused) as readers:
                step = HandOverCode(self._duty, readers.by_camera or readers.by_scanner, problem, self._told())
                answer = self._desk.citizen.ask(step, meanwhile=readers.read, every=readers.pause)
            problem, refused = None, None
            match answer:
                case StaffTab():
                    return answer
                case ReadersChanged():
                    self._tell = step.tell
                case bytes():
                    try:
                        code = parse_shown(answer, self._desk.town.key)
                    except NotOurCode:
                        problem = CodeProblem.NOT_OURS
                    except DamagedCode:
                        problem = CodeProblem.DAMAGED
                    except OtherTownsCode:
                        problem = CodeProblem.OTHER_TOWN
                    else:
                        self._against(code)
                    refused = answer
                case str():
                    try:
                        code = parse_typed(answer)
                    except NotAPickupCode:
                        continue
                    self._against(code)

    def _against(self, code: PickupCode) -> None:
        """Hand over what the code opens; counted like a citizen's guess."""
        if isinstance(self._desk.tries.state(code), Locked):
            self._news(StaffNews.CODE_LOCKED)
            return
        found = self._found(code)
        if not found:
            self._desk.pickups.missed(code)
            locked = isinstance(self._desk.tries.missed(code), Locked)
            self._news(StaffNews.CODE_LOCKED if locked else StaffNews.CODE_OPENS_NOTHING)
            return
        self._desk.tries.hit(code)
        for lying, waiting in found:
            if not self._one_over(lying, waiting):
                return

    def _found(self, code: PickupCode) -> list[tuple[Lying, Waiting]]:
        """What the code opens. The second factor stands in the work list: staff compares it with who is there."""
        stock, today = self._stock(), self._today()
        lying = {one.pickup: one for one in stock.lying}
        born = None
        if self._desk.town.collect.second_factor is SecondFactor.BIRTH_DATE:
            born = next((lying[one].born for one in self._desk.pickups.selected(code) if one in lying), None)
        waiting = self._desk.pickups.waiting(code, born, today)
        return [(lying[one.pickup], one) for one in waiting if one.pickup in lying]

    def _one_over(self, lying: Lying, waiting: Waiting) -> bool:
        """Check, open, and write down who got it; False if it was the wrong person."""
        checks = (Check.IDENTITY, Check.PIN_LETTER) if lying.ask_pin_letter else (Check.IDENTITY,)
        step = HandOverCheck(self._duty, _envelope(lying), lying.born, lying.compartment, checks)
        while True:
            checked, collector, old = step.checked, step.collector, step.old_document
            match self._desk.citizen.ask(step):
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
            step = HandOverCheck(
                self._duty, step.envelope, step.born, step.compartment, checks, checked, collector, old
            )
        with self._wall() as wall:
            if wall is None:
                return False
            try:
                end = self._give(wall, lying, waiting, collector, old)
            except AlreadyUsed:
                self._news(StaffNews.CODE_OPENS_NOTHING)
                return False
        handed = end in {End.CLOSED, End.TOLD, End.LEFT_OPEN}
        self._news(StaffNews.HANDED_OVER if handed else _NEWS.get(end, StaffNews.DOOR_UNCLEAR), lying.compartment)
        return handed

    def _give(self, wall: LockerWall, lying: Lying, waiting: Waiting, collector: Collector, old: OldDocument) -> End:
        page = self._page(Purpose.HAND_OVER, wall, lying.compartment, lying)
        with self._desk.pickups.opening(waiting, pin_letter=lying.ask_pin_letter) as effect:
            opening = StaffOpening(self._desk, wall, lying.compartment, self._duty)
            try:
                end = opening.go(page)
            except BaseException:
                if not opening.sent:
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
                            employee=self._shift.number,
                            collector=collector.value,
                            old_document=old.value,
                            how=end.value,
                        ),
                    )
                case End.STUCK:
                    effect.done(end.value, PickupFailed(pickup=lying.pickup, why="still_closed"))
                case _:
                    effect.done(end.value, PickupFailed(pickup=lying.pickup, why=_DOORS[opening.door]))
        return end

    # Taking back

    def _take_back(self) -> StaffTab:
        while True:
            today = self._today()
            rows = {
                _row(one, Overdue.UNCLEAR if one.state == "failed" else Overdue.EXPIRED): one
                for one in self._stock().overdue(today)
            }
            answer = self._desk.citizen.ask(TakeBack(self._duty, tuple(rows), self._told()))
            if isinstance(answer, StaffTab):
                return answer
            if isinstance(answer, OverdueRow):
                with self._wall() as wall:
                    if wall is not None:
                        self._take_out(wall, rows[answer])

    def _take_out(self, wall: LockerWall, lying: Lying) -> None:
        page = self._page(Purpose.TAKE_BACK, wall, lying.compartment, lying)
        with self._desk.staff.taking(self._shift, lying) as effect:
            opening = StaffOpening(self._desk, wall, lying.compartment, self._duty)
            end = opening.go(page)
            match end:
                case End.CLOSED | End.TOLD | End.LEFT_OPEN:
                    effect.done(end.value, PickupTakenOut(pickup=lying.pickup, employee=self._shift.number))
                case End.SKIPPED | End.NOT_SENT:
                    effect.done(end.value)
                case End.STUCK:
                    effect.done(end.value, self._mark(lying.compartment, in_order=False))
                case End.UNCLEAR:
                    effect.done(end.value, PickupFailed(pickup=lying.pickup, why=_DOORS[opening.door]))
        taken = end in {End.CLOSED, End.TOLD, End.LEFT_OPEN}
        self._news(StaffNews.TAKEN_BACK if taken else _NEWS.get(end, StaffNews.DOOR_UNCLEAR), lying.compartment)

    # Opening with a reason

    def _open(self) -> StaffTab:
        while True:
            with self._wall() as wall:
                layout = None if wall is None else wall.layout
            most = 0 if layout is None else max(one.number for one in layout.compartments)
            answer = self._desk.citizen.ask(EnterCompartment(self._duty, most, self._told()))
            if isinstance(answer, StaffTab):
                return answer
            number = int(answer or "0")
            if layout is None:
                self._news(StaffNews.WALL_AWAY)
            elif layout.compartment(number) is None:
                self._news(StaffNews.NO_SUCH_COMPARTMENT, number)
            else:
                self._reason(number)

    def _reason(self, number: int) -> None:
        why: Why | None = None
        note = ""
        while True:
            stock = self._stock()
            state = DoorState.OUT_OF_ORDER if number in stock.out_of_order else DoorState.FREE
            if state is DoorState.FREE and number in stock.taken:
                state = DoorState.LOADED
            match self._desk.citizen.ask(OpenWithReason(self._duty, number, state, why, note)):
                case Back():
                    return
                case Why.OTHER:
                    said = self._desk.citizen.ask(EnterNote(self._duty, number, MAX_NOTE))
                    if isinstance(said, str) and said.strip():
                        why, note = Why.OTHER, said.strip()[:MAX_NOTE]
                case Why() as why:
                    note = ""
                case OpenChoice.IN_ORDER | OpenChoice.OUT_OF_ORDER as choice:
                    in_order = choice is OpenChoice.IN_ORDER
                    self._desk.staff.tell(self._mark(number, in_order=in_order))
                    self._news(StaffNews.IN_ORDER if in_order else StaffNews.OUT_OF_ORDER, number)
                    return
                case OpenChoice.OPEN if why is not None:
                    self._look(number, OpeningReason(why.value), note)
                    return
                case _:
                    pass

    def _look(self, number: int, reason: OpeningReason, note: str) -> None:
        with self._wall() as wall:
            if wall is None:
                return
            with self._desk.staff.looking(self._shift, number, reason, note) as effect:
                end = self._at_door(wall, number, Purpose.OPEN, None)
                effect.done(end.value, self._mark(number, in_order=False) if end is End.STUCK else None)
        opened = end in {End.CLOSED, End.TOLD, End.LEFT_OPEN}
        self._news(StaffNews.OPENED if opened else _NEWS.get(end, StaffNews.DOOR_UNCLEAR), number)

    def _today(self) -> date:
        return self._desk.now().astimezone(self._desk.town.zone).date()


_NEWS: Final = {End.STUCK: StaffNews.DOOR_STUCK, End.NOT_SENT: StaffNews.WALL_AWAY, End.SKIPPED: StaffNews.SKIPPED}


def _envelope(one: ToLoad | Lying) -> Envelope:
    return Envelope(one.reference, one.kind, one.holder)


def _row(one: Lying, why: Overdue) -> OverdueRow:
    return OverdueRow(one.compartment, _envelope(one), why, one.until)
