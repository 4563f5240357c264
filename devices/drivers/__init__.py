"""Who speaks to each kind of device; `DRIVERS` lists them by hand. Drivers know nothing of simulators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devices.drivers.ausweisapp import AUSWEISAPP
from devices.drivers.escpos_printer import ESCPOS_PRINTER
from devices.drivers.kerong_wall import KERONG_WALL
from devices.drivers.modbus_wall import MODBUS_WALL
from devices.drivers.nut_ups import NUT_UPS
from devices.drivers.opencv_camera import OPENCV_CAMERA
from devices.drivers.pcsc_reader import PCSC_READER
from devices.drivers.serial_scanner import SERIAL_SCANNER
from devices.drivers.vending_columns import VENDING_COLUMNS
from devices.drivers.zvt_terminal import ZVT_TERMINAL

if TYPE_CHECKING:
    from devices.rig import Driver
    from devices.roles import Device

DRIVERS: tuple[Driver[Device], ...] = (
    OPENCV_CAMERA,
    SERIAL_SCANNER,
    ESCPOS_PRINTER,
    MODBUS_WALL,
    KERONG_WALL,
    ZVT_TERMINAL,
    VENDING_COLUMNS,
    NUT_UPS,
    PCSC_READER,
    AUSWEISAPP,
)
