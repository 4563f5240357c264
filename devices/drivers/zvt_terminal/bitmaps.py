"""The fields of ZVT's packets, without I/O: bitmaps and the TLV container in one of them (PA00P015, chapter 2 and 9).

A card's magnetic tracks are skipped by their length and exist nowhere afterwards; its number is kept only if the
terminal has masked it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from devices.errors import ProtocolError
from devices.payments import Booking, Slip, SlipKind, SlipLine, Stamp, Tally

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_FIXED: Final = {
    0x01: 1, 0x02: 1, 0x03: 1, 0x04: 6, 0x05: 1, 0x0B: 3, 0x0C: 3, 0x0D: 2, 0x0E: 2, 0x17: 2, 0x19: 1, 0x27: 1,
    0x29: 4, 0x2A: 15, 0x37: 3, 0x3A: 2, 0x3B: 8, 0x3D: 3, 0x49: 2, 0x87: 2, 0x88: 3, 0x8A: 1, 0x8C: 1,
    0xA0: 1, 0xAA: 3, 0xBA: 5, 0xF0: 1,
}  # fmt: skip
_COUNTED: Final = {
    0x22: 2, 0x23: 2, 0x24: 3, 0x2D: 2, 0x2E: 3, 0x3C: 3, 0x60: 3, 0x8B: 2, **dict.fromkeys(range(0xF1, 0xF9), 2),
}  # fmt: skip
"""Those that begin with their length, and how many bytes tell it."""
_CONTAINER: Final = 0x06
_TRACKS: Final = frozenset({0x23, 0x24, 0x2D})

_SCHEMES: Final = ("girocard", "JCB", "Mastercard", "American Express", "Visa", "Diners", "other")
"""The order of the individual totals in bitmap 60."""

_MOST_NESTED: Final = 6
_MOST_TAGS: Final = 2000
_DIGITS: Final = re.compile(r"(?<!\d)\d(?:[ -]?\d){11,18}(?!\d)")
_SPOKEN: Final = re.compile(r"[^\x20-\x7e\xa0-\u024f\u20ac]")


def amount(cents: int) -> bytes:
    """Bitmap 04."""
    return b"\x04" + bcd(cents, 6)


def bcd(number: int, size: int) -> bytes:
    """A number as so many bytes of two decimal digits each."""
    return bytes.fromhex(f"{number:0{2 * size}d}")


def number_in(digits: bytes) -> int | None:
    """The number in bytes of two decimal digits each; None if a digit is none."""
    text = digits.hex()
    return int(text) if text.isdecimal() else None


def bitmaps(data: bytes) -> Mapping[int, bytes]:
    """Each bitmap's content, but for tracks; the first of a kind counts.

    After a bitmap that is not known nothing more can be read, because its length is not known either.

    Raises:
        ProtocolError: a bitmap is cut off, or its length makes no sense.
    """
    found: dict[int, bytes] = {}
    at = 0
    while at < len(data):
        kind = data[at]
        at += 1
        if kind == _CONTAINER:
            size, at = _tlv_length(data, at)
        elif kind in _COUNTED:
            digits = data[at : at + _COUNTED[kind]]
            at += len(digits)
            if len(digits) < _COUNTED[kind] or any(digit >> 4 != 0xF or digit & 0xF > 9 for digit in digits):
                raise ProtocolError
            size = int("".join(str(digit & 0xF) for digit in digits))
        elif kind in _FIXED:
            size = _FIXED[kind]
        else:
            break
        if at + size > len(data):
            raise ProtocolError
        if kind not in _TRACKS:
            found.setdefault(kind, data[at : at + size])
        at += size
    return found


def _tlv_length(data: bytes, at: int) -> tuple[int, int]:
    if at >= len(data):
        raise ProtocolError
    first = data[at]
    if first < 0x80:
        return first, at + 1
    more = first & 0x7F
    if more not in (1, 2) or at + 1 + more > len(data):
        raise ProtocolError
    return int.from_bytes(data[at + 1 : at + 1 + more], "big"), at + 1 + more


def tags(data: bytes, depth: int = 0) -> Iterator[tuple[int, bytes]]:
    """Every primitive tag and its content, containers opened.

    Raises:
        ProtocolError: cut off, or nested deeper than any real one.
    """
    if depth > _MOST_NESTED:
        raise ProtocolError
    at = 0
    count = 0
    while at < len(data):
        count += 1
        first = data[at]
        tag = first
        at += 1
        if first & 0x1F == 0x1F:
            while True:
                if at >= len(data) or tag > 0xFFFFFF:
                    raise ProtocolError
                tag = tag << 8 | data[at]
                at += 1
                if not data[at - 1] & 0x80:
                    break
        size, at = _tlv_length(data, at)
        if at + size > len(data) or count > _MOST_TAGS:
            raise ProtocolError
        content = data[at : at + size]
        at += size
        if first & 0x20:
            yield from tags(content, depth + 1)
        else:
            yield tag, content


def text(content: bytes) -> str:
    """Text as terminals send it (code page 437 unless they say otherwise): printable, without a card's number."""
    try:
        spoken = content.rstrip(b"\0").decode("ascii")
    except UnicodeDecodeError:
        spoken = content.rstrip(b"\0").decode("cp437")
    return _DIGITS.sub(_hidden, _SPOKEN.sub(" ", spoken))


def _hidden(found: re.Match[str]) -> str:
    """A row of digits; if it may be a card's number, all but the last four are stars.

    Sixteen and more always may; fewer may be a contract's number, so that their check digit decides.
    """
    digits = [int(letter) for letter in found[0] if letter.isdecimal()]
    doubled = [2 * digit - 9 * (digit > 4) for digit in digits[-2::-2]]
    if len(digits) < 16 and (sum(doubled) + sum(digits[-1::-2])) % 10:
        return found[0]
    return "*" * (len(digits) - 4) + "".join(map(str, digits[-4:]))


@dataclass(frozen=True)
class Status:
    """What a status information (04 0F) or a completion says; what is missing was not told."""

    result: int | None = None
    booking: Booking | None = None
    status_byte: int | None = None
    totals: tuple[Tally, ...] = ()
    receipts: tuple[int, int] | None = None


def status(data: bytes) -> Status:
    """Read a status information; raises as `bitmaps` does."""
    found = bitmaps(data)
    cents = _number(found, 0x04)
    first_and_last, tallies = _totals(found.get(0x60, b""))
    return Status(
        result=found[0x27][0] if 0x27 in found else None,
        booking=None if cents is None else _booking(found, cents),
        status_byte=found[0x19][0] if 0x19 in found else None,
        totals=tallies,
        receipts=first_and_last,
    )


def terminal_number(data: bytes) -> str:
    """The terminal's own number in what completes a registration; "" if it is not said, or cannot be read."""
    try:
        return _terminal(bitmaps(data))
    except ProtocolError:
        # A terminal that is registered is: nobody has to understand what else it said.
        return ""


def _terminal(found: Mapping[int, bytes]) -> str:
    told = found.get(0x29, b"").hex()
    return told if told.isdecimal() else ""


def _booking(found: Mapping[int, bytes], cents: int) -> Booking:
    return Booking(
        amount=cents,
        receipt=_number(found, 0x87) or None,
        trace=_number(found, 0x0B),
        terminal=_terminal(found),
        card=text(found.get(0x8B, b"")).strip(),
        masked_pan=_masked(found.get(0x22, b"")),
        stamp=_stamp(found),
    )


def _number(found: Mapping[int, bytes], kind: int) -> int | None:
    return number_in(found[kind]) if kind in found else None


def _masked(digits: bytes) -> str:
    """The card's number if enough of it is masked (E); one in clear is dropped."""
    number = digits.hex().rstrip("f")
    masked = number.count("e")
    # At most the first six and the last four are ever shown (PCI DSS 3.4).
    if masked < 1 or len(number) - masked > 10 or not set(number) <= set("0123456789e"):
        return ""
    return number.replace("e", "*")


def _stamp(found: Mapping[int, bytes]) -> Stamp | None:
    date, clock = found.get(0x0D, b"").hex(), found.get(0x0C, b"").hex()
    if not (date + clock).isdecimal() or len(date + clock) != 10:
        return None
    month, day, hour, minute, second = (int((date + clock)[at : at + 2]) for at in range(0, 10, 2))
    if not (1 <= month <= 12 and 1 <= day <= 31 and hour < 24 and minute < 60 and second < 60):
        return None
    return Stamp(month, day, hour, minute, second)


def _totals(content: bytes) -> tuple[tuple[int, int] | None, tuple[Tally, ...]]:
    first, last = number_in(content[:2]), number_in(content[2:4])
    if len(content) < 4 or first is None or last is None:
        return None, ()
    tallies: list[Tally] = []
    for scheme, at in zip(_SCHEMES, range(4, len(content) - 6, 7), strict=False):
        cents = number_in(content[at + 1 : at + 7])
        if cents is None:
            raise ProtocolError
        tallies.append(Tally(scheme, content[at], cents))
    return (first, last), tuple(tallies)


@dataclass
class Prints:
    """Collects what the terminal prints through us: lines one by one (06 D1) and whole texts (06 D3)."""

    most_lines: int = 600
    _slips: list[Slip] = field(default_factory=list)
    _open: list[SlipLine] = field(default_factory=list)
    _count: int = 0

    def line(self, data: bytes) -> None:
        """A print line: an attribute and its text; the attribute FF feeds lines instead."""
        if not data:
            return
        attribute, content = data[0], data[1:]
        if attribute == 0xFF:
            for _ in range(min(content[0] if content else 1, 10)):
                self._add(SlipLine(""))
            return
        self._add(_line(attribute, text(content)))
        if attribute & 0x80:
            self._cut(SlipKind.UNSAID)

    def block(self, data: bytes) -> None:
        """A text block: lines with their attributes, and for whom it is; raises as `bitmaps` does."""
        kind, attribute = SlipKind.UNSAID, 0
        self._cut(SlipKind.UNSAID)
        for tag, content in tags(bitmaps(data).get(_CONTAINER, b"")):
            if tag == 0x1F07 and content:
                kind = _KINDS.get(content[0], SlipKind.UNSAID)
            elif tag == 0x09 and content:
                attribute = content[0]
            elif tag == 0x07:
                self._add(_line(attribute, text(content)))
        self._cut(kind)

    def slips(self) -> tuple[Slip, ...]:
        """All that was printed; a slip that was not ended counts as well."""
        self._cut(SlipKind.UNSAID)
        return tuple(self._slips)

    def _add(self, line: SlipLine) -> None:
        self._count += 1
        if self._count > self.most_lines:
            raise ProtocolError
        self._open.append(line)

    def _cut(self, kind: SlipKind) -> None:
        if self._open:
            self._slips.append(Slip(kind, tuple(self._open)))
            self._open = []


_KINDS: Final = {1: SlipKind.MERCHANT, 2: SlipKind.CUSTOMER, 3: SlipKind.ADMINISTRATION}


def _line(attribute: int, content: str) -> SlipLine:
    return SlipLine(
        content.rstrip(),
        centred=bool(attribute & 0x40),
        double_width=bool(attribute & 0x20),
        double_height=bool(attribute & 0x10),
    )


def enquiry(data: bytes) -> tuple[int | None, str]:
    """The status code and, where it was asked for and told, the software version in the answer to a status enquiry."""
    counts = data[:3]
    # A length in the manner of a bitmap's comes first if the version does; no status code has its shape thrice.
    if len(counts) < 3 or any(digit >> 4 != 0xF or digit & 0xF > 9 for digit in counts):
        return (data[0] if data else None), ""
    end = 3 + int("".join(str(digit & 0xF) for digit in counts))
    return (data[end] if end < len(data) else None), text(data[3:end])
