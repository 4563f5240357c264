"""A reader of chip cards: what lies in it, and pieces of work that are done with a card.

A card may fall silent for ever and may know what nobody else should, so nobody speaks to one directly: a `Job` is
named, and a process of its own does it, is stopped by being ended, and forgets everything with its end. What travels
between the two are frozen values of plain fields (`devices.drivers.pcsc_reader.frames` says which).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

    from devices.conditions import Condition

ROLE_NAME: Final = "card_reader"

RequestT = TypeVar("RequestT")
OutcomeT = TypeVar("OutcomeT")
OutcomeT_co = TypeVar("OutcomeT_co", covariant=True)


@dataclass(frozen=True)
class NoCard:
    """No card is in the reader."""


@dataclass(frozen=True)
class CardIn:
    """A card is in the reader and told its ATR; `insertion` counts, so that another card is another presence."""

    insertion: int
    atr: bytes


@dataclass(frozen=True)
class CardUnreadable:
    """Something is in the reader that says nothing: a card the wrong way round, without power, or no chip at all."""

    insertion: int


Presence = NoCard | CardIn | CardUnreadable


class CardTrouble(StrEnum):
    """Why a piece of work with a card came to nothing."""

    LEFT = "left"
    """The card was taken away, or was never there."""
    MUTE = "mute"
    """The card does not answer."""
    BUSY = "busy"
    """Another program has it."""
    NOT_UNDERSTOOD = "not_understood"
    """The card answered what the job did not expect: damaged, of another kind, or forged."""


@dataclass(frozen=True)
class NotDone:
    """The work came to nothing; `why` names the kind of error for a technician and never holds what the card said."""

    trouble: CardTrouble
    why: str = ""


@dataclass(frozen=True)
class Job(Generic[RequestT, OutcomeT_co]):
    """A named piece of work: what it is asked with, what it may answer, and how many seconds it may take.

    The function itself is known to the child process alone (`devices.drivers.pcsc_reader.duties`).
    """

    name: str
    request: type[RequestT]
    outcomes: tuple[type[OutcomeT_co], ...]
    seconds: float = 30.0


def _tell_nobody(_step: str) -> None:
    """For those who do not want to know how far the work is."""


tell_nobody: Final[Callable[[str], None]] = _tell_nobody


class CardReader(Protocol):
    """A reader of chip cards, by contact or by air."""

    def condition(self) -> Condition:
        """Whether cards can be read; returns within 500 ms.

        Raises:
            TransportError: no reader is connected, or its process died.
        """
        ...

    def lent(self) -> None:
        """A lease begins; a card that lies there already counts."""
        ...

    def close(self) -> None:
        """End its process; never raises, may be called twice."""
        ...

    def presence(self) -> Presence:
        """What lies in the reader, known within 500 ms of its coming or going; does not wait.

        Raises:
            TransportError: as above.
        """
        ...

    def next_presence(self, known: Presence, timeout: float, cancel: Event) -> Presence:
        """Wait until something else than `known` is in the reader, for `timeout` seconds at most.

        Raises:
            Cancelled: `cancel` was set.
            TransportError: as above.
        """
        ...

    def work(
        self,
        job: Job[RequestT, OutcomeT],
        request: RequestT,
        cancel: Event,
        tell: Callable[[str], None] = tell_nobody,
    ) -> OutcomeT | NotDone:
        """Do a job with the card in the reader; `tell` hears each step as it begins ("card_found", "reading" …).

        The card is the job's alone, is switched off afterwards, and what was known of it ends with the job.

        Raises:
            Cancelled: `cancel` was set; the work was stopped within half a second, wherever it was.
            TransportError: the reader is gone.
        """
        ...


@dataclass(frozen=True)
class Lookup:
    """Which of these applications does the card have?"""

    applications: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class Looked:
    """The card's answer to reset and those of the applications that it has."""

    atr: bytes
    applications: tuple[bytes, ...] = field(default=())


LOOK: Final = Job("look", Lookup, (Looked,))
"""See what kind of card it is: the ATR, and SELECT of each application."""
