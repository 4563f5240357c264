"""The crossing between the session thread and the main thread."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from screens.stage import Abandoned, Ending, Sighting, Stage
from screens.steps import BACK, ChooseWay, EnterDocumentNumber, Searching, Way

if TYPE_CHECKING:
    from collections.abc import Callable

WAYS = ChooseWay((Way.LETTER, Way.NUMBER))


class Session:
    """A session thread that runs one function and keeps what came of it."""

    def __init__(self, work: Callable[[], object]) -> None:
        self.result: object = None
        self.error: BaseException | None = None
        self._work = work
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        try:
            self.result = self._work()
        except BaseException as error:  # noqa: BLE001 - told to the test
            self.error = error

    def join(self) -> None:
        self._thread.join(5)
        assert not self._thread.is_alive()


def wait_for_question(stage: Stage) -> int:
    for _ in range(1000):
        if stage.current is not None and stage.current.open:
            return stage.current.number
        threading.Event().wait(0.005)
    pytest.fail("nothing was asked")


def test_an_answer_reaches_the_service_that_asked() -> None:
    stage = Stage()
    session = Session(lambda: stage.ask(WAYS))

    assert stage.answer(wait_for_question(stage), Way.LETTER)

    session.join()
    assert session.result is Way.LETTER


def test_a_double_tap_answers_once() -> None:
    stage = Stage()
    session = Session(lambda: (stage.ask(WAYS), stage.ask(EnterDocumentNumber())))
    number = wait_for_question(stage)

    assert stage.answer(number, Way.NUMBER)
    assert not stage.answer(number, Way.LETTER)

    while not stage.answer(wait_for_question(stage), BACK):
        pass
    session.join()
    assert session.result == (Way.NUMBER, BACK)


def test_a_late_answer_to_an_old_question_is_dropped() -> None:
    stage = Stage()
    first = Session(lambda: stage.ask(WAYS))
    old = wait_for_question(stage)
    stage.answer(old, BACK)
    first.join()
    second = Session(lambda: stage.ask(WAYS))
    wait_for_question(stage)

    assert not stage.answer(old, Way.LETTER)

    stage.answer(wait_for_question(stage), Way.NUMBER)
    second.join()
    assert second.result is Way.NUMBER


def test_a_device_answers_while_the_citizen_waits() -> None:
    stage = Stage()
    codes = iter([None, None, b"BT1"])

    session = Session(lambda: stage.ask(EnterDocumentNumber(), meanwhile=lambda: next(codes)))  # type: ignore[arg-type, return-value]

    session.join()
    assert session.result == b"BT1"


def test_ending_the_session_stops_the_open_question_and_every_later_one() -> None:
    stage = Stage()
    session = Session(lambda: stage.ask(WAYS))
    wait_for_question(stage)

    stage.abandon(Ending.BY_CITIZEN)

    session.join()
    assert isinstance(session.error, Abandoned)
    assert session.error.ending is Ending.BY_CITIZEN
    assert stage.cancel.is_set()
    with pytest.raises(Abandoned):
        stage.ask(WAYS)
    with pytest.raises(Abandoned):
        stage.tell(Searching())


def test_a_device_interrupted_by_the_end_of_the_session_does_not_hide_how_it_ended() -> None:
    stage = Stage()

    def look() -> None:
        stage.cancel.wait(5)
        raise InterruptedError

    session = Session(lambda: stage.ask(WAYS, meanwhile=look))
    wait_for_question(stage)
    stage.abandon(Ending.IDLE)

    session.join()
    assert isinstance(session.error, Abandoned)
    assert session.error.ending is Ending.IDLE


def test_a_device_that_fails_by_itself_is_heard_of() -> None:
    def look() -> None:
        raise OSError

    session = Session(lambda: Stage().ask(WAYS, meanwhile=look))

    session.join()
    assert isinstance(session.error, OSError)


def test_after_begin_the_next_citizen_is_asked_again() -> None:
    stage = Stage()
    stage.abandon(Ending.IDLE)
    stage.begin()
    session = Session(lambda: stage.ask(WAYS))

    stage.answer(wait_for_question(stage), Way.LETTER)

    session.join()
    assert session.result is Way.LETTER
    assert not stage.cancel.is_set()


def test_shutting_down_is_for_good() -> None:
    stage = Stage()
    stage.abandon(Ending.SHUTDOWN)
    stage.begin()
    with pytest.raises(Abandoned):
        stage.ask(WAYS)


def test_no_service_swallows_the_end_of_the_session() -> None:
    assert not issubclass(Abandoned, Exception)


def test_no_picture_of_the_letter_outlives_its_question() -> None:
    stage = Stage()

    def look() -> bytes:
        stage.show_sighting(Sighting(1, 1, b"\0\0\0", "none"))
        return b"code"

    Session(lambda: stage.ask(EnterDocumentNumber(), meanwhile=look)).join()  # type: ignore[arg-type]

    assert stage.take_sighting() is None


def test_a_waiting_session_thread_shows_that_it_lives() -> None:
    stage = Stage()
    beats: list[int] = []
    stage.beat = lambda: beats.append(1)
    session = Session(lambda: stage.ask(WAYS, meanwhile=lambda: Way.LETTER if len(beats) > 3 else None))

    session.join()
    assert len(beats) == 4
