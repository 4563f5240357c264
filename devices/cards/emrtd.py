"""Reading a passport, identity card or residence permit by the rules of ICAO 9303: open, read, prove.

The order leaves no silent way down: PACE if the card offers any, BAC only if it offers none, and what it offered is
compared with what its issuer signed. A failed proof is part of the result; only a card that cannot be opened or read
at all raises.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

from devices.cards import chip, countries, mrz, passive, security_infos
from devices.cards.apdu import CommandApdu
from devices.cards.bac import open_with_bac
from devices.cards.errors import CardError, LinkFailed, Malformed, Refused, Unsupported
from devices.cards.files import SHORT_CHUNK, FileReader, select_application
from devices.cards.mrz import MrzKey
from devices.cards.pace import ChipAnswer, Password, PasswordKind, open_with_pace, proves_chip
from devices.cards.passive import Finding, Verdict
from devices.cards.proof import ChipProof, Proof, Way

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from devices.cards.apdu import Link
    from devices.cards.passive import Trust
    from devices.cards.secure_messaging import SecureChannel
    from devices.cards.security_infos import SecurityInfos

APPLICATION: Final = bytes.fromhex("A0000002471001")
MASTER_FILE: Final = b"\x3f\x00"
EF_CARD_ACCESS: Final = 0x011C
EF_CARD_SECURITY: Final = 0x011D
EF_SOD: Final = 0x011D
DATA_GROUPS: Final = 0x0100
FINGERPRINTS: Final = 3  # never read, whatever the card would allow

Secret: TypeAlias = MrzKey | Password


@dataclass(frozen=True, slots=True)
class Opened:
    """A card with its application selected in a secured session."""

    channel: SecureChannel
    way: Way
    password: PasswordKind
    access: SecurityInfos | None
    mapping: ChipAnswer | None
    security: bytes | None = field(repr=False)  # EF.CardSecurity, read only where the chip mapped with its key


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read and what was proven of it; `files` by number of data group, none of them shown."""

    zone: mrz.Mrz = field(repr=False)
    files: dict[int, bytes] = field(repr=False)
    proof: Proof


def open_card(link: Link, secret: Secret, random: Callable[[int], bytes], chunk: int = SHORT_CHUNK) -> Opened:
    """The card, opened with the print: PACE if it offers any, else BAC, which takes an MRZ alone.

    Raises:
        PasswordRefused: the print is not this card's.
        Unsupported: every way in that the card offers is one this library does not speak, or needs an MRZ.
        Refused, Malformed, Deceived, LinkFailed: as their names say.
    """
    access = card_access(link)
    choice = security_infos.best_pace(access) if access is not None else None
    if access is None or choice is None:
        if not isinstance(secret, MrzKey):
            raise Unsupported("this card without its MRZ")
        select_application(link, APPLICATION)
        return Opened(open_with_bac(link, secret, random), Way.BAC, PasswordKind.MRZ, access, None, None)
    password = Password.of_mrz(secret) if isinstance(secret, MrzKey) else secret
    ambiguous = len({offered.parameter_id for offered in access.pace}) > 1
    session = open_with_pace(link, choice, password, random, ambiguous=ambiguous)
    security = None
    if session.chip is not None:
        security = FileReader(session.channel, chunk).read_if_there(EF_CARD_SECURITY)
    select_application(session.channel, APPLICATION)
    return Opened(session.channel, Way.PACE, password.kind, access, session.chip, security)


@dataclass(frozen=True, slots=True)
class Checks:
    """What a card is checked against: trusted countries, the time (aware), and unguessable bytes."""

    trust: Trust
    at: datetime
    random: Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class Gathered:
    """What was read, and nothing of it proven yet."""

    zone: mrz.Mrz = field(repr=False)
    files: dict[int, bytes] = field(repr=False)
    sod: bytes | None = field(repr=False)


def gather(
    opened: Opened,
    groups: Iterable[int],
    chunk: int = SHORT_CHUNK,
    told: Callable[[int, int, int], None] | None = None,
) -> Gathered:
    """DG1, EF.SOD, the keys of the chip, and those of `groups` that are there.

    DG1 comes first, for something to show early; `told` hears data group, bytes read, bytes in all.

    Raises:
        Refused: DG1 is not for us.
        Malformed, Deceived, LinkFailed: as their names say.
    """
    reader = FileReader(opened.channel, chunk)

    def one(number: int, fid: int) -> bytes | None:
        return reader.read_if_there(fid, None if told is None else lambda done, total: told(number, done, total))

    dg1 = one(1, DATA_GROUPS + 1)
    if dg1 is None:
        raise Malformed("EF.DG1", "is not on the card")
    zone = mrz.of_dg1(dg1)
    sod = one(0, EF_SOD)
    files = {1: dg1}
    for number in sorted(
        {14, 15} | set(groups) - {1, FINGERPRINTS}, key=lambda number: (number not in (14, 15), number)
    ):
        file = one(number, DATA_GROUPS + number)
        if file is not None:
            files[number] = file
    return Gathered(zone, files, sod)


def prove(opened: Opened, gathered: Gathered, checks: Checks) -> Reading:
    """What was read, with what is proven of it; asks the chip for its proof. A failed proof is not raised.

    Raises:
        LinkFailed: the card is gone.
    """
    verdict = passive.authenticate(gathered.sod, gathered.files, checks.trust, checks.at)
    if verdict.signed and countries.differ(gathered.zone.issuer, verdict.country):
        verdict = Verdict(Finding.OTHER_COUNTRY, country=verdict.country)
    infos, security = _infos(gathered.files, verdict), _security(opened, checks)
    proof = Proof(
        way=opened.way,
        password=opened.password,
        data=verdict,
        chip=_chip(opened, gathered.files, _Signed(verdict, infos, security), checks),
        downgraded=any(
            signed is not None and security_infos.downgraded(opened.access, signed) for signed in (infos, security)
        ),
    )
    return Reading(gathered.zone, gathered.files, proof)


def read(
    opened: Opened,
    groups: Iterable[int],
    checks: Checks,
    chunk: int = SHORT_CHUNK,
    told: Callable[[int, int, int], None] | None = None,
) -> Reading:
    """`gather` and `prove` in one."""
    return prove(opened, gather(opened, groups, chunk, told), checks)


@dataclass(frozen=True, slots=True)
class _Signed:
    """What the issuer signed: the verdict on the data groups, EF.DG14's infos and EF.CardSecurity's."""

    verdict: Verdict
    infos: SecurityInfos | None
    security: SecurityInfos | None


def card_access(link: Link) -> SecurityInfos | None:
    """What the card offers in the open (EF.CardAccess); None when it offers nothing.

    Raises:
        Malformed: it does not decode.
    """
    reader = FileReader(link)
    try:
        raw = reader.read(EF_CARD_ACCESS)
    except Refused:
        # some cards wake up inside an application; the file is the master file's
        if not link.exchange(CommandApdu(0x00, 0xA4, 0x00, 0x0C, MASTER_FILE)).ok:
            return None
        try:
            raw = reader.read(EF_CARD_ACCESS)
        except Refused:
            return None  # whether it was taken away on purpose shows when DG14 is compared
    return security_infos.parse(raw)


def _infos(files: dict[int, bytes], verdict: Verdict) -> SecurityInfos | None:
    """What DG14 says, if its issuer signed it."""
    if 14 not in verdict.proven:
        return None
    try:
        return security_infos.of_dg14(files[14])
    except Malformed:
        return None


def _security(opened: Opened, checks: Checks) -> SecurityInfos | None:
    """What EF.CardSecurity says, if it was read and its issuer signed it."""
    if opened.security is None:
        return None
    _, content = passive.card_security(opened.security, checks.trust, checks.at)
    try:
        return security_infos.parse(content) if content else None
    except Malformed:
        return None


def _chip(opened: Opened, files: dict[int, bytes], signed: _Signed, checks: Checks) -> ChipProof:
    if not signed.verdict.signed:
        return ChipProof.NOT_TRIED
    if any(number in signed.verdict.listed and number not in files for number in (14, 15)):
        return ChipProof.FAILED  # the key by which the chip could be proven was signed, and is hidden
    try:
        if opened.mapping is not None:
            if signed.security is None:
                return ChipProof.FAILED  # the chip owes the signature on the key it mapped with
            key = chip.static_key(signed.security, opened.mapping.group)
            return ChipProof.MAPPING if proves_chip(opened.mapping, key) else ChipProof.FAILED
        if signed.infos is not None and signed.infos.keys:
            chip.authenticate_chip(opened.channel, signed.infos, checks.random)
            return ChipProof.CHIP_AUTHENTICATION
        if 15 in signed.verdict.proven:
            genuine = chip.authenticate_actively(opened.channel, files[15], signed.infos, checks.random)
            return ChipProof.ACTIVE_AUTHENTICATION if genuine else ChipProof.FAILED
    except LinkFailed:
        raise
    except Unsupported:
        return ChipProof.UNSUPPORTED
    except CardError:
        return ChipProof.FAILED
    return ChipProof.NOT_OFFERED
