"""I come for my document: a code opens a compartment, once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final, Literal

from central_office.contract.pickup_code import NotAPickupCode, PickupCode, parse_shown, parse_typed
from central_office.contract.pickups import PickupCollected, PickupFailed
from central_office.contract.town import SecondFactor
from devices.conditions import Ready
from devices.errors import Unavailable
from devices.identity_cards import Holder
from devices.roles import LOCKER_WALL, BoardSilent, Door, Opened, TooLate
from kiosk_app.lock import LOOK_EVERY, Lock
from kiosk_app.outcomes import Outcome
from kiosk_app.readers import CodeReaders, read_as
from kiosk_app.services.by_card import card_back, card_way_open, holder_by_card
from kiosk_app.services.card_pages import card_ends
from kiosk_app.services.identify import ask_birth_date
from kiosk_app.wall_map import wall_map
from offline_cache.tries import Locked
from screens.steps import (
    BACK,
    Back,
    CodeProblem,
    ReadersChanged,
    Reason,
    Retry,
    Searching,
    ServiceKey,
    TooManyTries,
    Way,
)
from screens.steps_card import CardEnd
from screens.steps_collect import (
    AskPinLetter,
    AtCounter,
    ChooseDocument,
    CodeOpensNothing,
    Collectable,
    Collected,
    DoorAnswer,
    EnterPickupCode,
    GoToCounter,
    LockerOpen,
    LockerOpens,
)

if TYPE_CHECKING:
    from datetime import date

    from devices.noticeboard import Noticeboard
    from devices.roles import LockerWall
    from kiosk_app.desk import Desk
    from offline_cache.pickups import Waiting

PATIENCE: Final = timedelta(seconds=60)
"""After so long without a word the citizen is asked to close the door; after as long again nobody is there."""

Report = PickupCollected | PickupFailed


def collect(desk: Desk) -> Outcome | Back:
    """Have the code, ask what must be asked, open the compartment, and see the door closed."""
    while True:
        code = _ask_code(desk)
        if isinstance(code, Back):
            return BACK
        if isinstance(state := desk.tries.state(code), Locked):
            desk.citizen.ask(TooManyTries(state.until, ServiceKey.COLLECT))
            return Outcome.LOCKED
        birth_date: date | None = None
        if desk.town.collect.second_factor is SecondFactor.BIRTH_DATE:
            answer = _birth_date(desk)
            if isinstance(answer, Outcome):
                return answer
            if isinstance(answer, Back):
                continue
            birth_date = answer
        desk.citizen.tell(Searching(ServiceKey.COLLECT))
        found = desk.pickups.waiting(code, birth_date, desk.now().astimezone(desk.town.zone).date())
        outcome = _hand_out(desk, code, found) if found else _miss(desk, code)
        if not isinstance(outcome, Back):
            return outcome


def wall_hindrance(noticeboard: Noticeboard) -> Reason | None:
    """Why nothing can be collected now; None if it can."""
    return None if isinstance(noticeboard.of(LOCKER_WALL), Ready) else Reason.NO_LOCKERS


def _ask_code(desk: Desk) -> PickupCode | Back:
    problem: CodeProblem | None = None
    refused: bytes | None = None
    while True:
        with CodeReaders(desk, refused) as readers:
            step = EnterPickupCode(readers.by_camera or readers.by_scanner, problem)
            answer = desk.citizen.ask(step, meanwhile=readers.read, every=readers.pause)
        match answer:
            case Back():
                return BACK
            case ReadersChanged():
                problem = None
            case bytes():
                shown = read_as(parse_shown, answer, desk.town.key)
                if isinstance(shown, CodeProblem):
                    problem, refused = shown, answer
                else:
                    desk.visit.claim = "letter"
                    return shown
            case str():
                try:
                    code = parse_typed(answer)
                except NotAPickupCode:
                    continue  # the page lets nobody go on before there are twelve digits
                desk.visit.claim = "number"
                return code


def _birth_date(desk: Desk) -> date | Back | Outcome:
    """Typed, or as a signed card says it; Back: from the page to type it."""
    by_card = desk.town.identify.card and bool(card_way_open(desk.noticeboard))
    while True:
        answer = ask_birth_date(desk, ServiceKey.COLLECT, by_card=by_card)
        if not isinstance(answer, Way):
            return answer
        holder = holder_by_card(desk, ServiceKey.COLLECT)
        if isinstance(holder, Holder):
            if holder.birth_date is not None:
                card_back(desk, ServiceKey.COLLECT)
                return holder.birth_date
            holder = card_ends(desk, CardEnd.TELLS_TOO_LITTLE, ServiceKey.COLLECT)
        if isinstance(holder, Outcome):
            return holder


def _miss(desk: Desk, code: PickupCode) -> Outcome | Back:
    """The same answer whatever was wrong; counted before it is given."""
    desk.pickups.missed(code)
    state = desk.tries.missed(code)
    if isinstance(state, Locked):
        desk.citizen.ask(TooManyTries(state.until, ServiceKey.COLLECT))
        return Outcome.LOCKED
    again = desk.citizen.ask(CodeOpensNothing(state.left)) is Retry.AGAIN
    return BACK if again else Outcome.NOT_FOUND


def _hand_out(desk: Desk, code: PickupCode, found: tuple[Waiting, ...]) -> Outcome | Back:
    """One document after the other, in the order that the citizen wishes."""
    desk.tries.hit(code)
    while True:
        one = found[0]
        if len(found) > 1:
            choices = {Collectable(each.compartment, each.contents.kind): each for each in found}
            answer = desk.citizen.ask(ChooseDocument(tuple(choices)))
            if isinstance(answer, Back):
                return BACK
            one = choices[answer]
        outcome = _one(desk, one, more=len(found) > 1)
        found = tuple(each for each in found if each is not one)
        if isinstance(outcome, Back) or not found:
            return outcome


def _one(desk: Desk, one: Waiting, *, more: bool) -> Outcome | Back:
    if one.contents.counter_only:
        return _to_counter(desk, AtCounter.NOT_BY_BOX)
    if one.contents.ask_pin_letter:
        answer = desk.citizen.ask(AskPinLetter())
        if isinstance(answer, Back):
            return BACK
        if not answer:
            return _to_counter(desk, AtCounter.NO_PIN_LETTER)
    try:
        with desk.devices.lease(LOCKER_WALL) as wall:
            if wall.layout.compartment(one.compartment) is None:
                return _to_counter(desk, AtCounter.OUT_OF_ORDER)
            # The code is used from here on, whatever becomes of the lock, the line or the power, unless it is known
            # that no command went out.
            with desk.pickups.opening(one, pin_letter=one.contents.ask_pin_letter) as effect:
                opening = _Opening(desk, wall, one)
                try:
                    report = opening.go()
                except BaseException:
                    # She left, or the program ends; if the lock was never spoken to, her code is as good as before.
                    if not opening.lock.sent:
                        effect.spare()
                    raise
                effect.done(report.how if isinstance(report, PickupCollected) else report.why, report)
    except Unavailable:
        return _to_counter(desk, AtCounter.OUT_OF_ORDER)
    if isinstance(report, PickupFailed):
        return _to_counter(desk, AtCounter.DID_NOT_OPEN)
    desk.citizen.ask(Collected(left_open=report.how == "left_open", more=more))
    return Outcome.ANSWERED


def _to_counter(desk: Desk, why: AtCounter) -> Outcome:
    desk.citizen.ask(GoToCounter(why))
    return Outcome.ANSWERED


class _Opening:
    """One compartment from the first pulse to the closed door; the lock is released twice at most."""

    def __init__(self, desk: Desk, wall: LockerWall, one: Waiting) -> None:
        self._desk = desk
        self._one = one
        self._layout = wall.layout
        self.lock = Lock(
            desk,
            wall,
            one.compartment,
            announce=lambda: desk.citizen.tell(LockerOpens(one.compartment)),
            patience=PATIENCE,
        )

    def go(self) -> Report:
        """Release the lock, once more if it stays closed, and wait for the door; how it ended."""
        lock, tries = self.lock, 1
        outcome = lock.release()
        if not isinstance(outcome, Opened):
            tries, outcome = 2, lock.release()
        if isinstance(outcome, TooLate) or (isinstance(outcome, BoardSilent) and not outcome.sent):
            return self._failed("command_late" if isinstance(outcome, TooLate) else "board_silent")
        still_open = False
        while True:
            step = LockerOpen(
                wall_map(self._layout, self._one.compartment),
                sure=lock.seen_open,
                still_open=still_open,
                can_retry=tries < 2,
            )
            match self._desk.citizen.ask(step, meanwhile=lock.watch, every=LOOK_EVERY):
                case DoorAnswer.CLOSED:
                    return PickupCollected(pickup=self._one.pickup, how="closed")
                case DoorAnswer.DID_NOT_OPEN if tries < 2:
                    tries += 1
                    lock.release()
                case DoorAnswer.DID_NOT_OPEN:
                    return self._failed("still_closed")
                case DoorAnswer.FINISHED if not lock.stands_open:
                    return PickupCollected(pickup=self._one.pickup, how="told")
                case _ if still_open:
                    if lock.stands_open:
                        return PickupCollected(pickup=self._one.pickup, how="left_open")
                    return self._failed("door_closed" if lock.door is Door.CLOSED else "door_unknown")
                case _:
                    still_open = True
            lock.wait_anew()

    def _failed(
        self, why: Literal["still_closed", "board_silent", "command_late", "door_closed", "door_unknown"]
    ) -> PickupFailed:
        return PickupFailed(pickup=self._one.pickup, why=why)
