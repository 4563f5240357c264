"""A piece of work with the identity card in the reader, on a thread of its own while its page tells how far it is."""

from __future__ import annotations

import contextlib
from threading import Event
from typing import TYPE_CHECKING, Final, TypeVar

from devices.errors import Cancelled, DeviceError
from kiosk_app.apart import Apart
from screens.steps import BACK, Back, Changed
from screens.steps_card import ReadingCard, Stage

if TYPE_CHECKING:
    from devices.card_reading import CardReader, Job, NotDone
    from kiosk_app.desk import Desk
    from screens.steps import ServiceKey

RequestT = TypeVar("RequestT")
OutcomeT = TypeVar("OutcomeT")

_LOOK: Final = 0.05
"""Seconds after which the page looks at the work again: what a touch on *Stop reading* waits at most."""

_STAGES: Final = {
    "card_found": Stage.FOUND,
    "opening": Stage.OPENING,
    "reading": Stage.READING,
    "proving": Stage.PROVING,
}
"""What a job tells of its steps, as the page knows them; others do not show."""


class _Heard:
    """How far the work is; only ever further. Told by one thread, looked at by another."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self._news = Event()

    def tell(self, step: str) -> None:
        """Hear of a step."""
        stage, order = _STAGES.get(step, self.stage), list(Stage)
        if order.index(stage) > order.index(self.stage):
            self.stage = stage
            self._news.set()

    def over(self) -> None:
        """Hear that it is done."""
        self._news.set()

    def wait(self) -> None:
        """Wait for news, for a moment."""
        if self._news.wait(_LOOK):
            self._news.clear()


def work_shown(  # noqa: PLR0913  # what is done, and how it is shown
    desk: Desk,
    reader: CardReader,
    job: Job[RequestT, OutcomeT],
    request: RequestT,
    *,
    service: ServiceKey,
    begin: Stage,
) -> OutcomeT | NotDone | Back:
    """Do the job with the card in the reader; Back if the citizen stops it, and then nothing of it is told.

    Whatever ends the showing, the work is stopped and waited for: it ends within half a second of that.

    Raises:
        Abandoned: the session is over.
        TransportError: the reader is gone.
    """
    heard, stop = _Heard(begin), Event()
    work = Apart("card", lambda: reader.work(job, request, stop, heard.tell), heard.over)
    try:
        while not work.over:
            if isinstance(_shown(desk, work, heard, service), Back):
                return BACK
    finally:
        stop.set()
        with contextlib.suppress(DeviceError):
            work.result(desk.beat)
    try:
        return work.result(desk.beat)
    except Cancelled:
        return BACK


def _shown(desk: Desk, work: Apart[OutcomeT], heard: _Heard, service: ServiceKey) -> Changed | Back:
    stage = heard.stage

    def changed() -> Changed | None:
        heard.wait()
        return Changed() if work.over or heard.stage is not stage else None

    return desk.citizen.ask(ReadingCard(stage, service), meanwhile=changed)
