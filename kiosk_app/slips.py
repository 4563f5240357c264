"""From the words of an answer to a receipt, and from a receipt to paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devices.conditions import Ready
from devices.errors import Cancelled, TransportError, Unavailable
from devices.receipts import Gap, Line, Pair, Qr, Receipt, Rule, Text, Title
from devices.roles import RECEIPT_PRINTER, NotPrinted, Printed, PrintUnknown
from screens.steps import SlipState

if TYPE_CHECKING:
    from kiosk_app.desk import Desk
    from screens.slip import SlipWords


def receipt(words: SlipWords) -> Receipt:
    """The slip with the town's name on top, the answer, its facts, and the code for the phone at the end."""
    lines: list[Line] = [Text(words.town, bold=True, centred=True), Text(words.when, centred=True), Rule()]
    lines += [Title(words.title), Gap()]
    lines += [Text(paragraph) for paragraph in words.paragraphs]
    lines += [Gap(), *(Pair(label, value) for label, value in words.pairs), Gap()]
    lines += [Qr(words.code), Text(words.code_caption, centred=True), Rule(), Text(words.closing, centred=True)]
    return Receipt(tuple(lines))


def print_slip(desk: Desk, slip: Receipt) -> SlipState:
    """Print and say how it went: `PRINTED` only if the printer confirmed it after the cut."""
    try:
        with desk.devices.lease(RECEIPT_PRINTER) as printer:
            outcome = printer.print_receipt(slip, desk.cancel)
    except (Unavailable, TransportError):
        return SlipState.NOT_PRINTED
    except Cancelled:
        return SlipState.UNKNOWN
    match outcome:
        case Printed():
            desk.visit.taken_away.add("receipt")
            return SlipState.PRINTED
        case NotPrinted():
            return SlipState.NOT_PRINTED
        case PrintUnknown():
            return SlipState.UNKNOWN


def printer_state(desk: Desk) -> SlipState:
    """Whether printing can be offered now."""
    condition = desk.noticeboard.of(RECEIPT_PRINTER)
    return SlipState.OFFERED if isinstance(condition, Ready) else SlipState.NO_PRINTER
