"""A kiosk with everything: `kiosk run` on a virtual screen, simulated devices, and a finger on the glass."""

from __future__ import annotations

import contextlib
import os
import random
import re
import socket
import subprocess
import threading
import time
from typing import TYPE_CHECKING

from tests.drills.field import KIOSK_COMMAND, TOWN, Kiosk
from tests.visit.test_whole_visit import BACK, DEUTSCH, END_SESSION, STATUS_TILE, WITH_LETTER, WITH_NUMBER
from tests.visit.town_hall import LEASHED, Running, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from pathlib import Path

    from tests.drills.field import Office

_PLACES = {
    "Attract": (DEUTSCH,),
    "Home": (STATUS_TILE, STATUS_TILE, END_SESSION),
    "ChooseWay": (WITH_LETTER, WITH_NUMBER, BACK, END_SESSION),
    "ScanLetter": (BACK, END_SESSION),
    "EnterDocumentNumber": (BACK, END_SESSION),
}
"""Where a finger goes on which page (board 01 to 04)."""

HUNGRY = 30.0
"""Seconds without a word from the kiosk after which its unit is started anew (`WatchdogSec` of kiosk-ui.service)."""
STARTING = 60.0
"""Seconds that it may take until the first frame (`TimeoutStartSec` of the same unit)."""


class GlassKiosk(Kiosk):
    """Its citizens touch what they see, and a service manager watches that it lives.

    `witness.log` is not written, the ledger speaks for itself.
    """

    front = "kiosk"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._display = ""
        self._finger: threading.Thread | None = None
        self._away = threading.Event()
        self._manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self._manager.bind(str(folder / "notify"))
        self._starves_at = 0.0
        self._start_again: Callable[[], None] = lambda: None

    def enrols(self, office: Office, *options: object) -> None:
        self._screen()
        self.start(
            "simulators",
            (*KIOSK_COMMAND, "simulate", "--run", self.folder / "devices", "--letters", office.letters),
        )
        wait_until("the simulators say where they are", lambda: '"dock"' in self.running["simulators"].said(), 60)
        super().enrols(office, *options)

    def settings(self, office: Office) -> str:
        return (
            f'terminal = "{self.folder.name}"\ndata = "data"\ntown = "{TOWN}"\nrig = "devices/rig.toml"\n'
            f'[screen]\nformat = "portrait"\n[office]\naddress = "{office.address}"\n'
        )

    def serves(self, letters: Path, first_day: date, seed: int, haste: float = 0.2) -> None:
        """Start `kiosk run`; the finger comes with the first start and stays."""
        self._listen()  # what the last life said
        self.start(
            self.front, (*KIOSK_COMMAND, "run", "--config", self.config),
            DISPLAY=self._display, KIVY_HOME=str(self.folder / "kivy"), SDL_AUDIODRIVER="dummy",
            NOTIFY_SOCKET=str(self.folder / "notify"),
        )  # fmt: skip
        self._starves_at = time.monotonic() + STARTING
        self._start_again = lambda: self.serves(letters, first_day, seed, haste)
        if self._finger is None:
            self._finger = threading.Thread(target=self._touch, args=(random.Random(seed),), name="finger")
            self._finger.start()

    def look_after(self) -> bool:
        if not self.alive(self.front) or time.monotonic() < self._starves_at:
            return False
        self.kill(self.front)
        self._start_again()
        return True

    def is_serving(self) -> None:
        before = len(self.running[self.front].said())

        def served() -> bool:
            self.look_after()
            return "shown Home" in self.running[self.front].said()[before:]

        wait_until("a page is shown", served, 300)

    def closes(self) -> None:
        self._leave()
        super().closes()

    def close(self) -> None:
        self._leave()
        super().close()
        self._manager.close()

    def _leave(self) -> None:
        self._away.set()
        if self._finger is not None:
            self._finger.join()

    def _listen(self) -> bool:
        """Whether the kiosk said anything since the last time."""
        said = False
        while True:
            try:
                said = bool(self._manager.recv(100)) or said
            except BlockingIOError:
                return said

    def _touch(self, rng: random.Random) -> None:
        environment = {**os.environ, "DISPLAY": self._display}
        while not self._away.wait(rng.uniform(0.2, 0.6)):
            if self._listen():
                self._starves_at = time.monotonic() + HUNGRY
            shown = re.findall(r"shown (\w+)\n", self.running[self.front].said()[-4000:])
            if not shown or shown[-1] not in _PLACES:
                continue
            x, y = rng.choice(_PLACES[shown[-1]])
            with contextlib.suppress(subprocess.TimeoutExpired):
                subprocess.run(
                    ["xdotool", "mousemove", str(x), str(y), "mousedown", "1", "sleep", "0.06", "mouseup", "1"],
                    env=environment, check=False, timeout=20, capture_output=True,
                )  # fmt: skip

    def _screen(self) -> None:
        read, write = os.pipe()
        screen = subprocess.Popen(
            [*LEASHED, "Xvfb", "-displayfd", str(write), "-nolisten", "tcp", "-screen", "0", "1080x1920x24"],
            pass_fds=(write,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        self.running["screen"] = Running("screen", screen, self.folder / "screen.log")
        os.close(write)
        with os.fdopen(read) as pipe:
            self._display = f":{pipe.readline().strip()}"
