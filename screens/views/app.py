"""The window: opens it, runs Kivy's loop on the main thread, and joins `show` to the view.

Kivy is imported inside `run`, because importing it opens the window: everything it reads from the environment is pinned
before. There are no widgets and no kv files; the view draws on the window's canvas.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any, Final

from screens.assets import ASSETS
from screens.views.lean import lean_kivy
from screens.views.theme import PANELS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from screens.look import Format
    from screens.show import Show

PINNED: Final[Mapping[str, str]] = {
    "KIVY_NO_ARGS": "1",  # the command line is ours
    "KIVY_NO_CONFIG": "1",
    "KIVY_NO_FILELOG": "1",
    "KIVY_LOG_MODE": "PYTHON",  # leaves the root logger and standard error alone
    "KIVY_CLIPBOARD": "dummy",  # nothing of a visit may reach a clipboard
    "KIVY_WINDOW": "sdl2",
    "KIVY_TEXT": "sdl2",
    "KIVY_IMAGE": "sdl2",
    "KIVY_DATA_DIR": str(ASSETS / "kivy"),  # no style rules to parse: there are no widgets
    "XCOMPOSEFILE": os.devnull,  # X would read how keys of a keyboard are put together: half a megabyte
    "DBUS_SESSION_BUS_ADDRESS": "disabled:",  # SDL would start a bus to hold a screen saver off; there is none
}
USUAL: Final[Mapping[str, str]] = {
    "KIVY_GL_BACKEND": "sdl2",  # otherwise GLEW is tried first, which loads and asks for every function of GL there is
    "KCFG_KIVY_LOG_LEVEL": "warning",
    "KCFG_KIVY_EXIT_ON_ESCAPE": "0",
    "KCFG_KIVY_PAUSE_ON_MINIMIZE": "0",
    "KCFG_GRAPHICS_MULTISAMPLES": "0",  # shapes are smooth by themselves
    "KCFG_GRAPHICS_SHOW_CURSOR": "1",
    "KCFG_GRAPHICS_RESIZABLE": "0",
    "KCFG_GRAPHICS_MAXFPS": "60",
}
"""What a technician may set otherwise in the service's environment."""

_leaving = False


def leave() -> None:
    """Close the window, so that `run` returns; from any thread or signal handler."""
    global _leaving  # noqa: PLW0603 - a signal may come before there is a window
    _leaving = True


def prepare(form: Format, *, fullscreen: bool, rotation: int) -> None:
    """Pin all that Kivy reads when it is imported."""
    os.environ.update(PINNED)
    for name, value in USUAL.items():
        os.environ.setdefault(name, value)
    panel = PANELS[form]
    size = (panel.width, panel.height) if rotation % 180 == 0 else (panel.height, panel.width)
    os.environ["KCFG_GRAPHICS_WIDTH"], os.environ["KCFG_GRAPHICS_HEIGHT"] = map(str, size)
    os.environ["KCFG_GRAPHICS_ROTATION"] = str(rotation)
    os.environ["KCFG_GRAPHICS_FULLSCREEN"] = "auto" if fullscreen else "0"
    with lean_kivy():
        from kivy.config import Config  # noqa: PLC0415

    # exactly one source of touches: SDL makes a mouse of every finger; a second source would tap twice
    for name, _ in Config.items("input"):
        Config.remove_option("input", name)
    Config.set("input", "mouse", "mouse,disable_multitouch")


def run(  # noqa: PLR0913, PLR0915 - the window's whole life, told in order
    show: Show,
    *,
    form: Format,
    fullscreen: bool,
    rotation: int,
    after_first_frame: Callable[[], None],
    each_second: Callable[[], None],
) -> None:
    """Show `show` until `leave`; `rotation` in degrees turns the picture on the panel.

    `after_first_frame` is called once, when the first frame is on the glass; `each_second` every second. Both run on
    this, the main thread.
    """
    global _leaving  # noqa: PLW0603
    prepare(form, fullscreen=fullscreen, rotation=rotation)
    with lean_kivy():
        import kivy.input.providers.mouse  # noqa: F401, PLC0415 - it makes itself known
        from kivy.base import runTouchApp, stopTouchApp  # noqa: PLC0415
        from kivy.clock import Clock  # noqa: PLC0415
        from kivy.core.window import Window  # noqa: PLC0415

        from screens.views import codes  # noqa: PLC0415
        from screens.views.arrange import load as load_arrangements  # noqa: PLC0415
        from screens.views.view import View  # noqa: PLC0415

    view = View(Window.canvas, form, show.press, show.touched)
    view.resize(*Window.size)
    drawn = -1
    forgotten = show.sessions_forgotten
    seen = False

    def draw() -> None:
        nonlocal drawn, forgotten
        if show.sessions_forgotten != forgotten:
            forgotten = show.sessions_forgotten
            view.wipe()
        drawn = show.version
        view.show(show.page, show.look, show.beneath, show.motion, time.monotonic())

    def tick(_: float) -> None:
        if _leaving:
            stopTouchApp()
            return
        show.tick()
        if show.version != drawn:
            draw()
        if view.sees and (sighting := show.take_sighting()) is not None:
            view.show_sighting(sighting)
        view.dim(dimmed=show.dimmed)
        view.tick(time.monotonic())

    def down(_: object, touch: Any) -> bool:  # noqa: ANN401 - Kivy is untyped
        view.touch_down(touch.uid, touch.x, touch.y, time.monotonic())
        return True

    def move(_: object, touch: Any) -> bool:  # noqa: ANN401
        view.touch_move(touch.uid, touch.x, touch.y, time.monotonic())
        return True

    def up(_: object, touch: Any) -> bool:  # noqa: ANN401
        view.touch_up(touch.uid, touch.x, touch.y, time.monotonic())
        tick(0)
        return True

    def key(_: object, code: int, __: int, character: str | None, modifiers: list[str]) -> bool:
        view.key_down(code, character, shift="shift" in modifiers)
        return True

    def resized(_: object, size: tuple[int, int]) -> None:
        view.resize(*size)

    def flipped(*_: object) -> None:
        nonlocal seen
        if not seen:
            seen = True
            Clock.schedule_once(lambda _: after_first_frame(), 0)
            Clock.schedule_once(lambda _: load_arrangements(), 0)
            Clock.schedule_once(lambda _: codes.warm(), 2)

    draw()
    Window.bind(on_touch_down=down, on_touch_move=move, on_touch_up=up, on_key_down=key, size=resized, on_draw=flipped)
    Clock.schedule_interval(tick, 0)
    Clock.schedule_interval(lambda _: each_second(), 1.0)
    try:
        runTouchApp()
    finally:
        _leaving = False
        view.wipe()
