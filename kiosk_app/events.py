"""What the kiosk's tree says in the log."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from logbook import Event, Level

if TYPE_CHECKING:
    from central_office.contract.tables import BadSettings
    from devices.rig import RigError
    from logbook import CodePlace, Word
    from offline_cache.database import StoreError
    from screens.steps import ServiceKey


class TownFileUnusable(
    Event, level=Level.ERROR, says="the office's town file cannot be used: {problem}", log="kiosk_app.main"
):
    """The machine's own town file is used instead."""

    problem: BadSettings


class NoDeviceWorks(Event, level=Level.ERROR, says="no device works: {problem}", log="kiosk_app.main"):
    """The rig file is wrong; number and birth date can still be typed."""

    problem: RigError


class RigUnreadable(
    Event, level=Level.ERROR, says="no device works: the rig file cannot be read ({error})", log="kiosk_app.main"
):
    """The rig file is not there, or not for the kiosk's eyes."""

    error: type[object]


class Backroom(StrEnum):
    """What runs here and is no citizen's service."""

    STAFF = "staff"


class ServiceFailed(
    Event, level=Level.ERROR, says="service {service} failed: {error} at {place}", log="kiosk_app.conductor"
):
    """The citizen saw the apology; the error's text stays unsaid, it could hold what was typed."""

    service: ServiceKey | Backroom
    error: type[object]
    place: CodePlace


class NotEnrolledYet(
    Event,
    level=Level.ERROR,
    says="out of service, E-01: this kiosk is not enrolled yet: run `kiosk enrol`",
    log="kiosk_app.memory",
):
    """Nobody can be served."""


class IdentityUnusable(Event, level=Level.ERROR, says="out of service, E-02: {problem}", log="kiosk_app.memory"):
    """Nobody can be served."""

    problem: StoreError


class DiskUnusable(Event, level=Level.ERROR, says="out of service, D-01: {problem}", log="kiosk_app.memory"):
    """Nobody can be served."""

    problem: StoreError


class ConditionsNotPinned(
    Event,
    level=Level.WARNING,
    says="the conditions of the devices cannot be pinned: error {number}",
    log="kiosk_app.health",
):
    """The courier does not hear of the devices; `number` is the system's (errno)."""

    number: int


class LogNotKept(
    Event,
    level=Level.WARNING,
    says="The log is not kept on the disk: {error}. What is said goes to standard error alone.",
    log="kiosk_app.cli",
):
    """The disk refuses, or another process writes the same log."""

    error: type[object]


class SaleSettledLate(
    Event,
    level=Level.WARNING,
    says="a sale was begun and had no end; the terminal was asked: {ending} ({why})",
    log="kiosk_app.settling_sales",
):
    """Nothing was charged again and nothing issued again; the office is told."""

    ending: Word
    why: Word


class BatteryEnds(
    Event,
    level=Level.WARNING,
    says="the mains have failed and the battery ends: the session ends",
    log="kiosk_app.power",
):
    """The office is told what it does not know yet, then the machine is switched off."""


class MainsBack(Event, level=Level.INFO, says="the battery is not ending any more", log="kiosk_app.power"):
    """Citizens are served again."""


class SwitchingOff(
    Event, level=Level.WARNING, says="the machine is switched off; {waiting} commands wait", log="kiosk_app.power"
):
    """They are told when it is on again."""

    waiting: int


class NotSwitchedOff(
    Event,
    level=Level.ERROR,
    says="the command that switches the machine off failed ({error}): look at [power] in kiosk.toml",
    log="kiosk_app.power",
):
    """The kiosk stays out of service until the battery is empty."""

    error: type[object]
