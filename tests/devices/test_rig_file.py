"""Rig files: a technician's mistakes are named, with the word that was probably meant."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from devices.drivers import DRIVERS
from devices.rig import RigError
from devices.roles import ROLES
from devices.supervisor import load_rig

RIGS = Path(__file__).parents[2] / "rigs"


def rig(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "rig.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_the_example_rigs_are_understood_and_show_every_driver_and_role() -> None:
    shown = [load_rig(file) for file in sorted(RIGS.glob("*.toml"))]
    assert [fitted.driver.role for fitted in shown[0].devices] == list(ROLES)
    assert {fitted.driver.name for rig in shown for fitted in rig.devices} == {driver.name for driver in DRIVERS}
    for fitted in (fitted for rig in shown for fitted in rig.devices):
        rows = [row for key in fitted.driver.rows for row in fitted.options[key]]  # type: ignore[union-attr]
        assert all(set(row) <= set(next(iter(fitted.driver.rows.values()))) for row in rows)


def test_the_rig_that_the_simulators_write_names_a_driver_for_every_role(tmp_path: Path) -> None:
    text = '[code_camera]\ndriver = "opencv_camera"\nsource = "http://127.0.0.1:1/camera.mjpg"\n'
    (fitted,) = load_rig(rig(tmp_path, text)).devices
    assert (fitted.driver.name, fitted.options) == ("opencv_camera", {"source": "http://127.0.0.1:1/camera.mjpg"})


MODBUS = 'driver = "modbus_wall"\naddress = "serial:///dev/x"'
KERONG = 'driver = "kerong_wall"\naddress = "serial:///dev/x?baud=19200"'


def row(**changes: object) -> str:
    """A row of a sound compartment, but for the changes; None leaves a key out."""
    sound = {"number": 1, "left": 0, "bottom": 380, "width": 300, "height": 200, "board": 1, "lock": 1}
    words = {key: value for key, value in {**sound, **changes}.items() if value is not None}
    return "{ " + ", ".join(f"{key} = {json.dumps(value)}" for key, value in words.items()) + " }"


def wall(*lines: str) -> str:
    """The table of a wall: its lines, and its rows as a list."""
    rows = [line for line in lines if line.startswith("{")]
    others = [line for line in lines if not line.startswith("{")]
    return "\n".join(["[locker_wall]", *others, *([f"compartments = [{', '.join(rows)}]"] if rows else [])])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[code_camra]\ndriver = "opencv_camera"', "did you mean 'code_camera'?"),
        ('[code_camera]\ndriver = "opencv"', "did you mean 'opencv_camera'?"),
        ('[code_camera]\ndriver = "escpos_printer"', "known are opencv_camera"),
        ('[code_camera]\ndriver = "opencv_camera"\nsurce = "/dev/video0"', "did you mean 'source'?"),
        ('[code_camera]\ndriver = "opencv_camera"', "source must be a device"),
        ('[code_camera]\ndriver = "opencv_camera"\nsource = "0"\nwidth = 12', "width must be a number of pixels"),
        ('[code_camera]\ndriver = "opencv_camera"\nsource = "0"\nmirror = "no"', "mirror must be true or false"),
        ('[code_camera]\ndriver = "opencv_camera"\nsource = ["0"]', "source must be text, a number, true or false"),
        ('[code_scanner]\nport = "/dev/ttyACM0"', "needs a line driver"),
        ('[code_scanner]\ndriver = "serial_scanner"\nport = "COM3"', "port must be a path"),
        ('[code_scanner]\ndriver = "serial_scanner"\nport = "/dev/x"\nbaud = "fast"', "baud must be a number"),
        ('[receipt_printer]\ndriver = "escpos_printer"\naddress = "usb://1"', "is not an address"),
        ('[receipt_printer]\ndriver = "escpos_printer"\naddress = "tcp://host:port"', "the port must be a number"),
        ('[receipt_printer]\ndriver = "escpos_printer"\naddress = "serial:///dev/x?boud=9"', "only ?baud=NUMBER"),
        ('[receipt_printer]\ndriver = "escpos_printer"\naddress = "tcp://h"\ncolumns = 4', "columns must be a number"),
        ('[receipt_printer]\ndriver = "escpos_printer"\naddress = "tcp://h"\npicture_font = "/no"', "is not a file"),
        ('[receipt_printer]\ndriver = "escpos_printer"\naddress = "tcp://h"\nprofile = "TM-X"', "known are AF-240"),
        (wall(), "driver"),
        (wall('driver = "modbus_wal"'), "did you mean 'modbus_wall'?"),
        (wall(MODBUS, "compartments = 7"), "compartments must be a list of rows"),
        (wall(MODBUS), "compartments must be a list with a row"),
        (wall(MODBUS, "compartments = []"), "compartments must be a list with a row"),
        (wall(MODBUS, "compartments = [{ numbr = 1 }]"), "a row has no key 'numbr'; did you mean 'number'?"),
        (wall(MODBUS, "compartments = [{ number = [1] }]"), "compartments: number must be text, a number"),
        (wall(MODBUS, row(number=0)), "a compartment: number must be a number from 1 to 999, not 0"),
        (wall(MODBUS, row(lock="x")), "compartment 1: lock must be a number from 1 to 32, not 'x'"),
        (wall(MODBUS, row(board=None)), "compartment 1: board must be a number from 1 to 247, missing"),
        (wall(MODBUS, row(width=True)), "compartment 1: width must be a number from 20 to 20000, not True"),
        (wall(MODBUS, row(size="huge")), "size must be one of small, medium, large, not 'huge'"),
        (wall(MODBUS, row(), row(left=900, lock=2)), "there are two compartments 1"),
        (wall(MODBUS, row(), row(number=2, left=900)), "compartments 1 and 2 have the same lock"),
        (wall(MODBUS, row(), row(number=2, left=900, lock=2, contact=1)), "compartments 1 and 2 have the same contact"),
        (wall(MODBUS, row(), row(number=2, left=100, lock=2)), "compartments 1 and 2 lie over each other"),
        (wall(MODBUS, "pulse = 2000", row()), "pulse must be a number from 200 to 900, not 2000"),
        (wall(MODBUS, "pulse = 350", row()), "pulse must be in steps of 100, not 350"),
        (wall(MODBUS, "closed_reads = 2", row()), "closed_reads must be a number from 0 to 1, not 2"),
        (wall(MODBUS, "terminal_left = 0", row()), "terminal_width must be a number from 20 to 20000, missing"),
        (wall(MODBUS, "terminal_left = 0\nterminal_width = 400", row()), "lies where the terminal stands"),
        (wall(MODBUS, "reach_high = 300", row()), "reach_high must be a number from 380 to 3000, not 300"),
        (wall('driver = "modbus_wall"', row()), "is not an address"),
        (wall('driver = "modbus_wall"\naddress = 7', row()), "address must be text"),
        (wall(KERONG, row(lock=49)), "lock must be a number from 1 to 48, not 49"),
        (wall(KERONG, row(board=10)), "board must be a number from 0 to 9, not 10"),
        (wall(KERONG, row(contact=1)), "a row has no key 'contact'"),
        (wall(KERONG, "reply_code = 999", row()), "reply_code must be a number from 0 to 255"),
        ("[code_camera\n", "rig.toml"),
        ('code_camera = "opencv_camera"', "needs a line driver"),
    ],
)
def test_a_mistake_in_the_rig_file_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(RigError) as caught:
        load_rig(rig(tmp_path, text))
    assert said in str(caught.value)
