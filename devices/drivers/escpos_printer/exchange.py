"""Who says what when, between us and the printer, without I/O: scripts (`devices.drivers.scripts`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from devices.conditions import Need, NeedsStaff
from devices.drivers.escpos_printer.frames import (
    ABANDON,
    CONFIRM,
    Answers,
    Ask,
    error_need,
    has_error,
    is_answer,
    is_confirmation,
    question,
    stopped_by,
)
from devices.drivers.scripts import Heard, Listen, Script, Send
from devices.roles import NotPrinted, Printed, PrintOutcome, PrintUnknown

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

ANSWER_WITHIN: Final = 0.35
"""Seconds for a first answer in a condition round; a printer answers within milliseconds, a serial line within 20."""

SILENT_AFTER: Final = 2.0
"""Seconds without any answer while printing, after which nobody knows what became of the paper."""

PRINTED_WITHIN: Final = 30.0
"""Seconds from the last byte to the confirmation; the slowest printer needs ten for the longest receipt."""

_POLL: Final = 0.2


def ask_all(now: float) -> Script[Answers]:
    """Ask the four questions; the whole takes at most `ANSWER_WITHIN` and a little, also when there is no answer."""
    deadline = now + ANSWER_WITHIN
    said: list[int | None] = []
    for ask in Ask:
        # After one silence the others are not waited for: the kiosk is.
        said.append(None if None in said else (yield from _ask(ask, deadline)))
    return Answers(*said)


def clear(now: float) -> Script[None]:
    """Have the printer forget what somebody sent before us, a command that was cut off in its middle above all.

    Whatever lacks the rest of such a command would be taken for it: the next slip, and the question how it went.
    """
    yield Send(ABANDON)
    # It confirms with three bytes (37 25 00), the last of which would pass for another confirmation.
    yield from _first(lambda byte: byte == 0, now + _POLL)


def print_job(job: Iterable[bytes], now: float) -> Script[PrintOutcome]:
    """Send a job that ends with its cut, and stay until the printer has confirmed it or told why not.

    The job comes in pieces, each of which ends where a command ends; after each the printer is asked how it is.
    The printer must have been found `Ready` just before.
    """
    for piece in job:
        yield Send(piece)
        verdict, now = yield from _trouble(now + SILENT_AFTER)
        if verdict is not None:
            return verdict
    yield Send(CONFIRM)
    deadline, heard_last = now + PRINTED_WITHIN, now
    while now < deadline:
        byte, now = yield from _first(is_confirmation, now + _POLL)
        if byte is not None:
            return (yield from _after_confirmation(now))
        verdict, now = yield from _trouble(heard_last + SILENT_AFTER, is_confirmation)
        match verdict:
            case None:
                heard_last = now
            case Printed():
                return (yield from _after_confirmation(now))
            case _:
                return verdict
    yield Send(ABANDON)
    return PrintUnknown()


def _after_confirmation(now: float) -> Script[PrintOutcome]:
    """All was done, the cut too; only a blade that stuck on its way back speaks against it now."""
    cause = yield from _ask(Ask.ERROR_CAUSE, now + ANSWER_WITHIN)
    if cause is not None and error_need(cause) is Need.CLEAR_CUTTER:
        yield Send(ABANDON)
        return NotPrinted(NeedsStaff(Need.CLEAR_CUTTER))
    return Printed()


def _trouble(
    deadline: float, confirms: Callable[[int], bool] | None = None
) -> Generator[Send | Listen, Heard, tuple[PrintOutcome | None, float]]:
    """Ask whether the printer had to stop; if so, clear its buffer and say why. Also says the time.

    `confirms` recognises the answer to an earlier question, which may come just now: then the outcome is `Printed`.
    """
    yield Send(question(Ask.OFFLINE_CAUSE))
    byte, rest, now = yield from _heard(lambda b: is_answer(b) or (confirms is not None and confirms(b)), deadline)
    if byte is None:
        yield Send(ABANDON)
        return PrintUnknown(), now
    # A printer that finished while it was asked says both at once, in either order.
    if not is_answer(byte) and not any(map(is_answer, rest)):
        # Its answer is still on its way, and must not be taken for one to the next question.
        _, now = yield from _first(is_answer, now + ANSWER_WITHIN)
        return Printed(), now
    if confirms is not None and (confirms(byte) or any(map(confirms, rest))):
        return Printed(), now
    need = stopped_by(byte)
    if need is None and has_error(byte):
        yield Send(question(Ask.ERROR_CAUSE))
        cause, now = yield from _first(is_answer, now + ANSWER_WITHIN)
        need = error_need(cause) if cause is not None else Need.LOOK_AT_IT
    if need is None:
        return None, now
    yield Send(ABANDON)
    # The printer confirms the clearing (37 25 00); nobody needs it, but it must not be taken for a later answer.
    heard = yield Listen(_POLL)
    return NotPrinted(NeedsStaff(need)), heard.now


def _ask(ask: Ask, deadline: float) -> Script[int | None]:
    yield Send(question(ask))
    byte, _ = yield from _first(is_answer, deadline)
    return byte


def _first(wanted: Callable[[int], bool], deadline: float) -> Generator[Send | Listen, Heard, tuple[int | None, float]]:
    """The first wanted byte before the deadline, and the time; whatever else comes is not for us."""
    byte, _, now = yield from _heard(wanted, deadline)
    return byte, now


def _heard(
    wanted: Callable[[int], bool], deadline: float
) -> Generator[Send | Listen, Heard, tuple[int | None, bytes, float]]:
    """The first wanted byte before the deadline, what came at once after it, and the time."""
    heard = yield Listen(0)
    while True:
        for place, byte in enumerate(heard.received):
            if wanted(byte):
                return byte, heard.received[place + 1 :], heard.now
        if heard.now >= deadline:
            return None, b"", heard.now
        heard = yield Listen(deadline - heard.now)
