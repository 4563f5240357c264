"""Every page finds room on every panel in every look: large enough keys, far enough apart, and no text lost."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from screens.look import Format, Look
from screens.views.arrange import arrange
from screens.views.scene import Box, Matrix, Picture, Target, Words
from tests.screens.pictures import LOOKS, page_of
from tests.screens.samples import SAMPLES
from tests.screens.views import board_pages
from tests.screens.views.measure import faults

if TYPE_CHECKING:
    from screens.pages import Page

UPRIGHT = ("light", "hc", "large", "very_large", "low_reach", "low_reach_hc")
ELSEWHERE = ("light", "large", "very_large")
EVERY = [
    *((Format.PORTRAIT, look) for look in UPRIGHT),
    *((form, look) for form in (Format.LANDSCAPE, Format.SMALL) for look in ELSEWHERE),
]


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize(("form", "look"), EVERY, ids=lambda value: getattr(value, "value", value))
def test_every_page_has_room(form: Format, look: str, language: str) -> None:
    wanted = replace(LOOKS[look], language=language)
    found = []
    for name in SAMPLES:
        page, beneath = page_of(name, wanted)
        scene = arrange(page, wanted, form, beneath)
        found += [f"{name}: {fault}" for fault in faults(page, scene, wanted, form)]
    assert found == []


def by_name(page: Page, look: Look, form: Format = Format.PORTRAIT) -> dict[str, Target]:
    return {target.name: target for target in arrange(page, look, form).targets}


def test_the_home_page_lies_where_the_board_has_it() -> None:
    keys = by_name(board_pages.home(), board_pages.LOOK)
    boxes = {name: (key.rect.x, key.rect.y, key.rect.w, key.rect.h) for name, key in keys.items()}
    assert boxes["status"] == (48, 640, 480, 236)
    assert boxes["who"] == (552, 1432, 480, 236)
    assert boxes["language"] == (12, 1760, 133, 132)
    assert boxes["end"] == (904, 1760, 164, 132)


def test_the_status_page_lies_where_the_board_has_it() -> None:
    keys = by_name(board_pages.status(), board_pages.LOOK)
    assert keys["back"].rect == type(keys["back"].rect)(48, 1576, 248, 120)
    assert (keys["collect"].rect.x, keys["collect"].rect.right) == (320, 1032)
    assert keys["print"].rect.y == 930


def test_the_end_is_the_last_key_on_every_page_of_a_session() -> None:
    for form in Format:
        for page in (board_pages.home(), board_pages.identify(), board_pages.status(), board_pages.idle()):
            assert arrange(page, board_pages.LOOK, form).targets[-1].name == "end"


def test_the_bar_never_moves() -> None:
    spots = {
        tuple(key.rect.x for name, key in by_name(page, board_pages.LOOK).items() if key.colours.ring == "chrome-on")
        for page in (board_pages.home(), board_pages.identify(), board_pages.status(), board_pages.collect())
    }
    assert len(spots) == 1


def test_low_reach_brings_every_key_into_the_lower_third() -> None:
    for page in (board_pages.home(), board_pages.identify(), board_pages.status(), board_pages.collect()):
        assert all(key.rect.y >= 1280 for key in by_name(page, board_pages.LOW).values())


def test_an_arabic_page_runs_from_the_right_but_keeps_its_keypad() -> None:
    page = board_pages.digits()
    left, right = by_name(page, board_pages.LOOK), by_name(replace(page, rtl=True), board_pages.LOOK)
    assert right["back"].rect.right == 1080 - left["back"].rect.x
    assert right["end"].rect.x == 1080 - left["end"].rect.right
    assert right["key_1"].rect == left["key_1"].rect


def test_the_idle_warning_shows_nothing_of_the_page() -> None:
    scene = arrange(board_pages.idle(), board_pages.LOOK, Format.PORTRAIT)
    assert scene.under == ()
    assert scene.back[0] == Box(scene.back[0].rect, "chrome")


def test_a_sheet_lies_above_its_page_and_takes_its_touches() -> None:
    scene = arrange(board_pages.settings(), board_pages.LOOK, Format.PORTRAIT, board_pages.home())
    assert "status" not in {target.name for target in scene.targets}
    assert any(isinstance(item, Target) and item.name == "status" for item in scene.under)


def test_high_contrast_has_no_scenery() -> None:
    scene = arrange(board_pages.home(), board_pages.HIGH_CONTRAST, Format.PORTRAIT)
    assert [item.name for item in (*scene.body, *scene.fixed) if isinstance(item, Picture)] == ["mark-hc"]


def test_a_code_is_drawn_in_whole_pixels_with_its_quiet_zone() -> None:
    scene = arrange(board_pages.status(), board_pages.LOOK, Format.PORTRAIT)
    code = next(item for item in scene.body if isinstance(item, Matrix))
    from screens.views.codes import modules  # noqa: PLC0415

    size = len(modules(code.text))
    assert code.rect.w % size == 0
    assert code.rect.w // size >= 5
    frame = next(item.rect for item in scene.body if isinstance(item, Box) and item.fill == "#FFFFFF")
    assert code.rect.x - frame.x >= 4 * code.rect.w // size - 3


def test_changing_digits_do_not_move_their_neighbours() -> None:
    def digits(left: int) -> list[Words]:
        scene = arrange(board_pages.idle(left), board_pages.LOOK, Format.PORTRAIT)
        return [item for item in scene.body if isinstance(item, Words) and item.size == 128]

    first, second = digits(11), digits(28)
    assert [word.within for word in first] == [word.within for word in second]
