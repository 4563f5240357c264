"""Whose card is this? The two jobs of `devices.identity_cards`, done with a card in the reader."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from devices.cards import belgian, certified, italian
from devices.cards import emrtd as passport
from devices.cards.errors import Deceived, Malformed, PasswordRefused, Refused, Unsupported
from devices.cards.files import FileReader
from devices.cards.links import channel_to
from devices.cards.mrz import MrzKey
from devices.cards.pace import Password, PasswordKind
from devices.cards.passive import Finding, Verdict
from devices.cards.person import Person
from devices.cards.profiles import EMRTD_NAME, ICAO_EMRTD, PROFILES, Profile, profile
from devices.cards.proof import GENUINE, ChipProof
from devices.identity_cards import (
    AskHolder,
    CardExpired,
    CardKind,
    CardRefused,
    Holder,
    NotAnIdentityCard,
    OpensWith,
    Print,
    PrintRefused,
    Proven,
    Pseudonym,
    Recognise,
    Recognised,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from devices.cards.apdu import CommandApdu, Link
    from devices.cards.passive import Trust
    from devices.drivers.pcsc_reader.duties import Card

    Judge = Callable[[Mapping[str, bytes], Trust, datetime], tuple[Person, Verdict]]
    Outcome = Holder | Pseudonym | PrintRefused | CardExpired | CardRefused

FORGED: Final = (Finding.SIGNATURE_WRONG, Finding.HASH_WRONG, Finding.FILE_UNLISTED, Finding.SIGNER_REVOKED)
"""Findings that no honest card gives; the others say that this kiosk can't know."""
_JUDGES: Final[dict[CardKind, Judge]] = {
    CardKind.BE_EID: belgian.judged,
    CardKind.EE_EID_IDEMIA: certified.judged_estonian,
    CardKind.EE_EID_THALES: certified.judged_estonian,
    CardKind.LV_EID: certified.judged,
    CardKind.FI_EID: certified.judged,
}


def recognise(card: Card, _request: Recognise, tell: Callable[[str], None]) -> Recognised | NotAnIdentityCard:
    """Try each profile; the first that fits is the card's kind."""
    tell("looking")
    link = channel_to(card.link, extended=False)
    for one in PROFILES:
        if ways := _ways(link, card.atr, one):
            also = tuple(kind for kind in one.also if _ways(link, card.atr, profile(kind)))
            return Recognised(one.kind, ways, also)
    return NotAnIdentityCard()


def read_holder(card: Card, request: AskHolder, tell: Callable[[str], None]) -> Outcome:
    """Open, read and prove; a card that lies or copies is refused, one of another kind is `NotDone`."""
    chosen = profile(request.kind)
    link = channel_to(card.link, extended=False)
    try:
        match request.kind:
            case CardKind.ICAO_EMRTD:
                return _passport(card, link, request.printed, tell)
            case CardKind.CIE_NIS:
                return _pseudonym(card, link, chosen, tell)
            case CardKind.DE_ONLINE_AUSWEIS:
                raise Unsupported("a German card without the AusweisApp")
            case _:
                return _plain(card, link, chosen, tell)
    except Deceived:
        return CardRefused()
    except PasswordRefused as refused:
        return PrintRefused(refused.tries_left)


def _ways(link: Link, atr: bytes, one: Profile) -> tuple[OpensWith, ...]:
    """What opens the card if it is of this kind; nothing if it is not."""
    if one.atr is not None and not one.atr.fits(atr):
        return ()
    if one is ICAO_EMRTD:
        return _passport_ways(link)
    return one.opens_with if all(link.exchange(command).ok for command in one.found_by) else ()


def _passport_ways(link: Link) -> tuple[OpensWith, ...]:
    """CAN or MRZ where the card offers PACE, whose application shows only once opened; the MRZ alone for BAC."""
    access = passport.card_access(link)
    if access is not None and access.pace:
        return ICAO_EMRTD.opens_with
    return (OpensWith.MRZ,) if link.exchange(EMRTD_NAME).ok else ()


def _passport(card: Card, link: Link, printed: Print, tell: Callable[[str], None]) -> Outcome:
    secret = _secret(printed)
    if secret is None:
        return PrintRefused()
    tell("opening")
    opened = passport.open_card(link, secret, card.random)
    tell("reading")
    gathered = passport.gather(opened, ICAO_EMRTD.groups)
    tell("proving")
    trust, at = card.trust.of(ICAO_EMRTD.issuers).trust, card.now()
    reading = passport.prove(opened, gathered, passport.Checks(trust, at, card.random))
    proof, zone = reading.proof, reading.zone
    person = Person(
        family_name=zone.surname,
        given_names=zone.given,
        birth_date=_born(zone.birth, at.date()),
        number=zone.number,
        expiry=_short_date(zone.expiry, 2000),
    )
    proven = _proven(proof.data, proof.chip, Proven.PRINT_HELD, Proven.DATA_SIGNED)
    if proof.downgraded and proven is not None:
        proven = Proven.PRINT_HELD  # somebody may stand in between; or an early card signed no list of its ways in
    return _outcome(ICAO_EMRTD, person, proven, at)


def _plain(card: Card, link: Link, chosen: Profile, tell: Callable[[str], None]) -> Outcome:
    files = _files(link, chosen, tell)
    tell("proving")
    at = card.now()
    person, verdict = _JUDGES[chosen.kind](files, card.trust.of(chosen.issuers).trust, at)
    proven = _proven(verdict, ChipProof.NOT_OFFERED, Proven.NOTHING, chosen.proves)
    return _outcome(chosen, person, proven, at)


def _pseudonym(card: Card, link: Link, chosen: Profile, tell: Callable[[str], None]) -> Outcome:
    files = _files(link, chosen, tell)
    tell("proving")
    number, verdict = italian.judged(files, card.trust.of(chosen.issuers).trust, card.now())
    chip = italian.chip_proof(link, files["key"], verdict, card.random)
    proven = _proven(verdict, chip, Proven.NOTHING, Proven.DATA_SIGNED)
    return CardRefused() if proven is None else Pseudonym(chosen.kind, proven, number)


def _files(link: Link, chosen: Profile, tell: Callable[[str], None]) -> dict[str, bytes]:
    """The files of an open card, by name."""
    tell("reading")
    for command in chosen.found_by:
        _accepted(link, command, chosen.kind)
    reader = FileReader(link)
    files = {}
    for file in chosen.files:
        _accepted(link, file.select, file.name)
        files[file.name] = reader.read_element() if file.element else reader.read_current()
    return files


def _accepted(link: Link, command: CommandApdu, what: str) -> None:
    answer = link.exchange(command)
    if not answer.ok:
        raise Refused(f"select {what}", answer.sw)


def _secret(printed: Print) -> passport.Secret | None:
    """What opens the card; None for what stands on no card."""
    try:
        if printed.can is not None:
            return Password.of_digits(PasswordKind.CAN, printed.can)
        if printed.number is not None and printed.birth_date is not None and printed.expiry is not None:
            number = "".join(printed.number.split()).upper()
            return MrzKey(number, f"{printed.birth_date:%y%m%d}", f"{printed.expiry:%y%m%d}")
    except Malformed:
        return None
    raise Unsupported("this card without its print")


def _outcome(
    chosen: Profile, person: Person, proven: Proven | None, at: datetime
) -> Holder | CardExpired | CardRefused:
    if proven is None:
        return CardRefused()
    if person.expiry is not None and person.expiry < at.date():
        return CardExpired()
    return Holder(
        kind=chosen.kind,
        proven=proven,
        family_name=person.family_name,
        given_names=person.given_names,
        birth_date=person.birth_date,
        number=person.number,
        expiry=person.expiry,
    )


def _proven(verdict: Verdict, chip: ChipProof, unsigned: Proven, signed: Proven) -> Proven | None:
    """How far the proof reaches: `unsigned` where nobody who is trusted signed; None for a forgery or a copy."""
    if verdict.finding in FORGED or chip is ChipProof.FAILED:
        return None
    if not verdict.signed:
        return unsigned
    return Proven.CHIP_GENUINE if chip in GENUINE else signed


def _born(written: str, today: date) -> date | None:
    """YYMMDD of the printed zone: the last such day that has been; None where a part is unknown."""
    this_century = _short_date(written, 2000)
    return this_century if this_century is None or this_century <= today else _short_date(written, 1900)


def _short_date(written: str, century: int) -> date | None:
    if not (written.isascii() and written.isdigit()):
        return None
    try:
        return date(century + int(written[:2]), int(written[2:4]), int(written[4:]))
    except ValueError:
        return None
