"""Set a PIN of one's own for a German card: with the five digits of the letter, or with the PIN it has.

It needs neither a line nor a service with a certificate: card and eID client settle it between them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from devices.conditions import Ready
from devices.errors import Cancelled, TransportError, Unavailable
from devices.online_ausweis import CardLeft, EidNotActivated, GivenUp, PinBlocked, PinChanged, ServiceRefused
from devices.roles import ONLINE_AUSWEIS
from kiosk_app.outcomes import Outcome
from kiosk_app.services.by_card import card_back
from kiosk_app.services.by_online_ausweis import AusweisTalk
from kiosk_app.services.card_pages import card_ends
from screens.steps import BACK, Back, ExplainUnavailable, Reason, Retry, ServiceKey
from screens.steps_card import CardEnd, CardProblem
from screens.steps_pin import BeginOwnPin, OwnPinSet, OwnPinUnsure

if TYPE_CHECKING:
    from devices.noticeboard import Noticeboard
    from devices.online_ausweis import ChangePinOutcome
    from kiosk_app.desk import Desk

_SERVICE = ServiceKey.OWN_PIN


def own_pin_hindrance(noticeboard: Noticeboard) -> Reason | None:
    """Why no PIN can be set now."""
    return None if isinstance(noticeboard.of(ONLINE_AUSWEIS), Ready) else Reason.NO_CARD_READER


def own_pin(desk: Desk) -> Outcome | Back:
    """Have the citizen set a PIN of her own, as often as she wants to try."""
    while True:
        if desk.citizen.ask(BeginOwnPin()) is not True:
            return BACK
        outcome = _set(desk)
        if not isinstance(outcome, Back):
            return outcome


def _set(desk: Desk) -> Outcome | Back:
    talk = AusweisTalk(desk, _SERVICE)
    while True:
        match _changed(desk, talk):
            case PinChanged():
                desk.citizen.ask(OwnPinSet())
                card_back(desk, _SERVICE, last=True)
                return Outcome.ANSWERED
            case CardLeft(pin_unsure=True):
                if desk.citizen.ask(OwnPinUnsure()) is not Retry.AGAIN:
                    return Outcome.NOT_FOUND
            case CardLeft():
                talk.problem = CardProblem.LEFT
            case PinBlocked():
                return card_ends(desk, CardEnd.PIN_BLOCKED, _SERVICE)
            case EidNotActivated():
                return card_ends(desk, CardEnd.SWITCHED_OFF, _SERVICE)
            case ServiceRefused():
                return card_ends(desk, CardEnd.REFUSED, _SERVICE)
            case GivenUp():
                return BACK
            case None:
                desk.citizen.ask(ExplainUnavailable(_SERVICE, Reason.NO_CARD_READER))
                return BACK


def _changed(desk: Desk, talk: AusweisTalk) -> ChangePinOutcome | None:
    """How it ended; None if there is nothing to do it with, and then the card is as it was."""
    talk.new_pin_said = False
    try:
        with desk.devices.lease(ONLINE_AUSWEIS) as ausweis:
            return ausweis.change_pin(talk, desk.cancel)
    except Cancelled:
        return GivenUp()  # the session is over: the next question ends it
    except (Unavailable, TransportError):
        return CardLeft(pin_unsure=True) if talk.new_pin_said else None
