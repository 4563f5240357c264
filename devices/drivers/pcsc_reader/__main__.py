"""The card process: `python -m devices.drivers.pcsc_reader PATTERN TRUST`; frames on its standard input and output.

It watches the readers until it is given a job, does that one job, and ends: whatever it knew of a card ends with it.
The kiosk ends it at any moment. Three threads: one reads what the kiosk says and ends the process when the kiosk is
gone, one watches the readers, one does the job; PC/SC blocks only the thread that asked.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import secrets
import sys
import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from devices.card_reading import CardIn, CardTrouble
from devices.cards.errors import CardError, CardLeft, CardMute, LinkFailed
from devices.drivers.pcsc_reader.connection import CardBusy, Connection
from devices.drivers.pcsc_reader.frames import Framer, decode, encode
from devices.drivers.pcsc_reader.messages import (
    FROM_KIOSK,
    Ask,
    Begin,
    Done,
    Failed,
    Here,
    NotWatching,
    Reached,
    Watching,
)
from devices.drivers.pcsc_reader.watching import Watch
from devices.errors import ProtocolError

if TYPE_CHECKING:
    from devices.drivers.pcsc_reader.trust_folder import TrustFolder

_PR_SET_DUMPABLE: Final = 4
_READ_AT_MOST: Final = 65536
_HEAD: Final = 4
_FIRST_FRAME: Final = 3.0
"""Seconds after the start before everybody whom the kiosk trusts is read: its window is being drawn."""


def _leave_no_trace() -> None:
    """No core file, and nobody of the same account may look into the memory (prctl(2)), or no work."""
    if resource.getrlimit(resource.RLIMIT_CORE) != (0, 0):  # the service's unit says so already, and forbids to ask
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) != 0:
        sys.exit("the memory can't be closed to others")


class _Speaker:
    """Says things to the kiosk, one at a time; a kiosk that is gone ends this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def say(self, word: object) -> None:
        frame = encode(word)
        with self._lock:
            try:
                while frame:
                    frame = frame[os.write(sys.stdout.fileno(), frame) :]
            except OSError:
                os._exit(0)

    def say_last(self, word: object) -> None:
        """Say this and end."""
        self.say(word)
        os._exit(0)


class _Library:
    """What jobs need besides the card, loaded while nobody waits for it."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._trust: TrustFolder | None = None
        self.wanted = threading.Event()

    def trust(self) -> TrustFolder:
        """Whom the kiosk trusts."""
        from devices.drivers.pcsc_reader.trust_folder import TrustFolder  # noqa: PLC0415 - as below

        with self._lock:
            if self._trust is None:
                self._trust = TrustFolder(self._folder, _now)
            return self._trust

    def warm(self) -> None:
        """The body of a thread: import at once, read certificates once the kiosk has started or a card is there."""
        import devices.drivers.pcsc_reader.duties  # noqa: F401, PLC0415

        self.wanted.wait(_FIRST_FRAME)
        self.trust().read_all()


def _now() -> datetime:
    return datetime.now(UTC)


class _Worker:
    """Does one job with the card that the watch sees."""

    def __init__(self, watch: Watch, speaker: _Speaker, library: _Library) -> None:
        self._watch = watch
        self._speaker = speaker
        self._library = library

    def do(self, begin: Begin) -> None:
        """The body of a thread; ends the process."""
        try:
            word: Done | Failed = Done(self._outcome(begin))
        except CardLeft as error:
            word = Failed(CardTrouble.LEFT, _why(error))
        except CardMute as error:
            word = Failed(CardTrouble.MUTE, _why(error))
        except CardBusy as error:
            word = Failed(CardTrouble.BUSY, _why(error))
        except LinkFailed as error:
            word = Failed(self._after_failure(), _why(error))
        except CardError as error:
            word = Failed(CardTrouble.NOT_UNDERSTOOD, _why(error))
        except Exception as error:  # noqa: BLE001 - a slip of ours or a trick of the card's: the process ends either way
            word = Failed(CardTrouble.NOT_UNDERSTOOD, type(error).__name__)
        self._speaker.say_last(word)

    def _outcome(self, begin: Begin) -> bytes:
        from devices.drivers.pcsc_reader.duties import DUTIES, Card, Duty  # noqa: PLC0415 - loaded while a card is waited for

        duties: tuple[Duty[Any, Any], ...] = DUTIES
        duty = next(each for each in duties if each.job.name == begin.job)
        request = decode(begin.request, (duty.job.request,))
        reader = self._watch.reader
        if reader is None:
            raise CardLeft
        with Connection(reader, time.monotonic, time.sleep) as link:
            self._tell("card_found")
            card = Card(link, self._watch.atr, self._library.trust(), _now, secrets.token_bytes)
            outcome = duty.do(card, request, self._tell)
        return encode(outcome)[_HEAD:]

    def _tell(self, step: str) -> None:
        self._speaker.say(Reached(step))

    def _after_failure(self) -> CardTrouble:
        """A card pulled in the middle of a command first looks like any broken line; a moment later it is gone."""
        for _ in range(10):
            if self._watch.reader is None:
                return CardTrouble.LEFT
            time.sleep(0.02)
        return CardTrouble.MUTE


def _why(error: Exception) -> str:
    """The kind of error and its fields, which never hold a secret (`devices.cards.errors`)."""
    return f"{type(error).__name__} {' '.join(str(each) for each in error.args)}".strip()[:200]


def main() -> None:
    """Watch, work once, end."""
    _leave_no_trace()
    pattern, trusted = sys.argv[1:]
    speaker = _Speaker()
    library = _Library(trusted)

    def told(word: Watching | NotWatching) -> None:
        speaker.say(word)
        if isinstance(word, Watching) and isinstance(word.presence, CardIn):
            library.wanted.set()

    watch = Watch(pattern, told)
    threading.Thread(target=watch.run, name="watch", daemon=True).start()
    worker = _Worker(watch, speaker, library)
    threading.Thread(target=library.warm, name="warm", daemon=True).start()
    framer = Framer()
    with contextlib.suppress(ProtocolError):
        while received := os.read(sys.stdin.fileno(), _READ_AT_MOST):
            for body in framer.feed(received):
                match decode(body, FROM_KIOSK):
                    case Begin() as begin:
                        threading.Thread(target=worker.do, args=(begin,), name="work", daemon=True).start()
                    case Ask():
                        speaker.say(Here(watch.look()))
    os._exit(0)


if __name__ == "__main__":
    main()
