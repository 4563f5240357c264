"""Ask the citizen which document is meant: by the letter's code, or by number and birth date."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from central_office.contract.claims import TypedNumber
from central_office.contract.document_number import DocumentNumber, NotADocumentNumber, parse_typed
from central_office.contract.letter_code import LetterCode, parse
from devices.conditions import Ready
from devices.roles import CODE_CAMERA, CODE_SCANNER
from kiosk_app.readers import CodeReaders, read_as
from screens.steps import (
    BACK,
    Back,
    ChooseWay,
    CodeProblem,
    EnterBirthDate,
    EnterDocumentNumber,
    NumberProblem,
    ReadersChanged,
    Reason,
    ScanLetter,
    ServiceKey,
    TypeInstead,
    Way,
)

if TYPE_CHECKING:
    from central_office.contract.claims import Claim
    from kiosk_app.desk import Desk

OLDEST_BIRTH_YEAR = 1900


def identify(desk: Desk) -> Claim | Back:
    """Have the citizen say which document is meant; what was typed is kept when she goes back."""
    while True:
        match desk.citizen.ask(_ways(desk)):
            case Way.LETTER:
                claim = from_letter(desk)
            case Way.NUMBER:
                claim = from_number(desk)
            case Back():
                return BACK
        if not isinstance(claim, Back):
            return claim


def from_letter(desk: Desk) -> Claim | Back:
    """Read the letter's code with the camera or the scanner, whichever sees it first."""
    problem: CodeProblem | None = None
    refused: bytes | None = None
    while True:
        with CodeReaders(desk, refused) as readers:
            if problem is CodeProblem.READER_GONE and (readers.by_camera or readers.by_scanner):
                problem = None  # the other one goes on, and that is all a citizen needs to know
            step = ScanLetter(by_camera=readers.by_camera, by_scanner=readers.by_scanner, problem=problem)
            answer = desk.citizen.ask(step, meanwhile=readers.read, every=readers.pause)
        match answer:
            case Back():
                return BACK
            case TypeInstead():
                return from_number(desk)
            case ReadersChanged(gone=gone):
                problem = CodeProblem.READER_GONE if gone else None
            case bytes():
                code = read_as(parse, answer, desk.town.key)
                if isinstance(code, LetterCode):
                    desk.visit.claim = "letter"
                    return code
                problem, refused = code, answer


def from_number(desk: Desk) -> TypedNumber | Back:
    """Have the document number and the holder's birth date typed."""
    while True:
        number = _ask_number(desk)
        if isinstance(number, Back):
            return BACK
        birth_date = ask_birth_date(desk)
        if not isinstance(birth_date, Back):
            desk.visit.claim = "number"
            return TypedNumber(number, birth_date)


def birth_date_of(digits: str, today: date) -> date | NumberProblem:
    """The day that eight typed digits mean (day, month, year), or what is wrong with them."""
    try:
        day = date(int(digits[4:8]), int(digits[2:4]), int(digits[0:2]))
    except ValueError:
        return NumberProblem.NO_SUCH_DAY
    if day > today:
        return NumberProblem.IN_THE_FUTURE
    return day if day.year >= OLDEST_BIRTH_YEAR else NumberProblem.NO_SUCH_DAY


def _ways(desk: Desk) -> ChooseWay:
    readable = any(isinstance(desk.noticeboard.of(role), Ready) for role in (CODE_CAMERA, CODE_SCANNER))
    closed = () if readable else ((Way.LETTER, Reason.NO_READER),)
    return ChooseWay(ways=(Way.LETTER, Way.NUMBER), closed=closed)


def _ask_number(desk: Desk) -> DocumentNumber | Back:
    problem: NumberProblem | None = None
    while True:
        answer = desk.citizen.ask(EnterDocumentNumber(problem))
        if isinstance(answer, Back):
            return BACK
        try:
            return parse_typed(answer)
        except NotADocumentNumber:
            problem = NumberProblem.CHECK_DIGIT


def ask_birth_date(desk: Desk, service: ServiceKey = ServiceKey.DOCUMENT_STATUS) -> date | Back:
    """Have the holder's birth date typed, for `service`."""
    problem: NumberProblem | None = None
    while True:
        answer = desk.citizen.ask(EnterBirthDate(problem, service))
        if isinstance(answer, Back):
            return BACK
        day = birth_date_of(answer, desk.now().astimezone(desk.town.zone).date())
        if not isinstance(day, NumberProblem):
            return day
        problem = day
