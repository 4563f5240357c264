"""From the words of an answer to a receipt, and from a receipt to paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from devices.conditions import Ready
from devices.errors import Cancelled, TransportError, Unavailable
from devices.receipts import Gap, Line, Pair, Qr, Receipt, Rule, Text, Title
from devices.roles import RECEIPT_PRINTER, NotPrinted, Printed, PrintUnknown
from offline_cache.journal import Settled
from screens.steps import SlipState

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

    from kiosk_app.desk import Desk, Devices
    from offline_cache.journal import Settler, Unfinished
    from screens.slip import SlipWords
    from screens.slip_bulky import PickupSlip


def receipt(words: SlipWords) -> Receipt:
    """The slip with the town's name on top, the answer, its facts, and the code for the phone at the end."""
    lines: list[Line] = [Text(words.town, bold=True, centred=True), Text(words.when, centred=True), Rule()]
    lines += [Title(words.title), Gap()]
    lines += [Text(paragraph) for paragraph in words.paragraphs]
    lines += [Gap(), *(Pair(label, value) for label, value in words.pairs), Gap()]
    lines += [Qr(words.code), Text(words.code_caption, centred=True), Rule(), Text(words.closing, centred=True)]
    return Receipt(tuple(lines))


def pickup_receipt(words: PickupSlip) -> Receipt:
    """The slip of a pickup: number and day large to stick on, then what its citizen keeps, with the code."""
    lines: list[Line] = [Text(words.town, bold=True, centred=True), Text(words.stick, centred=True), Gap()]
    lines += [Title(words.number), Text(words.day, bold=True, centred=True), Gap(), Rule()]
    lines += [Text(words.keep, centred=True), Gap(), *(Pair(label, value) for label, value in words.pairs), Gap()]
    lines += [Text(advice) for advice in words.advice]
    lines += [Gap(), Qr(words.code), Text(words.code_caption, centred=True), Rule(), Text(words.closing, centred=True)]
    return Receipt(tuple(lines))


PRINTING = "receipt.print"
"""The kind under which the journal knows a receipt."""


def print_slip(desk: Desk, slip: Receipt) -> SlipState:
    """Print and say how it went: `PRINTED` only if the printer confirmed it after the cut."""
    with desk.journal.effect(PRINTING, {"lines": len(slip.lines)}) as effect:
        state = _print(desk, slip)
        effect.done(state.name.lower())
    return state


LOOKS: Final = 6
PAUSE: Final = 0.5
"""How often, and how many seconds apart, a printer is looked for that its supervisor is still opening."""


def settle_printing(devices: Devices, cancel: Event, pause: Callable[[float], object]) -> Settler:
    """Who sees to a slip that was being printed when the visit or the power ended.

    No printer remembers its last receipt, and nobody waits for this one any more: it is noted as unknown and not
    printed again. Half of it may hang in the printer, where the next citizen's slip would follow: it is cut off.
    """

    def settle(_: Unfinished) -> Settled:
        _cut_off(devices, cancel, pause)
        return Settled(SlipState.UNKNOWN.name.lower())

    return settle


def _cut_off(devices: Devices, cancel: Event, pause: Callable[[float], object]) -> None:
    """Feed and cut, if the printer can be had soon; who brings new paper tears off what hangs there."""
    for _ in range(LOOKS):
        try:
            with devices.lease(RECEIPT_PRINTER) as printer:
                printer.print_receipt(Receipt(()), cancel)
        except Cancelled:
            return
        except (Unavailable, TransportError):
            pause(PAUSE)
        else:
            return


def _print(desk: Desk, slip: Receipt) -> SlipState:
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
