"""A reader of chip cards as the rest of the kiosk sees it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from devices.card_reading import CardTrouble, NoCard, NotDone, tell_nobody
from devices.conditions import Condition, Need, NeedsStaff, Ready
from devices.drivers.pcsc_reader.frames import decode, encode
from devices.drivers.pcsc_reader.messages import Ask, Begin, Done, Failed, Here, NotWatching, Reached, Trouble, Watching
from devices.drivers.pcsc_reader.process import CardProcess
from devices.errors import Cancelled, Disconnected, ProtocolError, Timeout

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

    from devices.card_reading import Job, OutcomeT, Presence, RequestT

_START: Final = 1.8
"""Seconds for the card process to say what it sees; opening a device may take two."""
_LOOK: Final = 0.45
"""Seconds for the card process to look at its readers."""
_HEED: Final = 0.05
"""Seconds after which `cancel` is looked at again."""
_GRACE: Final = 0.3
"""Seconds a job has to say by itself that the card is gone, after the reader said so."""
_NEEDS: Final = {
    Trouble.NO_DAEMON: Need.START_CARD_SERVICE,
    Trouble.FORBIDDEN: Need.ALLOW_CARD_READER,
}


class PcscReader:
    """Keeps one card process waiting, and puts a new one in its place after each job."""

    def __init__(self, pattern: str, socket: str, trust: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._pattern = pattern
        self._socket = socket
        self._trust = trust
        self._clock = clock
        self._process = self._started()
        self._last: Watching | NotWatching | None = None
        self._new_until: float | None = None
        try:
            self._await_first()
            self._must_have_a_reader()
        except BaseException:
            self._process.end()
            raise

    def condition(self) -> Condition:
        """Ready with a reader; without pcscd, or without leave to speak to it, somebody has to act."""
        self._listen()
        if self._new_until is not None:  # it starts just now, after a job: what was true before it is true
            self._must_have_started()
            return Ready()
        match self._asked():
            case None:
                return Ready()
            case Trouble.NO_READER:
                raise Disconnected
            case trouble:
                return NeedsStaff(_NEEDS[trouble])

    def lent(self) -> None:
        """A card that lies there already counts: whoever wants a new one waits for its removal."""
        self._listen()

    def close(self) -> None:
        """End the card process."""
        self._process.end()

    def presence(self) -> Presence:
        """What the card process said last."""
        self._listen()
        self._must_have_a_reader()
        self._must_have_started()
        return self._last.presence if isinstance(self._last, Watching) else NoCard()

    def next_presence(self, known: Presence, timeout: float, cancel: Event) -> Presence:
        """What lies there as soon as it is not `known` any more, or after `timeout` seconds."""
        deadline = self._clock() + timeout
        while True:
            if cancel.is_set():
                raise Cancelled
            now = self.presence()
            left = deadline - self._clock()
            if now != known or left <= 0:
                return now
            self._hear(min(left, _HEED))

    def work(
        self,
        job: Job[RequestT, OutcomeT],
        request: RequestT,
        cancel: Event,
        tell: Callable[[str], None] = tell_nobody,
    ) -> OutcomeT | NotDone:
        """Let the card process do the job; whatever comes of it, that process ends."""
        self._await_new(cancel)
        if isinstance(self.presence(), NoCard):
            return NotDone(CardTrouble.LEFT)
        try:
            self._process.say(Begin(job.name, encode(request)[4:]))
            return self._outcome(job, cancel, tell)
        finally:
            self._replace()

    def _outcome(self, job: Job[RequestT, OutcomeT], cancel: Event, tell: Callable[[str], None]) -> OutcomeT | NotDone:
        deadline = self._clock() + job.seconds
        gone_by: float | None = None
        while True:
            if cancel.is_set():
                raise Cancelled
            now = self._clock()
            if gone_by is not None and now > gone_by:
                return NotDone(CardTrouble.LEFT)
            if now > deadline:
                return NotDone(CardTrouble.MUTE, "out of time")
            match self._process.hear(_HEED):
                case Done(outcome=body):
                    return decode(body, job.outcomes)
                case Failed(trouble=trouble, why=why):
                    return NotDone(trouble, why)
                case Reached(step=step):
                    tell(step)
                case Watching(presence=NoCard()) | NotWatching() as word:
                    self._last = word
                    gone_by = self._clock() + _GRACE if gone_by is None else gone_by
                case Watching() as word:
                    # a card that comes now is another one; this job's is gone all the same
                    gone_by = self._clock() + _GRACE if gone_by is None and not self._lies_there(word) else gone_by
                    self._last = word

    def _lies_there(self, word: Watching) -> bool:
        """Whether this is the card that lay there before, of which more may be known now: its ATR comes after it."""
        return isinstance(self._last, Watching) and _insertion(self._last) == _insertion(word)

    def _started(self) -> CardProcess:
        return CardProcess(self._pattern, self._socket, self._trust)

    def _replace(self) -> None:
        """End the card process and start another; what lies in the reader is as it was until the new one speaks."""
        self._process.end()
        self._process = self._started()
        self._new_until = self._clock() + _START

    def _asked(self) -> Trouble | None:
        self._process.say(Ask())
        deadline = self._clock() + _LOOK
        while (left := deadline - self._clock()) > 0:
            match self._process.hear(left):
                case Here(trouble=trouble):
                    return trouble
                case Watching() | NotWatching() as word:
                    self._last = word
        raise Timeout

    def _await_first(self) -> None:
        deadline = self._clock() + _START
        while self._last is None:
            left = deadline - self._clock()
            if left <= 0:
                raise Timeout
            self._hear(left)

    def _await_new(self, cancel: Event) -> None:
        """Wait until a process that starts just now has seen what lies in the reader."""
        while True:
            if cancel.is_set():
                raise Cancelled
            if self._new_until is None:
                return
            self._must_have_started()
            self._hear(_HEED)

    def _must_have_started(self) -> None:
        if self._new_until is not None and self._clock() > self._new_until:
            raise Timeout

    def _must_have_a_reader(self) -> None:
        if isinstance(self._last, NotWatching) and self._last.trouble is Trouble.NO_READER:
            raise Disconnected

    def _listen(self) -> None:
        while self._hear(0.0):
            pass

    def _hear(self, timeout: float) -> bool:
        """Take one word from a process that has no job; whether there was one."""
        match self._process.hear(timeout):
            case None:
                return False
            case Watching() | NotWatching() as word:
                self._last, self._new_until = word, None
                return True
            case Here():  # an answer that came too late
                return True
        raise ProtocolError


def _insertion(word: Watching) -> int | None:
    return None if isinstance(word.presence, NoCard) else word.presence.insertion
