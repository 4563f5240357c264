"""National cards of our own making: Belgian, Estonian, Latvian, Finnish and Italian ones, with issuers of their own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from devices.cards.profiles import BELGIAN, IDEMIA, IDEMIA_KEYS, ITALIAN, ITALIAN_IAS, PKCS15
from devices.cards.tlv import encode
from tests.devices.cards.file_cards import FileImage
from tests.devices.cards.issuing import (
    NOW,
    YEAR,
    Country,
    Hand,
    Signer,
    certificate,
    integer,
    name,
    oid,
    revocation_list,
    rsa_key,
    sequence,
)

if TYPE_CHECKING:
    from datetime import date, datetime

    from cryptography.hazmat.primitives.asymmetric import rsa

BELGIAN_ATR = bytes.fromhex("3B9813400AA503010101AD1311")
IDEMIA_ATR = bytes.fromhex("3BDB960080B1FE451F830012233F536549440F9000F1")
LATVIAN_ATR = bytes.fromhex("3BDB960080B1FE451F830012428F536549440F900020")
THALES_ATR = bytes.fromhex("3BFF9600008031FE438031B85365494464B085051012233F1D")
FINNISH_ATR = bytes.fromhex("3B7F9600008031B865B085050011122460829000")
ITALIAN_ATR = bytes.fromhex("3B80800101")


def row(tag: int, text: bytes | str) -> bytes:
    """A row of a Belgian file."""
    value = text.encode() if isinstance(text, str) else text
    return bytes((tag, len(value))) + value


IN_FOUR_YEARS = (NOW + 4 * YEAR).date()


def belgian_identity(*, expiry: date = IN_FOUR_YEARS, birth: str = "01 JANV 1971") -> bytes:
    rows: dict[int, str | bytes] = {
        0x01: "591031042315",
        0x02: bytes(range(16)),
        0x03: "21.10.2025",
        0x04: f"{expiry:%d.%m.%Y}",
        0x05: "Oudergem",
        0x06: "71715100070",
        0x07: "SPECIMEN",
        0x08: "Alice Geldigekaart",
        0x09: "A",
        0x0A: "Belg",
        0x0B: "Hamont-Achel",
        0x0C: birth,
        0x0D: "V",
        0x0E: "",
        0x0F: "1",
        0x10: "0",
        0x11: bytes(20),
    }
    return b"".join(row(tag, text) for tag, text in rows.items())


BELGIAN_ADDRESS = (row(1, "Meirplaatsje 1 bus 1") + row(2, "2000") + row(3, "Antwerpen")).ljust(117, b"\0")


@dataclass(frozen=True)
class Register:
    """An issuer and the one who signs for it: the national register, or the maker of certificates."""

    code: str
    root: Signer
    signer: Signer
    serial: int = 7
    common: str = "RRN"

    @classmethod
    def new(cls, code: str, hand: Hand = Hand.RSA) -> Register:
        return cls(code, Signer.new(hand, 10), Signer.new(hand, 11))

    @property
    def name(self) -> bytes:
        return name(self.code, "Root CA")

    @property
    def root_certificate(self) -> bytes:
        return certificate(self.name, self.root, self.name, self.root)

    @property
    def signer_certificate(self) -> bytes:
        return certificate(name(self.code, self.common), self.signer, self.name, self.root, serial=self.serial)

    def revocation_list(self, *serials: int) -> bytes:
        return revocation_list(self.name, self.root, *serials)

    def of_person(
        self, surname: str, given: str, code: str, valid: tuple[datetime, datetime] = (NOW - YEAR, NOW + 4 * YEAR)
    ) -> bytes:
        """The certificate of somebody's card."""
        parts = {"2.5.4.6": self.code, "2.5.4.4": surname, "2.5.4.42": given, "2.5.4.5": code}
        subject = sequence(
            *(encode(0x31, sequence(oid(kind), encode(0x0C, text.encode()))) for kind, text in parts.items())
        )
        return certificate(subject, self.signer, self.name, self.root, serial=self.serial, valid=valid)


def belgian(register: Register, identity: bytes | None = None) -> FileImage:
    """A Belgian card, identity and address signed."""
    said = belgian_identity() if identity is None else identity
    signature = register.signer.sign(said)
    files = {
        "DF014031": said,
        "DF014032": signature,
        "DF014033": BELGIAN_ADDRESS,
        "DF014034": register.signer.sign(BELGIAN_ADDRESS.rstrip(b"\0") + signature),
        "DF00503C": register.signer_certificate,
    }
    return FileImage(BELGIAN_ATR, {BELGIAN: files})


def estonian(register: Register, *, thales: bool = False, expiry: date = IN_FOUR_YEARS) -> FileImage:
    """An Estonian card of either maker."""
    texts = {
        "5001": "JÕEORG",
        "5002": "JAAK-KRISTJAN",
        "5003": "M",
        "5004": "EST",
        "5005": "08 01 1980 EST",
        "5006": "38001085718",
        "5007": "AS0000001",
        "5008": f"{expiry:%d %m %Y}",
    }
    folder, certified = ("DFDD", "ADF13411") if thales else ("5000", "ADF13401")
    files = {folder + path: text.encode() for path, text in texts.items()}
    files[certified] = register.of_person("JÕEORG", "JAAK-KRISTJAN", "PNOEE-38001085718")
    if thales:
        return FileImage(THALES_ATR, {PKCS15: files})
    return FileImage(IDEMIA_ATR, {IDEMIA: files, IDEMIA_KEYS: {"3401": files[certified]}})


def latvian(register: Register, code: str = "PNOLV-210860-10528") -> FileImage:
    """A Latvian card."""
    return FileImage(
        LATVIAN_ATR, {IDEMIA: {"D003": b"1"}, IDEMIA_KEYS: {"3401": register.of_person("KULIŠS", "SERGEJS", code)}}
    )


def finnish(register: Register) -> FileImage:
    """A Finnish card."""
    return FileImage(FINNISH_ATR, {PKCS15: {"4331": register.of_person("MEIKÄLÄINEN", "MATTI", "99900187T")}})


def italian(country: Country, number: bytes = b"123456789012") -> FileImage:
    """An Italian card as it shows itself unopened."""
    key = rsa_key(20)
    numbers = key.public_key().public_numbers()
    public = sequence(integer(numbers.n), integer(numbers.e))
    files = {"1001": number, "1005": public, "1006": country.sod({0xA1: number, 0xA5: public})}
    return FileImage(ITALIAN_ATR, {ITALIAN_IAS: {"0001": b"1"}, ITALIAN: files}, key)


def copied(image: FileImage) -> FileImage:
    """The same files on another chip."""
    other: rsa.RSAPrivateKey = rsa_key(21)
    return replace(image, key=other)
