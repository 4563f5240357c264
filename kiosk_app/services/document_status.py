"""Where is my document?"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from central_office.contract.claims import CardHolder, TypedNumber
from kiosk_app.outcomes import Outcome
from kiosk_app.services.by_card import CardWatch, card_back
from kiosk_app.services.identify import identify
from kiosk_app.slips import print_slip, printer_state, receipt
from offline_cache.replica import ReplicaUnavailable
from offline_cache.tries import Locked
from screens.slip import slip_words
from screens.steps import (
    BACK,
    Back,
    Changed,
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
from screens.steps_card import ChooseMyDocument, ReadingCard, Stage

if TYPE_CHECKING:
    from central_office.contract.claims import Claim
    from central_office.contract.documents import DocumentStatus
    from kiosk_app.desk import Desk


def document_status(desk: Desk) -> Outcome | Back:
    """Say where the citizen's document is, and let her take the answer away."""
    while True:
        claim = identify(desk)
        if isinstance(claim, Back | Outcome):
            return claim
        try:
            outcome = _of_holder(desk, claim) if isinstance(claim, CardHolder) else _by_claim(desk, claim)
        except ReplicaUnavailable:
            desk.citizen.ask(ExplainUnavailable(ServiceKey.DOCUMENT_STATUS, Reason.NO_DATA_YET))
            return BACK
        if not isinstance(outcome, Back):
            return outcome


def _by_claim(desk: Desk, claim: Claim) -> Outcome | Back:
    if isinstance(claim, TypedNumber) and isinstance(state := desk.tries.state(claim), Locked):
        desk.citizen.ask(TooManyTries(state.until))
        return Outcome.LOCKED
    desk.citizen.tell(Searching())
    document = desk.replica.document(claim)
    return _miss(desk, claim) if document is None else _found(desk, claim, document)


def _of_holder(desk: Desk, holder: CardHolder) -> Outcome | Back:
    """All that is under way for whom the card names: one is shown, of several she chooses."""
    desk.citizen.tell(ReadingCard(Stage.LOOKING))
    documents = desk.replica.documents(holder)
    if not desk.ends_with_card:
        card_back(desk)
    with CardWatch(desk) as watch:
        outcome = _of_several(desk, documents, watch) if documents else _missed(desk, Way.CARD)
    if not isinstance(outcome, Back):
        card_back(desk, last=True)
    return outcome


def _of_several(desk: Desk, documents: tuple[DocumentStatus, ...], watch: CardWatch) -> Outcome | Back:
    while True:
        place: int | Back | Changed = 0
        if len(documents) > 1:
            place = desk.citizen.ask(ChooseMyDocument(documents), meanwhile=watch.gone, every=watch.every)
        match place:
            case Back():
                return BACK
            case Changed():
                return Outcome.ANSWERED
            case int():
                outcome = _show(desk, documents[place], watch)
                if len(documents) == 1 or not isinstance(outcome, Back):
                    return outcome


def _found(desk: Desk, claim: Claim, document: DocumentStatus) -> Outcome | Back:
    if isinstance(claim, TypedNumber):
        desk.tries.hit(claim)
    return _show(desk, document)


def _show(desk: Desk, document: DocumentStatus, watch: CardWatch | None = None) -> Outcome | Back:
    as_of = desk.replica.as_of() or desk.now()
    stale = desk.now() - as_of > timedelta(hours=desk.stale_after_hours)
    slip = printer_state(desk)
    meanwhile, every = (watch.gone, watch.every) if watch is not None else (None, 0.0)
    while True:
        step = ShowStatus(document, as_of=as_of, stale=stale, slip=slip)
        match desk.citizen.ask(step, meanwhile=meanwhile, every=every):
            case StatusChoice.PRINT:
                desk.citizen.tell(ShowStatus(document, as_of=as_of, stale=stale, slip=SlipState.PRINTING))
                slip = print_slip(desk, receipt(slip_words(document, as_of, desk.language(), desk.surroundings())))
            case StatusChoice.FINISH | Changed():
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
    return _missed(desk, way, left)


def _missed(desk: Desk, way: Way, left: int | None = None) -> Outcome | Back:
    match desk.citizen.ask(ShowNotFound(way, left)):
        case Retry.AGAIN | Retry.OTHER_WAY:
            return BACK
        case Retry.FINISH:
            return Outcome.NOT_FOUND
