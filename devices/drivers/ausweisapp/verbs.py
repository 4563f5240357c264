"""The Online-Ausweis as the rest of the kiosk sees it."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Final, TypeVar

from devices.conditions import Condition, Need, NeedsStaff, Ready
from devices.drivers.ausweisapp import sdk
from devices.drivers.ausweisapp.collecting import Collection, ServiceAddress
from devices.drivers.ausweisapp.exchange import (
    Astray,
    Conversation,
    Doubtful,
    Ended,
    Identification,
    Leaving,
    PinChange,
    Read,
    Turn,
    Work,
)
from devices.drivers.ausweisapp.wire import ClientAddress, SdkWire
from devices.errors import Cancelled, Disconnected, ProtocolError, Timeout
from devices.identity_cards import Holder
from devices.online_ausweis import (
    CanWanted,
    CardWanted,
    GivenUp,
    Identified,
    NewPinWanted,
    PadWanted,
    PinChanged,
    PinWanted,
    Refusal,
    ServiceRefused,
    Wish,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

    from devices.online_ausweis import ChangePinOutcome, Ending, IdentifyOutcome, Over, Talk

_OPENS_WITHIN: Final = 0.5
"""Seconds in which the client answers which levels it speaks."""
_READERS_WITHIN: Final = 1.0
"""Seconds in which it finds its readers, after it was connected."""
_LOOK: Final = 0.4
_LEAVES_WITHIN: Final = 0.35
"""Seconds in which it ends a workflow; after that it is let go as it is."""
_WORKS_FOR: Final = 45.0
"""Seconds after which a client that is at work counts as hung: a chip takes five, a slow line to the service ten."""
_GONE_WITHIN: Final = 0.8
"""Seconds in which a reader tells that its card is gone; pcscd looks at some every 0.4."""
_HEED: Final = 0.05

T = TypeVar("T")


class AusweisApp:
    """Holds the one connection that the client allows."""

    def __init__(
        self, client: ClientAddress, service: ServiceAddress, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._service = service
        self._clock = clock
        self._astray = False
        self._wire = SdkWire(client)
        try:
            self._greet()
        except ProtocolError as error:
            self._wire.close()
            raise Disconnected from error
        except BaseException:
            self._wire.close()
            raise

    def condition(self) -> Condition:
        """Ready with a reader; without one, somebody has to look."""
        if self._astray:
            raise Disconnected
        return Ready() if self._has_reader() else NeedsStaff(Need.LOOK_AT_IT)

    def lent(self) -> None:
        """A card that lies there already counts; what was said before the lease does not."""
        while self._hear(0.0) is not None:
            pass

    def close(self) -> None:
        """Let go of the client, which ends what it was doing."""
        self._wire.close()

    def identify(self, talk: Talk, cancel: Event) -> IdentifyOutcome:
        """Have the service read the card, and collect what it read."""
        developer = self._service.developer
        match self._converse(Identification(self._service.url, developer=developer), talk, cancel):
            case Read(url=url) if not self._service.admits(url):
                return ServiceRefused(Refusal.ANSWER, "other_host")
            case Read(url=url):
                return self._collected(url, talk, cancel)
            case PinChanged():
                raise self._lost()
            case outcome:
                return outcome

    def change_pin(self, talk: Talk, cancel: Event) -> ChangePinOutcome:
        """Have the citizen set a PIN."""
        match self._converse(PinChange(), talk, cancel):
            case Read():
                raise self._lost()
            case outcome:
                return outcome

    def _collected(self, url: str, talk: Talk, cancel: Event) -> IdentifyOutcome:
        collection = Collection.begun(url)

        def over() -> bool:
            if cancel.is_set():
                raise Cancelled
            return collection.done

        while not over():
            if not talk.work(over):
                return GivenUp()
        match collection.outcome:
            case Holder() as holder:
                return Identified(holder)
            case refused:
                return refused

    def _converse(self, conversation: Conversation, talk: Talk, cancel: Event) -> Ending | PinChanged | Read:
        if self._astray:
            raise Disconnected
        try:
            return self._led(conversation, talk, cancel)
        except ProtocolError as error:
            raise self._lost() from error
        finally:
            # whatever ended it, Abandoned and Cancelled among it: no card stays open, and no PIN in the client
            if not isinstance(conversation.turn, Ended | Astray):
                with contextlib.suppress(Disconnected, Timeout, ProtocolError):
                    self._leave(conversation)

    def _led(self, conversation: Conversation, talk: Talk, cancel: Event) -> Ending | PinChanged | Read:
        while True:
            self._pass_on(conversation)
            match conversation.turn:
                case Astray():
                    raise self._lost()
                case Ended(outcome=outcome):
                    return outcome
                case Leaving(outcome=outcome):
                    self._leave(conversation)
                    return outcome
                case turn:
                    self._put(conversation, turn, talk, cancel)

    def _put(self, conversation: Conversation, turn: Turn, talk: Talk, cancel: Event) -> None:
        """Show the page of this turn until it is answered or over."""
        began = self._clock()

        def over() -> bool:
            if cancel.is_set():
                raise Cancelled
            if isinstance(turn, Work) and self._clock() - began > _WORKS_FOR:
                self._astray = True
                raise Timeout
            if isinstance(turn, Doubtful) and self._clock() - began > _GONE_WITHIN:
                conversation.settle()
            while conversation.turn is turn and (heard := self._hear(0.0)) is not None:
                conversation.hear(heard[0])
                self._pass_on(conversation)
            return conversation.turn is not turn

        if over():
            return
        match _asked(talk, turn, over):
            case _ if over():
                return
            case True if isinstance(turn, Work | Doubtful | CardWanted | PadWanted):  # it came back early: put it again
                cancel.wait(_HEED)
            case answer:
                conversation.answer(answer)

    def _leave(self, conversation: Conversation) -> None:
        """Have the client stop, if it does so soon; else let it go and find it anew."""
        conversation.give_up()
        self._astray = True
        self._pass_on(conversation)
        deadline = self._clock() + _LEAVES_WITHIN
        while not isinstance(conversation.turn, Ended | Astray):
            left = deadline - self._clock()
            if left <= 0:
                self._wire.close()
                return
            heard = self._hear(left)
            if heard is not None:
                conversation.hear(heard[0])
        self._astray = isinstance(conversation.turn, Astray)

    def _pass_on(self, conversation: Conversation) -> None:
        for command in conversation.take_commands():
            self._say(command)

    def _greet(self) -> None:
        self._say(sdk.GET_API_LEVEL)
        levels = self._await(sdk.ApiLevel, _OPENS_WITHIN).available
        level = next((each for each in sdk.LEVELS if each in levels), None)
        if level is None:  # older than 1.24
            raise Disconnected
        self._say(sdk.set_api_level(level))
        deadline = self._clock() + _READERS_WITHIN
        while not self._has_reader() and self._clock() < deadline:
            self._hear(_LOOK)

    def _has_reader(self) -> bool:
        self._say(sdk.GET_READER_LIST)
        listed = self._await(sdk.ReaderList, _LOOK)
        return any(reader.attached and not reader.virtual for reader in listed.readers)

    def _await(self, kind: type[T], within: float) -> T:
        deadline = self._clock() + within
        while (left := deadline - self._clock()) > 0:
            heard = self._hear(left)
            if heard is not None and isinstance(heard[0], kind):
                return heard[0]
        raise Timeout

    def _say(self, command: sdk.Command) -> None:
        self._wire.say(command.text())

    def _hear(self, timeout: float) -> tuple[sdk.Message | None] | None:
        """What came, in a tuple because it may be nothing that is known; None if nothing came."""
        text = self._wire.hear(timeout)
        return None if text is None else (sdk.read(text),)

    def _lost(self) -> Disconnected:
        self._astray = True
        self._wire.close()
        return Disconnected()


def _asked(talk: Talk, turn: Turn, over: Over) -> object:
    match turn:
        case Wish():
            return talk.allow(turn, over)
        case CardWanted():
            return talk.want_card(turn, over)
        case PinWanted():
            return talk.pin(turn, over)
        case CanWanted():
            return talk.can(turn, over)
        case NewPinWanted():
            return talk.new_pin(turn, over)
        case PadWanted():
            return talk.type_on_reader(turn, over)
        case Work() | Doubtful():
            return talk.work(over)
    return False
