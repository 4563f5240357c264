"""What is on the screen now: the page of the open question, or the sheet or idle warning above it.

Lives on the main thread and knows no Kivy: `views` draws `page` whenever `version` moves and hands every touch to
`press`. Time is injected, so a test walks through a whole visit without a window and without waiting.
"""

from __future__ import annotations

import math
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from central_office.contract.values import value
from logbook import say
from screens.entry import Entry
from screens.events import Shown
from screens.pages import (
    Answer,
    Cells,
    ChangeLook,
    CloseSheet,
    DeleteCharacter,
    EndSession,
    Explain,
    OpenSheet,
    ReadAloud,
    Sheet,
    StartAgain,
    Stay,
    Submit,
    TurnPage,
    TypeCharacter,
    Typed,
)
from screens.stage import Ending
from screens.steps import Back, Begin, HelpSheet, IdleWarning, LanguageSheet, SettingsSheet, Step

if TYPE_CHECKING:
    from collections.abc import Callable

    from screens.look import Look
    from screens.pages import Act, Page
    from screens.stage import Question, Sighting, Stage
    from screens.surroundings import Surroundings


class Motion(StrEnum):
    """How the new page comes in."""

    NONE = "none"
    FORWARD = "forward"
    BACKWARD = "backward"
    SHEET_IN = "sheet_in"
    SHEET_OUT = "sheet_out"


@value
class IdleRules:
    """When silence ends a session: after `idle` seconds without a touch and `warning` more without an answer.

    WCAG 2.2.1 asks for at least 20 seconds to answer. Whoever uses an aid gets `patience` times as long before the
    warning; answering it starts anew, without limit. Outside a session the screen is dimmed after `dim` seconds.
    """

    idle: float = 90.0
    warning: float = 30.0
    patience: float = 2.0
    dim: float = 600.0

    def __post_init__(self) -> None:
        if self.warning < 20:
            raise ValueError("a citizen has at least 20 seconds to answer the idle warning")


class Voice(Protocol):
    """Reads a page aloud, or falls silent."""

    def start(self, page: Page, look: Look) -> None:
        """Read `page` from its beginning; returns at once."""
        ...

    def stop(self) -> None:
        """Fall silent at once."""
        ...

    def speaking(self) -> bool:
        """Whether it still reads."""
        ...


class Silence:
    """The voice of a terminal without a loudspeaker."""

    def start(self, page: Page, look: Look) -> None:
        """Say nothing."""

    def stop(self) -> None:
        """Stay silent."""

    def speaking(self) -> bool:
        """Never."""
        return False


TOLD_AFTER = 0.15
"""Seconds before a told step is shown: what passes sooner must not flash."""


def _sheet(sheet: Sheet, beneath: Step[Any]) -> Step[None]:
    match sheet:
        case Sheet.SETTINGS:
            return SettingsSheet(session=beneath.in_session)
        case Sheet.LANGUAGE:
            return LanguageSheet(session=beneath.in_session)
        case Sheet.HELP:
            return HelpSheet(type(beneath).__name__, session=beneath.in_session)


class Show:
    """The main thread's half of the visit: shows questions, performs acts, watches for silence."""

    def __init__(  # noqa: PLR0913 - the one place where the main thread's parts meet
        self,
        stage: Stage,
        present: Callable[[Step[Any], Look, Surroundings, Entry], Page],
        surroundings: Callable[[str], Surroundings],
        *,
        opening: Step[Any],
        look: Look,
        idle: IdleRules,
        clock: Callable[[], float],
        voice: Voice | None = None,
    ) -> None:
        self._stage = stage
        self._present = present
        self._surroundings = surroundings
        self._usual = look
        self._rules = idle
        self._clock = clock
        self._voice: Voice = voice or Silence()

        self._question: Question[object] | None = None
        self._ended: int | None = None
        self._looked_around = clock()
        self._awaited: tuple[int, float] | None = None
        self._step: Step[Any] = opening
        self._came = self._touch = clock()
        self._entry = Entry()
        self._drafts: dict[type[Step[Any]], str] = {}
        self._sheet: Sheet | None = None
        self._warned: float | None = None
        self._next_motion = Motion.FORWARD

        self.look = look
        self.motion = Motion.NONE
        self.version = 0
        self.sessions_forgotten = 0
        self.beneath: Page | None = None
        self._around = surroundings(look.language)
        self.page = present(opening, look, self._around, self._entry)

    # What the view calls

    def tick(self) -> bool:
        """Look at the stage and the clock; True when the page changed."""
        before, now = self.version, self._clock()
        question = self._stage.current
        if (
            question is not None
            and (self._question is None or question.number != self._question.number)
            and (question.open or now - self._first_seen(question, now) >= TOLD_AFTER or self._same_kind(question))
        ):
            self._enter(question, now)
        self._let_pass(now)
        self._watch_for_silence(now)
        self._keep_clock(now)
        if self._entry.reading and not self._voice.speaking():
            self._entry = replace(self._entry, reading=False)
            self._draw(Motion.NONE)
        return self.version != before

    @property
    def dimmed(self) -> bool:
        """Whether the screen is dark because nobody came for long; its first touch wakes it and does nothing else."""
        # The software dims: the lamp of a panel that was switched off may not come back.
        return not self._step.in_session and self._clock() - max(self._came, self._touch) >= self._rules.dim

    def touched(self) -> bool:
        """A finger, key or switch did something: whoever is there is still there. True if it only woke the screen."""
        woke = self.dimmed
        if self._warned is None:
            self._touch = self._clock()
        return woke

    def press(self, act: Act) -> None:
        """Perform what a control does."""
        if self.touched():
            return
        if self._warned is not None and not isinstance(act, Stay | EndSession):
            return
        match act:
            case Answer(value=value):
                self._answer(value)
            case Submit():
                self._answer(self._entry.text)
            case TypeCharacter() | DeleteCharacter() | StartAgain():
                self._type(act)
            case OpenSheet(sheet=sheet):
                self._lay(None if sheet is self._sheet else sheet)
            case CloseSheet():
                self._lay(None)
            case ChangeLook(look=look):
                self.look = look
                if self._sheet is Sheet.LANGUAGE:
                    self._lay(None)
                else:
                    self._draw(Motion.NONE)
            case Stay():
                self._warned = None
                self._touch = self._clock()
                self._draw(Motion.NONE)
            case EndSession():
                self._end(Ending.BY_CITIZEN)
            case TurnPage(to=to):
                forward = to > self._entry.part
                self._entry = replace(self._entry, part=to, explanation="")
                self._draw(Motion.FORWARD if forward else Motion.BACKWARD)
            case Explain(words=words):
                self._entry = replace(self._entry, explanation=words)
                self._draw(Motion.NONE)
            case ReadAloud():
                self._read_or_hush()

    def take_sighting(self) -> Sighting | None:
        """The camera's latest picture for the page, once; none while a sheet or the idle warning lies above."""
        sighting = self._stage.take_sighting()
        return sighting if self._sheet is None and self._warned is None else None

    # How it works

    def _first_seen(self, question: Question[object], now: float) -> float:
        if self._awaited is None or self._awaited[0] != question.number:
            self._awaited = (question.number, now)
        return self._awaited[1]

    def _same_kind(self, question: Question[object]) -> bool:
        return type(question.step) is type(self._step)

    def _enter(self, question: Question[object], now: float) -> None:
        again = self._same_kind(question)
        self._question, self._step = question, question.step
        self._came = self._touch = now
        self._warned = None
        if not question.step.in_session:
            self._forget()
        text = self._drafts.get(type(question.step), "")
        part = self._entry.part if again else 0
        self._hush()
        self._entry = Entry(text=text, part=part)
        if not again:
            self._sheet = None
        say(Shown(type(question.step)))
        motion, self._next_motion = self._next_motion, Motion.FORWARD
        self._draw(Motion.NONE if again or not question.step.in_session else motion)

    def _forget(self) -> None:
        self._drafts.clear()
        self._entry = Entry()
        self._sheet = None
        if self._step.lasts is None:
            self.look = self._usual
        self.sessions_forgotten += 1

    def _answer(self, value: object) -> None:
        if self._question is None or self._question.step is not self._step:
            return
        if self._entry.text and self._step.keeps_typed:
            self._drafts[type(self._step)] = self._entry.text
        if isinstance(value, Begin):
            self.look = replace(self._usual, language=value.language)
        if self._stage.answer(self._question.number, value):
            self._next_motion = Motion.BACKWARD if isinstance(value, Back) else Motion.FORWARD

    def _type(self, act: TypeCharacter | DeleteCharacter | StartAgain) -> None:
        room = sum(sum(block.groups) for block in self.page.blocks if isinstance(block, Cells))
        room += sum(block.most for block in self.page.blocks if isinstance(block, Typed))
        match act:
            case TypeCharacter(character=character):
                text = (self._entry.text + character)[:room]
            case DeleteCharacter():
                text = self._entry.text[:-1]
            case StartAgain():
                text = ""
        self._entry = replace(self._entry, text=text, explanation="")
        if self._step.keeps_typed:
            self._drafts[type(self._step)] = text
        self._draw(Motion.NONE)

    def _lay(self, sheet: Sheet | None) -> None:
        if sheet is self._sheet:
            return
        self._hush()
        self._sheet = sheet
        self._draw(Motion.SHEET_OUT if sheet is None else Motion.SHEET_IN)

    def _end(self, ending: Ending) -> None:
        # Once for each question: the conductor may already have begun anew while the old page is still shown.
        if self._question is not None and self._ended != self._question.number:
            self._ended = self._question.number
            self._hush()
            self._stage.abandon(ending)

    def _read_or_hush(self) -> None:
        if self._entry.reading:
            self._hush()
        else:
            self._voice.start(self.page, self.look)
            self._entry = replace(self._entry, reading=True)
        self._draw(Motion.NONE)

    def _hush(self) -> None:
        self._voice.stop()
        self._entry = replace(self._entry, reading=False)

    def _let_pass(self, now: float) -> None:
        lasts = self._step.lasts
        if lasts is not None and self._question is not None and now - self._came >= lasts:
            self._stage.answer(self._question.number, None)

    def _watch_for_silence(self, now: float) -> None:
        if not (self._step.in_session and self._step.idle):
            return
        if self._warned is None:
            if now - self._touch < self._idle_seconds():
                return
            self._warned = now
            self._hush()
            self._draw(Motion.NONE)
        elif now - self._warned >= self._rules.warning:
            self._end(Ending.IDLE)
        elif self._warning(now) != self._shown_warning:
            self._draw(Motion.NONE)

    def _idle_seconds(self) -> float:
        aided = self.look != replace(self._usual, language=self.look.language)
        return self._rules.idle * (self._rules.patience if aided else 1.0)

    def _warning(self, now: float) -> IdleWarning | None:
        if self._warned is None:
            return None
        left = max(0, math.ceil(self._rules.warning - (now - self._warned)))
        return IdleWarning(seconds_left=left, seconds_in_all=round(self._rules.warning))

    def _keep_clock(self, now: float) -> None:
        if now - self._looked_around < 1.0:
            return
        self._looked_around = now
        around = self._surroundings(self.look.language)
        if replace(around, now=self._around.now) != self._around or not _same_minute(around, self._around):
            self._draw(Motion.NONE)

    def _draw(self, motion: Motion) -> None:
        self._shown_warning = self._warning(self._clock())
        self._around = self._surroundings(self.look.language)
        page = self._present(self._step, self.look, self._around, self._entry)
        self.beneath = None
        if self._shown_warning is not None:
            self.page = self._present(self._shown_warning, self.look, self._around, Entry())
        elif self._sheet is not None:
            self.beneath = page
            sheet = _sheet(self._sheet, self._step)
            self.page = self._present(sheet, self.look, self._around, Entry(reading=self._entry.reading))
        else:
            self.page = page
        self.motion = Motion.NONE if self.look.still else motion
        self.version += 1


def _same_minute(one: Surroundings, other: Surroundings) -> bool:
    return one.now.replace(second=0, microsecond=0) == other.now.replace(second=0, microsecond=0)
