"""A charge in the air, a sleeve or a child touches the glass once: nothing happens that cannot be taken back.

votingworks/vxsuite#8234: touches were made by electrostatic discharge. So nothing that orders, calls off, moves or
ends anything is behind a single touch, and nothing at all switches the kiosk off.
"""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

from screens.pages import Act, Answer, KeyState, Languages, OpenSheet, Page, keys_of
from screens.steps import BACK, Begin
from screens.steps_bulky import Review
from screens.steps_bulky_mine import ConfirmCancel, ConfirmMove
from tests.screens.samples import SAMPLES
from tests.screens.samples_bulky import REVIEW
from tests.screens.saying import all_pages, blocks_of, show

SHORT_OF_NOTHING = {
    "Answer", "Submit", "TypeCharacter", "DeleteCharacter", "StartAgain", "OpenSheet", "CloseSheet", "ChangeLook",
    "Stay", "EndSession", "TurnPage", "ReadAloud", "Explain",
}  # fmt: skip
"""All that a touch can do: none of it is to restart, to switch off or to leave the program."""


def answers(page: Page) -> list[object]:
    """What a single touch on a key that can be used now would answer."""
    usable = [key for key in keys_of(page) if key.state is KeyState.NORMAL]
    return [key.act.value for key in usable if isinstance(key.act, Answer)]


def test_no_touch_restarts_or_switches_off_the_kiosk() -> None:
    assert {kind.__name__ for kind in get_args(Act)} == SHORT_OF_NOTHING


def test_one_touch_on_the_first_page_begins_a_session_and_nothing_more() -> None:
    for page in (page for name, page in all_pages() if name.startswith("attract")):
        assert not [each for each in answers(page) if not isinstance(each, Begin)]
        assert not [key for key in keys_of(page) if type(key.act).__name__ == "EndSession"]
        assert blocks_of(page, Languages) or [key for key in keys_of(page) if isinstance(key.act, OpenSheet)]


def test_one_touch_orders_nothing_before_the_rules_were_agreed_to() -> None:
    assert Review.BOOK not in answers(show(replace(REVIEW, agreed=False)))
    assert Review.BOOK in answers(show(replace(REVIEW, agreed=True)))


def test_calling_off_and_moving_are_asked_once_more_with_a_way_back() -> None:
    asked = [step for step in SAMPLES.values() if isinstance(step, ConfirmCancel | ConfirmMove)]
    assert {type(step) for step in asked} == {ConfirmCancel, ConfirmMove}
    for step in asked:
        given = answers(show(step))
        assert True in given
        assert False in given or BACK in given
