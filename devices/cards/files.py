"""Selecting and reading the files of a card (ISO/IEC 7816-4 section 7; ICAO 9303-10 section 3.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devices.cards import tlv
from devices.cards.apdu import CommandApdu, ResponseApdu
from devices.cards.errors import Malformed, Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from devices.cards.apdu import Link

SHORT_CHUNK = 0xDF  # what fits a short answer with AES secure messaging around it
LONGEST_FILE = 1 << 20
FIRST_FAR_OFFSET = 0x8000  # beyond it READ BINARY needs its odd instruction
END_OF_FILE = 0x6282
WRONG_LENGTH = 0x6700
OUTSIDE_FILE = 0x6B00
NOT_FOUND = (0x6A82, 0x6A88)


def select_application(link: Link, aid: bytes) -> None:
    """Make the application current.

    Raises:
        Refused: the card has no such application, or not for us.
    """
    _accepted("select application", link.exchange(CommandApdu(0x00, 0xA4, 0x04, 0x0C, aid)))


def select_file(link: Link, fid: int) -> None:
    """Make the elementary file current.

    Raises:
        Refused: the card has no such file, or not for us.
    """
    _accepted("select file", link.exchange(CommandApdu(0x00, 0xA4, 0x02, 0x0C, fid.to_bytes(2, "big"))))


class FileReader:
    """Reads whole files in chunks; falls back to short chunks when the card refuses long ones with 6700."""

    def __init__(self, link: Link, chunk: int = SHORT_CHUNK, longest: int = LONGEST_FILE) -> None:
        self._link = link
        self._chunk = chunk
        self._longest = longest

    def read(self, fid: int, told: Callable[[int, int], None] | None = None) -> bytes:
        """A file that is one TLV element, exactly as long as it says; `told` hears bytes read and bytes in all.

        Raises:
            Refused: the card has no such file, or not for us.
            Malformed: the file is no element, is longer than allowed, or ends early.
        """
        select_file(self._link, fid)
        return self.read_element(told)

    def read_element(self, told: Callable[[int, int], None] | None = None) -> bytes:
        """The file already selected, which is one TLV element; as `read`."""
        held = bytearray(self._at(0, self._chunk))
        _, size, start = tlv.header(bytes(held[: tlv.LONGEST_HEADER]))
        total = start + size
        if total > self._longest:
            raise Malformed("file", "longer than allowed")
        while len(held) < total:
            if told is not None:
                told(len(held), total)
            more = self._at(len(held), min(self._chunk, total - len(held)))
            if not more:
                raise Malformed("file", "ends early")
            held += more
        if told is not None:
            told(total, total)
        return bytes(held[:total])

    def read_if_there(self, fid: int, told: Callable[[int, int], None] | None = None) -> bytes | None:
        """As `read`; None when the card has no such file."""
        try:
            return self.read(fid, told)
        except Refused as refused:
            if refused.sw in NOT_FOUND:
                return None
            raise

    def read_current(self) -> bytes:
        """The file already selected, to its end, whatever it is made of (contact cards whose files are no elements).

        Raises:
            Refused: not for us.
            Malformed: longer than allowed.
        """
        held = bytearray()
        while True:
            try:
                more = self._at(len(held), self._chunk)
            except Refused as refused:
                if held and refused.sw == OUTSIDE_FILE:
                    return bytes(held)
                raise
            held += more
            if len(more) < self._chunk:
                return bytes(held)
            if len(held) > self._longest:
                raise Malformed("file", "longer than allowed")

    def _at(self, offset: int, size: int) -> bytes:
        answer = self._asked(offset, size)
        if answer.sw == WRONG_LENGTH and size > SHORT_CHUNK:
            self._chunk = size = SHORT_CHUNK
            answer = self._asked(offset, size)
        if answer.sw != END_OF_FILE:
            _accepted("read", answer)
        if offset >= FIRST_FAR_OFFSET and answer.data:
            return tlv.only(answer.data, 0x53, "far part of a file")[:size]
        return answer.data[:size]

    def _asked(self, offset: int, size: int) -> ResponseApdu:
        if offset < FIRST_FAR_OFFSET:
            return self._link.exchange(CommandApdu(0x00, 0xB0, offset >> 8, offset & 0xFF, le=size))
        where = tlv.encode(0x54, offset.to_bytes((offset.bit_length() + 7) // 8, "big"))
        # Le counts the element around the bytes too
        around = 2 if size < 0x80 else 3 if size < 0x100 else 4
        return self._link.exchange(CommandApdu(0x00, 0xB1, 0x00, 0x00, where, le=size + around))


def extended_limits(ef_atr: bytes) -> tuple[int, int] | None:
    """Most bytes in a command and in an answer by EF.ATR/INFO (ISO/IEC 7816-4, 12.7.1); None if it is silent.

    Raises:
        Malformed: not made of elements.
    """
    promised = tlv.child(tlv.parse(ef_atr), 0x7F66)
    if promised is None:
        return None
    numbers = [int.from_bytes(element.value, "big") for element in tlv.parse(promised) if element.tag == 0x02]
    return (numbers[0], numbers[1]) if len(numbers) == 2 else None


def _accepted(step: str, answer: ResponseApdu) -> None:
    if not answer.ok:
        raise Refused(step, answer.sw)
