"""ZVT's packets and its serial blocks as bytes, without I/O (ZVT 13: commands PA00P015, transport PA00P016).

An APDU is class, instruction, length and data; over TCP they follow one another. On a serial line each is a block:
DLE STX, the APDU with every DLE doubled, DLE ETX, checksum; the other side answers ACK or NAK.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from devices.errors import ProtocolError

ACK: Final = 0x06
NAK: Final = 0x15
_DLE: Final = 0x10
_STX: Final = 0x02
_ETX: Final = 0x03
_LONG: Final = 0xFF

MOST_DATA: Final = 16_384
"""Bytes; the longest real one, a receipt as a text block, has about two thousand."""


@dataclass(frozen=True)
class Apdu:
    """One packet: a command, or an answer to one."""

    control: int
    """Class and instruction as one number: 0x0601 asks for a payment."""
    data: bytes = b""

    def encode(self) -> bytes:
        """The bytes as they go over TCP."""
        size = len(self.data)
        length = bytes([size]) if size < _LONG else bytes([_LONG]) + size.to_bytes(2, "little")
        return self.control.to_bytes(2, "big") + length + self.data

    @property
    def accepts(self) -> bool:
        """Whether it is an answer that says yes."""
        return self.control in (0x8000, 0x8400)

    @property
    def refuses(self) -> int:
        """The code of an answer that says no; 0 for every other packet."""
        return self.control & 0xFF if self.control >> 8 == 0x84 else 0


YES: Final = Apdu(0x8000)
UNKNOWN: Final = Apdu(0x8483)
"""Our answer to what the terminal asks and we do not do."""


def apdu_in(received: bytes | bytearray) -> tuple[Apdu, int] | None:
    """The packet at the beginning and how many bytes it takes; None while it is not whole.

    Raises:
        ProtocolError: it says that it is longer than any real one.
    """
    if len(received) < 3:
        return None
    size, begin = received[2], 3
    if size == _LONG:
        if len(received) < 5:
            return None
        size, begin = int.from_bytes(received[3:5], "little"), 5
    if size > MOST_DATA:
        raise ProtocolError
    if len(received) < begin + size:
        return None
    return Apdu(int.from_bytes(received[:2], "big"), bytes(received[begin : begin + size])), begin + size


def _crc_row(index: int) -> int:
    value = index
    for _ in range(8):
        value = value >> 1 ^ (0x8408 if value & 1 else 0)
    return value


_CRC_ROWS: Final = tuple(_crc_row(index) for index in range(256))


def checksum(data: bytes) -> bytes:
    """CRC-16/KERMIT, low byte first."""
    value = 0
    for byte in data:
        value = value >> 8 ^ _CRC_ROWS[(value ^ byte) & 0xFF]
    return value.to_bytes(2, "little")


def block(apdu: bytes) -> bytes:
    """An APDU's bytes as they go over a serial line."""
    doubled = apdu.replace(b"\x10", b"\x10\x10")
    return b"\x10\x02" + doubled + b"\x10\x03" + checksum(apdu + b"\x03")


class Unblocking:
    """Takes a serial line apart: signs (ACK, NAK) between blocks, blocks, and blocks that are spoilt."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, received: bytes) -> None:
        """Add what came; noise without end is not kept."""
        self._buffer += received
        if len(self._buffer) > 3 * MOST_DATA:
            del self._buffer[: -2 * MOST_DATA]

    def forget(self) -> None:
        """Drop what has come."""
        self._buffer.clear()

    def next(self) -> int | bytes | None:
        """The next sign (`ACK` or `NAK`), block (an APDU's bytes; empty if it was spoilt), or None until more comes."""
        while self._buffer:
            first = self._buffer[0]
            if first in (ACK, NAK):
                del self._buffer[0]
                return first
            if first == _DLE:
                if len(self._buffer) < 2:
                    return None
                if self._buffer[1] == _STX:
                    return self._block()
            del self._buffer[0]
        return None

    def _block(self) -> bytes | None:
        content = bytearray()
        at = 2
        while at + 1 < len(self._buffer):
            byte, after = self._buffer[at], self._buffer[at + 1]
            if byte != _DLE:
                content.append(byte)
                at += 1
            elif after == _DLE:
                content.append(_DLE)
                at += 2
            elif after == _ETX:
                if len(self._buffer) < at + 4:
                    return None
                told = bytes(self._buffer[at + 2 : at + 4])
                del self._buffer[: at + 4]
                return bytes(content) if told == checksum(bytes(content) + b"\x03") else b""
            else:
                # A new block begins in the middle of this one, or a byte was lost.
                del self._buffer[: at if after == _STX else at + 2]
                return b""
            if len(content) > MOST_DATA + 5:
                del self._buffer[:at]
                return b""
        return None
