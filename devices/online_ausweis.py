"""The German card's Online-Ausweis, as a service of the kiosk knows it: what is asked meanwhile, and how it ends.

Only a service with a certificate may read the card (PAuswG, sections 18 and 21), so the municipality's eID service does
the reading, and an eID client beside the kiosk carries it out. Here are the words; `devices.drivers.ausweisapp` speaks
to the client. Numbers that open a card live in local variables and in values that do not show themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date  # noqa: TC003 - as in every value that a test may read back
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from threading import Event

    from devices.conditions import Condition
    from devices.identity_cards import Holder

ROLE_NAME: Final = "online_ausweis"

PIN_DIGITS: Final = 6
TRANSPORT_PIN_DIGITS: Final = 5
"""Digits of the PIN in the letter that comes with a card; good for nothing but setting one's own."""
CAN_DIGITS: Final = 6


class Right(StrEnum):
    """What a service may be allowed to learn from a card (TR-03110-4, 2.2.3), in the words of the SDK."""

    ADDRESS = "Address"
    BIRTH_NAME = "BirthName"
    FAMILY_NAME = "FamilyName"
    GIVEN_NAMES = "GivenNames"
    PLACE_OF_BIRTH = "PlaceOfBirth"
    DATE_OF_BIRTH = "DateOfBirth"
    DOCTORAL_DEGREE = "DoctoralDegree"
    ARTISTIC_NAME = "ArtisticName"
    PSEUDONYM = "Pseudonym"
    VALID_UNTIL = "ValidUntil"
    NATIONALITY = "Nationality"
    ISSUING_COUNTRY = "IssuingCountry"
    DOCUMENT_TYPE = "DocumentType"
    RESIDENCE_PERMIT_1 = "ResidencePermitI"
    RESIDENCE_PERMIT_2 = "ResidencePermitII"
    COMMUNITY_ID = "CommunityID"
    ADDRESS_VERIFICATION = "AddressVerification"
    AGE_VERIFICATION = "AgeVerification"


NEEDED: Final = frozenset({Right.FAMILY_NAME, Right.GIVEN_NAMES, Right.DATE_OF_BIRTH})
"""What the kiosk asks a card for; what a service may learn besides if the citizen wants to is switched off."""


@dataclass(frozen=True)
class Wish:
    """Who wants to learn what, for what, and until when they may ask; in the words of the service's certificate."""

    rights: tuple[Right, ...]
    service: str
    address: str
    issuer: str
    purpose: str
    valid_until: date | None


class CardWanted(StrEnum):
    """Why a card has to be laid in."""

    NONE_THERE = "none_there"
    ANOTHER_KIND = "another_kind"
    """What lies there is no German identity card, residence permit or eID card."""


@dataclass(frozen=True)
class PinWanted:
    """The PIN is to be typed: how many digits it may have, and how often it may still be tried, if the card says so.

    `refused`: the one typed before was not this card's.
    """

    lengths: tuple[int, ...]
    tries_left: int | None
    refused: bool = False


@dataclass(frozen=True)
class CanWanted:
    """The six digits of the print are to be typed before the PIN may be tried for the last time."""

    refused: bool = False


@dataclass(frozen=True)
class NewPinWanted:
    """A PIN of one's own is to be typed; the talk has it typed twice, and hands over what was the same."""


class Pad(StrEnum):
    """What is to be typed on the reader's own pad, where the kiosk does not hear it."""

    PIN = "pin"
    CAN = "can"
    NEW_PIN = "new_pin"


@dataclass(frozen=True)
class PadWanted:
    """Something is to be typed on the reader; as `PinWanted` otherwise."""

    what: Pad
    tries_left: int | None
    refused: bool = False


Over = Callable[[], bool]
"""Whether the question has answered itself: the card came, or left. To be called every tenth of a second or so while it
is open; once it is true the answer means nothing. May raise what the device raises."""


class Talk(Protocol):
    """What whoever leads the citizen through it implements; each method shows a page and waits.

    All run in the caller's thread. Whatever one of them raises ends it: the card is let go, and the exception goes on.
    """

    def allow(self, wish: Wish, over: Over) -> bool:
        """Show who asks for what; False if the citizen does not want that."""
        ...

    def want_card(self, wanted: CardWanted, over: Over) -> bool:
        """Ask for the card until `over`; False if the citizen gives up."""
        ...

    def work(self, over: Over) -> bool:
        """Show that something is being done, until `over`; False if the citizen gives up."""
        ...

    def type_on_reader(self, wanted: PadWanted, over: Over) -> bool:
        """Point at the reader's pad until `over`; False if the citizen gives up."""
        ...

    def pin(self, wanted: PinWanted, over: Over) -> str | None:
        """The PIN, or None if the citizen gives up."""
        ...

    def can(self, wanted: CanWanted, over: Over) -> str | None:
        """The six digits from the front of the card, or None."""
        ...

    def new_pin(self, wanted: NewPinWanted, over: Over) -> str | None:
        """Six new digits, or None."""
        ...


@dataclass(frozen=True)
class Identified:
    """The service told whose card it is; the chip was genuine, neither expired nor withdrawn, and the PIN was right."""

    holder: Holder = field(repr=False)


@dataclass(frozen=True)
class PinChanged:
    """The card has a new PIN."""


@dataclass(frozen=True)
class GivenUp:
    """The citizen did not want to go on; the card is as it was."""


@dataclass(frozen=True)
class CardLeft:
    """The card was taken away before the end, or lay badly; nothing was told, and no PIN is remembered.

    `pin_unsure`: it went while the new PIN was on its way, and has the old one or the new one.
    """

    pin_unsure: bool = False


@dataclass(frozen=True)
class PinBlocked:
    """The PIN was wrong three times. The PUK is never asked for at a kiosk: the counter helps, or a phone.

    `for_good`: the PUK has been used up as well, and only the office can set a new PIN.
    """

    for_good: bool = False


@dataclass(frozen=True)
class EidNotActivated:
    """The card's online function is switched off; the office switches it on."""


class Refusal(StrEnum):
    """Why nothing came of it though the citizen did everything right."""

    ASKS_TOO_MUCH = "asks_too_much"
    """The service wants what no kiosk allows: to write on the card, to read it by CAN, or what has no name here."""
    NO_SERVICE = "no_service"
    """The service does not answer, or its certificate is not in order."""
    CARD_REFUSED = "card_refused"
    """Client or service did not accept the card, or said no without a reason of the others."""
    ANSWER = "answer"
    """It was read, and what the service told the kiosk was not what both had agreed on."""


@dataclass(frozen=True)
class ServiceRefused:
    """Nothing came of it; `code` is the client's own word for it, for a technician, and says nothing of the citizen."""

    refusal: Refusal
    code: str = ""


Ending = GivenUp | CardLeft | PinBlocked | EidNotActivated | ServiceRefused
IdentifyOutcome = Identified | Ending
ChangePinOutcome = PinChanged | Ending


class OnlineAusweis(Protocol):
    """An eID client with a reader of its own, and the municipality's eID service behind it.

    It takes turns with the role `card_reader` where both have the same reader: who reads a card here lets go there.
    """

    def condition(self) -> Condition:
        """Whether cards can be read; returns within 500 ms.

        Raises:
            TransportError: the client is not there, or somebody else speaks to it.
        """
        ...

    def lent(self) -> None:
        """A lease begins; a card that lies there already counts."""
        ...

    def close(self) -> None:
        """Let go of the client; never raises, may be called twice."""
        ...

    def identify(self, talk: Talk, cancel: Event) -> IdentifyOutcome:
        """Have the municipality's service read family name, given names and date of birth.

        Raises:
            Cancelled: `cancel` was set; within half a second, and the client let go of the card.
            TransportError: the client ended, fell silent or was started anew; nothing was told.
        """
        ...

    def change_pin(self, talk: Talk, cancel: Event) -> ChangePinOutcome:
        """Have the citizen set a PIN of their own, with the old one or with that of the letter; needs no service.

        Raises:
            Cancelled, TransportError: as above; who has typed the new PIN by then can't know whether it is the card's.
        """
        ...
