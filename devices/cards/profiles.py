"""What is known of each kind of card: how it is found, what opens it, which of its files are read, and what they prove.

A file that is not listed here is not read: no fingerprints (which would need a state's certificate), no photo (no page
shows one), no address, no number of the holder in a register where names will do. Sources, besides ICAO 9303: the
Belgian middleware (eid-mw), Estonia's DigiDoc and Web-eID, the FINEID specification S1, Italy's SDK for the NIS.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from devices.cards.apdu import CommandApdu
from devices.cards.emrtd import APPLICATION as EMRTD
from devices.identity_cards import CardKind, OpensWith, Proven


@dataclass(frozen=True)
class File:
    """A file that a service needs; `element` says that it is one TLV element (a certificate), not plain text."""

    name: str
    select: CommandApdu
    element: bool = False


@dataclass(frozen=True)
class Atr:
    """The part of an answer to reset that all cards of a kind have in common: its first bytes, where `mask` is set."""

    pattern: bytes
    mask: bytes

    def fits(self, atr: bytes) -> bool:
        """Whether a card that introduced itself so may be of this kind."""
        return len(atr) >= len(self.pattern) and all(
            (heard ^ known) & cared == 0 for heard, known, cared in zip(atr, self.pattern, self.mask, strict=False)
        )


@dataclass(frozen=True)
class Profile:
    """One kind of card.

    `found_by` are commands that a card of this kind accepts, one after the other, and that make the current folder the
    one in which `files` are selected; `issuers` is the sub-folder of the trust folder with those who sign its data.
    """

    kind: CardKind
    found_by: tuple[CommandApdu, ...]
    opens_with: tuple[OpensWith, ...]
    issuers: str
    proves: Proven
    """The most that it can prove here."""
    files: tuple[File, ...] = ()
    groups: tuple[int, ...] = ()
    """Data groups that are read besides DG1 and those that prove the chip (ICAO 9303)."""
    atr: Atr | None = None
    also: tuple[CardKind, ...] = ()
    """What else a card of this kind may be asked as."""


def by_name(name: str) -> CommandApdu:
    """Select an application (ISO/IEC 7816-4, 11.2.2: by name, no answer wanted)."""
    return CommandApdu(0x00, 0xA4, 0x04, 0x0C, bytes.fromhex(name))


def by_path(path: str, *, below_current: bool = False) -> CommandApdu:
    """Select what lies at this path, from the master file, or from the current application."""
    return CommandApdu(0x00, 0xA4, 0x09 if below_current else 0x08, 0x0C, bytes.fromhex(path))


def inside(file: str) -> CommandApdu:
    """Select a file of the current folder."""
    return CommandApdu(0x00, 0xA4, 0x02, 0x0C, bytes.fromhex(file))


GERMAN_EID: Final = "E80704007F00070302"
BELGIAN: Final = "A000000177504B43532D3135"
IDEMIA: Final = "A000000077010800070000FE00000100"
IDEMIA_KEYS: Final = "E828BD080FF2504F5420415750"
PKCS15: Final = "A000000063504B43532D3135"
ITALIAN_IAS: Final = "A0000000308000000009816001"
ITALIAN: Final = "A00000000039"

_ESTONIAN_TEXTS: Final = tuple(
    File(name, inside(file))
    for name, file in (
        ("surname", "5001"),
        ("given names", "5002"),
        ("birth", "5005"),
        ("code", "5006"),
        ("expiry", "5008"),
    )
)

DE_ONLINE_AUSWEIS: Final = Profile(
    kind=CardKind.DE_ONLINE_AUSWEIS,
    found_by=(by_name(GERMAN_EID),),
    opens_with=(OpensWith.PIN,),
    issuers="",
    proves=Proven.NOTHING,
    also=(CardKind.ICAO_EMRTD,),
)
"""Nothing of it is readable here, not even what a passport shows: each file asks for a service's certificate."""

BE_EID: Final = Profile(
    kind=CardKind.BE_EID,
    found_by=(by_name(BELGIAN), by_path("3F00DF014031")),
    opens_with=(OpensWith.NOTHING,),
    issuers="be",
    proves=Proven.DATA_SIGNED,
    files=(
        File("identity", by_path("3F00DF014031")),
        File("signature", by_path("3F00DF014032")),
        File("certificate", by_path("3F00DF00503C"), element=True),
    ),
)

EE_EID_IDEMIA: Final = Profile(
    kind=CardKind.EE_EID_IDEMIA,
    found_by=(by_name(IDEMIA), by_path("3F005000", below_current=True)),
    opens_with=(OpensWith.NOTHING,),
    issuers="ee",
    proves=Proven.PUBLIC,
    files=(*_ESTONIAN_TEXTS, File("certificate", by_path("3F00ADF13401", below_current=True), element=True)),
)

EE_EID_THALES: Final = Profile(
    kind=CardKind.EE_EID_THALES,
    found_by=(by_name(PKCS15), by_path("DFDD")),
    opens_with=(OpensWith.NOTHING,),
    issuers="ee",
    proves=Proven.PUBLIC,
    files=(*_ESTONIAN_TEXTS, File("certificate", by_path("ADF13411"), element=True)),
)

LV_EID: Final = Profile(
    kind=CardKind.LV_EID,
    found_by=(by_name(IDEMIA), by_name(IDEMIA_KEYS), inside("3401")),
    opens_with=(OpensWith.NOTHING,),
    issuers="lv",
    proves=Proven.PUBLIC,
    files=(File("certificate", inside("3401"), element=True),),
)

FI_EID: Final = Profile(
    kind=CardKind.FI_EID,
    found_by=(by_name(PKCS15), by_path("4331")),
    opens_with=(OpensWith.NOTHING,),
    issuers="fi",
    proves=Proven.PUBLIC,
    files=(File("certificate", by_path("4331"), element=True),),
    # any card made by the book PKCS #15 has this application
    atr=Atr(bytes.fromhex("3B7F9600008031B865B085"), bytes.fromhex("FFFF00FFFFFFFFFFFFFFFF")),
)

CIE_NIS: Final = Profile(
    kind=CardKind.CIE_NIS,
    found_by=(by_name(ITALIAN_IAS), by_name(ITALIAN)),
    opens_with=(OpensWith.NOTHING,),
    issuers="icao",
    proves=Proven.CHIP_GENUINE,
    files=(
        File("number", inside("1001")),
        File("key", inside("1005"), element=True),
        File("signed", inside("1006"), element=True),
    ),
)

EMRTD_NAME: Final = by_name(EMRTD.hex())

ICAO_EMRTD: Final = Profile(
    kind=CardKind.ICAO_EMRTD,
    found_by=(EMRTD_NAME,),
    opens_with=(OpensWith.CAN, OpensWith.MRZ),
    issuers="icao",
    proves=Proven.CHIP_GENUINE,
    also=(CardKind.CIE_NIS,),
)

PROFILES: Final = (
    # a German card is a passport's kin too, of which nothing can be read
    DE_ONLINE_AUSWEIS,
    BE_EID,
    # the same application as the cards after them, and a folder that those have not
    EE_EID_IDEMIA,
    EE_EID_THALES,
    LV_EID,
    FI_EID,
    # an Italian card, opened, says a name; unopened, a number that no office can do anything with yet
    ICAO_EMRTD,
    CIE_NIS,
)
"""Every kind, in the order in which a card is tried."""


def profile(kind: CardKind) -> Profile:
    """The profile of a kind; each has one."""
    return next(one for one in PROFILES if one.kind is kind)
