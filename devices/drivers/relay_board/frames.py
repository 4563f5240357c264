"""Requests to a relay board and its answers as bytes, without I/O; pymodbus knows the packets and the checksum.

Modbus RTU has no beginning and no end of a packet but silence, so an answer is looked for wherever it may begin: noise
on the line comes before it as often as after it.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pymodbus.framer import FramerRTU
from pymodbus.pdu import DecodePDU
from pymodbus.pdu.bit_message import ReadCoilsRequest, ReadDiscreteInputsRequest, WriteSingleCoilRequest
from pymodbus.pdu.register_message import ReadHoldingRegistersRequest, WriteSingleRegisterRequest

if TYPE_CHECKING:
    from pymodbus.pdu import ModbusPDU

ALL_RELAYS: Final = 0x00FF
FLASH_ON: Final = 0x0200
CHANNEL_MODE: Final = 0x1000
"""Addresses by the makers' manual: all relays at once; plus the relay's number: its flash; its mode register."""

NORMAL_MODE: Final = 0
"""A relay obeys commands alone. Some boards leave the factory with 1: an input switches its relay."""

NOBODY_THERE: Final = frozenset({0x0A, 0x0B})
"""Exception codes by which a gateway says that the board behind it is silent."""

_FAILED: Final = 0x80
_REFUSAL_SIZE: Final = 5
_ECHO_SIZE: Final = 8


class FlashRequest(WriteSingleCoilRequest):
    """Function 5 with a time in the place of on or off, in tenths of a second."""

    def __init__(self, *, dev_id: int, address: int, tenths: int) -> None:
        super().__init__(dev_id=dev_id, address=address)
        self.tenths = tenths

    def encode(self) -> bytes:
        """Address and time."""
        return struct.pack(">HH", self.address, self.tenths)


@dataclass(frozen=True)
class Request:
    """One question or command: its bytes, and what an answer to it looks like."""

    frame: bytes
    answer_size: int

    @property
    def unit(self) -> int:
        """The board's id on the line."""
        return self.frame[0]

    @property
    def function(self) -> int:
        """Modbus' function code."""
        return self.frame[1]


@dataclass(frozen=True)
class Answer:
    """What the board said: bits or registers for a question; `refused` is Modbus' exception code, 0 for none."""

    bits: tuple[bool, ...] = ()
    registers: tuple[int, ...] = ()
    refused: int = 0


_FRAMER: Final = FramerRTU(DecodePDU(is_server=False))


def all_off(unit: int) -> Request:
    """Switch every relay off."""
    return _echoed(WriteSingleCoilRequest(dev_id=unit, address=ALL_RELAYS, bits=[False]))


def off(unit: int, relay: int) -> Request:
    """Switch one relay (counted from 0) off."""
    return _echoed(WriteSingleCoilRequest(dev_id=unit, address=relay, bits=[False]))


def flash(unit: int, relay: int, tenths: int) -> Request:
    """Let the board switch a relay (counted from 0) on for so many tenths of a second."""
    return _echoed(FlashRequest(dev_id=unit, address=FLASH_ON + relay, tenths=tenths))


def inputs(unit: int, count: int) -> Request:
    """Read the first `count` inputs."""
    return _reading(ReadDiscreteInputsRequest(dev_id=unit, address=0, count=count), (count + 7) // 8)


def relays(unit: int, count: int) -> Request:
    """Read the first `count` relays."""
    return _reading(ReadCoilsRequest(dev_id=unit, address=0, count=count), (count + 7) // 8)


def modes(unit: int, count: int) -> Request:
    """Read the mode of the first `count` relays."""
    return _reading(ReadHoldingRegistersRequest(dev_id=unit, address=CHANNEL_MODE, count=count), 2 * count)


def set_normal(unit: int, relay: int) -> Request:
    """Let a relay (counted from 0) obey commands alone."""
    return _echoed(WriteSingleRegisterRequest(dev_id=unit, address=CHANNEL_MODE + relay, registers=[NORMAL_MODE]))


def answer_in(received: bytes, request: Request) -> Answer | None:
    """The first whole answer to this request among what was received; None if there is none yet."""
    for start in range(len(received) - _REFUSAL_SIZE + 1):
        unit, function = received[start], received[start + 1]
        if unit != request.unit or function & ~_FAILED != request.function:
            continue
        size = _REFUSAL_SIZE if function & _FAILED else request.answer_size
        frame = received[start : start + size]
        if len(frame) < size or not FramerRTU.check_CRC(frame[:-2], int.from_bytes(frame[-2:], "big")):
            continue
        if (answer := _answer(frame[1:-2], request)) is not None:
            return answer
    return None


def _answer(packet: bytes, request: Request) -> Answer | None:
    if packet[0] & _FAILED:
        return Answer(refused=packet[1])
    if request.answer_size == _ECHO_SIZE and request.function in (5, 6):
        # What is repeated says which relay was meant; an echo of another command is not for us.
        return Answer() if packet[1:3] == request.frame[2:4] else None
    if packet[1] != len(packet) - 2 or (pdu := _FRAMER.decoder.decode(packet)) is None:
        return None
    return Answer(tuple(bool(bit) for bit in pdu.bits), tuple(pdu.registers))


def _reading(pdu: ModbusPDU, content: int) -> Request:
    # id, function, count of bytes, the bytes, checksum
    return Request(_FRAMER.buildFrame(pdu), 3 + content + 2)


def _echoed(pdu: ModbusPDU) -> Request:
    return Request(_FRAMER.buildFrame(pdu), _ECHO_SIZE)
