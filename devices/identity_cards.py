"""Identity cards as a service of the kiosk knows them: their kinds, what opens them, and who they say the holder is.

The words alone; what is known of a kind of card stands in `devices.cards.profiles`, and the card process does the work.
Numbers that open a card, and what it says, live in frozen values that do not show themselves.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date  # noqa: TC003 - read back at run time, where the values come out of the pipe
from enum import StrEnum
from typing import Final

from devices.card_reading import Job


class CardKind(StrEnum):
    """A kind of card that the kiosk can be asked to read; each has one profile."""

    ICAO_EMRTD = "icao_emrtd"
    """Passports, identity cards of EU states and residence permits, by the rules of ICAO 9303."""
    BE_EID = "be_eid"
    EE_EID_IDEMIA = "ee_eid_idemia"
    EE_EID_THALES = "ee_eid_thales"
    LV_EID = "lv_eid"
    FI_EID = "fi_eid"
    CIE_NIS = "cie_nis"
    DE_ONLINE_AUSWEIS = "de_online_ausweis"
    """Says nothing without a service's certificate; `devices.online_ausweis` reads it."""


class OpensWith(StrEnum):
    """What the holder has to bring besides the card."""

    NOTHING = "nothing"
    CAN = "can"
    """Six digits printed on the front (ICAO 9303-11, 4.4: card access number)."""
    MRZ = "mrz"
    """Document number, birth date and expiry, because the card has no CAN or is opened with BAC."""
    PIN = "pin"
    """A secret number, through the AusweisApp alone."""


@dataclass(frozen=True)
class Recognise:
    """Which kind of card is this?"""


@dataclass(frozen=True)
class Recognised:
    """A kind of card that the kiosk knows, and every way in, the easiest first.

    `also` are kinds that the same card can be asked as: an Italian card that tells a pseudonym unopened, or a German
    one that may be a residence permit, which can be read like a passport where an identity card can not.
    """

    kind: CardKind
    opens_with: tuple[OpensWith, ...]
    also: tuple[CardKind, ...] = ()


@dataclass(frozen=True)
class NotAnIdentityCard:
    """The chip answers, but is of no kind that the kiosk knows: a bank card, a library card, a health card."""


@dataclass(frozen=True)
class Print:
    """What was typed from the card's print: the CAN, or the three fields of the MRZ."""

    can: str | None = field(default=None, repr=False)
    number: str | None = field(default=None, repr=False)
    birth_date: date | None = field(default=None, repr=False)
    expiry: date | None = field(default=None, repr=False)


@dataclass(frozen=True)
class AskHolder:
    """Whose card is this? `printed` is needed where the card says so; no photo is read, for no page shows one."""

    kind: CardKind
    printed: Print = field(default_factory=Print)


class Proven(StrEnum):
    """How far the proof reaches; the last two are worth something."""

    NOTHING = "nothing"
    """A card lay there; what it says may be anybody's invention."""
    PRINT_HELD = "print_held"
    """Whoever stands there has seen the print; the data may be anybody's invention."""
    PUBLIC = "public"
    """The issuing state signed the data, which it publishes: anybody can make a card that says it."""
    DATA_SIGNED = "data_signed"
    """The issuing state signed the data, which only the card gives away; the chip may be a copy."""
    CHIP_GENUINE = "chip_genuine"


@dataclass(frozen=True)
class Holder:
    """Who the card says its holder is, and nothing that no service asks for.

    Names are as the card writes them: a passport and its kin in the letters A to Z alone (MUELLER, ANNA MARIA), the
    others as the register has them. `number` is the card's own, as printed on it, never the holder's in a register.
    Finnish cards, and Latvian ones with a code of the new kind, tell no birth date; nor does the passport of somebody
    whose birth day nobody knows.
    """

    kind: CardKind
    proven: Proven
    family_name: str = field(repr=False)
    given_names: str = field(repr=False)
    birth_date: date | None = field(default=None, repr=False)
    number: str | None = field(default=None, repr=False)
    expiry: date | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Pseudonym:
    """The card says no name, only a number that stays the same for this card (CIE: NIS)."""

    kind: CardKind
    proven: Proven
    number: str = field(repr=False)


@dataclass(frozen=True)
class PrintRefused:
    """The digits are not this card's; `tries_left` where the card counts them."""

    tries_left: int | None = None


@dataclass(frozen=True)
class CardExpired:
    """The card, read and signed, is past its last day of validity."""


@dataclass(frozen=True)
class CardRefused:
    """The card's data is forged, its signer was revoked, or its chip is a copy; the citizen is sent to the counter."""


RECOGNISE: Final[Job[Recognise, Recognised | NotAnIdentityCard]] = Job(
    "recognise", Recognise, (Recognised, NotAnIdentityCard), seconds=5.0
)
"""See which kind of card it is, without anything the holder has to type."""

READ_HOLDER: Final[Job[AskHolder, Holder | Pseudonym | PrintRefused | CardExpired | CardRefused]] = Job(
    "read_holder", AskHolder, (Holder, Pseudonym, PrintRefused, CardExpired, CardRefused), seconds=30.0
)
"""Open the card, read whose it is, and prove it; tells "card_found", "opening", "reading" and "proving"."""
