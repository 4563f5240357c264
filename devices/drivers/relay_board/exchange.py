"""Who says what when, between us and a relay board, without I/O: scripts (`devices.drivers.scripts`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from devices.drivers.relay_board.frames import answer_in
from devices.drivers.scripts import Listen, Send

if TYPE_CHECKING:
    from devices.drivers.relay_board.frames import Answer, Request
    from devices.drivers.scripts import Script

ANSWER_WITHIN: Final = 0.15
"""Seconds; at 9600 baud question, answer and the board's turnaround take 40 to 60 milliseconds."""

QUIET: Final = 0.005
"""Seconds of silence before a request: three and a half bytes at 9600 baud say where a packet ends."""

_QUIET_WITHIN: Final = 0.1
_KEPT: Final = 512


def ask(request: Request, now: float, tries: int) -> Script[Answer | None]:
    """Send a request, at most `tries` times, until it is answered; None when it never was.

    What came before the request was sent is nobody's answer and is dropped.
    """
    for _ in range(tries):
        quiet_by = now + _QUIET_WITHIN
        while (heard := (yield Listen(QUIET))).received and heard.now < quiet_by:
            pass
        yield Send(request.frame)
        now, deadline, received = heard.now, heard.now + ANSWER_WITHIN, b""
        while now < deadline:
            heard = yield Listen(deadline - now)
            now = heard.now
            received = (received + heard.received)[-_KEPT:]
            if (answer := answer_in(received, request)) is not None:
                return answer
    return None
