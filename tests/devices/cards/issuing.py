"""A country of our own: its signing authority, document signers, revocation lists, master lists and card images.

Everything is built byte by byte, so that each thing can also be built wrong.
"""

from __future__ import annotations

import functools
import hashlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from devices.cards import mrz
from devices.cards.curves import Curve, by_oid
from devices.cards.security_infos import standardised
from devices.cards.tlv import encode, oid_bytes

if TYPE_CHECKING:
    from devices.cards.security_infos import Group

NOW = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
"""Today: the card process, which judges these cards too, has no other time."""
YEAR = timedelta(days=365)
BRAINPOOL_256 = by_oid("1.3.36.3.3.2.8.1.1.7")
SHA256 = "2.16.840.1.101.3.4.2.1"


class Hand(Enum):
    """How an issuer signs, and writes its key."""

    ECDSA = "named curve"
    ECDSA_EXPLICIT = "curve spelled out"
    ECDSA_INVENTED = "curve spelled out, with a generator of its own"
    RSA = "PKCS1"
    RSA_PSS = "PSS"


def sequence(*parts: bytes) -> bytes:
    return encode(0x30, b"".join(parts))


def set_of(*parts: bytes) -> bytes:
    return encode(0x31, b"".join(sorted(parts)))


def oid(dotted: str) -> bytes:
    return encode(0x06, oid_bytes(dotted))


def integer(value: int) -> bytes:
    return encode(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def octets(value: bytes) -> bytes:
    return encode(0x04, value)


def bits(value: bytes) -> bytes:
    return encode(0x03, b"\x00" + value)


def moment(at: datetime) -> bytes:
    return encode(0x17, at.strftime("%y%m%d%H%M%SZ").encode())


def name(country: str, common: str) -> bytes:
    return sequence(
        encode(0x31, sequence(oid("2.5.4.6"), encode(0x13, country.encode()))),
        encode(0x31, sequence(oid("2.5.4.3"), encode(0x0C, common.encode()))),
    )


@functools.cache
def rsa_key(number: int, size: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=size)


def ec_spki(curve: Curve, point: bytes, *, explicit: bool = False, invented: bool = False) -> bytes:
    parameters = oid(curve.oid)
    if explicit:
        numbers = curve.parameters
        generator = curve.power(2) if invented else curve.generator()
        parameters = sequence(
            integer(1),
            sequence(oid("1.2.840.10045.1.1"), integer(numbers.p)),
            sequence(octets(numbers.a.to_bytes(curve.size, "big")), octets(numbers.b.to_bytes(curve.size, "big"))),
            octets(generator),
            integer(numbers.n),
            integer(1),
        )
    return sequence(sequence(oid("1.2.840.10045.2.1"), parameters), bits(point))


@dataclass(frozen=True)
class Signer:
    """A key and the way it signs."""

    hand: Hand
    ec_key: ec.EllipticCurvePrivateKey | None = None
    rsa_key: rsa.RSAPrivateKey | None = None

    @classmethod
    def new(cls, hand: Hand, number: int = 0) -> Signer:
        if hand in (Hand.RSA, Hand.RSA_PSS):
            return cls(hand, rsa_key=rsa_key(number))
        return cls(hand, ec_key=ec.generate_private_key(ec.BrainpoolP256R1()))

    @property
    def spki(self) -> bytes:
        if self.rsa_key is not None:
            numbers = self.rsa_key.public_key().public_numbers()
            algorithm = sequence(oid("1.2.840.113549.1.1.1"), encode(0x05, b""))
            return sequence(algorithm, bits(sequence(integer(numbers.n), integer(numbers.e))))
        assert self.ec_key is not None
        point = self.ec_key.public_key().public_numbers()
        return ec_spki(
            BRAINPOOL_256,
            BRAINPOOL_256.point(point.x, point.y),
            explicit=self.hand is not Hand.ECDSA,
            invented=self.hand is Hand.ECDSA_INVENTED,
        )

    @property
    def key_id(self) -> bytes:
        return hashlib.sha1(self.spki, usedforsecurity=False).digest()

    @property
    def algorithm(self) -> bytes:
        match self.hand:
            case Hand.RSA:
                return sequence(oid("1.2.840.113549.1.1.11"), encode(0x05, b""))
            case Hand.RSA_PSS:
                sha256 = sequence(oid(SHA256), encode(0x05, b""))
                return sequence(
                    oid("1.2.840.113549.1.1.10"),
                    sequence(
                        encode(0xA0, sha256),
                        encode(0xA1, sequence(oid("1.2.840.113549.1.1.8"), sha256)),
                        encode(0xA2, integer(32)),
                    ),
                )
            case _:
                return sequence(oid("1.2.840.10045.4.3.2"))

    def sign(self, text: bytes) -> bytes:
        if self.rsa_key is not None:
            filling: padding.AsymmetricPadding = padding.PKCS1v15()
            if self.hand is Hand.RSA_PSS:
                filling = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
            return self.rsa_key.sign(text, filling, hashes.SHA256())
        assert self.ec_key is not None
        return self.ec_key.sign(text, ec.ECDSA(hashes.SHA256()))


def certificate(
    subject: bytes,
    key: Signer,
    issuer: bytes,
    issuer_key: Signer,
    *,
    serial: int = 1,
    valid: tuple[datetime, datetime] = (NOW - YEAR, NOW + 10 * YEAR),
    purpose: str | None = None,
) -> bytes:
    extensions = [
        sequence(oid("2.5.29.14"), octets(octets(key.key_id))),
        sequence(oid("2.5.29.35"), octets(sequence(encode(0x80, issuer_key.key_id)))),
    ]
    if purpose is not None:
        critical = encode(0x01, b"\xff")
        extensions.append(sequence(oid("2.5.29.37"), critical, octets(sequence(oid(purpose)))))
    body = sequence(
        encode(0xA0, integer(2)),
        integer(serial),
        issuer_key.algorithm,
        issuer,
        sequence(moment(valid[0]), moment(valid[1])),
        subject,
        key.spki,
        encode(0xA3, sequence(*extensions)),
    )
    return sequence(body, issuer_key.algorithm, bits(issuer_key.sign(body)))


def signed_data(kind: str, content: bytes, signer: Signer, cert: bytes, named: tuple[bytes, int]) -> bytes:
    issuer, serial = named
    digest = sequence(oid(SHA256))
    attributes = set_of(
        sequence(oid("1.2.840.113549.1.9.3"), encode(0x31, oid(kind))),
        sequence(oid("1.2.840.113549.1.9.4"), encode(0x31, octets(hashlib.sha256(content).digest()))),
    )
    info = sequence(
        integer(1),
        sequence(issuer, integer(serial)),
        digest,
        b"\xa0" + attributes[1:],
        signer.algorithm,
        octets(signer.sign(attributes)),
    )
    data = sequence(
        integer(3),
        encode(0x31, digest),
        sequence(oid(kind), encode(0xA0, octets(content))),
        encode(0xA0, cert),
        encode(0x31, info),
    )
    return sequence(oid("1.2.840.113549.1.7.2"), encode(0xA0, data))


def revocation_list(issuer: bytes, key: Signer, *serials: int, next_issue: datetime = NOW + YEAR) -> bytes:
    revoked = sequence(*(sequence(integer(serial), moment(NOW)) for serial in serials)) if serials else b""
    body = sequence(integer(1), key.algorithm, issuer, moment(NOW - YEAR), moment(next_issue), revoked)
    return sequence(body, key.algorithm, bits(key.sign(body)))


def security_object(files: dict[int, bytes]) -> bytes:
    hashes_of = [sequence(integer(dg), octets(hashlib.sha256(files[dg]).digest())) for dg in sorted(files)]
    return sequence(integer(0), sequence(oid(SHA256)), sequence(*hashes_of))


@dataclass(frozen=True)
class Country:
    """A signing authority with one document signer."""

    code: str
    authority: Signer
    signer: Signer
    signer_valid: tuple[datetime, datetime] = (NOW - YEAR, NOW + 10 * YEAR)
    signer_serial: int = 7

    @classmethod
    def new(cls, code: str = "UTO", hand: Hand = Hand.ECDSA, signer_hand: Hand | None = None) -> Country:
        return cls(code[:2], Signer.new(hand, 0), Signer.new(signer_hand or hand, 1))

    @property
    def name(self) -> bytes:
        return name(self.code, "Country Signing Authority")

    @property
    def authority_certificate(self) -> bytes:
        return certificate(self.name, self.authority, self.name, self.authority)

    @property
    def signer_certificate(self) -> bytes:
        return self._certified("Document Signer")

    def _certified(self, common: str, purpose: str | None = None) -> bytes:
        return certificate(
            name(self.code, common),
            self.signer,
            self.name,
            self.authority,
            serial=self.signer_serial,
            valid=self.signer_valid,
            purpose=purpose,
        )

    def expired(self) -> Country:
        return replace(self, signer_valid=(NOW - 3 * YEAR, NOW - YEAR))

    def sign(self, kind: str, content: bytes) -> bytes:
        return signed_data(kind, content, self.signer, self.signer_certificate, (self.name, self.signer_serial))

    def sod(self, files: dict[int, bytes]) -> bytes:
        return encode(0x77, self.sign("2.23.136.1.1.1", security_object(files)))

    def master_list(self, *certificates: bytes) -> bytes:
        signer = self._certified("Master List Signer", "2.23.136.1.1.3")
        listed = sequence(integer(0), set_of(*certificates))
        return signed_data("2.23.136.1.1.2", listed, self.signer, signer, (self.name, self.signer_serial))

    def revocation_list(self, *serials: int, next_issue: datetime = NOW + YEAR) -> bytes:
        return revocation_list(self.name, self.authority, *serials, next_issue=next_issue)


ZONE = mrz.MrzKey("L898902C", "740812", f"{NOW + 5 * YEAR:%y%m%d}")


def td3_zone(key: mrz.MrzKey = ZONE, issuer: str = "UTO", name: str = "ERIKSSON<<ANNA<MARIA") -> str:
    first = f"P<{issuer:<<3}{name}".ljust(44, "<")
    number = key.number.ljust(9, "<")
    line = number + mrz.check_digit(number) + "UTO" + key.birth + mrz.check_digit(key.birth) + "F"
    line += key.expiry + mrz.check_digit(key.expiry) + "<" * 14 + "0"
    return first + line + mrz.check_digit(line[:10] + line[13:20] + line[21:43])


def security_info(protocol: str, *rest: bytes) -> bytes:
    return sequence(oid(protocol), *rest)


@dataclass(frozen=True)
class CardImage:
    """Files by identifier, and the secrets beside them."""

    files: dict[int, bytes]
    key: mrz.MrzKey
    can: str = "500540"
    pace: tuple[str, int] | None = None  # protocol and parameters
    chip_secret: int = 0
    chip_group: Group = BRAINPOOL_256
    active_rsa: rsa.RSAPrivateKey | None = field(default=None, repr=False)
    active_ec: ec.EllipticCurvePrivateKey | None = field(default=None, repr=False)

    def packed(self) -> dict[str, object]:
        """For the pipe to the process that plays it; without the keys of active authentication."""
        group = self.chip_group.parameter_id
        return {
            "files": {str(fid): file.hex() for fid, file in self.files.items()},
            "key": [self.key.number, self.key.birth, self.key.expiry],
            "can": self.can,
            "pace": self.pace,
            "chip_secret": self.chip_secret,
            "chip_group": group,
        }

    @classmethod
    def unpacked(cls, packed: dict[str, Any]) -> CardImage:
        return cls(
            {int(fid): bytes.fromhex(file) for fid, file in packed["files"].items()},
            mrz.MrzKey(*packed["key"]),
            packed["can"],
            tuple(packed["pace"]) if packed["pace"] else None,
            packed["chip_secret"],
            standardised(packed["chip_group"]),
        )

    def without(self, *fids: int) -> CardImage:
        return replace(self, files={fid: file for fid, file in self.files.items() if fid not in fids})

    def with_file(self, fid: int, file: bytes) -> CardImage:
        return replace(self, files={**self.files, fid: file})


PACE_GM = "0.4.0.127.0.7.2.2.4.2.2"
CHIP_AES = "0.4.0.127.0.7.2.2.3.2.2"
CHIP_TDES = "0.4.0.127.0.7.2.2.3.2.1"
EF_CARD_ACCESS, EF_CARD_SECURITY, EF_SOD = 0x011C, 0x011D, 0x011D
MF_ACCESS, MF_SECURITY = 0x10_011C, 0x10_011D  # files of the master file, kept apart from the application's


def card(
    country: Country,
    *,
    pace: tuple[str, int] | None = (PACE_GM, 13),
    chip: str | None = CHIP_AES,
    active: str | None = None,
    photo_size: int = 2000,
    chip_group: Group = BRAINPOOL_256,
    key: mrz.MrzKey = ZONE,
    issuer: str = "UTO",
    name: str = "ERIKSSON<<ANNA<MARIA",
) -> CardImage:
    """A card as this country issues it: DG1, DG2, DG14, DG15 if it answers actively, and EF.SOD over them."""
    chip_secret = 0x1234567890ABCDEF1234567890ABCDEF1234567890ABCDEF
    infos = []
    if pace is not None:
        infos.append(security_info(pace[0], integer(2), integer(pace[1])))
    access = set_of(*infos)
    static = chip_group.power(chip_secret)
    if isinstance(chip_group, Curve):
        key_info = security_info("0.4.0.127.0.7.2.2.1.2", ec_spki(chip_group, static, explicit=True))
    else:
        numbers = sequence(integer(chip_group.p), integer(chip_group.g), integer(chip_group.q))
        public = bits(integer(int.from_bytes(static, "big")))
        key_info = security_info("0.4.0.127.0.7.2.2.1.1", sequence(sequence(oid("1.2.840.10046.2.1"), numbers), public))
    if chip is not None:
        infos += [security_info(chip, integer(1)), key_info]
    active_rsa = active_ec = None
    groups = {1: encode(0x61, encode(0x5F1F, td3_zone(key, issuer, name).encode())), 2: encode(0x75, bytes(photo_size))}
    if active == "rsa":
        active_rsa = rsa_key(2, 1024)
        groups[15] = encode(0x6F, Signer(Hand.RSA, rsa_key=active_rsa).spki)
    elif active == "ecdsa":
        active_ec = ec.generate_private_key(ec.BrainpoolP256R1())
        groups[15] = encode(0x6F, Signer(Hand.ECDSA, ec_key=active_ec).spki)
        infos.append(security_info("2.23.136.1.1.5", integer(1), oid("0.4.0.127.0.7.1.1.4.1.3")))
    groups[14] = encode(0x6E, set_of(*infos))
    files = {0x0100 + number: file for number, file in groups.items()}
    files[EF_SOD] = country.sod(groups)
    if pace is not None:
        files[MF_ACCESS] = access
        signed = set_of(security_info(pace[0], integer(2), integer(pace[1])), key_info)
        files[MF_SECURITY] = country.sign("0.4.0.127.0.7.3.2.1", signed)
    return CardImage(
        files,
        key,
        pace=pace,
        chip_secret=chip_secret,
        chip_group=chip_group,
        active_rsa=active_rsa,
        active_ec=active_ec,
    )
