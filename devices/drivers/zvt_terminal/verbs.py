"""A ZVT terminal as the rest of the kiosk sees it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from devices.conditions import Condition, Need, NeedsStaff, Ready
from devices.drivers.scripts import Script, run
from devices.drivers.zvt_terminal import bitmaps, codes, outcomes
from devices.drivers.zvt_terminal.exchange import End, Ended, Manner, command
from devices.drivers.zvt_terminal.frames import Apdu
from devices.drivers.zvt_terminal.listening import WRITE_WITHIN, Greeting, Sale, unheard
from devices.errors import Cancelled, ProtocolError, Timeout, TransportError
from devices.payments import (
    MOST_CENTS,
    Advice,
    Capabilities,
    Declined,
    Goods,
    Paid,
    PayOutcome,
    Refusal,
    Repeated,
    Reserved,
    ReversalReach,
    TerminalStatus,
    Totals,
    Unclear,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

    from devices.drivers.zvt_terminal.links import Link
    from devices.wires.byte_wire import ByteWire

_LOOK_LASTS: Final = 0.45
_GREETING_LASTS: Final = 0.3
"""Seconds of a look, and of its part that waits for a registration; one that takes longer goes on in the next look."""

_REGISTRATION: Final = Manner(working_within=30.0, longest=60.0)
_ENQUIRY: Final = Manner(working_within=5.0, longest=15.0)
_QUIET: Final = Manner()
_PAYS: Final = Manner(pays=True, stoppable=True)
_ISSUED_WITHIN: Final = 180.0
_NOT_SUPPORTED: Final = Declined(Refusal.NOT_SUPPORTED, 0x83)

CONFIG: Final = 0xBE
"""The kiosk prints, in lines made by the terminal; it alone starts payments and administration, and hears progress."""

_CURRENCY: Final = b"\x49\x09\x78"
_MAY_SEND_BLOCKS: Final = bytes.fromhex("06 06 26 04 0a 02 06 d3")
_NO_SERVICE_MENU: Final = b"\x03\x01"


@dataclass(frozen=True)
class Habits:
    """How this terminal is spoken to: what the rig file says beside where it is.

    `password` is six digits; the terminal asks at most `repeats` times, every `interval` seconds, whether the goods
    were issued.
    """

    capabilities: Capabilities = field(default_factory=Capabilities)
    password: str = "000000"  # noqa: S105  every terminal's from the factory, and printed in its manual
    repeats: int = 20
    interval: int = 3


class ZvtTerminal:
    """Speaks ZVT as the cash register; the promises are those of `devices.payments.CardTerminal`."""

    def __init__(self, wire: ByteWire, link: Link, habits: Habits, clock: Callable[[], float] = time.monotonic) -> None:
        self._wire = wire
        self._link = link
        self._habits = habits
        self._clock = clock
        self._password = bytes.fromhex(habits.password)
        self._greeting: Greeting | None = None
        self._registered = False
        self._number = ""

    @property
    def capabilities(self) -> Capabilities:
        """What the rig file says that it can do."""
        return self._habits.capabilities

    @property
    def number(self) -> str:
        """Its own number, as it said when it was registered."""
        return self._number

    def condition(self) -> Condition:
        """Register if that was not done yet, then ask how it is."""
        begun = self._clock()
        if not self._registered:
            if self._greeting is None:
                self._greeting = Greeting(self._registration())
            ended = self._greeting.go_on(self._wire, self._clock, begun + _GREETING_LASTS)
            if ended is None:
                return NeedsStaff(Need.SWITCH_ON)
            self._greeting = None
            self._take_registration(ended)
        left = begun + _LOOK_LASTS - self._clock()
        return self._enquire(Manner(answer_within=left, working_within=left, longest=left)).condition

    def lent(self) -> None:
        """Nothing is kept between leases."""

    def close(self) -> None:
        """Let go of the wire."""
        self._wire.close()

    def register(self, cancel: Event) -> None:
        """Say anew who prints and who asks."""
        self._begin(cancel)
        self._registered = False
        self._greeting = None
        self._take_registration(self._run(self._registration()))

    def log_off(self, cancel: Event) -> bool:
        """End the registration."""
        self._begin(cancel)
        ended = self._command(Apdu(0x0602), Manner(answer_only=True))
        if ended.end is End.SILENT:
            raise Timeout
        self._registered = self._registered and ended.end is not End.ACCEPTED
        return ended.end is End.ACCEPTED

    def status(self, cancel: Event) -> TerminalStatus:
        """Ask the terminal how it is."""
        self._begin(cancel)
        return self._enquire(_ENQUIRY)

    def diagnose(self, cancel: Event) -> TerminalStatus | Declined | Unclear:
        """Let it call its host and check its keys."""
        self._begin(cancel)
        ended = self._administer(Apdu(0x0670))
        return ended if isinstance(ended, Declined | Unclear) else self._enquire(_ENQUIRY)

    def pay(self, cents: int, goods: Goods, advise: Callable[[Advice], None], cancel: Event) -> PayOutcome:
        """Take a payment and issue the goods in the safest way this terminal has."""
        _check(cents)
        able = self._habits.capabilities
        if (not_now := self._not_now(cancel)) is not None:
            return not_now
        if able.goods_issue:
            asking = bytes([0x01, self._habits.interval, 0x02, self._habits.repeats])
            request = Apdu(0x0601, bitmaps.amount(cents) + _CURRENCY + asking)
            manner = replace(_PAYS, goods=True, parts=able.part_issue)
            return self._money(request, manner, Sale(goods, advise, cancel))
        request = Apdu(0x0622 if able.preauthorisation else 0x0601, bitmaps.amount(cents) + _CURRENCY)
        held = self._money(request, _PAYS, Sale(goods, advise, cancel))
        if not isinstance(held, Paid):
            return held
        return self._issue(held, goods, advise)

    def reverse(self, receipt: int, advise: Callable[[Advice], None], cancel: Event) -> PayOutcome:
        """Give back the payment with this receipt number."""
        if self._habits.capabilities.reversal is ReversalReach.NONE:
            return _NOT_SUPPORTED
        self._begin(cancel)
        return self._give_back(receipt, advise)

    def refund(self, cents: int, advise: Callable[[Advice], None], cancel: Event) -> PayOutcome:
        """Pay out to a card that is presented."""
        _check(cents)
        if not self._habits.capabilities.refund:
            return _NOT_SUPPORTED
        self._begin(cancel)
        request = Apdu(0x0631, self._password + bitmaps.amount(cents) + _CURRENCY)
        return outcomes.given_back(self._money(request, _PAYS, Sale(None, advise, cancel)))

    def reserve(self, cents: int, advise: Callable[[Advice], None], cancel: Event) -> Reserved | PayOutcome:
        """Hold an amount on a card."""
        _check(cents)
        if not self._habits.capabilities.preauthorisation:
            return _NOT_SUPPORTED
        if (not_now := self._not_now(cancel)) is not None:
            return not_now
        request = Apdu(0x0622, bitmaps.amount(cents) + _CURRENCY)
        held = self._money(request, _PAYS, Sale(None, advise, cancel))
        return Reserved(held.booking, held.slips) if isinstance(held, Paid) else held

    def book(self, receipt: int, cents: int, cancel: Event) -> PayOutcome:
        """Take a reserved amount, or a part of it."""
        _check(cents)
        if not self._habits.capabilities.preauthorisation:
            return _NOT_SUPPORTED
        self._begin(cancel)
        return self._settle(0x0624, receipt, cents)

    def release(self, receipt: int, cents: int, cancel: Event) -> PayOutcome:
        """Give a reserved amount free."""
        _check(cents)
        if not self._habits.capabilities.preauthorisation:
            return _NOT_SUPPORTED
        self._begin(cancel)
        return outcomes.given_back(self._settle(0x0625, receipt, cents))

    def repeat_receipt(self, cancel: Event) -> Repeated | Declined | Unclear:
        """Ask what the last payment was."""
        if not self._habits.capabilities.repeat_receipt:
            return _NOT_SUPPORTED
        self._begin(cancel)
        ended = self._administer(Apdu(0x0620, self._password), (End.COMPLETED,))
        if isinstance(ended, Declined | Unclear):
            return ended
        status = ended.status
        if status is None:
            return Repeated(None, slips=ended.slips)
        return Repeated(status.booking, taken=not status.result, slips=ended.slips)

    def totals(self, cancel: Event) -> Totals | Declined | Unclear:
        """What was turned over since the last end of day."""
        return self._totals(0x0610, cancel)

    def end_of_day(self, cancel: Event) -> Totals | Declined | Unclear:
        """Close the day."""
        return self._totals(0x0650, cancel)

    def _totals(self, control: int, cancel: Event) -> Totals | Declined | Unclear:
        if not self._habits.capabilities.end_of_day:
            return _NOT_SUPPORTED
        self._begin(cancel)
        ended = self._administer(Apdu(control, self._password))
        return ended if isinstance(ended, Declined | Unclear) else outcomes.totals(ended)

    def _issue(self, held: Paid, goods: Goods, advise: Callable[[Advice], None]) -> PayOutcome:
        """Issue goods that are paid or reserved already, and book what was really issued."""
        issued: int | None = 0
        try:
            issued = self._issued(goods)
        finally:
            # Zero here also when the goods raised: then the terminal gives it back before the error is heard of.
            outcome = self._settle_issue(held, issued, advise)
        return outcome

    def _settle_issue(self, held: Paid, issued: int | None, advise: Callable[[Advice], None]) -> PayOutcome:
        booking, able = held.booking, self._habits.capabilities
        if issued is None or booking.receipt is None:
            return Unclear(booking, held.slips)
        issued = max(0, min(issued, booking.amount))
        if able.preauthorisation:
            if issued and (issued == booking.amount or able.part_issue):
                return self._settle(0x0624, booking.receipt, issued, held)
            return outcomes.given_back(self._settle(0x0625, booking.receipt, booking.amount, held))
        if issued == booking.amount:
            return held
        if able.reversal is ReversalReach.NONE:
            return held
        reversal = self._give_back(booking.receipt, advise)
        # What the terminal would not take back stays paid: whoever counts the goods sees the difference.
        return held if isinstance(reversal, Declined) else reversal

    def _issued(self, goods: Goods) -> int | None:
        deadline = self._clock() + _ISSUED_WITHIN
        issued = None
        while issued is None and (left := deadline - self._clock()) > 0:
            issued = goods.issued(min(left, 2.0))
        return issued

    def _give_back(self, receipt: int, advise: Callable[[Advice], None]) -> PayOutcome:
        request = Apdu(0x0630, self._password + b"\x87" + bitmaps.bcd(receipt, 2))
        return outcomes.given_back(self._money(request, Manner(pays=True), Sale(None, advise, None)))

    def _settle(self, control: int, receipt: int, cents: int, held: Paid | None = None) -> PayOutcome:
        request = Apdu(control, b"\x87" + bitmaps.bcd(receipt, 2) + bitmaps.amount(cents) + _CURRENCY)
        settled = self._money(request, Manner(pays=True), Sale(None, unheard, None))
        if held is None or not isinstance(settled, Declined | Unclear):
            return settled
        # The amount is still held, or nobody knows: either way not for the citizen to clear up.
        return Unclear(held.booking, held.slips + settled.slips)

    def _money(self, request: Apdu, manner: Manner, sale: Sale) -> PayOutcome:
        if manner.stoppable and not self._habits.capabilities.abort:
            manner = replace(manner, stoppable=False)
        try:
            ended = self._run(command(self._link, request, self._clock(), sale, manner))
        except (TransportError, ProtocolError):
            if sale.at_work:
                raise
            return Unclear(sale.booking)
        return outcomes.of_payment(ended, manner)

    def _administer(self, request: Apdu, whatever: tuple[End, ...] = ()) -> Ended | Declined | Unclear:
        try:
            ended = self._command(request, _QUIET)
        except (TransportError, ProtocolError):
            return Unclear()
        match ended.end:
            case end if end in whatever:
                return ended
            case End.COMPLETED if ended.status is None or ended.status.result in (0, None):
                return ended
            case End.COMPLETED | End.ABORTED | End.REFUSED:
                told = ended.status.result if ended.status is not None else None
                code = ended.code or told or 0xFF
                return Declined(codes.refusal(code), code, ended.slips)
            case _:
                return Unclear(None, ended.slips)

    def _not_now(self, cancel: Event) -> Declined | None:
        """A terminal that is silent or busy before anything went out leaves nothing to clear up."""
        self._begin(cancel)
        status = self._enquire(_ENQUIRY)
        if status.condition == Ready():
            return None
        return Declined(codes.refusal(status.code), status.code)

    def _begin(self, cancel: Event) -> None:
        if cancel.is_set():
            raise Cancelled

    def _enquire(self, manner: Manner) -> TerminalStatus:
        ended = self._command(Apdu(0x0501, self._password + _NO_SERVICE_MENU), manner)
        match ended.end:
            case End.COMPLETED:
                code, version = bitmaps.enquiry(ended.data)
                return TerminalStatus(code or 0, codes.condition(code or 0), version)
            case End.REFUSED | End.ABORTED if ended.code != 0x83:
                return TerminalStatus(ended.code, codes.condition(ended.code))
            case End.REFUSED:
                # It does not know the question, but it answers.
                return TerminalStatus(0, Ready())
            case _:
                raise Timeout

    def _registration(self) -> Script[Ended]:
        data = self._password + bytes([CONFIG]) + _CURRENCY[1:] + _NO_SERVICE_MENU
        if self._habits.capabilities.text_blocks:
            data += _MAY_SEND_BLOCKS
        return command(self._link, Apdu(0x0600, data), self._clock(), Sale(None, unheard, None), _REGISTRATION)

    def _take_registration(self, ended: Ended) -> None:
        if ended.end is not End.COMPLETED:
            raise Timeout
        self._registered = True
        self._number = bitmaps.terminal_number(ended.data)

    def _command(self, request: Apdu, manner: Manner) -> Ended:
        return self._run(command(self._link, request, self._clock(), Sale(None, unheard, None), manner))

    def _run(self, script: Script[Ended]) -> Ended:
        return run(script, self._wire, self._clock, WRITE_WITHIN)


def _check(cents: int) -> None:
    if not 0 < cents <= MOST_CENTS:
        raise ValueError(cents)
