"""A town hall whose keys are touched by their names: where each lies is worked out as the kiosk does."""

from __future__ import annotations

import os
import subprocess
import time
from typing import TYPE_CHECKING, Any

from screens.entry import Entry
from screens.look import Format, Look
from screens.present import present
from screens.views.arrange import arrange
from tests.screens.pictures import without_a_screen
from tests.screens.samples import surroundings
from tests.visit.town_hall import BETWEEN_KEYS, PAGE_CAME_IN, TownHall, wait_until

if TYPE_CHECKING:
    from screens.steps import Step

SHIELD = (100, 64)
HELD = 8.0
"""Seconds for which a hand holds it: the kiosk wants three."""
HOLDS = 4


class HallOfNamedKeys(TownHall):
    """A town hall on a portrait panel, in German, at which a person finds each key by what it is called."""

    def open(self) -> None:
        """Start everything; pages are arranged here too, and Kivy measures words only beside an open window."""
        without_a_screen()
        from kivy.core.window import Window  # noqa: PLC0415

        assert Window is not None
        super().open()

    def one_of(self, *steps: str) -> str:
        """Wait until the kiosk shows one of these steps; which."""
        said = self.running["kiosk"].said
        shown = lambda: next((step for step in steps if f"shown {step}\n" in said()[self.clicks_after :]), "")  # noqa: E731
        return str(wait_until(f"the kiosk shows one of {steps}", shown))

    def touch(self, step: Step[Any], name: str, typed: str = "", *, part: int = 0, after: float = PAGE_CAME_IN) -> None:
        """Touch the key of that name where the page has it."""
        self.tap(*self.spot(step, name, typed, part), after=after)

    @staticmethod
    def spot(step: Step[Any], name: str, typed: str = "", part: int = 0) -> tuple[int, int]:
        """Where the page has the key of that name."""
        page = present(step, Look(language="de"), surroundings("de"), Entry(text=typed, part=part))
        scene = arrange(page, Look(language="de"), Format.PORTRAIT)
        rect = next(target.rect for target in scene.targets if target.name == name)
        return round(rect.mid_x), round(rect.mid_y)

    def type(self, step: Step[Any], text: str) -> None:
        """Type it key by key, and go on."""
        for place, character in enumerate(text):
            self.touch(step, f"key_{character}", text[:place], after=BETWEEN_KEYS if place else PAGE_CAME_IN)
        self.touch(step, "continue", text)

    def hold_the_shield(self) -> None:
        """Hold the town's shield on the first page until the kiosk asks who works here.

        Whoever took hold while the page was still to change lets go and tries again.
        """
        for _ in range(HOLDS):
            wait_until("the kiosk shows its first page", self.is_inviting)
            time.sleep(PAGE_CAME_IN)
            self.clicks_after = len(self.running["kiosk"].said())
            self._mouse("mousemove", *(str(one) for one in SHIELD), "mousedown", "1")
            try:
                self.asked("StaffSignIn", seconds=HELD)
            except AssertionError:
                continue
            finally:
                self._mouse("mouseup", "1")
            return
        raise AssertionError(f"the shield was held {HOLDS} times, and nobody asked who works here")

    def _mouse(self, *what: str) -> None:
        subprocess.run(["xdotool", *what], env={**os.environ, "DISPLAY": self.display}, check=True, timeout=10)
