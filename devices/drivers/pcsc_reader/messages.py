"""What the kiosk and its card process say to one another."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from devices.card_reading import CardIn, CardTrouble, CardUnreadable, NoCard  # noqa: TC001 - read back at run time


class Trouble(StrEnum):
    """Why no reader is watched."""

    NO_DAEMON = "no_daemon"
    """pcscd does not run."""
    FORBIDDEN = "forbidden"
    """pcscd runs and does not let this account in (polkit)."""
    NO_READER = "no_reader"
    """pcscd has no reader whose name fits."""


@dataclass(frozen=True)
class Watching:
    """A reader is watched, and this lies in it."""

    presence: NoCard | CardIn | CardUnreadable


@dataclass(frozen=True)
class NotWatching:
    """No reader is watched."""

    trouble: Trouble


@dataclass(frozen=True)
class Reached:
    """The work has come to this step."""

    step: str


@dataclass(frozen=True)
class Done:
    """The work is done; `outcome` is a frame's body of its own, which the job knows to read."""

    outcome: bytes = field(repr=False)


@dataclass(frozen=True)
class Failed:
    """The work came to nothing."""

    trouble: CardTrouble
    why: str


@dataclass(frozen=True)
class Here:
    """The answer to `Ask`: what is wrong with the readers this very moment, or None."""

    trouble: Trouble | None


FromChild = Watching | NotWatching | Reached | Done | Failed | Here

FROM_CHILD: Final[tuple[type[FromChild], ...]] = (Watching, NotWatching, Reached, Done, Failed, Here)


@dataclass(frozen=True)
class Begin:
    """Do this job with the card in the reader; `request` is a frame's body of its own."""

    job: str
    request: bytes = field(repr=False)


@dataclass(frozen=True)
class Ask:
    """Look at the readers now and answer with `Here`."""


FromKiosk = Begin | Ask

FROM_KIOSK: Final[tuple[type[FromKiosk], ...]] = (Begin, Ask)
