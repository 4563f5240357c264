"""The secured session: every command and answer encrypted, counted and authenticated (ICAO 9303-11 section 9.8)."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from devices.cards import tlv
from devices.cards.apdu import LONGEST_LE, SHORT_LE, CommandApdu, ResponseApdu
from devices.cards.ciphers import MAC_SIZE, Suite, pad, unpad
from devices.cards.errors import Deceived, Malformed

if TYPE_CHECKING:
    from devices.cards.apdu import Link

SECURED = 0x0C  # bits of CLA: secure messaging, header authenticated
WRONG_LENGTH = 0x6700
STEP = "secure messaging"
CODE_HEADER = bytes((0x8E, MAC_SIZE))
CODE_SIZE = len(CODE_HEADER) + MAC_SIZE


@dataclass(frozen=True, slots=True)
class SessionKeys:
    """What both ends know after BAC, PACE or chip authentication."""

    suite: Suite
    enc: bytes = field(repr=False)
    mac: bytes = field(repr=False)
    counter: int = field(default=0, repr=False)

    @classmethod
    def derived(cls, suite: Suite, secret: bytes, counter: int = 0) -> SessionKeys:
        """The keys out of a shared secret (9.7.4)."""
        return cls(suite, suite.derive(secret, 1), suite.derive(secret, 2), counter)


class SecureChannel:
    """A link that secures each command and trusts no answer that is not; after the first wrong one it stays closed."""

    def __init__(self, link: Link, keys: SessionKeys) -> None:
        self.link = link  # the one around which the next channel is laid, after chip authentication
        self.keys = keys
        self._counter = keys.counter
        self._broken = False

    def exchange(self, command: CommandApdu) -> ResponseApdu:
        """The card's answer, authenticated and in the clear.

        The one plain answer let through is 6700 to an extended command: the card's transport refused its length before
        its secure messaging saw it, so the counter goes back and the caller may ask for less.

        Raises:
            Deceived: the answer is plain, forged, replayed or out of order; the session is over.
            Malformed: the answer does not decode; the session is over.
        """
        if self._broken:
            raise Deceived(STEP, "the session is over")
        before = self._counter
        secured = self._secured(command)
        self._broken = True  # until this answer has proved itself, whatever the links beneath may raise
        answer = self.link.exchange(secured)
        if answer.sw == WRONG_LENGTH and not answer.data and not secured.fits_short:
            self._counter = before
            self._broken = False
            return answer
        opened = self._opened(answer)
        self._broken = False
        return opened

    def _secured(self, command: CommandApdu) -> CommandApdu:
        suite, cla = self.keys.suite, command.cla | SECURED
        header = bytes((cla, command.ins, command.p1, command.p2))
        ssc = self._next()
        body = b""
        if command.data:
            sealed = suite.encrypt(self.keys.enc, self._iv(ssc), pad(command.data, suite.block))
            body += tlv.encode(0x85, sealed) if command.ins & 1 else tlv.encode(0x87, b"\x01" + sealed)
        if command.le is not None:
            size = 1 if command.le <= SHORT_LE else 2
            body += tlv.encode(0x97, (command.le & (1 << 8 * size) - 1).to_bytes(size, "big"))
        text = ssc + pad(header, suite.block) + (pad(body, suite.block) if body else b"")
        body += tlv.encode(0x8E, suite.mac(self.keys.mac, text))
        short = len(body) <= 0xFF and (command.le is None or command.le <= SHORT_LE)
        le = SHORT_LE if short else LONGEST_LE
        return CommandApdu(cla, command.ins, command.p1, command.p2, body, le)

    def _opened(self, answer: ResponseApdu) -> ResponseApdu:
        suite, ssc = self.keys.suite, self._next()
        if not answer.data:
            raise Deceived(STEP, f"plain answer {answer.sw:04X}")
        try:
            elements = tlv.parse(answer.data)
        except Malformed as malformed:
            raise Deceived(STEP, "plain or broken answer") from malformed
        tags = tuple(element.tag for element in elements)
        in_order = tags in ((0x87, 0x99, 0x8E), (0x85, 0x99, 0x8E), (0x99, 0x8E))
        if not in_order or answer.data[-CODE_SIZE:-MAC_SIZE] != CODE_HEADER:
            raise Deceived(STEP, "elements missing or out of order")
        said, told = elements[-2], elements[-1]
        covered = answer.data[:-CODE_SIZE]
        expected = suite.mac(self.keys.mac, ssc + pad(covered, suite.block))
        if not hmac.compare_digest(expected, told.value):
            raise Deceived(STEP, "wrong MAC")
        if len(said.value) != 2 or int.from_bytes(said.value, "big") != answer.sw:
            raise Deceived(STEP, "status words differ")
        if len(elements) == 2:
            return ResponseApdu(b"", answer.sw)
        sealed = elements[0].value
        if elements[0].tag == 0x87:
            if sealed[:1] != b"\x01":
                raise Malformed("answer", "padding indicator")
            sealed = sealed[1:]
        plain = suite.decrypt(self.keys.enc, self._iv(ssc), sealed) if sealed else b""
        return ResponseApdu(unpad(plain), answer.sw)

    def _next(self) -> bytes:
        self._counter += 1
        if self._counter >> 8 * self.keys.suite.block:
            raise Deceived(STEP, "the counter has run out")
        return self._counter.to_bytes(self.keys.suite.block, "big")

    def _iv(self, ssc: bytes) -> bytes:
        if self.keys.suite is Suite.TDES:
            return bytes(8)
        return self.keys.suite.encrypt(self.keys.enc, bytes(16), ssc)
