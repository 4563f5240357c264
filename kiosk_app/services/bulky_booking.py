"""What ordering a pickup and moving one have in common: the days that can be had, and the confirmation."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from central_office.contract.bulky import resource
from central_office.contract.bulky_days import nearest, offers
from kiosk_app.outcomes import Outcome
from kiosk_app.slips import pickup_receipt, print_slip, printer_state
from screens.slip_bulky import calendar_text, pickup_slip
from screens.steps import SlipState
from screens.steps_bulky import AskingOffice, Booked, ShowBooked, Told

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from central_office.contract.bulky import District, Item, OrderKind, WasteRules
    from central_office.contract.bulky_codes import OrderCode
    from central_office.contract.bulky_days import DayOffer
    from devices.receipts import Receipt
    from kiosk_app.desk import Desk

FRESH: Final = timedelta(minutes=30)
"""So long what the office said is free may be shown; it says it anew every ten minutes."""
LOOKS: Final = 40
LOOK_EVERY: Final = 0.25
"""How often, and how many seconds apart, the kiosk looks whether the office lent what was asked for."""


class Days:
    """The days on which one pickup can be had; `silent` once the office did not answer in this visit."""

    def __init__(self, rules: WasteRules, desk: Desk) -> None:
        self._rules = rules
        self._desk = desk
        self.silent = False

    @property
    def today(self) -> date:
        """The town's date."""
        return self._desk.now().astimezone(self._desk.town.zone).date()

    def offers(self, district: District, kind: OrderKind, units: int, *, express: bool = False) -> tuple[DayOffer, ...]:
        """The calendar; with the early days that cost something, if `express`."""
        since = self._desk.now() - FRESH
        leases = self._desk.leases
        found: tuple[DayOffer, ...] = ()
        for early in (True, False) if express else (False,):
            found += offers(
                self._rules,
                district,
                kind,
                units,
                self.today,
                held=leases.available,
                known=lambda one: 0 if self.silent else leases.outlook(one, since),
                express=early,
            )
        return found

    def office_lends(self, kind: OrderKind, district: District, day: date, units: int) -> bool:
        """Ask the office for what is missing, and wait a moment for it."""
        of, desk = resource(kind, district, day), self._desk
        desk.leases.want(of, units)
        left = LOOKS

        def looked() -> bool | None:
            nonlocal left
            left -= 1
            return True if desk.leases.available(of) >= units else False if left <= 0 else None

        return desk.citizen.ask(AskingOffice(), meanwhile=looked, every=LOOK_EVERY)


def nearest_day(found: tuple[DayOffer, ...], wanted: date) -> date | None:
    """The day on offer that is nearest to the wanted one."""
    offer = nearest(found, wanted)
    return None if offer is None else offer.day


def confirm(  # noqa: PLR0913 - what a confirmation is made of
    desk: Desk,
    rules: WasteRules,
    code: OrderCode,
    day: date,
    items: tuple[tuple[Item, int], ...],
    *,
    place: str,
    told: Told = Told.BOOKED,
    paid: int = 0,
    fee_receipt: Callable[[], Receipt] | None = None,
) -> Outcome:
    """Show number, code and day, to take away; it changes nothing, so it can be shown as often as anybody likes.

    `paid`: cents that were paid for it by card just now; `fee_receipt` is printed behind the slip.
    """
    number, language, around = str(code.number), desk.language(), desk.surroundings()
    calendar = calendar_text(number, day, rules, language, around, place=place, made=desk.now())
    slip = printer_state(desk)

    def page(state: SlipState) -> ShowBooked:
        return ShowBooked(number, code.code, rules, items, day, place, calendar, state, told, paid)

    while True:
        match desk.citizen.ask(page(slip)):
            case Booked.PRINT:
                desk.citizen.tell(page(SlipState.PRINTING))
                around = desk.surroundings()
                words = pickup_slip(code, day, items, rules, desk.language(), around, calendar=calendar)
                slip = print_slip(desk, pickup_receipt(words))
                if fee_receipt is not None and slip is SlipState.PRINTED:
                    slip = print_slip(desk, fee_receipt())
            case Booked.ELSE:
                desk.visit.goes_on = True
                return Outcome.ANSWERED
            case Booked.FINISH:
                return Outcome.ANSWERED
