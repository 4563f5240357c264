"""What the office says in its log: counts, kiosks, and words of programs. Nothing of a citizen, nothing of staff."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from logbook import Event, Level

if TYPE_CHECKING:
    from central_office.contract.messages import DeviceId
    from logbook import CodePlace, Word

_LINE: Final = "office.line"
_AUDIT: Final = "office.audit"
_SERVER: Final = "office.server"
_LIBRARIES: Final = "office.libraries"


class KioskEnrolled(Event, level=Level.INFO, says="kiosk {kiosk} enrolled", log=_LINE):
    """A machine showed a ticket; the page of kiosks shows its fingerprint."""

    kiosk: DeviceId


class KioskRevoked(
    Event, level=Level.INFO, says="kiosk {kiosk} revoked, {units} units of capacity released", log=_LINE
):
    """Nobody listens to it any more."""

    kiosk: DeviceId
    units: int


class KeyChanged(Event, level=Level.INFO, says="kiosk {kiosk} has a new key", log=_LINE):
    """Its first request under the new one voided the old one."""

    kiosk: DeviceId


class ForkFound(Event, level=Level.WARNING, says="kiosk {kiosk}: fork at command {seq}", log=_LINE):
    """Two machines with one key; it is frozen."""

    kiosk: DeviceId
    seq: int


class ManyCodesMissed(
    Event, level=Level.WARNING, says="kiosk {kiosk}: {misses} pickup codes that open nothing within an hour", log=_LINE
):
    """Somebody may be guessing, or a letter names a wrong code; it lies on the desk too."""

    kiosk: DeviceId
    misses: int


class RequestRefused(Event, level=Level.INFO, says="refused: {status} {code}", log=_LINE):
    """A request on the line was not answered as its sender wished."""

    status: int
    code: Word


class SecretsWait(Event, level=Level.WARNING, says="The secrets of numbers wait: {error}.", log="office.stretching"):
    """The database is away; it is tried again."""

    error: type[object]


class DigestSigned(Event, level=Level.INFO, says="The digest of a day is signed, {days} in all.", log=_AUDIT):
    """What kiosks told is attested up to midnight."""

    days: int


class EvidenceFound(
    Event, level=Level.ERROR, says="{findings} findings in the chains of kiosks. Run: office audit verify", log=_AUDIT
):
    """Gaps, forks or changes; they lie on the desk."""

    findings: int


class DigestDamaged(
    Event,
    level=Level.ERROR,
    says="The last digest was changed since it was signed. Run: office audit verify",
    log=_AUDIT,
):
    """Signing goes on."""


class DaysMissing(
    Event,
    level=Level.ERROR,
    says="{days} daily digests are missing. Look at this machine's date, then run: office audit sign --all",
    log=_AUDIT,
):
    """More than are caught up without a person."""

    days: int


class AuditFailed(Event, level=Level.ERROR, says="The daily digest cannot be made: {error} at {place}.", log=_AUDIT):
    """It is tried again."""

    error: type[object]
    place: CodePlace


class PageBroke(Event, level=Level.ERROR, says="{page} broke: {error} at {place}", log=_SERVER):
    """A page or an answer on the line ended in an error: which one, by its name and never by its address."""

    page: Word
    error: type[object]
    place: CodePlace


class ThreadBroke(Event, level=Level.ERROR, says="a thread broke: {error} at {place}", log=_SERVER):
    """Work beside the requests ended in an error."""

    error: type[object]
    place: CodePlace


class LibraryFailed(Event, level=Level.ERROR, says="{library} failed: {error} at {place}", log=_LIBRARIES):
    """A library the office stands on logged an error with an exception."""

    library: Word
    error: type[object]
    place: CodePlace


class LibraryComplained(Event, level=Level.WARNING, says="{library} complained at {place}", log=_LIBRARIES):
    """It logged a warning or an error without one; its source says at that line what it meant."""

    library: Word
    place: CodePlace
