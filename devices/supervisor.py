"""Opens the rig, looks at each device, reopens what was unplugged, and lends devices out one lease at a time.

The thread `watch` runs `Supervisor.watch`; leases are taken by other threads. Between them stands one lock per device:
whoever holds it may touch the device. A device that is lent out is not looked at, because its wire is busy.
"""

from __future__ import annotations

import contextlib
import difflib
import threading
import time
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeVar, cast

from devices.conditions import Absent, Condition, Ready
from devices.drivers import DRIVERS
from devices.errors import ProtocolError, TransportError, Unavailable
from devices.events import DeviceBack, DeviceCondition, DeviceGone
from devices.rig import Fitted, Options, Rig, RigError, Row
from devices.roles import ROLES
from logbook import say, word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path
    from random import Random

    from devices.noticeboard import Noticeboard
    from devices.rig import Driver
    from devices.roles import Device, Role

LOOK_EVERY: Final = 1.5
"""Seconds between two looks at the same device; a citizen standing at the kiosk sees a change at the next page."""

REOPEN_FIRST: Final = 0.5
REOPEN_LAST: Final = 5.0
"""Seconds between tries to open a device: from the first, doubling, to the last; a person who plugs it back waits."""

_PAUSE: Final = 0.25
_LOOK_LASTS: Final = 1.5
"""Seconds a lease waits for a look at the device to end; a look takes at most half a second."""

T = TypeVar("T", bound="Device")


def load_rig(path: Path, drivers: Iterable[Driver[Device]] = DRIVERS) -> Rig:
    """Read a rig file: one table for each role, with the driver's name and its options.

    Raises:
        RigError: not TOML, or an unknown role, driver or key (the text names the nearest known one), or a wrong value.
        OSError: the file cannot be read.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RigError(f"{path}: {error}") from error
    return Rig(tuple(_fitted(path, name, table, tuple(drivers)) for name, table in tables.items()))


def _fitted(path: Path, role: str, table: object, drivers: tuple[Driver[Device], ...]) -> Fitted:
    if role not in (known := [each.name for each in ROLES]):
        raise RigError(f"{path}: there is no role {role!r}{_nearest(role, known)}")
    if not isinstance(table, dict) or not isinstance(table.get("driver"), str):
        raise RigError(f'{path}: [{role}] needs a line driver = "…"')
    fitting = {driver.name: driver for driver in drivers if driver.role.name == role}
    driver = fitting.get(table["driver"])
    if driver is None:
        raise RigError(f"{path}: [{role}] has no driver {table['driver']!r}{_nearest(table['driver'], fitting)}")
    written = {key: value for key, value in table.items() if key != "driver"}
    options: Options = {key: _option(f"{path}: [{role}]", driver, key, value) for key, value in written.items()}
    try:
        driver.check(options)
    except RigError as error:
        raise RigError(f"{path}: {error}") from error
    return Fitted(driver, options)


def _option(where: str, driver: Driver[Device], key: str, value: object) -> str | int | float | bool | tuple[Row, ...]:
    if key not in driver.options:
        raise RigError(f"{where} has no key {key!r}{_nearest(key, driver.options)}")
    if key not in driver.rows:
        return _plain(where, key, value)
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise RigError(f"{where} {key} must be a list of rows such as {{ {next(iter(driver.rows[key]))} = … }}")
    for row in value:
        if unknown := next((each for each in row if each not in driver.rows[key]), None):
            raise RigError(f"{where} {key}: a row has no key {unknown!r}{_nearest(unknown, driver.rows[key])}")
    return tuple({each: _plain(where, f"{key}: {each}", plain) for each, plain in row.items()} for row in value)


def _plain(where: str, key: str, value: object) -> str | int | float | bool:
    if not isinstance(value, str | int | float | bool):
        raise RigError(f"{where} {key} must be text, a number, true or false")
    return value


def _nearest(name: str, known: Iterable[str]) -> str:
    choices = sorted(known)
    close = difflib.get_close_matches(name, choices, n=1, cutoff=0.5)
    return f"; did you mean {close[0]!r}?" if close else f"; known are {', '.join(choices)}"


@dataclass
class _Slot:
    """One device of the rig and all that is known about it; `lock` guards the device and `lent`."""

    fitted: Fitted
    lock: threading.Lock = field(default_factory=threading.Lock)
    device: Device | None = None
    condition: Condition = field(default_factory=Absent)
    lent: bool = False
    due: float = float("-inf")
    failures: int = 0
    gone: bool = False

    @property
    def role(self) -> str:
        return self.fitted.driver.role.name


class Supervisor:
    """Keeps the devices of one rig open and the noticeboard true.

    `clock` counts seconds steadily; `rng` spreads the tries to reopen, so that a hub of devices is not opened at once.
    """

    def __init__(
        self, rig: Rig, noticeboard: Noticeboard, rng: Random, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._slots = {fitted.driver.role.name: _Slot(fitted) for fitted in rig.devices}
        self._noticeboard = noticeboard
        self._rng = rng
        self._clock = clock
        self._pinning = threading.Lock()
        self._alive_at = clock()
        self._pin()

    def watch(self, stop: threading.Event) -> None:
        """Look after the devices until `stop`, then close them: the body of the thread `watch`."""
        try:
            while not stop.is_set():
                self.round()
                stop.wait(_PAUSE)
        finally:
            self.close()

    def round(self) -> None:
        """Look at, or try to open, every device that is due and not lent out; returns when all have been seen."""
        for slot in self._slots.values():
            self._alive_at = self._clock()
            if self._clock() < slot.due or not slot.lock.acquire(blocking=False):
                continue
            try:
                if not slot.lent:
                    self._tend(slot)
            finally:
                slot.lock.release()
            self._pin()
        self._alive_at = self._clock()

    def beat(self) -> float:
        """When `watch` last got on with its work, by the clock; no step of it takes longer than two seconds."""
        return self._alive_at

    @contextlib.contextmanager
    def lease(self, role: Role[T]) -> Iterator[T]:
        """Time alone with a device.

        Raises:
            Unavailable: the rig has none, it needs a person first, somebody else has it, or it was lost while lent.
        """
        slot = self._slots.get(role.name)
        # A device that is not open is not waited for: opening one that is not there may take a second.
        if slot is None or slot.device is None:
            raise Unavailable(role.name, Absent())
        device = cast("T", self._lend(slot))
        try:
            yield device
        except TransportError as error:
            if not self._was_lost(slot, error):
                raise
            raise Unavailable(role.name, slot.condition) from error
        finally:
            with slot.lock:
                slot.lent = False
                # What happened meanwhile (the paper ended) belongs on the noticeboard soon.
                if slot.device is not None:
                    slot.due = self._clock()

    def close(self) -> None:
        """Close every device; one that is lent out ends with an error in its lease."""
        for slot in self._slots.values():
            device, slot.device = slot.device, None
            slot.condition = Absent()
            if device is not None:
                device.close()
        self._pin()

    def _lend(self, slot: _Slot) -> Device:
        if not slot.lock.acquire(timeout=_LOOK_LASTS):
            raise Unavailable(slot.role, slot.condition)
        try:
            if slot.lent or slot.device is None:
                raise Unavailable(slot.role, Absent())
            self._look(slot)
            # Looking may have lost it.
            if slot.device is None or not isinstance(slot.condition, Ready):
                raise Unavailable(slot.role, slot.condition)
            try:
                slot.device.lent()
            except TransportError as error:
                self._lose(slot, error)
                raise Unavailable(slot.role, slot.condition) from error
            slot.lent = True
            return slot.device
        finally:
            slot.lock.release()
            self._pin()

    def _was_lost(self, slot: _Slot, error: TransportError) -> bool:
        """Whether this error in a lease was this device's; who holds two leases may have lost the other one."""
        with slot.lock:
            if any(other.lent for other in self._slots.values() if other is not slot):
                self._look(slot)
            else:
                self._lose(slot, error)
        self._pin()
        return slot.device is None

    def _tend(self, slot: _Slot) -> None:
        if slot.device is None:
            try:
                slot.device = slot.fitted.driver.open(slot.fitted.options)
            except TransportError as error:
                self._lose(slot, error)
                return
        self._look(slot)

    def _look(self, slot: _Slot) -> None:
        if slot.device is None:
            return
        try:
            condition = slot.device.condition()
        except (TransportError, ProtocolError) as error:
            self._lose(slot, error)
            return
        slot.due = self._clock() + LOOK_EVERY
        slot.failures = 0
        if slot.gone:
            slot.gone = False
            say(DeviceBack(word(slot.role), word(slot.fitted.driver.name)))
        if condition != slot.condition:
            say(DeviceCondition(word(slot.role), condition))
        slot.condition = condition

    def _lose(self, slot: _Slot, error: TransportError | ProtocolError) -> None:
        device, slot.device = slot.device, None
        if device is not None:
            device.close()
        slot.condition = Absent()
        pause = min(REOPEN_LAST, REOPEN_FIRST * 2 ** min(slot.failures, 8))
        slot.due = self._clock() + pause * (0.75 + 0.5 * self._rng.random())
        slot.failures += 1
        if not slot.gone:
            slot.gone = True
            say(DeviceGone(word(slot.role), word(slot.fitted.driver.name), type(error)))

    def _pin(self) -> None:
        with self._pinning:
            latest: Mapping[str, Condition] = {name: slot.condition for name, slot in self._slots.items()}
            if latest != self._noticeboard.latest():
                self._noticeboard.pin(latest)
