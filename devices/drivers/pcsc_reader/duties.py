"""The jobs that the card process knows how to do; listed by hand, and imported in that process alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from devices.card_reading import LOOK, Job, Looked, Lookup
from devices.cards.apdu import CommandApdu
from devices.drivers.pcsc_reader.identity_duties import read_holder, recognise
from devices.identity_cards import READ_HOLDER, RECOGNISE

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from devices.cards.apdu import Link
    from devices.drivers.pcsc_reader.trust_folder import TrustFolder

RequestT = TypeVar("RequestT")
OutcomeT = TypeVar("OutcomeT")


@dataclass(frozen=True)
class Card:
    """A card for the length of one job: the way to it, how it introduced itself, and what it is judged by."""

    link: Link
    atr: bytes
    trust: TrustFolder
    now: Callable[[], datetime]
    """The time, aware."""
    random: Callable[[int], bytes]
    """So many bytes that nobody can guess."""


@dataclass(frozen=True)
class Duty(Generic[RequestT, OutcomeT]):
    """A job, and who does it: a function of the card, the request, and whom to tell of each step."""

    job: Job[RequestT, OutcomeT]
    do: Callable[[Card, RequestT, Callable[[str], None]], OutcomeT]


def look(card: Card, request: Lookup, tell: Callable[[str], None]) -> Looked:
    """Try to select each application (ISO/IEC 7816-4, 11.2.2: by name, no answer wanted)."""
    tell("looking")
    has = tuple(
        name for name in request.applications if card.link.exchange(CommandApdu(0x00, 0xA4, 0x04, 0x0C, name)).ok
    )
    return Looked(card.atr, has)


DUTIES = (Duty(LOOK, look), Duty(RECOGNISE, recognise), Duty(READ_HOLDER, read_holder))
