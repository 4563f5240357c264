"""What stays away while the window opens, seen from a process of its own: Kivy has one window in each."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

OPENED = """
import json, sys
from screens.look import Format
from screens.views.app import prepare
from screens.views.lean import lean
prepare(Format.PORTRAIT, fullscreen=False, rotation=0)
with lean():
    import kivy.input.providers.mouse
    from kivy.core.window import Window
loaded = [name for name in ("asyncio", "ssl", "ctypes", "filetype") if name in sys.modules]
from kivy.input.factory import MotionEventFactory
from kivy.uix.behaviors import FocusBehavior
import asyncio, ctypes, filetype, kivy.uix.behaviors, kivy.input.providers
print(json.dumps({
    "window": Window.size[0] > 0,
    "loaded": loaded,
    "mouse": MotionEventFactory.get("mouse") is not None,
    "real": [hasattr(asyncio, "run"), hasattr(ctypes, "CDLL"), filetype.guess_extension(b"%PDF-1.7"),
             hasattr(kivy.uix.behaviors, "DragBehavior"), hasattr(kivy.input.providers, "__file__")],
    "same": kivy.uix.behaviors.FocusBehavior is FocusBehavior,
}))
"""


def test_the_window_opens_without_what_the_kiosk_never_uses_and_whoever_wants_it_later_gets_the_real_one(
    tmp_path: Path,
) -> None:
    run = subprocess.run(
        [sys.executable, "-c", OPENED],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ | {"SDL_VIDEODRIVER": "offscreen", "KIVY_HOME": str(tmp_path)},
    )
    seen = json.loads(run.stdout.splitlines()[-1])
    assert seen == {
        "window": True,
        "loaded": [],
        "mouse": True,
        "real": [True, True, "pdf", True, True],
        "same": True,
    }
