"""Where is my document?"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from central_office.contract.claims import TypedNumber
from kiosk_app.outcomes import Outcome
from kiosk_app.services.identify import identify
from kiosk_app.slips import print_slip, printer_state, receipt
from offline_cache.replica import ReplicaUnavailable
from offline_cache.tries import Locked
from screens.slip import slip_words
from screens.steps import (
    BACK,
    Back,
    ExplainUnavailable,
    Reason,
    Retry,
    Searching,
    ServiceKey,
    ShowNotFound,
    ShowStatus,
    SlipState,
    StatusChoice,
    TooManyTries,
    Way,
)

if TYPE_CHECKING:
    from central_office.contract.claims import Claim
    from central_office.contract.documents import DocumentStatus
    from kiosk_app.desk import Desk


def document_status(desk: Desk) -> Outcome | Back:
    """Say where the citizen's document is, and let her take the answer away."""
    while True:
        claim = identify(desk)
        if isinstance(claim, Back):
            return BACK
        if isinstance(claim, TypedNumber) and isinstance(state := desk.tries.state(claim), Locked):
            desk.citizen.ask(TooManyTries(state.until))
            return Outcome.LOCKED
        desk.citizen.tell(Searching())
        try:
            document = desk.replica.document(claim)
        except ReplicaUnavailable:
            desk.citizen.ask(ExplainUnavailable(ServiceKey.DOCUMENT_STATUS, Reason.NO_DATA_YET))
            return BACK
        outcome = _miss(desk, claim) if document is None else _found(desk, claim, document)
        if not isinstance(outcome, Back):
            return outcome


def _found(desk: Desk, claim: Claim, document: DocumentStatus) -> Outcome | Back:
    if isinstance(claim, TypedNumber):
        desk.tries.hit(claim)
    return _show(desk, document)


def _show(desk: Desk, document: DocumentStatus) -> Outcome | Back:
    as_of = desk.replica.as_of() or desk.now()
    stale = desk.now() - as_of > timedelta(hours=desk.stale_after_hours)
    slip = printer_state(desk)
    while True:
        step = ShowStatus(document, as_of=as_of, stale=stale, slip=slip)
        match desk.citizen.ask(step):
            case StatusChoice.PRINT:
                desk.citizen.tell(ShowStatus(document, as_of=as_of, stale=stale, slip=SlipState.PRINTING))
                slip = print_slip(desk, receipt(slip_words(document, as_of, desk.language(), desk.surroundings())))
            case StatusChoice.FINISH:
                return Outcome.ANSWERED
            case Back():
                return BACK


def _miss(desk: Desk, claim: Claim) -> Outcome | Back:
    if not isinstance(claim, TypedNumber):
        way, left = Way.LETTER, None
    else:
        state = desk.tries.missed(claim)
        if isinstance(state, Locked):
            desk.citizen.ask(TooManyTries(state.until))
            return Outcome.LOCKED
        way, left = Way.NUMBER, state.left
    match desk.citizen.ask(ShowNotFound(way, left)):
        case Retry.AGAIN | Retry.OTHER_WAY:
            return BACK
        case Retry.FINISH:
            return Outcome.NOT_FOUND
