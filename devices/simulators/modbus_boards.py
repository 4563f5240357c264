"""Relay boards on a Modbus RTU line, whatever is wired to them. Written from the makers' manual alone.

It shares no code with the driver, so that a misunderstanding of one is not also the other's.
"""

from __future__ import annotations

import math
import struct
import time
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

CHANNELS: Final = 8
"""Relays and inputs of one board."""

_READ_RELAYS: Final = 1
_READ_INPUTS: Final = 2
_READ_REGISTERS: Final = 3
_WRITE_RELAY: Final = 5
_WRITE_REGISTER: Final = 6
_UNKNOWN_FUNCTION: Final = 1
_UNKNOWN_ADDRESS: Final = 2
_SILENCE: Final = 0.05
"""Seconds after which what came before is no part of the same packet."""


class Wired(Protocol):
    """What is wired to the boards: coils behind relays, contacts behind inputs, both counted from 1."""

    @property
    def boards(self) -> tuple[int, ...]:
        """The boards' ids."""
        ...

    def alive(self, board: int) -> bool:
        """Whether a board has power."""
        ...

    def coil(self, board: int, lock: int) -> bool:
        """Whether a relay is on."""
        ...

    def energise(self, board: int, lock: int, seconds: float) -> None:
        """Switch a relay on for so long."""
        ...

    def release_current(self, board: int, lock: int) -> None:
        """Switch a relay off."""
        ...

    def contact_closed(self, board: int, lock: int) -> bool:
        """What an input reads."""
        ...


class Refusal(Exception):
    """A request that the board answers with an exception code."""


def checksum(packet: bytes) -> bytes:
    """Modbus' CRC-16, low byte first."""
    value = 0xFFFF
    for byte in packet:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ 0xA001 if value & 1 else value >> 1
    return value.to_bytes(2, "little")


class ModbusBoards:
    """Hears every packet on the line and answers for the boards that have power."""

    def __init__(self, wired: Wired, clock: Callable[[], float] = time.monotonic) -> None:
        self._wired = wired
        self._clock = clock
        self._heard = b""
        self._heard_at = 0.0
        self._modes = {board: [0] * CHANNELS for board in wired.boards}

    def link(self, board: int) -> None:
        """Set a board as some leave the factory: each input switches its relay."""
        self._modes[board] = [1] * CHANNELS

    def lamps(self, board: int) -> tuple[bool, ...]:
        """Which relays are on."""
        return tuple(self._relay(board, channel) for channel in range(CHANNELS))

    def answer(self, data: bytes) -> bytes:
        """What the boards say to these bytes."""
        now = self._clock()
        if now - self._heard_at > _SILENCE:
            self._heard = b""
        self._heard, self._heard_at = self._heard + data, now
        said = b""
        while (packet := self._next_packet()) is not None:
            said += self._answer(packet)
        return said

    def _next_packet(self) -> bytes | None:
        """The first request on the line, without its checksum; what comes before it is noise. All have eight bytes."""
        for start in range(len(self._heard) - 7):
            packet = self._heard[start : start + 8]
            if checksum(packet[:6]) == packet[6:]:
                self._heard = self._heard[start + 8 :]
                return packet[:6]
        self._heard = self._heard[-64:]
        return None

    def _answer(self, packet: bytes) -> bytes:
        board, function, address, value = struct.unpack(">BBHH", packet)
        if board not in self._wired.boards or not self._wired.alive(board):
            return b""
        try:
            content = self._obey(board, function, address, value)
        except Refusal as refusal:
            content = bytes([function | 0x80, *refusal.args])
        said = bytes([board]) + content
        return said + checksum(said)

    def _obey(self, board: int, function: int, address: int, value: int) -> bytes:
        match function:
            case 1 | 2 if value >= 1 and address + value <= CHANNELS:
                read = self._relay if function == _READ_RELAYS else self._input
                bits = [read(board, channel) for channel in range(address, address + value)]
                packed = _packed(bits)
                return bytes([function, len(packed)]) + packed
            case 3 if address >= 0x1000 and value >= 1 and address + value <= 0x1000 + CHANNELS:
                modes = self._modes[board][address - 0x1000 : address - 0x1000 + value]
                return bytes([function, 2 * value]) + b"".join(mode.to_bytes(2, "big") for mode in modes)
            case 5:
                self._switch(board, address, value)
                return struct.pack(">BHH", function, address, value)
            case 6 if 0x1000 <= address < 0x1000 + CHANNELS and value <= 3:
                self._modes[board][address - 0x1000] = value
                return struct.pack(">BHH", function, address, value)
            case 1 | 2 | 3 | 6:
                raise Refusal(_UNKNOWN_ADDRESS)
            case _:
                raise Refusal(_UNKNOWN_FUNCTION)

    def _switch(self, board: int, address: int, value: int) -> None:
        channel = address & 0xFF
        match address & 0xFF00:
            case 0x0000 if address == 0xFF and value == 0:
                for each in range(CHANNELS):
                    self._wired.release_current(board, each + 1)
            case 0x0000 if channel < CHANNELS and value == 0xFF00:
                self._wired.energise(board, channel + 1, math.inf)
            case 0x0000 if channel < CHANNELS and value == 0:
                self._wired.release_current(board, channel + 1)
            case 0x0200 if channel < CHANNELS:
                self._wired.energise(board, channel + 1, value / 10)
            case _:
                raise Refusal(_UNKNOWN_ADDRESS)

    def _relay(self, board: int, channel: int) -> bool:
        if self._modes[board][channel] == 1:
            return self._input(board, channel)
        return self._wired.coil(board, channel + 1)

    def _input(self, board: int, channel: int) -> bool:
        return self._wired.contact_closed(board, channel + 1)


def _packed(bits: Iterable[bool]) -> bytes:
    values = list(bits)
    number = sum(bit << at for at, bit in enumerate(values))
    return number.to_bytes((len(values) + 7) // 8, "little")
