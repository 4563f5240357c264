"""Certificates, revocation lists and signed content of issuers (RFC 5280, RFC 5652, ICAO 9303-12), taken apart.

`cryptography` refuses nearly a fifth of the certificates in a real master list, so none are given to it: certificates
are read here, signed content and revocation lists by asn1crypto; keys and signatures are ours to check, over the very
bytes that were signed.
"""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from asn1crypto import algos, cms, crl, x509

from devices.cards import public_keys, tlv
from devices.cards.errors import Malformed, Unsupported
from devices.cards.public_keys import Kind, PublicKey, Scheme

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_SIGNED = 1 << 24
PART = "certificate"
SEQUENCE, INTEGER, BITS, OCTETS = 0x30, 0x02, 0x03, 0x04
VERSION, EXTENSIONS = 0xA0, 0xA3
UTC_TIME, GENERALIZED_TIME = 0x17, 0x18
SUBJECT_KEY_ID, AUTHORITY_KEY_ID, COUNTRY_NAME = b"\x55\x1d\x0e", b"\x55\x1d\x23", b"\x55\x04\x06"
EXTENDED_KEY_USAGE = b"\x55\x1d\x25"
_REST = r"(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(?:Z|\+0000)"
TIMES = {
    UTC_TIME: re.compile(r"(\d\d)" + _REST, re.ASCII),
    GENERALIZED_TIME: re.compile(r"(\d\d\d\d)" + _REST, re.ASCII),
}
NEVER = re.compile(r"(?!)")


@contextlib.contextmanager
def _reading(part: str) -> Iterator[None]:
    """Turn whatever asn1crypto throws at broken bytes into one declared error."""
    try:
        yield
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError) as broken:
        raise Malformed(part, type(broken).__name__) from broken


@dataclass(frozen=True, slots=True)
class Certificate:
    """What matters of one certificate; its key is parsed when it is asked for, for many never are."""

    der: bytes = field(repr=False)
    tbs: bytes = field(repr=False)
    subject: bytes = field(repr=False)
    issuer: bytes = field(repr=False)
    serial: int
    country: str
    subject_key_id: bytes | None
    authority_key_id: bytes | None
    purposes: tuple[str, ...]
    """What its key may be used for (RFC 5280, 4.2.1.12); none are named in most."""
    not_before: datetime
    not_after: datetime
    spki: bytes = field(repr=False)
    algorithm: bytes = field(repr=False)
    signature: bytes = field(repr=False)

    @classmethod
    def parse(cls, der: bytes) -> Certificate:
        """The certificate in these bytes.

        Taken apart by hand: a master list of six hundred has to be there in a third of a second.

        Raises:
            Malformed: there is none.
        """
        outer = tlv.whole(tlv.only(der, SEQUENCE, PART))
        if [element.tag for element, _ in outer] != [SEQUENCE, SEQUENCE, BITS]:
            raise Malformed(PART, "has not its three parts")
        body = tlv.whole(outer[0][0].value)
        if body and body[0][0].tag == VERSION:
            body = body[1:]
        if [element.tag for element, _ in body[:6]] != [INTEGER, *[SEQUENCE] * 5]:
            raise Malformed(PART, "has not its six fields")
        serial, _, issuer, validity, subject, spki = body[:6]
        times = validity[0].children()
        if len(times) != 2:
            raise Malformed(PART, "has no validity")
        extensions = next((element for element, _ in body[6:] if element.tag == EXTENSIONS), None)
        found = _extensions(extensions)
        return cls(
            der=der,
            tbs=outer[0][1],
            subject=subject[1],
            issuer=issuer[1],
            serial=int.from_bytes(serial[0].value, "big", signed=True),
            country=_country(issuer[0]),
            subject_key_id=_subject_key_id(found),
            authority_key_id=_authority_key_id(found),
            purposes=_purposes(found),
            not_before=_time(times[0]),
            not_after=_time(times[1]),
            spki=spki[1],
            algorithm=outer[1][1],
            signature=outer[2][0].value[1:],
        )

    @property
    def scheme(self) -> Scheme | None:
        """How it was signed; None for a way that this library does not speak."""
        with _reading(PART):
            return _scheme(algos.SignedDigestAlgorithm.load(self.algorithm), None)

    def key(self) -> PublicKey:
        """Its public key.

        Raises:
            Malformed, Unsupported, Deceived: as `public_keys.parse`.
        """
        return public_keys.parse(self.spki)

    def signed(self, other: Certificate) -> bool:
        """Whether this one's key signed the other.

        Raises:
            Unsupported: by a scheme or on a curve that this library does not speak.
            Malformed, Deceived: this one's key is broken.
        """
        scheme = other.scheme
        if scheme is None:
            raise Unsupported("signature of a certificate")
        return public_keys.verifies(self.key(), scheme, other.tbs, other.signature)

    def valid_at(self, moment: datetime) -> bool:
        """Whether `moment` (aware) lies within its validity."""
        return self.not_before <= moment <= self.not_after


@dataclass(frozen=True, slots=True)
class RevocationList:
    """The serial numbers that an issuer has revoked."""

    issuer: bytes = field(repr=False)
    issued: datetime
    next_issue: datetime | None
    serials: frozenset[int] = field(repr=False)
    tbs: bytes = field(repr=False)
    scheme: Scheme | None
    signature: bytes = field(repr=False)

    @classmethod
    def parse(cls, der: bytes) -> RevocationList:
        """The list in these bytes.

        Raises:
            Malformed: there is none.
        """
        with _reading("revocation list"):
            loaded = crl.CertificateList.load(der, strict=True)
            body = loaded["tbs_cert_list"]
            next_issue = body["next_update"].native
            revoked = body["revoked_certificates"]
            serials = frozenset(int(entry["user_certificate"].native) for entry in revoked) if revoked else frozenset()
            return cls(
                issuer=body["issuer"].dump(),
                issued=_moment(body["this_update"].native),
                next_issue=_moment(next_issue) if next_issue is not None else None,
                serials=serials,
                tbs=body.dump(),
                scheme=_scheme(loaded["signature_algorithm"], None),
                signature=bytes(loaded["signature"].native),
            )

    def signed_by(self, issuer: Certificate) -> bool:
        """Whether the issuer's key signed it.

        Raises:
            Unsupported, Malformed, Deceived: as `Certificate.signed`.
        """
        if self.scheme is None:
            raise Unsupported("signature of a revocation list")
        return public_keys.verifies(issuer.key(), self.scheme, self.tbs, self.signature)


@dataclass(frozen=True, slots=True)
class SignedContent:
    """One CMS SignedData with one signer: `text` is what the signature is over."""

    kind: str  # object identifier of the content
    content: bytes = field(repr=False)
    certificates: tuple[Certificate, ...]
    signer: Certificate | None  # None when it is not among them
    digest: str
    claimed_digest: bytes | None = field(repr=False)
    claimed_kind: str | None
    text: bytes = field(repr=False)
    scheme: Scheme | None
    signature: bytes = field(repr=False)

    @classmethod
    def parse(cls, der: bytes) -> SignedContent:
        """The signed content in these bytes.

        Raises:
            Malformed: there is none, or it has not exactly one signer.
        """
        if len(der) > MOST_SIGNED:
            raise Malformed("signed content", "longer than allowed")
        with _reading("signed content"):
            outer = cms.ContentInfo.load(der, strict=True)
            if outer["content_type"].native != "signed_data":
                raise Malformed("signed content", "is of another type")
            return cls._of(outer["content"])

    @classmethod
    def _of(cls, data: Any) -> SignedContent:  # noqa: ANN401 - asn1crypto has no types
        held = data["encap_content_info"]
        if not held["content"]:
            raise Malformed("signed content", "is not there")
        content = bytes(held["content"])
        if len(data["signer_infos"]) != 1:
            raise Malformed("signed content", "has not one signer")
        signer = data["signer_infos"][0]
        chosen = [one.chosen for one in data["certificates"]] if data["certificates"] else []
        certificates = tuple(Certificate.parse(one.dump()) for one in chosen if isinstance(one, x509.Certificate))
        digest = str(signer["digest_algorithm"]["algorithm"].native)
        claimed_digest: bytes | None = None
        claimed_kind: str | None = None
        text = content
        if signer["signed_attrs"]:
            for attribute in signer["signed_attrs"]:
                if attribute["type"].native == "message_digest":
                    claimed_digest = bytes(attribute["values"][0].native)
                elif attribute["type"].native == "content_type":
                    claimed_kind = str(attribute["values"][0].dotted)
            text = b"\x31" + signer["signed_attrs"].dump()[1:]  # signed as the SET that it is (RFC 5652, 5.4)
            claimed_digest = claimed_digest or b""
        return cls(
            kind=str(held["content_type"].dotted),
            content=content,
            certificates=certificates,
            signer=_named_signer(signer["sid"], certificates),
            digest=digest,
            claimed_digest=claimed_digest,
            claimed_kind=claimed_kind,
            text=text,
            scheme=_scheme(signer["signature_algorithm"], digest),
            signature=bytes(signer["signature"].native),
        )


def _named_signer(sid: Any, certificates: tuple[Certificate, ...]) -> Certificate | None:  # noqa: ANN401 - same
    if sid.name == "issuer_and_serial_number":
        serial, issuer = int(sid.chosen["serial_number"].native), sid.chosen["issuer"].dump()
        matching = [one for one in certificates if one.serial == serial]
        exact = [one for one in matching if one.issuer == issuer]
        # some issuers write the same name in another string type here; the serial number then has to be unique
        return exact[0] if exact else matching[0] if len(matching) == 1 else None
    wanted = bytes(sid.chosen.native)
    return next((one for one in certificates if one.subject_key_id == wanted), None)


def _extensions(extensions: tlv.Tlv | None) -> dict[bytes, bytes]:
    """The extensions by their identifiers; of two of a kind, the first (RFC 5280, 4.2: there are none)."""
    found: dict[bytes, bytes] = {}
    if extensions is None:
        return found
    for extension in tlv.parse(tlv.only(extensions.value, SEQUENCE, PART)):
        inside = extension.children()
        if len(inside) < 2 or inside[-1].tag != OCTETS:
            raise Malformed(PART, "an extension is none")
        found.setdefault(inside[0].value, inside[-1].value)
    return found


def _subject_key_id(extensions: dict[bytes, bytes]) -> bytes | None:
    held = extensions.get(SUBJECT_KEY_ID)
    return None if held is None else tlv.only(held, OCTETS, PART)


def _authority_key_id(extensions: dict[bytes, bytes]) -> bytes | None:
    held = extensions.get(AUTHORITY_KEY_ID)
    return None if held is None else tlv.child(tlv.parse(tlv.only(held, SEQUENCE, PART)), 0x80)


def _purposes(extensions: dict[bytes, bytes]) -> tuple[str, ...]:
    held = extensions.get(EXTENDED_KEY_USAGE)
    return () if held is None else tuple(tlv.oid_text(one.value) for one in tlv.parse(tlv.only(held, SEQUENCE, PART)))


def _country(name: tlv.Tlv) -> str:
    for relative in name.children():
        for part in relative.children():
            inside = part.children()
            if len(inside) == 2 and inside[0].value == COUNTRY_NAME:
                return inside[1].value.decode("ascii", "replace").upper()[:3]
    return ""


def _time(element: tlv.Tlv) -> datetime:
    """UTCTime or GeneralizedTime (RFC 5280, 4.1.2.5); some issuers leave the seconds out."""
    written = element.value.decode("ascii", "replace")
    match = TIMES.get(element.tag, NEVER).fullmatch(written)
    if match is None:
        raise Malformed(PART, "a time is none")
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
    if element.tag == UTC_TIME:
        year += 1900 if year >= 50 else 2000
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError as impossible:
        raise Malformed(PART, "a time is none") from impossible


def _scheme(algorithm: Any, digest: str | None) -> Scheme | None:  # noqa: ANN401 - asn1crypto has no types
    try:
        kind = Kind(algorithm.signature_algo)
        if kind is Kind.RSA_PSS:
            parameters = algorithm["parameters"]
            mask = parameters["mask_gen_algorithm"]["parameters"]["algorithm"].native
            return Scheme(kind, str(algorithm.hash_algo), str(mask), int(parameters["salt_length"].native))
        # in CMS the key's own identifier may stand where a scheme should, and the digest is told beside it
        bare = algorithm["algorithm"].native in ("rsassa_pkcs1v15", "ecdsa")
        named = digest if bare else algorithm.hash_algo
        return Scheme(kind, str(named)) if named else None
    except (ValueError, TypeError, KeyError):
        return None


def _moment(written: datetime) -> datetime:
    return written.astimezone(UTC) if written.tzinfo else written.replace(tzinfo=UTC)
