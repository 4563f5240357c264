"""Ask the citizen which document is meant: by her identity card, the letter's code, or number and birth date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from central_office.contract.claims import CardHolder, TypedNumber
from central_office.contract.document_number import DocumentNumber, NotADocumentNumber, parse_typed
from central_office.contract.letter_code import LetterCode, parse
from central_office.contract.mrz_names import NoMrzName, mrz_name
from devices.conditions import Ready
from devices.identity_cards import Holder
from devices.roles import CODE_CAMERA, CODE_SCANNER
from kiosk_app.readers import CodeReaders, read_as
from kiosk_app.services.by_card import card_way_open, holder_by_card
from kiosk_app.services.card_pages import card_ends
from kiosk_app.typed_days import birth_date_of
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
from screens.steps_card import CardEnd

if TYPE_CHECKING:
    from datetime import date

    from central_office.contract.claims import Claim
    from kiosk_app.desk import Desk
    from kiosk_app.outcomes import Outcome


def identify(desk: Desk) -> Claim | CardHolder | Back | Outcome:
    """Have the citizen say which document is meant, or who she is; what was typed is kept when she goes back.

    An outcome: she tried her card, and that was all.
    """
    claim: Claim | CardHolder | Back | Outcome
    while True:
        match desk.citizen.ask(_ways(desk)):
            case Way.CARD:
                claim = from_card(desk)
            case Way.LETTER:
                claim = from_letter(desk)
            case Way.NUMBER:
                claim = from_number(desk)
            case Back():
                return BACK
        if not isinstance(claim, Back):
            return claim


def from_card(desk: Desk) -> CardHolder | Back | Outcome:
    """Have the card say who she is; only what a state signed counts."""
    holder = holder_by_card(desk)
    if not isinstance(holder, Holder):
        return holder
    if holder.birth_date is None:
        return card_ends(desk, CardEnd.TELLS_TOO_LITTLE, ServiceKey.DOCUMENT_STATUS)
    try:
        claim = CardHolder(mrz_name(holder.family_name, holder.given_names), holder.birth_date)
    except NoMrzName:
        return card_ends(desk, CardEnd.TELLS_TOO_LITTLE, ServiceKey.DOCUMENT_STATUS)
    desk.visit.claim = "card"
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
        if not isinstance(birth_date, Back | Way):
            desk.visit.claim = "number"
            return TypedNumber(number, birth_date)


def _ways(desk: Desk) -> ChooseWay:
    readable = any(isinstance(desk.noticeboard.of(role), Ready) for role in (CODE_CAMERA, CODE_SCANNER))
    closed = () if readable else ((Way.LETTER, Reason.NO_READER),)
    # Where the town does not wish it, no card finds anything: then it is not offered either.
    by_card = card_way_open(desk.noticeboard) if desk.town.identify.card else None
    if by_card is None:
        return ChooseWay(ways=(Way.LETTER, Way.NUMBER), closed=closed)
    if not by_card:
        closed = ((Way.CARD, Reason.NO_CARD_READER), *closed)
    return ChooseWay(ways=(Way.CARD, Way.LETTER, Way.NUMBER), closed=closed)


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


def ask_birth_date(
    desk: Desk, service: ServiceKey = ServiceKey.DOCUMENT_STATUS, *, by_card: bool = False
) -> date | Way | Back:
    """Have the holder's birth date typed, for `service`; `by_card`: she may choose her card instead (`Way.CARD`)."""
    problem: NumberProblem | None = None
    while True:
        answer = desk.citizen.ask(EnterBirthDate(problem, service, by_card))
        if isinstance(answer, Back):
            return BACK
        if answer is Way.CARD:
            return Way.CARD
        day = birth_date_of(answer, desk.now().astimezone(desk.town.zone).date())
        if not isinstance(day, NumberProblem):
            return day
        problem = day
