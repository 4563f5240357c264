"""Have my bulky waste collected: order a pickup, or see to the one that I have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk_app.services.bulky_mine import my_order
from kiosk_app.services.bulky_ordering import Ordering
from screens.steps import BACK, Back
from screens.steps_bulky import BulkyStart, Start

if TYPE_CHECKING:
    from kiosk_app.bulky import BulkyWaste
    from kiosk_app.desk import Desk
    from kiosk_app.outcomes import Outcome


def bulky_waste(bulky: BulkyWaste, desk: Desk) -> Outcome | Back:
    """Ask what for, and do it; whoever goes back from an order finds all she said."""
    ordering = Ordering(bulky, desk)
    while True:
        match desk.citizen.ask(BulkyStart()):
            case Start.ORDER:
                outcome = ordering.run()
            case Start.MINE:
                outcome = my_order(bulky, desk)
            case Back():
                return BACK
        if not isinstance(outcome, Back):
            return outcome
