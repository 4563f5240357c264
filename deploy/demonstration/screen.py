"""Finds a desktop to open a window on, or makes a screen in memory that a browser can show."""

from __future__ import annotations

import ctypes
import ctypes.util
from pathlib import Path
from typing import TYPE_CHECKING

from deploy.demonstration.crew import Part
from deploy.demonstration.failures import CannotStart
from deploy.demonstration.options import Format, Screen
from deploy.demonstration.ready import LOOPBACK, FileExists, PageAnswers, PortAnswers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deploy.demonstration.options import Options

NOVNC = Path("/usr/share/novnc")
VIEWER = "vnc.html?autoconnect=1&reconnect=1&resize=scale"
X_SOCKETS = Path("/tmp/.X11-unix")  # noqa: S108 - where X servers put them, X(7)
X_LOCKS = Path("/tmp")  # noqa: S108 - same
ABSTRACT_SOCKETS = Path("/proc/net/unix")
IN_A_WINDOW, IN_THE_BROWSER = Format.LANDSCAPE, Format.PORTRAIT
FIRST_DISPLAY, LAST_DISPLAY = 70, 170


def desktop_size(environment: Mapping[str, str]) -> tuple[int, int] | None:
    """Measure this machine's own desktop in pixels; None if a window can't be opened on one.

    A display across the network does not count: drawing by GL is no good there.
    """
    display = environment.get("DISPLAY", "")
    library = ctypes.util.find_library("X11")
    if not display.startswith(":") or library is None:
        return None
    x11 = ctypes.CDLL(library)
    x11.XOpenDisplay.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(x11.XOpenDisplay(display.encode()))
    if not connection:
        return None
    screen = x11.XDefaultScreen(connection)
    size = x11.XDisplayWidth(connection, screen), x11.XDisplayHeight(connection, screen)
    x11.XCloseDisplay(connection)
    return size


def wants_window(options: Options, environment: Mapping[str, str]) -> bool:
    """Decide between a window on the desktop and a screen in memory, which a browser shows at any size.

    Raises:
        CannotStart: a window is wished for and there is no desktop.
    """
    if options.screen is Screen.BROWSER:
        return False
    desktop = desktop_size(environment)
    if options.screen is Screen.WINDOW:
        if desktop is None:
            raise CannotStart(
                "No window can be opened: this session has no desktop of its own (DISPLAY).\n"
                "Leave --screen out to see the kiosk in the browser."
            )
        return True
    across, down = (options.format or IN_A_WINDOW).value
    return desktop is not None and across <= desktop[0] and down <= desktop[1]


def free_display() -> int:
    """Find a number that no X server of this machine uses.

    Raises:
        CannotStart: there is none left.
    """
    taken = ABSTRACT_SOCKETS.read_text(encoding="utf-8", errors="replace")  # a container's X servers show up here alone
    for number in range(FIRST_DISPLAY, LAST_DISPLAY):
        socket = X_SOCKETS / f"X{number}"
        if not (socket.exists() or (X_LOCKS / f".X{number}-lock").exists() or f"@{socket}\n" in taken):
            return number
    raise CannotStart(f"All display numbers from :{FIRST_DISPLAY} to :{LAST_DISPLAY - 1} are taken (/tmp/.X*-lock).")


def virtual_screen(display: int, panel: Format, source_port: int, viewer_port: int) -> tuple[Part, Part, Part]:
    """Describe a screen in memory, its source for viewers, and the page that shows it; all on loopback."""
    across, down = panel.value
    return (
        Part(
            name="screen",
            argv=("Xvfb", f":{display}", "-screen", "0", f"{across}x{down}x24", "-nolisten", "tcp", "-noreset"),
            ready=FileExists(X_SOCKETS / f"X{display}"),
        ),
        Part(
            name="screen-source",
            argv=(
                # With any of these missing, x11vnc 0.9.16 listens for the whole network. A socket file of ours would be
                # nicer, but with -localhost it refuses those, and without it listens on [::]:5900.
                *("x11vnc", "-rfbport", str(source_port), "-localhost", "-no6", "-noipv6"),
                # drawing by GL raises no damage events, so the picture itself is watched
                *("-display", f":{display}", "-forever", "-shared", "-nopw", "-noxdamage", "-quiet"),
            ),
            ready=PortAnswers(source_port),
        ),
        Part(
            name="screen-viewer",
            argv=("websockify", "--web", str(NOVNC), f"{LOOPBACK}:{viewer_port}", f"{LOOPBACK}:{source_port}"),
            ready=PageAnswers(viewer_port, "/vnc.html"),
        ),
    )


def viewer_address(viewer_port: int) -> str:
    """Say where a browser shows the screen."""
    return f"http://{LOOPBACK}:{viewer_port}/{VIEWER}"
