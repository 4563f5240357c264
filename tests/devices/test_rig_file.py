"""Rig files: a technician's mistakes are named, with the word that was probably meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from devices.drivers import DRIVERS
from devices.rig import RigError
from devices.supervisor import load_rig


def rig(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "rig.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_the_example_rig_is_understood() -> None:
    example = Path(__file__).parents[2] / "rigs" / "example.toml"
    assert [fitted.driver for fitted in load_rig(example).devices] == list(DRIVERS)


def test_the_rig_that_the_simulators_write_names_a_driver_for_every_role(tmp_path: Path) -> None:
    text = '[code_camera]\ndriver = "opencv_camera"\nsource = "http://127.0.0.1:1/camera.mjpg"\n'
    (fitted,) = load_rig(rig(tmp_path, text)).devices
    assert (fitted.driver.name, fitted.options) == ("opencv_camera", {"source": "http://127.0.0.1:1/camera.mjpg"})


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
        ("[code_camera\n", "rig.toml"),
        ('code_camera = "opencv_camera"', "needs a line driver"),
    ],
)
def test_a_mistake_in_the_rig_file_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(RigError) as caught:
        load_rig(rig(tmp_path, text))
    assert said in str(caught.value)
