"""Codes out of a scanner's byte stream, without I/O: a code ends with CR or LF, or with a pause.

A scanner may prefix its AIM identifier (ISO/IEC 15424, `]Q1` for QR) or wrap the code in STX and ETX; both are
taken off.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_CODE: Final = 1024
"""Bytes of one code that are kept; what follows, up to the end of the code, is dropped."""

GAP: Final = 0.05
"""Seconds of silence that end a code without terminator; at 9600 baud a byte takes one millisecond."""

AGAIN: Final = 2.0
"""Seconds in which the same code counts once: a scanner in presentation mode reads on while the letter lies there."""

_END = re.compile(rb"[\r\n]")
_AIM = re.compile(rb"\A\][A-Za-z][0-9A-Za-z]")
_STX, _ETX = b"\x02", b"\x03"


class CodeFramer:
    """Feed it every byte with the time it came; it answers with the codes that ended."""

    def __init__(self) -> None:
        self._kept = bytearray()
        self._last_byte = 0.0
        self._last_code = b""
        self._last_seen = float("-inf")

    def feed(self, received: bytes, now: float) -> Sequence[bytes]:
        """The codes that ended with these bytes, or by the silence before `now`; call it with b"" when time passed."""
        codes: list[bytes] = []
        if self._kept and now - self._last_byte >= GAP:
            codes += self._end(now)
        if received:
            self._last_byte = now
        *ended, rest = _END.split(received)
        for piece in ended:
            self._keep(piece)
            codes += self._end(now)
        self._keep(rest)
        return codes

    def forget(self) -> None:
        """Drop a half-received code and the memory of the last one: a new citizen may show the same letter."""
        self._kept.clear()
        self._last_code = b""
        self._last_seen = float("-inf")

    def _keep(self, piece: bytes) -> None:
        # Room for the wrapping on top of the code itself.
        self._kept += piece[: MAX_CODE + 8 - len(self._kept)]

    def _end(self, now: float) -> list[bytes]:
        code = bytes(self._kept).removeprefix(_STX)
        self._kept.clear()
        code = _AIM.sub(b"", code).removesuffix(_ETX)[:MAX_CODE]
        if not code:
            return []
        repeated = code == self._last_code and now - self._last_seen < AGAIN
        self._last_code, self._last_seen = code, now
        return [] if repeated else [code]
