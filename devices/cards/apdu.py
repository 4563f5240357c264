"""One command to the card and its answer, as bytes (ISO/IEC 7816-4 section 5); and the link that carries them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from devices.cards.errors import Malformed

SHORT_DATA = 255  # most bytes of data in a short command
SHORT_LE = 256  # most bytes a short command can ask for
LONGEST_DATA = 65_535
LONGEST_LE = 65_536
LONGEST_RESPONSE = LONGEST_LE + 2

OK = 0x9000


@dataclass(frozen=True, slots=True)
class CommandApdu:
    """One command; `le` is how many bytes are wanted at most (1 to 65536), None for none.

    Raises:
        ValueError: a field that no APDU can hold; that is a slip of the caller, never of the card.
    """

    cla: int
    ins: int
    p1: int
    p2: int
    data: bytes = field(default=b"", repr=False)
    le: int | None = None

    def __post_init__(self) -> None:
        if not all(0 <= octet <= 0xFF for octet in (self.cla, self.ins, self.p1, self.p2)):
            raise ValueError("a header field is not a byte")
        if len(self.data) > LONGEST_DATA:
            raise ValueError("more data than an extended APDU can hold")
        if self.le is not None and not 1 <= self.le <= LONGEST_LE:
            raise ValueError("le is 1 to 65536")

    @property
    def header(self) -> bytes:
        """CLA INS P1 P2."""
        return bytes((self.cla, self.ins, self.p1, self.p2))

    @property
    def fits_short(self) -> bool:
        """Whether the short form can hold it."""
        return len(self.data) <= SHORT_DATA and (self.le is None or self.le <= SHORT_LE)

    def encode(self) -> bytes:
        """The bytes for the card: short form when it fits, extended otherwise (ISO/IEC 7816-4, 5.1)."""
        if self.fits_short:
            body = bytes((len(self.data),)) + self.data if self.data else b""
            tail = b"" if self.le is None else bytes((self.le & 0xFF,))
            return self.header + body + tail
        body = b"\x00" + len(self.data).to_bytes(2, "big") + self.data if self.data else b""
        tail = b"" if self.le is None else (self.le & 0xFFFF).to_bytes(2, "big")
        return self.header + (body or b"\x00") + tail

    @classmethod
    def decode(cls, raw: bytes) -> CommandApdu:
        """The command in these bytes.

        Raises:
            Malformed: lengths that contradict each other.
        """
        if not 4 <= len(raw) <= 4 + 3 + LONGEST_DATA + 2:
            raise Malformed("command", "length")
        header, body = raw[:4], raw[4:]
        if not body:
            return cls(*_four(header))
        if len(body) == 1:
            return cls(*_four(header), le=body[0] or SHORT_LE)
        if body[0] != 0:
            return cls._with_data(header, body[1:], body[0], 1)
        if len(body) < 3:
            raise Malformed("command", "cut off in its lengths")
        first = int.from_bytes(body[1:3], "big")
        if len(body) == 3:
            return cls(*_four(header), le=first or LONGEST_LE)
        return cls._with_data(header, body[3:], first, 2)

    @classmethod
    def _with_data(cls, header: bytes, rest: bytes, length: int, le_size: int) -> CommandApdu:
        data, tail = rest[:length], rest[length:]
        if length == 0 or len(data) != length or len(tail) not in (0, le_size):
            raise Malformed("command", "Lc and length differ")
        le = (int.from_bytes(tail, "big") or (1 << 8 * le_size)) if tail else None
        return cls(*_four(header), data=data, le=le)


@dataclass(frozen=True, slots=True)
class ResponseApdu:
    """What the card answered; `sw` is SW1 SW2 as one number."""

    data: bytes = field(repr=False)
    sw: int

    def __repr__(self) -> str:
        return f"ResponseApdu({len(self.data)} bytes, sw={self.sw:04X})"

    @property
    def ok(self) -> bool:
        """Whether the card is content (9000)."""
        return self.sw == OK

    def encode(self) -> bytes:
        """As the card sends it."""
        return self.data + self.sw.to_bytes(2, "big")

    @classmethod
    def decode(cls, raw: bytes) -> ResponseApdu:
        """The answer in these bytes.

        Raises:
            Malformed: shorter than a status word or longer than any answer can be.
        """
        if not 2 <= len(raw) <= LONGEST_RESPONSE:
            raise Malformed("answer", "length")
        return cls(raw[:-2], int.from_bytes(raw[-2:], "big"))


def _four(header: bytes) -> tuple[int, int, int, int]:
    cla, ins, p1, p2 = header
    return cla, ins, p1, p2


class Link(Protocol):
    """Whoever takes a command to the card and brings the answer back."""

    def exchange(self, command: CommandApdu) -> ResponseApdu:
        """The card's answer to one command.

        Raises:
            LinkFailed: the wire failed or the card is gone.
            CardError: what the links in between have to say.
        """
        ...
