"""The terminal's own voice: `espeak-ng`, a child process that reads a page and is silenced by ending it.

Speaks into the hall unless told that a headset is plugged in; what a page keeps private stays out of the hall.
"""

from __future__ import annotations

import os
from typing import IO, TYPE_CHECKING, Final, Protocol

from logbook import say
from screens.events import VoiceDoesNotStart, VoiceStopped
from screens.look import Speed
from screens.reading import read_aloud

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from screens.look import Look
    from screens.pages import Page

COMMAND: Final = "espeak-ng"

_WORDS_A_MINUTE: Final[Mapping[Speed, int]] = {Speed.SLOW: 120, Speed.NORMAL: 160, Speed.FAST: 220}

_VOICES: Final[Mapping[str, str]] = {"en": "en-gb"}
"""Where the voice is not called like the language."""


class Speaking(Protocol):
    """A running speaker, as `subprocess.Popen` is one."""

    stdin: IO[bytes] | None

    def poll(self) -> int | None:
        """None while it speaks."""
        ...

    def kill(self) -> None:
        """End it."""
        ...

    def wait(self) -> int:
        """Take its leave, so that no zombie stays."""
        ...


def available() -> bool:
    """Whether this machine has the voice installed."""
    # `shutil.which` finds it as well, but brings compressors that the first frame would wait for.
    places = (os.path.join(folder, COMMAND) for folder in os.get_exec_path())  # noqa: PTH118 - a path may be empty
    return any(os.path.isfile(place) and os.access(place, os.X_OK) for place in places)  # noqa: PTH113


def start_speaker(arguments: Sequence[str]) -> Speaking:
    """Start the speaker with its text still to come.

    Raises:
        OSError: it cannot be started.
    """
    import subprocess  # noqa: PLC0415 - not before somebody wants to listen

    return subprocess.Popen(  # noqa: S603  our own list of arguments, no shell
        list(arguments), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


class SelfVoicing:
    """Reads pages aloud, one at a time; a missing voice or sound device makes it silent, never more.

    `in_hall` says whether others can hear it now; `to_file` takes a WAV file instead of the loudspeaker.
    """

    def __init__(
        self,
        *,
        in_hall: Callable[[], bool] = lambda: True,
        start: Callable[[Sequence[str]], Speaking] = start_speaker,
        to_file: Path | None = None,
    ) -> None:
        self._in_hall = in_hall
        self._start = start
        self._to_file = to_file
        self._speaker: Speaking | None = None

    def start(self, page: Page, look: Look) -> None:
        """Read `page` from its beginning; returns at once."""
        self.stop()
        arguments = [
            COMMAND,
            "-v",
            _VOICES.get(page.language, page.language),
            "-s",
            str(_WORDS_A_MINUTE[look.speed]),
            "-b",
            "1",  # the text is UTF-8
            "--stdin",
        ]
        if self._to_file is not None:
            arguments += ["-w", str(self._to_file)]
        # Full stops make the voice pause between sentences and keys.
        text = "\n".join(f"{spoken.rstrip('.')}." for spoken in read_aloud(page, aloud_in_hall=self._in_hall()))
        try:
            self._speaker = self._start(arguments)
        except OSError as error:
            say(VoiceDoesNotStart(type(error)))
            return
        if self._speaker.stdin is not None:
            try:
                with self._speaker.stdin as mouth:
                    mouth.write(text.encode())
            except BrokenPipeError:
                say(VoiceStopped())

    def stop(self) -> None:
        """Fall silent at once."""
        speaker, self._speaker = self._speaker, None
        if speaker is not None:
            if speaker.poll() is None:
                speaker.kill()
            speaker.wait()

    def speaking(self) -> bool:
        """Whether it still reads."""
        if self._speaker is not None and self._speaker.poll() is not None:
            self.stop()
        return self._speaker is not None
