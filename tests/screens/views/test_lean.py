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
from screens.views.lean import lean, lean_kivy
with lean():
    import logging
    from screens.look import Format
    from screens.views.app import prepare
prepare(Format.PORTRAIT, fullscreen=False, rotation=0)
with lean_kivy():
    import kivy.input.providers.mouse
    from kivy.core.window import Window
    import screens.views.view
unwanted = {"ast", "asyncio", "bz2", "ctypes", "filetype", "inspect", "pkgutil", "queue", "shutil", "ssl", "subprocess",
            "tempfile", "traceback", "zipfile", "screens.views.arrangements"}
loaded = sorted(unwanted & sys.modules.keys())
from kivy.input.factory import MotionEventFactory
from kivy.uix.behaviors import FocusBehavior
from kivy.core.text import DEFAULT_FONT
from kivy.input import motionevent
import ast, asyncio, ctypes, filetype, inspect, pkgutil
import kivy.compat, kivy.core, kivy.uix.behaviors, kivy.input.providers
try:
    open("/no/such/file")
except OSError as error:
    told = logging.Formatter().formatException((type(error), error, error.__traceback__))
print(json.dumps({
    "window": Window.size[0] > 0,
    "loaded": loaded,
    "mouse": MotionEventFactory.get("mouse") is not None,
    "real": [hasattr(asyncio, "run"), hasattr(ctypes, "CDLL"), filetype.guess_extension(b"%PDF-1.7"),
             hasattr(kivy.uix.behaviors, "DragBehavior"), hasattr(kivy.input.providers, "__file__"),
             ast.literal_eval("{'one': 1}"), inspect.isroutine(print), len(list(pkgutil.iter_modules())) > 0],
    "through_kivy": [DEFAULT_FONT, motionevent.isroutine(print), kivy.compat.queue.Queue().empty(),
                     kivy.core.traceback.format_tb(None), kivy.core.tempfile.gettempprefix()],
    "told": told.splitlines()[0],
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
        "real": [True, True, "pdf", True, True, {"one": 1}, True, True],
        "through_kivy": ["Roboto", True, True, [], "tmp"],
        "told": "Traceback (most recent call last):",
        "same": True,
    }
