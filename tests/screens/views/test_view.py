"""What happens on the glass: a touch is answered at once, once, and nothing personal stays behind."""

from __future__ import annotations

import gc
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from screens.look import Colours, Format, Look
from screens.pages import Answer, Cells, DeleteCharacter, Submit, TypeCharacter
from screens.show import Motion
from screens.stage import Sighting
from screens.steps import StaffCalled
from screens.views import text
from screens.views.drawing import DrawnLive
from tests.screens.pictures import page_of
from tests.screens.views import board_pages
from tests.screens.views.conftest import Panel

if TYPE_CHECKING:
    from screens.pages import Page

TAB, ENTER, SPACE, BACKSPACE, RIGHT, DOWN = 9, 13, 32, 8, 275, 274


def test_a_key_gives_way_in_the_frame_of_the_touch(panel: Panel) -> None:
    panel.show(board_pages.home())
    panel.settle()
    panel.down("status")
    assert panel.depth("status") > 0
    assert panel.acts == []


def test_a_key_acts_when_the_finger_leaves_it(panel: Panel) -> None:
    panel.show(board_pages.home())
    panel.settle()
    panel.down("status")
    panel.wait(0.1)
    assert panel.depth("status") == 6
    panel.up("status")
    assert panel.acts == [Answer("status")]
    panel.settle()
    assert panel.depth("status") == 0


def test_the_touch_that_wakes_the_screen_presses_no_button_and_the_next_one_does(panel: Panel) -> None:
    """KlipperScreen/KlipperScreen#340: nor does a key of a keypad that wakes it."""
    panel.show(board_pages.home())
    panel.settle()
    panel.view.dim(dimmed=True)
    panel.asleep = True
    panel.tap("status")
    assert panel.acts == []
    panel.view.dim(dimmed=False)
    panel.asleep = True
    panel.view.key_down(ENTER, None, shift=False)
    assert panel.acts == []
    panel.tap("status")
    assert panel.acts == [Answer("status")]


def test_a_finger_that_slips_off_does_nothing(panel: Panel) -> None:
    panel.show(board_pages.home())
    panel.settle()
    panel.down("status")
    panel.view.touch_move(1, 900, 900, panel.now)
    panel.settle()
    assert panel.depth("status") == 0
    panel.view.touch_up(1, 900, 900, panel.now)
    assert panel.acts == []


def test_only_a_shield_that_is_held_for_three_seconds_calls_staff(panel: Panel) -> None:
    attract, _ = page_of("attract", Look())
    panel.show(attract)
    panel.settle()
    left, top = 80, 1920 - 60
    panel.view.touch_down(1, left, top, panel.now)
    panel.wait(2.5)
    panel.view.touch_up(1, left, top, panel.now)
    panel.wait(2)
    assert panel.acts == []
    panel.view.touch_down(1, left, top, panel.now)
    panel.wait(3.2)
    assert panel.acts == [Answer(StaffCalled())]
    panel.wait(4)
    assert len(panel.acts) == 1


def test_the_first_finger_wins(panel: Panel) -> None:
    panel.show(board_pages.home())
    panel.settle()
    panel.down("status", finger="first")
    panel.down("collect", finger="second")
    panel.up("collect", finger="second")
    panel.up("status", finger="first")
    assert panel.acts == [Answer("status")]


def test_the_second_half_of_a_double_tap_does_not_reach_the_next_page(panel: Panel) -> None:
    panel.show(board_pages.home())
    panel.settle()
    panel.tap("status")
    panel.show(board_pages.identify(), motion=Motion.FORWARD)
    panel.wait(0.05)
    panel.view.touch_down(1, *panel.view.spot("card"), panel.now)
    panel.view.touch_up(1, *panel.view.spot("card"), panel.now)
    assert panel.acts == [Answer("status")]
    panel.settle()
    panel.tap("card")
    assert panel.acts == [Answer("status"), Answer("card")]


def test_a_key_that_vanished_below_the_finger_does_nothing(panel: Panel) -> None:
    panel.show(board_pages.home())
    panel.settle()
    panel.down("status")
    panel.show(board_pages.idle())
    panel.view.touch_up(1, 300, 1160, panel.now)
    assert panel.acts == []


def test_every_touch_tells_that_someone_is_there_even_beside_the_keys(panel: Panel) -> None:
    panel.show(board_pages.home())
    panel.settle()
    panel.view.touch_down(1, 540, 1800, panel.now)
    assert panel.touches == 1
    assert panel.acts == []


def test_a_panel_of_another_size_is_touched_where_its_keys_are_drawn(panel: Panel) -> None:
    panel.view.resize(540, 1000)
    panel.show(board_pages.home())
    panel.settle()
    assert panel.view.spot("status") == (144.0, 20 + (1920 - 640 - 118) / 2)
    panel.tap("status")
    assert panel.acts == [Answer("status")]


def test_tab_walks_in_reading_order_and_enter_presses(panel: Panel) -> None:
    panel.show(board_pages.home())
    for _ in range(2):
        panel.view.key_down(TAB, None, shift=False)
    assert panel.view.focus == "collect"
    panel.view.key_down(TAB, None, shift=True)
    assert panel.view.focus == "status"
    panel.view.key_down(ENTER, None, shift=False)
    panel.view.key_down(SPACE, " ", shift=False)
    assert panel.acts == [Answer("status"), Answer("status")]


def test_arrows_walk_to_the_neighbour(panel: Panel) -> None:
    panel.show(board_pages.home())
    panel.view.key_down(TAB, None, shift=False)
    panel.view.key_down(RIGHT, None, shift=False)
    assert panel.view.focus == "collect"
    panel.view.key_down(DOWN, None, shift=False)
    assert panel.view.focus == "bags"


def test_a_touch_takes_the_focus_ring_away(panel: Panel) -> None:
    panel.show(board_pages.home())
    panel.view.key_down(TAB, None, shift=False)
    panel.view.touch_down(1, 540, 1800, panel.now)
    assert panel.view.focus == ""


def test_a_keypad_types_what_the_screen_could_type(panel: Panel) -> None:
    panel.show(board_pages.collect())
    assert panel.view.key_down(ord("k"), "k", shift=False)
    assert panel.view.key_down(BACKSPACE, "\x08", shift=False)
    assert not panel.view.key_down(ord("0"), "0", shift=False)
    assert panel.acts == [TypeCharacter("K"), DeleteCharacter()]


def test_enter_sends_what_was_typed(panel: Panel) -> None:
    panel.show(board_pages.collect("7QK4M2XA"))
    panel.view.key_down(ENTER, None, shift=False)
    assert panel.acts == [Submit()]


def groups(panel: Panel) -> set[object]:
    """What is drawn; the very objects, for an address may be given out again."""
    view = panel.view
    return {drawn.group for layer in (view._back, view._body, view._fixed) for drawn in layer.drawn}


def test_typing_changes_the_cells_and_nothing_else(panel: Panel) -> None:
    panel.show(board_pages.collect("7QK4"))
    before = groups(panel)
    panel.show(board_pages.collect("7QK4M"))
    changed = len(groups(panel) - before)
    assert 0 < changed <= 8


def test_a_passing_second_changes_the_ring_and_its_sentence_alone(panel: Panel) -> None:
    panel.show(board_pages.idle(18))
    before = groups(panel)
    panel.show(board_pages.idle(17))
    assert 0 < len(groups(panel) - before) <= 4


def test_nothing_is_drawn_anew_when_nothing_changed(panel: Panel) -> None:
    panel.show(board_pages.home())
    before = groups(panel)
    panel.show(board_pages.home())
    assert groups(panel) == before


def test_another_theme_draws_everything_anew(panel: Panel) -> None:
    panel.show(board_pages.home())
    before = groups(panel)
    panel.show(board_pages.home(), replace(board_pages.LOOK, colours=Colours.DARK))
    assert not groups(panel) & before


def test_a_page_at_rest_draws_no_frames(panel: Panel, window: object) -> None:
    from kivy.graphics import RenderContext  # noqa: PLC0415

    context = RenderContext()
    context.add(panel.canvas)
    panel.show(board_pages.home(), motion=Motion.FORWARD)
    panel.settle()
    context.draw()
    panel.wait(5)
    assert not context.needs_redraw


def test_a_new_page_comes_from_the_reading_direction_and_back_from_the_other(panel: Panel) -> None:
    panel.show(board_pages.home())
    panel.show(board_pages.identify(), motion=Motion.FORWARD)
    assert 0 < panel.view._shift.x <= 48
    assert panel.view._body.canvas.opacity < 1
    panel.wait(0.2)
    assert panel.view._shift.x == 0
    assert panel.view._body.canvas.opacity == 1
    panel.show(board_pages.home(), motion=Motion.BACKWARD)
    assert panel.view._shift.x < 0


def test_a_sheet_rises(panel: Panel) -> None:
    panel.show(board_pages.home())
    panel.show(board_pages.settings(), motion=Motion.SHEET_IN, beneath=board_pages.home())
    assert panel.view._shift.y < 0
    panel.wait(0.25)
    assert panel.view._shift.y == 0


@pytest.mark.parametrize("look", [board_pages.HIGH_CONTRAST, Look("en", reduced_motion=True)])
def test_whoever_wants_no_movement_gets_none(panel: Panel, look: Look) -> None:
    panel.show(board_pages.home(), look)
    panel.show(board_pages.identify(), look, Motion.FORWARD)
    assert panel.view._shift.x == 0
    assert panel.view._body.canvas.opacity == 1
    panel.settle()
    panel.down("card")
    assert panel.depth("card") == 6


def test_waiting_dots_take_turns_in_1200_milliseconds(panel: Panel) -> None:
    page, _ = page_of("searching", Look("de"))
    panel.show(page, Look("de"))
    dots = next(drawn for drawn in panel.view._body.drawn if drawn.moving)
    states = []
    for _ in range(3):
        states.append(tuple(round(tint.a, 2) for tint in dots._colours))  # type: ignore[attr-defined]
        panel.wait(0.45)
    assert states == [(1, 0.55, 0.25), (0.25, 1, 0.55), (0.55, 0.25, 1)]


def test_the_headline_changes_language_every_six_seconds(panel: Panel) -> None:
    panel.show(board_pages.attract())
    headline = next(drawn for drawn in panel.view._body.drawn if type(drawn).__name__ == "DrawnCycle")
    faces = headline._faces  # type: ignore[attr-defined]
    assert [faces[0][0].a, faces[1][0].a] == [1, 0]
    panel.wait(6.5)
    assert [faces[0][0].a, faces[1][0].a] == [0, 1]


def test_the_camera_picture_its_code_and_its_hint_are_drawn(panel: Panel) -> None:
    page, _ = page_of("scan_camera", Look("de"))
    panel.show(page, Look("de"))
    assert panel.view.sees
    live = next(drawn for drawn in panel.view._body.drawn if isinstance(drawn, DrawnLive))
    hint = live._item.hints[0]
    rgb = bytes(range(256)) * (640 * 480 * 3 // 256)
    panel.view.show_sighting(Sighting(640, 480, rgb, hint[0], ((200, 200), (300, 200), (300, 300), (200, 300))))
    assert live._hint == hint[0]
    assert live._texture.size == (640, 480)
    assert len(live._corners.children) > 4


def test_a_page_without_a_camera_takes_no_pictures(panel: Panel) -> None:
    panel.show(board_pages.home())
    assert not panel.view.sees


def private_words(page: Page) -> tuple[str, ...]:
    return tuple(block.text for block in page.blocks if isinstance(block, Cells))


def held_by_kivy(words: str) -> list[object]:
    """Objects of Kivy's that hold the words: labels, their lines, cached names."""
    # Some types of C modules answer with something else than a name when they are asked for their module.
    held = (thing for thing in gc.get_objects() if str(type(thing).__module__).startswith("kivy.core.text"))
    return [thing for thing in held if words in repr(vars(thing) if hasattr(thing, "__dict__") else thing)]


def test_nothing_of_a_private_page_is_kept_after_goodbye(panel: Panel) -> None:
    page, _ = page_of("status_ready_counter", Look("de"))
    panel.show(page, Look("de"))
    assert any("4711-0815" in shown for shown in panel.view.texts)
    goodbye, _ = page_of("farewell", Look("de"))
    panel.show(goodbye, Look("de"))
    assert not any("4711-0815" in shown for shown in panel.view.texts)
    del page
    gc.collect()
    assert held_by_kivy("4711-0815") == []
    assert text.measure.cache_info().currsize < 200


def test_wiping_leaves_nothing_drawn(panel: Panel) -> None:
    panel.show(board_pages.collect("7QK4M2"))
    panel.view.wipe()
    assert panel.view.texts == ()
    assert panel.view.describe() == []
    assert text.measure.cache_info().currsize == 0
    panel.show(board_pages.home())
    panel.settle()
    panel.tap("status")
    assert panel.acts == [Answer("status")]


def test_only_pictures_on_the_screen_are_kept(panel: Panel) -> None:
    panel.show(board_pages.attract())
    panel.show(board_pages.home())
    names = {name for name, _ in panel.view._textures._pictures}
    assert names == {"mark", "town-hero-portrait"}


def test_small_panels_describe_their_own_pixels() -> None:
    panel = Panel(Format.SMALL)
    panel.view.resize(720, 1280)
    panel.show(board_pages.home())
    assert dict(panel.view.describe())["status"].w == 328
