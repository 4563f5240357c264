"""A chip made of a card image: the other end of the wire, honest or not (ICAO 9303-11 from the card's side)."""

from __future__ import annotations

import hashlib
from enum import Enum, auto

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from devices.cards import tlv
from devices.cards.apdu import CommandApdu, ResponseApdu
from devices.cards.ciphers import Suite, pad, unpad
from devices.cards.curves import Curve
from devices.cards.emrtd import APPLICATION
from devices.cards.errors import CardLeft
from devices.cards.pace import Password, PasswordKind, password_key, pseudo_random, token
from devices.cards.security_infos import Mapping, PaceChoice, parse
from tests.devices.cards.issuing import BRAINPOOL_256, MF_ACCESS, CardImage

OK = 0x9000


class Twist(Enum):
    """What a dishonest or broken chip does."""

    REFLECTS_KEY = auto()
    REFLECTS_MAPPING = auto()
    OFF_CURVE = auto()
    FLIPS_TOKEN = auto()
    ANSWERS_PLAINLY = auto()
    SLIPS_COUNTER = auto()
    FLIPS_MAC = auto()
    LEAVES_OUT_STATUS = auto()
    CLONED = auto()


class Chip:
    """Answers commands out of the image; `leaves_at` is the number of the command at which the card is pulled."""

    def __init__(
        self, image: CardImage, twist: Twist | None = None, *, leaves_at: int | None = None, extended: bool = True
    ) -> None:
        self.image = image
        self.twist = twist
        self.leaves_at = leaves_at
        self.extended = extended
        self.count = 0
        self.secret = 0x0FEDCBA987654321FEDCBA987654321 + len(image.files)
        self.reset()

    def reset(self) -> None:
        """Forget the session, as a chip without power does."""
        self.sm: tuple[Suite, bytes, bytes] | None = None
        self.next_sm: tuple[Suite, bytes, bytes] | None = None
        self.ssc = 0
        self.in_application = False
        self.current = b""
        self.challenge = b""
        self.gathered = b""

    # --- the wire

    def exchange(self, command: CommandApdu) -> ResponseApdu:
        self.count += 1
        if self.leaves_at is not None and self.count >= self.leaves_at:
            raise CardLeft
        if not self.extended and not command.fits_short:
            return ResponseApdu(b"", 0x6700)
        if command.cla & 0x10 and command.ins != 0x86:
            self.gathered += command.data
            return ResponseApdu(b"", OK)
        if self.gathered:
            command = CommandApdu(
                command.cla, command.ins, command.p1, command.p2, self.gathered + command.data, command.le
            )
            self.gathered = b""
        if command.cla & 0x0C != 0x0C:
            if self.sm is not None:
                self.sm = None
                return ResponseApdu(b"", 0x6987)
            return self.plain(command)
        return self.secured(command)

    def secured(self, command: CommandApdu) -> ResponseApdu:
        if self.sm is None:
            return ResponseApdu(b"", 0x6988)
        suite, enc, mac = self.sm
        self.ssc += 1
        ssc = self.ssc.to_bytes(suite.block, "big")
        elements = tlv.parse(command.data)
        covered = b"".join(element.encode() for element in elements if element.tag != 0x8E)
        text = ssc + pad(command.header, suite.block) + (pad(covered, suite.block) if covered else b"")
        if tlv.child(elements, 0x8E) != suite.mac(mac, text):
            self.sm = None
            return ResponseApdu(b"", 0x6988)
        data = b""
        for element in elements:
            if element.tag in (0x85, 0x87):
                sealed = element.value[1:] if element.tag == 0x87 else element.value
                data = unpad(suite.decrypt(enc, self.iv(ssc), sealed))
        wanted = tlv.child(elements, 0x97)
        le = None if wanted is None else int.from_bytes(wanted, "big") or 1 << 8 * len(wanted)
        answer = self.plain(CommandApdu(command.cla & ~0x1C, command.ins, command.p1, command.p2, data, le))
        if self.twist is Twist.ANSWERS_PLAINLY and command.ins == 0xB0:
            return answer
        return self.sealed(answer, odd=bool(command.ins & 1))

    def sealed(self, answer: ResponseApdu, *, odd: bool) -> ResponseApdu:
        assert self.sm is not None
        suite, enc, mac = self.sm
        self.ssc += 2 if self.twist is Twist.SLIPS_COUNTER else 1
        ssc = self.ssc.to_bytes(suite.block, "big")
        body = b""
        if answer.data:
            sealed = suite.encrypt(enc, self.iv(ssc), pad(answer.data, suite.block))
            body = tlv.encode(0x85, sealed) if odd else tlv.encode(0x87, b"\x01" + sealed)
        if self.twist is not Twist.LEAVES_OUT_STATUS:
            body += tlv.encode(0x99, answer.sw.to_bytes(2, "big"))
        code = suite.mac(mac, ssc + pad(body, suite.block))
        if self.twist is Twist.FLIPS_MAC:
            code = bytes((code[0] ^ 1,)) + code[1:]
        if self.next_sm is not None:
            self.sm, self.next_sm, self.ssc = self.next_sm, None, 0
        return ResponseApdu(body + tlv.encode(0x8E, code), answer.sw)

    def iv(self, ssc: bytes) -> bytes:
        assert self.sm is not None
        suite, enc, _ = self.sm
        return bytes(8) if suite is Suite.TDES else suite.encrypt(enc, bytes(16), ssc)

    # --- the commands

    def plain(self, command: CommandApdu) -> ResponseApdu:
        match command.ins:
            case 0xA4:
                return self.select(command)
            case 0xB0:
                return self.read(command.p1 << 8 | command.p2, command.le or 0)
            case 0xB1:
                return self.read_far(command)
            case 0x84:
                self.challenge = bytes(range(8))
                return ResponseApdu(self.challenge, OK)
            case 0x82:
                return self.bac(command.data)
            case 0x22:
                return self.announced(command)
            case 0x86:
                return self.general_authenticate(tlv.parse(tlv.only(command.data, 0x7C, "command")))
            case 0x88:
                return self.internal_authenticate(command.data)
            case _:
                return ResponseApdu(b"", 0x6D00)

    def select(self, command: CommandApdu) -> ResponseApdu:
        if command.p1 == 0x04:
            if command.data != APPLICATION:
                return ResponseApdu(b"", 0x6A82)
            self.in_application = True
            return ResponseApdu(b"", OK)
        fid = int.from_bytes(command.data, "big")
        if fid == 0x3F00:
            self.in_application = False
            return ResponseApdu(b"", OK)
        file = self.image.files.get(fid if self.in_application else 0x10_0000 + fid)
        if file is None:
            return ResponseApdu(b"", 0x6A82)
        if self.sm is None and (self.in_application or fid != MF_ACCESS & 0xFFFF):
            return ResponseApdu(b"", 0x6982)
        self.current = file
        return ResponseApdu(b"", OK)

    def read(self, offset: int, le: int) -> ResponseApdu:
        if offset > len(self.current):
            return ResponseApdu(b"", 0x6B00)
        data = self.current[offset : offset + le]
        return ResponseApdu(data, OK if len(data) == le else 0x6282)

    def read_far(self, command: CommandApdu) -> ResponseApdu:
        offset = int.from_bytes(tlv.only(command.data, 0x54, "command"), "big")
        room = (command.le or 0) - (2 if (command.le or 0) < 0x82 else 3 if (command.le or 0) < 0x103 else 4)
        return ResponseApdu(tlv.encode(0x53, self.current[offset : offset + room]), OK)

    def bac(self, data: bytes) -> ResponseApdu:
        seed = self.image.key.seed()
        enc, mac = Suite.TDES.derive(seed, 1), Suite.TDES.derive(seed, 2)
        sealed, code = data[:32], data[32:]
        if Suite.TDES.mac(mac, pad(sealed, 8)) != code:
            return ResponseApdu(b"", 0x6300)
        text = Suite.TDES.decrypt(enc, bytes(8), sealed)
        theirs, their_key = text[:8], text[16:]
        ours = their_key if self.twist is Twist.REFLECTS_KEY else bytes(range(16))
        secret = bytes(a ^ b for a, b in zip(ours, their_key, strict=True))
        answer = Suite.TDES.encrypt(enc, bytes(8), self.challenge + theirs + ours)
        self.sm = (Suite.TDES, Suite.TDES.derive(secret, 1), Suite.TDES.derive(secret, 2))
        self.ssc = int.from_bytes(self.challenge[4:] + theirs[4:], "big")
        return ResponseApdu(answer + Suite.TDES.mac(mac, pad(answer, 8)), OK)

    def announced(self, command: CommandApdu) -> ResponseApdu:
        elements = tlv.parse(command.data)
        if command.p1 == 0xC1:
            assert self.image.pace is not None
            if tlv.oid_text(tlv.child(elements, 0x80) or b"") != self.image.pace[0]:
                return ResponseApdu(b"", 0x6A80)
            kind = PasswordKind(int.from_bytes(tlv.child(elements, 0x83) or b"", "big"))
            if kind is PasswordKind.CAN:
                self.password = Password.of_digits(kind, self.image.can)
            else:
                self.password = Password.of_mrz(self.image.key)
            self.choice = PaceChoice(self.image.pace[0], 2, self.image.pace[1])
            return ResponseApdu(b"", OK)
        if command.p2 == 0xA6:
            return self.chip_session(Suite.TDES, tlv.child(elements, 0x91) or b"")
        self.chip_protocol = tlv.oid_text(tlv.child(elements, 0x80) or b"")
        return ResponseApdu(b"", OK)

    def chip_session(self, suite: Suite, public: bytes) -> ResponseApdu:
        secret = self.image.chip_secret + (self.twist is Twist.CLONED)
        group = self.image.chip_group
        shared = group.secret(group.power(secret, group.checked(public)))
        self.next_sm = (suite, suite.derive(shared, 1), suite.derive(shared, 2))
        return ResponseApdu(b"" if suite is Suite.TDES else b"\x7c\x00", OK)

    def general_authenticate(self, elements: tuple[tlv.Tlv, ...]) -> ResponseApdu:
        if self.sm is not None:
            last = int(self.chip_protocol.rsplit(".", 1)[1])
            suite = (Suite.AES128, Suite.AES192, Suite.AES256)[last - 2]
            return self.chip_session(suite, tlv.child(elements, 0x80) or b"")
        mapping, suite, group = self.choice.resolved()
        if not elements:
            self.nonce = hashlib.sha256(b"nonce").digest()[: 32 if suite.key_size > 16 else 16]
            sealed = suite.encrypt(password_key(suite, self.password), bytes(suite.block), self.nonce)
            return self.answered((0x80, sealed))
        first = elements[0]
        if first.tag == 0x81 and mapping is Mapping.INTEGRATED:
            self.generator = group.integrated(pseudo_random(suite, self.nonce, first.value, group.bits))
            return self.answered((0x82, b""))
        if first.tag == 0x81:
            theirs = group.checked(first.value)
            shared = group.power(self.secret, theirs)
            self.generator = group.combine(group.power(int.from_bytes(self.nonce, "big")), shared)
            ours = theirs if self.twist is Twist.REFLECTS_MAPPING else group.power(self.secret)
            return self.answered((0x82, ours))
        if first.tag == 0x83:
            self.theirs = group.checked(first.value)
            self.ours = group.power(self.secret + 1, self.generator)
            secret = group.secret(group.power(self.secret + 1, self.theirs))
            self.pace_keys = (suite, suite.derive(secret, 1), suite.derive(secret, 2))
            shown = self.theirs if self.twist is Twist.REFLECTS_KEY else self.ours
            if self.twist is Twist.OFF_CURVE:
                shown = shown[:-1] + bytes((shown[-1] ^ 1,))
            return self.answered((0x84, shown))
        return self.confirmed(first.value, mapping, suite, group if isinstance(group, Curve) else BRAINPOOL_256)

    def confirmed(self, claimed: bytes, mapping: Mapping, suite: Suite, curve: Curve) -> ResponseApdu:
        _, _, group = self.choice.resolved()
        _, enc, mac = self.pace_keys
        if claimed != token(suite, mac, self.choice.protocol, group, self.ours):
            return ResponseApdu(b"", 0x6300)
        mine = token(suite, mac, self.choice.protocol, group, self.theirs)
        if self.twist is Twist.FLIPS_TOKEN:
            mine = bytes((mine[0] ^ 1,)) + mine[1:]
        parts = [(0x86, mine)]
        if mapping is Mapping.CHIP_AUTHENTICATION:
            static = self.image.chip_secret + (self.twist is Twist.CLONED)
            factor = self.secret * pow(static, -1, curve.order) % curve.order
            iv = suite.encrypt(enc, bytes(16), b"\xff" * 16)
            parts.append((0x8A, suite.encrypt(enc, iv, pad(factor.to_bytes(curve.size, "big"), 16))))
        self.sm, self.ssc = self.pace_keys, 0
        return self.answered(*parts)

    def answered(self, *parts: tuple[int, bytes]) -> ResponseApdu:
        return ResponseApdu(tlv.encode(0x7C, b"".join(tlv.encode(tag, value) for tag, value in parts)), OK)

    def internal_authenticate(self, challenge: bytes) -> ResponseApdu:
        if self.twist is Twist.CLONED:
            challenge = bytes(8)
        if self.image.active_rsa is not None:
            numbers = self.image.active_rsa.private_numbers()
            n = numbers.public_numbers.n
            size = (n.bit_length() + 7) // 8
            recovered = bytes(size - 2 - 20)
            digest = hashlib.sha1(recovered + challenge, usedforsecurity=False).digest()
            text = b"\x6a" + recovered + digest + b"\xbc"
            return ResponseApdu(pow(int.from_bytes(text, "big"), numbers.d, n).to_bytes(size, "big"), OK)
        assert self.image.active_ec is not None
        r, s = decode_dss_signature(self.image.active_ec.sign(challenge, ec.ECDSA(hashes.SHA256())))
        return ResponseApdu(r.to_bytes(32, "big") + s.to_bytes(32, "big"), OK)


def offered(image: CardImage) -> PaceChoice:
    """The one way in that the image's EF.CardAccess names."""
    return parse(image.files[MF_ACCESS]).pace[0]
