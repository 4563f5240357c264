"""One window without a screen for all these tests: Kivy has only one per process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from screens.look import Format, Look
from screens.show import Motion
from tests.screens.pictures import without_a_screen

if TYPE_CHECKING:
    from screens.pages import Act, Page


@pytest.fixture(scope="session", autouse=True)
def window() -> Any:  # noqa: ANN401 - Kivy is untyped
    without_a_screen()
    from kivy.core.window import Window  # noqa: PLC0415 - opens the window

    return Window


class Panel:
    """A view on a canvas of its own, with a clock that stands until it is moved."""

    def __init__(self, form: Format = Format.PORTRAIT) -> None:
        from kivy.graphics import Canvas  # noqa: PLC0415

        from screens.views.view import View  # noqa: PLC0415

        self.canvas: Any = Canvas()
        self.acts: list[Act] = []
        self.touches = 0
        self.asleep = False
        self.now = 1000.0
        self.form = form
        self.view = View(self.canvas, form, self.acts.append, self._touched)

    def _touched(self) -> bool:
        self.touches += 1
        woke, self.asleep = self.asleep, False
        return woke

    def show(
        self, page: Page, look: Look | None = None, motion: Motion = Motion.NONE, beneath: Page | None = None
    ) -> None:
        self.view.show(page, look or Look(page.language), beneath, motion, self.now)

    def settle(self) -> None:
        self.wait(1.0)

    def wait(self, seconds: float) -> None:
        """Let time pass, a frame at a time."""
        for _ in range(max(1, round(seconds * 60))):
            self.now += 1 / 60
            self.view.tick(self.now)

    def down(self, name: str, finger: object = 1) -> None:
        self.view.touch_down(finger, *self.view.spot(name), self.now)

    def up(self, name: str, finger: object = 1) -> None:
        self.view.touch_up(finger, *self.view.spot(name), self.now)

    def tap(self, name: str) -> None:
        self.down(name)
        self.wait(0.05)
        self.up(name)

    def depth(self, name: str) -> float:
        """How many pixels the face of a key lies below its place."""
        drawn = self.view._drawn_target(name)
        assert drawn is not None
        return -float(drawn._shift.y)


@pytest.fixture
def panel(window: object) -> Panel:
    panel = Panel()
    panel.view.resize(1080, 1920)
    return panel
