"""Who says what when, without I/O: one conversation with the client, from its beginning to an outcome.

Whoever runs it sends what `take_commands` gives, hands over every message that comes (`hear`), and has `turn` done: a
question that is put until it is answered (`answer`) or until `turn` is another one.

Nothing goes on with a card that has left: AusweisApp 1.26 keeps the PIN that was typed and uses it on the card that
comes next, and tells of a success that it owes to somebody else. So a card that leaves ends the conversation, and a
success counts only after all that leads to it has been said here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from devices.drivers.ausweisapp import sdk
from devices.online_ausweis import (
    CAN_DIGITS,
    NEEDED,
    PIN_DIGITS,
    TRANSPORT_PIN_DIGITS,
    CanWanted,
    CardLeft,
    CardWanted,
    EidNotActivated,
    Ending,
    GivenUp,
    NewPinWanted,
    Pad,
    PadWanted,
    PinBlocked,
    PinChanged,
    PinWanted,
    Refusal,
    Right,
    ServiceRefused,
    Wish,
)

if TYPE_CHECKING:
    from devices.drivers.ausweisapp.sdk import Command, Message, ReaderState


@dataclass(frozen=True)
class Work:
    """The client is at work."""


@dataclass(frozen=True)
class Doubtful:
    """The client failed and did not say why: if the reader tells within a moment that the card is gone, that is why.

    The client's workflow has ended; `outcome` is what it comes to otherwise. A client that has not noticed yet that a
    card is gone fails again at once, and notices the later the more it is asked: so this moment is waited for anyway.
    """

    outcome: ServiceRefused | CardLeft


@dataclass(frozen=True)
class Leaving:
    """The client was told to stop; it comes to `outcome` whatever it says to that."""

    outcome: Ending


@dataclass(frozen=True)
class Read:
    """The service has read the card; what it read waits at `url`, for whoever knows that address."""

    url: str

    def __repr__(self) -> str:
        return "Read()"


@dataclass(frozen=True)
class Astray:
    """The client is in a state that it should not be in: it has to be let go and found anew."""


@dataclass(frozen=True)
class Ended:
    """It is over."""

    outcome: Ending | PinChanged | Read


Question = Wish | CardWanted | PinWanted | CanWanted | NewPinWanted | PadWanted
Turn = Question | Work | Doubtful | Leaving | Ended | Astray

_REMOVED: Final = frozenset({"Card_Removed"})
_RIGHTS: Final = frozenset(Right)


class Conversation:
    """What both have in common: a card that comes and goes, and the numbers that open it."""

    pin_lengths: tuple[int, ...] = (PIN_DIGITS,)

    _agreed = True
    """Whether the service has been found and allowed; then what fails is the card's."""

    def __init__(self, begin: Command) -> None:
        self.turn: Turn = Work()
        self._commands: list[Command] = [begin]
        self._begun = False
        self._reader: str | None = None
        self._tries: int | None = None
        self._said: type[PinWanted | CanWanted] | None = None

    def take_commands(self) -> tuple[Command, ...]:
        """What is to be sent now."""
        commands, self._commands = tuple(self._commands), []
        return commands

    def give_up(self) -> None:
        """The citizen does not want to go on; where nothing goes on any more, that is how it ends."""
        if isinstance(self.turn, Doubtful):
            self.settle()
        else:
            self._leave(GivenUp())

    def settle(self) -> None:
        """The card did not leave: the client's word stands."""
        if isinstance(self.turn, Doubtful):
            self.turn = Ended(self.turn.outcome)

    def answer(self, value: object) -> None:
        """What the citizen answered to the question that is `turn`; None or False if they want to stop."""
        if value is None or value is False:
            self.give_up()
            return
        match self.turn:
            case PinWanted(lengths=lengths) if _digits(value, *lengths):
                self._say(sdk.set_pin(str(value)), PinWanted)
            case CanWanted() if _digits(value, CAN_DIGITS):
                self._say(sdk.set_can(str(value)), CanWanted)
            case _:
                self._answered(value)

    def hear(self, message: Message | None) -> None:
        """Take a message; those that say nothing new change nothing."""
        match self.turn, message:
            case ((Ended() | Astray()), _):
                return
            case Leaving(outcome=outcome), sdk.AuthEnded() | sdk.PinChangeEnded():
                self.turn = Ended(outcome)
            case Leaving(), _:
                return
            case Doubtful(), sdk.Reader(reader=reader):
                if self._reader in (None, reader.name) and reader.card is None:
                    self.turn = Ended(self._card_left())
            case Doubtful(), _:
                return
            case _, sdk.Unwell():
                self.turn = Astray()
            case _, sdk.BadState() if not self._begun:  # a workflow of somebody else's still runs
                self.turn = Astray()
            case _, sdk.EnterPuk(reader=reader):
                self._leave(PinBlocked(for_good=_inoperative(reader)))
            case _, sdk.Pause():
                self._leave(self._card_left())
            case _, sdk.InsertCard():
                self._no_card()
            case _, sdk.Reader(reader=reader):
                self._looked(reader)
            case CardWanted(), sdk.ReaderList(readers=readers):
                for reader in readers:
                    if reader.card is not None:
                        self._looked(reader)
            case _, sdk.EnterPin(reader=reader):
                self._enter_pin(reader)
            case _, sdk.EnterCan(reader=reader):
                self._enter_can(reader)
            case _:
                self._heard(message)

    def _answered(self, value: object) -> None:
        """Take an answer to a question of one's own."""

    def _heard(self, message: Message | None) -> None:
        """Take a message of one's own."""

    def _no_card(self) -> None:
        if self._reader is not None:
            self._leave(self._card_left())
        elif not isinstance(self.turn, CardWanted):
            self.turn = CardWanted.NONE_THERE
            # What lay there before this began, and is no use, was told of to somebody else.
            self._commands.append(sdk.GET_READER_LIST)

    def _looked(self, reader: ReaderState) -> None:
        if reader.virtual:
            return
        if reader.name == self._reader:
            if not isinstance(reader.card, sdk.CardState):
                self._leave(self._card_left())
            elif reader.card.inoperative:
                self._leave(PinBlocked(for_good=True))
        elif isinstance(self.turn, CardWanted):
            self._wanted(reader)

    def _wanted(self, reader: ReaderState) -> None:
        match reader.card:
            case None:
                self.turn = CardWanted.NONE_THERE
            case sdk.OtherCard():
                self.turn = CardWanted.ANOTHER_KIND
            case sdk.CardState(deactivated=True):
                self._leave(EidNotActivated())
            case sdk.CardState():
                self._reader = reader.name
                self.turn = Work()

    def _use(self, reader: ReaderState) -> bool:
        """Whether the card in this reader may be used; a card in another reader than before is another one."""
        card = reader.card
        if reader.virtual:
            self.turn = Astray()
        elif self._reader not in (None, reader.name):
            self._leave(self._card_left())
        elif isinstance(card, sdk.CardState) and card.deactivated:
            self._leave(EidNotActivated())
        else:
            self._reader = reader.name
            return True
        return False

    def _enter_pin(self, reader: ReaderState) -> None:
        if not self._use(reader):
            return
        refused = self._said is PinWanted
        tries = reader.card.tries_left if isinstance(reader.card, sdk.CardState) else None
        if self._tries is not None:
            # the client may not have asked the card since: after a wrong PIN it has one try less
            left = self._tries - 1 if refused else self._tries
            tries = left if tries is None else min(tries, left)
        if tries is not None and tries <= 0:
            self._leave(PinBlocked())
            return
        self._tries = tries
        if reader.keypad:
            self._say(sdk.set_pin(None), PinWanted)
            self.turn = PadWanted(Pad.PIN, tries, refused)
        else:
            self.turn = PinWanted(self.pin_lengths, tries, refused)

    def _enter_can(self, reader: ReaderState) -> None:
        if not self._use(reader):
            return
        refused = self._said is CanWanted
        self._tries = 1
        if reader.keypad:
            self._say(sdk.set_can(None), CanWanted)
            self.turn = PadWanted(Pad.CAN, None, refused)
        else:
            self.turn = CanWanted(refused)

    def _say(self, command: Command, said: type[PinWanted | CanWanted] | None = None) -> None:
        self._commands.append(command)
        self._said = said if said is not None else self._said
        self.turn = Work()

    def _leave(self, outcome: Ending) -> None:
        if not isinstance(self.turn, Leaving | Ended | Astray):
            self._commands = [sdk.CANCEL]
            self.turn = Leaving(outcome)

    def _failed(self, code: str) -> Turn:
        """What a failure comes to; versions before 1.26.3 do not say that the card was removed."""
        if code in _REMOVED:
            return Ended(self._card_left())
        if not self._agreed:
            return Ended(ServiceRefused(Refusal.NO_SERVICE, code))
        if self._reader is None:  # it took a card for there that had just been taken away
            return Doubtful(self._card_left())
        return Doubtful(ServiceRefused(Refusal.CARD_REFUSED, code))

    def _card_left(self) -> CardLeft:
        return CardLeft()


class Identification(Conversation):
    """The service reads the card; before the PIN the citizen sees who asks and what for."""

    def __init__(self, tc_token: str, *, developer: bool) -> None:
        super().__init__(sdk.run_auth(tc_token, developer=developer))
        self._rights: tuple[Right, ...] | None = None
        self._agreed = False

    def _answered(self, value: object) -> None:
        if isinstance(self.turn, Wish) and value is True:
            self._agreed = True
            self._say(sdk.ACCEPT)

    def _heard(self, message: Message | None) -> None:
        match message:
            case sdk.AuthStarted():
                self._begun = True
            case sdk.AccessRights() if not self._agreed:
                self._limit(message)
            case sdk.Certificate() if self._rights is not None and not self._agreed:
                self.turn = Wish(
                    self._rights,
                    service=message.subject,
                    address=message.subject_url,
                    issuer=message.issuer,
                    purpose=message.purpose,
                    valid_until=message.until,
                )
            case sdk.AuthEnded(well=True, url=url) if self._agreed and self._said is PinWanted and url:
                self.turn = Ended(Read(url))
            case sdk.AuthEnded(well=True):
                self.turn = Astray()
            case sdk.AuthEnded(code=code):
                self.turn = self._failed(code)

    def _limit(self, asked: sdk.AccessRights) -> None:
        """Leave only what is needed switched on; then ask who it is that wants it."""
        if not _RIGHTS.issuperset(asked.required):
            self._leave(ServiceRefused(Refusal.ASKS_TOO_MUCH))
            return
        kept = tuple(right for right in asked.optional if right in NEEDED)
        if set(asked.effective) == {*asked.required, *kept}:
            self._rights = tuple(Right(name) for name in asked.effective)
            self._say(sdk.GET_CERTIFICATE)
        elif self._rights is None:
            self._rights = ()
            self._say(sdk.set_access_rights(kept))
        else:  # it was told, and does otherwise
            self._leave(ServiceRefused(Refusal.ASKS_TOO_MUCH))


class PinChange(Conversation):
    """The citizen sets a PIN, with the old one or with that of the letter."""

    pin_lengths = (TRANSPORT_PIN_DIGITS, PIN_DIGITS)

    def __init__(self) -> None:
        super().__init__(sdk.RUN_CHANGE_PIN)
        self._new_said = False

    def _answered(self, value: object) -> None:
        if isinstance(self.turn, NewPinWanted) and _digits(value, PIN_DIGITS):
            self._new_said = True
            self._say(sdk.set_new_pin(str(value)))

    def _heard(self, message: Message | None) -> None:
        match message:
            case sdk.PinChangeStarted():
                self._begun = True
            case sdk.EnterNewPin(reader=reader) if self._said is not PinWanted:
                self._leave(self._card_left())  # it goes on with a PIN that was not typed in this conversation
                _ = reader
            case sdk.EnterNewPin(reader=reader) if self._use(reader):
                if reader.keypad:
                    self._new_said = True
                    self._say(sdk.set_new_pin(None))
                    self.turn = PadWanted(Pad.NEW_PIN, None)
                else:
                    self.turn = NewPinWanted()
            case sdk.PinChangeEnded(well=True):
                self.turn = self._success()
            case sdk.PinChangeEnded(code=code):
                self.turn = self._failed(code)

    def _card_left(self) -> CardLeft:
        return CardLeft(pin_unsure=self._new_said)

    def _success(self) -> Turn:
        """A success that is owed to nobody is how AusweisApp 1.26 says that it could not reach the card."""
        return Ended(PinChanged()) if self._new_said else Doubtful(self._card_left())


def _digits(value: object, *lengths: int) -> bool:
    return isinstance(value, str) and value.isascii() and value.isdigit() and len(value) in lengths


def _inoperative(reader: ReaderState) -> bool:
    return isinstance(reader.card, sdk.CardState) and reader.card.inoperative
