"""A citizen walks up with her letter: the whole visit through real processes, real pixels and real clicks.

The places that are tapped are those of the design board. What is shown is compared with `references/`; after a wanted
change of a page, look at the new picture in the failure's folder and put it there.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import zxingcpp
from PIL import Image

from tests.visit.town_hall import BETWEEN_KEYS, PAGE_CAME_IN, differing, wait_until

if TYPE_CHECKING:
    from tests.visit.whole_town import WholeTown

REFERENCES = Path(__file__).parent / "references"
DEUTSCH = (288, 1246)
ENGLISH = (792, 1246)
STATUS_TILE = (288, 800)
"""In the first tile, however many there are, with and without a line above them."""
WITH_LETTER = (540, 1080)
WITH_NUMBER = (540, 1372)
BACK = (172, 1635)
PRIMARY = (676, 1635)
END_SESSION = (986, 1825)
PRINT = (820, 835)
CLOCK = (700, 0, 1079, 119)
AS_OF = (40, 1300, 800, 1370)

pytestmark = pytest.mark.timeout(300)


def begin(hall: WholeTown, language: tuple[int, int] = DEUTSCH) -> None:
    hall.tap(*language)
    hall.asked("Home")
    hall.tap(*STATUS_TILE)
    hall.asked("ChooseWay")


def finish(hall: WholeTown) -> None:
    hall.tap(*END_SESSION)
    hall.asked("Farewell")
    hall.asked("Attract")


def looks_like(picture: Image.Image, name: str, folder: Path) -> None:
    picture.save(folder / f"{name}.png")
    reference = Image.open(REFERENCES / f"{name}.png").convert("RGB")
    share = differing(picture, reference, (CLOCK, AS_OF))
    assert share < 0.002, f"{share:.2%} of the picture differ; see {folder / name}.png"


def codes_in(picture: Image.Image) -> list[str]:
    found = zxingcpp.read_barcodes(np.asarray(picture), formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    return [code.text for code in found]


def test_letter_shown_answer_taken_away_visit_reported(hall: WholeTown, tmp_path: Path) -> None:
    letter = hall.letter("ready_counter")
    begin(hall)
    hall.tap(*WITH_LETTER)
    hall.asked("ScanLetter")
    hall.show_letter(letter)
    hall.asked("ShowStatus")
    hall.dock("/camera", {"nothing": True})
    shown = hall.settled()
    looks_like(shown, "status-ready", tmp_path)
    (for_the_phone,) = codes_in(shown)
    assert letter["reference"] in for_the_phone

    slips, asked = hall.receipts(), hall.running["kiosk"].said().count("asked ShowStatus")
    hall.tap(*PRINT)
    number = wait_until("a slip came out", lambda: [slip for slip in hall.receipts() if slip not in slips])[0]
    slip = hall.receipt(number)
    slip.save(tmp_path / "slip.png")
    assert codes_in(slip) == [for_the_phone]
    wait_until("the printer confirmed", lambda: hall.running["kiosk"].said().count("asked ShowStatus") > asked)

    before = len(hall.visits())
    finish(hall)
    wait_until("the visit is at the office", lambda: len(hall.visits()) > before, 30)
    visit = hall.visits()[-1]
    assert visit["outcome"] == "ended_by_citizen"
    assert visit["claim"] == "letter"
    assert visit["taken_away"] == '["receipt"]'


def test_the_same_with_the_line_cut_and_reported_when_it_is_back(hall: WholeTown, tmp_path: Path) -> None:
    hall.dock("/line", {"cut": True})
    before = len(hall.visits())
    begin(hall)
    hall.tap(*WITH_LETTER)
    hall.asked("ScanLetter")
    hall.show_letter(hall.letter("ready_counter"))
    hall.asked("ShowStatus")
    looks_like(hall.settled(), "status-ready", tmp_path)
    finish(hall)
    assert len(hall.visits()) == before

    hall.dock("/line", {"cut": False})
    wait_until("the visit is at the office", lambda: len(hall.visits()) == before + 1, 120)


def test_the_kiosk_is_killed_with_a_visit_still_to_report(hall: WholeTown) -> None:
    hall.dock("/line", {"cut": True})
    before = len(hall.visits())
    begin(hall)
    finish_at = hall.running["kiosk"]
    hall.tap(*BACK)
    hall.asked("Home")
    hall.tap(*STATUS_TILE)
    hall.asked("ChooseWay")
    finish(hall)
    hall.kill("kiosk")
    hall.kill("courier")
    assert finish_at.process.returncode is not None

    hall.start_kiosk()
    hall.start_courier()
    hall.dock("/line", {"cut": False})
    wait_until("the visit is at the office", lambda: len(hall.visits()) == before + 1, 120)


def test_the_kiosk_is_killed_while_the_answer_is_shown(hall: WholeTown) -> None:
    begin(hall)
    hall.tap(*WITH_LETTER)
    hall.asked("ScanLetter")
    hall.show_letter(hall.letter("ready_counter"))
    hall.asked("ShowStatus")
    hall.kill("kiosk")
    hall.dock("/camera", {"nothing": True})
    hall.start_kiosk()
    begin(hall)
    finish(hall)


def test_number_and_birth_date_typed_on_the_glass(hall: WholeTown) -> None:
    letter = hall.letter("in_production")
    begin(hall, ENGLISH)
    hall.tap(*WITH_NUMBER)
    hall.asked("EnterDocumentNumber")
    for place, character in enumerate(letter["typed_number"]):
        hall.tap(*letter_key(character), after=BETWEEN_KEYS if place else PAGE_CAME_IN)
    hall.tap(*PRIMARY)
    hall.asked("EnterBirthDate")
    year, month, day = letter["birth_date"].split("-")
    for place, digit in enumerate(day + month + year):
        hall.tap(*digit_key(digit), after=BETWEEN_KEYS if place else PAGE_CAME_IN)
    hall.tap(*PRIMARY)
    hall.asked("ShowStatus")
    (for_the_phone,) = codes_in(hall.settled())
    assert letter["reference"] in for_the_phone
    finish(hall)


def test_nothing_personal_is_left_in_any_file_after_the_visit(hall: WholeTown) -> None:
    letter = hall.letter("ready_counter")
    token = letter["payload"].split(":")[2]
    born = letter["birth_date"].split("-")
    secrets = {
        "payload": letter["payload"],
        "token": token,
        "number": letter["typed_number"],
        "number without check digit": letter["typed_number"][:-1],
        "birth date": letter["birth_date"],
        "birth date as typed": "".join(reversed(born)),
        "birth date as spoken": ".".join(reversed(born)),
    }
    kept = [path for path in (hall.folder / "kiosk").rglob("*") if path.is_file()]
    kept += [path for path in (hall.folder / "kivy").rglob("*") if path.is_file()]
    kept += [running.log for name, running in hall.running.items() if name in {"kiosk", "courier"}]
    assert any(path.name == "replica.db" for path in kept)
    for path in kept:
        content = path.read_bytes()
        for what, secret in secrets.items():
            for form in (secret.encode(), secret.encode("utf-16-le")):
                assert form not in content, f"{what} is in {path.name}"


def test_unplugged_camera_and_the_scanner_goes_on(hall: WholeTown) -> None:
    hall.dock("/camera", {"plugged": False})
    begin(hall)
    hall.tap(*WITH_LETTER)
    hall.asked("ScanLetter")
    hall.dock("/scanner", {"text": hall.letter("ready_box")["payload"]})
    hall.asked("ShowStatus")
    finish(hall)
    hall.dock("/camera", {"plugged": True})
    wait_until(
        "the camera is back",
        lambda: (
            re.findall(r"device_(?:gone|back) role=code_camera", hall.running["kiosk"].said())[-1:]
            == ["device_back role=code_camera"]
        ),
    )


def letter_key(character: str) -> tuple[int, int]:
    """Where a key of the letter keyboard is: eight columns from x 102, rows from y 889 (board 06)."""
    place = "0123456789CFGHJKLMNPRTVWXYZ".index(character)
    return 102 + place % 8 * 125, 889 + place // 8 * 140


def digit_key(digit: str) -> tuple[int, int]:
    """Where a key of the digit keypad is: three columns from x 246, rows from y 909 (board 04b)."""
    place = "123456789_0".index(digit)
    return 246 + place % 3 * 293, 909 + place // 3 * 180
