"""The one-time ticket with which a kiosk becomes known: as a QR code, and as something a person can type.

QR form: `BTE1 <office url> <token>`. Typed form: the token alone, because the technician enters the office's address
in the kiosk's settings anyway. The token is Crockford's base 32 (no I, L, O, U) in groups of four; 16 characters carry
80 random bits, plenty for something that is used once, within an hour, at a door that counts tries.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NewType
from urllib.parse import urlsplit

TicketToken = NewType("TicketToken", str)
"""The token without groups: 16 capital letters and digits."""

PREFIX = "BTE1"
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
TOKEN_BYTES = 10
TOKEN_CHARACTERS = 16
MAX_PAYLOAD = 512
_GROUP = 4
_LOOK_ALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})


class NotATicket(ValueError):
    """The text is no enrolment ticket; `problem` says in which way."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True)
class EnrolmentTicket:
    """Where to enrol, and the token that allows it once."""

    office: str
    token: TicketToken

    def __post_init__(self) -> None:
        address = urlsplit(self.office)
        if address.scheme not in {"http", "https"} or not address.hostname or not self.office.isascii():
            raise NotATicket("no address of an office")
        if len(self.token) != TOKEN_CHARACTERS or not set(self.token) <= set(ALPHABET):
            raise NotATicket("the token is not 16 characters of the alphabet")

    def __repr__(self) -> str:
        # Whoever holds the token can enrol a machine: it must not slip into a log.
        return f"EnrolmentTicket(office={self.office!r}, token=…)"

    @property
    def payload(self) -> str:
        """The text that goes into the QR code."""
        return f"{PREFIX} {self.office} {self.token}"

    @property
    def typed(self) -> str:
        """The token as a technician reads and types it."""
        return grouped(self.token)


def token_from(random: bytes) -> TicketToken:
    """The token of ten random bytes."""
    if len(random) != TOKEN_BYTES:
        raise ValueError(f"a token is made of {TOKEN_BYTES} bytes")
    number = int.from_bytes(random)
    places = range(TOKEN_CHARACTERS - 1, -1, -1)
    return TicketToken("".join(ALPHABET[number >> (5 * place) & 31] for place in places))


def grouped(token: TicketToken) -> str:
    """The token in groups of four, joined by hyphens."""
    return "-".join(token[at : at + _GROUP] for at in range(0, TOKEN_CHARACTERS, _GROUP))


def parse_typed(text: str) -> TicketToken:
    """Read a token as typed: hyphens, spaces, small letters and look-alikes are forgiven.

    Raises:
        NotATicket: not sixteen characters of the alphabet.
    """
    token = "".join(text.upper().replace("-", "").split()).translate(_LOOK_ALIKES)
    if len(token) != TOKEN_CHARACTERS or not set(token) <= set(ALPHABET):
        raise NotATicket("the token is not 16 characters of the alphabet")
    return TicketToken(token)


def parse_payload(payload: bytes) -> EnrolmentTicket:
    """Read the QR code that the office's console shows.

    Raises:
        NotATicket: a stranger's code, a damaged one, or one without an address.
    """
    if len(payload) > MAX_PAYLOAD:
        raise NotATicket("too long")
    try:
        parts = payload.decode("ascii").split()
    except UnicodeDecodeError:
        raise NotATicket("not plain text") from None
    if len(parts) != 3 or parts[0] != PREFIX:
        raise NotATicket("another code")
    return EnrolmentTicket(parts[1], parse_typed(parts[2]))
