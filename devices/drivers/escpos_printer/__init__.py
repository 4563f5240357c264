"""A receipt printer that speaks ESC/POS, over the network or a serial line.

`layout` turns a receipt into bytes (python-escpos), `frames` knows commands and answers, `exchange` who says what
when, `verbs` is the device; wires are `devices.wires.tcp_line` and `serial_line`. Status is read by own code, because
python-escpos answers "enough paper" for a printer that says nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from devices.rig import Driver, Options, RigError
from devices.roles import RECEIPT_PRINTER
from devices.wires.address import Address, open_wire, parse_address

if TYPE_CHECKING:
    from devices.roles import ReceiptPrinter

DEFAULT_COLUMNS = 48
DEFAULT_PROFILE = "default"


class PrinterSettings(NamedTuple):
    """What the rig file says about the printer."""

    address: Address
    columns: int
    profile: str
    picture_font: Path | None


def _settings(options: Options) -> PrinterSettings:
    address, columns, profile, font = (
        options.get("address", ""),
        options.get("columns", DEFAULT_COLUMNS),
        options.get("profile", DEFAULT_PROFILE),
        options.get("picture_font", ""),
    )
    if not isinstance(address, str):
        raise RigError("receipt_printer: address must be text such as tcp://host:9100")
    if not isinstance(columns, int) or isinstance(columns, bool) or not 24 <= columns <= 96:
        raise RigError(f"receipt_printer: columns must be a number from 24 to 96, not {columns!r}")
    if not isinstance(profile, str) or not isinstance(font, str):
        raise RigError("receipt_printer: profile and picture_font must be text")
    if font and not Path(font).is_file():
        raise RigError(f"receipt_printer: picture_font {font!r} is not a file")
    if profile != DEFAULT_PROFILE:
        from devices.drivers.escpos_printer import layout  # noqa: PLC0415  only a rig that names a printer pays for it

        if profile not in (known := layout.profiles()):
            raise RigError(f"receipt_printer: python-escpos knows no profile {profile!r}; known are {', '.join(known)}")
    return PrinterSettings(parse_address(address), columns, profile, Path(font) if font else None)


def _open(options: Options) -> ReceiptPrinter:
    # python-escpos reads its table of printers for half a second, so only a kiosk with a printer does.
    from devices.drivers.escpos_printer.verbs import EscposPrinter  # noqa: PLC0415

    settings = _settings(options)
    return EscposPrinter(
        open_wire(settings.address),
        columns=settings.columns,
        profile=settings.profile,
        picture_font=settings.picture_font,
    )


ESCPOS_PRINTER: Driver[ReceiptPrinter] = Driver(
    name="escpos_printer",
    role=RECEIPT_PRINTER,
    open=_open,
    options={
        "address": "Where it is: tcp://host:9100 or serial:///dev/serial/by-id/NAME?baud=38400.",
        "columns": "Letters in a line of its font A: 48 on 80 mm paper (the default), 42 on some, 32 on 58 mm.",
        "profile": "Its name in python-escpos' table of printers, 'default' unless given; it knows the code pages.",
        "picture_font": "A TrueType file for text in none of its code pages (Arabic); without it: question marks.",
    },
    check=_settings,
)
