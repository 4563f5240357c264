"""What the main thread shows: pages, sheets, the idle warning, and what is typed; walked through without a window."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from screens.look import Colours, Look, TextSize
from screens.pages import (
    Answer,
    Cells,
    ChangeLook,
    DeleteCharacter,
    EndSession,
    Explain,
    Header,
    Layout,
    OpenSheet,
    Page,
    ReadAloud,
    Sheet,
    Small,
    StartAgain,
    Stay,
    Submit,
    TypeCharacter,
)
from screens.show import IdleRules, Motion, Show
from screens.stage import Abandoned, Ending, Stage
from screens.steps import (
    BACK,
    Attract,
    Begin,
    ChooseWay,
    EnterBirthDate,
    EnterDocumentNumber,
    Farewell,
    IdleWarning,
    Searching,
    ServiceKey,
    Step,
    Way,
)
from screens.steps_card import EnterCan
from screens.surroundings import OtherPlace, Surroundings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from screens.entry import Entry

ATTRACT = Attract((ServiceKey.DOCUMENT_STATUS,))
WAYS = ChooseWay((Way.LETTER, Way.NUMBER))


def plain(step: Step[Any], look: Look, around: Surroundings, entry: Entry) -> Page:
    """Words enough to tell pages apart."""
    said = f"{type(step).__name__} {look.language} {entry.text} {entry.explanation}"
    seconds = f" {step.seconds_left}" if isinstance(step, IdleWarning) else ""
    cells = (Cells((4,), entry.text),) if isinstance(step, EnterDocumentNumber | EnterBirthDate | EnterCan) else ()
    header = Header(around.town, "", f"{around.now:%H:%M}", "")
    return Page(type(step).__name__, Layout.QUESTION, look.language, header, (Small(said + seconds), *cells))


class Theatre:
    """A show with a hand-turned clock, and a session thread that asks a list of questions."""

    def __init__(self, *steps: Step[Any]) -> None:
        self.seconds = 0.0
        self.stage = Stage()
        self.answers: list[object] = []
        self.show = Show(
            self.stage,
            plain,
            self._around,
            opening=ATTRACT,
            look=Look(),
            idle=IdleRules(90, 30),
            clock=lambda: self.seconds,
        )
        self._thread = threading.Thread(target=self._ask, args=(steps,))
        self._thread.start()

    def _around(self, language: str) -> Surroundings:
        now = datetime(2026, 6, 16, 10, 24, tzinfo=UTC) + timedelta(seconds=self.seconds)
        return Surroundings("Musterstadt", "MS-01", now, OtherPlace("Counter 3", language, None))

    def _ask(self, steps: tuple[Step[Any], ...]) -> None:
        for step in steps:
            try:
                self.answers.append(self.stage.ask(step))
            except Abandoned as abandoned:
                self.answers.append(abandoned.ending)
                return

    def sees(self, name: str) -> Show:
        """Wait until the page of this step is shown."""
        for _ in range(1000):
            self.show.tick()
            if self.show.page.step == name:
                return self.show
            threading.Event().wait(0.005)
        pytest.fail(f"{name} was not shown, but {self.show.page.step}")

    def passes(self, seconds: float) -> Show:
        self.seconds += seconds
        self.show.tick()
        return self.show

    def ended(self) -> list[object]:
        self._thread.join(5)
        assert not self._thread.is_alive()
        return self.answers

    def leave(self) -> list[object]:
        self.stage.abandon(Ending.SHUTDOWN)
        return self.ended()


@pytest.fixture
def theatres() -> Iterator[list[Theatre]]:
    opened: list[Theatre] = []
    yield opened
    for theatre in opened:
        theatre.leave()


def said(show: Show) -> str:
    return " ".join(block.words for block in show.page.blocks if isinstance(block, Small))


def test_before_the_first_question_the_opening_page_is_there(theatres: list[Theatre]) -> None:
    theatre = Theatre()
    theatres.append(theatre)
    assert theatre.show.page.step == "Attract"


def test_a_language_touched_on_the_attract_page_is_spoken_from_then_on(theatres: list[Theatre]) -> None:
    theatre = Theatre(ATTRACT, WAYS)
    theatres.append(theatre)
    theatre.sees("Attract").press(Answer(Begin("en")))
    assert theatre.sees("ChooseWay").page.language == "en"


def test_going_back_keeps_what_was_typed(theatres: list[Theatre]) -> None:
    theatre = Theatre(EnterDocumentNumber(), EnterBirthDate(), EnterDocumentNumber())
    theatres.append(theatre)
    show = theatre.sees("EnterDocumentNumber")
    for character in "L01X":
        show.press(TypeCharacter(character))
    show.press(Submit())
    theatre.sees("EnterBirthDate").press(Answer(BACK))
    show = theatre.sees("EnterDocumentNumber")
    assert "L01X" in said(show)
    assert show.motion is Motion.BACKWARD


def test_digits_that_open_a_card_are_not_there_again(theatres: list[Theatre]) -> None:
    theatre = Theatre(EnterCan(), EnterCan(refused=True), EnterBirthDate())
    theatres.append(theatre)
    show = theatre.sees("EnterCan")
    for digit in "4711":
        show.press(TypeCharacter(digit))
    assert "4711" in said(show)
    show.press(Submit())
    for _ in range(1000):
        if show.tick() and "4711" not in said(show):
            break
        threading.Event().wait(0.005)
    assert "4711" not in said(show)
    assert theatre.answers == ["4711"]


def test_typing_stops_where_the_cells_end_and_can_be_taken_back(theatres: list[Theatre]) -> None:
    theatre = Theatre(EnterDocumentNumber())
    theatres.append(theatre)
    show = theatre.sees("EnterDocumentNumber")
    for character in "123456":
        show.press(TypeCharacter(character))
    show.press(DeleteCharacter())
    assert "123 " in said(show)
    show.press(StartAgain())
    assert "1" not in said(show)


def test_the_next_citizen_finds_nothing_typed(theatres: list[Theatre]) -> None:
    theatre = Theatre(EnterDocumentNumber(), ATTRACT, EnterDocumentNumber())
    theatres.append(theatre)
    show = theatre.sees("EnterDocumentNumber")
    show.press(ChangeLook(replace(show.look, colours=Colours.HIGH_CONTRAST)))
    show.press(TypeCharacter("7"))
    show.press(Answer(BACK))
    theatre.sees("Attract").press(Answer(Begin("de")))
    show = theatre.sees("EnterDocumentNumber")
    assert "7" not in said(show)
    assert show.look == Look()
    assert show.sessions_forgotten == 1


def test_silence_hides_the_page_and_counts_down(theatres: list[Theatre]) -> None:
    theatre = Theatre(WAYS)
    theatres.append(theatre)
    theatre.sees("ChooseWay")
    assert theatre.passes(89).page.step == "ChooseWay"
    show = theatre.passes(1)
    assert show.page.step == "IdleWarning"
    assert show.beneath is None
    assert said(show).endswith(" 30")
    assert said(theatre.passes(12)).endswith(" 18")


def test_whoever_is_still_there_goes_on_as_often_as_needed(theatres: list[Theatre]) -> None:
    theatre = Theatre(WAYS)
    theatres.append(theatre)
    theatre.sees("ChooseWay")
    for _ in range(12):
        assert theatre.passes(90).page.step == "IdleWarning"
        theatre.passes(29)
        theatre.show.press(Stay())
        assert theatre.show.page.step == "ChooseWay"
    assert theatre.answers == []


def test_nobody_answers_and_the_session_ends(theatres: list[Theatre]) -> None:
    theatre = Theatre(WAYS)
    theatres.append(theatre)
    theatre.sees("ChooseWay")
    theatre.passes(90)
    theatre.passes(30)
    assert theatre.ended() == [Ending.IDLE]


def test_a_touch_beside_the_warning_does_not_reveal_the_page(theatres: list[Theatre]) -> None:
    theatre = Theatre(WAYS)
    theatres.append(theatre)
    theatre.sees("ChooseWay")
    theatre.passes(90)
    theatre.show.press(Answer(Way.LETTER))
    theatre.show.press(OpenSheet(Sheet.HELP))
    assert theatre.show.page.step == "IdleWarning"
    assert theatre.answers == []


def test_the_touch_that_wakes_the_dimmed_screen_presses_no_button(theatres: list[Theatre]) -> None:
    """KlipperScreen/KlipperScreen#80: who only wanted light must not have chosen something."""
    theatre = Theatre(ATTRACT, WAYS)
    theatres.append(theatre)
    show = theatre.sees("Attract")
    assert not theatre.passes(599).dimmed
    assert theatre.passes(1).dimmed
    show.press(Answer(Begin("en")))
    assert not theatre.passes(0).dimmed
    assert theatre.answers == [], "the touch that woke it was taken for an answer"
    assert show.touched() is False
    show.press(Answer(Begin("en")))
    assert not theatre.sees("ChooseWay").dimmed


def test_a_page_of_a_session_is_never_dimmed(theatres: list[Theatre]) -> None:
    theatre = Theatre(Searching(ServiceKey.DOCUMENT_STATUS))
    theatres.append(theatre)
    theatre.sees("Searching")
    assert not theatre.passes(4000).dimmed


def test_who_uses_an_aid_has_twice_the_time(theatres: list[Theatre]) -> None:
    theatre = Theatre(WAYS)
    theatres.append(theatre)
    show = theatre.sees("ChooseWay")
    show.press(ChangeLook(replace(show.look, text=TextSize.LARGE)))
    assert theatre.passes(179).page.step == "ChooseWay"
    assert theatre.passes(1).page.step == "IdleWarning"


def test_silence_never_ends_what_must_not_be_interrupted(theatres: list[Theatre]) -> None:
    theatre = Theatre(ATTRACT)
    theatres.append(theatre)
    theatre.sees("Attract")
    assert theatre.passes(100_000).page.step == "Attract"


def test_a_clock_without_twenty_seconds_to_answer_is_refused() -> None:
    with pytest.raises(ValueError, match="20 seconds"):
        IdleRules(90, 19)


def test_a_sheet_lies_above_the_page_and_goes_away_again(theatres: list[Theatre]) -> None:
    theatre = Theatre(WAYS)
    theatres.append(theatre)
    show = theatre.sees("ChooseWay")
    show.press(OpenSheet(Sheet.SETTINGS))
    assert (show.page.step, show.beneath and show.beneath.step) == ("SettingsSheet", "ChooseWay")
    assert show.motion is Motion.SHEET_IN
    show.press(OpenSheet(Sheet.SETTINGS))
    assert (show.page.step, show.beneath) == ("ChooseWay", None)


def test_choosing_a_language_closes_its_sheet(theatres: list[Theatre]) -> None:
    theatre = Theatre(WAYS)
    theatres.append(theatre)
    show = theatre.sees("ChooseWay")
    show.press(OpenSheet(Sheet.LANGUAGE))
    show.press(ChangeLook(replace(show.look, language="en")))
    assert (show.page.step, show.page.language) == ("ChooseWay", "en")


def test_nothing_moves_in_high_contrast(theatres: list[Theatre]) -> None:
    theatre = Theatre(WAYS, EnterDocumentNumber())
    theatres.append(theatre)
    show = theatre.sees("ChooseWay")
    show.press(ChangeLook(replace(show.look, colours=Colours.HIGH_CONTRAST)))
    show.press(Answer(Way.NUMBER))
    assert theatre.sees("EnterDocumentNumber").motion is Motion.NONE


def test_what_passes_at_once_does_not_flash(theatres: list[Theatre]) -> None:
    theatre = Theatre(WAYS)
    theatres.append(theatre)
    theatre.sees("ChooseWay").press(Answer(Way.LETTER))
    theatre.stage.tell(Searching())
    assert theatre.passes(0.1).page.step == "ChooseWay"
    assert theatre.passes(0.2).page.step == "Searching"


def test_the_farewell_goes_by_itself_in_the_citizens_look(theatres: list[Theatre]) -> None:
    theatre = Theatre(WAYS, Farewell(by_itself=False), ATTRACT)
    theatres.append(theatre)
    show = theatre.sees("ChooseWay")
    look = replace(show.look, language="en", colours=Colours.DARK)
    show.press(ChangeLook(look))
    show.press(Answer(BACK))
    assert theatre.sees("Farewell").look == look
    theatre.passes(3.9)
    assert theatre.show.page.step == "Farewell"
    theatre.passes(0.2)
    assert theatre.sees("Attract").look == Look()


def test_ending_the_session_abandons_the_open_question(theatres: list[Theatre]) -> None:
    theatre = Theatre(WAYS)
    theatres.append(theatre)
    theatre.sees("ChooseWay").press(EndSession())
    assert theatre.ended() == [Ending.BY_CITIZEN]


def test_the_old_page_does_not_end_the_next_session(theatres: list[Theatre]) -> None:
    theatre = Theatre(WAYS)
    theatres.append(theatre)
    theatre.sees("ChooseWay")
    theatre.passes(90)
    theatre.passes(30)
    theatre.ended()
    theatre.stage.begin()

    theatre.passes(1)
    theatre.show.press(EndSession())

    assert theatre.stage.ending is None


def test_a_key_that_cannot_be_used_yet_says_why(theatres: list[Theatre]) -> None:
    theatre = Theatre(EnterDocumentNumber())
    theatres.append(theatre)
    show = theatre.sees("EnterDocumentNumber")
    show.press(Explain("Type all ten characters first."))
    assert "all ten" in said(show)
    show.press(TypeCharacter("1"))
    assert "all ten" not in said(show)


def test_the_header_clock_goes_on_by_itself(theatres: list[Theatre]) -> None:
    theatre = Theatre(ATTRACT)
    theatres.append(theatre)
    theatre.sees("Attract")
    version = theatre.show.version
    theatre.passes(30)
    assert theatre.show.version == version
    assert theatre.passes(31).page.header.clock == "10:25"


class Speaker:
    """A voice that only remembers."""

    def __init__(self) -> None:
        self.reads: list[str] = []
        self.loud = False

    def start(self, page: Page, look: Look) -> None:
        self.reads.append(f"{page.step} {look.language}")
        self.loud = True

    def stop(self) -> None:
        self.loud = False

    def speaking(self) -> bool:
        return self.loud


def test_reading_aloud_stops_with_the_next_page() -> None:
    stage, voice = Stage(), Speaker()
    around = Surroundings("M", "MS-01", datetime(2026, 6, 16, tzinfo=UTC), OtherPlace("C", "", None))
    show = Show(
        stage, plain, lambda _: around, opening=ATTRACT, look=Look(), idle=IdleRules(), clock=lambda: 0.0, voice=voice
    )
    show.press(ReadAloud())
    assert (voice.reads, voice.loud) == (["Attract de"], True)
    show.press(ReadAloud())
    assert not voice.loud
    show.press(ReadAloud())
    session = threading.Thread(target=lambda: stage.ask(WAYS, meanwhile=lambda: BACK, every=0.2))
    session.start()
    while show.page.step != "ChooseWay":
        show.tick()
    session.join(5)
    assert not voice.loud
