from __future__ import annotations

import io
import time
import wave
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING

import pytest

from central_office.contract.stages import Stage
from screens.entry import Entry
from screens.look import Speed
from screens.present import present
from screens.voice import SelfVoicing, available
from tests.screens.samples import SAMPLES, look, status, surroundings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from screens.pages import Page

installed = pytest.mark.skipif(not available(), reason="espeak-ng is not installed")


class Mouth(io.BytesIO):
    """Keeps what was said after it was closed."""

    said = b""

    def close(self) -> None:
        self.said = self.getvalue()
        super().close()


class DeafMouth(io.BytesIO):
    """A speaker that ended before it had its text."""

    def write(self, _: object) -> int:
        raise BrokenPipeError


@dataclass
class Speaker:
    """Stands in for the other end of the pipe: a speaker that goes on until it is ended."""

    stdin: IO[bytes] | None = field(default_factory=Mouth)
    ended: bool = False
    waited_for: bool = False

    def poll(self) -> int | None:
        return 0 if self.ended else None

    def kill(self) -> None:
        self.ended = True

    def wait(self) -> int:
        self.waited_for = True
        return 0


class Speakers:
    """Notes every speaker that is started."""

    def __init__(self, mouth: IO[bytes] | None = None) -> None:
        self.arguments: list[Sequence[str]] = []
        self.started: list[Speaker] = []
        self._mouth = mouth

    def __call__(self, arguments: Sequence[str]) -> Speaker:
        self.arguments.append(arguments)
        self.started.append(Speaker() if self._mouth is None else Speaker(self._mouth))
        return self.started[-1]


def home(language: str = "de") -> Page:
    return present(SAMPLES["home"], look(language), surroundings(language), Entry())


def said(speaker: Speaker) -> str:
    assert isinstance(speaker.stdin, Mouth)
    return speaker.stdin.said.decode()


def test_a_page_is_read_in_its_language_and_at_the_citizens_speed() -> None:
    speakers = Speakers()
    voice = SelfVoicing(start=speakers)
    voice.start(home("en"), look("en", speed=Speed.SLOW))
    assert speakers.arguments[0][:5] == ["espeak-ng", "-v", "en-gb", "-s", "120"]
    assert said(speakers.started[0]).startswith("Good morning.\nWhat would you like to do?.\n")
    assert voice.speaking()


def test_silence_comes_at_once_and_leaves_nothing_behind() -> None:
    speakers = Speakers()
    voice = SelfVoicing(start=speakers)
    voice.start(home(), look())
    voice.stop()
    assert (speakers.started[0].ended, speakers.started[0].waited_for) == (True, True)
    assert not voice.speaking()


def test_another_page_silences_the_first() -> None:
    speakers = Speakers()
    voice = SelfVoicing(start=speakers)
    voice.start(home(), look())
    voice.start(home("en"), look("en"))
    assert [speaker.ended for speaker in speakers.started] == [True, False]


def test_a_voice_that_came_to_its_end_is_silent() -> None:
    speakers = Speakers()
    voice = SelfVoicing(start=speakers)
    voice.start(home(), look())
    speakers.started[0].ended = True
    assert not voice.speaking()
    assert speakers.started[0].waited_for


def test_a_missing_voice_is_silence_not_a_fault(caplog: pytest.LogCaptureFixture) -> None:
    def missing(_: Sequence[str]) -> Speaker:
        raise FileNotFoundError("espeak-ng")

    voice = SelfVoicing(start=missing)
    voice.start(home(), look())
    assert not voice.speaking()
    assert "the voice does not start" in caplog.text


def test_a_voice_that_dies_before_its_text_is_silence_not_a_fault(caplog: pytest.LogCaptureFixture) -> None:
    voice = SelfVoicing(start=Speakers(DeafMouth()))
    voice.start(home(), look())
    voice.stop()
    assert "stopped before" in caplog.text


@pytest.mark.parametrize(("in_hall", "heard"), [(True, "Ihr Dokument liegt bereit"), (False, "Ihr Personalausweis")])
def test_only_the_headset_hears_which_document_it_is(in_hall: bool, heard: str) -> None:  # noqa: FBT001
    speakers = Speakers()
    page = present(status(Stage.READY_COUNTER), look(), surroundings("de"), Entry())
    SelfVoicing(start=speakers, in_hall=lambda: in_hall).start(page, look())
    assert heard in said(speakers.started[0])
    assert ("4711-0815" in said(speakers.started[0])) is not in_hall


@installed
@pytest.mark.parametrize("language", ["de", "en"])
def test_the_real_voice_speaks_into_a_file(tmp_path: Path, language: str) -> None:
    file = tmp_path / "spoken.wav"
    voice = SelfVoicing(to_file=file)
    voice.start(home(language), look(language))
    give_up = time.monotonic() + 60
    while voice.speaking() and time.monotonic() < give_up:
        time.sleep(0.01)
    with wave.open(str(file)) as spoken:
        assert spoken.getnframes() / spoken.getframerate() > 2


@installed
def test_the_real_voice_without_a_sound_device_falls_silent_by_itself_or_is_stopped() -> None:
    voice = SelfVoicing()
    voice.start(home(), look())
    voice.stop()
    assert not voice.speaking()
