"""The words of upsd: questions and answers as lines of text (Network UPS Tools, RFC 9271)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from devices.errors import ProtocolError

LONGEST: Final = 1024
"""Bytes of an answer; upsd's own are shorter."""

NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""What a UPS may be called."""

_ANSWER = re.compile(r'VAR (\S+) (\S+) "((?:[^"\\]|\\["\\])*)"')
_ERROR = re.compile(r"ERR ([A-Z-]{1,40})(?: .*)?")


@dataclass(frozen=True)
class Trouble:
    """upsd cannot say; `code` is its word, such as DATA-STALE."""

    code: str


def get(ups: str, variable: str) -> bytes:
    """The question for one variable (RFC 9271, section 4.2.3)."""
    return f"GET VAR {ups} {variable}\n".encode("ascii")


def answer(line: bytes, ups: str, variable: str) -> str | Trouble:
    """What was answered.

    Raises:
        ProtocolError: no answer to this question.
    """
    try:
        text = line.decode("ascii").rstrip("\r\n")
    except UnicodeDecodeError:
        raise ProtocolError from None
    if (error := _ERROR.fullmatch(text)) is not None:
        return Trouble(error[1])
    found = _ANSWER.fullmatch(text)
    if found is None or (found[1], found[2]) != (ups, variable):
        raise ProtocolError
    return re.sub(r"\\(.)", r"\1", found[3])


@dataclass(frozen=True)
class Status:
    """What `ups.status` says that concerns a kiosk (RFC 9271, section 5.1)."""

    on_battery: bool
    low: bool
    forced_down: bool
    replace: bool

    @classmethod
    def read(cls, value: str) -> Status:
        """From the words of the variable; words that are not known say nothing."""
        said = set(value.split())
        return cls("OB" in said, "LB" in said, "FSD" in said, "RB" in said)
