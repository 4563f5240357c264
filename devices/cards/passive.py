"""Passive authentication: whether a state signed what the chip holds (ICAO 9303-11 section 5.1, 9303-12).

The chain is EF.SOD, its document signer, and a country's signing authority (CSCA) out of a master list. What goes wrong
is a `Finding`, because a wrong document is something to be told, not a failure of this kiosk.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from devices.cards import tlv
from devices.cards.certificates import Certificate, RevocationList, SignedContent
from devices.cards.errors import Deceived, Malformed, Unsupported
from devices.cards.public_keys import HASHES, verifies

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

LDS_OBJECT = "2.23.136.1.1.1"
MASTER_LIST = "2.23.136.1.1.2"
MASTER_LIST_SIGNER = "2.23.136.1.1.3"
CARD_SECURITY = "0.4.0.127.0.7.3.2.1"
_OIDS_OF_HASHES = {
    "1.3.14.3.2.26": "sha1",
    "2.16.840.1.101.3.4.2.4": "sha224",
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}


class Finding(Enum):
    """What passive authentication found, the worst first that stopped it."""

    SIGNED = "signed"
    MISSING = "no signed file on the card"
    MALFORMED = "the signed file does not decode"
    UNSUPPORTED = "signed in a way this kiosk does not know"
    NO_SIGNER = "the signer's certificate is not in the signed file"
    SIGNATURE_WRONG = "the signature is wrong"
    SIGNER_UNKNOWN = "no country vouches for the signer"
    OTHER_COUNTRY = "another country signed it than the one that issued it"
    NOT_FOR_LISTS = "signed with a key that is not for master lists"
    SIGNER_EXPIRED = "the signer's certificate, or its country's, is not valid at this time"
    SIGNER_REVOKED = "the country has revoked the signer"
    HASH_WRONG = "a file is not the one that was signed"
    FILE_UNLISTED = "a file was never signed"


class Revocation(Enum):
    """What is known of the signer's revocation."""

    NOT_REVOKED = "not revoked"
    REVOKED = "revoked"
    STALE = "the list is older than it should be"
    UNKNOWN = "no list of this country"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What passive authentication found, by numbers of data groups.

    `proven` were read and are signed, `wrong` were read and are not, `listed` are all that the state signed: one that
    is listed but cannot be read has been hidden.
    """

    finding: Finding
    proven: tuple[int, ...] = ()
    wrong: tuple[int, ...] = ()
    listed: tuple[int, ...] = ()
    country: str = ""
    revocation: Revocation = Revocation.UNKNOWN

    @property
    def signed(self) -> bool:
        """Whether everything that was read is what a state signed."""
        return self.finding is Finding.SIGNED


@dataclass(frozen=True, slots=True)
class Listed:
    """The hashes a state signed: data group number to digest."""

    digest: str
    hashes: dict[int, bytes] = field(repr=False)


class Trust:
    """The countries' signing certificates and revocation lists, found by key and by name."""

    def __init__(self, anchors: Iterable[Certificate], lists: Iterable[RevocationList] = ()) -> None:
        self.anchors = tuple(anchors)
        self._lists = tuple(lists)
        self._by_key: dict[bytes, list[Certificate]] = {}
        self._by_name: dict[bytes, list[Certificate]] = {}
        for anchor in self.anchors:
            if anchor.subject_key_id is not None:
                self._by_key.setdefault(anchor.subject_key_id, []).append(anchor)
            self._by_name.setdefault(anchor.subject, []).append(anchor)

    def issuer_of(self, signer: Certificate) -> Certificate | None:
        """The anchor whose key signed this certificate; None without one.

        Raises:
            Unsupported: the only candidates sign in a way that this library does not speak.
        """
        candidates: dict[bytes, Certificate] = {}
        if signer.authority_key_id is not None:
            candidates |= {anchor.der: anchor for anchor in self._by_key.get(signer.authority_key_id, ())}
        candidates |= {anchor.der: anchor for anchor in self._by_name.get(signer.issuer, ())}
        unsupported: Unsupported | None = None
        for anchor in candidates.values():
            try:
                if anchor.signed(signer):
                    return anchor
            except Unsupported as unknown:
                unsupported = unknown
            except (Malformed, Deceived):
                continue
        if unsupported is not None:
            raise unsupported
        return None

    def revocation(self, signer: Certificate, issuer: Certificate, at: datetime) -> Revocation:
        """What the issuer's lists say of the signer; a list that is not the issuer's own is no list."""
        best = Revocation.UNKNOWN
        for one in self._lists:
            if one.issuer != issuer.subject or not _signed(one, issuer):
                continue
            if signer.serial in one.serials:
                return Revocation.REVOKED  # once revoked, always revoked, however old the list
            if one.next_issue is None or at <= one.next_issue:
                best = Revocation.NOT_REVOKED
            elif best is Revocation.UNKNOWN:
                best = Revocation.STALE
        return best


def _signed(one: RevocationList, issuer: Certificate) -> bool:
    try:
        return one.signed_by(issuer)
    except (Unsupported, Malformed, Deceived):
        return False


def authenticate(sod: bytes | None, files: Mapping[int, bytes], trust: Trust, at: datetime) -> Verdict:
    """The verdict on these data groups (number to whole file); never raises for anything the card may hold."""
    if sod is None:
        return Verdict(Finding.MISSING)
    try:
        signed = SignedContent.parse(tlv.only(sod, 0x77, "EF.SOD"))
        listed = hashes_in(signed)
    except Malformed:
        return Verdict(Finding.MALFORMED)
    except Unsupported:
        return Verdict(Finding.UNSUPPORTED)
    verdict = of_signed(signed, LDS_OBJECT, trust, at)
    if not verdict.signed:
        return verdict
    unlisted = tuple(sorted(number for number in files if number not in listed.hashes))
    wrong = tuple(sorted(number for number in files if number in listed.hashes and not _same(listed, number, files)))
    finding = Finding.HASH_WRONG if wrong else Finding.FILE_UNLISTED if unlisted else Finding.SIGNED
    proven = tuple(sorted(set(files) - set(wrong) - set(unlisted)))
    return Verdict(finding, proven, wrong + unlisted, tuple(sorted(listed.hashes)), verdict.country, verdict.revocation)


def of_signed(signed: SignedContent, kind: str, trust: Trust, at: datetime) -> Verdict:
    """The verdict on one signed content alone: signature, signer, country, dates, revocation."""
    if signed.kind != kind or (signed.claimed_kind is not None and signed.claimed_kind != kind):
        return Verdict(Finding.MALFORMED)
    if signed.signer is None:
        return Verdict(Finding.NO_SIGNER)
    try:
        if not _holds(signed, signed.signer):
            return Verdict(Finding.SIGNATURE_WRONG)
    except Unsupported:
        return Verdict(Finding.UNSUPPORTED)
    except (Malformed, Deceived):
        return Verdict(Finding.MALFORMED)
    return of_certificate(signed.signer, trust, at)


def of_certificate(signer: Certificate, trust: Trust, at: datetime) -> Verdict:
    """The verdict on a certificate alone: who vouches for it, dates, revocation."""
    try:
        issuer = trust.issuer_of(signer)
    except Unsupported:
        return Verdict(Finding.UNSUPPORTED)
    if issuer is None:
        return Verdict(Finding.SIGNER_UNKNOWN)
    revocation = trust.revocation(signer, issuer, at)
    finding = Finding.SIGNED
    if not (signer.valid_at(at) and issuer.valid_at(at)):
        finding = Finding.SIGNER_EXPIRED
    if revocation is Revocation.REVOKED:
        finding = Finding.SIGNER_REVOKED
    return Verdict(finding, country=issuer.country, revocation=revocation)


def hashes_in(signed: SignedContent) -> Listed:
    """The LDS security object's hashes (9303-10, 4.6.2.3).

    Raises:
        Malformed: it does not decode.
        Unsupported: a hash this library does not know.
    """
    elements = tlv.parse(tlv.only(signed.content, 0x30, "EF.SOD"))
    if len(elements) < 3 or [element.tag for element in elements[:3]] != [0x02, 0x30, 0x30]:
        raise Malformed("EF.SOD", "no security object")
    algorithm = elements[1].children()
    if not algorithm or algorithm[0].tag != 0x06:
        raise Malformed("EF.SOD", "no hash algorithm")
    digest = _OIDS_OF_HASHES.get(tlv.oid_text(algorithm[0].value))
    if digest is None:
        raise Unsupported("hash of EF.SOD")
    hashes: dict[int, bytes] = {}
    for entry in elements[2].children():
        inside = entry.children()
        if [element.tag for element in inside] != [0x02, 0x04]:
            raise Malformed("EF.SOD", "an entry is no hash")
        number = int.from_bytes(inside[0].value, "big")
        if number in hashes:
            raise Malformed("EF.SOD", "a file is listed twice")
        hashes[number] = inside[1].value
    return Listed(digest, hashes)


def card_security(file: bytes, trust: Trust, at: datetime) -> tuple[Verdict, bytes]:
    """The verdict on EF.CardSecurity, and the security infos it signs (9303-11, 9.2.11); empty if not signed."""
    try:
        signed = SignedContent.parse(file)
    except Malformed:
        return Verdict(Finding.MALFORMED), b""
    verdict = of_signed(signed, CARD_SECURITY, trust, at)
    return verdict, signed.content if verdict.signed else b""


@dataclass(frozen=True, slots=True)
class MasterList:
    """The certificates of a master list; `skipped` is how many did not decode at all."""

    certificates: tuple[Certificate, ...]
    skipped: int
    signed: SignedContent = field(repr=False)

    @classmethod
    def parse(cls, der: bytes) -> MasterList:
        """The list in these bytes, its signature not yet looked at (9303-12, 9).

        Raises:
            Malformed: it is no master list.
        """
        signed = SignedContent.parse(der)
        if signed.kind != MASTER_LIST:
            raise Malformed("master list", "is of another type")
        elements = tlv.parse(tlv.only(signed.content, 0x30, "master list"))
        if [element.tag for element in elements] != [0x02, 0x31]:
            raise Malformed("master list", "no set of certificates")
        found: list[Certificate] = []
        skipped = 0
        for element in elements[1].children():
            try:
                found.append(Certificate.parse(element.encode()))
            except Malformed:
                skipped += 1
        return cls(tuple(found), skipped, signed)

    def vouched(self, trust: Trust, at: datetime) -> Verdict:
        """Whether a country that is trusted already signed this list; the list's own entries do not count.

        The keys that sign documents lie with their makers: one of them makes no list (9303-12, 7.1.3).
        """
        verdict = of_signed(self.signed, MASTER_LIST, trust, at)
        signer = self.signed.signer
        if verdict.signed and (signer is None or MASTER_LIST_SIGNER not in signer.purposes):
            return Verdict(Finding.NOT_FOR_LISTS, country=verdict.country)
        return verdict


def _holds(signed: SignedContent, signer: Certificate) -> bool:
    if signed.scheme is None or signed.digest not in HASHES:
        raise Unsupported("signature of signed content")
    if signed.claimed_digest is not None:
        actual = hashlib.new(signed.digest, signed.content).digest()
        if not hmac.compare_digest(actual, signed.claimed_digest):
            return False
    return verifies(signer.key(), signed.scheme, signed.text, signed.signature)


def _same(listed: Listed, number: int, files: Mapping[int, bytes]) -> bool:
    return hmac.compare_digest(hashlib.new(listed.digest, files[number]).digest(), listed.hashes[number])
