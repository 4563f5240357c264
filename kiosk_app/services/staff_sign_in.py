"""Signing an employee in: by card or number, and always by PIN."""

from __future__ import annotations

from typing import TYPE_CHECKING

from central_office.contract.staff_card import EmployeeNumber, is_number, is_pin, parse_card
from kiosk_app.readers import CodeReaders, read_as
from offline_cache.tries import EmployeeTries, Locked
from screens.steps import Back, CodeProblem, ReadersChanged
from screens.steps_staff import StaffLocked, StaffPin, StaffSignIn

if TYPE_CHECKING:
    from kiosk_app.desk import Desk
    from offline_cache.staff import Shift


def sign_in(desk: Desk) -> Shift | None:
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
    card = read_as(parse_card, shown, desk.town.key)
    if isinstance(card, CodeProblem):
        return card
    name = desk.staff.name_on(card)
    return CodeProblem.NOT_OURS if name is None else (card.number, name)
