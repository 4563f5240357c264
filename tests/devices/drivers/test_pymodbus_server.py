"""The driver as master of somebody else's boards: a pymodbus server behind a gateway, with the flash taught to it."""

from __future__ import annotations

import asyncio
import struct
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from pymodbus.exceptions import NoSuchIdException
from pymodbus.framer import FramerType
from pymodbus.pdu.bit_message import WriteSingleCoilRequest
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from devices.conditions import Ready, Soon
from devices.roles import LOCKER_WALL, BoardSilent, Door, OpenCommand, Opened, StillClosed
from devices.supervisor import load_rig

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from threading import Event

    from pymodbus.constants import ExcCodes
    from pymodbus.datastore import ModbusServerContext
    from pymodbus.pdu import ModbusPDU

    from devices.roles import LockerWall

CLOSED = 0b11111111


class Boards:
    """Two boards of eight locks in a pymodbus server on loopback; board 2 has a stuck lock 1."""

    def __init__(self) -> None:
        self.written: list[tuple[int, int, int]] = []
        self.contacts = {1: CLOSED, 2: CLOSED}
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self.port = 0
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(),))
        self._thread.start()
        assert self._ready.wait(10)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        self._loop.close()

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        boards = self

        class Written(WriteSingleCoilRequest):
            """Function 5 with whatever value it carries, answered by repeating it."""

            def decode(self, data: bytes) -> None:
                self.address, self.value = struct.unpack(">HH", data[:4])

            def encode(self) -> bytes:
                return struct.pack(">HH", self.address, self.value)

            async def datastore_update(self, context: ModbusServerContext, device_id: int) -> ModbusPDU:
                if device_id not in boards.contacts:
                    raise NoSuchIdException
                boards.write(device_id, self.address, self.value)
                return self

        server = ModbusTcpServer(
            [self._board(unit) for unit in (1, 2)],
            framer=FramerType.RTU, address=("127.0.0.1", 0), ignore_missing_devices=True, custom_pdu=[Written],
        )  # fmt: skip
        await server.serve_forever(background=True)
        # What listens is asyncio's server, although pymodbus calls it a transport.
        listening: Any = server.transport
        self.port = listening.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        # Its connections end in the loop's next turns.
        await asyncio.sleep(0.05)

    def write(self, unit: int, address: int, value: int) -> None:
        self.written.append((unit, address, value))
        if address & 0xFF00 == 0x0200 and (unit, address) != (2, 0x0200):
            self.contacts[unit] &= ~(1 << (address & 0xFF))

    def _board(self, unit: int) -> SimDevice:
        async def read(*asked: Any) -> ExcCodes | None:  # noqa: ANN401  what pymodbus hands to an action
            function_code, _, _, _, registers, _ = asked
            if function_code == 2:
                registers[0] = self.contacts[unit]
            return None

        bits = [SimData(0, values=[False] * 16, datatype=DataType.BITS)]
        modes = [SimData(0x1000, count=8, values=0, datatype=DataType.REGISTERS)]
        return SimDevice(unit, simdata=(bits, list(bits), modes, list(modes)), action=read)


@pytest.fixture
def boards() -> Iterator[Boards]:
    boards = Boards()
    yield boards
    boards.close()


@pytest.fixture
def wall(boards: Boards, tmp_path: Path) -> Iterator[LockerWall]:
    rig = tmp_path / "rig.toml"
    rows = "\n".join(
        f"{{ number = {number}, left = {400 * number}, bottom = 400, width = 300, height = 300, "
        f"board = {board}, lock = {lock} }},"
        for number, (board, lock) in enumerate([(1, 1), (1, 8), (2, 1), (3, 1)], 1)
    )
    rig.write_text(
        f'[locker_wall]\ndriver = "modbus_wall"\naddress = "tcp://127.0.0.1:{boards.port}"\npulse = 300\n'
        f"compartments = [\n{rows}\n]\n",
        encoding="utf-8",
    )
    (fitted,) = load_rig(rig).devices
    assert fitted.driver.role == LOCKER_WALL
    wall: LockerWall = fitted.driver.open(fitted.options)  # type: ignore[assignment]
    yield wall
    wall.close()


def test_another_makers_boards_are_switched_off_at_the_start(wall: LockerWall, boards: Boards) -> None:
    assert boards.written == [(1, 0x00FF, 0x0000), (2, 0x00FF, 0x0000)]


def test_another_makers_board_opens_a_door_by_its_flash(wall: LockerWall, boards: Boards, cancel: Event) -> None:
    assert wall.doors(cancel) == {1: Door.CLOSED, 2: Door.CLOSED, 3: Door.CLOSED, 4: Door.UNKNOWN}
    assert wall.open(OpenCommand(2, datetime.now(UTC)), cancel) == Opened()
    assert boards.written[-1] == (1, 0x0207, 3)
    assert wall.doors(cancel) == {1: Door.CLOSED, 2: Door.OPEN, 3: Door.CLOSED, 4: Door.UNKNOWN}


def test_another_makers_stuck_lock_and_missing_board_are_told_apart(
    wall: LockerWall, boards: Boards, cancel: Event
) -> None:
    assert wall.open(OpenCommand(3, datetime.now(UTC)), cancel) == StillClosed()
    assert boards.written[-1] == (2, 0x0200, 3)
    assert wall.open(OpenCommand(4, datetime.now(UTC)), cancel) == BoardSilent(sent=False)
    assert wall.condition() == Ready(Soon.LOCKER_BOARD_SILENT)
