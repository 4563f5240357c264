"""What a card terminal does with each ZVT command, as its maker's manual tells it, and how it fails.

Longer than others: every command of one terminal, whose books and panel they share.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from devices.drivers.zvt_terminal.frames import Apdu
from devices.simulators import terminal_packets as packets
from devices.simulators.terminal_books import SCHEMES, Card, Fate, Payment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from devices.simulators.terminal_books import Books
    from devices.simulators.terminal_lines import Ear

YES: Final = Apdu(0x8000)
_T3: Final = 5.0
_STILL_ISSUING: Final = 0x849C
_ISSUED_PART: Final = 0x849D
_ABORT: Final = 0x06B0
_WIDE: Final = 0x20
_CENTRED: Final = 0x40
_LAST: Final = 0x80
_SLIP_KINDS: Final = {"merchant": 1, "customer": 2, "administration": 3}


class Fault(StrEnum):
    """What is wrong with it; all but `NONE` stay until they are mended."""

    NONE = "none"
    SILENT = "silent"
    """It hears and says nothing."""
    HALF = "half"
    """Every packet breaks off in the middle."""
    GARBAGE = "garbage"
    """It says things that are no ZVT."""
    SLOW_HOST = "slow_host"
    """Its host takes `slow` seconds."""
    NO_HOST = "no_host"
    LOST_COMPLETION = "lost_completion"
    """It books, and what it says last never arrives."""
    TRACKS = "tracks"
    """It tells the card's number and tracks in clear, which none should."""
    OUT_OF_ORDER = "out_of_order"
    DAY_FIRST = "day_first"
    """It takes no payment before its day is closed, and is well again after that."""
    JOURNAL_FULL = "journal_full"
    """The same, and its status says so before anybody tries."""


_DAY_FIRST: Final = {Fault.DAY_FIRST: 0xF0, Fault.JOURNAL_FULL: 0xB2}
_STATUS: Final = {Fault.OUT_OF_ORDER: 0xDF, Fault.JOURNAL_FULL: 0xB2}


class Reach(StrEnum):
    """Which payments it reverses."""

    ANY = "any"
    LAST = "last"


class Left(StrEnum):
    """What it does with an authorised payment when the kiosk falls silent, or its own power goes."""

    TAKEN_BACK = "taken_back"
    BOOKED = "booked"


@dataclass
class Panel:
    """What a person or a test has set; read by the terminal while it works.

    `tempo` multiplies every time it takes by itself; `slow` are a slow host's seconds, `card_within` those for which it
    waits for a card.
    """

    fault: Fault = Fault.NONE
    reach: Reach = Reach.ANY
    left: Left = Left.TAKEN_BACK
    card: Card | None = None
    stop_key: bool = False
    display: str = "Bereit"
    tempo: float = 1.0
    slow: float = 8.0
    card_within: float = 30.0
    slips: list[Mapping[str, object]] = field(default_factory=list)


class PowerCut(Exception):
    """The terminal has no power any more."""


class Conversation:
    """One cash register's time with the terminal; `powered` raises `PowerCut` when it is over."""

    def __init__(self, ear: Ear, books: Books, panel: Panel, powered: Callable[[], None]) -> None:
        self._ear = ear
        self._books = books
        self._panel = panel
        self._powered = powered
        self._registered = False
        self._blocks = False

    def go_on(self) -> None:
        """Obey until the line or the power is gone."""
        while True:
            self._powered()
            heard = self._ear.hear(0.05)
            if heard is None or self._panel.fault is Fault.SILENT or heard.control >> 8 in (0x80, 0x84):
                continue
            self._obey(heard)

    def _obey(self, asked: Apdu) -> None:
        data = asked.data
        match asked.control:
            case 0x0600:
                self._blocks = b"\x26\x04\x0a\x02\x06\xd3" in data
                self._registered = True
                self._say(YES)
                self._end(bytes.fromhex(f"19 00 29 {self._books.number} 49 09 78"))
            case 0x0602:
                self._registered = False
                self._say(YES)
            case 0x06B0:
                self._say(YES)
            case 0x0501:
                self._say(YES)
                self._end(bytes([_STATUS.get(self._panel.fault, 0x00)]))
            case _ if not self._registered:
                self._say(Apdu(0x8483))
            case 0x0601:
                self._pay(data, Fate.AUTHORISED)
            case 0x0622:
                self._pay(data, Fate.RESERVED)
            case 0x0631:
                self._pay(data[3:], Fate.REFUNDED)
            case 0x0630:
                self._reverse(packets.receipt(data[3:]))
            case 0x0624:
                self._settle(data, Fate.BOOKED)
            case 0x0625:
                self._settle(data, Fate.REVERSED)
            case 0x0620:
                self._repeat()
            case 0x0610:
                self._totals(close=False)
            case 0x0650:
                self._totals(close=True)
            case 0x0670 | 0x0693 | 0x0679 | 0x061A:
                self._call_host()
            case _:
                self._say(Apdu(0x8483))

    # Payments.

    def _pay(self, data: bytes, fate: Fate) -> None:
        amount = packets.amount(data)
        if not amount:
            self._say(Apdu(0x84C8))
            return
        self._say(YES)
        if code := _DAY_FIRST.get(self._panel.fault):
            self._abort(code)
            return
        card = self._wait_for_card(f"{amount / 100:.2f} EUR: Karte bitte")
        if card is None:
            self._abort(0x6C)
            return
        if card.pin:
            self._progress(0x01, "PIN bitte")
        self._host()
        code = 0xA0 if self._panel.fault is Fault.NO_HOST else self._books.refusal(card, amount)
        if code:
            self._ask(Apdu(0x040F, b"\x27" + bytes([code])))
            self._print("customer", ["Zahlung nicht erfolgt", f"{amount / 100:.2f} EUR"])
            self._abort(code)
            return
        payment = self._books.enter(card, amount, fate)
        if fate is not Fate.AUTHORISED:
            self._ask(self._status(payment))
            self._finish(payment)
            return
        try:
            self._issue(payment, data)
        except (OSError, PowerCut):
            # The kiosk is gone, or our own power: what was authorised is settled when there is power again.
            if (known := self._books.under(payment.receipt)) is not None and known.fate is Fate.AUTHORISED:
                self._leave(known)
            raise

    def _issue(self, payment: Payment, data: bytes) -> None:
        """Ask for the goods until they are issued, or not."""
        repeats, interval = packets.questions(data)
        self._panel.display = "Freigegeben"
        for _ in range(repeats + 1):
            answer = self._ask(self._status(payment))
            if answer is None:
                self._leave(payment)
                self._abort(0x6C)
                return
            if answer.control == _STILL_ISSUING:
                self._rest(interval)
                continue
            if answer.accepts:
                self._finish(self._books.settle(payment, Fate.BOOKED))
                return
            part = packets.amount(answer.data) if answer.control == _ISSUED_PART else 0
            if 0 < part <= payment.amount:
                payment = self._books.settle(payment, Fate.BOOKED, part)
                self._ask(self._status(payment))
                self._finish(payment)
                return
            break
        self._books.settle(payment, Fate.REVERSED)
        self._progress(0x05, "Storno")
        self._print("customer", ["Zahlung storniert", f"{payment.amount / 100:.2f} EUR"])
        self._abort(0x6C)

    def _leave(self, payment: Payment) -> None:
        self._books.settle(payment, Fate.BOOKED if self._panel.left is Left.BOOKED else Fate.REVERSED)

    def _reverse(self, receipt: int) -> None:
        self._say(YES)
        payment = self._books.under(receipt)
        self._host()
        if self._panel.fault is Fault.NO_HOST:
            self._abort(0xA0)
        elif payment is not None and payment.fate is Fate.REVERSED:
            self._abort(0xB4)
        elif (
            payment is None
            or payment.fate is not Fate.BOOKED
            or payment.day != self._books.day
            or (self._panel.reach is Reach.LAST and payment != self._books.last)
        ):
            self._abort(0xB5)
        else:
            payment = self._books.settle(payment, Fate.REVERSED)
            self._ask(self._status(payment))
            self._finish(payment)

    def _settle(self, data: bytes, fate: Fate) -> None:
        self._say(YES)
        payment = self._books.under(packets.receipt(data))
        if payment is None or payment.fate is not Fate.RESERVED or not 0 < packets.amount(data) <= payment.amount:
            self._abort(0xB8)
            return
        self._host()
        payment = self._books.settle(payment, fate, packets.amount(data) if fate is Fate.BOOKED else None)
        self._ask(self._status(payment))
        self._finish(payment)

    def _repeat(self) -> None:
        self._say(YES)
        if (last := self._books.last) is not None:
            code = 0 if last.fate in (Fate.BOOKED, Fate.RESERVED, Fate.REFUNDED) else 0xB4
            self._ask(self._status(last, code))
            self._print("customer", packets.slip(last))
        self._end()

    def _totals(self, *, close: bool) -> None:
        self._say(YES)
        self._host()
        if self._panel.fault is Fault.NO_HOST:
            self._abort(0xA0)
            return
        today, turnover = self._books.today(), self._books.turnover()
        counts = b"".join(
            bytes([turnover.get(scheme, (0, 0))[0]]) + packets.bcd(max(0, turnover.get(scheme, (0, 0))[1]), 6)
            for scheme in SCHEMES
        )
        ends = (today[0].receipt, today[-1].receipt) if today else (0, 0)
        each = packets.bcd(ends[0], 2) + packets.bcd(ends[1], 2) + counts
        total = max(0, sum(cents for _, cents in turnover.values()))
        self._ask(Apdu(0x040F, b"\x27\x00\x04" + packets.bcd(total, 6) + b"\x49\x09\x78\x60" + packets.llvar(each, 3)))
        title = "Kassenschnitt" if close else "Umsatz"
        self._print("administration", [title, f"{len(today)} Zahlungen", f"{total / 100:.2f} EUR"])
        if close:
            self._books.close_day()
            if self._panel.fault in _DAY_FIRST:
                self._panel.fault = Fault.NONE
        self._end()

    def _call_host(self) -> None:
        self._say(YES)
        self._host()
        if self._panel.fault is Fault.NO_HOST:
            self._abort(0xA0)
        else:
            self._end()

    # What it says.

    def _finish(self, payment: Payment) -> None:
        self._panel.display = "Danke"
        for kind in ("merchant", "customer"):
            self._print(kind, packets.slip(payment))
        self._panel.card = None
        self._end()
        self._panel.display = "Bereit"

    def _end(self, data: bytes = b"") -> None:
        if self._panel.fault is Fault.LOST_COMPLETION and self._books.payments and not data:
            raise ConnectionAbortedError
        self._ask(Apdu(0x060F, data))

    def _abort(self, code: int) -> None:
        self._panel.display = "Bereit"
        self._panel.card = None
        self._ask(Apdu(0x061E, bytes([code])))

    def _progress(self, code: int, display: str) -> None:
        self._panel.display = display
        self._ask(Apdu(0x04FF, bytes([code])))

    def _status(self, payment: Payment, code: int = 0) -> Apdu:
        number = payment.card.number
        shown = number[:6] + "e" * (len(number) - 10) + number[-4:]
        fields = b"".join((
            b"\x27" + bytes([code]),
            b"\x04" + packets.bcd(payment.amount, 6),
            b"\x49\x09\x78",
            b"\x0b" + packets.bcd(payment.trace, 3),
            b"\x0c" + bytes.fromhex(f"{payment.at:%H%M%S}"),
            b"\x0d" + bytes.fromhex(f"{payment.at:%m%d}"),
            b"\x29" + bytes.fromhex(self._books.number),
            b"\x87" + packets.bcd(payment.receipt, 2),
            b"\x8a" + bytes([payment.card.kind]),
            b"\x8b" + packets.llvar(payment.card.scheme.encode() + b"\0", 2),
        ))  # fmt: skip
        if self._panel.fault is Fault.TRACKS:
            track = bytes.fromhex((number + "d30122010000").ljust(34, "0"))
            return Apdu(0x040F, fields + b"\x22" + packets.digits(number) + b"\x23" + packets.llvar(track, 2))
        return Apdu(0x040F, fields + b"\x22" + packets.digits(shown))

    def _print(self, kind: str, lines: list[str]) -> None:
        self._panel.slips.append({"number": len(self._panel.slips) + 1, "kind": kind, "lines": list(lines)})
        if self._panel.fault is Fault.TRACKS and self._books.last is not None:
            lines = [*lines, f"Karte {self._books.last.card.number}"]
        texts = [line.encode("cp437", "replace") for line in lines]
        if self._blocks:
            rows = b"".join(b"\x07" + packets.tlv_length(line) + line for line in texts)
            block = b"\x1f\x07\x01" + bytes([_SLIP_KINDS[kind]]) + b"\x25" + packets.tlv_length(rows) + rows
            self._ask(Apdu(0x06D3, b"\x06" + packets.tlv_length(block) + block))
            return
        for at, line in enumerate(texts):
            attribute = (_LAST if at == len(texts) - 1 else 0) | (_CENTRED | _WIDE if at == 0 else 0)
            self._ask(Apdu(0x06D1, bytes([attribute]) + line))

    def _ask(self, apdu: Apdu) -> Apdu | None:
        """Say a packet of which the register must take note; its answer, None if there was none within T3."""
        self._say(apdu)
        deadline = time.monotonic() + _T3 * max(self._panel.tempo, 0.2)
        while (left := deadline - time.monotonic()) > 0:
            self._powered()
            heard = self._ear.hear(min(left, 0.05))
            if heard is not None and heard.control >> 8 in (0x80, 0x84):
                return heard
            if heard is not None and heard.control == _ABORT:
                self._say(Apdu(0x8483))
        return None

    def _say(self, apdu: Apdu) -> None:
        self._powered()
        match self._panel.fault:
            case Fault.SILENT:
                return
            case Fault.GARBAGE:
                self._ear.say(Apdu(0x4254, b"\xff" + apdu.encode() * 3))
            case Fault.HALF:
                self._ear.say(apdu, half=True)
            case _:
                self._ear.say(apdu)

    # What takes time.

    def _wait_for_card(self, display: str) -> Card | None:
        self._panel.stop_key = False
        self._progress(0x0A, display)
        deadline = time.monotonic() + self._panel.card_within
        while self._panel.card is None and time.monotonic() < deadline and not self._panel.stop_key:
            self._powered()
            heard = self._ear.hear(0.02)
            if heard is not None and heard.control == _ABORT:
                self._say(YES)
                return None
        return None if self._panel.stop_key else self._panel.card

    def _host(self) -> None:
        self._progress(0x04, "Bitte warten")
        slow = self._panel.fault is Fault.SLOW_HOST
        self._rest(self._panel.slow if slow else 0.4)

    def _rest(self, seconds: float) -> None:
        """Work at something; an abort is too late now."""
        deadline = time.monotonic() + seconds * self._panel.tempo
        while (left := deadline - time.monotonic()) > 0:
            self._powered()
            heard = self._ear.hear(min(left, 0.05))
            if heard is not None and heard.control == _ABORT:
                self._say(Apdu(0x8483))
