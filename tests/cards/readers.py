"""A card reader of a test's own: a private pcscd with a virtual reader in it, and emulated cards that come and go.

pcscd's socket has one place on a machine, and its virtual reader (vpcd) listens for cards on every address; so both run
in a network and a mount namespace of their own, where this machine's `/run` is a folder of the test. Nothing outside
sees them, several tests may run at once, and they end with the test run, be it by `kill -9`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import IO, TYPE_CHECKING, Final, Self

from tests.devices.cards.file_cards import FileImage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.devices.cards.issuing import CardImage

ROOT: Final = Path(__file__).resolve().parents[2]
PATIENCE: Final = 20.0
"""Seconds for which a daemon or an emulator is waited for; a loaded machine is slow."""
FIRST_READER: Final = "Virtual PCD 00 00"
SECOND_READER: Final = "Virtual PCD 00 01"
_PORTS: Final = {FIRST_READER: 35963, SECOND_READER: 35964}
_DRIVER: Final = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
_CONFIGURATION: Final = (
    f'FRIENDLYNAME "Virtual PCD"\nDEVICENAME /dev/null:0x8C7B\nLIBPATH {_DRIVER}\nCHANNELID 0x8C7B\n'
)
_SYSTEM_PYTHON: Final = "/usr/bin/python3"
_NEEDED: Final = {
    "pcscd": "/usr/sbin/pcscd",
    "vsmartcard-vpcd": str(_DRIVER),
    "vsmartcard-vpicc": "/usr/lib/python3/site-packages/virtualsmartcard",
    "python3": _SYSTEM_PYTHON,
}


class CannotPlayCards(Exception):
    """What the virtual reader needs is missing; the text says what to install."""


def _look_for_packages() -> None:
    missing = [package for package, file in _NEEDED.items() if not Path(file).exists()]
    missing += [command for command in ("unshare", "nsenter", "setpriv") if shutil.which(command) is None]
    if missing:
        raise CannotPlayCards(f"cards can't be emulated here: install {' '.join(missing)} (./test does)")


class Card:
    """An emulated card in a reader."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def pull(self) -> None:
        """Take it out of the reader, whatever it does."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()

    def wait_until_gone(self) -> None:
        """Wait for a card that pulls itself (`die_after`)."""
        self._process.wait(PATIENCE)


class Readers:
    """pcscd with two virtual readers, as long as it is open; `socket` is where its clients find it."""

    def __init__(self, folder: Path) -> None:
        _look_for_packages()
        self._run = folder / "run"
        self._configuration = folder / "reader.conf.d"
        self._configuration.mkdir(parents=True)
        self._process: subprocess.Popen[bytes] | None = None
        self._cards: list[Card] = []
        self.socket = self._run / "pcscd" / "pcscd.comm"
        self.plug()

    @property
    def environment(self) -> Mapping[str, str]:
        """What makes a PC/SC client speak to this pcscd and to no other."""
        return {**os.environ, "PCSCLITE_CSOCK_NAME": str(self.socket)}

    def plug(self) -> None:
        """Have the readers connected when pcscd starts."""
        (self._configuration / "vpcd").write_text(_CONFIGURATION, encoding="ascii")

    def unplug(self) -> None:
        """Have no reader when pcscd starts."""
        (self._configuration / "vpcd").write_text("", encoding="ascii")

    def start(self) -> None:
        """Start pcscd and wait until it listens."""
        shutil.rmtree(self._run, ignore_errors=True)
        self._run.mkdir()
        told = subprocess.run(["/usr/sbin/pcscd", "--help"], capture_output=True, text=True, check=False).stdout
        # from Debian 13 on pcscd asks polkit, which is not in this namespace
        unasked = " --disable-polkit" if "--disable-polkit" in told else ""
        inside = (
            f"ip link set lo up && mount --bind {self._run} /run"
            f" && exec /usr/sbin/pcscd --foreground --error{unasked} --config {self._configuration}"
        )
        as_root = () if os.geteuid() == 0 else ("--user", "--map-root-user")
        with (self._run.parent / "pcscd.log").open("ab") as log:
            self._process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", "unshare", *as_root, "--net", "--mount", "sh", "-c", inside],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = monotonic() + PATIENCE
        while not self.socket.exists():
            if self._process.poll() is not None or monotonic() > deadline:
                said = (self._run.parent / "pcscd.log").read_text(encoding="utf-8", errors="replace")
                raise CannotPlayCards(f"pcscd does not start in a namespace of its own (root can): {said[-500:]}")
            sleep(0.01)

    def stop(self) -> None:
        """End pcscd, and the cards with it."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
        self.empty()

    def empty(self) -> None:
        """Take every card out."""
        for card in self._cards:
            card.pull()
        self._cards.clear()

    def insert(self, kind: str, *words: str, reader: str = FIRST_READER) -> Card:
        """Put a third party's card into a reader; `words` are options of `tests.cards.emulator`."""
        return self._put([_SYSTEM_PYTHON, "-m", "tests.cards.emulator", kind, *words], reader, None)

    def play(self, image: CardImage | FileImage, *words: str, reader: str = FIRST_READER) -> Card:
        """Put a card of our own making into a reader; `words` are options of `tests.cards.player`."""
        kind = "files" if isinstance(image, FileImage) else "chip"
        return self._put([sys.executable, "-m", "tests.cards.player", kind, *words], reader, json.dumps(image.packed()))

    def _put(self, command: list[str], reader: str, said_to_it: str | None) -> Card:
        assert self._process is not None
        target = str(self._process.pid)
        enter = ["nsenter", "--target", target, "--net"]
        if os.geteuid() != 0:
            enter += ["--user", "--preserve-credentials"]
        process = subprocess.Popen(
            [*enter, "setpriv", "--pdeathsig", "KILL", *command, "--port", str(_PORTS[reader])],
            stdin=subprocess.PIPE if said_to_it is not None else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "PCSCLITE_CSOCK_NAME": str(self.socket), "PYTHONDONTWRITEBYTECODE": "1"},
        )
        if process.stdin is not None:
            with process.stdin as pipe:
                pipe.write(said_to_it or "")
        card = Card(process)
        said = _first_line(process)
        if said != "READY":
            process.kill()
            complaint = process.communicate()[1]
            raise CannotPlayCards(f"the played card does not start: {complaint.strip()[-800:]}")
        self._cards.append(card)
        return card

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _first_line(process: subprocess.Popen[str]) -> str:
    too_late = threading.Timer(PATIENCE, process.kill)
    too_late.start()
    try:
        stream: IO[str] | None = process.stdout
        assert stream is not None
        return stream.readline().strip()
    finally:
        too_late.cancel()


@contextmanager
def readers(folder: Path) -> Iterator[Readers]:
    """Readers in a folder of their own, with pcscd running."""
    with Readers(folder) as running:
        yield running


if __name__ == "__main__":  # a first look: python -m tests.cards.readers FOLDER KIND [OPTION…]
    with readers(Path(sys.argv[1])) as here:
        here.insert(*sys.argv[2:])
        print(f"PCSCLITE_CSOCK_NAME={here.socket}", flush=True)  # noqa: T201 - to whoever looks
        sys.stdin.read()
