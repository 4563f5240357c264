"""How an ended command is told to the rest of the kiosk: never better than what the terminal said."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from devices.drivers.zvt_terminal import codes
from devices.drivers.zvt_terminal.exchange import End
from devices.payments import Aborted, Declined, Paid, Reversed, Totals, Unclear

if TYPE_CHECKING:
    from devices.drivers.zvt_terminal.exchange import Ended, Manner
    from devices.payments import PayOutcome


def of_payment(ended: Ended, manner: Manner) -> PayOutcome:
    """The outcome of a command that moves money."""
    booking, slips = ended.authorised, ended.slips
    if booking is None:
        return _of_nothing(ended)
    match ended.end:
        case End.ABORTED if manner.goods and not ended.verdict:
            return Reversed(booking, slips)
        case End.COMPLETED if not manner.goods:
            return Paid(booking, slips) if not _taken_back(ended) else Reversed(booking, slips)
        case End.COMPLETED if ended.verdict:
            # After a part was issued the terminal may tell the old or the new amount, but no third one.
            last = ended.status.booking if ended.status is not None else None
            if _taken_back(ended) or (last is not None and last.amount not in (booking.amount, ended.verdict)):
                return Unclear(booking, slips)
            return Paid(replace(booking, amount=ended.verdict), slips)
        case End.COMPLETED if ended.verdict == 0 and _taken_back(ended):
            return Reversed(booking, slips)
        case _:
            return Unclear(booking, slips)


def _of_nothing(ended: Ended) -> PayOutcome:
    """The outcome where no card was accepted."""
    match ended.end:
        case End.REFUSED:
            return Declined(codes.refusal(ended.code), ended.code)
        case End.ABORTED:
            return _refused(ended, ended.code)
        case End.COMPLETED if ended.status is not None and ended.status.result:
            return _refused(ended, ended.status.result)
        case _:
            return Unclear(None, ended.slips)


def given_back(outcome: PayOutcome) -> PayOutcome:
    """The same command's outcome when it was one that gives money back."""
    return Reversed(outcome.booking, outcome.slips) if isinstance(outcome, Paid) else outcome


def totals(ended: Ended) -> Totals:
    """What an end of day or a question for the turnover told."""
    status = ended.status
    if status is None:
        return Totals(None, slips=ended.slips)
    tallies = status.totals
    summed = sum(each.amount for each in tallies) if tallies else None
    amount = status.booking.amount if status.booking is not None else summed
    first, last = status.receipts or (None, None)
    return Totals(amount, first or None, last or None, tuple(each for each in tallies if each.count), ended.slips)


def _taken_back(ended: Ended) -> bool:
    return ended.reversing or (ended.status is not None and ended.status.result not in (0, None))


def _refused(ended: Ended, code: int) -> PayOutcome:
    if code == codes.ABORTED:
        return Aborted(ended.slips)
    return Declined(codes.refusal(code), code, ended.slips)
