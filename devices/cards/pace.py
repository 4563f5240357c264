"""Password authenticated connection establishment: the way into today's cards (ICAO 9303-11 section 4.4)."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from devices.cards import tlv
from devices.cards.apdu import SHORT_LE, CommandApdu, ResponseApdu
from devices.cards.ciphers import Suite, pad, unpad
from devices.cards.errors import Deceived, Malformed, PasswordRefused, Refused
from devices.cards.secure_messaging import SecureChannel, SessionKeys
from devices.cards.security_infos import Group, Mapping, PaceChoice

if TYPE_CHECKING:
    from collections.abc import Callable

    from devices.cards.apdu import Link
    from devices.cards.mrz import MrzKey

STEP = "PACE"
# constants of the pseudo-random function of integrated mapping (9303-11, 4.4.3.3.2), by bits of the nonce
_C0 = {
    16: bytes.fromhex("a668892a7c41e3ca739f40b057d85904"),
    32: bytes.fromhex("d463d65234124ef7897054986dca0a174e28df758cbaa03f240616414d5a1676"),
}
_C1 = {
    16: bytes.fromhex("a4e136ac725f738b01c1f60217c188ad"),
    32: bytes.fromhex("54bd7255f0aaf831bec3423fcf39d69b6cbf066677d0faae5aadd99df8e53517"),
}


class PasswordKind(Enum):
    """Which secret opens the card; the value is its reference (9303-11, 4.4.4.1)."""

    MRZ = 1
    CAN = 2
    PIN = 3
    PUK = 4


@dataclass(frozen=True, slots=True)
class Password:
    """A secret and its kind."""

    kind: PasswordKind
    secret: bytes = field(repr=False)

    @classmethod
    def of_mrz(cls, key: MrzKey) -> Password:
        """The printed zone."""
        return cls(PasswordKind.MRZ, key.digest())

    @classmethod
    def of_digits(cls, kind: PasswordKind, digits: str) -> Password:
        """CAN, PIN or PUK.

        Raises:
            Malformed: not made of digits; the message does not repeat them.
        """
        if not (digits.isascii() and digits.isdigit() and 4 <= len(digits) <= 16):
            raise Malformed(kind.name, "is not made of digits")
        return cls(kind, digits.encode("ascii"))


@dataclass(frozen=True, slots=True)
class ChipAnswer:
    """What chip authentication mapping brought, to be compared with the chip's signed key (9303-11, 4.4.3.5.2)."""

    group: Group
    mapping_key: bytes = field(repr=False)
    factor: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class PaceSession:
    """An open session; `chip` is there after chip authentication mapping, `tries_left` if the card warned of it."""

    channel: SecureChannel
    choice: PaceChoice
    password: PasswordKind
    chip: ChipAnswer | None
    tries_left: int | None


def password_key(suite: Suite, password: Password) -> bytes:
    """K_π (9303-11, 9.7.3)."""
    return suite.derive(password.secret, 3)


def pseudo_random(suite: Suite, nonce: bytes, key: bytes, bits: int) -> int:
    """R(nonce, key): the number that integrated mapping starts from, at least 64 bits longer than the field.

    Raises:
        Malformed: a nonce length that no suite has.
    """
    if len(nonce) not in _C0:
        raise Malformed(STEP, "nonce")

    def cbc(with_key: bytes, text: bytes) -> bytes:
        return suite.encrypt(with_key, bytes(suite.block), text)

    current = cbc(key, nonce)[: suite.key_size]
    out = b""
    while len(out) * 8 < bits + 64:
        out += cbc(current, _C1[len(nonce)])
        current = cbc(current, _C0[len(nonce)])[: suite.key_size]
    return int.from_bytes(out, "big")


def token(suite: Suite, mac_key: bytes, protocol: str, group: Group, public: bytes) -> bytes:
    """The authentication token over a public key (9303-11, 4.4.3.4)."""
    inside = tlv.encode(0x06, tlv.oid_bytes(protocol)) + group.token_element(public)
    text = tlv.encode(0x7F49, inside)
    return suite.mac(mac_key, pad(text, suite.block) if suite is Suite.TDES else text)


def secret_scalar(group: Group, random: Callable[[int], bytes]) -> int:
    """A secret number between 1 and the group's order, without bias that matters."""
    size = (group.order.bit_length() + 7) // 8 + 8
    return 1 + int.from_bytes(random(size), "big") % (group.order - 1)


def open_with_pace(
    link: Link, choice: PaceChoice, password: Password, random: Callable[[int], bytes], *, ambiguous: bool = False
) -> PaceSession:
    """The secured session; `random` gives that many unguessable bytes.

    `ambiguous` says that the card offers several groups, so that the one meant must be named.

    Raises:
        PasswordRefused: wrong MRZ, CAN, PIN or PUK, with the tries left if the card tells.
        Refused: the card refused a step for another reason.
        Deceived: reflected key, point off the curve, wrong token.
        Unsupported: a choice this library does not speak.
    """
    return _Pace(link, choice, password, random).run(ambiguous=ambiguous)


class _Pace:
    def __init__(self, link: Link, choice: PaceChoice, password: Password, random: Callable[[int], bytes]) -> None:
        self.mapping, self.suite, self.group = choice.resolved()
        self.link = link
        self.choice = choice
        self.password = password
        self.random = random

    def run(self, *, ambiguous: bool) -> PaceSession:
        tries_left = self._announce(ambiguous=ambiguous)
        nonce = self._nonce()
        generator, mapping_key = self._mapped(nonce)
        ours = secret_scalar(self.group, self.random)
        our_key = self.group.power(ours, generator)
        their_key = self.group.checked(self._asked(0x83, our_key, 0x84))
        if hmac.compare_digest(their_key, our_key):
            raise Deceived(STEP, "reflected key")
        keys = SessionKeys.derived(self.suite, self.group.secret(self.group.power(ours, their_key)))
        chip = self._authenticated(keys, our_key, their_key, mapping_key)
        return PaceSession(SecureChannel(self.link, keys), self.choice, self.password.kind, chip, tries_left)

    def _announce(self, *, ambiguous: bool) -> int | None:
        body = tlv.encode(0x80, tlv.oid_bytes(self.choice.protocol))
        body += tlv.encode(0x83, bytes((self.password.kind.value,)))
        if ambiguous and self.choice.parameter_id is not None:
            body += tlv.encode(0x84, bytes((self.choice.parameter_id,)))
        answer = self.link.exchange(CommandApdu(0x00, 0x22, 0xC1, 0xA4, body))
        if answer.sw & 0xFFF0 == 0x63C0:  # a warning: so many tries are left
            return answer.sw & 0x0F
        if not answer.ok:
            raise Refused(STEP, answer.sw)
        return None

    def _nonce(self) -> bytes:
        elements = self._step(b"", last=False)
        sealed = tlv.child(elements, 0x80)
        if sealed is None or not self.suite.block <= len(sealed) <= 32 or len(sealed) % self.suite.block:
            raise Malformed(STEP, "nonce")
        return self.suite.decrypt(password_key(self.suite, self.password), bytes(self.suite.block), sealed)

    def _mapped(self, nonce: bytes) -> tuple[bytes, bytes]:
        """The mapped generator, and the chip's key of the mapping, empty for integrated mapping."""
        if self.mapping is Mapping.INTEGRATED:
            key = self.random(self.suite.key_size)
            self._step(tlv.encode(0x81, key), last=False)
            return self.group.integrated(pseudo_random(self.suite, nonce, key, self.group.bits)), b""
        ours = secret_scalar(self.group, self.random)
        our_key = self.group.power(ours)
        their_key = self.group.checked(self._asked(0x81, our_key, 0x82))
        if hmac.compare_digest(their_key, our_key):
            raise Deceived(STEP, "reflected key")
        shared = self.group.power(ours, their_key)
        return self.group.combine(self.group.power(int.from_bytes(nonce, "big"), None), shared), their_key

    def _authenticated(
        self, keys: SessionKeys, our_key: bytes, their_key: bytes, mapping_key: bytes
    ) -> ChipAnswer | None:
        protocol = self.choice.protocol
        mine = token(self.suite, keys.mac, protocol, self.group, their_key)
        elements = self._step(tlv.encode(0x85, mine), last=True)
        theirs = tlv.child(elements, 0x86) or b""
        if not hmac.compare_digest(theirs, token(self.suite, keys.mac, protocol, self.group, our_key)):
            raise Deceived(STEP, "wrong token")
        if self.mapping is not Mapping.CHIP_AUTHENTICATION:
            return None
        sealed = tlv.child(elements, 0x8A)
        if not sealed:
            raise Deceived(STEP, "no chip authentication in the answer")
        iv = self.suite.encrypt(keys.enc, bytes(self.suite.block), b"\xff" * self.suite.block)
        return ChipAnswer(self.group, mapping_key, unpad(self.suite.decrypt(keys.enc, iv, sealed)))

    def _asked(self, tag: int, value: bytes, answered: int) -> bytes:
        theirs = tlv.child(self._step(tlv.encode(tag, value), last=False), answered)
        if theirs is None:
            raise Malformed(STEP, f"no element {answered:X}")
        return theirs

    def _step(self, body: bytes, *, last: bool) -> tuple[tlv.Tlv, ...]:
        data = tlv.encode(0x7C, body)
        answer = self.link.exchange(CommandApdu(0x00 if last else 0x10, 0x86, 0, 0, data, SHORT_LE))
        if not answer.ok:
            raise _refusal(answer, last=last)
        return tlv.parse(tlv.only(answer.data, 0x7C, STEP))


def _refusal(answer: ResponseApdu, *, last: bool) -> Refused:
    if answer.sw & 0xFFF0 == 0x63C0:
        return PasswordRefused(STEP, answer.sw, answer.sw & 0x0F)
    # the token is the first thing that shows whether both know the same password; 6982 is what some chips say of it
    if last and answer.sw in (0x6300, 0x6982, 0x6988):
        return PasswordRefused(STEP, answer.sw, None)
    return Refused(STEP, answer.sw)


def proves_chip(answer: ChipAnswer, static_key: bytes) -> bool:
    """Whether the chip that opened the session holds the secret of its signed key (chip authentication mapping).

    Raises:
        Deceived: the signed key is not of the session's group.
    """
    group = answer.group
    public = group.checked(static_key)
    factor = int.from_bytes(answer.factor, "big")
    if not 0 < factor < group.order:
        return False
    return hmac.compare_digest(group.power(factor, public), answer.mapping_key)
