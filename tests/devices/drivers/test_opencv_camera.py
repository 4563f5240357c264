"""Letters held badly, light that does not help, and codes that mean harm."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
import qrcode
import zxingcpp
from PIL import Image, ImageDraw
from qrcode.util import QRData

from devices.drivers.opencv_camera.aiming import hint
from devices.drivers.opencv_camera.reading import LADDER, MAX_CODE, Reader
from devices.drivers.opencv_camera.verbs import Eye, shown
from devices.errors import Disconnected, Unavailable
from devices.roles import CODE_CAMERA, AimHint
from devices.simulators.scene import HEIGHT, WIDTH, Pixels, Subject, View, compose, exposure, subject

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

    from devices.roles import CodeCamera, Sight
    from devices.simulators.bench import Bench
    from devices.supervisor import Supervisor

LETTER = b"BT1:09999999:ABCDEFGHIJKLMNOPQRSTUVWXYZ:AB"
CLEAN = View(turn=0, tilt=0, blur=0, noise=0, shade=0)
AS_HELD = View()

WHOLE_LADDER = 2 * (len(LADDER) + 1)


def code_picture(payload: bytes, box: int = 8) -> Image.Image:
    code = qrcode.QRCode(box_size=box, border=4)
    code.add_data(QRData(payload, mode=4))
    return code.make_image().get_image().convert("RGB")


def pixels(picture: Image.Image) -> Pixels:
    return np.asarray(cv2.cvtColor(np.asarray(picture), cv2.COLOR_RGB2BGR), np.uint8)


def letter(payload: bytes = LETTER) -> Subject:
    page = Image.new("RGB", (1240, 1754), "white")
    pen = ImageDraw.Draw(page)
    for row in range(30):
        pen.text((120, 620 + 30 * row), "Sehr geehrte Frau Beispiel, Ihr Ausweis wurde beantragt. " * 2, "black")
    page.paste(code_picture(payload), (780, 120))
    return subject(pixels(page))


def telephone(payload: bytes = LETTER) -> Subject:
    screen = Image.new("RGB", (720, 1280), (12, 14, 20))
    screen.paste(code_picture(payload, 10), (110, 300))
    return subject(pixels(screen))


def creased(held: Subject) -> Subject:
    """The letter after a week in a trouser pocket: two folds through the code, and paper that no longer lies flat."""
    height, width = held.picture.shape[:2]
    columns, rows = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    x, y = held.centre
    bend = 3 * np.abs(np.sin((columns - x + 20) / 110)) + 3 * np.abs(np.sin((rows - y - 30) / 90))
    bent = cv2.remap(held.picture, columns + bend.astype(np.float32), rows + bend.astype(np.float32), cv2.INTER_LINEAR)
    light = 1 - 0.45 * np.exp(-(((columns - x + 20) / 9) ** 2)) - 0.35 * np.exp(-(((rows - y - 30) / 9) ** 2))
    return replace(held, picture=np.clip(bent * light[..., None], 0, 255).astype(np.uint8))


def grey(held: Subject | None, view: View, take: int = 0) -> Pixels:
    frame = exposure(compose(held, view), view, np.random.default_rng(take))
    return np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), np.uint8)


def read(held: Subject | None, view: View) -> bytes | None:
    """What the camera has read after the ladder was climbed twice: one second at fifteen pictures."""
    eye = Eye()
    for take in range(WHOLE_LADDER):
        found, _ = eye.see(grey(held, view, take))
        if found is not None and found.code is not None:
            return found.code
    return None


@pytest.mark.parametrize(
    ("held", "view"),
    [
        pytest.param(letter(), AS_HELD, id="as people hold it"),
        pytest.param(letter(), replace(AS_HELD, turn=137), id="upside down"),
        pytest.param(letter(), replace(AS_HELD, tilt=45), id="tilted"),
        pytest.param(letter(), replace(AS_HELD, zoom=2.1), id="very near"),
        pytest.param(letter(), replace(AS_HELD, zoom=0.4), id="far away"),
        pytest.param(letter(), replace(AS_HELD, shade=0.95), id="half in the shade"),
        pytest.param(letter(), replace(AS_HELD, dim=0.9, noise=3), id="in the dark"),
        pytest.param(letter(), replace(AS_HELD, glare=0.45), id="under a lamp"),
        pytest.param(letter(), replace(AS_HELD, blur=4.0), id="out of focus"),
        pytest.param(letter(), replace(AS_HELD, noise=40), id="a bad sensor"),
        pytest.param(creased(letter()), AS_HELD, id="creased"),
        pytest.param(creased(letter()), replace(AS_HELD, shade=0.8, turn=20), id="creased and in the shade"),
        pytest.param(telephone(), AS_HELD, id="a phone"),
        pytest.param(telephone(), replace(AS_HELD, dim=0.85, noise=3), id="a dim phone"),
        pytest.param(telephone(), replace(AS_HELD, glare=0.4), id="a phone that mirrors a lamp"),
    ],
)
def test_a_letter_held_badly_is_read_all_the_same(held: Subject, view: View) -> None:
    assert read(held, view) == LETTER


def test_a_light_code_on_a_dark_screen_is_read() -> None:
    inverted = Image.eval(code_picture(LETTER, 9), lambda level: 255 - level)
    screen = Image.new("RGB", (720, 1280), "black")
    screen.paste(inverted, (120, 300))
    assert read(subject(pixels(screen)), CLEAN) == LETTER


@pytest.mark.parametrize("name", [step.name for step in LADDER])
def test_every_step_of_the_ladder_reads_a_well_held_letter_by_itself(name: str) -> None:
    step = next(each for each in LADDER if each.name == name)
    picture = grey(letter(), replace(CLEAN, zoom=0.5))
    found = Reader().climb(picture if name != "inverse" else 255 - picture, step)
    assert found is not None
    assert found.code == LETTER


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(b"\xff\xfe\x00\x80caf\xe9", id="not UTF-8"),
        pytest.param(b"BT1:0999\x009999:A:B", id="a NUL in the middle"),
        pytest.param(b"\x1b[2J\x07\r\n\x1dV\x00", id="control characters"),
        pytest.param("😈\u202eBT1:09999999".encode(), id="right-to-left override"),
    ],
)
def test_a_hostile_code_comes_through_as_bytes_and_harms_nobody(payload: bytes) -> None:
    assert read(subject(pixels(code_picture(payload))), CLEAN) == payload


def test_a_code_in_a_foreign_character_set_comes_through_as_bytes() -> None:
    code = zxingcpp.create_barcode("Привет", zxingcpp.BarcodeFormat.QRCode)
    picture = Image.fromarray(np.asarray(code.to_image(scale=8))).convert("RGB")
    assert read(subject(pixels(picture)), CLEAN)


def test_a_code_of_two_thousand_letters_is_cut_to_size() -> None:
    huge = code_picture(b"A" * 2300, 5)
    found, _ = Eye().see(np.asarray(huge.convert("L")))
    assert found is not None
    assert found.code == b"A" * MAX_CODE


@pytest.mark.parametrize(
    ("held", "view", "wanted"),
    [
        pytest.param(None, AS_HELD, AimHint.SHOW_CODE, id="nothing there"),
        pytest.param(letter(), replace(AS_HELD, zoom=0.15), AimHint.CLOSER, id="too far away"),
        pytest.param(letter(), replace(AS_HELD, zoom=1.2, blur=8), AimHint.HOLD_STILL, id="moving"),
        pytest.param(letter(), replace(AS_HELD, glare=0.8), AimHint.LESS_GLARE, id="mirroring a lamp"),
    ],
)
def test_the_hint_says_what_would_help(held: Subject | None, view: View, wanted: AimHint) -> None:
    eye = Eye()
    hints = [eye.see(grey(held, view, take))[1] for take in range(WHOLE_LADDER)]
    assert hints[-1] is wanted


def test_a_code_that_fills_the_picture_and_is_not_read_should_go_further_away() -> None:
    picture = np.full((HEIGHT, WIDTH), 128, np.uint8)
    assert hint(picture, ((290, 10), (990, 10), (990, 710), (290, 710))) is AimHint.FURTHER


def anything(sight: Sight) -> bool:
    return sight.picture.width > 0


def nothing(sight: Sight) -> bool:
    return sight.picture.width == 0


def look_until(camera: CodeCamera, cancel: Event, wanted: Callable[[Sight], bool]) -> Sight:
    for _ in range(100):
        sight = camera.look(cancel)
        if sight is not None and wanted(sight):
            return sight
    raise AssertionError("never seen")


def test_a_letter_shown_to_the_camera_is_read_and_framed(bench: Bench, supervisor: Supervisor, cancel: Event) -> None:
    with supervisor.lease(CODE_CAMERA) as camera:
        empty = look_until(camera, cancel, anything)
        assert (empty.code, empty.hint) == (None, AimHint.SHOW_CODE)
        assert (empty.picture.width, empty.picture.height) == (640, 360)
        assert len(empty.picture.rgb) == 640 * 360 * 3
        bench.camera.show(letter(), "letter")
        sight = look_until(camera, cancel, lambda sight: sight.code is not None)
    assert (sight.code, sight.hint) == (LETTER, AimHint.NONE)
    xs, ys = [x for x, _ in sight.corners], [y for _, y in sight.corners]
    assert 150 < min(xs) < max(xs) < 490
    assert 60 < min(ys) < max(ys) < 300


def test_the_frame_lies_around_the_code_in_the_mirrored_picture_too() -> None:
    frame = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
    picture = shown(frame, mirror=True)
    left = frame.copy()
    left[:, : WIDTH // 2] = 0
    mirrored = shown(left, mirror=True)
    assert picture.rgb[:3] == mirrored.rgb[:3]
    assert mirrored.rgb[639 * 3 : 640 * 3] == b"\0\0\0"


def test_what_was_shown_before_the_lease_is_not_read_in_it(bench: Bench, supervisor: Supervisor, cancel: Event) -> None:
    bench.camera.show(letter(b"SOMEBODY ELSE"), "before")
    with supervisor.lease(CODE_CAMERA) as camera:
        look_until(camera, cancel, lambda sight: sight.code == b"SOMEBODY ELSE")
    bench.camera.show(letter(), "now")
    # The stream carries on for a moment; what it still holds of the past is a picture or two, not the newest one.
    with supervisor.lease(CODE_CAMERA) as camera:
        look_until(camera, cancel, lambda sight: sight.code == LETTER)


def test_camera_unplugged_while_looking(bench: Bench, supervisor: Supervisor, cancel: Event) -> None:
    pull = threading.Timer(0.5, bench.camera.unplug)
    pull.start()
    with pytest.raises(Unavailable) as caught, supervisor.lease(CODE_CAMERA) as camera:
        look_until(camera, cancel, nothing)
    pull.join()
    assert isinstance(caught.value.__cause__, Disconnected)


def test_the_camera_is_let_go_when_nobody_looks(
    bench: Bench, supervisor: Supervisor, cancel: Event, until: Callable[[Callable[[], bool]], None]
) -> None:
    with supervisor.lease(CODE_CAMERA) as camera:
        look_until(camera, cancel, anything)
        assert bench.camera.state()["watched_by"] == 1
    until(lambda: bench.camera.state()["watched_by"] == 0)
    with supervisor.lease(CODE_CAMERA) as camera:
        look_until(camera, cancel, anything)
