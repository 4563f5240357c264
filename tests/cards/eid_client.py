"""AusweisApp as Debian packages it, without a screen and in a folder of its own."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
from time import monotonic, sleep
from typing import TYPE_CHECKING, Final, Self

from tests.cards.readers import PATIENCE, CannotPlayCards

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_COMMANDS: Final = ("AusweisApp", "AusweisApp2")
"""Debian 13's name, and 12's."""


class EidClient:
    """A running AusweisApp that speaks to one pcscd; `trusting` lets it talk to test services without their root."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        found = [path for name in _COMMANDS if (path := shutil.which(name)) is not None]
        if not found:
            raise CannotPlayCards("AusweisApp is not here: install ausweisapp2 (./test does)")
        self._command = found[0]
        self.home = folder
        folder.mkdir(mode=0o700)
        settings = folder / ".config" / "Unknown Organization" / "AusweisApp2.conf"
        settings.parent.mkdir(parents=True)
        # it would look for the service's root among those of the federal state before it asks the card
        settings.write_text("[preverification]\nenabled=false\n", encoding="ascii")
        self._environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "XDG_RUNTIME_DIR": str(folder),
            "QT_QPA_PLATFORM": "offscreen",
            "PCSCLITE_CSOCK_NAME": environment["PCSCLITE_CSOCK_NAME"],
        }
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"ws://127.0.0.1:{self.port}/eID-Kernel"

    @property
    def said(self) -> str:
        """All that it wrote to its terminal."""
        return (self.home / "said").read_text(encoding="utf-8", errors="replace")

    def start(self) -> None:
        """Start it and wait until it listens."""
        words = ["--no-logfile", "--no-proxy", "--ui", "websocket", "--port", str(self.port)]
        with (self.home / "said").open("ab") as said:
            self._process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", self._command, *words],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                env=self._environment,
            )
        deadline = monotonic() + PATIENCE
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            if self._process.poll() is not None or monotonic() > deadline:
                raise CannotPlayCards(f"AusweisApp does not start: {self.said[-500:]}")
            sleep(0.02)

    def kill(self) -> None:
        """End it, whatever it does."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
