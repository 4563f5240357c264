"""A payment as its citizen sees it: the pages meanwhile, and the page when it did not lead to what was wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kiosk_app.receipts import card_words, customer_lines, number_of, pay_receipt
from kiosk_app.slips import print_slip, printer_state
from offline_cache.sales import Ending
from screens.slip_bags import phone_proof, proof_slip
from screens.steps import Changed, SlipState
from screens.steps_bags import BagsComing, PayByCard, PayState, Receipt, SaleStopped, Stop

if TYPE_CHECKING:
    from collections.abc import Callable

    from devices.payments import Advice
    from kiosk_app.desk import Desk
    from kiosk_app.sale import SaleResult
    from screens.steps import ServiceKey
    from screens.steps_bags import Chosen

LOOK_EVERY: Final = 0.1

_STOPS: Final = {Ending.DECLINED: Stop.DECLINED, Ending.ABORTED: Stop.ABORTED, Ending.REVERSED: Stop.REVERSED}


class PaymentPages:
    """Shows a sale while it goes on; implements `kiosk_app.sale.Showing`."""

    def __init__(self, desk: Desk, service: ServiceKey, cents: int, chosen: Chosen = ()) -> None:
        self._desk = desk
        self._service = service
        self._cents = cents
        self._chosen = chosen

    def paying(self, advice: Advice, changed: Callable[[], bool]) -> bool:
        """Show what she should do at the card machine until it changes; True if she cancels."""
        if not self._cents:
            self.dispensing(0, 0, changed)  # nothing is to be paid: the first bag is about to come
            return False
        step = PayByCard(self._service, self._cents, self._chosen, PayState(advice.value))
        return self._desk.citizen.ask(step, meanwhile=lambda: False if changed() else None, every=LOOK_EVERY)

    def dispensing(self, done: int, of: int, changed: Callable[[], bool]) -> None:
        """Show that so many have come out until it changes."""
        step = BagsComing(self._chosen, min(done, of), paid=bool(self._cents))
        self._desk.citizen.ask(step, meanwhile=lambda: Changed() if changed() else None, every=LOOK_EVERY)


def tell_stopped(desk: Desk, service: ServiceKey, result: SaleResult) -> bool:
    """Say why nothing was sold, with a proof where money may have moved; True if she wants to try again."""
    number, issued = number_of(result.sale), sum(sold.issued for sold in result.lines)
    stop = _STOPS.get(result.ending, Stop.UNCLEAR)
    if not result.asked:
        stop = Stop.REVERSED  # against a voucher nothing is paid; only the machine can have failed
    slip = printer_state(desk)

    def page(state: SlipState) -> SaleStopped:
        code = phone_proof(number, result.asked, desk.language(), desk.surroundings())
        known = result.not_charged_known
        return SaleStopped(service, stop, result.asked, known, number, code, state, issued)

    while True:
        match desk.citizen.ask(page(slip)):
            case Receipt.PRINT:
                desk.citizen.tell(page(SlipState.PRINTING))
                words = proof_slip(
                    number,
                    result.asked,
                    desk.language(),
                    desk.surroundings(),
                    not_charged=result.not_charged_known,
                    issued=issued,
                    card=card_words(result.payment),
                    lines=customer_lines(result.slips),
                )
                slip = print_slip(desk, pay_receipt(words))
            case Receipt.AGAIN:
                return True
            case _:
                return False
