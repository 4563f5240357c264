"""What courier, store and journal say in the log: counts and words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from logbook import Event, Level

if TYPE_CHECKING:
    from central_office.contract.messages import DeviceId
    from logbook import Word

_COURIER: Final = "kiosk.courier"
_JOURNAL: Final = "kiosk.journal"


class RoundsBegin(Event, level=Level.INFO, says="The courier of kiosk {kiosk} begins its rounds.", log=_COURIER):
    """The courier works."""

    kiosk: DeviceId


class RoundsEnd(Event, level=Level.INFO, says="The courier ends its rounds.", log=_COURIER):
    """It was told to."""


class EndedEarly(Event, level=Level.INFO, says="The courier ends before its first round.", log=_COURIER):
    """It was told to while it opened its files."""


class ErrandFailed(Event, level=Level.INFO, says="An errand beside the rounds failed: {word}.", log=_COURIER):
    """It is tried again later."""

    word: Word | type[object]


class RoundFailed(
    Event,
    level=Level.WARNING,
    says="The round failed: {word}. The next one begins in {seconds:.1f} s.",
    log=_COURIER,
):
    """One of the first failures in a row."""

    word: Word | type[object]
    seconds: float


class RoundFailedAgain(
    Event,
    level=Level.DEBUG,
    says="The round failed: {word}. The next one begins in {seconds:.1f} s.",
    log=_COURIER,
):
    """One of many in a row: a kiosk without a cable need not fill its log."""

    word: Word | type[object]
    seconds: float


class TroubleNotNoted(Event, level=Level.WARNING, says="The ledger cannot note the trouble: {error}.", log=_COURIER):
    """Technicians see an older trouble than the present one."""

    error: type[object]


class ReplicaDamaged(
    Event,
    level=Level.WARNING,
    says="The replica is damaged. It is thrown away and fetched again.",
    log=_COURIER,
):
    """The courier found it."""


class ReplicaReported(
    Event,
    level=Level.WARNING,
    says="The kiosk found the replica damaged. It is thrown away and fetched again.",
    log=_COURIER,
):
    """The kiosk found it while a citizen waited."""


class CommandRejected(Event, level=Level.WARNING, says="The office rejected command {number}: {code}.", log=_COURIER):
    """It lies on the staff's desk."""

    number: int
    code: Word


class OfficeWentBack(
    Event,
    level=Level.WARNING,
    says="The office went back to command {number} and gets the later ones again.",
    log=_COURIER,
):
    """It was restored from a copy."""

    number: int


class CommandsTaken(Event, level=Level.INFO, says="The office took {taken} commands, {waiting} wait.", log=_COURIER):
    """The acknowledgement moved."""

    taken: int
    waiting: int


class ChangesTaken(
    Event, level=Level.INFO, says="The replica took in {documents} documents, {gone} are gone.", log=_COURIER
):
    """Changes came down."""

    documents: int
    gone: int


class FilledAnew(Event, level=Level.INFO, says="The replica was filled anew with {documents} documents.", log=_COURIER):
    """A snapshot took the place of the old rows."""

    documents: int


class ConfigurationDamaged(
    Event, level=Level.WARNING, says="The configuration is damaged. It is not used.", log="kiosk.configuration"
):
    """It is fetched again."""


class ConfigurationNew(
    Event, level=Level.INFO, says="The configuration is a new one, with {files} files.", log=_COURIER
):
    """It is used from now on."""

    files: int


class KeyNew(Event, level=Level.INFO, says="This kiosk has a new key.", log=_COURIER):
    """The office's page of kiosks shows its fingerprint."""


class KeyKnownAgain(
    Event,
    level=Level.WARNING,
    says="The office had forgotten this kiosk's key and knows it again.",
    log=_COURIER,
):
    """It was restored from a copy that is older than the key."""


class EffectSettled(
    Event,
    level=Level.INFO,
    says="effect {number} ({kind}) was unfinished; its end is known: {outcome}",
    log=_JOURNAL,
):
    """The device could tell."""

    number: int
    kind: Word
    outcome: Word


class EffectUndecided(
    Event,
    level=Level.WARNING,
    says="effect {number} ({kind}) is unfinished and nobody can tell: {why}",
    log=_JOURNAL,
):
    """A person must look."""

    number: int
    kind: Word
    why: Word


class SettlerFailed(Event, level=Level.ERROR, says="the settler of {kind} failed: {error}", log=_JOURNAL):
    """The question to the device broke; a person must look."""

    kind: Word
    error: type[object]
