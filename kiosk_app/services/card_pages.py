"""Pages that signing in with a card asks in several places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk_app.outcomes import Outcome
from screens.steps import BACK, Back, NumberProblem, Retry
from screens.steps_card import CardEnds

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from kiosk_app.desk import Desk
    from screens.steps import ServiceKey, Step
    from screens.steps_card import CardEnd


def card_ends(desk: Desk, why: CardEnd, service: ServiceKey) -> Back | Outcome:
    """Say why this card does not help; Back: she wants another way."""
    again = desk.citizen.ask(CardEnds(why, service)) is Retry.OTHER_WAY
    return BACK if again else Outcome.NOT_FOUND


def ask_day(
    desk: Desk,
    page: Callable[[NumberProblem | None], Step[str | Back]],
    meant: Callable[[str, date], date | NumberProblem],
) -> date | Back:
    """Have a day typed until it is one; `meant` is told the digits and today."""
    problem: NumberProblem | None = None
    while True:
        answer = desk.citizen.ask(page(problem))
        if isinstance(answer, Back):
            return BACK
        day = meant(answer, desk.now().astimezone(desk.town.zone).date())
        if not isinstance(day, NumberProblem):
            return day
        problem = day
