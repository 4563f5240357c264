"""Who says what when, between us and a ZVT terminal, without I/O: scripts (`devices.drivers.scripts`).

We command; the terminal says yes and is master until it ends with a completion or an abort, each of its packets
answered by us. Whoever commands lends an `Audience`, which hears what happens meanwhile and decides about the goods.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import TYPE_CHECKING, Final, Protocol

from devices.drivers.zvt_terminal import bitmaps, codes
from devices.drivers.zvt_terminal.bitmaps import Prints, Status
from devices.drivers.zvt_terminal.frames import UNKNOWN, YES, Apdu
from devices.errors import ProtocolError
from devices.payments import Advice

if TYPE_CHECKING:
    from devices.drivers.scripts import Script
    from devices.drivers.zvt_terminal.links import Link
    from devices.payments import Booking, Slip

ANSWER_WITHIN: Final = 5.0
"""T3: seconds for the first answer to a command."""

WORKING_WITHIN: Final = 180.0
"""T4: seconds between two packets while the terminal works."""

LONGEST: Final = 900.0
"""Seconds for a whole command; a terminal that talks on for longer is not believed to end."""

DECIDE_WITHIN: Final = 2.0
"""Seconds for which the goods are waited for before the terminal is told to ask again; well within T3."""

ABORT: Final = Apdu(0x06B0)
NOT_ISSUED: Final = Apdu(0x8466)
STILL_ISSUING: Final = Apdu(0x849C)

_ABORT_HEARD_WITHIN: Final = 0.4
_MOST_PACKETS: Final = 5000


class Audience(Protocol):
    """Who commands: is told what happens, and asked what only she knows."""

    def hint(self, advice: Advice) -> None:
        """The citizen should do this now."""
        ...

    def authorised(self, booking: Booking) -> None:
        """The card was accepted; nothing is booked until this returns."""
        ...

    def issued(self, within: float) -> int | None:
        """How many cents' worth was issued; None: not known yet."""
        ...

    def stopping(self) -> bool:
        """Whether she wants it to end early."""
        ...


class End(Enum):
    """How a command ended."""

    COMPLETED = auto()
    """06 0F."""
    ABORTED = auto()
    """06 1E; `code` says why."""
    REFUSED = auto()
    """The command was not taken; `code` says why."""
    ACCEPTED = auto()
    """The command was taken, and no more was to come."""
    SILENT = auto()
    """No answer, or none any more."""


@dataclass(frozen=True)
class Ended:
    """How a command ended and what was said until then."""

    end: End
    code: int = 0
    status: Status | None = None
    """The last status information that told an amount, a result or totals."""
    authorised: Booking | None = None
    verdict: int | None = None
    """The cents' worth issued, as we answered."""
    reversing: bool = False
    data: bytes = b""
    """What the completion carried."""
    slips: tuple[Slip, ...] = ()


@dataclass(frozen=True)
class Manner:
    """How a command is led: `goods`: the terminal asks whether they were issued; `parts`: part of them will do."""

    pays: bool = False
    goods: bool = False
    parts: bool = False
    stoppable: bool = False
    answer_only: bool = False
    answer_within: float = ANSWER_WITHIN
    working_within: float = WORKING_WITHIN
    longest: float = LONGEST


@dataclass
class _Course:
    """What has become of a command so far."""

    booking: Booking | None = None
    status: Status | None = None
    verdict: int | None = None
    reversing: bool = False
    abort_sent_at: float | None = None
    told: bool = False


class _Nobody:
    """An audience that has gone; the terminal still has to be heard out."""

    def hint(self, advice: Advice) -> None:
        pass

    def authorised(self, booking: Booking) -> None:
        pass

    def issued(self, within: float) -> int | None:  # noqa: ARG002  an audience's signature
        return 0

    def stopping(self) -> bool:
        return False


_LEFT_ALONE: Final = Manner(working_within=10.0, longest=30.0)


def command(link: Link, apdu: Apdu, now: float, audience: Audience, manner: Manner) -> Script[Ended]:
    """Give a command and stay until it has ended.

    Raises:
        Timeout: a serial line does not take what we say.
        ProtocolError: the terminal talks nonsense; what it said before is in what the audience was told.
    """
    link.forget()
    yield from link.send(apdu)
    answer, now = yield from _first_answer(link, now + manner.answer_within)
    if answer is None:
        return Ended(End.SILENT)
    if not answer.accepts:
        return Ended(End.REFUSED, answer.refuses)
    if manner.answer_only:
        return Ended(End.ACCEPTED)
    return (yield from follow(link, now, audience, manner))


def _first_answer(link: Link, deadline: float) -> Script[tuple[Apdu | None, float]]:
    """The answer to a command; what the terminal was still saying of something else is answered and dropped."""
    for _ in range(_MOST_PACKETS):
        apdu, now = yield from link.receive(deadline)
        if apdu is not None and (apdu.accepts or apdu.refuses):
            return apdu, now
        if apdu is not None:
            yield from link.send(_reply(apdu))
        if now >= deadline:
            return None, now
    raise ProtocolError


def follow(link: Link, now: float, audience: Audience, manner: Manner) -> Script[Ended]:
    """Serve the terminal while it is master, until it ends."""
    course, prints = _Course(), Prints()
    last = now + manner.longest
    deadline = min(last, now + manner.working_within)
    for _ in range(_MOST_PACKETS):
        apdu = None
        while apdu is None:
            yield from _stop_if_wished(link, now, course, audience, manner)
            apdu, now = yield from link.receive(deadline)
            if apdu is None and now >= deadline:
                return _ended(End.SILENT, course, prints)
        deadline = min(last, now + manner.working_within)
        match apdu.control:
            case 0x060F:
                yield from link.send(YES)
                course.status = course.status or _optional_status(apdu.data)
                return replace(_ended(End.COMPLETED, course, prints), data=apdu.data)
            case 0x061E:
                yield from link.send(YES)
                return _ended(End.ABORTED, course, prints, apdu.data[0] if apdu.data else 0)
            case 0x04FF:
                code = apdu.data[0] if apdu.data else 0x0E
                course.reversing |= code == codes.REVERSING
                yield from link.send(YES)
                audience.hint(codes.advice(code))
            case 0x040F:
                reply = None
                try:
                    reply = _judged(bitmaps.status(apdu.data), course, audience, manner)
                finally:
                    # Whatever goes wrong on our side, the terminal hears that nothing was issued, takes it back, and
                    # is listened to until it has.
                    yield from link.send(reply or NOT_ISSUED)
                    if reply is None:
                        yield from follow(link, now, _Nobody(), _LEFT_ALONE)
            case 0x06D1:
                prints.line(apdu.data)
                yield from link.send(YES)
            case 0x06D3:
                prints.block(apdu.data)
                yield from link.send(YES)
            case control if control == YES.control or control >> 8 == 0x84:
                if course.abort_sent_at is not None and not apdu.accepts and not course.told:
                    course.told = True
                    audience.hint(Advice.CANNOT_CANCEL)
            case _:
                yield from link.send(UNKNOWN)
        if now >= last:
            break
    return _ended(End.SILENT, course, prints)


def _stop_if_wished(link: Link, now: float, course: _Course, audience: Audience, manner: Manner) -> Script[None]:
    if course.told or course.verdict is not None or not audience.stopping():
        return
    if not manner.stoppable or course.booking is not None:
        course.told = True
        audience.hint(Advice.CANNOT_CANCEL)
    elif course.abort_sent_at is None:
        course.abort_sent_at = now
        yield from link.send(ABORT)
    elif now - course.abort_sent_at > _ABORT_HEARD_WITHIN:
        course.told = True
        audience.hint(Advice.CANNOT_CANCEL)


def _judged(status: Status, course: _Course, audience: Audience, manner: Manner) -> Apdu:
    """What is answered to a status information; the audience has it first."""
    course.status = status
    if not manner.pays or status.result:
        return YES
    if status.result is None or status.booking is None:
        # It does not say that it was accepted, or for how much: then nothing is issued for it.
        return NOT_ISSUED
    if course.booking is None:
        course.booking = status.booking
        audience.authorised(status.booking)
    if not manner.goods:
        return YES
    if course.verdict is None:
        issued = audience.issued(DECIDE_WITHIN)
        if issued is None:
            return STILL_ISSUING
        whole = issued >= course.booking.amount
        course.verdict = course.booking.amount if whole else max(issued, 0) if manner.parts else 0
    # A terminal that asks once more hears the same again: a yes now would book what never came.
    if course.verdict == status.booking.amount or (not course.verdict and course.reversing):
        return YES
    return Apdu(0x849D, bitmaps.amount(course.verdict)) if course.verdict else NOT_ISSUED


def _optional_status(data: bytes) -> Status | None:
    """A completion may carry fields; one that cannot be read completes all the same."""
    try:
        return bitmaps.status(data)
    except ProtocolError:
        return None


def _reply(apdu: Apdu) -> Apdu:
    """The answer to a packet of something that is over.

    Reports are accepted; a status information is not, because nobody issues goods for a payment that was left alone.
    """
    return YES if apdu.control in (0x04FF, 0x060F, 0x061E) or apdu.control >> 8 == 0x06 else UNKNOWN


def _ended(end: End, course: _Course, prints: Prints, code: int = 0) -> Ended:
    return Ended(end, code, course.status, course.booking, course.verdict, course.reversing, b"", prints.slips())
